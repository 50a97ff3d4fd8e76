"""Keeps a camera's own times in step with this machine's clock: pure.

Some cameras number their pictures as if they came at the rate they state, and every quartz drifts;
within a file or a run such times would leave the wall clock by seconds. Starting anew each time
would cut recordings to pieces. So the camera's steps are kept, a little stretched or shortened:

    every 5 s:  low = least (arrival less stated time)        the picture that was delayed least
                rate ← what low gained in this window and in the one before, the lesser of the two
                error = low less what it was at first         beyond 0.1 s it is made up for, slowly

Whoever is honest is not touched: jitter, and what a camera sends at once when it begins, do not
change what was delayed least.
"""

from __future__ import annotations

from fractions import Fraction

WINDOW_MS = 5_000
DEAD_MS = 100.0
STRETCH_LEAST, STRETCHES = 0.01, (-0.8, 4.0)
GAINED_MOST = 0.9
MAKES_UP_WITHIN = 4
"""Windows."""
MAKES_UP_MOST = 0.2


class MediaClock:
    """One run's times; asked for each picture in order."""

    def __init__(self, time_base: Fraction, first: int, mono_ms: int) -> None:
        """``first`` is the time stated of the first picture, which stays as it is."""
        self._ms_per_tick = float(time_base * 1000)
        self._stated = self._first = first
        self._given_ms = 0.0
        self._began_ms, self._window_ms = mono_ms, mono_ms
        self._low = self._last_low = self._first_low = float("inf")
        self._stretch = self._last_right = self._making_up = 0.0

    def time(self, stated: int, mono_ms: int) -> int:
        """The time to go by, in the stream's own unit; it only grows while the stated one does."""
        step_ms = (stated - self._stated) * self._ms_per_tick
        self._stated = stated
        self._given_ms += step_ms * (1 + self._stretch + self._making_up)
        self._low = min(self._low, mono_ms - self._began_ms - self._given_ms)
        if mono_ms - self._window_ms >= WINDOW_MS:
            self._judge(mono_ms - self._window_ms)
            self._window_ms = mono_ms
        return self._first + round(self._given_ms / self._ms_per_tick)

    def _judge(self, window_ms: int) -> None:
        low, self._low = self._low, float("inf")
        if self._first_low == float("inf"):
            self._first_low = self._last_low = low
            return
        gained = min((low - self._last_low) / window_ms, GAINED_MOST)
        self._last_low, error = low, low - self._first_low
        right = (1 + self._stretch + self._making_up) / (1 - gained) - 1
        sides = [one - self._stretch for one in (right, self._last_right)]
        self._last_right = right
        lesser = min(sides, key=abs) if sides[0] * sides[1] > 0 else 0.0
        if abs(error) > DEAD_MS or abs(lesser) > STRETCH_LEAST:
            self._stretch = min(max(self._stretch + lesser, STRETCHES[0]), STRETCHES[1])
            if abs(self._stretch) > STRETCH_LEAST:
                self._first_low = 0.0  # it was measured by times that were not true
            slow = error / (MAKES_UP_WITHIN * WINDOW_MS)
            self._making_up = min(max(slow, -MAKES_UP_MOST), MAKES_UP_MOST) * (1 + self._stretch)
        else:
            self._making_up = 0.0
