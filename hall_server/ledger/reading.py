"""What the ledger's tables hold, read: bodies for the pusher, hashes for proofs, checkpoints.

Reads only, and only of what has been committed; any number may run beside the writer.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from hall_server.ledger.checkpoint import Checkpoint, ProofFile, read_checkpoint
from hall_server.ledger.export import Entry
from hall_server.ledger.merkle import Tree
from hall_server.ledger.tables import ledger_checkpoint, ledger_entry, ledger_head, ledger_node
from hall_server.prepared import ROWS_A_TURN, Prepared

HEAD_ID = 1
_ROWS_AT_ONCE = 1_000
_SIZE = Prepared(select(ledger_head.c.size).where(ledger_head.c.id == HEAD_ID))
_BODIES_AFTER = Prepared(
    select(ledger_entry.c.seq, ledger_entry.c.body)
    .where(ledger_entry.c.seq > bindparam("place"))
    .order_by(ledger_entry.c.seq)
    .limit(bindparam("at_most"))
)


class LedgerDamagedError(Exception):
    """The tables miss what the ledger's head says is there: storage, or a hand, is at fault."""


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger as last committed."""

    size: int
    epoch: int
    verifier_key: str
    contradicted_by: str

    @property
    def origin(self) -> str:
        """The name checkpoints of this epoch carry: that of their key."""
        return self.verifier_key.partition("+")[0]


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was signed."""

    size: int
    at: int
    note: str

    def read(self) -> Checkpoint:
        """What it says; its signature was made here and is not judged again."""
        return read_checkpoint(self.note)


class KeptHashes:
    """The leaves and kept nodes of the ledger, for `Tree`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Complete and in order, or LedgerDamagedError: a gap may not pass as another tree."""
        if level == 0:
            seq = ledger_entry.c.seq
            kept = select(ledger_entry.c.leaf).where(seq > start, seq <= end).order_by(seq)
        else:
            place = ledger_node.c.position
            kept = select(ledger_node.c.hash).where(
                ledger_node.c.level == level, place >= start, place < end
            )
            kept = kept.order_by(place)
        found = [bytes(row[0]) for row in self._connection.execute(kept)]
        if len(found) != end - start:
            raise LedgerDamagedError(f"level {level} lacks hashes between {start} and {end}")
        return found


def head_of(connection: Connection) -> int:
    """The seq of the newest committed event."""
    return _SIZE.value(connection) or 0


def read_head(connection: Connection) -> Head | None:
    """The head; None before the very first transaction."""
    row = connection.execute(select(ledger_head).where(ledger_head.c.id == HEAD_ID)).one_or_none()
    if row is None:
        return None
    return Head(row.size, row.epoch, row.verifier_key, row.contradicted_by)


def bodies_after(connection: Connection, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Canonical bodies of events after ``after``, in order."""
    rows = _BODIES_AFTER.rows(connection, place=after, at_most=limit)
    return [(seq, bytes(body)) for seq, body in rows]


def seq_before(connection: Connection, at: int) -> int:
    """The newest event before this moment, 0 where there is none.

    Found by halving: order is the seq's, and a clock that was set back misleads it no further than
    to where it was set.
    """
    low, high = 0, head_of(connection)
    while low < high:
        middle = (low + high + 1) // 2
        found = select(ledger_entry.c.at).where(ledger_entry.c.seq == middle)
        if connection.execute(found).scalar_one() < at:
            low = middle
        else:
            high = middle - 1
    return low


def bodies_between(
    connection: Connection, after: int, upto: int, kinds: Collection[str]
) -> Iterator[bytes]:
    """Canonical bodies of events of some kinds after ``after`` up to ``upto``, in order.

    For looks alone: whoever reads a long course gives way to others now and then.
    """
    seq = ledger_entry.c.seq
    while after < upto:
        rows = connection.execute(
            select(seq, ledger_entry.c.body)
            .where(seq > after, seq <= upto, ledger_entry.c.type.in_(kinds))
            .order_by(seq)
            .limit(ROWS_A_TURN)
        ).all()
        yield from (bytes(row.body) for row in rows)
        after = rows[-1].seq if len(rows) == ROWS_A_TURN else upto
        time.sleep(0)


def entries_between(connection: Connection, after: int, upto: int) -> Iterator[Entry]:
    """Entries after ``after`` up to ``upto``, a thousand at a time."""
    while after < upto:
        rows = connection.execute(
            select(ledger_entry)
            .where(ledger_entry.c.seq > after, ledger_entry.c.seq <= upto)
            .order_by(ledger_entry.c.seq)
            .limit(_ROWS_AT_ONCE)
        ).all()
        if not rows:
            raise LedgerDamagedError(f"no entry after seq {after}, though the head is further")
        for row in rows:
            yield Entry(row.seq, row.at, bytes(row.body), bytes(row.leaf))
        after = rows[-1].seq


def leaf_at(connection: Connection, seq: int) -> bytes | None:
    """The leaf hash of one event; None if there is no such event."""
    leaf = connection.execute(
        select(ledger_entry.c.leaf).where(ledger_entry.c.seq == seq)
    ).scalar_one_or_none()
    return None if leaf is None else bytes(leaf)


def body_at(connection: Connection, seq: int) -> bytes | None:
    """The canonical bytes of one event; None if there is no such event."""
    body = connection.execute(
        select(ledger_entry.c.body).where(ledger_entry.c.seq == seq)
    ).scalar_one_or_none()
    return None if body is None else bytes(body)


def newest_checkpoint(connection: Connection, origin: str) -> SignedCheckpoint | None:
    """The newest signed one of this origin."""
    newest = select(func.max(ledger_checkpoint.c.size)).where(ledger_checkpoint.c.origin == origin)
    row = connection.execute(
        select(ledger_checkpoint).where(
            ledger_checkpoint.c.origin == origin,
            ledger_checkpoint.c.size == newest.scalar_subquery(),
        )
    ).one_or_none()
    return None if row is None else SignedCheckpoint(row.size, row.at, row.note)


def checkpoints_between(
    connection: Connection, origin: str, smallest: int, largest: int
) -> Iterator[SignedCheckpoint]:
    """The checkpoints of this origin with a size in this range, ends included, smallest first."""
    rows = connection.execute(
        select(ledger_checkpoint)
        .where(
            ledger_checkpoint.c.origin == origin,
            ledger_checkpoint.c.size.between(smallest, largest),
        )
        .order_by(ledger_checkpoint.c.size)
    )
    for row in rows:
        yield SignedCheckpoint(row.size, row.at, row.note)


def proof_of(connection: Connection, seq: int, checkpoint: SignedCheckpoint) -> ProofFile:
    """That the event ``seq`` stands in the ledger of this checkpoint, which must reach it."""
    siblings = Tree(KeptHashes(connection), checkpoint.size).inclusion_proof(seq - 1)
    return ProofFile(seq - 1, tuple(siblings), checkpoint.note)
