"""At the window: the times of a service, no-shows, holds, and the way back."""

from __future__ import annotations

import pytest

from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.queueing import LegState
from tests.hall_server.queueing.conftest import CHIEF, Desk, clerk


def serving(desk: Desk, number: int = 2, item_id: str = "marry") -> int:
    """A leg that is being served at window n."""
    desk.take(item_id)
    leg_id = int(desk.next(number).leg_id)
    desk.act("start", number, leg_id)
    return leg_id


def finished(desk: Desk) -> q.TicketFinished:
    events = [event for event in desk.events() if isinstance(event, q.TicketFinished)]
    return events[-1]


def test_walk_service_and_hold_are_told_apart(desk: Desk) -> None:
    desk.take("marry")
    leg_id = desk.next(2).leg_id
    desk.pass_s(15)
    desk.act("start", 2, leg_id)
    started = desk.events()[-1]
    assert isinstance(started, q.TicketStarted)
    assert started.walked_ms == 15_000
    desk.pass_s(100)
    desk.act("hold", 2, leg_id, reason_id="hold-reason", note="去复印")
    desk.pass_s(40)
    desk.act("resume", 2, leg_id)
    desk.pass_s(60)
    desk.act("finish", 2, leg_id, outcome_id="outcome-reason", note="已受理")
    done = finished(desk)
    assert (done.served_ms, done.held_ms, done.outcome_id) == (
        160_000,
        40_000,
        "outcome-reason",
    )


def test_an_outcome_must_be_one(desk: Desk) -> None:
    leg_id = serving(desk)
    asked = {"leg_id": leg_id, "outcome_id": "hold-reason"}
    assert desk.refused("ticket.finish", clerk("s2"), **asked) == "reason_unknown"


def test_a_no_show_is_called_twice_and_given_time(desk: Desk) -> None:
    desk.take("marry")
    leg_id = desk.next(2).leg_id
    assert desk.refused("ticket.miss", clerk("s2"), leg_id=leg_id) == "miss_calls"
    desk.pass_s(20)
    desk.act("recall", 2, leg_id)
    assert desk.refused("ticket.miss", clerk("s2"), leg_id=leg_id) == "miss_too_soon"
    desk.pass_s(25)
    desk.act("miss", 2, leg_id)
    assert desk.leg(leg_id).state is LegState.NO_SHOW
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "nobody_waiting"


def test_a_hold_frees_the_window_and_waits_for_its_turn(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.act("hold", 2, leg_id, reason_id="hold-reason")
    other = serving(desk)
    assert desk.refused("ticket.resume", clerk("s2"), leg_id=leg_id) == "window_busy"
    desk.act("finish", 2, other)
    desk.act("resume", 2, leg_id)
    assert desk.leg(leg_id).state is LegState.SERVING


def test_a_window_holds_only_so_many(desk: Desk) -> None:
    for _ in range(3):
        desk.act("hold", 2, serving(desk), reason_id="hold-reason")
    last = serving(desk)
    asked = {"leg_id": last, "reason_id": "hold-reason"}
    assert desk.refused("ticket.hold", clerk("s2"), **asked) == "hold_limit"


def test_a_service_is_held_only_so_long(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.act("hold", 2, leg_id, reason_id="hold-reason")
    desk.pass_s(3600)
    desk.act("resume", 2, leg_id)
    asked = {"leg_id": leg_id, "reason_id": "hold-reason"}
    assert desk.refused("ticket.hold", clerk("s2"), **asked) == "hold_too_long"


@pytest.mark.parametrize("reason_id", ["nothing", "pause-reason"])
def test_a_hold_needs_its_reason(desk: Desk, reason_id: str) -> None:
    leg_id = serving(desk)
    asked = {"leg_id": leg_id, "reason_id": reason_id}
    assert desk.refused("ticket.hold", clerk("s2"), **asked) == "reason_unknown"


def test_a_colleague_takes_a_held_service_over(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.act("hold", 2, leg_id, reason_id="hold-reason")
    desk.ask("ticket.resume", clerk("s1"), leg_id=leg_id, window_id="w1")
    leg = desk.leg(leg_id)
    assert (leg.state, leg.window_id, leg.staff_id) == (LegState.SERVING, "w1", "s1")


def test_sent_back_from_hold_the_time_till_the_next_start_is_hold_too(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.pass_s(60)
    desk.act("hold", 2, leg_id, reason_id="hold-reason")
    desk.pass_s(30)
    desk.act("resume", 2, leg_id, to_queue=True)
    assert desk.leg(leg_id).state is LegState.WAITING
    desk.pass_s(30)
    assert desk.next(1).leg_id == leg_id
    desk.pass_s(10)
    desk.act("start", 1, leg_id)
    desk.pass_s(20)
    desk.act("finish", 1, leg_id)
    done = finished(desk)
    assert (done.served_ms, done.held_ms) == (80_000, 70_000)


def test_a_day_with_services_running_closes_only_when_told_to_end_them(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.pass_s(60)
    assert desk.refused("day.close", CHIEF) == "still_serving"
    desk.ask("day.close", CHIEF, finish_serving=True)
    done = finished(desk)
    assert (done.leg_id, done.at_close, done.actor) == (leg_id, True, "staff:chief")
    figures = desk.read("hall.figures")
    assert (figures.served, figures.service_sum_ms) == (1, 0)
