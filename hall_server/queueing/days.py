"""The service day (服务日): opened and closed by somebody; numbers begin anew with a new one.

Over midnight the open day stays. A day closed by mistake and opened again on the same date goes on
where it stopped, so no number of a date ever comes twice. Closing ends everybody who is still in
the hall as unserved, each by an event of their own; services still running stand in the way unless
the closer says that they end as served.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import (
    AppointmentEnded,
    DayClose,
    DayClosed,
    DayOpen,
    DayOpened,
    LegState,
    TicketUnserved,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.prepared import Prepared
from hall_server.queueing import legs, persons, serving, windows
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import ENDED, Act, after
from hall_server.queueing.tables import appointment, service_day
from hall_server.queueing.tables import leg as leg_table

_OPEN = Prepared(
    select(service_day.c.day_id, service_day.c.day, service_day.c.opened_at).where(
        service_day.c.closed_at.is_(None)
    )
)
_END_UNSERVED = Prepared(
    update(leg_table)
    .where(leg_table.c.day_id == bindparam("of_day"), leg_table.c.ended_at == 0)
    .values(
        version=leg_table.c.version + 1,
        state=LegState.UNSERVED,
        line=None,
        ended_at=bindparam("now"),
    )
)
_LAST_ID = select(func.coalesce(func.max(service_day.c.day_id), 0))
LABELS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Day:
    """An open service day."""

    day_id: int
    day: str
    opened_at: int


def find_open(connection: Connection) -> Day | None:
    """The open service day, if there is one."""
    row = _OPEN.row(connection)
    return None if row is None else Day(*row)


def open_day(tx: Transaction) -> Day:
    """The open service day, or a refusal."""
    day = find_open(tx.connection)
    if day is None:
        raise Refusal("day_not_open")
    return day


def day_named(connection: Connection, day: str) -> int:
    """Id of the service day with this date; 0 where there was none."""
    found = connection.execute(select(service_day.c.day_id).where(service_day.c.day == day))
    return found.scalar_one_or_none() or 0


def day_open(tx: Transaction, _asker: Asker, _ask: DayOpen) -> Accepted:
    """Open the service day of the present date."""
    present = find_open(tx.connection)
    if present is not None:
        raise Refusal("day_already_open", day=present.day)
    facts = lookup(tx.facts)
    day = facts.calendar.day_name(tx.now_ms)
    reopened = tx.connection.execute(
        update(service_day)
        .where(service_day.c.site_id == facts.site_id, service_day.c.day == day)
        .values(closed_at=None)
    )
    again = reopened.rowcount > 0
    event = tx.record(DayOpened(day=day, again=again))
    day_id = day_named(tx.connection, day)
    if not again:
        day_id = int(tx.connection.execute(_LAST_ID).scalar_one()) + 1
        tx.connection.execute(
            insert(service_day).values(
                day_id=day_id, site_id=facts.site_id, day=day, opened_at=tx.now_ms
            )
        )
    persons.make_key(tx, day_id)
    return Accepted(seq=event.seq)


def day_close(tx: Transaction, _asker: Asker, ask: DayClose) -> Accepted:
    """Close the service day and with it every leg, appointment and window of it."""
    day = open_day(tx)
    live = [leg for leg in legs.of_day(tx.connection, day.day_id) if leg.state not in ENDED]
    serving_now = [leg for leg in live if leg.state is LegState.SERVING]
    if serving_now and not ask.finish_serving:
        labels = "、".join(leg.label for leg in serving_now[:LABELS_NAMED])
        raise Refusal("still_serving", count=len(serving_now), labels=labels)
    for leg in serving_now:
        serving.end_service(tx, leg, at_close=True)
    unserved = [leg for leg in live if leg.state is not LegState.SERVING]
    for leg in unserved:
        after(leg.state, Act.CLOSE_DAY)
        tx.record(TicketUnserved(**legs.told(leg), was=leg.state))
    _END_UNSERVED.run(tx.connection, of_day=day.day_id, now=tx.now_ms)
    _end_appointments(tx, day.day)
    windows.close_all(tx)
    persons.erase_key(tx, day.day_id)
    event = tx.record(DayClosed(day=day.day, unserved=len(unserved)))
    tx.connection.execute(
        update(service_day).where(service_day.c.day_id == day.day_id).values(closed_at=tx.now_ms)
    )
    return Accepted(seq=event.seq)


def _end_appointments(tx: Transaction, day: str) -> None:
    """Whoever had booked for this day or before and has not come."""
    missed = (appointment.c.state == LegState.BOOKED, appointment.c.day <= day)
    ended = after(LegState.BOOKED, Act.CLOSE_DAY)
    for row in tx.connection.execute(select(appointment).where(*missed)).all():
        tx.record(
            AppointmentEnded(
                appointment_id=row.appointment_id,
                item_id=row.item_id,
                queue_id=row.queue_id,
                state=ended,
                reason_id="",
                note="",
            )
        )
    tx.connection.execute(update(appointment).where(*missed).values(state=ended))
