"""The ticket that nobody takes: drawn back or held, told once, and never followed by another's."""

import time
from collections.abc import Callable

import pytest
from bad_cables import Cable
from printing_hall import Hall

from drivers.codec.escpos_profile import Untaken
from drivers.errors import DeviceSettingsError
from drivers.orders import (
    DeviceCode,
    DeviceHealth,
    HealthChanged,
    JobState,
    PaperNotTaken,
    PrintResult,
)
from drivers.simulator.printer_engine import Fault, PrinterEngine

CONFIRMED = PrintResult(JobState.CONFIRMED)
MOUTH = "simulator-presenter-80"


def test_a_ticket_that_is_taken_is_nobody_s_business(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(profile=MOUTH, take_within_s=1)
    assert [hall.print(name) for name in ("a", "b")] == [CONFIRMED] * 2
    time.sleep(1.5)  # longer than it may lie there
    assert not _not_taken(hall)
    assert hall.health() is DeviceHealth.OK
    assert b"\x1de\x02" not in hall.partner.received


def test_what_nobody_took_is_drawn_back_and_told_once(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(profile=MOUTH, take_within_s=1)
    hall.partner.act(lambda engine: engine.set_fault(Fault.NOT_TAKEN, on=True))
    assert hall.print("a") == CONFIRMED
    hall.until(lambda: hall.partner.engine.snapshot().retracted == (1,))
    hall.until(lambda: _not_taken(hall) == [("a", True)])
    hall.until(lambda: DeviceCode.NOT_TAKEN in _codes_told(hall))
    hall.until(lambda: hall.health() is DeviceHealth.OK)
    assert _not_taken(hall) == [("a", True)]


@pytest.mark.parametrize("untaken", list(Untaken))
def test_the_next_citizen_never_gets_another_s_paper(
    open_hall: Callable[..., Hall], untaken: Untaken
) -> None:
    hall = open_hall(profile=MOUTH, take_within_s=1, untaken=untaken.value)
    hall.partner.act(lambda engine: engine.set_fault(Fault.NOT_TAKEN, on=True))
    assert hall.print("a") == CONFIRMED
    result = hall.print("b")
    held = hall.partner.engine.snapshot()
    if untaken is Untaken.RETRACT:
        assert result == CONFIRMED
        assert (held.retracted, held.in_mouth) == ((1,), (2,))
        hall.until(lambda: DeviceCode.NOT_TAKEN in _codes_told(hall))
    else:
        assert result == PrintResult(JobState.FAILED, DeviceCode.NOT_TAKEN)
        assert (held.retracted, held.in_mouth) == ((), (1,))
        hall.partner.act(PrinterEngine.take_ticket)
        hall.until(lambda: hall.health() is DeviceHealth.OK)
        assert hall.print("c") == CONFIRMED


def test_one_that_cannot_draw_back_prints_nothing_more(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(profile=MOUTH, take_within_s=1)
    hall.partner.act(lambda engine: engine.set_fault(Fault.NOT_TAKEN, on=True))
    hall.partner.act(lambda engine: engine.set_fault(Fault.RETRACT_STUCK, on=True))
    assert hall.print("a") == CONFIRMED
    assert hall.submit("b").wait(12) == PrintResult(JobState.FAILED, DeviceCode.NOT_TAKEN)
    assert _not_taken(hall) == [("a", False)]
    assert hall.partner.engine.snapshot().in_mouth == (1,)


def test_what_may_still_be_in_the_machine_does_not_follow_another_s_ticket(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall(profile=MOUTH, take_within_s=1)
    hall.partner.act(lambda engine: engine.set_fault(Fault.STUCK, on=True))
    assert hall.print("a", "A001").state is JobState.UNCERTAIN
    handle = hall.submit("b", "A002")
    hall.until(lambda: JobState.SENT in hall.states("b"))
    hall.partner.act(PrinterEngine.clear_faults)
    assert handle.wait(8) == CONFIRMED
    assert hall.partner.texts() == ["A002", "请留意叫号"]


def test_a_mouth_wants_a_printer_that_can_say_it_is_done(open_hall: Callable[..., Hall]) -> None:
    with pytest.raises(DeviceSettingsError, match=r"options\.confirmation"):
        open_hall(profile=MOUTH, confirmation="poll")


def test_a_bad_cable_never_lets_two_tickets_into_one_mouth(bad_cable: Cable) -> None:
    hall = Hall(bad_cable, profile=MOUTH, take_within_s=1)
    try:
        hall.partner.act(lambda engine: engine.set_fault(Fault.NOT_TAKEN, on=True))
        for name in ("a", "b", "c"):
            hall.submit(name).wait(6)
        snapshot = hall.partner.engine.snapshot()
        assert bad_cable.harm
        assert len(snapshot.in_mouth) <= 1 or bad_cable.damages
        told = [job for job, _ in _not_taken(hall)]
        assert len(told) == len(set(told))
    finally:
        hall.bench.close()


def _not_taken(hall: Hall) -> list[tuple[str, bool]]:
    told = [event for event in hall.events if isinstance(event, PaperNotTaken)]
    return [(event.job_id, event.retracted) for event in told]


def _codes_told(hall: Hall) -> set[DeviceCode]:
    told = [event.status for event in hall.events if isinstance(event, HealthChanged)]
    return {code for status in told for code in status.codes}
