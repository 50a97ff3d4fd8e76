"""How long a newcomer will wait: an honest range, from what is known now (预计等候).

The method, for a citizen with ``n`` people of the same queue really ahead (priority included):

1. Pace of a queue: running mean and deviation of how long a call kept a window busy, services and
   no-shows alike. It begins with the administrator's ``service_minutes`` as so many made-up ones;
   later calls weigh so that about the last thirty count, an hour's, and it follows the day.
2. Windows are shared between queues. Each open window of the queue carries, as a head start, its
   part of the people of its other queues who are ahead: their number times their pace, divided by
   the windows that serve them. The work of ``n`` departures of our queue and of the one under way
   is poured over these head starts like water; where the level stands, the newcomer is called. A
   window that serves only our queue is so used before one that is full of others.
3. Spread: the time of the k-th departure from ``c`` busy windows. Few departures come as if by
   chance alone (Poisson), many add up and vary only by the services themselves; in between the two
   are joined. Not knowing the pace exactly widens the range in proportion to the wait, and so does
   what no figure foresees: pauses, priority citizens still to come, windows opened and closed.
4. The range holds the middle 80 % of a log-normal with that mean and spread: never below zero,
   longer upwards than downwards, as waits are. An idle window and nobody ahead means at once.

The result is open time; ``opening`` lays it over lunch and closing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

MINUTE_MS = 60_000
WEIGHT_MAX = 30
PRIOR_WEIGHT = 5
PRIOR_SPREAD = 0.7
"""Deviation over mean of service times, as seen in halls (log-normal, sigma about 0.65)."""
MEAN_MS_MIN = 10_000
CHANGEOVER_MS = 15_000
"""From one finish to the next call."""
UNFORESEEN = 0.08
"""Share of the wait by which it may differ for reasons that nobody measures."""
TAIL_Z = 1.2816
"""80 % of a normal distribution lie within so many deviations."""
AT_ONCE_MS = 2 * MINUTE_MS
"""Called within this when a window is idle."""


class Pace(NamedTuple):
    """How long one call of a queue keeps a window busy."""

    mean_ms: int
    deviation_ms: int
    weight: int
    """Observations behind it, made-up ones included."""

    @property
    def cycle_ms(self) -> int:
        """From one call to the next of a window that always has someone."""
        return max(self.mean_ms, MEAN_MS_MIN) + CHANGEOVER_MS

    @property
    def spread(self) -> float:
        """Deviation divided by mean."""
        return self.deviation_ms / max(self.mean_ms, MEAN_MS_MIN)


class WaitRange(NamedTuple):
    """Waiting time in open milliseconds: the middle 80 % and the mean."""

    low_ms: int
    expected_ms: int
    high_ms: int


class OpenWindow(NamedTuple):
    """An open window as the forecast sees it."""

    queues: frozenset[str]
    idle: bool
    reserved: int = 0
    """People who wait for this very window."""


def first_pace(service_minutes: int) -> Pace:
    """What the administrator expects, until calls have been measured."""
    mean_ms = service_minutes * MINUTE_MS
    return Pace(mean_ms, int(PRIOR_SPREAD * mean_ms), PRIOR_WEIGHT)


def next_pace(pace: Pace, busy_ms: int) -> Pace:
    """The pace with one more call."""
    weight = min(pace.weight + 1, WEIGHT_MAX)
    away_ms = busy_ms - pace.mean_ms
    mean_ms = pace.mean_ms + away_ms / weight
    variance = pace.deviation_ms**2 * (1 - 1 / weight) + away_ms * (busy_ms - mean_ms) / weight
    return Pace(round(mean_ms), round(math.sqrt(variance)), weight)


def waiting_range(
    queue_id: str,
    ahead: Mapping[str, int],
    windows: Sequence[OpenWindow],
    paces: Mapping[str, Pace],
) -> WaitRange:
    """The range for somebody in ``queue_id`` with so many of each queue ahead.

    ``windows`` are all open windows; at least one must serve the queue.
    """
    ours = [window for window in windows if queue_id in window.queues]
    own = paces[queue_id]
    shares_ms = {
        other: people * paces[other].cycle_ms / max(1, _serve(other, windows))
        for other, people in ahead.items()
        if other != queue_id and people and other in paces
    }
    starts_ms = [_head_start_ms(window, own, shares_ms) for window in ours]
    people = ahead.get(queue_id, 0)
    if not people and any(c.idle and not start for c, start in zip(ours, starts_ms, strict=True)):
        return WaitRange(0, CHANGEOVER_MS, AT_ONCE_MS)
    expected_ms = _water_level((people + _first_gone(own, ours)) * own.cycle_ms, starts_ms)
    busy = sum(1 for start in starts_ms if start < expected_ms)
    return _spread_out(expected_ms, busy, own)


def minutes(wait: WaitRange) -> tuple[int, int]:
    """Whole minutes, rounded outwards so that the promise holds."""
    return (wait.low_ms // MINUTE_MS, -(-wait.high_ms // MINUTE_MS))


def _serve(queue_id: str, windows: Sequence[OpenWindow]) -> int:
    return len([1 for window in windows if queue_id in window.queues])


def _first_gone(own: Pace, ours: Sequence[OpenWindow]) -> float:
    """Departures until the first window is free: a service is met half-way, of many windows less.

    One busy window is met, on average, with ``(1 + variation) / 2`` of a service to go; of many,
    the first comes free after one service divided by their number.
    """
    variation = min(1.0, own.spread**2)
    return 1 - (1 - variation) / (2 * len(ours))


def _head_start_ms(window: OpenWindow, own: Pace, shares_ms: Mapping[str, float]) -> float:
    """Work this window does for others before our citizen."""
    others_ms = sum([work for other, work in shares_ms.items() if other in window.queues])
    return window.reserved * own.cycle_ms + others_ms


def _water_level(volume_ms: float, starts_ms: Sequence[float]) -> float:
    """Height to which the volume rises over columns that already stand at ``starts_ms``."""
    filled_ms = volume_ms
    level_ms = 0.0
    for count, start_ms in enumerate(sorted(starts_ms), 1):
        if level_ms and start_ms >= level_ms:
            break
        filled_ms += start_ms
        level_ms = filled_ms / count
    return level_ms


def _spread_out(expected_ms: float, windows: int, own: Pace) -> WaitRange:
    departures = max(1.0, expected_ms * windows / own.cycle_ms)
    variation = own.spread**2
    by_chance = (1 - min(1.0, variation)) * min(departures, windows)
    deviation = math.sqrt(departures * variation + by_chance) / departures
    unknown = own.spread / math.sqrt(own.weight)
    relative = math.sqrt(deviation**2 + unknown**2 + UNFORESEEN**2)
    sigma = math.sqrt(math.log1p(relative**2))
    middle = math.log(expected_ms) - sigma**2 / 2
    return WaitRange(
        low_ms=int(math.exp(middle - TAIL_Z * sigma)),
        expected_ms=int(expected_ms),
        high_ms=int(math.exp(middle + TAIL_Z * sigma)),
    )
