"""Is a concurrent history explained by some order of its operations, one after another?

Wing and Gong's search with Lowe's cache: among the operations that had begun before the first
answer of those not yet placed, try one, and go on; come back when none fits. What has been tried
(the same operations placed, the same state reached) is not tried again. A history is cut by queue
first, since queues do not know of each other.

An operation nobody heard an answer of (its client died) may have happened at any later time or
never. One repeated under the same request id runs from its first try to the answer that was heard.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")
S = TypeVar("S", bound=Hashable)
Step = Callable[[S, A], S | None]
"""The state after an act, or None when the act could not have been answered like that."""


@dataclass(frozen=True)
class Interval(Generic[A]):
    """An act between its first asking and its answer; without an answer it ends never."""

    act: A
    asked_at: float
    answered_at: float = math.inf


@dataclass(eq=False)
class _Mark:
    """Begin or end of an operation, chained in the order of time."""

    number: int
    is_end: bool
    before: _Mark | None = None
    after: _Mark | None = None
    end: _Mark | None = None


def is_linearizable(history: Sequence[Interval[A]], start: S, step: Step[S, A]) -> bool:
    """Whether some order, true to the intervals, is one the model could have gone through."""
    head = _chain(history)
    state, placed = start, 0
    tried: set[tuple[int, S]] = set()
    path: list[tuple[_Mark, S]] = []
    mark = head.after
    while mark is not None:
        if mark.is_end:
            if history[mark.number].answered_at == math.inf:
                return True  # all that was answered is placed; what is left need not have happened
            if not path:
                return False
            mark, state = path.pop()
            placed ^= 1 << mark.number
            _put_back(mark)
            mark = mark.after
            continue
        following = step(state, history[mark.number].act)
        reached = (placed | 1 << mark.number, following)
        if following is None or reached in tried:
            mark = mark.after
            continue
        tried.add((placed | 1 << mark.number, following))
        path.append((mark, state))
        state, placed = following, placed | 1 << mark.number
        _take_out(mark)
        mark = head.after
    return True


def _chain(history: Sequence[Interval[A]]) -> _Mark:
    moments: list[tuple[float, int, _Mark]] = []
    for number, interval in enumerate(history):
        end = _Mark(number, is_end=True)
        # At the same moment a beginning comes before an end: they may have overlapped.
        moments.append((interval.asked_at, 0, _Mark(number, is_end=False, end=end)))
        moments.append((interval.answered_at, 1, end))
    moments.sort(key=lambda moment: moment[:2])
    head = last = _Mark(-1, is_end=False)
    for _, _, mark in moments:
        last.after, mark.before = mark, last
        last = mark
    return head


def _take_out(begin: _Mark) -> None:
    for mark in (begin, begin.end):
        assert mark is not None
        assert mark.before is not None
        mark.before.after = mark.after
        if mark.after is not None:
            mark.after.before = mark.before


def _put_back(begin: _Mark) -> None:
    for mark in (begin.end, begin):
        assert mark is not None
        assert mark.before is not None
        mark.before.after = mark
        if mark.after is not None:
            mark.after.before = mark


# ---------------------------------------------------------------------------- the model of a queue


@dataclass(frozen=True)
class Told:
    """What a queue's client was told: a number taken, a number called, or that nobody waits."""

    act: str
    """``take`` or ``call``."""
    number: int
    """0 for nobody."""


Line = tuple[int, int]
"""Numbers issued and called so far. One class, one series: strict first-come is all there is."""
EMPTY: Line = (0, 0)


def queue_step(line: Line, told: Told) -> Line | None:
    """The queue as its rules have it."""
    issued, called = line
    if told.act == "take":
        return (issued + 1, called) if told.number == issued + 1 else None
    if told.number == 0:
        return line if issued == called else None
    return (issued, called + 1) if told.number == called + 1 <= issued else None
