"""The figures of a service day, read from its legs; what they mean is in ``measures.py``."""

from __future__ import annotations

from sqlalchemy import func, select

from hall_server.access.rules import Asker
from hall_server.contract.messages.organisation import DayFigures, PeriodRead
from hall_server.contract.messages.queueing import LegState
from hall_server.database import Reading
from hall_server.queueing import days, legs, measures
from hall_server.queueing.legs import Leg
from hall_server.queueing.lookup import lookup
from hall_server.queueing.measures import LegMeasure
from hall_server.queueing.tables import service_day, ticket


def day_figures(reading: Reading, _asker: Asker, read: PeriodRead) -> DayFigures:
    """Figures of the named day; without a name of the open or else the last one."""
    day = (
        read.day or _present_day(reading) or lookup(reading.facts).calendar.day_name(reading.now_ms)
    )
    day_id = days.day_named(reading.connection, day)
    taken = reading.connection.execute(
        select(func.count())
        .select_from(ticket)
        .where(ticket.c.day_id == day_id, ticket.c.direct == 0)
    ).scalar_one()
    rows = legs.of_day(reading.connection, day_id)
    return measures.day_figures(day, int(taken), [_measure(leg) for leg in rows])


def _present_day(reading: Reading) -> str:
    last = select(service_day.c.day).order_by(service_day.c.day_id.desc()).limit(1)
    present = days.find_open(reading.connection)
    if present is not None:
        return present.day
    return reading.connection.execute(last).scalar_one_or_none() or ""


def _measure(leg: Leg) -> LegMeasure:
    served_ms = None
    if leg.state is LegState.SERVED and not leg.at_close:
        served_ms = max(0, leg.ended_at - leg.started_at - leg.held_ms)
    return LegMeasure(leg.state, leg.waited_ms if leg.calls else None, served_ms)
