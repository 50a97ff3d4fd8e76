"""Keys become asks: once each, at once or not at all, and the pad is told what became of it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from floor_run import eventually
from played_line import played_line

from config.fittings import DeviceFact, PadKey
from display.director import Face
from display.lights import Lights
from display.pads import AWAY, BUSY, PRESSES_MOST, THANKS, WORTH_MS, Pads, done
from drivers.inputs.frame_specs import MEANINGS, RATES
from drivers.orders import Colour, KeyPressed, ShowText
from drivers.simulator.pad_engine import PadEngine
from drivers.simulator.player import Player
from hall_server.contract.http_door import LinkDown
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import PadAnswer, WindowState
from hall_server.contract.refusals import Refusal

CALLED = PadAnswer(seq=9, label="A001", window_state=WindowState.OPEN)


class Hall:
    """The hall's end of the line, and the pad's display."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answers: list[Any] = []
        self.shown: list[tuple[str, str]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.steady_ms = 0
        self.pads = Pads(self.ask, self.show, lambda: self.steady_ms)

    def ask(self, name: str, message: Any, expect: Any, timeout_s: float) -> Any:
        assert timeout_s <= WORTH_MS / 1000
        self.asked.append((name, message))
        self.may_answer.wait(5)
        answer = self.answers.pop(0) if self.answers else CALLED
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, expect)
        return answer

    def show(self, order: ShowText) -> None:
        self.shown.append((order.device, order.text))

    def press(self, key: str, device_id: str = "pad-1") -> None:
        self.pads.heard(KeyPressed(device_id, key, 0))


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    hall.pads.start()
    yield hall
    hall.may_answer.set()
    hall.pads.stop()


def test_a_key_is_asked_once_and_its_answer_shown(hall: Hall) -> None:
    hall.press("call_next")
    eventually(lambda: hall.shown == [("pad-1", "请A001号")])
    ((name, message),) = hall.asked
    assert (name, message.device_id, message.key) == ("pad.press", "pad-1", PadKey.CALL_NEXT)


def test_presses_are_asked_in_their_order(hall: Hall) -> None:
    for key in ("call_next", "start", "finish"):
        hall.press(key)
    eventually(lambda: len(hall.shown) == 3)
    assert [message.key for _, message in hall.asked] == ["call_next", "start", "finish"]


def test_a_refusal_is_shown_in_the_hall_s_own_words(hall: Hall) -> None:
    hall.answers = [Refusal("window_busy", label="A007")]
    hall.press("call_next")
    eventually(lambda: hall.shown == [("pad-1", "请先处理当前的 A007 号")])
    assert len(hall.asked) == 1


def test_over_a_broken_line_the_same_press_is_asked_again(hall: Hall) -> None:
    hall.answers = [LinkDown("gone"), LinkDown("gone", sent=True), CALLED]
    hall.press("call_next")
    eventually(lambda: hall.shown == [("pad-1", "请A001号")])
    assert len({message.request_id for _, message in hall.asked}) == 1
    assert len(hall.asked) == 3


def test_a_press_is_worth_nothing_after_a_few_seconds(hall: Hall) -> None:
    hall.may_answer.clear()
    hall.answers = [LinkDown("gone", sent=True)]
    hall.press("call_next")
    hall.press("start")
    eventually(lambda: hall.asked)
    hall.steady_ms += WORTH_MS
    hall.may_answer.set()
    eventually(lambda: hall.shown == [("pad-1", AWAY)] * 2)
    assert len(hall.asked) == 1  # the second was never asked at all


def test_more_presses_than_anybody_can_mean_are_turned_away(hall: Hall) -> None:
    hall.may_answer.clear()
    hall.press("call_next")
    eventually(lambda: hall.asked)
    for _ in range(PRESSES_MOST + 1):
        hall.press("recall")
    assert hall.shown == [("pad-1", BUSY)]


def test_five_levels_are_five_ratings(hall: Hall) -> None:
    hall.answers = [Accepted(seq=level) for level in range(1, 6)]
    for key in RATES:
        hall.press(key, "rate-1")
    eventually(lambda: hall.shown == [("rate-1", THANKS)] * 5)
    assert [(name, one.level, one.device_id) for name, one in hall.asked] == [
        ("rating.give", level, "rate-1") for level in range(1, 6)
    ]


def test_every_key_has_its_words_and_every_word_of_a_table_is_a_key() -> None:
    paused = PadAnswer(seq=1, label="", window_state=WindowState.PAUSED)
    assert {done(key, CALLED) for key in PadKey} == {
        "请A001号",
        "重呼A001号",
        "A001号办理中",
        "A001号已办结",
        "A001号过号",
        "已恢复",
    }
    assert done(PadKey.PAUSE, paused) == "已暂停"
    assert {*PadKey, *RATES} <= MEANINGS


# ------------------------------------------------------------------------------ several on one line


def device(
    device_id: str, kind: str, line: Player[PadEngine], spec: str, address: int
) -> DeviceFact:
    options: dict[str, str | int] = {"spec": spec, "address": address}
    return DeviceFact(
        id=device_id,
        kind=kind,
        station="display-1",
        url=line.url,
        window="" if kind == "frame-bar" else "window-1",
        options=options,
    )


@pytest.fixture
def engine() -> PadEngine:
    return PadEngine({1: "ff68-call-pad", 2: "ff68-rating-pad", 3: "text-bar"})


def test_pads_and_bars_share_a_line(engine: PadEngine) -> None:
    health: dict[str, str] = {}
    keys: list[tuple[str, str]] = []
    lights = Lights(
        lambda _display, _seq: None,
        lambda device_id, state, _codes, _detail: health.update({device_id: state}),
        lambda: 0,
        lambda event: keys.append((event.device_id, event.key)),
    )
    with played_line(engine) as line:
        devices = [
            device("pad", "call-pad", line, "ff68-call-pad", 1),
            device("rate", "rating-pad", line, "ff68-rating-pad", 2),
            device("bar", "frame-bar", line, "text-bar", 3),
            device("wrong", "call-pad", line, "no-such-table", 4),
        ]
        try:
            lights.arrange(devices)
            lights.assert_faces([Face("bar-1", "bar", "请A001号", Colour.RED, 60_000, shown_seq=7)])
            eventually(lambda: engine.shown[3] == "请A001号")
            eventually(lambda: health == {"pad": "ok", "rate": "ok", "bar": "ok", "wrong": "fault"})
            line.act("press", "1 call_next")
            line.act("press", "2 rate:5")
            eventually(lambda: sorted(keys) == [("pad", "call_next"), ("rate", "rate:5")])
            assert lights.devices == {"pad", "rate", "bar"}
            assert len(lights.health()) == 3
            lights.show_on_pad(ShowText("pad", "main", "谢谢", 10_000, order_id="pad:0"))
            eventually(lambda: engine.shown[1] == "谢谢")
            lights.show_on_pad(ShowText("nowhere", "main", "谢谢", 10_000))
            lights.arrange(devices[:1])  # the line is opened anew with those who are left
            assert lights.devices == {"pad"}
            polls = engine.polls[1]
            eventually(lambda: engine.polls[1] > polls)
        finally:
            lights.close()


def test_a_mistake_of_one_leaves_the_others_of_its_line(
    engine: PadEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str, list[str], str]] = []
    lights = Lights(lambda _d, _s: None, lambda *one: told.append(one), lambda: 0)
    with played_line(engine) as line:
        pads = [device(name, "call-pad", line, "ff68-call-pad", 1) for name in ("one", "two")]
        try:
            lights.arrange(pads)
            eventually(lambda: ("one", "ok", [], "") in told)
            (fault,) = [one for one in told if one[0] == "two"]
            assert fault[1:3] == ("fault", ["bad_settings"])
            assert "one of its own on this line" in fault[3]
        finally:
            lights.close()
