"""What eight clients were told at the same time is what one after another could have been told.

The running hall is killed once in the midst of it. The checker is shown three faults put into the
same history, and must see each; and small histories whose verdict a person can check.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from crowd import Crowd, Operation, moved
from linearizable import EMPTY, Interval, Told, is_linearizable, queue_step

QUEUE_OF = dict(
    zip("item-a window-1 window-2 item-b window-9 window-10".split(), "AAABBB", strict=True)
)
WORKS_S = 3.0
KILLED_AFTER_COMMITS = 60
History = list[Interval[Told]]


def by_queue(history: list[Operation]) -> dict[str, History]:
    """The history of each queue; services do not touch the line."""
    queues: dict[str, History] = {}
    for one in history:
        if one.name not in {"ticket.take", "ticket.call_next"}:
            continue
        assert one.refused in {"", "nobody_waiting"}, one
        number = int(one.answer["label"][1:]) if not one.refused else 0
        told = Told("take" if one.name == "ticket.take" else "call", number)
        interval = Interval(told, one.asked_at, one.answered_at)
        queues.setdefault(QUEUE_OF[one.subject], []).append(interval)
    return queues


@pytest.fixture(scope="module")
def heard(
    prepared: Crowd, tmp_path_factory: pytest.TempPathFactory, campaign_scale: int
) -> dict[str, History]:
    """What was heard at a hall that is killed once."""
    crowd = moved(prepared, tmp_path_factory.mktemp("linearizable"))
    hall = crowd.hall
    hall.environment["HALL_FAILPOINT"] = f"after_commit:kill:{KILLED_AFTER_COMMITS}"
    try:
        with crowd.busy():
            killed = hall.spawn()
            hall.environment.pop("HALL_FAILPOINT")
            killed.wait(60)
            hall.start()
            time.sleep(WORKS_S * campaign_scale)
    finally:
        hall.stop()
    return by_queue(crowd.history)


def test_the_history_of_a_killed_hall_is_linearizable(heard: dict[str, History]) -> None:
    began = time.monotonic()
    for queue, history in heard.items():
        assert {one.act.act for one in history} == {"take", "call"}
        assert is_linearizable(history, EMPTY, queue_step), queue
    total = sum(map(len, heard.values()))
    print(f"{total} operations checked in {time.monotonic() - began:.2f} s")


def answered(history: History, act: str) -> Iterator[tuple[int, Interval[Told]]]:
    """Places of accepted takes or calls in the order of their answers."""
    found = [
        (place, one) for place, one in enumerate(history) if one.act.act == act and one.act.number
    ]
    return iter(sorted(found, key=lambda pair: pair[1].answered_at))


def number_twice(history: History) -> History:
    """The last taker is told the number of the one before."""
    *_, (_, before), (place, last) = answered(history, "take")
    return [*history[:place], replace(last, act=before.act), *history[place + 1 :]]


def nobody_although_somebody(history: History) -> History:
    """A clerk is told that nobody waits while a citizen surely does."""
    end = max(one.answered_at for one in history)
    taken = len(list(answered(history, "take")))
    late = Interval(Told("take", taken + 1), end + 1, end + 2)
    return [*history, late, Interval(Told("call", 0), end + 3, end + 4)]


def order_swapped(history: History) -> History:
    """Two calls, one surely after the other, tell each other's numbers."""
    calls = list(answered(history, "call"))
    place, early = calls[0]
    other, late = next(pair for pair in calls if pair[1].asked_at > early.answered_at)
    swapped = list(history)
    swapped[place] = replace(early, act=late.act)
    swapped[other] = replace(late, act=early.act)
    return swapped


@pytest.mark.parametrize("fault", [number_twice, nobody_although_somebody, order_swapped])
def test_a_planted_fault_is_seen(
    heard: dict[str, History], fault: Callable[[History], History]
) -> None:
    for history in heard.values():
        assert not is_linearizable(fault(history), EMPTY, queue_step)


TAKE_1, TAKE_2 = Told("take", 1), Told("take", 2)
CALL_1, CALL_2, NOBODY = Told("call", 1), Told("call", 2), Told("call", 0)


@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        ([], True),
        ([Interval(TAKE_1, 0, 1), Interval(CALL_1, 2, 3), Interval(NOBODY, 4, 5)], True),
        ([Interval(TAKE_2, 0, 3), Interval(TAKE_1, 1, 2)], True),
        ([Interval(TAKE_2, 0, 1), Interval(TAKE_1, 2, 3)], False),
        ([Interval(TAKE_1, 0, 1), Interval(NOBODY, 2, 3)], False),
        ([Interval(TAKE_1, 0, 3), Interval(NOBODY, 1, 2)], True),
        ([Interval(CALL_1, 0, 3), Interval(TAKE_1, 1, 2)], True),
        ([Interval(CALL_1, 0, 1), Interval(TAKE_1, 2, 3)], False),
        ([Interval(TAKE_1, 0), Interval(CALL_1, 1, 2)], True),
        ([Interval(TAKE_1, 0), Interval(NOBODY, 1, 2)], True),
        ([Interval(TAKE_1, 0), Interval(CALL_2, 1, 2)], False),
        ([Interval(TAKE_1, 0, 1), Interval(CALL_1, 2, 3), Interval(CALL_1, 2, 3)], False),
    ],
)
def test_verdicts_a_person_can_check(history: History, verdict: bool) -> None:
    assert is_linearizable(history, EMPTY, queue_step) is verdict
