"""The waiting range: sound in its parts, and kept on simulated days, beside the naive mean."""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter
from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import QueueFact, WindowFact
from config.values import Words
from hall_server.organisation.service import NOTHING_STATED
from hall_server.queueing import forecast, outlook
from hall_server.queueing.forecast import OpenWindow, Pace, WaitRange, first_pace, next_pace
from hall_server.queueing.lookup import lookup
from hall_server.queueing.outlook import Scene

MINUTE = 60_000
TEN = Pace(10 * MINUTE, 6 * MINUTE, 30)


def windows(*served: str, idle: bool = False) -> list[OpenWindow]:
    return [OpenWindow(frozenset(queues.split()), idle=idle) for queues in served]


def expected_minutes(wait: WaitRange) -> float:
    return wait.expected_ms / MINUTE


def test_nobody_ahead_and_a_free_window_means_at_once() -> None:
    wait = forecast.waiting_range("a", {}, windows("a", idle=True), {"a": TEN})
    assert forecast.minutes(wait) == (0, 2)


def test_more_people_wait_longer_and_more_windows_shorter() -> None:
    waits = {
        (people, count): expected_minutes(
            forecast.waiting_range("a", {"a": people}, windows(*["a"] * count), {"a": TEN})
        )
        for people in (0, 5, 20)
        for count in (1, 4)
    }
    assert waits[20, 1] == pytest.approx((20 + 0.68) * 10.25)
    assert waits[20, 4] == pytest.approx((20 + 0.92) * 10.25 / 4)
    assert waits[0, 1] < waits[5, 1] < waits[20, 1]


def test_people_of_other_queues_count_where_windows_are_shared() -> None:
    paces = {"a": TEN, "b": TEN}
    ahead = {"a": 3, "b": 8}
    alone = forecast.waiting_range("a", ahead, windows("a", "a", "b"), paces)
    shared = forecast.waiting_range("a", ahead, windows("a b", "a b", "a b"), paces)
    assert expected_minutes(alone) == pytest.approx((3 + 0.84) * 10.25 / 2)
    assert expected_minutes(shared) == pytest.approx((11 + 1 - 0.64 / 6) * 10.25 / 3)


def test_a_window_buried_under_others_is_not_counted_on() -> None:
    paces = {"a": TEN, "b": TEN}
    wait = forecast.waiting_range("a", {"a": 1, "b": 100}, windows("a", "a b"), paces)
    assert expected_minutes(wait) == pytest.approx((1 + 0.84) * 10.25)


@given(
    st.integers(0, 200),
    st.integers(1, 40),
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(5, 30),
)
def test_a_range_is_a_range(
    people: int, count: int, mean_minutes: int, deviation_minutes: int, weight: int
) -> None:
    pace = Pace(mean_minutes * MINUTE, deviation_minutes * MINUTE, weight)
    wait = forecast.waiting_range("a", {"a": people}, windows(*["a"] * count), {"a": pace})
    assert 0 <= wait.low_ms <= wait.high_ms
    low, high = forecast.minutes(wait)
    assert low * MINUTE <= wait.low_ms
    assert wait.high_ms <= high * MINUTE


@given(st.lists(st.integers(1_000, 3_600_000), min_size=200, max_size=400))
def test_the_pace_forgets_what_was_expected_and_stays_sound(calls_ms: list[int]) -> None:
    pace = first_pace(240)
    for busy_ms in calls_ms:
        pace = next_pace(pace, busy_ms)
    assert min(calls_ms) <= pace.mean_ms <= max(calls_ms) + 240 * MINUTE * 0.01
    assert pace.deviation_ms >= 0
    assert pace.weight == forecast.WEIGHT_MAX


def test_a_steady_pace_is_found() -> None:
    pace = first_pace(10)
    for _ in range(400):
        pace = next_pace(pace, 4 * MINUTE)
    assert pace.mean_ms == pytest.approx(4 * MINUTE, rel=0.01)
    assert pace.spread < 0.05


# ---------------------------------------------------------------- calibration on simulated days


@dataclass
class DayOfHall:
    """A day with queues of different length, shared windows, priority, no-shows, and a rush.

    Windows call by the hall's policy in short: first come, elderly as if 15 minutes earlier.
    """

    random: random.Random
    tickets: int
    serves: dict[int, tuple[str, ...]]
    """Queues of each window."""
    median: dict[str, float]
    sigma: float = 0.65
    hours: float = 3.0
    guesses: list[tuple[WaitRange, float, float]] = field(default_factory=list)
    """Range, naive mean, and what it came to, in ms."""

    def run(self) -> None:
        paces = {queue: first_pace(10) for queue in self.median}
        events = [(at, 0, number, "") for number, at in enumerate(self.arrivals())]
        heapq.heapify(events)
        waiting: list[tuple[float, float, str, WaitRange | None, float]] = []
        busy: dict[int, float] = dict.fromkeys(self.serves, 0.0)
        while events:
            now, kind, number, queue = heapq.heappop(events)
            if kind == 0:
                queue = self.random.choice(list(self.median))
                waiting.append(self.newcomer(now, queue, waiting, busy, paces))
            else:
                paces[queue] = next_pace(paces[queue], int(now - busy[number]))
                busy[number] = 0.0
            self.call(now, waiting, busy, events)

    def arrivals(self) -> list[float]:
        rush = [self.random.expovariate(1 / (8 * MINUTE)) for _ in range(self.tickets // 6)]
        rest = self.tickets - len(rush)
        return rush + [self.random.random() * self.hours * 60 * MINUTE for _ in range(rest)]

    def newcomer(
        self,
        now: float,
        queue: str,
        waiting: list[tuple[float, float, str, WaitRange | None, float]],
        busy: dict[int, float],
        paces: dict[str, Pace],
    ) -> tuple[float, float, str, WaitRange | None, float]:
        lead = 15 * MINUTE if self.random.random() < 0.05 else 0
        ahead = Counter(one[2] for one in waiting if one[0] <= now - lead)
        hall = [OpenWindow(frozenset(s), idle=not busy[w]) for w, s in self.serves.items()]
        wait = forecast.waiting_range(queue, ahead, hall, paces)
        count = sum(queue in served for served in self.serves.values())
        naive = ahead[queue] * paces[queue].mean_ms / count
        return (now - lead, now, queue, wait, naive)

    def call(
        self,
        now: float,
        waiting: list[tuple[float, float, str, WaitRange | None, float]],
        busy: dict[int, float],
        events: list[tuple[float, int, int, str]],
    ) -> None:
        for window, served in self.serves.items():
            mine = [one for one in waiting if one[2] in served]
            if busy[window] or not mine:
                continue
            chosen = min(mine)
            waiting.remove(chosen)
            _, came, queue, wait, naive = chosen
            assert wait is not None
            self.guesses.append((wait, naive, now - came))
            busy[window] = now + 0.001
            minutes = self.random.lognormvariate(math.log(self.median[queue]), self.sigma)
            if self.random.random() < 0.06:
                minutes = 1.0  # called three times and not come
            between = self.random.uniform(5, 25) * 1000
            heapq.heappush(events, (now + minutes * MINUTE + between, 1, window, queue))


HALLS: dict[str, tuple[int, dict[int, tuple[str, ...]], dict[str, float]]] = {
    "two windows, one queue": (60, {0: ("a",), 1: ("a",)}, {"a": 5.0}),
    "eight windows, one queue": (190, dict.fromkeys(range(8), ("a",)), {"a": 7.0}),
    "three queues, shared windows": (
        170,
        {0: ("a",), 1: ("a", "b"), 2: ("b", "c"), 3: ("c",), 4: ("a", "b", "c"), 5: ("c", "a")},
        {"a": 4.0, "b": 9.0, "c": 6.0},
    ),
    "everything everywhere": (
        260,
        dict.fromkeys(range(10), ("a", "b", "c", "d")),
        {"a": 3.0, "b": 14.0, "c": 8.0, "d": 5.0},
    ),
}


@dataclass
class Score:
    """How a way of forecasting did, over some waits."""

    waits: int = 0
    held: int = 0
    width: int = 0
    error: float = 0.0

    def add(self, low: float, high: float, guess: float, came_to: float) -> None:
        self.waits += 1
        self.held += low <= came_to <= high
        self.width += round(high - low)
        self.error += abs(guess - came_to)

    @property
    def share(self) -> float:
        return self.held / self.waits

    def __str__(self) -> str:
        width, error = self.width / self.waits, self.error / self.waits
        return f"{self.share:4.0%} held, {width:4.1f} min wide, mean error {error:4.1f} min"


def test_the_range_holds_on_simulated_days_where_the_naive_mean_does_not(
    campaign_scale: int,
) -> None:
    """The naive mean, people × mean / windows, is given a range of the same width around it."""
    ours, naive = Score(), Score()
    for name, (tickets, serves, median) in HALLS.items():
        here, there = Score(), Score()
        for seed in range(12 * campaign_scale):
            day = DayOfHall(random.Random(seed), tickets, serves, median)
            day.run()
            for wait, simple_ms, came_ms in day.guesses:
                low, high = forecast.minutes(wait)
                came_to, simple = came_ms / MINUTE, simple_ms / MINUTE
                half = (high - low) / 2
                for score in (here, ours):
                    score.add(low, high, wait.expected_ms / MINUTE, came_to)
                for score in (there, naive):
                    score.add(simple - half, simple + half, simple, came_to)
        print(f"\n{name}: {here.waits} waits\n  ours  {here}\n  naive {there}")
        assert here.share > 0.8
        assert here.share > there.share
    assert ours.error < naive.error / 2


@given(
    st.lists(st.sets(st.sampled_from("abcde"), min_size=1, max_size=3), min_size=1, max_size=6),
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 9)),
    st.dictionaries(st.integers(0, 5), st.integers(0, 3)),
    st.sets(st.integers(0, 5)),
)
def test_only_what_shares_a_window_bears_upon_a_queue(
    served: list[set[str]], ahead: dict[str, int], reserved: dict[int, int], open_now: set[int]
) -> None:
    """The hall looks at no other lines and windows, and must not need them."""
    made = [
        WindowFact(id=f"w{n}", number=n + 1, zone="z", queues=sorted(one))
        for n, one in enumerate(served)
    ]
    hall = msgspec.structs.replace(
        NOTHING_STATED,
        queues=[QueueFact(id=queue, name=Words(queue), series=queue) for queue in "abcde"],
        windows=made,
    )
    facts = lookup(hall)
    paces = dict.fromkeys("abcde", TEN)
    counts = {f"q:{queue}": people for queue, people in ahead.items()}
    counts |= {f"w:w{n}": people for n, people in reserved.items()}
    for queue_id, beside in facts.beside.items():
        everything = [
            OpenWindow(facts.serves[f"w{n}"], idle=False, reserved=reserved.get(n, 0))
            for n in sorted(open_now & set(range(len(served))))
        ]
        if not any(queue_id in window.queues for window in everything):
            continue
        whole = forecast.waiting_range(queue_id, ahead, everything, paces)
        seated = {f"w{n}": True for n in sorted(open_now)}
        scene = Scene(facts, 0, seated, frozenset(seated), paces)
        looked_at = beside.lines or counts
        seen = {line: people for line, people in counts.items() if line in looked_at}
        look = outlook.look(scene, queue_id, seen)
        assert (look.people_ahead, look.expected_ms) == (ahead.get(queue_id, 0), whole.expected_ms)
