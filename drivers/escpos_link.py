"""Talking with an ESC/POS printer over a link: asking its state, and waiting for its word.

Nothing here waits without a limit, and noise on the line is never taken for an answer: a status
round or a "done" during which a byte made no sense counts as not heard. Answers that come late are
the danger of serial lines; a round that was not answered whole is followed by waiting for silence,
and every unanswered GS r is remembered until it is accounted for.
"""

import time
from collections import deque
from dataclasses import dataclass, field

from drivers.codec.counters import Counters
from drivers.codec.escpos_profile import Confirmation
from drivers.codec.escpos_status import (
    ProcessDone,
    Query,
    RealTimeReply,
    SensorReply,
    StatusReader,
    ask,
    codes_of,
    summary,
)
from drivers.codec.escpos_text import ask_when_done
from drivers.orders import DeviceCode
from drivers.transport import Transport

_OPEN_WITHIN_S = 3.0
_WRITE_WITHIN_S = 2.0
_ANSWER_WITHIN_S = 0.4
_SILENCE_S = 0.15
_SILENCE_WITHIN_S = 0.6
_CAUGHT_UP_WITHIN_S = 1.0
_NO_AUTOMATIC_STATUS = b"\x1da\x00"


@dataclass(slots=True)
class _Heard:
    real_time: deque[int] = field(default_factory=lambda: deque(maxlen=16))
    done: deque[str] = field(default_factory=lambda: deque(maxlen=16))


class EscposLink:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
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
        self.listen(0)
        self._heard.real_time.clear()
        noise_before = self.noise_bytes
        findings: list[frozenset[DeviceCode]] = []
        for query in Query:
            self.send(ask(query))
            status = self._real_time_reply()
            if status is None or self.noise_bytes != noise_before:
                self._await_silence()
                return None
            findings.append(codes_of(query, status))
        return summary(findings)

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

    def _real_time_reply(self) -> int | None:
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        while not self._heard.real_time:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return None
            self.listen(left_s)
        return self._heard.real_time.popleft()

    def _await_silence(self) -> None:
        deadline = time.monotonic() + _SILENCE_WITHIN_S
        while time.monotonic() < deadline:
            data = self._transport.read(256, _SILENCE_S)
            if not data:
                break
            self._reader.feed(data)
        self._reader.reset()
        self._heard.real_time.clear()
