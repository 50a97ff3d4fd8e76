"""A recorded file taken apart: which bytes of it show which time, and those bytes at another time.

    ftyp moov │ moof mdat │ moof mdat │ …      tfhd, tfdt, trun inside each moof

Browsers are given the file's own head and fragments; only where a fragment stands in time
(``tfdt``) is written anew, so that many files play as one film in which gaps are gaps. Pure: a file
is whatever ``read(place, length)`` gives, and may grow or be cut at any byte meanwhile.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.recording.fragments import HEADER, Box, boxes, inside, time_scale

Read = Callable[[int, int], bytes]

HEAD_MOST, MOOF_MOST = 1 << 20, 4 << 20
"""More is no file of ours."""
LARGE_HEADER = 16
BASE_OFFSET, DESCRIPTION, DURATION, SIZE, FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
"""Which fields a ``tfhd`` has, in their order."""
RUN_OFFSET, RUN_FIRST_FLAGS = 0x1, 0x4
RUN_FIELDS = (0x100, 0x200, 0x400, 0x800)
RUN_DURATION, _, RUN_FLAGS, _ = RUN_FIELDS
NOT_A_KEY_FRAME = 0x10000
SAMPLE_ENTRY = 78
"""Bytes of a picture's sample entry before the boxes in it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A fragment in its file: ``moof`` from ``start`` and its ``mdat`` up to ``end``."""

    start: int
    end: int
    moof: bytes
    begins: int
    """On the file's own scale, as all that follows."""
    ends: int
    keys: tuple[int, ...]
    """Where its key frames stand."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a player must have before any fragment."""

    data: bytes
    scale: int
    codec: str
    """As browsers name it."""


def head_of(read: Read) -> Head | None:
    """A file's head; None where it is not whole yet, or none at all."""
    data = b""
    for start, length, kind in _top(read):
        if kind == b"moof" or length > HEAD_MOST:
            break
        part = read(start, length)
        if len(part) < length:
            break
        data += part
        if kind == b"moov":
            (moov,) = (box for box in boxes(data, 0, len(data)) if box.kind == kind)
            return Head(data, time_scale(data, moov), _codec(data, moov))
    return None


def pieces_of(read: Read) -> Iterator[Piece]:
    """The fragments of a file that are whole, as far as they are."""
    pending: tuple[int, bytes] | None = None
    for start, length, kind in _top(read):
        if kind == b"moof":
            moof = read(start, length) if length <= MOOF_MOST else b""
            pending = (start, moof) if len(moof) == length else None
        elif kind == b"mdat" and pending:
            end = start + length
            if not read(end - 1, 1):
                return
            at, moof = pending
            begins, ends, keys = _times(moof)
            yield Piece(at, end, moof, begins, ends, keys)
            pending = None


def moved(moof: bytes, ticks: int) -> bytes:
    """The ``moof`` so much later; its length stays, and with it all offsets in it."""
    data = bytearray(moof)
    (whole,) = boxes(moof, 0, len(moof))
    for box in inside(moof, whole, b"tfdt"):
        form = ">Q" if moof[box.body] == 1 else ">I"
        (at,) = struct.unpack_from(form, moof, box.body + 4)
        struct.pack_into(form, data, box.body + 4, at + ticks)
    return bytes(data)


def _top(read: Read) -> Iterator[tuple[int, int, bytes]]:
    """Place, length and kind of the boxes of a file, the last of them perhaps cut."""
    start = 0
    while len(header := read(start, LARGE_HEADER)) >= HEADER:
        length, kind = struct.unpack_from(">I4s", header)
        if length == 1 and len(header) == LARGE_HEADER:
            (length,) = struct.unpack_from(">Q", header, HEADER)
        if length < HEADER:
            return
        yield start, length, kind
        start += length


def _times(moof: bytes) -> tuple[int, int, tuple[int, ...]]:
    """When a fragment begins and ends, and where its key frames are."""
    (whole,) = boxes(moof, 0, len(moof))
    begins = at = 0
    keys: list[int] = []
    duration = flags = 0
    for traf in inside(moof, whole, b"traf"):
        for box in boxes(moof, traf.body, traf.end):
            if box.kind == b"tfhd":
                duration, flags = _defaults(moof, box)
            elif box.kind == b"tfdt":
                form = ">Q" if moof[box.body] == 1 else ">I"
                (begins,) = struct.unpack_from(form, moof, box.body + 4)
                at = begins
            elif box.kind == b"trun":
                for lasts, is_key in _samples(moof, box, duration, flags):
                    if is_key:
                        keys.append(at)
                    at += lasts
    return begins, at, tuple(keys)


def _defaults(moof: bytes, tfhd: Box) -> tuple[int, int]:
    """How long a sample lasts and what it is, where a run does not say."""
    has = struct.unpack_from(">I", moof, tfhd.body)[0] & 0xFFFFFF
    at = tfhd.body + 8 + 8 * bool(has & BASE_OFFSET) + 4 * bool(has & DESCRIPTION)
    duration = struct.unpack_from(">I", moof, at)[0] if has & DURATION else 0
    at += 4 * bool(has & DURATION) + 4 * bool(has & SIZE)
    return duration, struct.unpack_from(">I", moof, at)[0] if has & FLAGS else 0


def _samples(moof: bytes, trun: Box, duration: int, flags: int) -> Iterator[tuple[int, bool]]:
    """How long each sample lasts, and whether it is a key frame."""
    has, count = struct.unpack_from(">II", moof, trun.body)
    at = trun.body + 8 + 4 * bool(has & RUN_OFFSET)
    first = flags
    if has & RUN_FIRST_FLAGS:
        (first,) = struct.unpack_from(">I", moof, at)
        at += 4
    for number in range(count):
        lasts, is_what = duration, first if number == 0 else flags
        for field in RUN_FIELDS:
            if has & field:
                (value,) = struct.unpack_from(">I", moof, at)
                at += 4
                if field == RUN_DURATION:
                    lasts = value
                elif field == RUN_FLAGS:
                    is_what = value
        yield lasts, not is_what & NOT_A_KEY_FRAME


def _codec(data: bytes, moov: Box) -> str:
    """Such as ``avc1.640028`` or ``hev1.1.6.L93.B0``; the bare kind where no more is told."""
    for stsd in inside(data, moov, b"stbl"):
        for table in boxes(data, stsd.body, stsd.end):
            if table.kind == b"stsd":
                entry = next(boxes(data, table.body + 8, table.end), None)
                return _named(data, entry) if entry else ""
    return ""


def _named(data: bytes, entry: Box) -> str:
    kind = entry.kind.decode("ascii", "replace")
    for box in boxes(data, entry.body + SAMPLE_ENTRY, entry.end):
        told = data[box.body : box.end]
        if box.kind == b"avcC" and len(told) > 3:
            return f"{kind}.{told[1:4].hex()}"
        if box.kind == b"hvcC" and len(told) > 12:
            space = ("", "A", "B", "C")[told[1] >> 6]
            compatible = int(f"{int.from_bytes(told[2:6], 'big'):032b}"[::-1], 2)
            tier = "H" if told[1] & 0x20 else "L"
            last = [f"{byte:X}" for byte in told[6:12].rstrip(b"\0")]
            first = [f"{kind}.{space}{told[1] & 0x1F}", f"{compatible:x}", f"{tier}{told[12]}"]
            return ".".join(first + last)
    return kind
