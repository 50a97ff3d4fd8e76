"""Figures of a service day (统计), pure: from what happened to each leg, with its durations.

Every duration was fixed by an event: a wait ends with the first call of a leg, a service with its
finish and without the time on hold. Services ended by the close of day count as served, but their
length, which nobody measured, counts nowhere. Percentiles are those of the nearest rank, so every
figure is a value that occurred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hall_server.contract.messages.organisation import DayFigures
from hall_server.contract.messages.queueing import LegState

PROMPT_MS = 15 * 60_000
"""Called within this counts as prompt (15分钟叫号率)."""


@dataclass(frozen=True, slots=True)
class LegMeasure:
    """One leg, as the figures see it."""

    state: LegState
    waited_ms: int | None
    """Till the first call; None while never called."""
    served_ms: int | None
    """Without holds; None where service did not end or nobody measured it."""


def day_figures(day: str, taken: int, legs: Sequence[LegMeasure]) -> DayFigures:
    """Counts with their numerators, and durations over those who were called or served."""
    waits = sorted(leg.waited_ms for leg in legs if leg.waited_ms is not None)
    services = sorted(leg.served_ms for leg in legs if leg.served_ms is not None)
    return DayFigures(
        day=day,
        taken=taken,
        called=len(waits),
        served=_in_state(legs, LegState.SERVED),
        no_show=_in_state(legs, LegState.NO_SHOW),
        cancelled=_in_state(legs, LegState.CANCELLED),
        unserved=_in_state(legs, LegState.UNSERVED),
        waiting=_in_state(legs, LegState.WAITING),
        wait_sum_ms=sum(waits),
        wait_median_ms=percentile(waits, 50),
        wait_p90_ms=percentile(waits, 90),
        wait_max_ms=waits[-1] if waits else 0,
        within_15_minutes=sum(1 for wait in waits if wait <= PROMPT_MS),
        service_sum_ms=sum(services),
        service_median_ms=percentile(services, 50),
    )


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile of ordered values; 0 of none."""
    if not ordered:
        return 0
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def _in_state(legs: Sequence[LegMeasure], state: LegState) -> int:
    return sum(1 for leg in legs if leg.state is state)
