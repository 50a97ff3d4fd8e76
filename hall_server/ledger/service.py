"""The ledger at work: events join it inside the caller's transaction, in the order of ``seq``.

An event's ``seq`` is one more than its leaf's index in the Merkle tree. Its body is written once
as canonical bytes, hashed as such, and never serialised again. Locking the one row of
``ledger_head`` makes the order that everything else follows: numbers, calls and pushes.

A ledger may turn out not to continue what the hall itself has signed before: its data were
restored from an older copy, or changed. Whoever kept such a checkpoint shows it (``contradict``);
from then on, also after a restart, only sign-ins and what the hall does of its own accord are
recorded, and no checkpoint is signed, until a person answers for going on (``begin_epoch``). The
new epoch signs under a new name, so the same name never stands under two histories.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from hall_server.contract.messages.base import Event
from hall_server.contract.messages.ledger import EpochBegun, LedgerContradicted
from hall_server.contract.refusals import Refusal
from hall_server.ledger import canonical, epochs
from hall_server.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from hall_server.ledger.merkle import Frontier, leaf_hash
from hall_server.ledger.note import Signer
from hall_server.ledger.reading import HEAD_ID, bodies_after, head_of, newest_checkpoint
from hall_server.ledger.receipt import sign_receipt
from hall_server.ledger.tables import ledger_checkpoint, ledger_entry, ledger_head, ledger_node
from hall_server.prepared import Prepared

__all__ = ["Ledger", "LedgerKeyError", "bodies_after", "head_of"]

E = TypeVar("E", bound=Event)

HALL = "hall"
"""The actor of what the hall does of its own accord."""
RECORDED_IN_DOUBT = frozenset(
    {
        "account.signed_in",
        "account.signed_out",
        "account.sign_in_failed",
        "account.password_changed",
        "station.signed_on",
        "ledger.contradicted",
        "ledger.epoch_begun",
    }
)
"""What others may still do while the ledger is contradicted: come in, and answer for it."""
CHECKPOINT_AT_ONCE = frozenset({"day.closed", "ledger.epoch_begun"})

_HEAD = ("size", "frontier", "epoch", "verifier_key", "contradicted_by")
_LOCK_HEAD = Prepared(
    select(*(ledger_head.c[name] for name in _HEAD))
    .where(ledger_head.c.id == HEAD_ID)
    .with_for_update()
)
_GROW_HEAD = Prepared(
    update(ledger_head)
    .where(ledger_head.c.id == HEAD_ID)
    .values(size=bindparam("new_size"), frontier=bindparam("new_frontier"))
)
_CHANGE_HEAD = update(ledger_head).where(ledger_head.c.id == HEAD_ID)
_ADD_ENTRIES = Prepared(insert(ledger_entry), [column.name for column in ledger_entry.columns])


class LedgerKeyError(Exception):
    """The signing key is not the one this ledger has been signed with so far."""


class Ledger:
    """Records events of the writer's present transaction; one per process."""

    def __init__(self, signer: Signer) -> None:
        """``signer`` signs receipts and checkpoints of the first epoch; later ones rename it."""
        self._first_signer = signer
        self.signer = signer
        self.checkpoint_due = False
        """Something was recorded that should be under a checkpoint soon."""
        self._size = 0
        self._frontier = Frontier()
        self._epoch = 1
        self._contradicted_by = ""
        self._rows: list[dict[str, object]] = []
        self._leaves: list[bytes] = []
        self._head_changes: dict[str, object] = {}
        self._next_epoch: dict[str, object] = {}

    # ------------------------------------------------------------- what the writer does with it

    def begin(self, connection: Connection) -> None:
        """Lock the head; make it on the very first transaction."""
        self._rows, self._leaves, self._head_changes = [], [], {}
        row = _LOCK_HEAD.row(connection)
        if row is None:
            self._make_head(connection)
            return
        self._size, frontier, epoch, verifier_key, self._contradicted_by = row
        self._frontier = Frontier.from_bytes(bytes(frontier))
        if epoch != self._epoch:
            self._epoch = epoch
            self.signer = epochs.signer_of(self._first_signer, epoch)
        if verifier_key != self.signer.vkey:
            raise LedgerKeyError(
                f"密钥不是台账所用的 / not the ledger's key: {verifier_key.partition('+')[0]}"
            )

    def place(self) -> int:
        """How many events this transaction has recorded."""
        return len(self._rows)

    def rewind(self, place: int) -> None:
        """Forget events of a job that was undone."""
        del self._rows[place:]
        del self._leaves[place:]

    def record(self, event: E, *, at: int, actor: str) -> E:
        """Give the event its place and keep its bytes for ``flush``."""
        kind = str(type(event).__struct_config__.tag)
        if self._contradicted_by and actor != HALL and kind not in RECORDED_IN_DOUBT:
            seen = read_checkpoint(self._contradicted_by).size
            raise Refusal("ledger_shorter", own=self._size, seen=seen)
        recorded = msgspec.structs.replace(event, seq=self.head() + 1, at=at, actor=actor)
        body = canonical.spell(recorded)
        leaf = leaf_hash(body)
        self._rows.append({"seq": recorded.seq, "at": at, "type": kind, "body": body, "leaf": leaf})
        self._leaves.append(leaf)
        if kind in CHECKPOINT_AT_ONCE:
            self.checkpoint_due = True
        return recorded

    def receipt(self, event: Event) -> str:
        """Promise text of an event recorded in this transaction."""
        leaf = self._leaves[event.seq - self._size - 1]
        return sign_receipt(event.seq, leaf, self.signer).to_text()

    def sign(self, message: bytes) -> bytes:
        """Signature of something else the hall vouches for; it names its own domain."""
        return self.signer.sign(message)

    def head(self) -> int:
        """The seq reached so far."""
        return self._size + len(self._rows)

    def flush(self, connection: Connection) -> None:
        """Write the entries, the finished interior nodes and the new head."""
        if self._rows:
            _ADD_ENTRIES.run_many(connection, self._rows)
            nodes = self._frontier.extend(self._leaves)
            if nodes:
                connection.execute(
                    insert(ledger_node),
                    [{"level": n.level, "position": n.index, "hash": n.hash} for n in nodes],
                )
            self._size = self._frontier.size
            _GROW_HEAD.run(connection, new_size=self._size, new_frontier=self._frontier.to_bytes())
            if self._epoch_is_begun():
                self._head_changes |= self._next_epoch
        if self._head_changes:
            connection.execute(_CHANGE_HEAD.values(**self._head_changes))
        self._rows, self._leaves, self._head_changes = [], [], {}

    # --------------------------------------------------------------------- checkpoints and doubt

    @property
    def name(self) -> str:
        """What this hall's ledger is called; later epochs add their number."""
        return self._first_signer.name

    @property
    def in_doubt(self) -> bool:
        """Whether a checkpoint of our own contradicts this ledger."""
        return bool(self._contradicted_by)

    def sign_checkpoint(self, connection: Connection, at: int) -> str:
        """Sign for what was committed before this transaction; an empty note while in doubt."""
        if self._contradicted_by or not self._size:
            return ""
        self.checkpoint_due = any(row["type"] in CHECKPOINT_AT_ONCE for row in self._rows)
        newest = newest_checkpoint(connection, self.signer.name)
        if newest is not None and newest.size == self._size:
            return newest.note
        checkpoint = Checkpoint(self.signer.name, self._size, self._frontier.root())
        note = sign_checkpoint(checkpoint, [self.signer])
        connection.execute(
            insert(ledger_checkpoint).values(
                origin=self.signer.name, size=self._size, at=at, note=note
            )
        )
        return note

    def contradict(self, connection: Connection, note: str) -> bool:
        """Hold a checkpoint against this ledger; True if they cannot both be true.

        Raises NoteError when the note was never signed by this hall.
        """
        contradicted = epochs.contradicts(
            connection, note, self._first_signer, self._epoch, self._size
        )
        if contradicted and not self._contradicted_by:
            self._contradicted_by = note
            self._head_changes["contradicted_by"] = note
        return contradicted

    def contradiction(self) -> LedgerContradicted:
        """What is to be recorded of the doubt this ledger is in."""
        seen = read_checkpoint(self._contradicted_by)
        return LedgerContradicted(
            seen_size=seen.size, own_size=self._size, checkpoint=self._contradicted_by
        )

    def begin_epoch(self, reason: str) -> EpochBegun:
        """Go on from the present head although a longer ledger was seen.

        Whoever asked records what comes back; the recording makes it so, from the next transaction
        on, under a new name.
        """
        if not self._contradicted_by or self._epoch_is_begun():
            raise Refusal("epoch_needless")
        seen = read_checkpoint(self._contradicted_by)
        epoch = max(self._epoch, epochs.epoch_of(self._first_signer, seen.origin)) + 1
        key = epochs.signer_of(self._first_signer, epoch).vkey
        self._next_epoch = {"epoch": epoch, "verifier_key": key, "contradicted_by": ""}
        return EpochBegun(seen_size=seen.size, own_size=self._size, reason=reason, verifier_key=key)

    def _epoch_is_begun(self) -> bool:
        return any(row["type"] == "ledger.epoch_begun" for row in self._rows)

    def _make_head(self, connection: Connection) -> None:
        self._size, self._frontier = 0, Frontier()
        self._epoch, self._contradicted_by = 1, ""
        self.signer = self._first_signer
        connection.execute(
            insert(ledger_head).values(
                id=HEAD_ID,
                size=0,
                frontier=self._frontier.to_bytes(),
                epoch=1,
                verifier_key=self.signer.vkey,
                contradicted_by="",
            )
        )
