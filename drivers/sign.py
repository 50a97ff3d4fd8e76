"""A window bar: only the latest text of each area matters, and a stale one goes out by itself.

What is to be seen is a state, so a new text replaces the one that still waits, and after a broken
link everything still valid is sent again, with the rest of its time to live. The card carries the
time-out itself (BX run mode 2): when this program dies, yesterday's call does not stay lit.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from drivers.codec import bx
from drivers.codec.escpos_layout import column_count
from drivers.errors import LinkFault, UnknownDevice
from drivers.health import Finding
from drivers.lane import Lane
from drivers.orders import DeviceCode, DeviceStatus, ShowText
from drivers.transport import Tap, TapEntry, Transport

_OPEN_WITHIN_S = 3.0
_WRITE_WITHIN_S = 1.0
_ANSWER_WITHIN_S = 1.0
_REFRESH_MS = 60_000
_LONGEST_TIMEOUT_S = 65_535
_CELL_PIXELS = 8


@dataclass(frozen=True, slots=True)
class SignArea:
    area_id: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SignTask:
    order: ShowText
    expires_at_ms: int
    was_shown: bool = False


class LatestTexts:
    """The newest order of each area: at most one waits, however many were given."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
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
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next() is not None, timeout_s)
            self._news = False
            area = self._next()
            if area is None or self._closed:
                return None
            self._due[area] = self._now_ms() + _REFRESH_MS
            return self._latest[area]

    def shown(self, task: SignTask) -> bool:
        """Note the acknowledgement; True the first time an order gets it."""
        with self._changed:
            latest = self._latest.get(task.order.area)
            if latest is not None and latest.order is task.order:
                self._latest[task.order.area] = replace(latest, was_shown=True)
        return not task.was_shown

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
            self._due = dict.fromkeys(self._latest, now_ms)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self) -> str | None:
        now_ms = self._now_ms()
        self._forget_stale(now_ms)
        return next((area for area, due_ms in self._due.items() if due_ms <= now_ms), None)

    def _forget_stale(self, now_ms: int) -> None:
        for area in [a for a, task in self._latest.items() if task.expires_at_ms <= now_ms]:
            del self._latest[area], self._due[area]


def _is_same(one: ShowText, other: ShowText) -> bool:
    return bool(one.order_id) and (one.order_id, one.text) == (other.order_id, other.text)


class BxWorker:
    check_every_s = 2.0

    def __init__(
        self,
        transport: Transport,
        areas: Mapping[str, SignArea],
        texts: LatestTexts,
        on_shown: Callable[[ShowText], None],
        now_ms: Callable[[], int],
        *,
        length_in_reserved: bool = True,
    ) -> None:
        self._transport = transport
        self._areas = areas
        self._texts = texts
        self._on_shown = on_shown
        self._now_ms = now_ms
        self._length_in_reserved = length_in_reserved
        self._reader = bx.FrameReader()

    def open(self) -> Finding:
        self._transport.open(_OPEN_WITHIN_S)
        self._reader = bx.FrameReader()
        return self.check()

    def close(self) -> None:
        self._transport.close()

    def check(self) -> Finding:
        return self._found(self._ask(bx.Ping()))

    def perform(self, work: SignTask) -> Finding | None:
        answer = self._ask(self._request(work))
        if answer.accepted and self._texts.shown(work):
            self._on_shown(work.order)
        return self._found(answer)

    def _request(self, task: SignTask) -> bx.ShowAreas:
        order = task.order
        area = self._areas[order.area]
        if not order.text:
            return bx.ShowAreas((), deleted=(area.area_id,))
        left_s = -((self._now_ms() - task.expires_at_ms) // 1000)
        rows = max(1, area.height // (2 * _CELL_PIXELS))
        needed = column_count(order.text) * _CELL_PIXELS
        fits = needed <= area.width * rows
        return bx.ShowAreas(
            (
                bx.Area(
                    area_id=area.area_id,
                    x=area.x,
                    y=area.y,
                    width=area.width,
                    height=area.height,
                    text=bx.text_bytes(order.text, order.colour),
                    timeout_s=max(1, min(left_s, _LONGEST_TIMEOUT_S)),
                    single_line=2 if fits and needed > area.width else 1,
                    wrap=2 if fits and needed > area.width else 1,
                    display=bx.DisplayMode.STILL if fits else bx.DisplayMode.LEFT,
                ),
            )
        )

    def _ask(self, request: bx.Ping | bx.ShowAreas) -> bx.Answer:
        data = bx.encode(request, length_in_reserved=self._length_in_reserved)
        self._transport.write(data, _WRITE_WITHIN_S)
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        while (left_s := deadline - time.monotonic()) > 0:
            for body in self._reader.feed(self._transport.read(256, left_s)):
                answer = bx.read_answer(body)
                if answer is not None:
                    return answer
        raise LinkFault("the bar does not answer", DeviceCode.NO_REPLY)

    @staticmethod
    def _found(answer: bx.Answer) -> Finding:
        codes = frozenset[DeviceCode]() if answer.accepted else frozenset({DeviceCode.REFUSED})
        return Finding(answered=True, codes=codes)


class SignDevice:
    """A bar as the bench knows it: its latest texts, and its lane."""

    def __init__(
        self, texts: LatestTexts, areas: Mapping[str, SignArea], lane: Lane[SignTask], tap: Tap
    ) -> None:
        self._texts = texts
        self._areas = areas
        self._lane = lane
        self._tap = tap

    def show(self, order: ShowText) -> None:
        if order.area not in self._areas:
            raise UnknownDevice(order.device, f"has an area {order.area!r}")
        self._texts.put(order)

    def status(self) -> DeviceStatus:
        return self._lane.status()

    def trace(self) -> tuple[TapEntry, ...]:
        return self._tap.entries()

    def start(self) -> None:
        self._lane.start()

    def ask_to_stop(self) -> None:
        self._lane.ask_to_stop()

    def join(self) -> None:
        self._lane.join()
