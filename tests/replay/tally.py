"""What all clients together have done and met: asks, answers, refusals, times, faults."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from hall_server.contract.refusals import Refusal

FAULTS_KEPT = 50


@dataclass
class Tally:
    """One for a whole replay; only ever touched on its event loop."""

    answered: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By message and code."""
    done: Counter[str] = field(default_factory=Counter)
    """What clients hold to have been carried out, by the word of the event it must have left."""
    notes: Counter[str] = field(default_factory=Counter)
    """Things that happen to clients: lines lost, requests repeated, sessions ended."""
    latencies_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    per_second: Counter[int] = field(default_factory=Counter)
    behind_s: float = 0.0
    """By how much the busiest kiosk lagged behind the day at most, in the hall's time."""
    is_closing: bool = False
    faults: list[str] = field(default_factory=list)
    """What must never be seen from outside."""
    called_s: dict[int, float] = field(default_factory=dict)
    """When the call with this seq was asked for, by our steady clock."""
    heard_ms: list[float] = field(default_factory=list)
    """From asking for a call to hearing it on a wall."""
    heard_first_s: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When walls heard a call whose clerk had no answer yet."""

    def fault(self, text: str) -> None:
        """Note what must not be; enough of them is enough."""
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(text)

    def answer(self, name: str, asked_s: float) -> None:
        """An ask or read was answered."""
        now_s = time.perf_counter()
        self.answered[name] += 1
        self.latencies_ms[name].append((now_s - asked_s) * 1_000)
        self.per_second[int(now_s)] += 1

    def refusal(self, name: str, refusal: Refusal, asked_s: float) -> None:
        """An ask or read was refused."""
        now_s = time.perf_counter()
        if self.is_closing:
            self.notes["asks refused because the day was closed"] += 1
        else:
            self.refused[name, refusal.code] += 1
        self.latencies_ms[name].append((now_s - asked_s) * 1_000)
        self.per_second[int(now_s)] += 1

    def called(self, seq: int, asked_s: float) -> None:
        """A clerk was given the call with this seq."""
        self.called_s[seq] = asked_s
        for heard_s in self.heard_first_s.pop(seq, ()):
            self.heard_ms.append((heard_s - asked_s) * 1_000)

    @property
    def asks(self) -> int:
        """All asks and reads that got a word back."""
        return self.answered.total() + self.refused.total()


def percentile(values: list[float], percent: float) -> float:
    """The value of the nearest rank; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, -(-int(percent * len(ordered)) // 100) - 1)]
