"""The archive on the disk: begins and ends files, mends what a crash left, hashes, forgets in time.

    <data>/recordings/<camera>/…/<start>_<run>.mp4      <data>/index.db

Every complete file becomes a link of one chain:
    chain = SHA-256(chain before ‖ SHA-256 of the file ‖ camera ‖ t0 ‖ t1)
whose head is told to the hall's ledger: no file can be changed, added or taken out unseen.

Room on the disk: below 15 % free it is said, below 10 % the oldest that nobody holds goes, below
3 % nothing is recorded. A disk that refuses closes the file; it is tried again after ten seconds.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import os
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from monitor.cameras.camera import RecordingRules
from monitor.faults import GapCause
from monitor.feed.packets import StreamStart
from monitor.recording.fragments import Whole, whole_part
from monitor.recording.index.archive_index import ArchiveIndex, IndexFault, Segment
from monitor.recording.index.tables import SegmentState
from monitor.recording.segments import SegmentWriter, Written, path_of

RECORDINGS, INDEX = "recordings", "index.db"
DAY_MS = 86_400_000
WARN_SHARE, PURGE_SHARE, STOP_SHARE = 0.15, 0.10, 0.03
RETENTION_LEAST_DAYS = 30
SEAL_EVERY_MS = 600_000

log = logging.getLogger(__name__)


class Room(StrEnum):
    """How it stands with the disk."""

    ENOUGH = "enough"
    LOW = "low"
    PURGING = "purging"
    FULL = "full"


@dataclass(frozen=True)
class OpenSegment:
    """A file being written."""

    id: int
    camera: str
    writer: SegmentWriter


class Owed(NamedTuple):
    """A file that has ended, of which the index has not been told."""

    opened: OpenSegment
    written: Written
    cause: GapCause | None


def share_free(folder: Path) -> float:
    """How much of the disk is free for us."""
    told = os.statvfs(folder)
    return told.f_bavail / max(1, told.f_blocks)


def room_at(share: float) -> Room:
    """What a share of free room means."""
    limits = ((STOP_SHARE, Room.FULL), (PURGE_SHARE, Room.PURGING), (WARN_SHARE, Room.LOW))
    return next((room for limit, room in limits if share < limit), Room.ENOUGH)


class Linkable(Protocol):
    """What a link says of a file beside its hash."""

    @property
    def camera(self) -> str: ...
    @property
    def t0_ms(self) -> int: ...
    @property
    def t1_ms(self) -> int: ...


def linked(before: str, segment: Linkable, sha256: str) -> str:
    """The next link of the chain."""
    told = f"{before}\n{sha256}\n{segment.camera}\n{segment.t0_ms}\n{segment.t1_ms}\n"
    return hashlib.sha256(told.encode()).hexdigest()


def measured(path: Path) -> Whole:
    """How much of a file is whole."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return Whole(0, 0, 0)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return whole_part(data)  # type: ignore[arg-type]


def _cut(path: Path, written: Written) -> Written:
    """Take off what a full disk left of a last second."""
    whole = measured(path)
    os.truncate(path, whole.length)
    return replace(written, t1_ms=written.t0_ms + whole.duration_ms, bytes=whole.length)


class Archive:
    """See the module. Files are begun and ended from the cameras' threads, kept from one other."""

    def __init__(
        self, data: Path, rules: RecordingRules, *, free: Callable[[Path], float] = share_free
    ) -> None:
        """``free`` is the disk, which tests fill."""
        self.root = data / RECORDINGS
        self.root.mkdir(parents=True, exist_ok=True)
        self.index = ArchiveIndex(data / INDEX)
        self._rules, self._free = rules, free
        self._open: dict[int, OpenSegment] = {}
        self._owed: list[Owed] = []
        self.is_mended = True
        self._lock = threading.Lock()
        self._room = Room.ENOUGH

    @property
    def room(self) -> Room:
        """As it was last looked for; none while what a crash left is not mended."""
        return self._room if self.is_mended else Room.FULL

    def go_by(self, rules: RecordingRules) -> None:
        """Keep by these rules from now on."""
        self._rules = rules

    def share_free(self) -> float:
        """How much of the disk is free."""
        return self._free(self.root)

    # Recording

    def begin(self, start: StreamStart, at_ms: int) -> OpenSegment:
        """A new file; raises ``OSError`` or ``IndexFault`` where the disk will not have it."""
        self._settle()
        path = path_of(start.camera, at_ms, start.run)
        writer = SegmentWriter(self.root / path, start)
        try:
            row = self.index.segment_began(start.camera, start.run, str(path), at_ms)
        except IndexFault:
            writer.close()
            writer.path.unlink()
            raise
        opened = OpenSegment(row, start.camera, writer)
        with self._lock:
            self._open[row] = opened
        return opened

    def end(self, opened: OpenSegment, cause: GapCause | None = None) -> None:
        """The file is complete; with a cause, nothing follows it for now."""
        with self._lock:
            self._open.pop(opened.id, None)
        written = opened.writer.close()
        if cause in (GapCause.DISK, GapCause.BROKEN):
            written = _cut(opened.writer.path, written)
        with self._lock:
            self._owed.append(Owed(opened, written, cause))
        try:
            self._settle()
        except IndexFault as error:
            log.warning("%s: 索引无法写入 the index cannot be written: %s", opened.camera, error)

    def _settle(self) -> None:
        """Tell the index which files have ended; what it cannot take now stays owed to it."""
        with self._lock:
            while self._owed:
                opened, written, cause = self._owed[0]
                self.index.segment_ended(opened.id, written.t0_ms, written.t1_ms, written.bytes)
                if cause:
                    self.index.gap_began(opened.camera, written.t1_ms, cause)
                self._owed.pop(0)

    def sync(self) -> None:
        """Ask the disk to keep what has been written so far."""
        with self._lock:
            present = list(self._open.values())
        for opened in present:
            try:
                opened.writer.sync()
            except OSError as error:
                log.warning("%s: %s", opened.writer.path, error)

    # After a crash

    def recover(self, now_ms: int) -> int:
        """Cut what a crash left incomplete and put it into the index; how many files that were.

        Raises ``OSError`` or ``IndexFault`` where the disk has no room for it, nor anything that
        may be deleted: until it has succeeded nothing is recorded.
        """
        self.is_mended = False
        self.look_for_room(now_ms)
        known = self.index.known_paths()
        for path in sorted(self.root.rglob("*.mp4")):
            name = path.relative_to(self.root)
            start, _, run = path.stem.partition("_")
            if str(name) not in known and start.isdigit():
                self.index.segment_found(name.parts[0], run, str(name), int(start))
        left = self.index.in_state(SegmentState.OPEN)
        for segment in left:
            self._mend(segment, now_ms)
        self.is_mended = True
        return len(left)

    def _mend(self, segment: Segment, now_ms: int) -> None:
        path = self.root / segment.path
        whole = measured(path) if path.is_file() else Whole(0, 0, 0)
        t1_ms = segment.t0_ms + whole.duration_ms
        if whole.length:
            os.truncate(path, whole.length)
            self.index.segment_ended(segment.id, segment.t0_ms, t1_ms, whole.length, recovered=True)
        else:
            path.unlink(missing_ok=True)
            self.index.deleted(segment.id, now_ms, "empty")
        self.index.gap_began(segment.camera, t1_ms, GapCause.CRASH)

    # Keeping

    def seal(self, now_ms: int) -> None:
        """Hash what is complete and add it to the chain."""
        self._settle()
        place, chain = self.index.head()
        for segment in self.index.in_state(SegmentState.CLOSED):
            path = self.root / segment.path
            if not segment.bytes:
                path.unlink(missing_ok=True)
                self.index.deleted(segment.id, now_ms, "empty")
                continue
            if not path.is_file():
                self.index.deleted(segment.id, now_ms, "missing")
                log.error("%s: %s is missing", segment.camera, segment.path)
                continue
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            place, chain = place + 1, linked(chain, segment, sha256)
            self.index.sealed(segment.id, sha256, place, chain)

    def forget(self, now_ms: int) -> None:
        """Delete what has been kept long enough, and more where there is no room."""
        before_ms = now_ms - self._rules.retention_days * DAY_MS
        while old := self.index.next_to_delete(now_ms, before_ms):
            for segment in old:
                self._delete(self.index, segment, now_ms, "retention")
        most = self._rules.megabytes_most * 1_000_000
        while most and (over := self.index.bytes_kept() - most) > 0:
            if not self._make_room(self.index, now_ms, over, "quota"):
                break
        self.look_for_room(now_ms)

    def look_for_room(self, now_ms: int) -> None:
        """Judge the disk; delete the oldest that nobody holds while too little is free."""
        try:
            while room_at(self._free(self.root)) in (Room.PURGING, Room.FULL):
                if not self._delete_oldest(now_ms):
                    break
        finally:  # also where the index has no room to say what was deleted
            room = room_at(self._free(self.root))
            if room is not self._room and room is not Room.ENOUGH:
                log.warning("磁盘空间不足 disk space: %s", room.value)
            self._room = room

    def _delete_oldest(self, now_ms: int) -> bool:
        """Delete one, also where not a byte is free to open the index with."""
        try:
            return self._make_room(self.index, now_ms, 1, "disk")
        except IndexFault:
            with closing(ArchiveIndex(self.root.parent / INDEX, alone=True)) as alone:
                return self._make_room(alone, now_ms, 1, "disk")

    def _make_room(self, index: ArchiveIndex, now_ms: int, wanted: int, why: str) -> bool:
        """Delete the oldest few; False when everything left is held or still being written."""
        freed = 0
        for segment in index.next_to_delete(now_ms, now_ms, 20):
            if now_ms - segment.t1_ms < RETENTION_LEAST_DAYS * DAY_MS:
                log.error(
                    "录像保存不足 %s 天 kept for less than %s days: %s",
                    *(RETENTION_LEAST_DAYS, RETENTION_LEAST_DAYS, segment.path),
                )
            self._delete(index, segment, now_ms, why)
            freed += segment.bytes
            if freed >= wanted:
                break
        return freed > 0

    def _delete(self, index: ArchiveIndex, segment: Segment, now_ms: int, why: str) -> None:
        """The row first would forget a file that stays; so the file goes first."""
        (self.root / segment.path).unlink(missing_ok=True)
        index.deleted(segment.id, now_ms, why)
