"""The archive's memory: which file shows which camera when, what is missing and why, what is held.

A database of the monitor's own, beside the recordings; what is on the disk rules, and this can be
made good from it. Segments are never forgotten: a deleted one keeps its row, its hash and why it
went, so that the chain of hashes can be checked for ever.

    open ─► closed ─► sealed (hash and chain) ─► deleted         a crash: open ─► closed (recovered)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from monitor.faults import GapCause
from monitor.feed.packets import StreamStart
from monitor.recording.index.tables import (
    SegmentState,
    deletion_table,
    gap_table,
    hold_table,
    metadata,
    run_table,
    seal_table,
    segment_table,
)

FOR_EVER_MS = 2**53 - 1
IndexFault = SQLAlchemyError
"""What any method here raises when the database cannot be read or written."""


@dataclass(frozen=True)
class Segment:
    """A recorded file as the index knows it."""

    id: int
    camera: str
    run: str
    path: str
    t0_ms: int
    t1_ms: int
    bytes: int
    state: SegmentState
    recovered: bool
    sha256: str
    place: int | None
    chain: str
    deleted_at_ms: int
    deleted_for: str


@dataclass(frozen=True)
class Gap:
    """Where pictures are missing; one that goes on has no end yet."""

    camera: str
    t0_ms: int
    t1_ms: int | None
    cause: GapCause


@dataclass(frozen=True)
class Seal:
    """The chain's head at a moment, for the hall's ledger."""

    place: int
    chain: str
    made_at_ms: int


def segment_of(row: Mapping[Any, Any]) -> Segment:
    """The row as it is known here."""
    return Segment(**{**row, "state": SegmentState(row["state"])})


class ArchiveIndex:
    """The tables of one archive; safe from any thread, one writer at a time."""

    def __init__(self, file: Path, *, to_read: bool = False, alone: bool = False) -> None:
        """Opened, and made where it is not, by the first method that needs it.

        Opened only ``to_read`` nothing is made, no lock of a writer's is ever taken, and every
        method fails until the recorder has made the file. Without a byte free on the disk it opens
        to one thread that has it ``alone``: others must share memory, which is a file as well.
        """
        self._writing, self._making = threading.Lock(), threading.Lock()
        self._is_made = to_read
        if to_read:
            address = f"sqlite:///file:{quote(str(file.absolute()))}?mode=ro&uri=true"
            self._engine = create_engine(address, connect_args={"timeout": 1})
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 5})

        @event.listens_for(self._engine, "connect")
        def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's own
            if alone:
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writer at a time; committed at the end, undone by what is raised."""
        with self._writing, self._made().begin() as connection:
            yield connection

    def look(self) -> Connection:
        """A connection to read with."""
        return self._made().connect()

    def _made(self) -> Engine:
        """The database with its tables."""
        with self._making:
            if not self._is_made:
                with self._engine.begin() as connection:  # the station may do so at the same moment
                    for table in metadata.sorted_tables:
                        connection.execute(CreateTable(table, if_not_exists=True))
                        for index in table.indexes:
                            connection.execute(CreateIndex(index, if_not_exists=True))
                self._is_made = True
        return self._engine

    # Recording

    def run_began(
        self, start: StreamStart, at_ms: int, mono_ms: int, *, clock_synchronised: bool
    ) -> None:
        """A connection to a camera; its clock's state is kept beside it."""
        with self.write() as connection:
            connection.execute(
                insert(run_table).values(
                    id=start.run,
                    camera=start.camera,
                    codec=start.codec,
                    width=start.width,
                    height=start.height,
                    started_at_ms=at_ms,
                    started_mono_ms=mono_ms,
                    clock_synchronised=clock_synchronised,
                )
            )

    def segment_began(self, camera: str, run: str, path: str, t0_ms: int) -> int:
        """A file is open; the gap before it, if there was one, is over."""
        with self.write() as connection:
            self._end_gap(connection, camera, t0_ms)
            return self._insert_segment(connection, camera, run, path, t0_ms)

    @staticmethod
    def _insert_segment(
        connection: Connection, camera: str, run: str, path: str, t0_ms: int
    ) -> int:
        made = connection.execute(
            insert(segment_table).values(
                camera=camera,
                run=run,
                path=path,
                t0_ms=t0_ms,
                t1_ms=t0_ms,
                bytes=0,
                state=SegmentState.OPEN,
                recovered=False,
                sha256="",
                chain="",
                deleted_at_ms=0,
                deleted_for="",
            )
        )
        return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0

    def segment_found(self, camera: str, run: str, path: str, t0_ms: int) -> int:
        """A file that no row names, made when the index could not be written."""
        with self.write() as connection:
            return self._insert_segment(connection, camera, run, path, t0_ms)

    def segment_ended(
        self, segment_id: int, t0_ms: int, t1_ms: int, length: int, *, recovered: bool = False
    ) -> None:
        """A file is complete and waits for its hash; only now is known when it began."""
        values = {"t0_ms": t0_ms, "t1_ms": t1_ms, "bytes": length, "recovered": recovered}
        mine = select(segment_table.c.camera, segment_table.c.t0_ms)
        with self.write() as connection:
            row = connection.execute(mine.where(segment_table.c.id == segment_id)).one()
            before = (gap_table.c.camera == row.camera) & (gap_table.c.t1_ms == row.t0_ms)
            connection.execute(
                update(gap_table).where(before).values(t1_ms=func.max(gap_table.c.t0_ms, t0_ms))
            )
            connection.execute(
                update(segment_table)
                .where(segment_table.c.id == segment_id)
                .values(state=SegmentState.CLOSED, **values)
            )

    def sealed(self, segment_id: int, sha256: str, place: int, chain: str) -> None:
        """The next link of the chain."""
        with self.write() as connection:
            connection.execute(
                update(segment_table)
                .where(segment_table.c.id == segment_id)
                .values(state=SegmentState.SEALED, sha256=sha256, place=place, chain=chain)
            )

    def deleted(self, segment_id: int, at_ms: int, why: str) -> None:
        """The file is gone; its row is the proof of what it was and why it went."""
        with self.write() as connection:
            connection.execute(insert(deletion_table).values(segment=segment_id))
            connection.execute(
                update(segment_table)
                .where(segment_table.c.id == segment_id)
                .values(state=SegmentState.DELETED, deleted_at_ms=at_ms, deleted_for=why)
            )

    def gap_began(self, camera: str, t0_ms: int, cause: GapCause) -> None:
        """Pictures are missing from here on; a gap that is open already keeps its cause."""
        with self.write() as connection:
            is_open = (gap_table.c.camera == camera) & gap_table.c.t1_ms.is_(None)
            if connection.execute(select(gap_table.c.id).where(is_open)).first() is None:
                connection.execute(
                    insert(gap_table).values(camera=camera, t0_ms=t0_ms, t1_ms=None, cause=cause)
                )

    @staticmethod
    def _end_gap(connection: Connection, camera: str, t1_ms: int) -> None:
        is_open = (gap_table.c.camera == camera) & gap_table.c.t1_ms.is_(None)
        connection.execute(
            update(gap_table).where(is_open).values(t1_ms=func.max(gap_table.c.t0_ms, t1_ms))
        )

    # Looking

    def segments(
        self, cameras: list[str], t0_ms: int = 0, t1_ms: int = FOR_EVER_MS
    ) -> list[Segment]:
        """What was recorded of these cameras between two moments, and still is there."""
        wanted = (
            segment_table.c.camera.in_(cameras)
            & (segment_table.c.t0_ms < t1_ms)
            & ((segment_table.c.t1_ms > t0_ms) | (segment_table.c.state == SegmentState.OPEN))
            & (segment_table.c.state != SegmentState.DELETED)
        )
        return self._select(wanted)

    def in_state(self, state: SegmentState, most: int = 1000) -> list[Segment]:
        """The oldest files that have come so far and no further."""
        return self._select(segment_table.c.state == state, most)

    def of_chain(self, first: int = 1, last: int = FOR_EVER_MS) -> list[Segment]:
        """The links between two places, deleted files with them, in the order of the chain."""
        with self.look() as connection:
            linked = select(segment_table).where(segment_table.c.place.between(first, last))
            rows = connection.execute(linked.order_by(segment_table.c.place)).mappings()
            return [segment_of(row) for row in rows]

    def _select(self, wanted: Any, most: int | None = None) -> list[Segment]:  # noqa: ANN401
        found = select(segment_table).where(wanted)
        found = found.order_by(segment_table.c.t0_ms, segment_table.c.id).limit(most)
        with self.look() as connection:
            return [segment_of(row) for row in connection.execute(found).mappings()]

    def known_paths(self) -> set[str]:
        """Every path that has a row."""
        with self.look() as connection:
            return set(connection.execute(select(segment_table.c.path)).scalars())

    def last_heard_ms(self, camera: str) -> int | None:
        """Until when this camera's recordings reach."""
        last = select(func.max(segment_table.c.t1_ms)).where(segment_table.c.camera == camera)
        with self.look() as connection:
            return connection.execute(last).scalar()

    def gaps(self, cameras: list[str], t0_ms: int = 0, t1_ms: int = FOR_EVER_MS) -> list[Gap]:
        """What is missing between two moments, and why."""
        columns = gap_table.c
        ends = columns.t1_ms.is_(None) | (columns.t1_ms > t0_ms)
        found = select(gap_table).where(columns.camera.in_(cameras), columns.t0_ms < t1_ms, ends)
        with self.look() as connection:
            rows = connection.execute(found.order_by(columns.t0_ms))
            return [Gap(row.camera, row.t0_ms, row.t1_ms, GapCause(row.cause)) for row in rows]

    def bytes_kept(self) -> int:
        """What recordings take."""
        kept = segment_table.c.state != SegmentState.DELETED
        total = select(func.coalesce(func.sum(segment_table.c.bytes), 0)).where(kept)
        with self.look() as connection:
            return int(connection.execute(total).scalar_one())

    def recorded_since(self, t0_ms: int) -> tuple[int, int]:
        """How much was written since, deleted or not, and when it began; 0: nothing was."""
        columns = segment_table.c
        found = select(func.coalesce(func.sum(columns.bytes), 0), func.min(columns.t0_ms))
        with self.look() as connection:
            total, first_ms = connection.execute(found.where(columns.t0_ms >= t0_ms)).one()
        return int(total), int(first_ms or 0)

    def next_to_delete(self, now_ms: int, before_ms: int, most: int = 200) -> list[Segment]:
        """The oldest sealed files from before a moment that nobody holds."""
        held = (
            select(hold_table.c.id)
            .where(
                hold_table.c.camera == segment_table.c.camera,
                hold_table.c.t0_ms < segment_table.c.t1_ms,
                hold_table.c.t1_ms > segment_table.c.t0_ms,
                hold_table.c.until_ms > now_ms,
            )
            .exists()
        )
        old = (segment_table.c.state == SegmentState.SEALED) & (segment_table.c.t1_ms < before_ms)
        return self._select(old & ~held, most)

    # Holds and seals

    def hold(
        self,
        camera: str,
        t0_ms: int,
        t1_ms: int,
        reason: str,
        by: str,
        *,
        at_ms: int,
        until_ms: int,
    ) -> int:
        """Keep what shows these moments whatever retention says."""
        values = {"camera": camera, "t0_ms": t0_ms, "t1_ms": t1_ms, "until_ms": until_ms}
        with self.write() as connection:
            made = connection.execute(
                insert(hold_table).values(reason=reason, made_by=by, made_at_ms=at_ms, **values)
            )
            return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0

    def head(self) -> tuple[int, str]:
        """The chain's last place and hash; place 0 before the first."""
        last = select(segment_table.c.place, segment_table.c.chain)
        last = last.where(segment_table.c.place.is_not(None))
        with self.look() as connection:
            row = connection.execute(last.order_by(segment_table.c.place.desc()).limit(1)).first()
        return (int(row.place), str(row.chain)) if row and row.place else (0, "")

    def make_seal(self, at_ms: int) -> None:
        """Note the chain's head for the ledger, unless it has been noted."""
        place, chain = self.head()
        with self.write() as connection:
            known = select(seal_table.c.place).where(seal_table.c.place == place)
            if place and connection.execute(known).first() is None:
                connection.execute(
                    insert(seal_table).values(
                        place=place, chain=chain, made_at_ms=at_ms, told_at_ms=0
                    )
                )

    def seals_untold(self) -> list[Seal]:
        """Heads that the ledger has not been told, oldest first."""
        found = select(seal_table).where(seal_table.c.told_at_ms == 0)
        with self.look() as connection:
            rows = connection.execute(found.order_by(seal_table.c.place))
            return [Seal(row.place, row.chain, row.made_at_ms) for row in rows]

    def seal_told(self, place: int, at_ms: int) -> None:
        """The ledger has it."""
        with self.write() as connection:
            connection.execute(
                update(seal_table).where(seal_table.c.place == place).values(told_at_ms=at_ms)
            )
