"""What tickets and windows of today still name: such a fact may not be taken away from under them.

Organisation keeps the facts and does not know queueing; the app hands it this question.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.engine import Connection

from hall_server.contract.messages.queueing import LegState, WindowState
from hall_server.queueing.rules import ENDED
from hall_server.queueing.tables import appointment, leg, service_day, window_state

_OF_LEGS = {
    "items": (leg.c.item_id,),
    "queues": (leg.c.queue_id,),
    "priorities": (leg.c.priority_id,),
    "windows": (leg.c.window_id, leg.c.to_window_id, leg.c.return_window_id),
    "staff": (leg.c.staff_id, leg.c.to_staff_id),
}
_OF_WINDOWS = {
    "windows": window_state.c.window_id,
    "staff": window_state.c.staff_id,
    "reasons": window_state.c.reason_id,
}
_OF_APPOINTMENTS = {"items": appointment.c.item_id, "queues": appointment.c.queue_id}


def in_use(connection: Connection, kind: str, record_id: str) -> bool:
    """Whether a ticket, a window or an appointment that is not over names this record."""
    open_days = select(service_day.c.day_id).where(service_day.c.closed_at.is_(None))
    if kind == "site":
        return bool(connection.scalar(select(exists(open_days))))
    named: list[ColumnElement[bool]] = []
    if kind in _OF_LEGS:
        here = or_(*(column == record_id for column in _OF_LEGS[kind]))
        alive = leg.c.day_id.in_(open_days) & leg.c.state.not_in(ENDED)
        named.append(exists().where(alive & here))
    if kind in _OF_WINDOWS:
        at_work = window_state.c.state != WindowState.CLOSED
        named.append(exists().where(at_work & (_OF_WINDOWS[kind] == record_id)))
    if kind in _OF_APPOINTMENTS:
        to_come = appointment.c.state == LegState.BOOKED
        named.append(exists().where(to_come & (_OF_APPOINTMENTS[kind] == record_id)))
    return bool(named) and bool(connection.scalar(select(or_(*named))))
