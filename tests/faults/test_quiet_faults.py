"""Clocks, midnights and counters that run over: faults for which time itself must be moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from config.settings import ServerSettings
from hall_server.access.rules import Asker
from hall_server.app import build_hall
from hall_server.clock import ManualClock
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Ask
from hall_server.hall import Hall
from hall_server.ledger.tables import ledger_entry
from hall_server.queueing.tables import series_number, service_day
from hall_server.runtime import Mode, Runtime

MONDAY_NINE = 1_795_395_600_000
"""2026-11-23 is a Monday; 09:00 in China is 01:00 UTC."""
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
KIOSK = Asker("station:kiosk-1", frozenset({Role.KIOSK}), station_id="kiosk-1")
CLERK = Asker("staff:staff-01", frozenset({Role.CLERK}), account="staff-01", staff_id="staff-01")
CHIEF = Asker("staff:chief", frozenset({Role.SUPERVISOR}), account="chief")


@dataclass
class Day:
    """A hall in this process whose clock is moved by hand; one clerk at the first window."""

    hall: Hall
    clock: ManualClock
    asked: int = 0

    def ask(self, name: str, who: Asker, kind: type[Ask], **body: object) -> Any:
        self.asked += 1
        return self.hall.ask(name, who, kind(request_id=f"request-{self.asked:06d}", **body))

    def take(self) -> Any:
        return self.ask("ticket.take", KIOSK, q.TicketTake, item_id="item-a")

    def serve(self) -> Any:
        called = self.ask("ticket.call_next", CLERK, q.TicketCallNext, window_id="window-1")
        self.ask("ticket.start", CLERK, q.TicketStart, leg_id=called.leg_id)
        self.ask("ticket.finish", CLERK, q.TicketFinish, leg_id=called.leg_id)
        return called

    def events(self, kind: str) -> list[dict[str, Any]]:
        import msgspec

        wanted = select(ledger_entry.c.body).where(ledger_entry.c.type == kind)
        with self.hall.database.reading() as reading:
            rows = reading.connection.execute(wanted.order_by(ledger_entry.c.seq)).scalars()
            return [msgspec.json.decode(body) for body in rows]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    clock = ManualClock(MONDAY_NINE)
    settings = ServerSettings(
        data=tmp_path / "hall",
        profile="county_typ",
        mode="threading",
        limits=False,
        simulated_devices_from=9100,
    )
    hall = build_hall(settings, Runtime(Mode.THREADING), clock)
    made = Day(hall, clock)
    made.ask("day.open", CHIEF, q.DayOpen)
    made.ask("window.open", CLERK, q.WindowOpen, window_id="window-1")
    yield made
    hall.database.stop()


@pytest.mark.parametrize("by_ms", [-DAY_MS, HOUR_MS])
def test_13_the_wall_clock_jumps_and_the_order_stays(day: Day, by_ms: int) -> None:
    first, second = day.take(), day.take()
    day.clock.jump(by_ms)
    third = day.take()
    day.hall.watch_clock()
    called = [day.serve().label for _ in range(3)]
    assert called == [first.label, second.label, third.label]
    waited = [event["waited_ms"] for event in day.events("ticket.called")]
    assert min(waited) >= 0
    assert [event["by_ms"] for event in day.events("clock.jumped")] == [by_ms]
    following = day.take()
    assert int(following.label[1:]) == int(third.label[1:]) + 1


def test_14_over_midnight_forty_wait_on_and_the_close_ends_each(day: Day) -> None:
    day.clock.at_ms = MONDAY_NINE + 15 * HOUR_MS - MINUTE_MS
    taken = [day.take() for _ in range(40)]
    day.clock.advance(2 * MINUTE_MS)
    assert day.serve().label == taken[0].label
    assert day.take().label == "A041"
    day.ask("day.close", CHIEF, q.DayClose)
    assert [event["label"] for event in day.events("ticket.unserved")] == [
        f"A{number:03d}" for number in range(2, 42)
    ]
    with day.hall.database.reading() as reading:
        assert len(reading.connection.execute(select(service_day)).all()) == 1


def test_15_after_999_the_number_widens(day: Day) -> None:
    day.take()
    day.hall.database.write(
        lambda tx: tx.connection.execute(update(series_number).values(last_number=998))
    )
    assert [day.take().label for _ in range(3)] == ["A999", "A1000", "A1001"]


def test_24_a_name_of_control_characters_changes_nothing_but_itself(day: Day) -> None:
    """What paper and bars make of such a text is proved at their codecs."""
    name = "张\x1bp\x00\x19\xfa\u202e𠮷🙂"
    taken = day.ask("ticket.take", KIOSK, q.TicketTake, item_id="item-a", person=name)
    assert taken.label == "A001"
    assert name not in str(day.events("ticket.taken"))
    assert name not in str(taken)
