"""The account of deleted recordings, by camera, day of recording and cause: pure.

Its hash is SHA-256 over one line for each file, in the order of the chain:

    <place in the chain> <SHA-256 of the file> LF

so that whoever has the archive's index, in which no row is ever deleted, can make it again; and the
places lie in the chain whose heads the ledger holds. That a day is gone by rule is then a line in
the ledger that nobody can add or change afterwards.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

HALL_TIME = timezone(timedelta(hours=8))
DAY_MS = 86_400_000


class Deleted(Protocol):
    """What is told of a file that is gone."""

    @property
    def camera(self) -> str: ...
    @property
    def t0_ms(self) -> int: ...
    @property
    def t1_ms(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def place(self) -> int | None: ...
    @property
    def deleted_for(self) -> str: ...


@dataclass(frozen=True)
class Forgotten:
    """What of one camera and day has been deleted for one cause."""

    camera: str
    day: str
    cause: str
    t0_ms: int
    t1_ms: int
    files: int
    bytes: int
    first_place: int
    last_place: int
    digest: str
    left_over: int = 0
    """Files of that camera and day that are still there."""
    id: int = 0


def day_of(at_ms: int) -> str:
    """The hall's date."""
    return datetime.fromtimestamp(at_ms / 1000, HALL_TIME).date().isoformat()


def day_bounds(day: str) -> tuple[int, int]:
    """When a date of the hall begins and ends."""
    begins = datetime.fromisoformat(day).replace(tzinfo=HALL_TIME).astimezone(UTC)
    begins_ms = int(begins.timestamp() * 1000)
    return begins_ms, begins_ms + DAY_MS


def digest_of(files: Iterable[Deleted]) -> str:
    """The hash over these files."""
    lines = sorted((one.place or 0, one.sha256) for one in files)
    told = "".join(f"{place} {sha256}\n" for place, sha256 in lines)
    return hashlib.sha256(told.encode()).hexdigest()


def counted(files: Iterable[Deleted]) -> Iterator[Forgotten]:
    """One count for each camera, day and cause."""
    groups: dict[tuple[str, str, str], list[Deleted]] = defaultdict(list)
    for one in files:
        groups[one.camera, day_of(one.t0_ms), one.deleted_for].append(one)
    for (camera, day, cause), group in sorted(groups.items()):
        places = [one.place for one in group if one.place]
        yield Forgotten(
            camera=camera,
            day=day,
            cause=cause,
            t0_ms=min(one.t0_ms for one in group),
            t1_ms=max(one.t1_ms for one in group),
            files=len(group),
            bytes=sum(one.bytes for one in group),
            first_place=min(places, default=0),
            last_place=max(places, default=0),
            digest=digest_of(group),
        )
