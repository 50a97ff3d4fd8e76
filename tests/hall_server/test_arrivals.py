"""How fast, how many at once: whoever is refused keeps nobody else out."""

from __future__ import annotations

import threading

import pytest

from hall_server.arrivals import Arrivals, Pace


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is moved by hand."""
    now = [1_000.0]
    monkeypatch.setattr("hall_server.arrivals.time.monotonic", lambda: now[0])
    return now


def test_a_burst_passes_and_then_so_many_a_second(steady: list[float]) -> None:
    pace = Pace(per_s=10.0, burst=5.0)
    assert [pace.take("a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert pace.take("b"), "another has a bucket of his own"
    steady[0] += 0.2
    assert [pace.take("a") for _ in range(3)] == [True, True, False]
    steady[0] += 3_600
    assert [pace.take("a") for _ in range(6)] == [True] * 5 + [False], "no more than a burst"


def test_whoever_goes_on_too_fast_does_not_wait_the_longer(steady: list[float]) -> None:
    pace = Pace(per_s=1.0, burst=1.0)
    assert pace.take("a")
    for _ in range(9):
        steady[0] += 0.1
        assert not pace.take("a")
    steady[0] += 0.11
    assert pace.take("a")


def test_only_so_many_buckets_are_kept(
    steady: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hall_server.arrivals.BUCKETS_MAX", 3)
    pace = Pace(per_s=0.0, burst=1.0)
    assert all(pace.take(name) for name in "abcd")
    assert not pace.take("d")
    assert pace.take("a"), "forgotten as the longest unused"


def test_so_many_of_one_and_so_many_in_all() -> None:
    room = Arrivals(None, at_once=2, in_all=3)
    assert [room.enter(who) for who in "aaabc"] == ["", "", "busy", "", "busy"]
    room.leave("a")
    assert [room.enter(who) for who in "ca"] == ["", "busy"]


def test_who_comes_too_fast_is_told_so_and_takes_no_room(steady: list[float]) -> None:
    room = Arrivals(Pace(per_s=0.0, burst=2.0), at_once=9, in_all=3)
    assert [room.enter(who) for who in "aaaab"] == ["", "", "too_many", "too_many", ""]


def test_everybody_who_left_is_out() -> None:
    room = Arrivals(None, at_once=50, in_all=80)

    def come_and_go() -> None:
        for _ in range(500):
            if not room.enter("a"):
                room.leave("a")

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [room.enter("a") for _ in range(51)] == [""] * 50 + ["busy"]
