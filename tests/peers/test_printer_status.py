"""receiptio, a host not written here, against our played printer: our status bytes are right.

It always calls port 9100; each test takes an address of the loopback network for itself, so that a
simulator that runs on 127.0.0.1 is not disturbed.
"""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.codec.escpos_paper import CutOnPaper, TextOnPaper
from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.printer import PrinterPlayer
from drivers.simulator.printer_engine import Fault

ROOT = Path(__file__).parents[2]
DOCUMENT = "^^^双江政务服务中心\n^^^^A001\n社保卡补办\n"
WITHIN_S = 30
ADDRESSES = (f"127.9.{high}.{low}" for high, low in itertools.product(range(9), range(1, 250)))

Host = Callable[..., str]


@pytest.fixture
def player() -> Iterator[tuple[PrinterPlayer, str]]:
    address = next(ADDRESSES)
    try:
        seat = Seat("printer", "tcp:9100", Changes(), utc_ms, address)
        player = PrinterPlayer(seat, speed_mm_s=0)
    except OSError as error:
        pytest.skip(f"no port 9100 at {address}: {error}")
    player.start()
    yield player, address
    player.stop()


@pytest.fixture
def receiptio(node: str) -> Host:
    if not (ROOT / "node_modules" / "receiptio").is_dir():
        pytest.skip("receiptio is not installed: run `./hall test`, which brings it")

    def run(address: str, *options: str) -> str:
        command = [node, str(ROOT / "tests" / "peers" / "receiptio.mjs"), address, *options]
        done = subprocess.run(
            command, input=DOCUMENT.encode(), capture_output=True, timeout=WITHIN_S, check=True
        )
        return done.stdout.decode().strip()

    return run


def test_a_ticket_is_a_success(player: tuple[PrinterPlayer, str], receiptio: Host) -> None:
    printer, address = player
    assert receiptio(address, "-l", "zh", "-c", "42") == "success"
    (ticket,) = printer.snapshot().tickets
    lines = [mark.text for mark in ticket.marks if isinstance(mark, TextOnPaper)]
    assert [line.strip() for line in lines if line] == ["双江政务服务中心", "A001", "社保卡补办"]
    assert isinstance(ticket.marks[-1], CutOnPaper)


@pytest.mark.parametrize(
    ("fault", "state", "outcome"),
    [
        (None, "online", "success"),
        (Fault.PAPER_NEAR_END, "online", "success"),
        (Fault.COVER_OPEN, "coveropen", "coveropen"),
        (Fault.PAPER_OUT, "paperempty", "paperempty"),
        (Fault.CUTTER_ERROR, "error", "success"),  # it recovers a jammed cutter, then prints
    ],
)
def test_it_sees_the_state_that_was_set(
    player: tuple[PrinterPlayer, str],
    receiptio: Host,
    fault: Fault | None,
    state: str,
    outcome: str,
) -> None:
    printer, address = player
    if fault is not None:
        printer.set_fault(fault, on=True)
    assert receiptio(address, "-q") == state
    assert receiptio(address, "-l", "zh", "-t", "5") == outcome


def test_paper_that_ends_in_the_middle_is_told_while_it_waits(
    player: tuple[PrinterPlayer, str], receiptio: Host
) -> None:
    printer, address = player
    printer.set_fault(Fault.PAPER_OUT, on=True, after_lines=2)
    assert receiptio(address, "-l", "zh", "-t", "5") == "paperempty"
