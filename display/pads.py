"""Keys pressed at the windows become asks: in order, once each, and at once or not at all.

A press is worth a few seconds. It keeps its ``request_id`` while it is asked again over a broken
line, so the hall does it once; a press that could not be delivered by then is given up, for a
number that is called a minute later calls nobody. What became of it is shown on the pad itself,
where it has a display: the number, or why not.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from config.fittings import PadKey
from drivers.orders import KeyPressed, ShowText
from hall_server.contract.http_door import LinkDown
from hall_server.contract.link import new_request_id
from hall_server.contract.messages.base import Accepted, Answer, Ask
from hall_server.contract.messages.feedback import RatingGive
from hall_server.contract.messages.queueing import PadAnswer, PadPress, WindowState
from hall_server.contract.refusals import Refusal

A = TypeVar("A", bound=Answer)

PRESSES_MOST = 32
WORTH_MS = 5_000
RETRY_S = 0.3
ANSWER_SHOWN_MS = 10_000
RATE = "rate:"
AWAY = "大厅离线，请稍后"
BUSY = "按键过快，请稍后"
THANKS = "谢谢评价"

log = logging.getLogger(__name__)


class AskHall(Protocol):
    """The station's line, as far as presses need it."""

    def __call__(self, name: str, message: Ask, expect: type[A], timeout_s: float) -> A: ...


@dataclass(frozen=True, slots=True)
class Press:
    """A key on its way to the hall."""

    device_id: str
    key: str
    ask: PadPress | RatingGive
    until_ms: int


class Pads:
    """See the module. ``heard`` never waits; one thread does the asking."""

    def __init__(
        self,
        ask: AskHall,
        show: Callable[[ShowText], None],
        steady_ms: Callable[[], int],
    ) -> None:
        self._ask = ask
        self._show = show
        self._steady_ms = steady_ms
        self._waiting: deque[Press] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="pads", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """What was pressed and not asked is not worth asking any more."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(WORTH_MS / 1000)

    def heard(self, event: KeyPressed) -> None:
        """A pad has said that a key was pressed."""
        press = Press(event.device_id, event.key, message(event), self._steady_ms() + WORTH_MS)
        with self._changed:
            has_room = len(self._waiting) < PRESSES_MOST
            if has_room:
                self._waiting.append(press)
                self._changed.notify_all()
        if not has_room:
            self._tell(press, BUSY)

    def _run(self) -> None:
        while (press := self._next()) is not None:
            self._tell(press, self._answer(press))

    def _next(self) -> Press | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or bool(self._waiting))
            return None if self._stopping else self._waiting.popleft()

    def _answer(self, press: Press) -> str:
        """What became of it, in a few words."""
        while (left_ms := press.until_ms - self._steady_ms()) > 0 and not self._stopping:
            try:
                return self._asked(press, left_ms / 1000)
            except LinkDown as down:
                log.info("a press at %s is not answered: %s", press.device_id, down)
            except Refusal as refusal:
                log.info("a press at %s is refused: %s", press.device_id, refusal)
                return refusal.refused.zh
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, RETRY_S)
        return AWAY

    def _asked(self, press: Press, within_s: float) -> str:
        if isinstance(press.ask, RatingGive):
            self._ask("rating.give", press.ask, Accepted, within_s)
            return THANKS
        answer = self._ask("pad.press", press.ask, PadAnswer, within_s)
        return done(PadKey(press.key), answer)

    def _tell(self, press: Press, text: str) -> None:
        no_call = f"{press.device_id}:0"
        self._show(ShowText(press.device_id, "main", text, ANSWER_SHOWN_MS, order_id=no_call))


def message(event: KeyPressed) -> PadPress | RatingGive:
    """The ask that a key stands for."""
    name = new_request_id()
    if event.key.startswith(RATE):
        level = int(event.key.removeprefix(RATE))
        return RatingGive(request_id=name, device_id=event.device_id, level=level)
    return PadPress(request_id=name, device_id=event.device_id, key=PadKey(event.key))


def done(key: PadKey, answer: PadAnswer) -> str:
    """What a pad's display says of a press that was carried out."""
    match key:
        case PadKey.CALL_NEXT:
            return f"请{answer.label}号"
        case PadKey.RECALL:
            return f"重呼{answer.label}号"
        case PadKey.START:
            return f"{answer.label}号办理中"
        case PadKey.FINISH:
            return f"{answer.label}号已办结"
        case PadKey.MISS:
            return f"{answer.label}号过号"
        case PadKey.PAUSE | PadKey.RESUME:
            return "已暂停" if answer.window_state is WindowState.PAUSED else "已恢复"
