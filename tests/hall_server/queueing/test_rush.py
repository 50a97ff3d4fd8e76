"""Numbers taken one after the other: each take goes by what the one before has left.

What the paper says must be what the hall's forecast, read afresh from the tables, said just before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from config.facts import QueueingRules
from hall_server.access.rules import Asker
from hall_server.contract.messages import queueing as q
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.database import Transaction, YieldedError
from hall_server.queueing import door
from tests.hall_server.queueing.conftest import (
    CHIEF,
    FACTS,
    KIOSK,
    MINUTE,
    MONDAY_NINE,
    Desk,
    OpenDesk,
    clerk,
)

Job = Callable[[Transaction], Any]
WITHIN_S = 10
BOOKED_LEADS_NOBODY = QueueingRules(id="queueing", appointment_priority="")
"""Whoever comes early for an appointment waits, as anybody, only from the appointed time."""


def take_as_foretold(desk: Desk, item_id: str = "marry") -> Any:
    """Take a number and hold its paper to the forecast."""
    items = {one.item_id: one for one in desk.read("hall.forecast").items}
    said = items[item_id]
    slip = desk.take(item_id)
    assert (slip.people_ahead, slip.wait_low_minutes, slip.wait_high_minutes) == (
        said.people_ahead,
        said.wait_low_minutes,
        said.wait_high_minutes,
    )
    return slip


def test_in_a_rush_everybody_reads_how_many_are_really_ahead(desk: Desk) -> None:
    ahead = [take_as_foretold(desk).people_ahead for _ in range(5)]
    assert ahead == [0, 1, 2, 3, 4]
    assert [take_as_foretold(desk, "invoice").people_ahead for _ in range(3)] == [0, 1, 2]
    assert take_as_foretold(desk).people_ahead == 5
    desk.take("marry", priority_id="elderly")
    assert take_as_foretold(desk).people_ahead == 7


def test_whatever_happens_between_two_takes_is_seen(desk: Desk) -> None:
    first, second = take_as_foretold(desk), take_as_foretold(desk)
    called = desk.next(2)
    assert take_as_foretold(desk).people_ahead == 1
    desk.act("start", 2, called.leg_id)
    desk.pass_s(1_500)
    desk.act("finish", 2, called.leg_id)  # the pace is another now
    take_as_foretold(desk)
    desk.ask("window.pause", clerk("s2"), window_id="w2", reason_id="pause-reason")
    take_as_foretold(desk)
    desk.ask("ticket.cancel", CHIEF, ticket_id=second.ticket_id)
    assert take_as_foretold(desk).people_ahead == 3
    desk.ask("day.close", CHIEF)
    assert desk.refused("ticket.take", KIOSK, item_id="marry") == "day_not_open"
    desk.pass_s(24 * 3_600)
    desk.ask("day.open", CHIEF)
    assert take_as_foretold(desk).label == first.label


def test_whoever_waits_for_an_appointed_time_is_ahead_from_then_on(desk: Desk) -> None:
    desk.facts[0] = replace(FACTS, queueing=BOOKED_LEADS_NOBODY)
    book = {"item_id": "marry", "day": "2026-11-23", "at_ms": MONDAY_NINE + 4 * MINUTE}
    code = desk.ask("appointment.book", CHIEF, **book).code
    desk.ask("ticket.check_in", KIOSK, code=code)
    assert [take_as_foretold(desk).people_ahead for _ in range(2)] == [0, 1]
    desk.pass_s(4 * 60)
    assert [take_as_foretold(desk).people_ahead for _ in range(2)] == [3, 4]


def test_the_clock_set_back_makes_nobody_come_earlier(desk: Desk) -> None:
    first = take_as_foretold(desk)
    desk.clock.at_ms -= 30 * MINUTE
    second = take_as_foretold(desk)
    assert second.people_ahead == 1
    assert desk.leg(second.leg_id).waiting_since == desk.leg(first.leg_id).waiting_since


def asked(wire_name: str, who: Asker, **fields: Any) -> Job:
    """A job that carries out an ask."""
    ask = msgspec.convert({"request_id": "request-asked", **fields}, ASKS[wire_name].ask)
    return lambda tx: door.ASKS[wire_name](tx, who, ask)


def in_one_commit(desk: Desk, *jobs: Job) -> list[Any]:
    """What became of jobs that the writer carried out in this order, in one transaction."""
    outcomes: list[Any] = [None] * len(jobs)
    transactions: set[int] = set()
    held, go = Event(), Event()

    def hold(_tx: Transaction) -> None:
        held.set()
        assert go.wait(WITHIN_S)

    def run(number: int) -> None:
        def job(tx: Transaction) -> Any:
            transactions.add(id(tx))
            return jobs[number](tx)

        try:
            outcomes[number] = desk.database.write(job)
        except Refusal as refusal:
            outcomes[number] = refusal.code

    threads = [Thread(target=desk.database.write, args=(hold,))]
    threads[0].start()
    assert held.wait(WITHIN_S)
    for number in range(len(jobs)):
        threads.append(Thread(target=run, args=(number,)))
        threads[-1].start()
        until = time.monotonic() + WITHIN_S
        while desk.database._tasks.qsize() <= number:
            assert time.monotonic() < until
            time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join(WITHIN_S)
    assert len(transactions) == 1
    return outcomes


TAKE = asked("ticket.take", KIOSK, item_id="marry")


def test_within_one_commit_a_take_sees_what_was_done_before_it(desk: Desk) -> None:
    call = asked("ticket.call_next", clerk("s2"), window_id="w2")
    first, second, called, third = in_one_commit(desk, TAKE, TAKE, call, TAKE)
    assert called.label == first.label
    assert [slip.people_ahead for slip in (first, second, third)] == [0, 1, 1]
    take_as_foretold(desk)


def test_an_undone_take_leaves_nothing(desk: Desk) -> None:
    def in_vain(tx: Transaction) -> None:
        assert TAKE(tx).people_ahead == 1
        raise Refusal("not_your_window")

    def as_many_events(tx: Transaction) -> None:
        pause = {"window_id": "w3", "reason_id": "pause-reason"}
        asked("window.pause", clerk("s3"), **pause)(tx)
        asked("window.resume", clerk("s3"), window_id="w3")(tx)

    take_as_foretold(desk)
    _, refused, _, again = in_one_commit(desk, lambda _tx: None, in_vain, as_many_events, TAKE)
    assert refused == "not_your_window"
    assert (again.label, again.people_ahead) == ("A002", 1)
    take_as_foretold(desk)


def test_new_facts_are_seen_by_the_next_take(desk: Desk) -> None:
    take_as_foretold(desk)
    before = take_as_foretold(desk).wait_high_minutes
    slower = [replace(one, service_minutes=90) for one in FACTS.queues]
    desk.facts[0] = replace(FACTS, queues=slower)
    assert take_as_foretold(desk).wait_high_minutes > 2 * before


def test_a_take_whose_commit_failed_leaves_nothing(open_desk: OpenDesk, tmp_path: Any) -> None:
    desk = open_desk(f"sqlite:///{tmp_path / 'hall.db'}")
    desk.begin()
    take_as_foretold(desk)
    desk.database.switches = count().__next__
    with pytest.raises(YieldedError):
        desk.take("marry")
    desk.database.switches = lambda: 0
    again = take_as_foretold(desk)
    assert (again.label, again.people_ahead) == ("A002", 1)


@pytest.mark.postgres
def test_two_processes_of_one_hall_see_each_others_takes(
    open_desk: OpenDesk, emptied_postgres_url: str
) -> None:
    here, there = open_desk(emptied_postgres_url), open_desk(emptied_postgres_url)
    there.ids = count(1_000)
    here.begin()
    ahead = [take_as_foretold(desk).people_ahead for desk in (here, here, there, here, there)]
    assert ahead == [0, 1, 2, 3, 4]
    assert there.next(2).label == "A001"
    assert take_as_foretold(here).people_ahead == 4
    assert [event.label for event in here.events() if isinstance(event, q.TicketTaken)] == [
        f"A00{number}" for number in range(1, 7)
    ]
