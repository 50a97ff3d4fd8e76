"""Is the hall open: pure arithmetic on its opening calendar (开放日历), without a zone database.

China has one zone without summer time, so local time is UTC plus the site's fixed offset; the day
number and the minute follow by division. An exception decides its day alone; a market day adds its
hours to whatever the week says. Minutes within one day that touch or overlap count once. It is
here because the hall decides by it and the monitor watches by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from config.facts import OpeningFact, QueueingRules, Span

MINUTE_MS = 60_000
DAY_MINUTES = 1440
DAY_MS = DAY_MINUTES * MINUTE_MS
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
SEARCH_DAYS = 31
"""How far ahead the next opening is looked for; the longest holiday is shorter."""
DAYS_KEPT = 400
"""Days whose hours are remembered: the calendar is asked for the same ones all day."""


@dataclass(frozen=True)
class Calendar:
    """The opening calendar on the site's own wall clock."""

    opening: OpeningFact
    utc_offset_minutes: int

    def local_day(self, at_ms: int) -> int:
        """Number of the local day, counted from 1970-01-01."""
        return (at_ms + self.utc_offset_minutes * MINUTE_MS) // DAY_MS

    def day_name(self, at_ms: int) -> str:
        """The local day as ``YYYY-MM-DD``."""
        return _iso(self.local_day(at_ms))

    def clock_time(self, at_ms: int) -> str:
        """The local time as ``HH:MM``, for sentences."""
        minute = (at_ms + self.utc_offset_minutes * MINUTE_MS) % DAY_MS // MINUTE_MS
        return f"{minute // 60:02d}:{minute % 60:02d}"

    def spans_of(self, day: int) -> list[tuple[int, int]]:
        """Open times of a local day as UTC milliseconds, in order, none touching another."""
        spans = self._known.get(day)
        if spans is None:
            if len(self._known) >= DAYS_KEPT:
                self._known.clear()
            spans = self._known[day] = self._reckoned(day)
        return spans

    @cached_property
    def _known(self) -> dict[int, list[tuple[int, int]]]:
        return {}

    def _reckoned(self, day: int) -> list[tuple[int, int]]:
        began_ms = day * DAY_MS - self.utc_offset_minutes * MINUTE_MS
        if self.opening.always_open:
            return [(began_ms, began_ms + DAY_MS)]
        minutes = _merged(_minutes_of(self.opening, day))
        return [(began_ms + a * MINUTE_MS, began_ms + b * MINUTE_MS) for a, b in minutes]

    def is_open(self, at_ms: int) -> bool:
        """Whether the hall serves at this moment."""
        return any(start <= at_ms < end for start, end in self.spans_of(self.local_day(at_ms)))

    def is_about_open(self, at_ms: int, margin_minutes: int) -> bool:
        """Open, or no more than the margin before or after it."""
        margin_ms, today = margin_minutes * MINUTE_MS, self.local_day(at_ms)
        spans = (span for day in (today - 1, today, today + 1) for span in self.spans_of(day))
        return any(start - margin_ms <= at_ms < end + margin_ms for start, end in spans)

    def gives_tickets(self, at_ms: int, rules: QueueingRules) -> bool:
        """Open, or so shortly before an opening that whoever comes early gets a number."""
        early_ms = rules.start_before_open_minutes * MINUTE_MS
        spans = self.spans_of(self.local_day(at_ms))
        return any(start - early_ms <= at_ms < end for start, end in spans)

    def closes_at(self, at_ms: int) -> int | None:
        """The last closing of the local day of ``at_ms``; None on a closed day or without end."""
        if self.opening.always_open:
            return None
        spans = self.spans_of(self.local_day(at_ms))
        return spans[-1][1] if spans else None

    def opens_at(self, at_ms: int) -> int | None:
        """When the hall opens next, from ``at_ms`` on; None when not within a month."""
        for start, end in self._spans_from(at_ms):
            if at_ms < end:
                return max(start, at_ms)
        return None

    def after_open_ms(self, at_ms: int, length_ms: int) -> int:
        """The moment by which the hall has been open for so long; closed hours do not count."""
        left_ms = length_ms
        for start, end in self._spans_from(at_ms):
            begin = max(start, at_ms)
            if begin >= end:
                continue
            if begin + left_ms <= end:
                return begin + left_ms
            left_ms -= end - begin
        return at_ms + length_ms

    def open_ms_between(self, from_ms: int, to_ms: int) -> int:
        """How long the hall is open between two moments."""
        total_ms = 0
        for day in range(self.local_day(from_ms), self.local_day(to_ms) + 1):
            for start, end in self.spans_of(day):
                total_ms += max(0, min(end, to_ms) - max(start, from_ms))
        return total_ms

    def _spans_from(self, at_ms: int) -> Iterator[tuple[int, int]]:
        first = self.local_day(at_ms)
        for day in range(first, first + SEARCH_DAYS):
            yield from self.spans_of(day)


def _iso(day: int) -> str:
    return date.fromordinal(EPOCH_ORDINAL + day).isoformat()


def _weekday(day: int) -> int:
    return (day + 3) % 7 + 1


def _minutes_of(opening: OpeningFact, day: int) -> list[tuple[int, int]]:
    name = _iso(day)
    for exception in opening.exceptions:
        if exception.day == name:
            return [_minutes(span) for span in exception.spans]
    week = [_minutes(span) for span in opening.spans if _weekday(day) in span.weekdays]
    if name not in opening.market_days:
        return week
    return week + [_minutes(span) for span in opening.market_spans or opening.spans]


def _minutes(span: Span) -> tuple[int, int]:
    return (_minute(span.start), _minute(span.end))


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
