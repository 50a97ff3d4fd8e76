"""The hall's clock: UTC milliseconds, handed to whoever decides; the only place that asks the time.

Order in the hall is ``seq``, never time; the clock only says how long and when. A replay runs a
hall faster by ``rate`` and may begin on another day.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

JUMP_MS = 2_000
"""A wall clock that moved further than this against the steady one has jumped."""


class Clock(Protocol):
    """Something that knows the time."""

    @property
    def rate(self) -> int:
        """How many hall seconds pass in a second."""
        ...

    def now_ms(self) -> int:
        """UTC milliseconds."""
        ...

    def jumped_ms(self) -> int:
        """By how much the wall clock has jumped since last asked; 0 when it went steadily."""
        ...


class SystemClock:
    """The computer's own clock, watched against its steady one."""

    rate = 1

    def __init__(self) -> None:
        """Start watching."""
        self._offset_ms = self._wall_minus_steady_ms()

    @staticmethod
    def _wall_minus_steady_ms() -> int:
        return (time.time_ns() - time.monotonic_ns()) // 1_000_000

    def now_ms(self) -> int:
        """UTC milliseconds by the wall clock."""
        return time.time_ns() // 1_000_000

    def jumped_ms(self) -> int:
        """Compare wall and steady clock; slow drift (NTP slewing) is followed silently."""
        offset_ms = self._wall_minus_steady_ms()
        by_ms, self._offset_ms = offset_ms - self._offset_ms, offset_ms
        return by_ms if abs(by_ms) > JUMP_MS else 0


@dataclass
class ScaledClock:
    """A clock for replays: starts at ``start_ms`` and runs ``rate`` times as fast."""

    start_ms: int
    rate: int = 1

    def __post_init__(self) -> None:
        """Take the steady clock's present value as the beginning."""
        self._began_ns = time.monotonic_ns()

    def now_ms(self) -> int:
        """UTC milliseconds of the replayed day."""
        return self.start_ms + (time.monotonic_ns() - self._began_ns) * self.rate // 1_000_000

    def jumped_ms(self) -> int:
        """Never: it follows the steady clock."""
        return 0


@dataclass
class ManualClock:
    """A clock that tests move by hand."""

    at_ms: int
    rate: int = 1
    pending_jump_ms: int = 0

    def now_ms(self) -> int:
        """What the test has set."""
        return self.at_ms

    def advance(self, by_ms: int) -> None:
        """Let time pass."""
        self.at_ms += by_ms

    def jump(self, by_ms: int) -> None:
        """Let the wall clock jump."""
        self.at_ms += by_ms
        self.pending_jump_ms = by_ms

    def jumped_ms(self) -> int:
        """Tell a jump once."""
        by_ms, self.pending_jump_ms = self.pending_jump_ms, 0
        return by_ms
