"""The devices on one RS-485 line, and what is to be shown on each: the newest text, while it holds.

What a bar by a table shows has no clock of its own, so a stale text is sent once more, empty.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from drivers.codec.frame import FrameSpec, Order
from drivers.codec.presses import Presses
from drivers.health import HealthRecord
from drivers.inputs.trials import Trial
from drivers.orders import DeviceCode, ShowText

TEST_ID = "self-test"
_REFRESH_MS = 60_000


class LastText:
    """The newest text for one device, until it is stale and wiped."""

    def __init__(self, now_ms: Callable[[], int], news: threading.Event) -> None:
        self._now_ms = now_ms
        self._news = news
        self._lock = threading.Lock()
        self._order: ShowText | None = None
        self._until_ms = 0
        self._due_ms = 0
        self._acknowledged = ""

    def put(self, order: ShowText) -> None:
        with self._lock:
            now_ms = self._now_ms()
            self._order = order
            self._until_ms = now_ms + order.time_to_live_ms
            self._due_ms = now_ms
        self._news.set()

    def standing(self) -> tuple[ShowText, int] | None:
        """The order that holds now, and until when."""
        with self._lock:
            return None if self._order is None else (self._order, self._until_ms)

    def bring_back(self, test: ShowText, before: tuple[ShowText, int] | None) -> None:
        """After a test: what was there, or darkness, unless something newer came meanwhile."""
        with self._lock:
            if self._order is test:
                self._order, self._until_ms = before or (replace(test, text=""), 0)
                self._due_ms = self._now_ms()
        self._news.set()

    def again(self) -> None:
        """The device may have forgotten it."""
        with self._lock:
            self._due_ms = self._now_ms()

    def take(self) -> tuple[ShowText, str, int] | None:
        """What is to be sent now: the order, its text, and how long it still holds."""
        with self._lock:
            now_ms = self._now_ms()
            if self._order is None:
                return None
            if now_ms >= self._until_ms:
                stale, self._order = self._order, None
                return stale, "", 0
            if now_ms < self._due_ms:
                return None
            self._due_ms = now_ms + _REFRESH_MS
            return self._order, self._order.text, self._until_ms - now_ms

    def is_first_word(self, order: ShowText) -> bool:
        """Whether this order's acknowledgement has not been told yet."""
        with self._lock:
            name = f"{order.order_id} {order.text}"
            is_first = self._acknowledged != name
            self._acknowledged = name
            return is_first


@dataclass
class BusNode:
    """One address on the line."""

    device_id: str
    address: int
    spec: FrameSpec
    record: HealthRecord
    text: LastText
    presses: Presses
    misses: int = 0
    poll_at_s: float = 0.0
    answers: Trial = field(default_factory=Trial)
    keys: Trial = field(default_factory=Trial)
    texts: Trial = field(default_factory=Trial)
    heard_at_s: float = field(default=float("-inf"))

    @property
    def is_asked(self) -> bool:
        return Order.POLL in self.spec.orders

    def heard(self, now_s: float) -> None:
        self.misses = 0
        self.heard_at_s = now_s


@dataclass(frozen=True, slots=True)
class Shown:
    """A text on its way to a device; a stale one's is empty."""

    node: BusNode
    order: ShowText
    text: str
    left_ms: int


class LineTexts:
    """The line's inbox as a lane knows it: all texts that are due, of any device."""

    def __init__(self, nodes: Sequence[BusNode], news: threading.Event) -> None:
        self._nodes = nodes
        self._news = news

    def take(self, timeout_s: float) -> list[Shown] | None:  # noqa: ARG002 — the worker waits on the line
        due = [(node, node.text.take()) for node in self._nodes]
        return [Shown(node, *text) for node, text in due if text is not None] or None

    def wait_for_news(self, timeout_s: float) -> bool:
        is_news = self._news.wait(timeout_s)
        self._news.clear()
        return is_news

    def expire(self, now_ms: int, reason: DeviceCode) -> None:
        """Nobody waits for a text; a stale one is wiped when the line is back."""

    def link_opened(self) -> None:
        for node in self._nodes:
            node.text.again()

    def close(self) -> None:
        self._news.set()
