"""One device of a line as the bench knows it: what it is told, how it is, what it can show."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from drivers.codec.counters import Counters
from drivers.codec.frame import ACKNOWLEDGED, Blank, FrameSpec, Order
from drivers.codec.inputs_explained import FramesExplainer
from drivers.errors import UnknownDevice
from drivers.inputs.nodes import TEST_ID, BusNode, Shown
from drivers.inputs.trials import ANSWER, BY_HAND_S, PRESS, failed, passed
from drivers.lane import Lane
from drivers.on_lane import OnLane
from drivers.orders import DeviceStatus, ShowText
from drivers.self_test import SelfTest, TestReport, Verdict
from drivers.transport import Tap

MAIN_AREA = "main"
STAYS_LIT = (
    "此设备自己不会熄灭：终端站异常退出时，最后一条文字会一直亮着"
    " It cannot go dark by itself: if the station dies, its last text stays lit"
)
_ANSWERED_WITHIN_S = 5.0  # a silent one is asked every two seconds
_ACKNOWLEDGED_WITHIN_S = 4.0
_SEEN_FOR_S = 4.0
_TEST_LIVES_MS = 15_000
SHOW = SelfTest(
    "show",
    "显示",
    "show",
    "显示设备名数秒，然后恢复",
    "shows its name for some seconds, then what was there",
)


class BusDevice(OnLane):
    """Its trace is what passed on the whole line."""

    def __init__(
        self,
        node: BusNode,
        specs: Sequence[FrameSpec],
        lane: Lane[list[Shown]],
        tap: Tap,
        counters: Callable[[], Counters],
        start: Callable[[], None],
    ) -> None:
        """`specs` are those of the whole line; `start` starts it, whoever comes first."""
        super().__init__(lane, tap, counters)
        self._node = node
        self._specs = specs
        self._start = start

    def show(self, order: ShowText) -> None:
        if Order.SHOW not in self._node.spec.orders:
            raise UnknownDevice(order.device, "shows text")
        if order.area != MAIN_AREA:
            raise UnknownDevice(order.device, f"has an area {order.area!r}")
        self._node.text.put(order)

    def status(self) -> DeviceStatus:
        status = self._node.record.status
        form = self._node.spec.orders.get(Order.SHOW)
        if status.detail or form is None or Blank.SECONDS in form.data:
            return status
        return replace(status, detail=STAYS_LIT)

    def start(self) -> None:
        self._start()

    def explainer(self) -> FramesExplainer:
        return FramesExplainer(self._specs)

    def self_tests(self) -> tuple[SelfTest, ...]:
        spec = self._node.spec
        offered = {
            ANSWER: Order.POLL in spec.orders,
            PRESS: bool(spec.keys),
            SHOW: Order.SHOW in spec.orders,
        }
        return tuple(test for test, is_offered in offered.items() if is_offered)

    def self_test(self, name: str) -> TestReport:
        match name:
            case ANSWER.name:
                return self._answer()
            case PRESS.name:
                return self._press()
            case _:
                return self._show()

    def _answer(self) -> TestReport:
        if self._node.answers.wait(_ANSWERED_WITHIN_S):
            return passed(ANSWER, "已应答", "it answers")
        return failed(ANSWER, self.status(), "没有应答", "no answer")

    def _press(self) -> TestReport:
        key = self._node.keys.wait(BY_HAND_S)
        if key:
            return passed(PRESS, f"收到按键 {key}", f"the key {key} came")
        return failed(PRESS, self.status(), "没有收到按键", "no key came")

    def _show(self) -> TestReport:
        """Passes by the device's own acknowledgement; one that gives none has to be looked at."""
        node = self._node
        before = node.text.standing()
        test = ShowText(node.device_id, MAIN_AREA, node.device_id, _TEST_LIVES_MS, order_id=TEST_ID)
        word = node.texts.wait(_ACKNOWLEDGED_WITHIN_S, lambda: node.text.put(test))
        answers = ACKNOWLEDGED in node.spec.meanings.values()
        if word or not answers:
            time.sleep(_SEEN_FOR_S)
        node.text.bring_back(test, before)
        if word:
            return passed(SHOW, "设备已确认，请看屏", "acknowledged; look at it")
        if not answers:
            zh, en = "已送出，此类设备不应答，请看屏", "sent; such a one never answers, look at it"
            return TestReport(SHOW.name, Verdict.LOOK, zh, en)
        return failed(SHOW, self.status(), "设备未确认", "not acknowledged")
