"""``python -m monitor.find``: which cameras there are, and what one of them tells of itself.

    python -m monitor.find --cameras data/cameras.toml
    python -m monitor.find --cameras data/cameras.toml --ask 192.168.1.64 --account admin

Only within the networks that the camera file states. A password is read from the terminal, or from
the first line of standard input where that is none, and shown nowhere.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from pathlib import Path

from config.faults import FaultyFactsError
from monitor.cameras.camera import RecordingRules, load_cameras
from monitor.faults import CameraFault
from monitor.onvif.device import Device, Stream, Told, device_address
from monitor.onvif.discovery import discovered
from monitor.onvif.envelope import Account


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.find", description=__doc__)
    parser.add_argument("--cameras", type=Path, required=True, help="the file states the networks")
    parser.add_argument("--ask", default="", help="one camera: its host, or its ONVIF address")
    parser.add_argument("--account", default="", help="the account on that camera")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Look once and say what was found."""
    options = parse(arguments)
    try:
        rules = load_cameras(options.cameras).recording
        say(*(asked(options, rules) if options.ask else found(rules)))
    except (OSError, FaultyFactsError, CameraFault) as error:
        sys.stderr.write(f"✗ {error}\n")
        return os.EX_UNAVAILABLE
    return 0


def found(rules: RecordingRules) -> list[str]:
    """A line for each camera that answers."""
    cameras = discovered(rules.networks)
    lines = [f"{one.address}  {one.name}  {one.model}".rstrip() for one in cameras]
    return [*lines, f"{len(lines)} 台摄像机应答 cameras answered ({', '.join(rules.networks)})"]


def asked(options: argparse.Namespace, rules: RecordingRules) -> list[str]:
    """What one camera tells."""
    password = ""
    if options.account:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    account = Account(options.account, password)
    return shown(Device(device_address(options.ask), account, rules, wall=wall_ms).told())


def wall_ms() -> int:
    """The clock of the machine."""
    return time.time_ns() // 1_000_000


def shown(told: Told) -> list[str]:
    """The camera's own words, and its addresses without any account."""
    maker, skew_ms = told.maker, told.skew_ms
    clock = "未报时 tells no time" if skew_ms is None else f"{skew_ms / 1000:+.1f} s"
    lines = [
        f"{maker.maker} {maker.model} {maker.firmware} {maker.serial}".strip(),
        f"时钟 clock: {clock}",
    ]
    for number, channel in enumerate(told.channels, 1):
        lines.append(f"镜头 lens {number}")
        streams = (("address", channel.main), ("sub_address", channel.sub))
        lines += [f"  {key} = {described(stream)}" for key, stream in streams if stream]
    return lines


def described(stream: Stream) -> str:
    """One stream on a line."""
    one = stream.profile
    rate = f" {one.frames_per_s}/s" if one.frames_per_s else ""
    key = f" 关键帧 key frame /{one.key_every}" if one.key_every else ""
    snapshot = f"  {stream.snapshot}" if stream.snapshot else ""
    return f'"{stream.address}"  {one.codec} {one.width}×{one.height}{rate}{key}{snapshot}'


def say(*lines: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
