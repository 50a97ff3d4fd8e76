"""What leaves the archive and what may not: the hall's holds, and the account of what was deleted.

The station keeps the holds as it last heard them, so that they hold also while the hall is away.
Deleted files wait in a queue until they are counted; each count waits until the ledger has it.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, update

from monitor.recording.forgetting import Forgotten, counted, day_bounds
from monitor.recording.index.archive_index import ArchiveIndex, segment_of
from monitor.recording.index.tables import (
    SegmentState,
    deletion_table,
    forgotten_table,
    hold_table,
    segment_table,
)

HALL = "hall:"
"""Before the names of those whose holds the hall has told us."""
COUNTED_MOST = 20_000

Held = tuple[str, int, int, str, str, int]
"""Camera, from, to, reason, by whom, until when."""


def keep_holds(index: ArchiveIndex, holds: set[Held], now_ms: int) -> bool:
    """Make the hall's holds these and no others; whether that changed anything."""
    wanted = {(*held[:4], f"{HALL}{held[4]}"[:60], held[5]) for held in holds}
    columns = hold_table.c
    names = ("camera", "t0_ms", "t1_ms", "reason", "made_by", "until_ms")
    ours = columns.made_by.startswith(HALL)
    with index.look() as connection:
        found = select(*(columns[name] for name in names)).where(ours)
        if {tuple(row) for row in connection.execute(found)} == wanted:
            return False
    with index.write() as connection:
        connection.execute(delete(hold_table).where(ours))
        for held in sorted(wanted):
            values = dict(zip(names, held, strict=True))
            connection.execute(insert(hold_table).values(made_at_ms=now_ms, **values))
    return True


def count_deleted(index: ArchiveIndex, now_ms: int) -> int:
    """Count what has been deleted since the last count; how many files that were."""
    waiting = (
        select(deletion_table.c.id.label("turn"), segment_table)
        .join(segment_table, segment_table.c.id == deletion_table.c.segment)
        .order_by(deletion_table.c.id)
        .limit(COUNTED_MOST)
    )
    with index.write() as connection:
        rows = connection.execute(waiting).mappings().all()
        segments = []
        for row in rows:
            values = {name: value for name, value in row.items() if name != "turn"}
            segments.append(segment_of(values))
        for one in counted(segments):
            begins, ends = day_bounds(one.day)
            left = (
                (segment_table.c.camera == one.camera)
                & (segment_table.c.t0_ms >= begins)
                & (segment_table.c.t0_ms < ends)
                & (segment_table.c.state != SegmentState.DELETED)
            )
            found = connection.execute(select(func.count()).select_from(segment_table).where(left))
            connection.execute(
                insert(forgotten_table).values(
                    camera=one.camera,
                    day=one.day,
                    cause=one.cause,
                    t0_ms=one.t0_ms,
                    t1_ms=one.t1_ms,
                    files=one.files,
                    bytes=one.bytes,
                    first_place=one.first_place,
                    last_place=one.last_place,
                    digest=one.digest,
                    left_over=found.scalar_one(),
                    made_at_ms=now_ms,
                    told_at_ms=0,
                )
            )
        if rows:
            done = deletion_table.c.id <= rows[-1]["turn"]
            connection.execute(delete(deletion_table).where(done))
    return len(rows)


def forgotten_untold(index: ArchiveIndex, most: int = 100) -> list[Forgotten]:
    """Counts that the ledger does not have, oldest first."""
    untold = select(forgotten_table).where(forgotten_table.c.told_at_ms == 0)
    with index.look() as connection:
        rows = connection.execute(untold.order_by(forgotten_table.c.id).limit(most)).mappings()
        names = Forgotten.__dataclass_fields__
        return [Forgotten(**{name: row[name] for name in names}) for row in rows]


def forgotten_told(index: ArchiveIndex, row_id: int, now_ms: int) -> None:
    """The ledger has it."""
    with index.write() as connection:
        connection.execute(
            update(forgotten_table).where(forgotten_table.c.id == row_id).values(told_at_ms=now_ms)
        )
