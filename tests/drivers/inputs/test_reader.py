"""Readers on a played serial port: codes once, cards in their order, and nothing kept of either."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from played_line import played_line

from drivers.bench import Bench
from drivers.errors import DeviceSettingsError
from drivers.inputs import reader
from drivers.orders import (
    CardKind,
    CardRead,
    CardUnreadable,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    Scanned,
)
from drivers.registry import open_bench
from drivers.self_test import TestReport, Verdict
from drivers.simulator.card_engine import CardEngine, CardFault, PlayedCard, made_up_number
from drivers.simulator.played import SILENT, UNPLUGGED, Engine
from drivers.simulator.player import Player
from drivers.simulator.scanner_engine import ScannerEngine, ScannerFault
from drivers.transport import Direction

KEY = b"k" * 32
NUMBER = made_up_number("533525", "19900101", 123)
WRONG = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
CARD = PlayedCard("张三", NUMBER)
OTHER = PlayedCard("李四", made_up_number("533525", "19911111", 45))


class Reading:
    """A bench with one reader on a played port."""

    def __init__(self, kind: str, line: Player[Any]) -> None:
        self.line = line
        self.events: list[DeviceEvent] = []
        self.key = KEY
        self.now_ms = 1_000_000
        self.bench: Bench = open_bench(
            [DeviceConfig("r", kind, line.url)],
            self.events.append,
            now_ms=lambda: self.now_ms,
            person_key=lambda: self.key,
        )

    @property
    def codes(self) -> list[str]:
        return [one.text for one in self.events if isinstance(one, Scanned)]

    @property
    def cards(self) -> list[CardRead]:
        return [one for one in self.events if isinstance(one, CardRead)]

    @property
    def unreadable(self) -> int:
        return sum(isinstance(one, CardUnreadable) for one in self.events)

    @property
    def health(self) -> DeviceHealth:
        return self.bench.health()["r"].health

    def until(self, is_so: Callable[[], object], within_s: float = 6) -> None:
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.01)


Open = Callable[[str, Engine], Reading]


@pytest.fixture
def open_reader() -> Iterator[Open]:
    with ExitStack() as stack:

        def make(kind: str, engine: Engine) -> Reading:
            reading = Reading(kind, stack.enter_context(played_line(engine)))
            stack.callback(reading.bench.close)
            return reading

        yield make


# ----------------------------------------------------------------------------------------- scanner


def scanned(reading: Reading, engine: ScannerEngine, text: str) -> list[str]:
    """Hold the paper before it; what was held before the port was open nobody has heard."""
    reading.line.act("scan", text)
    time.sleep(0.15)
    return reading.codes


def test_codes_are_told_once_and_the_scanner_is_well_when_it_has_spoken(open_reader: Open) -> None:
    engine = ScannerEngine()
    reading = open_reader("scanner", engine)
    assert reading.health is DeviceHealth.UNKNOWN
    engine.faults.add(ScannerFault.REPEATING)
    reading.until(lambda: scanned(reading, engine, "https://hall.example/t/abc"))
    reading.until(lambda: reading.health is DeviceHealth.OK)
    time.sleep(0.3)
    assert reading.codes == ["https://hall.example/t/abc"]
    reading.now_ms += 2_000
    engine.faults.clear()
    reading.line.act("scan", "https://hall.example/t/abc")
    reading.until(lambda: len(reading.codes) == 2)


@pytest.mark.parametrize("fault", [ScannerFault.NO_SUFFIX, ScannerFault.OLD_CHINESE])
def test_as_the_maker_set_it(open_reader: Open, fault: ScannerFault) -> None:
    engine = ScannerEngine()
    engine.faults.add(fault)
    reading = open_reader("scanner", engine)
    reading.until(lambda: scanned(reading, engine, "预约A001"))
    assert reading.codes == ["预约A001"]


# ------------------------------------------------------------------------------------------- cards


def test_a_card_is_read_once_while_it_lies_there_and_again_when_laid_anew(
    open_reader: Open,
) -> None:
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    reading.until(lambda: reading.health is DeviceHealth.OK)
    engine.lay(CARD)
    reading.until(lambda: reading.cards)
    time.sleep(1)
    assert len(reading.cards) == 1
    card = reading.cards[0].card
    assert (card.kind, card.masked_name) == (CardKind.CITIZEN, "张*")
    engine.lift()
    time.sleep(0.6)
    engine.lay(OTHER)
    reading.until(lambda: len(reading.cards) == 2)
    assert reading.cards[1].card.commitment != card.commitment


def test_the_key_is_asked_when_the_card_is_read(open_reader: Open) -> None:
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    reading.key = b""
    engine.lay(CARD)
    reading.until(lambda: reading.cards)
    assert reading.cards[0].card.commitment == ""


@pytest.mark.parametrize("card", [CARD, PlayedCard("张三", WRONG)])
def test_a_card_that_cannot_be_read_is_told_once(open_reader: Open, card: PlayedCard) -> None:
    engine = CardEngine()
    if card is CARD:
        engine.faults.add(CardFault.UNREADABLE)
    reading = open_reader("id-card", engine)
    engine.lay(card)
    reading.until(lambda: reading.unreadable)
    time.sleep(1)
    assert (reading.unreadable, reading.cards) == (1, [])
    assert reading.health is DeviceHealth.OK


def test_replies_in_small_portions(open_reader: Open) -> None:
    """1,295 bytes in portions of 37, as a slow adapter hands them on."""
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    cable = reading.line._cable
    whole = cable.send

    def in_portions(link: int, data: bytes) -> None:
        for at in range(0, len(data), 37):
            whole(link, data[at : at + 37])

    cable.send = in_portions  # type: ignore[method-assign]  # a slow adapter
    engine.lay(CARD)
    reading.until(lambda: reading.cards)


def test_a_reader_that_is_not_authorised_is_faulty(open_reader: Open) -> None:
    engine = CardEngine()
    engine.faults.add(CardFault.NOT_AUTHORISED)
    reading = open_reader("id-card", engine)
    reading.until(lambda: reading.health is DeviceHealth.FAULT)
    assert reading.bench.health()["r"].codes == {DeviceCode.DEVICE_ERROR}


@pytest.mark.parametrize("fault", [SILENT, CardFault.WRONG_SUM])
def test_a_reader_that_says_nothing_right_is_offline(open_reader: Open, fault: str) -> None:
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    reading.until(lambda: reading.health is DeviceHealth.OK)
    reading.line.set_fault(fault, on=True)
    reading.until(lambda: reading.health is DeviceHealth.OFFLINE)
    reading.line.clear_faults()
    reading.until(lambda: reading.health is DeviceHealth.OK)


# ------------------------------------------------------------------------ links and self-tests


def test_a_scanner_that_was_unplugged_reads_again(open_reader: Open) -> None:
    engine = ScannerEngine()
    reading = open_reader("scanner", engine)
    reading.until(lambda: scanned(reading, engine, "one"))
    reading.line.set_fault(UNPLUGGED, on=True)
    reading.until(lambda: reading.health is DeviceHealth.OFFLINE)
    reading.line.clear_faults()
    reading.until(lambda: reading.health is DeviceHealth.UNKNOWN, 15)  # until it has spoken
    reading.until(lambda: scanned(reading, engine, "two")[-1] == "two")
    reading.until(lambda: reading.health is DeviceHealth.OK)


def test_a_card_reader_that_was_unplugged_reads_again(open_reader: Open) -> None:
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    reading.until(lambda: reading.health is DeviceHealth.OK)
    reading.line.set_fault(UNPLUGGED, on=True)
    reading.until(lambda: reading.health is DeviceHealth.OFFLINE)
    reading.line.clear_faults()
    reading.until(lambda: reading.health is DeviceHealth.OK, 15)
    engine.lay(CARD)
    reading.until(lambda: reading.cards)


def trial_of(reading: Reading, name: str, act: Callable[[], object]) -> TestReport:
    """The report of a test while somebody acts again and again, as a person would."""
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(reading.bench.self_test, "r", name)
        while not report.done():
            act()
            time.sleep(0.1)
        return report.result()


def test_a_code_read_for_a_test_is_nobody_else_s_business(open_reader: Open) -> None:
    engine = ScannerEngine()
    reading = open_reader("scanner", engine)
    reading.until(lambda: reading.health is DeviceHealth.UNKNOWN)
    report = trial_of(reading, "scan", lambda: reading.line.act("scan", "A001"))
    assert (report.verdict, report.zh) == (Verdict.PASSED, "读到 4 字的码")
    assert reading.codes == []


def test_a_card_laid_for_a_test_is_nobody_else_s_business(open_reader: Open) -> None:
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    reading.until(lambda: reading.health is DeviceHealth.OK)
    report = trial_of(reading, "card", lambda: engine.card or engine.lay(CARD))
    assert (report.verdict, report.en) == (Verdict.PASSED, "the card was read")
    assert reading.cards == []
    assert reading.bench.self_test("r", "answer").verdict is Verdict.PASSED


@pytest.mark.parametrize(("kind", "test"), [("scanner", "scan"), ("id-card", "answer")])
def test_a_reader_that_says_nothing_fails_its_test(
    open_reader: Open, kind: str, test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BY_HAND_S", 1.0)
    engine = ScannerEngine() if kind == "scanner" else CardEngine()
    engine.faults.add(SILENT)
    reading = open_reader(kind, engine)
    assert reading.bench.self_test("r", test).verdict is Verdict.FAILED


def test_nothing_of_a_card_is_kept_or_logged(
    open_reader: Open, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    engine = CardEngine()
    reading = open_reader("id-card", engine)
    engine.lay(CARD)
    reading.until(lambda: reading.cards)
    passed = reading.bench.trace("r")
    received = [one for one in passed if one.direction is Direction.RECEIVED]
    assert sum(one.length for one in received) > 1_295  # when and how much, never what
    assert not any(one.data for one in passed if one.direction is not Direction.NOTE)
    out, err = capfd.readouterr()
    for told in (caplog.text, out, err, repr(reading.events), repr(reading.bench.health())):
        assert NUMBER not in told
        assert NUMBER[6:14] not in told
        assert "张三" not in told


def test_readers_have_no_options() -> None:
    for kind in ("scanner", "id-card"):
        with pytest.raises(DeviceSettingsError, match=r"options\.log: wanted nothing"):
            open_bench([DeviceConfig("r", kind, "null:", {"log": "raw.txt"})], print)
