"""Printer and bar over cables that damage, break and fall silent: nobody lies, nobody hangs.

What is asked of every kind of device, whatever happens on its line: no call waits long, no thread
ends, what is claimed is true, nothing comes twice, and when the cable is mended all is well again.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from bad_cables import Cable

from drivers.bench import Bench
from drivers.codec.escpos_paper import TextOnPaper
from drivers.orders import (
    Cut,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    JobState,
    PrintJob,
    ShowText,
    TextLine,
    TextShown,
)
from drivers.registry import open_bench
from drivers.simulator.bar import BarPlayer
from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.printer import PrinterPlayer

T = TypeVar("T")
JOBS, JOBS_MOST = 4, 60
JOB_TTL_MS = 2500
CALL_WITHIN_S = 2.0
JOB_WITHIN_S = 9.0  # 5 s for the printer's word, and what a short ticket takes


@pytest.fixture
def printer() -> Iterator[PrinterPlayer]:
    player = PrinterPlayer(Seat("printer", "tcp:0", Changes(), utc_ms), speed_mm_s=0)
    player.start()
    yield player
    player.stop()


@pytest.fixture
def bar() -> Iterator[BarPlayer]:
    player = BarPlayer(Seat("bar", "tcp:0", Changes(), utc_ms))
    player.start()
    yield player
    player.stop()


@pytest.mark.parametrize("confirmation", ["process_id", "gs_r"])
def test_no_ticket_comes_twice_and_none_is_claimed_that_did_not_come(
    bad_cable: Cable, printer: PrinterPlayer, confirmation: str, campaign_scale: int
) -> None:
    for seed in range(campaign_scale):
        cable = Cable(replace(bad_cable.chaos, seed=bad_cable.chaos.seed + seed))
        options: dict[str, str | int] = {"profile": "simulator-80", "confirmation": confirmation}
        config = DeviceConfig("p", "escpos", printer.url, options)
        events: list[DeviceEvent] = []
        with contextlib.closing(open_bench([config], events.append, wrap=cable.wrap)) as bench:
            states = print_until_harmed(bench, cable, seed)
            if cable.chaos.never_answers:
                assert bench.health()["p"].health is not DeviceHealth.OK
                assert JobState.CONFIRMED not in states.values()
            assert cable.harm
            cable.mend()
            until(lambda: bench.health()["p"].health is DeviceHealth.OK)
            states |= print_until_confirmed(bench, seed)
        for name, state in states.items():
            count = copies(printer, name)
            assert count <= 1, f"{name} came {count} times"
            assert not (state is JobState.FAILED and count), f"{name} failed, and yet came"
            if not cable.damages:
                assert not (state is JobState.CONFIRMED and not count), f"{name} was made up"


def test_no_text_is_said_to_be_shown_that_was_not(
    bad_cable: Cable, bar: BarPlayer, campaign_scale: int
) -> None:
    for seed in range(campaign_scale):
        cable = Cable(replace(bad_cable.chaos, seed=bad_cable.chaos.seed + seed))
        for text, seen in claims_of(cable, bar, f"A{seed:03}"):
            assert seen == [text]


def claims_of(cable: Cable, bar: BarPlayer, number: str) -> list[tuple[str, list[str]]]:
    """Every text that was said to be shown, and what the bar did show at that moment."""
    claims: list[tuple[str, list[str]]] = []

    def hear(event: DeviceEvent) -> None:
        if isinstance(event, TextShown):
            claims.append((event.order.text, lit(bar)))

    config = DeviceConfig("b", "bx-k", bar.url)
    with contextlib.closing(open_bench([config], hear, wrap=cable.wrap)) as bench:
        for window in range(JOBS * 4):
            show(bench, f"请{number}号到{window}号窗口")
            time.sleep(0.1)
        assert cable.harm
        cable.mend()
        show(bench, f"请{number}号")
        until(lambda: lit(bar) == [f"请{number}号"])
        until(lambda: bench.health()["b"].health is DeviceHealth.OK)
    return claims


def print_until_harmed(bench: Bench, cable: Cable, seed: int) -> dict[str, JobState]:
    """A few tickets, and more until the cable has done harm to them."""
    jobs = 1 if cable.chaos.never_answers else JOBS
    states: dict[str, JobState] = {}
    while len(states) < jobs or (not cable.harm and len(states) < JOBS_MOST):
        name = f"{seed}:{len(states)}"
        states[name] = print_one(bench, name)
    return states


def print_until_confirmed(bench: Bench, seed: int) -> dict[str, JobState]:
    """A printer that lost a byte may take what comes for the rest of a command, for a while."""
    states: dict[str, JobState] = {}
    for attempt in range(5):
        name = f"{seed}:again {attempt}"
        states[name] = print_one(bench, name)
        if states[name] is JobState.CONFIRMED:
            return states
    raise AssertionError(f"nothing is confirmed on a good cable: {states}")


def print_one(bench: Bench, name: str) -> JobState:
    job = PrintJob(name, (TextLine(name), Cut()), utc_ms() + JOB_TTL_MS)
    handle = quickly(lambda: bench.submit(job, "p"))
    result = handle.wait(JOB_WITHIN_S)
    assert result.state not in {JobState.QUEUED, JobState.SENDING}, f"{name} hangs"
    health = quickly(bench.health)["p"]
    assert DeviceCode.STOPPED not in health.codes
    return result.state


def show(bench: Bench, text: str) -> None:
    order = ShowText("b", "main", text, 60_000, order_id=text)
    quickly(lambda: bench.show(order))
    assert DeviceCode.STOPPED not in bench.health()["b"].codes


def quickly(act: Callable[[], T]) -> T:
    started = time.monotonic()
    result = act()
    assert time.monotonic() - started < CALL_WITHIN_S
    return result


def copies(printer: PrinterPlayer, text: str) -> int:
    marks = [mark for ticket in printer.snapshot().tickets for mark in ticket.marks]
    return sum(isinstance(mark, TextOnPaper) and mark.text == text for mark in marks)


def lit(bar: BarPlayer) -> list[str]:
    return [area.text for area in bar.lit()]


def until(is_so: Callable[[], bool], within_s: float = 40) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
