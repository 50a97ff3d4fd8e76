"""The hall's clock as a station follows it: told now and then, carried on by a steady clock.

A replay runs the hall's clock faster; times to live are spans of the hall's time, waiting on the
station is real time, and ``real_ms`` turns one into the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Told:
    hall_ms: int
    steady_ms: int
    rate: int


class HallTime:
    """Any thread may ask; whoever hears the hall tells."""

    def __init__(self, steady_ms: Callable[[], int]) -> None:
        self._steady_ms = steady_ms
        self._told = _Told(0, steady_ms(), 1)

    def told(self, hall_ms: int, rate: int) -> None:
        """The hall has said what time it is."""
        self._told = _Told(hall_ms, self._steady_ms(), max(1, rate))

    def heard(self, event_ms: int) -> None:
        """An event carries its time: the hall cannot be earlier than that."""
        if event_ms > self.now_ms():
            self.told(event_ms, self._told.rate)

    def now_ms(self) -> int:
        """UTC milliseconds in the hall; 0 at the beginning of a station that was told nothing."""
        told = self._told
        return told.hall_ms + (self._steady_ms() - told.steady_ms) * told.rate

    def real_ms(self, hall_span_ms: int) -> int:
        """How long a span of the hall's time takes here."""
        return hall_span_ms // self._told.rate
