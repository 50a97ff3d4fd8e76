"""Giving numbers: series, limits, hours, appointments, and services without a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from config.facts import OpeningFact, Span
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.queueing import LegState
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

if TYPE_CHECKING:
    from config.facts import HallFacts

replace = msgspec.structs.replace


def with_queue(queue_id: str, **numbers: int) -> HallFacts:
    queues = [replace(one, **numbers) if one.id == queue_id else one for one in FACTS.queues]
    return replace(FACTS, queues=queues)


def with_rules(**numbers: object) -> HallFacts:
    return replace(FACTS, queueing=replace(FACTS.queueing, **numbers))


def test_each_series_counts_for_itself(desk: Desk) -> None:
    labels = [desk.take(item).label for item in ("marry", "invoice", "marry", "deed", "marry")]
    assert labels == ["A001", "B001", "A002", "C001", "A003"]


def test_queues_that_share_a_series_share_its_numbers(desk: Desk) -> None:
    desk.facts[0] = with_queue("tax", series="A")  # type: ignore[arg-type]  # a letter among numbers
    assert [desk.take(item).label for item in ("marry", "invoice", "marry")] == [
        "A001",
        "A002",
        "A003",
    ]


def test_a_series_widens_at_999_and_never_repeats(desk: Desk) -> None:
    desk.take("marry")
    desk.execute("UPDATE series_number SET last_number = 998")
    assert [desk.take("marry").label for _ in range(2)] == ["A999", "A1000"]


def test_a_new_day_begins_anew_and_the_same_date_goes_on(desk: Desk) -> None:
    assert desk.take("marry").label == "A001"
    desk.ask("day.close", CHIEF)
    desk.ask("day.open", CHIEF)
    assert desk.take("marry").label == "A002"
    desk.ask("day.close", CHIEF)
    desk.pass_s(24 * 3600)
    desk.ask("day.open", CHIEF)
    assert desk.take("marry").label == "A001"


@pytest.mark.parametrize(
    ("item_id", "priority_id", "code"),
    [
        ("nothing", "", "item_unknown"),
        ("gone", "", "item_hidden"),
        ("read", "", "item_without_queue"),
        ("lost", "", "queue_without_window"),
        ("marry", "nobody", "priority_unknown"),
        ("marry", "soldier", "priority_by_staff"),
    ],
)
def test_what_a_kiosk_is_refused(desk: Desk, item_id: str, priority_id: str, code: str) -> None:
    assert desk.refused("ticket.take", KIOSK, item_id=item_id, priority_id=priority_id) == code


def test_a_clerk_grants_what_a_kiosk_may_not(desk: Desk) -> None:
    slip = desk.ask("ticket.take", clerk("s1"), item_id="marry", priority_id="soldier")
    assert slip.priority_id == "soldier"
    assert desk.take("marry", priority_id="elderly").priority_id == "elderly"


def test_without_an_open_day_there_are_no_numbers(desk: Desk) -> None:
    desk.ask("day.close", CHIEF)
    assert desk.refused("ticket.take", KIOSK, item_id="marry") == "day_not_open"


def test_a_queue_gives_so_many_numbers_a_day_and_voided_ones_come_free(desk: Desk) -> None:
    desk.facts[0] = with_queue("civil", day_limit=2)
    first = desk.take("marry")
    desk.take("marry")
    assert desk.refused("ticket.take", KIOSK, item_id="marry") == "queue_quota"
    desk.ask("ticket.cancel", clerk("s1"), ticket_id=first.ticket_id)
    assert desk.take("marry").label == "A003"


def test_an_item_gives_so_many_numbers_a_day(desk: Desk) -> None:
    items = [replace(one, day_limit=1) if one.id == "deed" else one for one in FACTS.items]
    desk.facts[0] = replace(FACTS, items=items)
    desk.take("deed")
    assert desk.refused("ticket.take", KIOSK, item_id="deed") == "item_quota"
    assert desk.take("marry").label == "A001"


def test_one_person_holds_so_many_live_numbers_in_a_queue(desk: Desk) -> None:
    desk.facts[0] = with_rules(tickets_per_person=1)
    desk.take("marry", person="hash-of-li")
    again = {"item_id": "marry", "person": "hash-of-li"}
    assert desk.refused("ticket.take", KIOSK, **again) == "person_limit"
    desk.take("marry", person="hash-of-wang")
    desk.take("invoice", person="hash-of-li")
    desk.serve(2)
    assert desk.take("marry", person="hash-of-li").label == "A003"


def office_hours() -> HallFacts:
    week = [Span([1, 2, 3, 4, 5], "09:00", "12:00")]
    rules = replace(FACTS.queueing, start_before_open_minutes=10, stop_before_close_minutes=15)
    return replace(FACTS, opening=OpeningFact(id="hall", spans=week), queueing=rules)


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (-11, "hall_closed"),
        (-10, ""),
        (0, ""),
        (164, ""),
        (165, "closing_soon"),
        (180, "hall_closed"),
    ],
)
def test_numbers_are_given_in_opening_hours(desk: Desk, minutes: int, code: str) -> None:
    desk.facts[0] = office_hours()
    desk.clock.at_ms = MONDAY_NINE + minutes * MINUTE
    if code:
        assert desk.refused("ticket.take", KIOSK, item_id="marry") == code
    else:
        assert desk.take("marry").label == "A001"


def test_whoever_would_not_be_served_today_is_told_so(desk: Desk) -> None:
    for _ in range(40):
        desk.take("deed")
    desk.facts[0] = office_hours()
    desk.clock.at_ms = MONDAY_NINE
    assert desk.refused("ticket.take", KIOSK, item_id="deed") == "day_full"
    assert desk.take("marry").label == "A001"


def test_the_kiosk_that_asks_prints_and_for_a_clerk_the_halls_printer(desk: Desk) -> None:
    desk.take("marry")
    slip = desk.ask("ticket.take", clerk("s1"), item_id="marry")
    queued = [event for event in desk.events() if isinstance(event, q.TicketPrintQueued)]
    assert [job.station_id for job in queued] == ["kiosk-1", "kiosk-1"]
    assert queued[1].job_id == slip.job_id != queued[0].job_id
    desk.facts[0] = replace(FACTS, devices=[])
    assert desk.ask("ticket.take", clerk("s1"), item_id="marry").job_id == 0


# ------------------------------------------------------------------------------ appointments


def book(desk: Desk, minutes: int, item_id: str = "marry") -> str:
    answer = desk.ask(
        "appointment.book",
        clerk("s1"),
        item_id=item_id,
        day="2026-11-23",
        at_ms=MONDAY_NINE + minutes * MINUTE,
    )
    return str(answer.code)


def test_an_appointment_in_time_waits_with_its_priority(desk: Desk) -> None:
    code = book(desk, 30)
    assert desk.refused("ticket.check_in", KIOSK, code="0123456789abcdef") == "appointment_unknown"
    desk.pass_s(20 * 60)
    slip = desk.ask("ticket.check_in", KIOSK, code=code)
    assert (slip.label, slip.priority_id) == ("A001", "booked")
    assert desk.leg(slip.leg_id).waiting_since == MONDAY_NINE + 30 * MINUTE
    assert desk.refused("ticket.check_in", KIOSK, code=code) == "wrong_state"


def test_too_early_comes_back_and_too_late_waits_as_anybody(desk: Desk) -> None:
    code = book(desk, 60)
    assert desk.refused("ticket.check_in", KIOSK, code=code) == "appointment_early"
    desk.pass_s(76 * 60)
    assert desk.ask("ticket.check_in", KIOSK, code=code).priority_id == ""


@pytest.mark.parametrize(
    ("item_id", "day", "minutes", "code"),
    [
        ("marry", "2026-11-23", -1, "appointment_past"),
        ("marry", "2026-11-24", 30, "appointment_day"),
        ("marry", "2026-11-23", 200, "appointment_hours"),
        ("read", "2026-11-23", 30, "item_without_queue"),
    ],
)
def test_what_cannot_be_booked(desk: Desk, item_id: str, day: str, minutes: int, code: str) -> None:
    desk.facts[0] = office_hours()
    at_ms = MONDAY_NINE + minutes * MINUTE
    asked = {"item_id": item_id, "day": day, "at_ms": at_ms}
    assert desk.refused("appointment.book", clerk("s1"), **asked) == code


def test_a_cancelled_appointment_is_gone(desk: Desk) -> None:
    code = book(desk, 30)
    desk.ask("appointment.cancel", clerk("s1"), code=code, reason_id="cancel-reason")
    ended = desk.events()[-1]
    assert isinstance(ended, q.AppointmentEnded)
    assert ended.state is LegState.CANCELLED
    assert desk.refused("ticket.check_in", KIOSK, code=code) == "wrong_state"
    assert desk.refused("appointment.cancel", clerk("s1"), code=code) == "wrong_state"


def test_an_appointment_once_kept_is_cancelled_as_a_ticket(desk: Desk) -> None:
    code = book(desk, 10)
    slip = desk.ask("ticket.check_in", KIOSK, code=code)
    assert desk.refused("appointment.cancel", clerk("s1"), code=code) == "appointment_unknown"
    desk.ask("ticket.cancel", clerk("s1"), ticket_id=slip.ticket_id)
    assert desk.leg(slip.leg_id).state is LegState.CANCELLED


def test_an_appointment_of_another_day_is_not_kept_today(desk: Desk) -> None:
    answer = desk.ask(
        "appointment.book",
        clerk("s1"),
        item_id="marry",
        day="2026-11-24",
        at_ms=MONDAY_NINE + 24 * 60 * MINUTE,
    )
    assert desk.refused("ticket.check_in", KIOSK, code=answer.code) == "appointment_other_day"


# ---------------------------------------------------------------------------- without a number


def test_somebody_without_a_number_is_served_and_gets_one_of_series_z(desk: Desk) -> None:
    named = desk.ask("ticket.serve_direct", clerk("s1"), window_id="w1", item_id="read")
    assert named.label == "Z001"
    assert desk.leg(named.leg_id).state is LegState.SERVING
    assert desk.refused("ticket.call_next", clerk("s1"), window_id="w1") == "window_busy"
    desk.pass_s(60)
    desk.act("finish", 1, named.leg_id)
    assert desk.read("hall.figures").served == 1
    assert desk.read("hall.figures").taken == 0


def test_a_direct_number_never_meets_a_queue_with_the_same_letter(desk: Desk) -> None:
    desk.facts[0] = with_queue("civil", series="Z")  # type: ignore[arg-type]  # a letter among numbers
    named = desk.ask("ticket.serve_direct", clerk("s1"), window_id="w1", item_id="read")
    assert (named.label, desk.take("marry").label) == ("Z001", "Z002")


def test_a_set_back_clock_changes_nobodys_order(open_desk: OpenDesk, database_url: str) -> None:
    desk = open_desk(database_url)
    desk.begin()
    first = desk.take("marry")
    desk.clock.jump(-24 * 3600 * 1000)
    desk.take("invoice")
    called = desk.next(1)
    assert called.leg_id == first.leg_id
    event = desk.events()[-1]
    assert isinstance(event, q.TicketCalled)
    assert event.waited_ms == 0
