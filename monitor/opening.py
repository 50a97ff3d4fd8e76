"""Is the hall open, or about to be? Pure: the hall's own calendar, a moment, and some minutes more.

The monitor's station hears the calendar from the hall and leaves it in ``opening.json`` for the
recorder, which has no line to the hall. While none has been heard, everything is recorded.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from config.facts import OpeningFact, Span

CALENDAR = "opening.json"


class Calendar(Struct, frozen=True, kw_only=True):
    """When the hall is open, on its own wall clock."""

    opening: OpeningFact
    utc_offset_minutes: int = 480


def is_open(calendar: Calendar, at_ms: int, margin_minutes: int) -> bool:
    """Whether a moment lies in opening hours or within the margin around them."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(
        minutes=calendar.utc_offset_minutes
    )
    if calendar.opening.always_open:
        return True
    margin = timedelta(minutes=margin_minutes)
    days = (local + timedelta(days=step) for step in (-1, 0, 1))
    return any(
        _moment(day, span.start) - margin <= local < _moment(day, span.end) + margin
        for day in days
        for span in _spans(calendar.opening, day)
    )


def _spans(opening: OpeningFact, day: datetime) -> list[Span]:
    """The hours of a day: an exception's, else a market day's, else the week's."""
    name = f"{day:%Y-%m-%d}"
    for exception in opening.exceptions:
        if exception.day == name:
            return exception.spans
    if name in opening.market_days:
        return opening.market_spans
    return [span for span in opening.spans if day.isoweekday() in span.weekdays]


def _moment(day: datetime, time_of_day: str) -> datetime:
    hour, minute = map(int, time_of_day.split(":"))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
