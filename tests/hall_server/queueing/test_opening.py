"""The opening calendar: days as the calendar says, minutes as a brute-force count finds them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import OpeningException, OpeningFact, QueueingRules, Span
from config.opening import Calendar
from config.values import Words
from hall_server.queueing.opening import issue_refusal

CHINA = timezone(timedelta(hours=8))
WORKDAYS = [1, 2, 3, 4, 5]
HOURS = OpeningFact(
    id="hall",
    spans=[
        Span(WORKDAYS, "09:00", "12:00"),
        Span(WORKDAYS, "13:30", "17:30"),
    ],
    exceptions=[
        OpeningException("2026-10-01", Words("国庆节")),
        OpeningException("2026-10-10", Words("调休上班"), [Span([], "09:00", "12:00")]),
    ],
    market_days=["2026-09-26"],
    market_spans=[Span([], "08:00", "11:00")],
)
CALENDAR = Calendar(HOURS, 480)
RULES = QueueingRules(id="queueing", stop_before_close_minutes=20)


def at(text: str) -> int:
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-09-25 08:59", False),
        ("2026-09-25 09:00", True),
        ("2026-09-25 11:59", True),
        ("2026-09-25 12:00", False),
        ("2026-09-25 13:30", True),
        ("2026-09-25 17:30", False),
        ("2026-09-26 08:30", True),  # Saturday, market
        ("2026-09-26 11:00", False),
        ("2026-09-27 10:00", False),  # Sunday
        ("2026-10-01 10:00", False),  # holiday on a Thursday
        ("2026-10-10 10:00", True),  # Saturday worked in lieu
        ("2026-10-10 14:00", False),
    ],
)
def test_open_as_the_calendar_says(moment: str, is_open: bool) -> None:
    assert CALENDAR.is_open(at(moment)) is is_open


def test_a_local_day_begins_at_local_midnight() -> None:
    assert CALENDAR.day_name(at("2026-09-25 00:00")) == "2026-09-25"
    assert CALENDAR.day_name(at("2026-09-25 00:00") - 1) == "2026-09-24"
    assert CALENDAR.clock_time(at("2026-09-25 07:05")) == "07:05"


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-09-25 10:00", "2026-09-25 10:00"),
        ("2026-09-25 12:10", "2026-09-25 13:30"),
        ("2026-09-25 17:30", "2026-09-26 08:00"),
        ("2026-09-26 11:00", "2026-09-28 09:00"),
        ("2026-09-30 18:00", "2026-10-02 09:00"),
    ],
)
def test_the_next_opening(moment: str, opens: str) -> None:
    assert CALENDAR.opens_at(at(moment)) == at(opens)


def test_a_hall_that_never_opens_has_no_next_opening() -> None:
    assert Calendar(OpeningFact(id="hall", spans=[]), 480).opens_at(at("2026-09-25 10:00")) is None


def test_always_open_has_no_closing() -> None:
    always = Calendar(OpeningFact(id="hall", spans=[], always_open=True), 480)
    moment = at("2026-09-27 03:00")
    assert always.is_open(moment)
    assert always.closes_at(moment) is None
    assert issue_refusal(always, RULES, now_ms=moment, expected_ms=10**9) == ""


@pytest.mark.parametrize(
    ("moment", "expected_minutes", "code"),
    [
        ("2026-09-25 08:29", 0, "hall_closed"),
        ("2026-09-25 08:30", 0, ""),
        ("2026-09-25 12:30", 0, "hall_closed"),
        ("2026-09-25 13:00", 0, ""),
        ("2026-09-25 17:09", 0, ""),
        ("2026-09-25 17:10", 0, "closing_soon"),
        ("2026-09-25 17:40", 0, "hall_closed"),
        ("2026-09-25 08:30", 420, ""),
        ("2026-09-25 08:30", 421, "day_full"),
        ("2026-09-25 16:30", 61, "day_full"),
        ("2026-09-27 10:00", 0, "hall_closed"),
    ],
)
def test_when_tickets_stop(moment: str, expected_minutes: int, code: str) -> None:
    refused = issue_refusal(
        CALENDAR, RULES, now_ms=at(moment), expected_ms=expected_minutes * 60_000
    )
    assert refused == code


def test_closed_hours_do_not_count_towards_a_wait() -> None:
    assert CALENDAR.after_open_ms(at("2026-09-25 11:50"), 20 * 60_000) == at("2026-09-25 13:40")
    assert CALENDAR.after_open_ms(at("2026-09-25 08:50"), 0) == at("2026-09-25 09:00")


@given(st.integers(0, 60 * 24 * 20), st.integers(0, 60 * 24 * 2), st.sampled_from([480, -300, 0]))
def test_open_minutes_equal_a_count_of_every_minute(
    start: int, length: int, utc_offset_minutes: int
) -> None:
    calendar = Calendar(HOURS, utc_offset_minutes)
    from_ms = int(datetime(2026, 9, 20, tzinfo=UTC).timestamp() * 1000) + start * 60_000
    counted = sum(calendar.is_open(from_ms + minute * 60_000) for minute in range(length))
    assert calendar.open_ms_between(from_ms, from_ms + length * 60_000) == counted * 60_000
    reached = calendar.after_open_ms(from_ms, counted * 60_000)
    assert calendar.open_ms_between(from_ms, reached) == counted * 60_000
