"""What hours are recorded: the hall's calendar with its exceptions, and some minutes around."""

from datetime import datetime, timedelta, timezone

import pytest

from config.facts import OpeningException, OpeningFact, Span
from config.opening import Calendar
from config.values import Words

WEEK = OpeningFact(
    id="hall",
    spans=[Span(weekdays=[1, 2, 3, 4, 5], start="09:00", end="12:00")],
    exceptions=[
        OpeningException("2026-10-01", Words("国庆节")),
        OpeningException(
            "2026-10-10", Words("调休"), [Span(weekdays=[1], start="09:00", end="10:00")]
        ),
    ],
    market_days=["2026-11-22"],
    market_spans=[Span(weekdays=[7], start="00:10", end="01:00")],
)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-27T09:00", True),
        ("2026-11-27T08:30", True),
        ("2026-11-27T08:29", False),
        ("2026-11-27T12:29", True),
        ("2026-11-27T12:30", False),
        ("2026-11-28T10:00", False),
        ("2026-10-01T10:00", False),
        ("2026-10-10T10:29", True),
        ("2026-10-10T10:30", False),
        ("2026-11-22T00:20", True),
        ("2026-11-21T23:50", True),
        ("2026-11-21T23:39", False),
    ],
)
def test_hours_with_a_margin_of_half_an_hour(moment: str, *, open_: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=timezone(timedelta(hours=8)))
    at_ms = int(local.timestamp() * 1000)
    assert Calendar(WEEK, 480).is_about_open(at_ms, 30) is open_
