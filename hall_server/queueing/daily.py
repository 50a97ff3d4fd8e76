"""The day keeper: opens the service day when the hall opens, so that nobody has to remember it.

A person's word goes first: a day that somebody has closed is not opened again by the calendar. An
old day stays open over midnight and is closed only when the next one begins, and in a hall that
never closes only once nobody is left in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hall_server.access.rules import HALL
from hall_server.contract.messages.queueing import DayClose, DayOpen
from hall_server.database import Database, Reading, Transaction
from hall_server.queueing import days, legs
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import ENDED

LOOK_EVERY_TICKS = 2


@dataclass
class DayKeeper:
    """Looks every few ticks; writes only when there is something to do."""

    database: Database
    ticks: int = 0

    def tick(self) -> None:
        """Open, or change, the service day if it is time."""
        self.ticks += 1
        if self.ticks % LOOK_EVERY_TICKS != 1:
            return
        with self.database.reading() as reading:
            act = due(reading)
        if act is not None:
            self.database.write(act)


def due(reading: Reading | Transaction) -> Callable[[Transaction], None] | None:
    """What is to be done now: open, change, or nothing."""
    facts = lookup(reading.facts)
    if not facts.calendar.gives_tickets(reading.now_ms, facts.rules):
        return None
    today = facts.calendar.day_name(reading.now_ms)
    if days.day_named(reading.connection, today):
        return None  # open already, or closed by somebody
    present = days.find_open(reading.connection)
    if present is None:
        return _open
    if reading.facts.opening.always_open and _anybody_left(reading, present):
        return None
    return _change


def _open(tx: Transaction) -> None:
    if due(tx) is _open:  # still true inside the transaction
        days.day_open(tx, HALL, DayOpen(request_id="day-keeper"))


def _change(tx: Transaction) -> None:
    if due(tx) is _change:
        days.day_close(tx, HALL, DayClose(request_id="day-keeper", finish_serving=True))
        days.day_open(tx, HALL, DayOpen(request_id="day-keeper"))


def _anybody_left(reading: Reading | Transaction, present: days.Day) -> bool:
    return any(leg.state not in ENDED for leg in legs.of_day(reading.connection, present.day_id))
