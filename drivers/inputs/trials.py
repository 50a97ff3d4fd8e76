"""Self-tests of what only speaks when somebody touches it: a key, a code, a card within seconds.

What comes while a test waits for it is the test's alone: the hall must not call a citizen because
an engineer pressed a key.
"""

import threading
from collections.abc import Callable

from drivers.orders import DeviceStatus
from drivers.self_test import SelfTest, TestReport, Verdict
from drivers.words import told

BY_HAND_S = 8.0
ANSWER = SelfTest(
    "answer", "应答", "answer", "不必操作，应显示通过", "nothing to do: it should pass by itself"
)
PRESS = SelfTest(
    "press",
    "按键",
    "press",
    "八秒内按任意一键，不会真的叫号或评价",
    "press any key within 8 s; nobody is called or rated",
)
SCAN = SelfTest("scan", "扫码", "scan", "八秒内扫任意一码", "hold any code before it within 8 s")
CARD = SelfTest("card", "读卡", "card", "八秒内放上一张证件", "lay a card on it within 8 s")


class Trial:
    """One test at a time waits here for what the device's own thread hears."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._guard = threading.Lock()
        self._is_open = False
        self._word = ""
        self._came = threading.Event()

    def takes(self, word: str) -> bool:
        """Whether a test waited for this, which then is nobody else's business."""
        with self._guard:
            if not self._is_open:
                return False
            self._is_open, self._word = False, word
        self._came.set()
        return True

    def wait(self, within_s: float, begin: Callable[[], None] = lambda: None) -> str:
        """What came in time, after `begin`; empty for nothing."""
        with self._alone:
            self._came.clear()
            with self._guard:
                self._is_open, self._word = True, ""
            begin()
            self._came.wait(within_s)
            with self._guard:
                self._is_open = False
                return self._word


def passed(test: SelfTest, zh: str, en: str) -> TestReport:
    return TestReport(test.name, Verdict.PASSED, zh, en)


def failed(test: SelfTest, status: DeviceStatus, zh: str, en: str) -> TestReport:
    """With what is known to be the matter."""
    words = told(status.codes)
    return TestReport(
        test.name, Verdict.FAILED, f"{zh} {words.zh}".strip(), f"{en} {words.en}".strip()
    )
