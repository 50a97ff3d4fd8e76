"""Appointments (预约): booked for a time in opening hours, cancelled, or kept by checking in."""

from __future__ import annotations

import secrets

from sqlalchemy import func, insert, select, update

from config.facts import ReasonKind
from hall_server.access.rules import Asker
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import (
    AppointmentBook,
    AppointmentBooked,
    AppointmentCancel,
    AppointmentEnded,
    Booked,
    LegState,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import BEGINNINGS, Act, after
from hall_server.queueing.tables import appointment

CODE_BYTES = 12
_LAST_ID = select(func.coalesce(func.max(appointment.c.appointment_id), 0))


def book(tx: Transaction, _asker: Asker, ask: AppointmentBook) -> Booked:
    """Book an item for a time at which the hall is open."""
    facts = lookup(tx.facts)
    item, queue = facts.item_with_queue(ask.item_id)
    if ask.at_ms < tx.now_ms:
        raise Refusal("appointment_past")
    if facts.calendar.day_name(ask.at_ms) != ask.day:
        raise Refusal("appointment_day")
    if not facts.calendar.is_open(ask.at_ms):
        raise Refusal("appointment_hours")
    appointment_id = int(tx.connection.execute(_LAST_ID).scalar_one()) + 1
    code = secrets.token_urlsafe(CODE_BYTES)
    event = tx.record(
        AppointmentBooked(
            appointment_id=appointment_id,
            item_id=item.id,
            queue_id=queue.id,
            day=ask.day,
            due_at=ask.at_ms,
        )
    )
    tx.connection.execute(
        insert(appointment).values(
            appointment_id=appointment_id,
            code=code,
            state=BEGINNINGS[Act.BOOK],
            item_id=item.id,
            queue_id=queue.id,
            day=ask.day,
            due_at=ask.at_ms,
            person=ask.person or None,
        )
    )
    return Booked(seq=event.seq, code=code)


def cancel(tx: Transaction, _asker: Asker, ask: AppointmentCancel) -> Accepted:
    """Give an appointment back before the citizen has come."""
    lookup(tx.facts).check_reason(ask.reason_id, ReasonKind.CANCEL, ask.note)
    row = tx.connection.execute(
        select(appointment).where(appointment.c.code == ask.code)
    ).one_or_none()
    if row is None or row.ticket_id:
        raise Refusal("appointment_unknown")  # once kept it is a ticket, and cancelled as one
    state = after(LegState(row.state), Act.CANCEL)
    event = tx.record(
        AppointmentEnded(
            appointment_id=row.appointment_id,
            item_id=row.item_id,
            queue_id=row.queue_id,
            state=state,
            reason_id=ask.reason_id,
            note=ask.note,
        )
    )
    tx.connection.execute(
        update(appointment)
        .where(appointment.c.appointment_id == row.appointment_id)
        .values(state=state)
    )
    return Accepted(seq=event.seq)
