"""Readers at a kiosk: codes from a serial scanner, identity cards from a SAM reader.

Both only tell. Of neither are raw bytes remembered: a code may be somebody's health or social
security, a card is somebody's identity. Of a card nothing leaves but a `PersonCard`; no log, no
error and no trace ever holds its number.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.bench import Device
from drivers.codec import sam
from drivers.codec.counters import Counters
from drivers.codec.frame import Frame, FrameReader
from drivers.codec.scanned import ScanReader
from drivers.errors import LinkFault
from drivers.health import Finding, HealthRecord
from drivers.inputs.trials import ANSWER, BY_HAND_S, CARD, SCAN, Trial, failed, passed
from drivers.lane import Lane
from drivers.on_lane import OnLane
from drivers.options import Options
from drivers.orders import (
    CardRead,
    CardUnreadable,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    Scanned,
)
from drivers.self_test import SelfTest, TestReport
from drivers.surroundings import Surroundings
from drivers.transport import Tap, Transport

_OPEN_WITHIN_S = 3.0
_WRITE_WITHIN_S = 1.0
_LISTEN_S = 0.1
_SAME_CODE_MS = 2_000  # a scanner on a stand reads on while the paper is held before it
_ANSWER_WITHIN_S = 1.0
_READ_WITHIN_S = 3.0
_TRIES = 2

Report = Callable[[DeviceEvent], None]


class NoWork:
    """The inbox of a device that is never told to do anything."""

    def __init__(self) -> None:
        self._closed = threading.Event()

    def take(self, timeout_s: float) -> None:
        self._closed.wait(timeout_s)

    def wait_for_news(self, timeout_s: float) -> bool:
        self._closed.wait(timeout_s)
        return False

    def expire(self, now_ms: int, reason: DeviceCode) -> None: ...
    def link_opened(self) -> None: ...

    def close(self) -> None:
        self._closed.set()


class ReadingWorker(Protocol):
    check_every_s: float
    trials: Mapping[SelfTest, Trial]

    @property
    def counters(self) -> Counters: ...
    def open(self) -> Finding: ...
    def perform(self, work: None) -> Finding | None: ...
    def check(self) -> Finding: ...
    def close(self) -> None: ...


class ScannerWorker:
    """Whether a scanner is there is not known before it has read its first code."""

    check_every_s = 0.0

    def __init__(
        self, device_id: str, transport: Transport, report: Report, now_ms: Callable[[], int]
    ) -> None:
        self._device_id = device_id
        self._transport = transport
        self._report = report
        self._now_ms = now_ms
        self._reader = ScanReader()
        self._has_spoken = False
        self._last = ("", 0)
        self.trials: Mapping[SelfTest, Trial] = {SCAN: Trial()}

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    def open(self) -> Finding:
        self._transport.open(_OPEN_WITHIN_S)
        self._reader = ScanReader()
        self._has_spoken = False
        return Finding(answered=False, certain=True)

    def close(self) -> None:
        self._transport.close()

    def perform(self, work: None) -> None: ...

    def check(self) -> Finding:
        data = self._transport.read(512, _LISTEN_S)
        for text in self._reader.feed(data) if data else self._reader.silence():
            self._has_spoken = True
            self._tell(text)
        return Finding(answered=self._has_spoken, certain=True)

    def _tell(self, text: str) -> None:
        now_ms = self._now_ms()
        last_text, last_ms = self._last
        self._last = (text, now_ms)
        is_new = text != last_text or now_ms - last_ms >= _SAME_CODE_MS
        if is_new and not self.trials[SCAN].takes(str(len(text))):
            self._report(Scanned(self._device_id, text, now_ms))


class CardWorker:
    """Asks twice a second whether a card lies there; `key` is asked at the moment of reading."""

    check_every_s = 0.4

    def __init__(
        self,
        device_id: str,
        transport: Transport,
        report: Report,
        now_ms: Callable[[], int],
        key: Callable[[], bytes],
    ) -> None:
        self._device_id = device_id
        self._transport = transport
        self._report = report
        self._now_ms = now_ms
        self._key = key
        self._reader = FrameReader(sam.LAYOUT)
        self._is_told = False
        self.trials: Mapping[SelfTest, Trial] = {ANSWER: Trial(), CARD: Trial()}

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    def open(self) -> Finding:
        self._transport.open(_OPEN_WITHIN_S)
        self._reader = FrameReader(sam.LAYOUT)
        self._is_told = False
        return _found(is_well=sam.status_of(self._ask(sam.STATUS)) == sam.Status.OK)

    def close(self) -> None:
        self._transport.close()

    def perform(self, work: None) -> None: ...

    def check(self) -> Finding:
        status = sam.status_of(self._ask(sam.FIND))
        if status in {sam.Status.FOUND, sam.Status.NOT_FOUND}:
            self.trials[ANSWER].takes(ANSWER.name)
        if status != sam.Status.FOUND:
            self._is_told = False
            return _found(is_well=status == sam.Status.NOT_FOUND)
        if not self._is_told:
            self._is_told = True
            self._tell(self._read())
        return _found(is_well=True)

    def _tell(self, event: DeviceEvent) -> None:
        if isinstance(event, CardUnreadable) or not self.trials[CARD].takes(CARD.name):
            self._report(event)

    def _read(self) -> DeviceEvent:
        for _ in range(_TRIES):
            if sam.status_of(self._ask(sam.SELECT)) != sam.Status.OK:
                continue
            answer = self._ask(sam.READ, _READ_WITHIN_S)
            if sam.status_of(answer) != sam.Status.OK:
                continue
            try:
                card = sam.person_card(sam.card_text(answer), self._key())
            except sam.Unreadable:
                break  # a card that was read well and does not hold will not hold the next time
            return CardRead(self._device_id, card, self._now_ms())
        return CardUnreadable(self._device_id, self._now_ms())

    def _ask(self, command: bytes, within_s: float = _ANSWER_WITHIN_S) -> Frame:
        self._reader.silence()  # what came late belongs to no question of ours
        self._transport.write(sam.request(command), _WRITE_WITHIN_S)
        deadline_s = time.monotonic() + within_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            for frame in self._reader.feed(self._transport.read(2048, left_s)):
                return frame
        raise LinkFault("the reader does not answer", DeviceCode.NO_REPLY)


class Reader(OnLane):
    """A reader as the bench knows it."""

    def __init__(self, lane: Lane[None], tap: Tap, worker: ReadingWorker) -> None:
        super().__init__(lane, tap, lambda: worker.counters)
        self._trials = worker.trials

    def self_tests(self) -> tuple[SelfTest, ...]:
        return tuple(self._trials)

    def self_test(self, name: str) -> TestReport:
        """Of what was read only that it was, and of a code how long it is."""
        test = next(one for one in self._trials if one.name == name)
        word = self._trials[test].wait(BY_HAND_S)
        match test:
            case _ if not word:
                return failed(test, self.status(), "没有读到", "nothing came")
            case _ if test == SCAN:
                return passed(test, f"读到 {word} 字的码", f"a code of {word} letters came")
            case _ if test == CARD:
                return passed(test, "证件已读出", "the card was read")
        return passed(test, "读卡器已应答", "the reader answers")


def build_scanner(config: DeviceConfig, surroundings: Surroundings) -> Device:
    tap, transport = _way(config, surroundings)
    worker = ScannerWorker(config.id, transport, surroundings.report, surroundings.now_ms)
    return _device(config, worker, tap, surroundings)


def build_card_reader(config: DeviceConfig, surroundings: Surroundings) -> Device:
    tap, transport = _way(config, surroundings)
    worker = CardWorker(
        config.id,
        transport,
        surroundings.report,
        surroundings.now_ms,
        surroundings.person_key,
    )
    return _device(config, worker, tap, surroundings)


def _device(
    config: DeviceConfig, worker: ReadingWorker, tap: Tap, surroundings: Surroundings
) -> Device:
    record = HealthRecord(config.id, config.kind, surroundings.now_ms())
    lane: Lane[None] = Lane(record, worker, NoWork(), surroundings.report, surroundings.now_ms)
    return Reader(lane, tap, worker)


def _way(config: DeviceConfig, surroundings: Surroundings) -> tuple[Tap, Transport]:
    """Bytes that may be somebody's identity are remembered nowhere."""
    Options(config).finish()
    tap = surroundings.tap(config, is_personal=True)
    return tap, surroundings.way_to(config, tap)


def _found(*, is_well: bool) -> Finding:
    codes = frozenset[DeviceCode]() if is_well else frozenset({DeviceCode.DEVICE_ERROR})
    return Finding(answered=True, codes=codes)
