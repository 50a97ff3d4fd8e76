"""An export: the ledger as a folder that anyone can check with nothing but `hall-verify`.

    events/000000000001-2026-11-23.ndjson   one event to a line, the very bytes that were hashed;
    events/000000000842-2026-11-24.ndjson   a file for each day, named by its first seq
    leaves.bin          32 bytes per event: what lets a checker name the first bad one
    checkpoints.txt     the signed checkpoints, oldest first, an empty line between two
    key.vkey            the key they are signed with (trust only one got from elsewhere)
    frontier.bin        only if the export does not begin with seq 1: the tree's edge before it

Everything streams, so the length of the ledger does not matter. Where entries come from is left
to the caller; no database, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

CHINA = timezone(timedelta(hours=8))
"""China keeps one time, without summer time: a day of the hall is a day of this zone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as the ledger keeps it."""

    seq: int
    at: int
    body: bytes
    leaf: bytes


class ExportExistsError(ValueError):
    """The folder is there already and holds something; an export never writes over evidence."""


def write_export(
    folder: Path, entries: Iterable[Entry], notes: Iterable[str], vkey: str, frontier: bytes = b""
) -> int:
    """Write entries and checkpoint notes, both in order; gives the number of events written.

    `frontier` is the serialised frontier before the first entry, empty if that is seq 1.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ExportExistsError(f"{folder} is not empty")
    (folder / "events").mkdir(parents=True, exist_ok=True)
    (folder / "key.vkey").write_text(f"{vkey}\n", "utf-8")
    (folder / "checkpoints.txt").write_text("\n".join(notes), "utf-8")
    if frontier:
        (folder / "frontier.bin").write_bytes(frontier)
    with (folder / "leaves.bin").open("wb") as leaves:
        return _write_events(folder / "events", entries, leaves)


def _write_events(folder: Path, entries: Iterable[Entry], leaves: BinaryIO) -> int:
    """A later day opens a new file; an event told late stays where its seq puts it."""
    written = 0
    latest = ""
    lines: BinaryIO | None = None
    try:
        for entry in entries:
            day = _day_of(entry.at)
            if lines is None or day > latest:
                if lines is not None:
                    lines.close()
                lines = (folder / f"{entry.seq:012d}-{day}.ndjson").open("wb")
                latest = day
            lines.write(entry.body + b"\n")
            leaves.write(entry.leaf)
            written += 1
    finally:
        if lines is not None:
            lines.close()
    return written


def _day_of(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(CHINA).date().isoformat()
