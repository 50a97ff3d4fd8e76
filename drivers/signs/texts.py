"""What a sign is to show: only the latest text of each area, and only while it is true.

What is to be seen is a state, so a new text replaces the one that still waits, and after a broken
link everything still valid is sent again, with the rest of its time to live. Many cards carry that
time themselves: when this program dies, yesterday's call does not stay lit. A sign that cannot is
told to go dark: `darkened` names the areas where an expired text becomes an empty one, and which
are emptied when the link opens and nothing is to be shown.
"""

import sys
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from drivers.orders import DeviceCode, ShowText

_AGAIN_MS = 5_000  # after a sign has said no
_NEVER_MS = sys.maxsize


@dataclass(frozen=True, slots=True)
class SignTask:
    order: ShowText
    expires_at_ms: int
    was_shown: bool = False

    def seconds_left(self, now_ms: int) -> int:
        """Rounded up: a text may stay a moment too long, but never goes out too early."""
        return max(1, -((now_ms - self.expires_at_ms) // 1000))


class LatestTexts:
    """The newest order of each area: at most one waits, however many were given."""

    def __init__(
        self,
        now_ms: Callable[[], int],
        *,
        refresh_ms: int = 60_000,
        darkened: Collection[str] = (),
    ) -> None:
        self._now_ms = now_ms
        self._refresh_ms = refresh_ms
        self._darkened = darkened
        self._latest: dict[str, SignTask] = {}
        self._due: dict[str, int] = {}  # area: when it is to be sent
        self._changed = threading.Condition()
        self._news = False
        self._closed = False

    def put(self, order: ShowText) -> None:
        """An order given again, by its id, gets more time; it is acknowledged only once."""
        now_ms = self._now_ms()
        with self._changed:
            known = self._latest.get(order.area)
            was_shown = known is not None and known.was_shown and _is_same(known.order, order)
            expires_at_ms = now_ms + order.time_to_live_ms
            self._latest[order.area] = SignTask(order, expires_at_ms, was_shown)
            self._due[order.area] = now_ms
            self._news = True
            self._changed.notify_all()

    def take(self, timeout_s: float) -> SignTask | None:
        """The next text to be sent; None when there is none yet, sometimes before the time-out."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._next() is not None,
                min(timeout_s, self._idle_s()),
            )
            self._news = False
            area = self._next()
            if area is None or self._closed:
                return None
            self._due[area] = self._now_ms() + self._refresh_ms
            return self._latest[area]

    def shown(self, task: SignTask) -> bool:
        """Note the acknowledgement; True the first time an order gets it."""
        with self._changed:
            latest = self._latest.get(task.order.area)
            if latest is not None and latest.order is task.order:
                self._latest[task.order.area] = replace(latest, was_shown=True)
        return not task.was_shown

    def refused(self, task: SignTask) -> None:
        """The sign said no, or shows something else: try again before the usual refresh."""
        with self._changed:
            if task.order.area in self._due:
                again_ms = self._now_ms() + _AGAIN_MS
                self._due[task.order.area] = min(self._due[task.order.area], again_ms)

    def wait_for_news(self, timeout_s: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._news or self._closed, timeout_s)
            news, self._news = self._news, False
            return news

    def expire(self, now_ms: int, reason: DeviceCode) -> None:  # noqa: ARG002 — nobody waits for it
        with self._changed:
            self._forget_stale(now_ms)

    def link_opened(self) -> None:
        """The card may have been switched off: what is still valid is due again."""
        now_ms = self._now_ms()
        with self._changed:
            self._forget_stale(now_ms)
            for area in self._darkened:
                self._latest.setdefault(area, _dark(area))
            self._due = dict.fromkeys(self._latest, now_ms)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self) -> str | None:
        now_ms = self._now_ms()
        self._forget_stale(now_ms)
        # Nothing is put off longer than a refresh; if it seems so, the clock was set back.
        later = range(now_ms + 1, now_ms + self._refresh_ms + 1)
        return next((area for area, due_ms in self._due.items() if due_ms not in later), None)

    def _idle_s(self) -> float:
        """Until something becomes due or stale by itself."""
        moments = [*self._due.values(), *(task.expires_at_ms for task in self._latest.values())]
        return max(0.0, (min(moments, default=_NEVER_MS) - self._now_ms()) / 1000)

    def _forget_stale(self, now_ms: int) -> None:
        for area in [a for a, task in self._latest.items() if task.expires_at_ms <= now_ms]:
            if area in self._darkened:
                self._latest[area], self._due[area] = _dark(area), now_ms
            else:
                del self._latest[area], self._due[area]


def _dark(area: str) -> SignTask:
    """Nothing to be seen, for good, and nobody to be told."""
    return SignTask(ShowText("", area, "", 0), _NEVER_MS, was_shown=True)


def _is_same(one: ShowText, other: ShowText) -> bool:
    return bool(one.order_id) and (one.order_id, one.text) == (other.order_id, other.text)
