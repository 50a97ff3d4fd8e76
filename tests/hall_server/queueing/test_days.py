"""Days and windows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from config.facts import Span
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.queueing import LegState, WindowState
from hall_server.queueing import outlook
from tests.hall_server.queueing.conftest import (
    CHIEF,
    MINUTE,
    MONDAY_NINE,
    Desk,
    OpenDesk,
    clerk,
)
from tests.hall_server.queueing.test_serving import serving


def test_closing_ends_everybody_by_an_event_of_their_own(desk: Desk) -> None:
    held = serving(desk)
    desk.act("hold", 2, held, reason_id="hold-reason")
    waiting = [desk.take("deed").leg_id for _ in range(40)]
    called = desk.next(3).leg_id
    desk.ask(
        "appointment.book",
        clerk("s1"),
        item_id="deed",
        day="2026-11-23",
        at_ms=MONDAY_NINE + 60 * MINUTE,
    )
    desk.ask(
        "appointment.book",
        clerk("s1"),
        item_id="deed",
        day="2026-11-24",
        at_ms=MONDAY_NINE + 24 * 60 * MINUTE,
    )
    before = desk.head()
    desk.ask("day.close", CHIEF)
    events = desk.events(before)
    ended = {event.leg_id: event.was for event in events if isinstance(event, q.TicketUnserved)}
    assert ended == {
        held: LegState.HELD,
        called: LegState.CALLED,
        **{leg_id: LegState.WAITING for leg_id in waiting if leg_id != called},
    }
    assert [type(event) for event in events[-5:]] == [
        q.AppointmentEnded,
        q.WindowClosed,
        q.WindowClosed,
        q.WindowClosed,
        q.DayClosed,
    ]
    assert events[-1].unserved == 41  # type: ignore[attr-defined]  # the type is asserted above


def test_one_day_at_a_time(desk: Desk) -> None:
    assert desk.refused("day.open", CHIEF) == "day_already_open"
    desk.ask("day.close", CHIEF)
    assert desk.refused("day.close", CHIEF) == "day_not_open"
    desk.execute("INSERT INTO service_day VALUES (7, 'hall', '2027-01-01', 0, NULL)")
    with pytest.raises(IntegrityError):
        desk.execute("INSERT INTO service_day VALUES (8, 'hall', '2027-01-02', 0, NULL)")


def test_a_clerk_has_one_window_and_a_window_one_clerk(desk: Desk) -> None:
    assert desk.refused("window.open", clerk("s4"), window_id="w1") == "window_taken"
    desk.ask("window.close", clerk("s3"), window_id="w3")
    assert desk.refused("window.open", clerk("s1"), window_id="w3") == "staff_elsewhere"
    assert desk.refused("window.open", clerk("s9"), window_id="w3") == "staff_unknown"
    assert desk.refused("window.open", CHIEF, window_id="w3") == "account_without_staff"
    assert desk.refused("window.open", clerk("s4"), window_id="w9") == "window_unknown"
    desk.ask("window.open", clerk("s4"), window_id="w3")
    desk.take("deed")
    assert desk.refused("ticket.call_next", clerk("s3"), window_id="w3") == "not_your_window"


def test_a_paused_window_finishes_but_calls_nobody(desk: Desk) -> None:
    leg_id = serving(desk)
    desk.take("marry")
    pause = {"window_id": "w2", "reason_id": "pause-reason"}
    assert desk.refused("window.resume", clerk("s2"), window_id="w2") == "window_not_paused"
    assert desk.refused("window.pause", clerk("s1"), **pause) == "not_your_window"
    desk.ask("window.pause", clerk("s2"), **pause)
    assert desk.refused("window.pause", clerk("s2"), **pause) == "window_paused"
    desk.act("finish", 2, leg_id)
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "window_paused"
    desk.ask("window.resume", clerk("s2"), window_id="w2")
    assert desk.next(2).label == "A002"


def test_a_pause_needs_its_reason(desk: Desk) -> None:
    asked = {"window_id": "w2", "reason_id": "hold-reason"}
    assert desk.refused("window.pause", clerk("s2"), **asked) == "reason_unknown"


def test_nobody_leaves_with_a_citizen_at_the_window(desk: Desk) -> None:
    leg_id = serving(desk)
    assert desk.refused("window.close", clerk("s2"), window_id="w2") == "window_busy"
    desk.act("finish", 2, leg_id)
    desk.ask("window.close", clerk("s2"), window_id="w2")
    assert desk.refused("ticket.call_next", clerk("s2"), window_id="w2") == "window_closed"
    assert desk.refused("window.close", clerk("s2"), window_id="w2") == "window_closed"


def test_the_picture_shows_every_window_and_leg(open_desk: OpenDesk, database_url: str) -> None:
    desk = open_desk(database_url)
    with desk.database.reading() as reading:
        from hall_server.queueing.service import picture

        day, windows, legs = picture(reading)
    assert day is None
    assert (legs, {window.state for window in windows}) == ([], {WindowState.CLOSED})
    desk.begin()
    slip = desk.take("marry", priority_id="elderly")
    with desk.database.reading() as reading:
        day, windows, legs = picture(reading)
    assert day
    assert (day.day, [window.staff_id for window in windows]) == (
        "2026-11-23",
        ["s1", "s2", "s3"],
    )
    assert [(leg.label, leg.place, leg.place_tie) for leg in legs] == [("A001", slip.seq, slip.seq)]


def test_an_unknown_follow_code_says_so(desk: Desk) -> None:
    from hall_server.contract.refusals import Refusal

    with pytest.raises(Refusal) as refused:
        desk.read("ticket.follow", code="0123456789abcdef")
    assert refused.value.code == "code_unknown"


def followed(desk: Desk, slip: q.TicketSlip) -> q.FollowView:
    code = slip.follow_url.partition("#")[0].rsplit("/", 1)[1]
    view: q.FollowView = desk.read("ticket.follow", code=code)
    return view


def test_a_ticket_whose_queue_has_lost_its_windows_says_so(desk: Desk) -> None:
    """An item may be hidden and its queue taken from the windows while people wait for it."""
    first, sent, waiting, last = (desk.take("deed") for _ in range(4))
    for _ in (first, sent):
        leg_id = desk.next(3).leg_id
        desk.act("transfer", 3, leg_id, window_id="w1", reason_id="transfer-reason")
    assert followed(desk, last).has_window
    stated = desk.facts[0]
    without = [replace(one, queues=[*{*one.queues} - {"land"}]) for one in stated.windows]
    desk.facts[0] = replace(stated, windows=without)
    looks = [followed(desk, slip) for slip in (waiting, last, sent)]
    assert [(one.state, one.has_window, one.people_ahead) for one in looks] == [
        (LegState.WAITING, False, 0),
        (LegState.WAITING, False, 1),
        (LegState.WAITING, True, 1),  # window 1 still calls whoever was sent to it
    ]
    assert {one.wait_high_minutes for one in looks} == {outlook.UNKNOWN}
    desk.facts[0] = stated
    assert followed(desk, last).wait_high_minutes > 0


def test_where_no_clerk_sits_nobody_says_how_long_it_takes(desk: Desk) -> None:
    """The only window that serves 过户 is closed; before it opens in the morning it may be told."""
    third = clerk("s3")

    def told() -> tuple[int, int, int]:
        by_item = {one.item_id: one for one in desk.read("hall.forecast").items}
        one = by_item["deed"]
        assert one.open
        return one.people_ahead, one.wait_low_minutes, one.wait_high_minutes

    waiting = desk.take("deed")
    assert told()[2] > 0
    desk.ask("window.pause", third, window_id="w3", reason_id="pause-reason")
    assert told()[2] > 0, "a paused clerk comes back"
    desk.ask("window.resume", third, window_id="w3")
    desk.ask("window.close", third, window_id="w3")
    assert told() == (1, outlook.UNKNOWN, outlook.UNKNOWN)
    slip = desk.take("deed")
    assert (slip.wait_low_minutes, slip.wait_high_minutes) == (outlook.UNKNOWN, outlook.UNKNOWN)
    assert followed(desk, waiting).wait_high_minutes == outlook.UNKNOWN
    plain = desk.facts[0]
    later = [Span(weekdays=[1], start="09:30", end="12:00")]
    hours = replace(plain.opening, always_open=False, spans=later)
    early = replace(plain.queueing, start_before_open_minutes=60)
    desk.facts[0] = replace(plain, opening=hours, queueing=early)
    assert told()[2] > 30, "the hall opens in half an hour"
    desk.facts[0] = plain
    desk.ask("window.open", third, window_id="w3")
    assert told()[2] > 0
