"""Talking with an ESC/POS printer over a link: asking its state, and waiting for its word.

Nothing here waits without a limit, and noise on the line is never taken for an answer: a status
round or a "done" during which a byte made no sense counts as not heard. Answers that come late are
the danger of serial lines; a round that was not answered whole is followed by waiting for silence,
and every unanswered GS r is remembered until it is accounted for.
"""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TypeVar

from drivers.codec.counters import Counters
from drivers.codec.escpos_profile import Confirmation, StatusWay
from drivers.codec.escpos_status import (
    AutomaticStatus,
    FullStatus,
    ProcessDone,
    Query,
    RealTimeReply,
    SensorReply,
    StatusReader,
    ask,
    ask_full,
    codes_of,
    codes_of_automatic,
    summary,
)
from drivers.codec.escpos_text import ask_when_done
from drivers.orders import DeviceCode
from drivers.transport import Transport

Reply = TypeVar("Reply")

_OPEN_WITHIN_S = 3.0
_STOPS = frozenset({DeviceCode.OFFLINE, DeviceCode.PAPER_OUT, DeviceCode.COVER_OPEN})
_WRITE_WITHIN_S = 2.0
_ANSWER_WITHIN_S = 0.4
_SILENCE_S = 0.15
_SILENCE_WITHIN_S = 0.6
_CAUGHT_UP_WITHIN_S = 1.0
_NO_AUTOMATIC_STATUS = b"\x1da\x00"
_AUTOMATIC_STATUS = b"\x1da\xff"


@dataclass(slots=True)
class _Heard:
    real_time: deque[int] = field(default_factory=lambda: deque(maxlen=16))
    done: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    automatic: deque[bytes] = field(default_factory=lambda: deque(maxlen=16))
    full: deque[FullStatus] = field(default_factory=lambda: deque(maxlen=16))


class EscposLink:
    def __init__(self, transport: Transport, way: StatusWay = StatusWay.DLE_EOT) -> None:
        self._transport = transport
        self._way = way
        self._reader = StatusReader()
        self._heard = _Heard()
        self._sensor_replies_owed = 0

    def open(self) -> None:
        self._transport.open(_OPEN_WITHIN_S)
        self._reader.reset()
        self._heard = _Heard()
        self._sensor_replies_owed = 0

    def close(self) -> None:
        self._transport.close()

    def stop_automatic_status(self) -> None:
        """Left on by a switch or another host, it would look like answers we asked for."""
        self.send(_NO_AUTOMATIC_STATUS)

    def send(self, data: bytes, within_s: float = _WRITE_WITHIN_S) -> None:
        self._transport.write(data, within_s)

    def listen(self, timeout_s: float) -> None:
        """Take in what comes; also how a hang-up is noticed on a link that never answers."""
        for reply in self._reader.feed(self._transport.read(256, timeout_s)):
            match reply:
                case RealTimeReply(status):
                    self._heard.real_time.append(status)
                case AutomaticStatus(status):
                    self._heard.automatic.append(status)
                case FullStatus():
                    self._heard.full.append(reply)
                case SensorReply():
                    self._sensor_replies_owed = max(0, self._sensor_replies_owed - 1)
                case ProcessDone(process_id):
                    self._heard.done.append(process_id)

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    @property
    def noise_bytes(self) -> int:
        return self._reader.noise_bytes

    def status(self) -> frozenset[DeviceCode] | None:
        """What the printer says of itself now; None when it does not, or not clearly."""
        return self._told_by_itself() if self._way is StatusWay.ASB else self._asked()

    def _asked(self) -> frozenset[DeviceCode] | None:
        self.listen(0)
        self._heard.real_time.clear()
        noise_before = self.noise_bytes
        findings: list[frozenset[DeviceCode]] = []
        for query in Query:
            self.send(ask(query))
            status = self._next(self._heard.real_time)
            if status is None or self.noise_bytes != noise_before:
                self._await_silence()
                return None
            findings.append(codes_of(query, status))
        return summary(findings)

    def _told_by_itself(self) -> frozenset[DeviceCode] | None:
        """GS a wants the whole state at once, waiting in the buffer behind what is printed.

        A printer that stopped answers nothing there, but has told why when it stopped.
        """
        self.listen(0)
        noise_before = self.noise_bytes
        stopped = self._heard.automatic[-1] if self._heard.automatic else None
        self._heard.automatic.clear()
        self.send(_AUTOMATIC_STATUS)
        status = self._next(self._heard.automatic)
        if self.noise_bytes != noise_before:
            self._await_silence()
            return None
        if status is None and stopped is not None and codes_of_automatic(stopped) & _STOPS:
            status = stopped
        if status is None:
            return None
        self._heard.automatic.append(status)
        return codes_of_automatic(status)

    def ticket_in_mouth(self) -> bool | None:
        """Whether the last ticket is still there; None when the printer does not say so clearly."""
        self.listen(0)
        self._heard.full.clear()
        noise_before = self.noise_bytes
        self.send(ask_full())
        status = self._next(self._heard.full)
        if status is None or self.noise_bytes != noise_before:
            self._await_silence()
            return None
        return status.ticket_in_mouth

    def ask_when_done(self, confirmation: Confirmation, process_id: str) -> bytes:
        """The bytes to send after the document; `is_done` then tells when it was answered."""
        if confirmation is Confirmation.GS_R:
            self._sensor_replies_owed += 1
        return ask_when_done(confirmation, process_id)

    def is_done(self, confirmation: Confirmation, process_id: str) -> bool:
        if confirmation is Confirmation.GS_R:
            return self._sensor_replies_owed == 0
        return process_id in self._heard.done

    def catch_up(self) -> bool:
        """Account for GS r answers still owed from a job before; False when none comes at all."""
        if self._sensor_replies_owed == 0:
            return True
        self.send(self.ask_when_done(Confirmation.GS_R, ""))
        owed = self._sensor_replies_owed
        deadline = time.monotonic() + _CAUGHT_UP_WITHIN_S
        while self._sensor_replies_owed and time.monotonic() < deadline:
            self.listen(_SILENCE_S)
        answered = self._sensor_replies_owed < owed
        if answered:  # the printer is at the end of its buffer: what is still owed was lost
            self._sensor_replies_owed = 0
        return answered

    def _next(self, replies: deque[Reply]) -> Reply | None:
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        while not replies:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return None
            self.listen(left_s)
        return replies.popleft()

    def _await_silence(self) -> None:
        deadline = time.monotonic() + _SILENCE_WITHIN_S
        while time.monotonic() < deadline:
            data = self._transport.read(256, _SILENCE_S)
            if not data:
                break
            self._reader.feed(data)
        self._reader.reset()
        self._heard.real_time.clear()
