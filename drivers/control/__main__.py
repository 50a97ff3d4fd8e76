"""`python -m drivers.control`: the engineer's tools, for devices that no station holds just now.

    check FILE                          is this configuration right? touches no device; of a
                                        voice.toml with all its packs
    scan [FILE] [--network 10.0.0.0/24] serial ports, and who answers where
    probe URL [--kind escpos]           what is it, and what can its firmware really do
    status FILE [DEVICE …]              open the configured devices and tell how they are
    selftest FILE DEVICE [TEST …]       have one show that it works; of a voice.toml, no device
    station URL KEYFILE [DEVICE TEST]   the same of a station that runs and holds its devices
    new-roll URL KEYFILE DEVICE         a new roll is in: its count of paper begins anew
    send-hex URL "1b 40" --kind escpos  send bytes, show what comes back and what it means
    replay LOG --kind escpos            a captured log through the decoder

FILE is a profile, or any TOML with [[devices]]. URL of a device is as in its configuration, of a
station such as http://127.0.0.1:8081, whose key lies in its data folder: data/kiosk-1/engineer.key.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from config.faults import FaultyFactsError
from drivers import voice_settings
from drivers.announcers import check_voice
from drivers.control.configured import configured
from drivers.control.scanning import answering, networks_of, serial_ports
from drivers.control.station import RunningStation, StationError, report_line
from drivers.control.talking import explained, probed, sent_and_heard
from drivers.control.watching import tested, watched
from drivers.engineer.told import report_of
from drivers.errors import DeviceFault, UnknownDevice
from drivers.kinds import KINDS
from drivers.orders import DeviceConfig
from drivers.raw_log import entries_of
from drivers.self_test import Verdict
from drivers.transport import BadUrl
from drivers.voice_test import tested_voice

Lines = Iterator[str]


class Wrong(Exception):  # noqa: N818 — told to a person, with the command's exit
    """What was asked cannot be done; says why."""


def main(words: list[str]) -> int:
    given = _parser().parse_args(words)
    try:
        for line in given.run(given):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except FaultyFactsError as faulty:
        sys.stderr.write(f"✗ {faulty}\n")
        return 2
    except BadUrl as error:
        sys.stderr.write(f"✗ {error.zh}\n  {error}\n")
        return 2
    except (
        Wrong,
        StationError,
        DeviceFault,
        UnknownDevice,
        OSError,
        ValueError,
    ) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0


def _check(given: argparse.Namespace) -> Lines:
    if given.file.name == voice_settings.FILE:
        given.file.stat()  # of a voice none is needed, of a check it is
        lacks = check_voice(given.file.parent)
        yield f"✓ {given.file.name}：语音配置正确 the voice is configured right"
        yield from (f"  {line}" for line in lacks)
        return
    devices = configured(given.file)
    yield f"✓ {given.file.name}：{len(devices)} 台设备的配置正确 devices are configured right"


def _scan(given: argparse.Namespace) -> Lines:
    ports = serial_ports()
    yield f"本机串口 serial ports: {len(ports)}"
    for port in ports:
        yield f"  {port.urls[0]}   {port.description}"
        yield from (f"    或 or {url}" for url in port.urls[1:])
    networks = given.network or networks_of(configured(given.file) if given.file else [])
    for network in networks:
        yield f"网络 network {network}"
        found = answering([network], given.port)
        for one in found:
            kinds = ", ".join(KINDS[kind].zh + " " + KINDS[kind].en for kind in one.kinds)
            yield f"  tcp://{one.host}:{one.port}   {kinds}".rstrip()
        if not found:
            yield "  无应答 nobody answers"


def _probe(given: argparse.Namespace) -> Lines:
    found = probed(given.url, given.kind)
    if found is None:
        raise Wrong(f"{given.url} 没有设备应答 nothing answers as a device we know")
    kind = KINDS[found.kind]
    yield f"● {given.url}  {found.kind}  {kind.zh} {kind.en}"
    yield from (f"    {said.zh}   {said.en}" for said in found.told)
    if found.confirmation is not None:
        yield f'    options = {{ confirmation = "{found.confirmation}" }}'


def _status(given: argparse.Namespace) -> Lines:
    yield from watched(_chosen(given.file, given.device), given.seconds)


def _self_test(given: argparse.Namespace) -> Lines:
    if given.file.name == voice_settings.FILE:
        reports = iter([tested_voice(given.file.parent)])
    else:
        (device,) = _chosen(given.file, [given.device])
        reports = tested(device, given.test, given.seconds)
    failed = 0
    for report in reports:
        failed += report.verdict is Verdict.FAILED
        yield report_line(report_of(report))
    if failed:
        raise Wrong(f"{failed} 项未通过 failed")


def _station(given: argparse.Namespace) -> Lines:
    station = RunningStation(given.url, given.key.read_text(encoding="ascii").strip())
    if given.device and given.test:
        report = station.self_test(given.device, given.test)
        yield report_line(report)
        if report.verdict == Verdict.FAILED:
            raise Wrong("未通过 failed")
        return
    yield from station.status(given.device)


def _new_roll(given: argparse.Namespace) -> Lines:
    RunningStation(given.url, given.key.read_text(encoding="ascii").strip()).new_roll(given.device)
    yield f"✓ {given.device}：已换新卷，重新计数 a new roll, counted anew"


def _send(given: argparse.Namespace) -> Lines:
    try:
        data = bytes.fromhex(given.hex)
    except ValueError as error:
        raise Wrong(f"应为十六进制 wanted hex: {given.hex!r}") from error
    yield from sent_and_heard(given.url, data, given.kind, given.seconds)


def _replay(given: argparse.Namespace) -> Lines:
    lines = given.log.read_text(encoding="utf-8").splitlines()
    yield from explained(tuple(entries_of(lines)), given.kind)


def _chosen(file: Path, wanted: list[str]) -> list[DeviceConfig]:
    devices = configured(file)
    unknown = {*wanted} - {device.id for device in devices}
    if unknown:
        known = ", ".join(device.id for device in devices)
        raise Wrong(f"没有设备 no device {', '.join(sorted(unknown))}; 有 there are: {known}")
    return [device for device in devices if not wanted or device.id in wanted]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drivers.control",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], Lines]) -> argparse.ArgumentParser:
        made = commands.add_parser(name)
        made.set_defaults(run=run)
        return made

    def kind(to: argparse.ArgumentParser, *, required: bool = False) -> None:
        to.add_argument("--kind", choices=list(KINDS), default="", required=required)

    command("check", _check).add_argument("file", type=Path)
    scan = command("scan", _scan)
    scan.add_argument("file", type=Path, nargs="?")
    scan.add_argument("--network", action="append", default=[], metavar="10.0.0.0/24")
    scan.add_argument("--port", action="append", type=int, default=[], help="call this one as well")
    probe = command("probe", _probe)
    probe.add_argument("url")
    kind(probe)
    status = command("status", _status)
    status.add_argument("file", type=Path)
    status.add_argument("device", nargs="*")
    status.add_argument("--seconds", type=float, default=5.0)
    test = command("selftest", _self_test)
    test.add_argument("file", type=Path)
    test.add_argument("device", nargs="?", default="")
    test.add_argument("test", nargs="*")
    test.add_argument("--seconds", type=float, default=5.0, help="to wait for the device")
    station = command("station", _station)
    station.add_argument("url")
    station.add_argument("key", type=Path)
    station.add_argument("device", nargs="?", default="")
    station.add_argument("test", nargs="?", default="")
    roll = command("new-roll", _new_roll)
    roll.add_argument("url")
    roll.add_argument("key", type=Path)
    roll.add_argument("device")
    send = command("send-hex", _send)
    send.add_argument("url")
    send.add_argument("hex")
    send.add_argument("--seconds", type=float, default=1.0, help="to listen")
    kind(send)
    replay = command("replay", _replay)
    replay.add_argument("log", type=Path)
    kind(replay, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
