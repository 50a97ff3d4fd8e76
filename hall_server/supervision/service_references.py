"""Use cases of references: asked for, taken by the analyser, approved or refused by another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.contract.messages import references as messages
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.references import ReferenceState
from hall_server.contract.messages.supervision import Admitted, CameraLooked, Still
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction
from hall_server.queueing.rules import check_note
from hall_server.supervision import rules_references as rules
from hall_server.supervision.service_looks import admitted, of_stills
from hall_server.supervision.tables import reference

SHOWN_MOST = 200
DRAWN_LIGHT = "demonstration"
"""Of drawn cameras, whose empty seats a program draws too."""


def ask(tx: Transaction, asker: Asker, ask: messages.ReferenceAsk) -> messages.ReferenceNamed:
    """Ask the analyser for a picture; one that still waits on that camera is asked for no more."""
    waiting = and_(
        reference.c.camera_id == ask.camera_id, reference.c.state == ReferenceState.ASKED
    )
    for row in tx.connection.execute(select(reference).where(waiting)).all():
        _refuse(tx, row, asker.sender, "")
    reference_id = _insert(tx, ask.camera_id, ask.light, asked_by=asker.sender)
    return messages.ReferenceNamed(seq=tx.seq, reference_id=reference_id)


def report(tx: Transaction, asker: Asker, ask: messages.ReferenceReport) -> messages.ReferenceNamed:
    """Take in what the analyser took, once."""
    known = and_(reference.c.camera_id == ask.camera_id, reference.c.sha256 == ask.sha256)
    same = tx.connection.execute(select(reference).where(known)).first()
    if same is not None:
        return messages.ReferenceNamed(seq=tx.seq, reference_id=same.reference_id)
    is_drawn = not ask.reference_id
    if is_drawn and ask.light != DRAWN_LIGHT:
        raise Refusal("reference_unknown")
    if is_drawn:
        reference_id = _insert(tx, ask.camera_id, ask.light, asked_by=asker.sender, drawn=True)
        row = _row(tx.connection, reference_id)
    else:
        row = _row(tx.connection, ask.reference_id)
    rules.check_step(ReferenceState(row.state), ReferenceState.TAKEN)
    state = ReferenceState.APPROVED if is_drawn else ReferenceState.TAKEN
    _set(tx, row, state=state, differs=ask.differs, taken_at=ask.taken_at, sha256=ask.sha256)
    tx.record(
        messages.ReferenceTaken(
            drawn=is_drawn, taken_at=ask.taken_at, sha256=ask.sha256, **_about(row)
        )
    )
    return messages.ReferenceNamed(seq=tx.seq, reference_id=row.reference_id)


def approve(tx: Transaction, asker: Asker, ask: messages.ReferenceApprove) -> Accepted:
    """From here on the analyser compares with it."""
    check_note(ask.note)
    row = _row(tx.connection, ask.reference_id)
    rules.check_step(ReferenceState(row.state), ReferenceState.APPROVED)
    is_same = row.sha256 == ask.sha256
    rules.check_approval(asker.sender, row.asked_by, row.looked_by.split(), is_same=is_same)
    _decide(tx, row, ReferenceState.APPROVED, asker.sender, ask.note)
    event = messages.ReferenceApproved(sha256=ask.sha256, note=ask.note, **_about(row))
    return Accepted(seq=tx.record(event).seq)


def refuse(tx: Transaction, asker: Asker, ask: messages.ReferenceRefuse) -> Accepted:
    """Do not use it, or no more."""
    check_note(ask.note)
    row = _row(tx.connection, ask.reference_id)
    rules.check_step(ReferenceState(row.state), ReferenceState.REFUSED)
    _refuse(tx, row, asker.sender, ask.note)
    return Accepted(seq=tx.seq)


def look(tx: Transaction, asker: Asker, ask: messages.ReferenceLook) -> Admitted:
    """Let somebody see the picture; who approves it must have."""
    check_note(ask.note)
    row = _row(tx.connection, ask.reference_id)
    if not row.sha256:
        raise Refusal("reference_unknown")
    looked = {*row.looked_by.split(), asker.sender}
    _set(tx, row, looked_by=" ".join(sorted(looked)))
    tx.record(
        CameraLooked(
            camera_id=row.camera_id,
            begins_at=row.taken_at,
            ends_at=row.taken_at,
            finding_id=0,
            note=ask.note,
        )
    )
    name = f"references/{row.camera_id}/{row.light}-{row.taken_at}.png"
    still = Still(at=row.taken_at, name=name, sha256=row.sha256)
    return admitted(tx, of_stills(asker, [still], tx.now_ms))


def overview(
    reading: Reading, _asker: Asker, _read: messages.ReferenceList
) -> messages.ReferencesView:
    """The newest first."""
    chosen = select(reference).order_by(reference.c.reference_id.desc()).limit(SHOWN_MOST)
    shown = [_view(row) for row in reading.connection.execute(chosen)]
    return messages.ReferencesView(references=shown)


def _insert(
    tx: Transaction, camera_id: str, light: str, *, asked_by: str, drawn: bool = False
) -> int:
    """A new row, with its event; both have the event's number."""
    reference_id = tx.seq + 1
    about = {"reference_id": reference_id, "camera_id": camera_id, "light": light}
    tx.record(messages.ReferenceAsked(**about))  # type: ignore[arg-type]  # each is of its kind
    tx.connection.execute(
        insert(reference).values(
            state=ReferenceState.ASKED,
            asked_by=asked_by,
            asked_at=tx.now_ms,
            taken_at=0,
            sha256="",
            differs=0,
            looked_by="",
            decided_by="",
            decided_at=0,
            decision="",
            drawn=drawn,
            **about,
        )
    )
    return reference_id


def _refuse(tx: Transaction, row: Row[Any], by: str, note: str) -> None:
    _decide(tx, row, ReferenceState.REFUSED, by, note)
    tx.record(messages.ReferenceRefused(note=note, **_about(row)))


def _decide(tx: Transaction, row: Row[Any], state: ReferenceState, by: str, note: str) -> None:
    _set(tx, row, state=state, decided_by=by, decided_at=tx.now_ms, decision=note)


def _set(tx: Transaction, row: Row[Any], **values: object) -> None:
    place = reference.c.reference_id == row.reference_id
    tx.connection.execute(update(reference).where(place).values(**values))


def _row(connection: Connection, reference_id: int) -> Row[Any]:
    chosen = select(reference).where(reference.c.reference_id == reference_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        raise Refusal("reference_unknown")
    return row


def _about(row: Row[Any]) -> dict[str, Any]:
    """What every event of it tells."""
    return {name: getattr(row, name) for name in ("reference_id", "camera_id", "light")}


def _view(row: Row[Any]) -> messages.ReferenceView:
    told = {name: getattr(row, name) for name in messages.ReferenceView.__struct_fields__}
    return messages.ReferenceView(**{**told, "state": ReferenceState(row.state)})
