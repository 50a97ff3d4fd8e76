"""The kiosk's printers: who prints, who takes over, and that nothing comes out twice unmarked."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kiosk_run import eventually

from config.fittings import DeviceFact
from drivers.codec.escpos_paper import TextOnPaper
from drivers.orders import Cut, DeviceCode, JobState, PaperLine, PrintResult, TextLine
from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.printer import PrinterPlayer
from drivers.simulator.printer_engine import Fault
from hall_server.contract.messages.stations import Health
from kiosk.printer import Printers, Told
from kiosk.stand_in import Paper

CONFIRMED = PrintResult(JobState.CONFIRMED)


@dataclass
class Desk:
    """Two played printers, the second standing in for the first, and what was told of them."""

    first: PrinterPlayer
    second: PrinterPlayer
    printers: Printers
    told: list[tuple[str, PrintResult]] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    health: dict[str, Health] = field(default_factory=dict)

    def print(self, job_id: str) -> PrintResult:
        return self.submit(job_id).wait(12)

    def submit(self, job_id: str) -> Paper:
        def layout(_columns: int) -> tuple[PaperLine, ...]:
            return (TextLine(job_id), Cut())

        paper = self.printers.submit(job_id, layout)
        assert paper is not None
        return paper

    def out(self, player: PrinterPlayer) -> list[str]:
        tickets = player.snapshot().tickets
        return [
            " ".join(mark.text for mark in ticket.marks if isinstance(mark, TextOnPaper))
            for ticket in tickets
        ]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    players = [
        PrinterPlayer(Seat(name, "tcp:0", Changes(), utc_ms), speed_mm_s=0) for name in ("k1", "k2")
    ]
    for player in players:
        player.start()
    desks: list[Desk] = []

    def open_one(profile: str = "simulator-80", **options: str | int) -> Desk:
        def tell_paper(job_id: str, result: PrintResult) -> None:
            desk.told.append((job_id, result))

        def tell_health(device_id: str, health: Health, _codes: list[str], _detail: str) -> None:
            desk.health[device_id] = health

        def tell_retracted(job_id: str) -> None:
            desk.retracted.append(job_id)

        told = Told(tell_paper, tell_health, tell_retracted)
        desk = Desk(players[0], players[1], Printers("kiosk-1", told, utc_ms, tmp_path))
        desks.append(desk)
        stands_in: dict[str, str | int] = {"profile": "simulator-80", "stand_in_for": "k1"}
        desk.printers.equip(
            [
                _fact("k1", players[0], {"profile": profile, **options}),
                _fact("k2", players[1], stands_in),
            ]
        )
        eventually(lambda: desk.health == {"k1": Health.OK, "k2": Health.OK})
        return desk

    yield open_one
    for desk in desks:
        desk.printers.close()
    for player in players:
        player.stop()


def _fact(name: str, player: PrinterPlayer, options: dict[str, str | int]) -> DeviceFact:
    url = f"tcp://127.0.0.1:{player.port}"
    return DeviceFact(id=name, kind="escpos", url=url, station="kiosk-1", options=options)


def test_the_first_prints_as_long_as_it_is_well(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    assert desk.print("A001") == CONFIRMED
    assert (desk.out(desk.first), desk.out(desk.second)) == (["A001"], [])


@pytest.mark.parametrize("fault", [Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.CUTTER_ERROR])
def test_what_the_first_refused_comes_out_of_its_stand_in_as_an_original_and_once(
    open_desk: Callable[..., Desk], fault: Fault
) -> None:
    desk = open_desk()
    desk.first.set_fault(fault, on=True)
    assert desk.print("A001") == CONFIRMED
    eventually(lambda: desk.health["k1"] is Health.FAULT)
    assert desk.print("A002") == CONFIRMED
    desk.first.clear_faults()
    eventually(lambda: desk.health["k1"] is Health.OK)
    assert desk.print("A003") == CONFIRMED
    assert (desk.out(desk.first), desk.out(desk.second)) == (["A003"], ["A001", "A002"])
    states = [result.state for _, result in desk.told]
    assert JobState.FAILED not in states
    assert JobState.UNCERTAIN not in states


def test_what_may_be_out_already_is_marked(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.first.set_fault(Fault.STUCK, on=True)  # it takes the ticket, and says nothing
    paper = desk.submit("A001")
    eventually(lambda: ("A001", PrintResult(JobState.SENT)) in desk.told)
    desk.first.set_fault(Fault.UNPLUGGED, on=True)
    assert paper.wait(12) == CONFIRMED
    assert desk.out(desk.second) == ["补打（前一张可能已出）Reprint: one may be out already A001"]


def test_paper_that_ended_in_the_middle_is_marked_and_its_rest_never_comes(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    desk.first.set_fault(Fault.PAPER_OUT, on=True, after_lines=1)
    lines = (TextLine("A001"), TextLine("end"), Cut())
    paper = desk.printers.submit("A001", lambda _columns: lines)
    assert paper is not None
    assert paper.wait(12) == CONFIRMED
    mark = "补打（前一张可能已出）Reprint: one may be out already"
    assert desk.out(desk.second) == [f"{mark} A001 end"]
    desk.first.load_paper()
    eventually(lambda: desk.health["k1"] is Health.OK)
    assert "end" not in " ".join(desk.out(desk.first))
    assert desk.print("A002") == CONFIRMED
    assert "end" not in " ".join(desk.out(desk.first))


def test_silence_alone_is_no_reason_for_a_second_copy(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.first.set_fault(Fault.STUCK, on=True)
    assert desk.print("A001") == PrintResult(JobState.UNCERTAIN, DeviceCode.NO_REPLY)
    assert desk.out(desk.second) == []


def test_paper_that_waits_for_a_lost_printer_goes_on_before_it_is_late(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.printer.FIRST_TO_LIVE_MS", 500)
    desk = open_desk()
    desk.first.set_fault(Fault.UNPLUGGED, on=True)
    began_s = time.monotonic()
    assert desk.print("A001") == CONFIRMED
    assert time.monotonic() - began_s < 12
    assert desk.out(desk.second) == ["A001"]


def test_both_out_of_order_is_told_as_it_is(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    for player in (desk.first, desk.second):
        player.set_fault(Fault.PAPER_OUT, on=True)
    assert desk.print("A001") == PrintResult(JobState.FAILED, DeviceCode.PAPER_OUT)
    assert desk.told[-1] == ("A001", PrintResult(JobState.FAILED, DeviceCode.PAPER_OUT))


def test_what_was_drawn_back_is_told_by_its_job(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk("simulator-presenter-80", take_within_s=1)
    desk.first.set_fault(Fault.NOT_TAKEN, on=True)
    assert desk.print("A001") == CONFIRMED
    eventually(lambda: desk.retracted == ["A001"])
