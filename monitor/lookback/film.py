"""The film of a span: bytes of recorded files, in order, on one scale of time; nothing is coded.

It begins with the fragment of the last key frame before the span, or a player could show nothing,
and ends early where the camera's picture changes: what follows is another film. A minute file that
is still being written is given as far as it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from monitor.lookback.pieces import Head, Piece, head_of, moved, pieces_of
from monitor.recording.clips import Clip
from monitor.recording.index.archive_index import Segment

COPY_BYTES = 256 * 1024
FILM_BYTES_MOST = 128 * 2**20
"""Of one answer; what follows is asked for again."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes that are at hand, then bytes of a file."""

    data: bytes
    path: Path
    start: int
    end: int


@dataclass
class Film:
    """What is to be sent; ``ends_at`` is where the next film has to begin."""

    origin_ms: int
    ends_at: int
    codec: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def length(self) -> int:
        """In bytes."""
        return sum(len(part.data) + part.end - part.start for part in self.parts)

    def bytes(self) -> Iterator[bytes]:
        """Little by little; ends early, and so not at ``length``, where a file has gone."""
        for part in self.parts:
            yield part.data
            try:
                descriptor = os.open(part.path, os.O_RDONLY)
            except OSError:
                return
            try:
                for place in range(part.start, part.end, COPY_BYTES):
                    yield os.pread(descriptor, min(COPY_BYTES, part.end - place), place)
            finally:
                os.close(descriptor)


def film_of(root: Path, clip: Clip, origin_ms: int) -> Film:
    """The film of a clip; media time 0 is ``origin_ms``, which must lie well before it."""
    film = Film(origin_ms, clip.t1_ms)
    head: Head | None = None
    left = FILM_BYTES_MOST
    for segment in clip.segments:
        opened = opened_at(root, segment)
        if opened is None:
            continue
        next_head, pieces = opened
        if head and next_head.codec != head.codec:
            film.ends_at = segment.t0_ms
            break
        wanted = from_key_frame(pieces, next_head.scale, segment.t0_ms, clip)
        shift = (segment.t0_ms - origin_ms) * next_head.scale // 1000
        lead = next_head.data if head is None or next_head.data != head.data else b""
        for piece in wanted:
            if piece.begins + shift < 0:
                continue
            if piece.end - piece.start > left:
                film.ends_at = _moment(piece.begins, next_head, segment)
                return film
            left -= piece.end - piece.start
            film.parts.append(_part(root, segment, piece, lead, shift))
            head, lead = next_head, b""
            film.codec = head.codec
    return film


def _part(root: Path, segment: Segment, piece: Piece, lead: bytes, shift: int) -> Part:
    body = piece.start + len(piece.moof)
    return Part(lead + moved(piece.moof, shift), root / segment.path, body, piece.end)


def _moment(ticks: int, head: Head, segment: Segment) -> int:
    return segment.t0_ms + ticks * 1000 // head.scale


def opened_at(root: Path, segment: Segment) -> tuple[Head, list[Piece]] | None:
    """A recorded file taken apart; None where it has gone or shows nothing yet."""
    try:
        descriptor = os.open(root / segment.path, os.O_RDONLY)
    except OSError:
        return None
    try:

        def read(place: int, length: int) -> bytes:
            return os.pread(descriptor, length, place)

        head = head_of(read)
        return (head, list(pieces_of(read))) if head and head.scale else None
    finally:
        os.close(descriptor)


def from_key_frame(pieces: list[Piece], scale: int, t0_ms: int, clip: Clip) -> list[Piece]:
    """The fragments that show a clip's part of a file, from the last key frame before it."""
    begins, ends = ((at - t0_ms) * scale / 1000 for at in (clip.t0_ms, clip.t1_ms))
    first = 0
    for number, piece in enumerate(pieces):
        if any(key <= begins for key in piece.keys):
            first = number
    return [piece for piece in pieces[first:] if piece.begins < ends and piece.ends > piece.begins]
