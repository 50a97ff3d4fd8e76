"""A sign as the bench knows it: its latest texts, its lane, and what it can show of itself."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from drivers.codec.counters import Counters
from drivers.errors import UnknownDevice
from drivers.lane import Lane
from drivers.on_lane import OnLane
from drivers.orders import DeviceHealth, ShowText
from drivers.self_test import SelfTest, TestReport, Verdict
from drivers.signs.areas import SignArea
from drivers.signs.sights import SIGN_TESTS, sight
from drivers.signs.texts import LatestTexts, SignTask
from drivers.transport import Tap
from drivers.words import told

_ACKNOWLEDGED_WITHIN_S = 4.0
_SEEN_FOR_S = 4.0
_TEST_LIVES_MS = 15_000  # goes out by itself should this program end in the middle
_TEST_ID = "self-test"


class SignDevice(OnLane):
    def __init__(
        self,
        areas: Mapping[str, SignArea],
        texts: LatestTexts,
        lane: Lane[SignTask],
        tap: Tap,
        counters: Callable[[], Counters],
    ) -> None:
        super().__init__(lane, tap, counters)
        self._areas = areas
        self._texts = texts
        self._guard = threading.Lock()
        self._latest: dict[str, tuple[ShowText, float]] = {}
        self._testing = threading.Lock()
        self._acknowledged = threading.Event()

    def show(self, order: ShowText) -> None:
        if order.area not in self._areas:
            raise UnknownDevice(order.device, f"has an area {order.area!r}")
        with self._guard:
            self._latest[order.area] = order, time.monotonic()
            self._texts.put(order)

    def self_tests(self) -> tuple[SelfTest, ...]:
        return SIGN_TESTS

    def self_test(self, name: str) -> TestReport:
        """In the first area, for some seconds; then what was there comes back."""
        device_id, (area, place) = self.status().device_id, next(iter(self._areas.items()))
        text, colour = sight(name, device_id, place)
        with self._testing:
            self._acknowledged.clear()
            self._texts.put(ShowText(device_id, area, text, _TEST_LIVES_MS, colour, _TEST_ID))
            is_acknowledged = self._acknowledged.wait(_ACKNOWLEDGED_WITHIN_S)
            if is_acknowledged:
                time.sleep(_SEEN_FOR_S)
            self._bring_back(area)
        if is_acknowledged:
            return TestReport(name, Verdict.PASSED, "屏已确认，请看屏", "acknowledged; look at it")
        status = self.status()
        if status.health is DeviceHealth.UNKNOWN and not status.codes:
            return TestReport(
                name,
                Verdict.LOOK,
                "已送出，屏不会应答，请看屏",
                "sent; it never answers, look at it",
            )
        zh, en, *_ = told(status.codes)
        return TestReport(
            name, Verdict.FAILED, f"屏未确认 {zh}".strip(), f"not acknowledged {en}".strip()
        )

    def is_test(self, order: ShowText) -> bool:
        """Whether this acknowledgement is of a test, and so nobody else's business."""
        if order.order_id == _TEST_ID:
            self._acknowledged.set()
        return order.order_id == _TEST_ID

    def _bring_back(self, area: str) -> None:
        with self._guard:
            order, since = self._latest.get(area, (None, 0.0))
            passed_ms = int((time.monotonic() - since) * 1000)
            if order is None or passed_ms >= order.time_to_live_ms:
                device_id = self.status().device_id
                self._texts.put(ShowText(device_id, area, "", 1000, order_id=_TEST_ID))
            else:
                left_ms = order.time_to_live_ms - passed_ms
                self._texts.put(replace(order, time_to_live_ms=left_ms))
