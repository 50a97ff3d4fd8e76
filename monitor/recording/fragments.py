"""Recorded files as bytes: fragmented MP4, how much of a cut one is whole, and how long it lasts.

    ftyp moov │ moof mdat │ moof mdat │ …          each moof+mdat is half a second

A recorder that is killed, or a disk that is full, leaves the last fragment cut at any byte. All
before it plays. Pure: only lengths, tracks' time scale and sample durations are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER = 8
CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})
DURATION_IN_TFHD, BASE_OFFSET_IN_TFHD, DESCRIPTION_IN_TFHD = 0x8, 0x1, 0x2
OFFSET_IN_TRUN, FIRST_FLAGS_IN_TRUN = 0x1, 0x4
DURATION_IN_TRUN = 0x100
FIELDS_IN_TRUN = (0x100, 0x200, 0x400, 0x800)


@dataclass(frozen=True)
class Box:
    """A box and where its content stands."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class Whole:
    """What of a file is whole: its length in bytes and in milliseconds, and whether it plays."""

    length: int
    duration_ms: int
    fragments: int


def boxes(data: bytes | memoryview, start: int, end: int) -> Iterator[Box]:
    """The boxes that are complete between two places; stops at the first that is not."""
    while end - start >= HEADER:
        length, kind = struct.unpack_from(">I4s", data, start)
        body = start + HEADER
        if length == 1:
            if end - start < 16:
                return
            (length,) = struct.unpack_from(">Q", data, body)
            body += 8
        if length < body - start or start + length > end:
            return
        yield Box(kind, start, body, start + length)
        start += length


def whole_part(data: bytes | memoryview) -> Whole:
    """How much of a file is whole; nothing where not even its head is."""
    length = fragments = ticks = 0
    scale = 0
    fragment = 0
    for box in boxes(data, 0, len(data)):
        if box.kind == b"moov":
            scale = time_scale(data, box)
        elif box.kind == b"moof":
            fragment = sum(_ticks(data, inner) for inner in inside(data, box, b"traf"))
            continue
        elif box.kind == b"mdat":
            ticks += fragment
            fragments += 1
        elif box.kind not in (b"ftyp", b"styp", b"free", b"sidx", b"mfra"):
            break
        length = box.end
    if not fragments or not scale:
        return Whole(0, 0, 0)
    return Whole(length, ticks * 1000 // scale, fragments)


def inside(data: bytes | memoryview, box: Box, kind: bytes) -> Iterator[Box]:
    """The boxes of a kind anywhere inside another."""
    for inner in boxes(data, box.body, box.end):
        if inner.kind == kind:
            yield inner
        elif inner.kind in CONTAINERS:
            yield from inside(data, inner, kind)


def time_scale(data: bytes | memoryview, moov: Box) -> int:
    """How many of its track's units are a second; 0 where it does not say."""
    for box in inside(data, moov, b"mdhd"):
        at = box.body + (20 if data[box.body] == 1 else 12)
        return int(struct.unpack_from(">I", data, at)[0])
    return 0


def _ticks(data: bytes | memoryview, traf: Box) -> int:
    """How long the samples of a fragment last, in the track's units."""
    default = total = 0
    for box in boxes(data, traf.body, traf.end):
        (flags,) = struct.unpack_from(">I", data, box.body)
        flags &= 0xFFFFFF
        if box.kind == b"tfhd" and flags & DURATION_IN_TFHD:
            at = box.body + 8 + 8 * bool(flags & BASE_OFFSET_IN_TFHD)
            at += 4 * bool(flags & DESCRIPTION_IN_TFHD)
            (default,) = struct.unpack_from(">I", data, at)
        elif box.kind == b"trun":
            (count,) = struct.unpack_from(">I", data, box.body + 4)
            if not flags & DURATION_IN_TRUN:
                total += default * count
                continue
            at = box.body + 8 + 4 * bool(flags & OFFSET_IN_TRUN)
            at += 4 * bool(flags & FIRST_FLAGS_IN_TRUN)
            stride = 4 * sum(1 for field in FIELDS_IN_TRUN if flags & field)
            total += sum(struct.unpack_from(">I", data, at + n * stride)[0] for n in range(count))
    return total
