"""The hall's clock as its clients know it, and waiting by it.

A replayed hall runs its own clock faster; whoever is in it walks, serves and recalls by that clock.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

MS = 1_000


def clock_time(day_s: float) -> str:
    """``HH:MM`` of so many seconds after midnight."""
    minute = int(day_s // 60)
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass
class Pace:
    """Hall time from our steady clock."""

    rate: int
    midnight_ms: int
    """UTC milliseconds of the day's local midnight."""
    offset_ms: float = 0.0

    def set(self, hall_ms: int, asked_s: float, answered_s: float) -> None:
        """Take the hall's time from an answer; it told it about half-way between."""
        self.offset_ms = hall_ms - (asked_s + answered_s) / 2 * MS * self.rate

    def now_ms(self) -> int:
        """UTC milliseconds in the hall."""
        return round(self.offset_ms + time.perf_counter() * MS * self.rate)

    def now_s(self) -> float:
        """Seconds after local midnight in the hall."""
        return (self.now_ms() - self.midnight_ms) / MS

    def at_ms(self, day_s: float) -> int:
        """UTC milliseconds of so many seconds after midnight."""
        return self.midnight_ms + round(day_s * MS)

    def clock_time(self) -> str:
        """Local time in the hall, ``HH:MM``."""
        return clock_time(self.now_s())

    def real_s(self, hall_s: float) -> float:
        """How long that is for us."""
        return hall_s / self.rate

    async def until(self, day_s: float) -> None:
        """Wait until so many seconds after midnight in the hall."""
        await self.pass_s(day_s - self.now_s())

    async def pass_s(self, hall_s: float) -> None:
        """Let so much time pass in the hall."""
        await asyncio.sleep(max(0.0, self.real_s(hall_s)))
