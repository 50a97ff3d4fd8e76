"""The ledger at work: events join it inside the caller's transaction, in the order of ``seq``.

An event's ``seq`` is one more than its leaf's index in the Merkle tree. Its body is written once
as canonical bytes, hashed as such, and never serialised again. Locking the one row of
``ledger_head`` makes the order that everything else follows: numbers, calls and pushes.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from hall_server.contract.messages.base import Event
from hall_server.ledger import canonical
from hall_server.ledger.merkle import Frontier, leaf_hash
from hall_server.ledger.note import Signer
from hall_server.ledger.receipt import sign_receipt
from hall_server.ledger.tables import ledger_entry, ledger_head, ledger_node

HEAD_ID = 1
E = TypeVar("E", bound=Event)

_LOCK_HEAD = select(ledger_head.c.size, ledger_head.c.frontier).where(ledger_head.c.id == HEAD_ID)
_MOVE_HEAD = update(ledger_head).where(ledger_head.c.id == HEAD_ID)


class Ledger:
    """Records events of the writer's present transaction; one per process."""

    def __init__(self, signer: Signer) -> None:
        """``signer`` signs receipts (and checkpoints, see ``checkpoints.py``)."""
        self.signer = signer
        self._size = 0
        self._frontier = Frontier()
        self._rows: list[dict[str, object]] = []

    def begin(self, connection: Connection) -> None:
        """Lock the head; make it on the very first transaction."""
        self._rows = []
        row = connection.execute(_LOCK_HEAD.with_for_update()).one_or_none()
        if row is None:
            connection.execute(
                insert(ledger_head).values(id=HEAD_ID, size=0, frontier=Frontier().to_bytes())
            )
            self._size, self._frontier = 0, Frontier()
            return
        self._size, self._frontier = row.size, Frontier.from_bytes(row.frontier)

    def place(self) -> int:
        """How many events this transaction has recorded."""
        return len(self._rows)

    def rewind(self, place: int) -> None:
        """Forget events of a job that was undone."""
        del self._rows[place:]

    def record(self, event: E, *, at: int, actor: str) -> E:
        """Give the event its place and keep its bytes for ``flush``."""
        recorded = msgspec.structs.replace(event, seq=self.head() + 1, at=at, actor=actor)
        body = canonical.encode(msgspec.to_builtins(recorded))
        self._rows.append(
            {
                "seq": recorded.seq,
                "at": at,
                "type": str(type(event).__struct_config__.tag),
                "body": body,
                "leaf": leaf_hash(body),
            }
        )
        return recorded

    def receipt(self, event: Event) -> str:
        """Promise text of an event recorded in this transaction."""
        row = self._rows[event.seq - self._size - 1]
        leaf = row["leaf"]
        assert isinstance(leaf, bytes)  # noqa: S101 - the row was written by record() above
        return sign_receipt(event.seq, leaf, self.signer).to_text()

    def head(self) -> int:
        """The seq reached so far."""
        return self._size + len(self._rows)

    def flush(self, connection: Connection) -> None:
        """Write the entries, the finished interior nodes and the new head."""
        if not self._rows:
            return
        connection.execute(insert(ledger_entry), self._rows)
        nodes = self._frontier.extend([row["leaf"] for row in self._rows])  # type: ignore[misc]  # bytes by record()
        if nodes:
            connection.execute(
                insert(ledger_node),
                [{"level": n.level, "position": n.index, "hash": n.hash} for n in nodes],
            )
        self._size += len(self._rows)
        connection.execute(_MOVE_HEAD.values(size=self._size, frontier=self._frontier.to_bytes()))
        self._rows = []


def head_of(connection: Connection) -> int:
    """The seq of the newest committed event."""
    size = connection.execute(
        select(ledger_head.c.size).where(ledger_head.c.id == HEAD_ID)
    ).scalar_one_or_none()
    return 0 if size is None else size


def bodies_after(connection: Connection, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Canonical bodies of events after ``after``, in order."""
    rows = connection.execute(
        select(ledger_entry.c.seq, ledger_entry.c.body)
        .where(ledger_entry.c.seq > after)
        .order_by(ledger_entry.c.seq)
        .limit(limit)
    )
    return [(row.seq, row.body) for row in rows]
