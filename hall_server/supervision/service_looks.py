"""Use cases of looking: who wants to see which camera, when and why is recorded, then they may.

The video itself never comes through here: the hall signs a word that the monitor's doors trust.
"""

from __future__ import annotations

from hall_server.access.rules import Asker
from hall_server.contract.admission import ADMITTED_MS, Admission, signed_text, token_of
from hall_server.contract.messages import supervision as messages
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing.rules import check_note
from hall_server.supervision import rules, service


def look(tx: Transaction, asker: Asker, ask: messages.CameraLook) -> messages.Admitted:
    """Let somebody see what was recorded; a clerk only the clip of a finding about themselves."""
    check_note(ask.note)
    wanted = rules.Span(ask.camera_id, ask.begins_at, ask.ends_at)
    rules.check_span(wanted, tx.now_ms)
    if asker.roles.isdisjoint(service.SEE_ALL):
        clip = service.clip_of(service.seen_by(tx.connection, asker, ask.finding_id))
        if not rules.is_within(wanted, clip):
            raise Refusal("look_clip")
    looked = tx.record(
        messages.CameraLooked(
            camera_id=ask.camera_id,
            begins_at=ask.begins_at,
            ends_at=ask.ends_at,
            finding_id=ask.finding_id,
            note=ask.note,
        )
    )
    return admitted(
        tx,
        Admission(
            account=asker.account,
            camera_ids=[ask.camera_id],
            begins_at=ask.begins_at,
            ends_at=ask.ends_at,
            look=looked.seq,
            expires_at=tx.now_ms + ADMITTED_MS,
        ),
    )


def look_at_finding(tx: Transaction, asker: Asker, ask: messages.FindingLook) -> messages.Admitted:
    """Let somebody see the pictures of a finding, a clerk only of one about themselves."""
    check_note(ask.note)
    row = service.seen_by(tx.connection, asker, ask.finding_id)
    evidence = service.evidence_of(row)
    tx.record(
        messages.CameraLooked(
            camera_id=row.camera_id,
            begins_at=evidence.begins_at,
            ends_at=evidence.ends_at,
            finding_id=ask.finding_id,
            note=ask.note,
        )
    )
    return admitted(tx, of_stills(asker, [*evidence.stills, *evidence.reference], tx.now_ms))


def of_stills(asker: Asker, stills: list[messages.Still], now_ms: int) -> Admission:
    """For these pictures, and no camera."""
    expires_at = now_ms + ADMITTED_MS
    return Admission(account=asker.account, camera_ids=[], expires_at=expires_at, stills=stills)


def admit(tx: Transaction, asker: Asker, ask: messages.CameraAdmit) -> messages.Admitted:
    """Let somebody see cameras live for a few minutes."""
    check_note(ask.note)
    expires_at = tx.now_ms + ADMITTED_MS
    tx.record(
        messages.CameraAdmitted(camera_ids=ask.camera_ids, expires_at=expires_at, note=ask.note)
    )
    return admitted(
        tx,
        Admission(account=asker.account, camera_ids=ask.camera_ids, expires_at=expires_at),
    )


def admitted(tx: Transaction, admission: Admission) -> messages.Admitted:
    """The hall's word for what has just been recorded."""
    token = token_of(admission, tx.sign(signed_text(admission)))
    return messages.Admitted(seq=tx.seq, token=token, expires_at=admission.expires_at)
