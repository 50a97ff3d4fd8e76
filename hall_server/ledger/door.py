"""Door of the ledger: checkpoints and proofs for everybody, evidence for auditors, a new epoch.

Askers are met only as their roles, so that this part needs to know nothing of access.
"""

from __future__ import annotations

from typing import Protocol

from hall_server.contract.messages import ledger as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted, Answer
from hall_server.contract.refusals import Refusal
from hall_server.database import Handlers, Reading, Transaction
from hall_server.ledger import reading as kept
from hall_server.ledger.note import Ed25519Verifier, NoteError
from hall_server.ledger.receipt import Receipt, ReceiptError
from hall_server.ledger.service import Ledger

READS_BODIES = frozenset({Role.SUPERVISOR, Role.AUDITOR})


class Asker(Protocol):
    """Whoever asks, as far as it matters here."""

    @property
    def roles(self) -> frozenset[Role]: ...


def _ledger(tx: Transaction) -> Ledger:
    if not isinstance(tx.recorder, Ledger):
        raise TypeError(f"the writer records in {type(tx.recorder).__name__}, not in the ledger")
    return tx.recorder


def _begin_epoch(tx: Transaction, _asker: Asker, ask: messages.EpochBegin) -> Answer:
    return Accepted(seq=tx.record(_ledger(tx).begin_epoch(ask.reason)).seq)


def _witness(tx: Transaction, _asker: Asker, ask: messages.LedgerWitness) -> Answer:
    """Compare what was shown; the first contradiction is recorded and held against the ledger."""
    ledger = _ledger(tx)
    was_in_doubt = ledger.in_doubt
    try:
        contradicted = ledger.contradict(tx.connection, ask.note)
    except NoteError:
        raise Refusal("checkpoint_foreign", field="$.note") from None
    if contradicted and not was_in_doubt:
        tx.record(ledger.contradiction())
    return Accepted(seq=tx.seq)


ASKS: Handlers = {"ledger.begin_epoch": _begin_epoch, "ledger.witness": _witness}


def _head(reading: Reading) -> kept.Head:
    head = kept.read_head(reading.connection)
    if head is None:
        raise Refusal("checkpoint_awaited")
    return head


def _newest(reading: Reading, head: kept.Head) -> kept.SignedCheckpoint:
    newest = kept.newest_checkpoint(reading.connection, head.origin)
    if newest is None:
        raise Refusal("checkpoint_awaited")
    return newest


def _checkpoint(reading: Reading, _asker: Asker, _read: messages.CheckpointRead) -> Answer:
    head = _head(reading)
    newest = _newest(reading, head)
    return messages.CheckpointView(
        size=newest.size, note=newest.note, verifier_key=head.verifier_key
    )


def _proof(reading: Reading, asker: Asker, read: messages.ProofRead) -> Answer:
    head = _head(reading)
    if not 0 < read.event_seq <= head.size:
        raise Refusal("event_unknown", seq=read.event_seq, field="$.event_seq")
    newest = _newest(reading, head)
    if read.event_seq > newest.size:
        raise Refusal("checkpoint_awaited")
    proof = kept.proof_of(reading.connection, read.event_seq, newest)
    body = b""
    if asker.roles & READS_BODIES:
        body = kept.body_at(reading.connection, read.event_seq) or b""
    return messages.ProofView(proof=str(proof), body=body.decode())


def _receipt(reading: Reading, _asker: Asker, read: messages.ReceiptRead) -> Answer:
    try:
        receipt = Receipt.from_text(read.receipt.rpartition("#")[2])
    except ReceiptError:
        raise Refusal("receipt_malformed", field="$.receipt") from None
    head = _head(reading)
    leaf = kept.leaf_at(reading.connection, receipt.seq)
    newest = kept.newest_checkpoint(reading.connection, head.origin)
    return messages.ReceiptView(
        event_seq=receipt.seq,
        signed=receipt.is_signed_by(Ed25519Verifier.from_vkey(head.verifier_key)),
        kept=leaf is not None and receipt.names(leaf),
        checkpoint_size=0 if newest is None else newest.size,
    )


def _export(reading: Reading, _asker: Asker, read: messages.ExportRead) -> Answer:
    head = _head(reading)
    size = _newest(reading, head).size
    upto = min(read.after + read.limit, size)
    entries = list(kept.entries_between(reading.connection, read.after, upto))
    notes = kept.checkpoints_between(reading.connection, head.origin, read.after + 1, upto)
    return messages.ExportView(
        size=size,
        upto=max(upto, read.after),
        bodies=[entry.body.decode() for entry in entries],
        leaves=[entry.leaf.hex() for entry in entries],
        checkpoints=[checkpoint.note for checkpoint in notes],
        verifier_key=head.verifier_key,
    )


READS: Handlers = {
    "ledger.checkpoint": _checkpoint,
    "ledger.proof": _proof,
    "ledger.receipt": _receipt,
    "ledger.export": _export,
}
