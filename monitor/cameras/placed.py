"""Which windows each camera showed at what time: the camera file says only how it is now.

    <data>/placed.jsonl   one line a change: {"since_ms": …, "windows": {"camera-1": ["window-1"]}}

The recorder adds a line when it starts with cameras placed otherwise than before. Pictures from
before the first line are taken to be of the windows that line names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from monitor.cameras.camera import Camera

FILE = "placed.jsonl"


class Placed(Struct, frozen=True, kw_only=True):
    """From when on cameras showed which windows."""

    since_ms: int
    windows: dict[str, tuple[str, ...]]


def note(data: Path, cameras: tuple[Camera, ...], now_ms: int) -> None:
    """Write down how cameras are placed now, unless that is known."""
    now = Placed(since_ms=now_ms, windows={one.id: one.windows for one in cameras})
    known = read(data)
    if known and known[-1].windows == now.windows:
        return
    with (data / FILE).open("ab") as file:
        # A line that a power cut left half is closed, and then skipped by whoever reads.
        file.write((b"\n" if file.tell() else b"") + msgspec.json.encode(now) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(data: Path) -> list[Placed]:
    """All that is known, oldest first."""
    try:
        lines = (data / FILE).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Placed))
        except msgspec.DecodeError:
            continue
    return found


def windows_at(known: list[Placed], at_ms: int) -> Mapping[str, tuple[str, ...]]:
    """Which windows each camera showed at a moment; empty where nothing is known."""
    then = [one for one in known if one.since_ms <= at_ms] or known[:1]
    return then[-1].windows if then else {}
