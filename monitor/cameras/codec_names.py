"""What a coded stream says of itself: its NAL units, and its name as browsers write it. Pure.

00 00 01 │ NAL …   (Annex B)    type: H.264 byte & 0x1F · H.265 byte >> 1 & 0x3F
"""

from __future__ import annotations

import re
from collections.abc import Iterator

START = re.compile(b"\0\0\1")
SPS_OF = {"h264": 7, "hevc": 33}


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units of an Annex B stream."""
    places = [match.end() for match in START.finditer(data)]
    for place, following in zip(places, [*places[1:], len(data) + 3], strict=True):
        unit = data[place : following - 3]
        yield unit.rstrip(b"\0") if following <= len(data) else unit


def kind(codec: str, unit: bytes) -> int:
    """A unit's type."""
    if not unit:
        return -1
    return unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F


def _starting(codec: str, kinds: range) -> re.Pattern[bytes]:
    """A unit of one of these types."""
    firsts = bytes(first for first in range(256) if kind(codec, bytes([first])) in kinds)
    return re.compile(START.pattern + b"[" + re.escape(firsts) + b"]")


PART_OF_PICTURE = {"h264": _starting("h264", range(1, 6)), "hevc": _starting("hevc", range(32))}


def has_picture(codec: str, data: bytes) -> bool:
    """Whether any unit is part of a picture: a stream cut short may end with parameters alone."""
    part = PART_OF_PICTURE.get(codec)
    return bool(data) if part is None else part.search(data) is not None


def parameters(codec: str, data: bytes) -> bytes:
    """The first sequence parameter set of an Annex B stream; empty where there is none."""
    wanted = SPS_OF.get(codec, -2)
    return next((unit for unit in units(data) if kind(codec, unit) == wanted), b"")


def browser_name(codec: str, sps: bytes) -> str:
    """Such as ``avc1.640028`` or ``hvc1.1.6.L93.B0``."""
    if codec == "h264":
        return f"avc1.{sps[1:4].hex()}" if len(sps) > 3 else "avc1"
    if codec != "hevc":
        return codec
    plain = sps.replace(b"\0\0\3", b"\0\0")
    if len(plain) < 15:
        return "hvc1"
    # 2 bytes of NAL header, 1 of ids, then profile_tier_level.
    first, flags = plain[3], int.from_bytes(plain[4:8], "big")
    space = ("", "A", "B", "C")[first >> 6]
    tier = "H" if first & 0x20 else "L"
    compatible = int(f"{flags:032b}"[::-1], 2)
    constraints = plain[8:14].rstrip(b"\0")
    told = [f"hvc1.{space}{first & 0x1F}", f"{compatible:x}", f"{tier}{plain[14]}"]
    return ".".join([*told, *(f"{byte:X}" for byte in constraints)])
