"""Messages of the ledger: its head, proofs, and what the hall records of itself."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from hall_server.contract.messages.base import Answer, Ask, Event, Note, Read, Whole


class CheckpointRead(Read, frozen=True, kw_only=True):
    """The newest signed checkpoint."""


class CheckpointView(Answer, frozen=True, kw_only=True):
    """A signed checkpoint, as C2SP tlog-checkpoint text, and the key that verifies it."""

    size: Whole
    note: str
    verifier_key: str


class ProofRead(Read, frozen=True, kw_only=True):
    """Proof that the event at ``event_seq`` is in the ledger."""

    event_seq: Whole


class ProofView(Answer, frozen=True, kw_only=True):
    """A C2SP tlog-proof text; the body is given only to those who may read it."""

    proof: str
    body: str


class LedgerWitness(Ask, frozen=True, kw_only=True):
    """A station or page shows the newest checkpoint it has kept; the hall compares it."""

    note: Annotated[str, Meta(max_length=4_096)]


class ReceiptRead(Read, frozen=True, kw_only=True):
    """Whether the promise on a paper is ours, and kept (回执核验)."""

    receipt: Annotated[str, Meta(max_length=200)]


class ReceiptView(Answer, frozen=True, kw_only=True):
    """What became of a promise."""

    event_seq: Whole
    signed: bool
    """Our signature, in this epoch's name."""
    kept: bool
    """The event it promises stands at its place in the ledger."""
    checkpoint_size: Whole
    """Size of the newest signed checkpoint; the event is under it when it reaches that far."""


class ExportRead(Read, frozen=True, kw_only=True):
    """A part of the ledger as evidence, events exactly as hashed, for an auditor (导出台账)."""

    after: Whole
    limit: Annotated[int, Meta(ge=1, le=500)] = 200


class ExportView(Answer, frozen=True, kw_only=True):
    """Bodies and leaf hashes in order of seq, and the checkpoints over them."""

    size: Whole
    """As far as there is a signed checkpoint; nothing beyond is given."""
    upto: Whole
    bodies: list[str]
    leaves: list[str]
    """Hexadecimal."""
    checkpoints: list[str]
    verifier_key: str


class EventsRead(Read, frozen=True, kw_only=True):
    """Events after a place in the ledger, as far as the reader may see them."""

    after: Whole
    limit: Annotated[int, Meta(ge=1, le=500)] = 200


class EventsView(Answer, frozen=True, kw_only=True):
    """Events in order; ``upto`` is the place reached, also over those not shown."""

    upto: Whole
    head: Whole
    events: list[dict[str, object]]


class EpochBegin(Ask, frozen=True, kw_only=True):
    """Accept that the ledger begins again at its present head although a longer one was seen."""

    reason: Note


class EpochBegun(Event, frozen=True, kw_only=True, tag="ledger.epoch_begun"):
    """The hall went on from a restored, shorter ledger; a person answered for it."""

    seen_size: Whole
    own_size: Whole
    reason: str
    verifier_key: str
    """Checks what is signed from now on; a new epoch signs under a new name."""


class LedgerContradicted(Event, frozen=True, kw_only=True, tag="ledger.contradicted"):
    """Somebody kept a checkpoint of ours that this ledger does not continue (台账与已公布的不符).

    Restored from an older copy, or changed. Until a person begins a new epoch nothing is issued.
    """

    seen_size: Whole
    own_size: Whole
    checkpoint: str
    """The signed note that was shown."""


class ClockJumped(Event, frozen=True, kw_only=True, tag="clock.jumped"):
    """The wall clock moved against the steady one."""

    by_ms: int


class HallStarted(Event, frozen=True, kw_only=True, tag="hall.started"):
    """The hall server began to run."""

    version: str


class HallStopped(Event, frozen=True, kw_only=True, tag="hall.stopped"):
    """The hall server ended in order."""
