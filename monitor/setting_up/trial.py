"""``python -m monitor.setting_up.trial``: one search or trial, in a process of its own.

One ``Task`` comes as JSON on standard input, with the password where there is one; answers go out
as JSON, a line each, the last of them not ``Progress``. Whoever started it ends it when it takes
too long. Nothing is logged.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from monitor.cameras.camera import Address, RecordingRules, load_cameras
from monitor.faults import CameraFault
from monitor.onvif.device import Device, device_address
from monitor.onvif.discovery import discovered
from monitor.onvif.envelope import Account
from monitor.setting_up.check import pictured, tried
from monitor.setting_up.facts import notes
from monitor.setting_up.tasks import (
    Answer,
    AskDevice,
    DeviceTold,
    Failed,
    Find,
    FoundCameras,
    Pictured,
    Progress,
    TakePicture,
    Task,
    Tried,
    TryStreams,
)


def wall_ms() -> int:
    """The clock of the machine."""
    return time.time_ns() // 1_000_000


def answers(task: Task, rules: RecordingRules) -> Iterator[Answer]:
    """Everything there is to tell, as it becomes known."""
    try:
        match task:
            case Find():
                yield Progress("正在搜索摄像机…", "Looking for cameras…")
                yield FoundCameras(discovered(rules.networks), rules.networks)
            case AskDevice():
                yield Progress("正在询问摄像机…", "Asking the camera…")
                account = Account(task.account, task.password)
                device = Device(device_address(task.host), account, rules, wall=wall_ms)
                yield DeviceTold(device.told())
            case TryStreams():
                yield from _tried(task, rules)
            case TakePicture():
                yield Progress("正在取画面…", "Taking a picture…")
                yield Pictured(pictured(Address(task.address), rules, task.masks))
    except CameraFault as fault:
        yield Failed(fault.zh, fault.en)


def _tried(task: TryStreams, rules: RecordingRules) -> Iterator[Answer]:
    yield Progress("正在连接并接收主码流，约 5–12 秒…", "Listening to the main stream, 5–12 s…")
    main = tried(Address(task.address), rules)
    sub = None
    if task.sub_address:
        yield Progress("正在接收子码流…", "Listening to the sub-stream…")
        sub = tried(Address(task.sub_address), rules)
    skew_ms = None
    if task.device:
        with suppress(CameraFault):  # its streams are good; the clock is a further fact
            device = Device(Address(task.device), Account(), rules, wall=wall_ms)
            skew_ms = device.clock_skew_ms()
    yield Tried(main=main, sub=sub, skew_ms=skew_ms, notes=notes(main, sub, skew_ms))


def main(arguments: list[str]) -> int:
    """Do what standard input says, by the rules of the camera file."""
    import av  # noqa: PLC0415 - only where it runs as a program

    av.logging.set_level(av.logging.PANIC)
    path = Path(arguments[0])
    rules = load_cameras(path).recording if path.exists() else RecordingRules()
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    for answer in answers(task, rules):
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
