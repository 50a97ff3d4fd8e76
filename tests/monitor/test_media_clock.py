"""A camera's own times beside the wall clock: honest, drifting for a day, and lying outright."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from monitor.cameras.media_clock import DEAD_MS, MediaClock

BASE = Fraction(1, 90_000)


@dataclass(frozen=True)
class Off:
    """How far the times given were from when the pictures came."""

    first_ms: float
    """The most in the first minute."""
    later_ms: float
    is_touched: bool


def off(
    speed: float,
    *,
    seconds: int = 600,
    rate: int = 25,
    jitter_ms: int = 30,
    burst_s: float = 0,
    delayed: tuple[float, float, float] = (0, 0, 0),
) -> Off:
    """A camera whose clock goes at ``speed``; ``delayed`` is from when to when, and by how much."""
    random = Random(11)
    clock, given, wanted, stated = None, [], [], 0
    for number in range(seconds * rate):
        true_ms = number * 1000 / rate
        came_ms = max(true_ms, burst_s * 1000) + random.random() * jitter_ms
        since_s, until_s, by_s = delayed
        if since_s <= true_ms / 1000 < until_s:
            came_ms += by_s * 1000
        stated = round(true_ms * speed * 90)
        clock = clock or MediaClock(BASE, stated, int(came_ms))
        given.append(clock.time(stated, int(came_ms)))
        wanted.append((stated, true_ms))
    assert all(a < b for a, b in pairwise(given)), "times only grow"
    errors = [(true, abs(at / 90 - true)) for at, (_, true) in zip(given, wanted, strict=True)]
    return Off(
        max(error for true, error in errors if true < 60_000),
        max(error for true, error in errors if true >= 60_000),
        given != [stated for stated, _ in wanted],
    )


@pytest.mark.parametrize(
    "camera",
    [
        {},
        {"jitter_ms": 200},
        {"burst_s": 2.0},
        {"delayed": (100, 103, 1.5)},
        {"delayed": (100, 102, 3.0)},
        {"rate": 1},
    ],
)
def test_whoever_is_honest_is_not_touched(camera: dict[str, float]) -> None:
    assert not off(1.0, **camera).is_touched  # type: ignore[arg-type]


@pytest.mark.parametrize("speed", [1 + 500e-6, 1 - 500e-6])
def test_a_day_of_five_hundred_parts_in_a_million(speed: float) -> None:
    """43 seconds by evening, if nobody looked."""
    found = off(speed, seconds=86_400, rate=2)
    assert max(found.first_ms, found.later_ms) < DEAD_MS + 50


@pytest.mark.parametrize(
    ("speed", "first_ms"), [(21 / 25, 3_000), (25 / 21, 3_000), (30 / 25, 3_000), (0.5, 9_000)]
)
def test_a_camera_that_counts_by_the_rate_it_states_is_followed(
    speed: float, first_ms: int
) -> None:
    found = off(speed)
    assert found.first_ms < first_ms
    assert found.later_ms < 500


def test_what_comes_later_for_good_is_later() -> None:
    """A line that delays everything by two seconds from now on: times are of arrival."""
    found = off(1.0, delayed=(100, 10_000, 2.0))
    assert 1_700 < found.later_ms < 2_150
