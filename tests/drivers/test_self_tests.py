"""What devices show of themselves: on paper and on the bar, and what they then claim."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from bad_cables import GOOD, Cable

from drivers.bench import Bench
from drivers.chaos import Chaos
from drivers.codec.escpos_paper import QrOnPaper, TextOnPaper
from drivers.codec.escpos_profile import FontSet, PrinterProfile
from drivers.errors import UnknownDevice
from drivers.orders import (
    Colour,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    JobChanged,
    PrintJob,
    ShowText,
    TextLine,
    TextShown,
)
from drivers.printer_tests import PRINTER_TESTS, paper_of
from drivers.registry import open_bench
from drivers.self_test import Verdict
from drivers.signs.areas import SignArea
from drivers.signs.sights import SIGN_TESTS, sight
from drivers.simulator.bar import BarPlayer
from drivers.simulator.changes import Changes
from drivers.simulator.kinds import PLAYED
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.printer import PrinterPlayer


class Place:
    """A played printer and bar, and a bench that has them."""

    def __init__(self, cable: Cable, **printer_options: str | int) -> None:
        changes = Changes()
        self.printer = PrinterPlayer(Seat("p", "tcp:0", changes, utc_ms), speed_mm_s=0)
        self.bar = BarPlayer(Seat("b", "tcp:0", changes, utc_ms))
        self.printer.start()
        self.bar.start()
        self.events: list[DeviceEvent] = []
        options = {"profile": "simulator-80", **printer_options}
        devices = [
            DeviceConfig("p", "escpos", self.printer.url, options),
            DeviceConfig("b", "bx-k", self.bar.url, {"width": 128, "height": 32}),
            DeviceConfig("n", "null", "null:"),
        ]
        self.bench: Bench = open_bench(devices, self.events.append, wrap=cable.wrap)

    def texts(self) -> list[str]:
        marks = [mark for ticket in self.printer.snapshot().tickets for mark in ticket.marks]
        return [mark.text for mark in marks if isinstance(mark, TextOnPaper)]

    def lit(self) -> list[str]:
        return [area.text for area in self.bar.lit()]

    def close(self) -> None:
        self.bench.close()
        self.bar.stop()
        self.printer.stop()


@pytest.fixture
def place() -> Iterator[Place]:
    with contextlib.closing(Place(Cable(GOOD))) as place:
        until(lambda: place.bench.health()["b"].health is DeviceHealth.OK)
        until(lambda: place.bench.health()["p"].health is DeviceHealth.OK)
        yield place


def test_the_printer_s_whole_page(place: Place) -> None:
    report = place.bench.self_test("p", "page")
    assert (report.verdict, report.zh) == (Verdict.PASSED, "打印机已证实")
    (ticket,) = place.printer.snapshot().tickets
    assert ticket.is_cut
    assert any(isinstance(mark, QrOnPaper) for mark in ticket.marks)
    texts = place.texts()
    assert (
        "gb18030  㑇 㔾 𠮷 䶮" in texts
    )  # sent as codes, not drawn: it is the font that is tested
    assert f"|{'1234567890' * 4}123456|" in texts
    assert "■" * 24 in texts
    assert place.bench.figures("p").paper is not None
    assert [event for event in place.events if isinstance(event, JobChanged)] == []


@pytest.mark.parametrize("test", [test.name for test in PRINTER_TESTS])
@pytest.mark.parametrize("columns", [32, 48])
def test_every_test_fits_the_paper(test: str, columns: int) -> None:
    profile = PrinterProfile("p", columns * 12, columns, font_set=FontSet.GB2312)
    texts = [line.text for line in paper_of(test, "k1", profile) if isinstance(line, TextLine)]
    rulers = [text for text in texts if text.startswith("|")]
    assert all(len(ruler) == columns for ruler in rulers)


def test_what_cannot_print_says_why(place: Place) -> None:
    place.printer.set_fault("cover_open", on=True)
    report = place.bench.self_test("p", "cut")
    assert (report.verdict, report.en) == (Verdict.FAILED, "not printed: the cover is open")


def test_a_printer_that_cannot_tell_asks_for_eyes() -> None:
    with contextlib.closing(Place(Cable(GOOD), profile="write-only-80")) as place:
        report = place.bench.self_test("p", "ruler")
        assert report.verdict is Verdict.LOOK
        until(lambda: place.texts() != [])


def test_the_bar_shows_each_sight_and_then_what_it_showed(place: Place) -> None:
    place.bench.show(ShowText("b", "main", "请A001号", 60_000, order_id="bar:7"))
    until(lambda: place.lit() == ["请A001号"])
    seen: list[list[str]] = []
    watching = threading.Thread(target=watch, args=(place, seen))
    watching.start()
    report = place.bench.self_test("b", "border")
    assert (report.verdict, report.zh) == (Verdict.PASSED, "屏已确认，请看屏")
    until(lambda: place.lit() == ["请A001号"])
    watching.join()
    assert ["┏━━━━━━┓┗━━━━━━┛"] in seen
    shown = [event.order.text for event in place.events if isinstance(event, TextShown)]
    assert set(shown) == {"请A001号"}  # nobody is told that a test was a call


def test_a_call_in_the_midst_of_a_test_is_what_stays(place: Place) -> None:
    calling = threading.Timer(
        0.5, lambda: place.bench.show(ShowText("b", "main", "请A002号", 60_000, order_id="bar:8"))
    )
    calling.start()
    assert place.bench.self_test("b", "red").verdict is Verdict.PASSED
    until(lambda: place.lit() == ["请A002号"])
    time.sleep(0.3)
    assert place.lit() == ["请A002号"]


def test_a_dark_bar_is_dark_again_after_a_test(place: Place) -> None:
    assert place.bench.self_test("b", "identify").verdict is Verdict.PASSED
    until(lambda: place.lit() == [])


def test_a_bar_that_does_not_answer_has_not_passed(place: Place) -> None:
    place.bar.set_fault("refusing", on=True)
    report = place.bench.self_test("b", "green")
    assert report.verdict is Verdict.FAILED
    assert "未确认" in report.zh


@pytest.mark.parametrize(
    ("kind", "cable", "verdict"),
    [
        ("bx-e", "tcp:0", Verdict.PASSED),
        ("modbus-text", "pty", Verdict.PASSED),
        ("ddp", "udp:0", Verdict.LOOK),
    ],
)
def test_every_make_of_sign_claims_what_it_can_know(
    kind: str, cable: str, verdict: Verdict
) -> None:
    played = next(one for one in PLAYED if one.words.kind == kind)
    player = played.play(Seat("s", cable, Changes(), utc_ms))
    player.start()
    options: dict[str, str | int] = {"controller": "6e1"} if kind == "bx-e" else {}
    config = DeviceConfig("s", kind, player.url, options)
    with contextlib.closing(open_bench([config], lambda _: None)) as bench:
        report = bench.self_test("s", "identify")
    player.stop()
    assert report.verdict is verdict


@pytest.mark.parametrize("test", [test.name for test in SIGN_TESTS])
@pytest.mark.parametrize(("width", "height"), [(192, 16), (128, 32), (64, 64), (16, 16)])
def test_every_sight_fills_its_area(test: str, width: int, height: int) -> None:
    text, colour = sight(test, "bar-1", SignArea(0, 0, 0, width, height))
    assert isinstance(colour, Colour)
    if test != "identify":
        assert len(text) * 16 * 16 == max(width, 32) * height


def test_what_a_device_cannot_show_is_refused(place: Place) -> None:
    assert [test.name for test in place.bench.self_tests("n")] == []
    with pytest.raises(UnknownDevice, match="can show 'red'"):
        place.bench.self_test("n", "red")
    with pytest.raises(UnknownDevice, match="can show 'dance'"):
        place.bench.self_test("b", "dance")
    with pytest.raises(UnknownDevice):
        place.bench.self_test("x", "red")


def test_figures_tell_what_was_done_and_met() -> None:
    cable = Cable(Chaos(seed=3, flip=10))
    with contextlib.closing(Place(cable)) as place:
        for number in range(30):
            place.bench.show(ShowText("b", "main", f"请A{number:03}号", 60_000))
            time.sleep(0.05)
        cable.mend()
        until(lambda: place.bench.health()["b"].health is DeviceHealth.OK, within_s=40)
        until(lambda: place.bench.health()["p"].health is DeviceHealth.OK, within_s=40)
        place.bench.submit(PrintJob("j", (TextLine("A001"),), utc_ms() + 9000), "p").wait(9)
        figures = place.bench.figures("b")
        assert figures.jobs > 1
        assert figures.reconnects >= 1
        assert figures.line.frames_ok > 1
        assert figures.line.crc_bad + figures.line.noise_bytes > 0
        assert figures.bytes_sent > figures.bytes_received > 0
        paper = place.bench.figures("p").paper
        assert paper is not None
        assert paper.millimetres >= 3
        assert place.bench.figures("n").jobs == 0


def test_what_failed_last_is_told_in_its_own_words(place: Place) -> None:
    place.bar.stop()
    until(lambda: "cannot reach" in place.bench.health()["b"].detail)
    assert place.bench.health()["p"].detail == ""


def watch(place: Place, seen: list[list[str]]) -> None:
    for _ in range(60):
        seen.append(place.lit())
        time.sleep(0.05)


def until(is_so: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
