"""Calling: the policy through the database, chosen calls, recalls, and one leg per window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy.exc import IntegrityError

from config.facts import QueueFact, RuleFact, RuleKind
from config.values import Words
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.queueing import CallMode, CallStep, LegState
from hall_server.contract.refusals import Refusal
from tests.hall_server.queueing.conftest import CHIEF, FACTS, MINUTE, Desk, clerk, name


def last_call(desk: Desk) -> q.TicketCalled:
    event = desk.events()[-1]
    assert isinstance(event, q.TicketCalled)
    return event


def test_first_come_first_called_over_all_queues_of_the_window(desk: Desk) -> None:
    taken = [desk.take(item).label for item in ("invoice", "marry", "invoice", "marry")]
    called = [desk.serve(1).label for _ in range(4)]
    assert called == taken


def test_a_window_calls_only_what_it_serves(desk: Desk) -> None:
    desk.take("deed")
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "nobody_waiting"
    assert desk.next(3).label == "C001"


def test_a_window_may_serve_hundreds_of_queues(desk: Desk) -> None:
    """More lines times classes than SQLite joins by UNION, which takes 500 at most."""
    many = [QueueFact(id=f"q{n}", name=name(f"{n}"), series="Q") for n in range(200)]
    replace = msgspec.structs.replace
    served = [replace(FACTS.windows[0], queues=["civil", *(one.id for one in many)])]
    desk.facts[0] = replace(
        FACTS, queues=[*FACTS.queues, *many], windows=served + FACTS.windows[1:]
    )
    slip = desk.take("marry")
    assert desk.next(1).leg_id == slip.leg_id


def test_a_class_with_a_lead_goes_before_those_who_came_little_earlier(desk: Desk) -> None:
    desk.take("marry")
    desk.pass_s(20 * 60)
    desk.take("marry")
    elderly = desk.take("marry", priority_id="elderly")
    assert [desk.serve(2).label for _ in range(3)] == ["A001", elderly.label, "A002"]


def test_the_event_tells_why_and_whom_it_passed(desk: Desk) -> None:
    desk.take("marry")
    desk.take("marry", priority_id="elderly")
    desk.next(1)
    call = last_call(desk)
    assert (call.label, call.step, call.overtook, call.mode) == (
        "A002",
        CallStep.WAIT,
        1,
        CallMode.NEXT,
    )


def test_nobody_is_overtaken_beyond_the_limit(desk: Desk) -> None:
    plain = desk.take("marry")
    for _ in range(5):
        desk.take("marry", priority_id="elderly")
    called = [desk.serve(2, seconds=1).leg_id for _ in range(4)]
    assert called.index(plain.leg_id) == FACTS.queueing.overtake_limit
    bound = [event for event in desk.events() if isinstance(event, q.TicketCalled)][3]
    assert bound.step is CallStep.BOUND


def test_a_ratio_rule_keeps_its_round_over_calls(desk: Desk) -> None:
    patient = msgspec.structs.replace(FACTS.queueing, overtake_limit=100)
    desk.facts[0] = msgspec.structs.replace(FACTS, queueing=patient)
    for _ in range(4):
        desk.take("invoice")
    for _ in range(6):
        desk.take("deed")
    called = [desk.serve(3, seconds=1).label[0] for _ in range(6)]
    assert "".join(called) == "CCBCCB"


def test_a_counting_rule_looks_at_the_whole_line(desk: Desk) -> None:
    many = RuleFact(
        id="many", name=Words("多人"), kind=RuleKind.WAITING_COUNT, queues=["civil"], count=3
    )
    windows = [msgspec.structs.replace(FACTS.windows[0], rules=["many"]), *FACTS.windows[1:]]
    desk.facts[0] = msgspec.structs.replace(FACTS, rules=[many], windows=windows)
    desk.take("invoice")
    for _ in range(3):
        desk.take("marry")
    assert [desk.serve(1, seconds=1).label for _ in range(2)] == ["A001", "B001"]


def test_a_chosen_call_needs_its_reason_and_counts_those_it_passes(desk: Desk) -> None:
    desk.take("marry")
    second = desk.take("marry")
    asked = {"window_id": "w2", "leg_id": second.leg_id}
    assert desk.refused("ticket.call", clerk("s2"), **asked, reason_id="hold-reason") == (
        "reason_unknown"
    )
    desk.ask("ticket.call", clerk("s2"), **asked, reason_id="choose-reason", note="带婴儿")
    call = last_call(desk)
    assert (call.mode, call.step, call.overtook, call.note) == (
        CallMode.CHOSEN,
        CallStep.CHOSEN,
        1,
        "带婴儿",
    )


@pytest.mark.parametrize(
    ("item_id", "code"), [("deed", "not_served_here"), ("marry", "wrong_state")]
)
def test_who_cannot_be_chosen(desk: Desk, item_id: str, code: str) -> None:
    slip = desk.take(item_id)
    if item_id == "marry":
        desk.next(1)
    asked = {"window_id": "w2", "leg_id": slip.leg_id, "reason_id": "choose-reason"}
    assert desk.refused("ticket.call", clerk("s2"), **asked) == code
    asked["leg_id"] = 99
    assert desk.refused("ticket.call", clerk("s2"), **asked) == "leg_unknown"


def test_a_window_calls_one_at_a_time(desk: Desk) -> None:
    desk.take("marry")
    desk.take("marry")
    called = desk.next(2)
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "window_busy"
    desk.act("start", 2, called.leg_id)
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "window_busy"
    desk.act("finish", 2, called.leg_id)
    assert desk.next(2).label == "A002"


def test_the_database_itself_refuses_a_second_leg_at_a_window(desk: Desk) -> None:
    first = desk.take("marry")
    desk.take("marry")
    desk.next(2)
    for sql in (
        "UPDATE leg SET state = 'called', window_id = 'w2' WHERE label = 'A002'",
        "UPDATE ticket SET number = 1 WHERE label = 'A002'",
    ):
        with pytest.raises(IntegrityError):
            desk.execute(sql)
    assert desk.leg(first.leg_id).state is LegState.CALLED


def test_recalls_keep_their_gap_and_their_limit(desk: Desk) -> None:
    slip = desk.take("marry")
    desk.next(2)
    assert desk.refused("ticket.recall", clerk("s2"), leg_id=slip.leg_id) == "recall_too_soon"
    for count in (2, 3, 4):
        desk.pass_s(20)
        desk.act("recall", 2, slip.leg_id)
        assert desk.leg(slip.leg_id).call_count == count
    desk.pass_s(20)
    assert desk.refused("ticket.recall", clerk("s2"), leg_id=slip.leg_id) == "recall_limit"


def test_a_stale_act_is_refused(desk: Desk) -> None:
    slip = desk.take("marry")
    desk.next(2)
    stale = {"leg_id": slip.leg_id, "version": 1}
    assert desk.refused("ticket.start", clerk("s2"), **stale) == "leg_changed"
    desk.act("start", 2, slip.leg_id, version=2)


def test_only_the_windows_own_clerk_or_a_supervisor_acts_there(desk: Desk) -> None:
    slip = desk.take("marry")
    assert desk.refused("ticket.call_next", clerk("s1"), window_id="w2") == "not_your_window"
    desk.next(2)
    assert desk.refused("ticket.start", clerk("s1"), leg_id=slip.leg_id) == "not_your_window"
    desk.ask("ticket.start", CHIEF, leg_id=slip.leg_id)
    event = desk.events()[-1]
    assert isinstance(event, q.TicketStarted)
    assert (event.actor, event.staff_id) == ("staff:chief", "s2")


def test_clerks_who_press_at_once_never_get_the_same_citizen(desk: Desk) -> None:
    windows = [msgspec.structs.replace(one, queues=["civil"]) for one in FACTS.windows]
    desk.facts[0] = msgspec.structs.replace(FACTS, windows=windows)
    for _ in range(10):
        desk.take("marry")

    codes = set()

    def press(number: int) -> list[int]:
        got = []
        for _ in range(5):
            try:
                got.append(desk.next(number).leg_id)
            except Refusal as refused:
                codes.add(refused.code)
                continue
            desk.act("start", number, got[-1])
            desk.act("finish", number, got[-1])
        return got

    with ThreadPoolExecutor(3) as pool:
        called = [leg_id for got in pool.map(press, (1, 2, 3)) for leg_id in got]
    assert len(called) == len(set(called)) == 10
    assert codes <= {"nobody_waiting"}


def test_midnight_changes_nothing_for_those_who_wait(desk: Desk) -> None:
    desk.clock.at_ms += 14 * 60 * MINUTE + 59 * MINUTE
    for _ in range(3):
        desk.take("marry")
    desk.pass_s(3600)
    assert desk.serve(2).label == "A001"
    assert desk.take("marry").label == "A004"
