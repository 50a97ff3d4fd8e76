"""How many days of recordings the disk has room for, judged by what the last week took."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.alerts.signs import RecorderSign
from monitor.cameras.camera import RecordingRules
from monitor.recording.archive import DAY_MS, PURGE_SHARE, Archive, Room
from monitor.recording.index.archive_index import IndexFault

JUDGED_BY_MS = 7 * DAY_MS


def days_that_fit(room_bytes: int, recorded_bytes: int, over_ms: int) -> float | None:
    """``recorded_bytes`` were written ``over_ms``; less than a day says nothing of the next."""
    if over_ms < DAY_MS or not recorded_bytes:
        return None
    return room_bytes / (recorded_bytes * DAY_MS / over_ms)


def room_bytes(kept_bytes: int, disk_bytes: int, free_share: float, most_bytes: int) -> int:
    """What recordings may take: what they have and what is free, but for what must stay free."""
    room = kept_bytes + max(0, round((free_share - PURGE_SHARE) * disk_bytes))
    return min(room, most_bytes) if most_bytes else room


def sign_of(archive: Archive, rules: RecordingRules, now_ms: int) -> RecorderSign:
    """How the recorder stands now; also while the index cannot be read."""
    return RecorderSign(
        at=now_ms,
        retention_days=rules.retention_days,
        days_fit=_days_fit(archive, rules, now_ms),
        is_purging=archive.room in (Room.PURGING, Room.FULL),
        is_full=archive.room is Room.FULL,
    )


def _days_fit(archive: Archive, rules: RecordingRules, now_ms: int) -> float | None:
    try:
        recorded, first_ms = archive.index.recorded_since(now_ms - JUDGED_BY_MS)
        kept = archive.index.bytes_kept()
    except IndexFault:
        return None
    most = rules.megabytes_most * 1_000_000
    room = room_bytes(kept, disk_bytes(archive.root), archive.share_free(), most)
    return days_that_fit(room, recorded, now_ms - first_ms if first_ms else 0)


def disk_bytes(folder: Path) -> int:
    """How large the disk is."""
    told = os.statvfs(folder)
    return told.f_blocks * told.f_frsize
