"""One line with several pads and bars: presses once, texts before polls, each its own health."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.codec.counters import Counters
from drivers.codec.frame import Order
from drivers.codec.presses import BOUNCE_MS, Presses
from drivers.engineer.told import frames_of
from drivers.errors import DeviceSettingsError, LinkClosed, UnknownDevice
from drivers.inputs import line_device
from drivers.inputs.frame_specs import load_frame_spec
from drivers.memory import MemoryExchange, MemoryLink
from drivers.orders import (
    Colour,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    KeyPressed,
    ShowText,
    TextShown,
)
from drivers.registry import cable_of, open_bench
from drivers.self_test import TestReport, Verdict
from drivers.simulator.pad_engine import PadEngine, PadFault
from drivers.simulator.played import SILENT
from drivers.transport import Direction

PAD, RATING, BAR = "ff68-call-pad", "ff68-rating-pad", "text-bar"
KINDS = {PAD: "call-pad", RATING: "rating-pad", BAR: "frame-bar"}


class Line:
    """A played line in memory and the bench that owns it."""

    def __init__(self, devices: dict[str, tuple[str, int]]) -> None:
        self.engine = PadEngine({address: spec for spec, address in devices.values()})
        self.exchange = MemoryExchange()
        self.lock = threading.Lock()
        self.links: list[MemoryLink] = []
        self.events: list[DeviceEvent] = []
        self.now_ms = 1_000_000
        self.heard = b""
        self.exchange.listen("line", self._called)
        self.bench = open_bench(
            [
                DeviceConfig(name, KINDS[spec], "memory:line", {"spec": spec, "address": address})
                for name, (spec, address) in devices.items()
            ],
            self.events.append,
            now_ms=lambda: self.now_ms,
            exchange=self.exchange,
        )

    def press(self, key: str, address: int) -> None:
        with self.lock:
            data = self.engine.press(key, address)
        if data:
            self.say(data)

    def say(self, data: bytes) -> None:
        for link in self.links:
            link.outgoing.put(data)

    def keys(self) -> list[tuple[str, str]]:
        return [(one.device_id, one.key) for one in self.events if isinstance(one, KeyPressed)]

    def health(self, name: str) -> DeviceHealth:
        return self.bench.health()[name].health

    def show(self, name: str, text: str, ttl_ms: int = 60_000) -> None:
        self.bench.show(ShowText(name, "main", text, ttl_ms, Colour.RED, f"order-{text}"))

    def until(self, is_so: Callable[[], object], within_s: float = 5) -> None:
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.005)

    def polls(self, address: int) -> int:
        return self.engine.polls[address]

    def _called(self, link: MemoryLink) -> None:
        self.links.append(link)
        threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: MemoryLink) -> None:
        try:
            while True:
                data = link.incoming.get(4096, 10)
                with self.lock:
                    self.heard += data
                    answer = self.engine.receive(1, data, self.now_ms)
                if answer and SILENT not in self.engine.faults:
                    link.outgoing.put(answer)
        except LinkClosed:
            pass


@pytest.fixture
def open_line() -> Iterator[Callable[..., Line]]:
    opened: list[Line] = []

    def make(**devices: tuple[str, int]) -> Line:
        opened.append(Line(devices))
        return opened[-1]

    yield make
    for line in opened:
        line.bench.close()


OpenLine = Callable[..., Line]


def test_a_press_is_one_key_however_often_it_is_repeated(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 3))
    line.engine.faults.add(PadFault.REPEATING)  # five frames, though each is acknowledged
    line.press("call_next", 3)
    line.until(lambda: line.heard.count(bytes.fromhex("FF 68 02 02 68 03 02 05 16")) == 5)
    line.until(lambda: line.polls(3) > 8)
    assert line.keys() == [("pad", "call_next")]


def test_the_same_key_later_is_another_press(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 3))
    line.press("recall", 3)
    line.until(lambda: len(line.keys()) == 1)
    polls = line.polls(3)
    line.until(lambda: line.polls(3) > polls + 1)  # it said that nothing is pressed
    line.now_ms += BOUNCE_MS
    line.press("recall", 3)
    line.until(lambda: len(line.keys()) == 2)


def test_every_address_is_asked_in_turn(open_line: OpenLine) -> None:
    line = open_line(one=(PAD, 1), two=(PAD, 2), three=(RATING, 3))
    line.until(lambda: min(line.engine.polls.values()) > 4)
    assert {line.health(name) for name in ("one", "two", "three")} == {DeviceHealth.OK}
    line.press("start", 2)
    line.press("rate:5", 3)
    line.until(lambda: len(line.keys()) == 2)
    assert set(line.keys()) == {("two", "start"), ("three", "rate:5")}


def test_one_that_does_not_answer_is_offline_and_does_not_slow_the_others(
    open_line: OpenLine,
) -> None:
    line = open_line(there=(PAD, 1), gone=(PAD, 2))
    line.engine._specs.pop(2)  # nobody has this address
    line.until(lambda: line.health("gone") is DeviceHealth.OFFLINE)
    assert line.health("there") is DeviceHealth.OK
    at_s, polls = time.monotonic(), line.polls(1)
    line.until(lambda: line.polls(1) >= polls + 8)
    # Eight polls 150 ms apart; asked at every turn, the silent one would take 80 ms of each.
    assert time.monotonic() - at_s < 8 * 0.15 + 0.8
    asked_gone = bytes.fromhex("FF 68 02 02 68 02 01 03 16")
    assert line.heard.count(asked_gone) <= 3 + 2


def test_whoever_comes_back_is_well_again(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 1))
    line.until(lambda: line.health("pad") is DeviceHealth.OK)
    line.engine.faults.add(SILENT)
    line.until(lambda: line.health("pad") is DeviceHealth.OFFLINE)
    line.engine.faults.clear()
    line.until(lambda: line.health("pad") is DeviceHealth.OK)


def test_a_broken_line_takes_everybody_with_it_and_is_opened_again(open_line: OpenLine) -> None:
    line = open_line(one=(PAD, 1), bar=(BAR, 2))
    line.show("bar", "请A001号")
    line.until(lambda: line.engine.shown[2] == "请A001号")
    line.engine.shown[2] = ""
    line.exchange.leave("line")
    line.links.pop().close()
    line.until(lambda: line.health("one") is DeviceHealth.OFFLINE)
    assert line.health("bar") is DeviceHealth.OFFLINE
    line.exchange.listen("line", line._called)
    line.until(lambda: line.health("one") is DeviceHealth.OK)
    line.until(lambda: line.engine.shown[2] == "请A001号")  # the bar was switched off meanwhile
    line.until(lambda: line.health("bar") is DeviceHealth.OK)


def test_texts_go_before_the_next_poll(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 1), bar=(BAR, 2), other=(BAR, 3))
    line.until(lambda: line.polls(1) > 2)
    line.show("bar", "请A001号")
    line.show("other", "请B002号")
    line.until(lambda: line.engine.shown[2] and line.engine.shown[3])
    sent = [one.data for one in line.bench.trace("pad") if one.direction is Direction.SENT]
    shown = [place for place, data in enumerate(sent) if data[:1] == b"\x3a"]
    assert [later - earlier for earlier, later in pairwise(shown)] == [1]


def test_only_the_bar_s_own_word_says_that_a_text_was_shown(open_line: OpenLine) -> None:
    line = open_line(bar=(BAR, 2))
    line.show("bar", "请A001号")
    line.until(lambda: [one for one in line.events if isinstance(one, TextShown)])
    line.show("bar", "请A001号")  # asserted again: no second proof of the same
    line.until(lambda: line.heard.count(b"\x3a") == 2)
    shown = [one.order.text for one in line.events if isinstance(one, TextShown)]
    assert shown == ["请A001号"]
    line.engine.faults.add(SILENT)
    line.show("bar", "请A002号")
    line.until(lambda: line.heard.count(b"\x3a") == 3)
    time.sleep(0.35)
    assert [one.order.text for one in line.events if isinstance(one, TextShown)] == shown


def test_a_stale_text_is_wiped_from_here(open_line: OpenLine) -> None:
    line = open_line(bar=(BAR, 2))
    line.show("bar", "请A001号", ttl_ms=2_000)
    line.until(lambda: line.engine.shown[2] == "请A001号")
    line.now_ms += 2_000
    line.until(lambda: line.engine.shown[2] == "")


def test_a_wrong_checksum_is_no_press_and_is_counted(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 1))
    line.until(lambda: line.health("pad") is DeviceHealth.OK)
    line.engine.faults.add(PadFault.WRONG_SUM)
    line.press("call_next", 1)
    line.until(lambda: line.health("pad") is DeviceHealth.OFFLINE)
    assert line.keys() == []
    assert line.bench.health()["pad"].codes == {DeviceCode.OFFLINE}
    assert line.bench.figures("pad").line.crc_bad >= 3


def test_noise_between_the_frames_harms_nothing(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 1))
    line.until(lambda: line.links)
    line.say(bytes(range(256)))
    line.press("miss", 1)
    line.until(lambda: line.keys() == [("pad", "miss")])
    assert line.health("pad") is DeviceHealth.OK


def test_a_pad_without_a_display_and_an_area_that_is_not_there(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 1), bar=(BAR, 2))
    line.bench.show(ShowText("pad", "main", "无人", 1_000))
    line.until(lambda: line.engine.shown[1] == "无人")
    with pytest.raises(UnknownDevice):
        line.bench.show(ShowText("bar", "left", "无", 1_000))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (("call-pad", {}), "options.spec: wanted one of ff68-call-pad, ff68-rating-pad, text-bar"),
        (("call-pad", {"spec": "none"}), "options.spec: wanted none.toml, file: wanted one of"),
        (("call-pad", {"spec": BAR}), "options.spec: wanted a table with keys for a call-pad"),
        (("rating-pad", {"spec": PAD}), "options.spec: wanted a table with rate:1 to rate:5"),
        (("call-pad", {"spec": PAD, "address": 256}), "options.address: wanted a number from 0 to"),
        (("call-pad", {"spec": PAD, "window": "w1"}), "options.window: wanted nothing"),
    ],
)
def test_a_mistake_names_device_key_and_what_is_wanted(
    config: tuple[str, dict[str, str | int]], said: str
) -> None:
    kind, options = config
    with pytest.raises(DeviceSettingsError) as error:
        open_bench([DeviceConfig("p", kind, "null:", options)], print)
    assert str(error.value).startswith(f"device 'p', {said}")


def test_two_devices_of_one_line_have_two_addresses() -> None:
    config = DeviceConfig("one", "call-pad", "null:", {"spec": PAD, "address": 4})
    again = DeviceConfig("two", "call-pad", "null:", {"spec": PAD, "address": 4})
    with pytest.raises(DeviceSettingsError, match=r"'two'.*one of its own on this line"):
        open_bench([config, again], print)
    assert cable_of(config) == cable_of(again) == "null:"
    assert cable_of(DeviceConfig("k", "escpos", "null:")) == "k"


def test_frames_with_a_running_number_tell_presses_apart() -> None:
    presses = Presses(1_500)
    heard = [("recall", 1, 0), ("recall", 1, 900), ("recall", 2, 950), ("recall", 2, 9_000)]
    assert [presses.is_new(*one) for one in heard] == [True, False, True, False]
    assert presses.is_new("recall", 2, 9_000 + 15_000)  # it was switched off and counts anew


def test_without_a_number_a_pause_or_nothing_pressed_ends_a_press() -> None:
    presses = Presses(1_500)
    assert presses.is_new("call_next", None, 0)
    assert not presses.is_new("call_next", None, 1_400)
    assert not presses.is_new("call_next", None, 2_800)  # still being repeated
    assert presses.is_new("recall", None, 2_900)
    assert presses.is_new("recall", None, 4_400)
    presses.idle()
    assert not presses.is_new("recall", None, 4_400 + BOUNCE_MS - 1)
    presses.idle()
    assert presses.is_new("recall", None, 4_400 + 2 * BOUNCE_MS)


def test_counters_begin_at_nothing() -> None:
    assert Counters() == Counters(0, 0, 0, 0)


def trial_of(line: Line, device: str, test: str, act: Callable[[], object]) -> TestReport:
    """The report of a test while somebody acts again and again, as a person would."""
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(line.bench.self_test, device, test)
        while not report.done():
            act()
            time.sleep(0.1)
        return report.result()


def test_a_key_pressed_for_a_test_calls_nobody(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 3), other=(PAD, 4))
    assert [test.name for test in line.bench.self_tests("pad")] == ["answer", "press", "show"]
    line.until(lambda: line.health("pad") is DeviceHealth.OK)
    assert line.bench.self_test("pad", "answer").verdict is Verdict.PASSED
    pressed = trial_of(line, "pad", "press", lambda: line.press("recall", 3))
    assert (pressed.verdict, pressed.zh) == (Verdict.PASSED, "收到按键 recall")
    line.press("call_next", 4)
    line.until(line.keys)
    assert line.keys() == [("other", "call_next")]


def test_a_device_that_is_silent_fails_its_tests(
    open_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_device, "BY_HAND_S", 0.5)
    line = open_line(pad=(PAD, 3))
    line.engine.faults.add(SILENT)
    line.until(lambda: line.health("pad") is DeviceHealth.OFFLINE)
    for test in ("answer", "press", "show"):
        report = line.bench.self_test("pad", test)
        assert report.verdict is Verdict.FAILED, test
        assert "连不上" in report.zh


def test_what_a_bar_showed_comes_back_after_its_test(open_line: OpenLine) -> None:
    line = open_line(bar=(BAR, 2))
    line.show("bar", "请A001号")
    line.until(lambda: line.engine.shown[2] == "请A001号")
    seen: set[str] = set()
    report = trial_of(line, "bar", "show", lambda: seen.add(line.engine.shown[2]))
    assert report.verdict is Verdict.PASSED
    assert "bar" in seen
    line.until(lambda: line.engine.shown[2] == "请A001号")
    assert {event.order.text for event in line.events if isinstance(event, TextShown)} == {
        "请A001号"
    }


def test_a_bar_that_showed_nothing_is_dark_after_its_test(open_line: OpenLine) -> None:
    line = open_line(bar=(BAR, 2))
    assert line.bench.self_test("bar", "show").verdict is Verdict.PASSED
    line.until(lambda: line.engine.shown[2] == "")
    assert not [event for event in line.events if isinstance(event, TextShown)]


def test_its_line_is_told_in_the_words_of_its_own_table(open_line: OpenLine) -> None:
    line = open_line(pad=(PAD, 3), bar=(BAR, 2))
    line.press("finish", 3)
    line.show("bar", "A001")
    own = line.bench.explainer("pad")
    assert own is not None

    def told() -> set[str]:
        frames = frames_of(line.bench.trace("pad"), "call-pad", 0, own).frames
        return {said.zh for frame in frames for said in frame.said}

    wanted = {"3 号：询问", "3 号：办结", "3 号：确认收到按键", "3 号：无按键", "2 号：显示文字"}
    line.until(lambda: wanted | {"2 号：已接受"} <= told())
    assert not any("无法识别" in zh for zh in told())


def test_a_bar_without_a_clock_says_so_and_one_with_a_clock_is_told_the_seconds(
    open_line: OpenLine, tmp_path: Path
) -> None:
    line = open_line(bar=(BAR, 2))
    assert "自己不会熄灭" in line.bench.health()["bar"].detail
    shipped = (Path(line_device.__file__).parent / "frames" / f"{BAR}.toml").read_text()
    timed = tmp_path / "timed-bar.toml"
    timed.write_text(shipped.replace('"colour text"', '"seconds colour text"'))
    spec = load_frame_spec(str(timed))
    assert spec.order(Order.SHOW, 2, text="A", colour="red", seconds=90)[2:5] == b"\x5a\x02A"
    bench = open_bench(
        [DeviceConfig("timed", "frame-bar", "memory:other", {"spec": str(timed)})], print
    )
    assert bench.health()["timed"].detail == ""
    bench.close()
