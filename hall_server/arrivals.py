"""How fast somebody may come, and how many may be inside at once.

The listener counts connections, the gate requests and WebSockets, each by address, and the doors
asks by sender. Being turned away costs the hall next to nothing, so that whoever floods it leaves
room and time for all others.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict

BUCKETS_MAX = 4_096
"""The longest unused is forgotten."""


class Pace:
    """A token bucket for each of many."""

    def __init__(self, per_s: float, burst: float) -> None:
        """``per_s`` for good, ``burst`` at once."""
        self._per_s, self._burst = per_s, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, whose: str) -> bool:
        """Whether there was a token left for one more."""
        now_s = time.monotonic()
        with self._lock:
            tokens, at_s = self._buckets.pop(whose, (self._burst, now_s))
            tokens = min(self._burst, tokens + (now_s - at_s) * self._per_s)
            allowed = tokens >= 1
            self._buckets[whose] = (tokens - 1 if allowed else tokens, now_s)
            if len(self._buckets) > BUCKETS_MAX:
                self._buckets.popitem(last=False)
        return allowed


class Arrivals:
    """Who is inside one door."""

    def __init__(self, pace: Pace | None, at_once: int, in_all: int) -> None:
        """``at_once`` is how many an address may have open, ``in_all`` everybody together."""
        self._pace = pace
        self._at_once, self._in_all = at_once, in_all
        self._inside: Counter[str] = Counter()
        self._count = 0
        self._lock = threading.Lock()

    def enter(self, address: str) -> str:
        """Let one in, or tell the code of the refusal."""
        if self._pace is not None and not self._pace.take(address):
            return "too_many"
        with self._lock:
            if self._count >= self._in_all or self._inside[address] >= self._at_once:
                return "busy"
            self._inside[address] += 1
            self._count += 1
        return ""

    def leave(self, address: str) -> None:
        """One that was let in has gone."""
        with self._lock:
            self._count -= 1
            self._inside[address] -= 1
            if self._inside[address] <= 0:
                del self._inside[address]
