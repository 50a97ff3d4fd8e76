"""Does an opening calendar hold? Pure: hours end after they begin and never overlap; days exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.facts import OpeningFact, Span
from config.faults import Fault


def opening_faults(opening: OpeningFact) -> Iterator[Fault]:
    """Everything in the calendar that cannot be."""
    yield from _spans("opening.spans", opening.spans)
    yield from _spans("opening.market_spans", opening.market_spans)
    days: set[str] = set()
    for place, exception in enumerate(opening.exceptions):
        where = f"opening.exceptions[{place}]"
        yield from _day(f"{where}.day", exception.day)
        yield from _spans(f"{where}.spans", exception.spans, weekdays_count=False)
        if exception.day in days:
            yield Fault(f"{where}.day", "这一天已列出", "this day is listed already")
        days.add(exception.day)
    for place, day in enumerate(opening.market_days):
        yield from _day(f"opening.market_days[{place}]", day)
    if opening.market_days and not opening.market_spans:
        yield Fault(
            "opening.market_spans",
            "列出集市日时须填写集市日的开放时间",
            "market days need their opening hours",
        )


def _day(where: str, day: str) -> Iterator[Fault]:
    try:
        date.fromisoformat(day)
    except ValueError:
        yield Fault(where, f"没有 {day} 这一天", f"there is no day {day}")


def _spans(where: str, spans: list[Span], *, weekdays_count: bool = True) -> Iterator[Fault]:
    """``weekdays_count`` is false where the day itself is given and weekdays say nothing."""
    taken: dict[int, list[Span]] = {}
    for place, span in enumerate(spans):
        if span.start >= span.end:
            yield Fault(
                f"{where}[{place}].end",
                f"结束时间应晚于 {span.start}",
                f"must be later than {span.start}",
            )
        if weekdays_count and not span.weekdays:
            yield Fault(f"{where}[{place}].weekdays", "至少选一天", "at least one day is needed")
        for weekday in sorted(set(span.weekdays)) if weekdays_count else [0]:
            if any(
                span.start < other.end and other.start < span.end
                for other in taken.get(weekday, [])
            ):
                yield Fault(
                    f"{where}[{place}]",
                    "与同一天的另一段时间重叠",
                    "overlaps other hours of the same day",
                )
            taken.setdefault(weekday, []).append(span)
