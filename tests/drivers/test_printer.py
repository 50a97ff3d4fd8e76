"""A printer that does not lie, against the played one, over a link in memory.

Each story breaks the printer or its cable in one way and asks what is claimed of the ticket.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from printing_hall import Hall

from drivers.codec.escpos_profile import Confirmation
from drivers.orders import (
    DeviceCode,
    DeviceEvent,
    DeviceHealth,
    HealthChanged,
    JobState,
    PrintJob,
    PrintResult,
    TextLine,
)
from drivers.simulator.printer_engine import Fault, PrinterEngine

CONFIRMED = PrintResult(JobState.CONFIRMED)


@pytest.mark.parametrize("confirmation", ["process_id", "gs_r"])
def test_confirmed_by_the_printer_s_own_word(
    open_hall: Callable[..., Hall], confirmation: str
) -> None:
    hall = open_hall(confirmation=confirmation)
    assert [hall.print(name) for name in ("a", "b", "c")] == [CONFIRMED] * 3
    assert hall.states("a") == [JobState.SENDING, JobState.SENT, JobState.CONFIRMED]
    assert hall.partner.texts() == ["A001", "请留意叫号"] * 3


@pytest.mark.parametrize(
    ("confirmation", "word", "believed"),
    [
        # A: its own id, after the cut; another's id, half of it, or anything else is not its word.
        ("process_id", b"", JobState.CONFIRMED),
        ("process_id", b'7"ZZZZ\x00', JobState.UNCERTAIN),
        ("process_id", b'7"', JobState.UNCERTAIN),
        ("process_id", b"\x00\x12\x10\x00\x00\x0f", JobState.UNCERTAIN),
        # B: any answer of the sensor, for the buffer is in order; none of the other speeches.
        ("gs_r", b"", JobState.CONFIRMED),
        ("gs_r", b"\x12\x10\x00\x00\x0f_X\x00", JobState.UNCERTAIN),
        # C and D: nothing can be said that would confirm.
        ("poll", b'7"AAAA\x00\x00', JobState.SENT),
        ("none", b'7"AAAA\x00\x00', JobState.SENT),
    ],
)
def test_each_tier_believes_its_own_word_alone(
    open_hall: Callable[..., Hall], confirmation: str, word: bytes, believed: JobState
) -> None:
    """Without `word` the printer is well; with it, it prints nothing and says that instead."""
    hall = open_hall(confirmation=confirmation)
    if word and confirmation in {"process_id", "gs_r"}:
        hall.partner.act(lambda engine: engine.set_fault(Fault.STUCK, on=True))
    handle = hall.submit()
    if word:
        hall.until(lambda: JobState.SENT in hall.states("j1"))
        hall.partner.say(word)
    assert handle.wait(9).state is believed


@pytest.mark.parametrize("confirmation", ["process_id", "gs_r"])
def test_a_minute_of_garbage_confirms_nothing_and_is_no_health(
    open_hall: Callable[..., Hall], confirmation: str
) -> None:
    """What a line at 9,600 baud brings in a minute, from a printer that prints nothing."""
    hall = open_hall(confirmation=confirmation)
    hall.partner.act(lambda engine: engine.set_fault(Fault.SILENT, on=True))
    chance = random.Random(7)
    hall.until(lambda: hall.health() is not DeviceHealth.OK)
    for second in range(60):
        hall.partner.say(chance.randbytes(960))
        result = hall.submit(f"g{second}").wait(0.02)
        assert result.state is not JobState.CONFIRMED
        assert hall.health() is not DeviceHealth.OK
    assert hall.partner.texts() == []


def test_a_make_that_tells_its_state_only_by_itself(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(status="asb")
    assert hall.print("a") == CONFIRMED
    assert hall.health() is DeviceHealth.OK
    assert b"\x10\x04" not in hall.partner.received
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_OUT, on=True))
    hall.until(lambda: hall.bench.health()["p"].codes == {DeviceCode.PAPER_OUT})
    assert hall.print("b") == PrintResult(JobState.FAILED, DeviceCode.PAPER_OUT)
    hall.partner.act(PrinterEngine.load_paper)
    hall.until(lambda: hall.health() is DeviceHealth.OK)
    assert hall.print("c") == CONFIRMED
    hall.partner.act(lambda engine: engine.set_fault(Fault.SILENT, on=True))
    assert hall.print("d") == PrintResult(JobState.FAILED, DeviceCode.NO_REPLY)
    hall.until(lambda: hall.health() is not DeviceHealth.OK)


def test_bits_of_a_sensor_that_is_not_there_say_nothing(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(near_end_sensor="none")
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_NEAR_END, on=True))
    assert hall.print() == CONFIRMED
    assert hall.health() is DeviceHealth.OK


@pytest.mark.parametrize("confirmation", ["poll", "none"])
def test_without_a_word_a_job_stays_sent(open_hall: Callable[..., Hall], confirmation: str) -> None:
    hall = open_hall(confirmation=confirmation)
    assert hall.print() == PrintResult(JobState.SENT)
    hall.until(lambda: hall.partner.texts() == ["A001", "请留意叫号"])  # sent is not printed


def test_a_write_only_path_claims_nothing(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(profile="write-only-80")
    assert hall.print() == PrintResult(JobState.SENT)
    assert hall.health() is DeviceHealth.UNKNOWN
    assert b"\x10\x04" not in hall.partner.received


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.PAPER_OUT, DeviceCode.PAPER_OUT),
        (Fault.COVER_OPEN, DeviceCode.COVER_OPEN),
        (Fault.CUTTER_ERROR, DeviceCode.CUTTER_ERROR),
        (Fault.OFFLINE, DeviceCode.OFFLINE),
    ],
)
def test_what_cannot_print_is_refused_before_anything_is_sent(
    open_hall: Callable[..., Hall], fault: Fault, reason: DeviceCode
) -> None:
    hall = open_hall()
    hall.partner.act(lambda engine: engine.set_fault(fault, on=True))
    started = time.monotonic()
    assert hall.print() == PrintResult(JobState.FAILED, reason)
    assert time.monotonic() - started < 2
    assert b"A001" not in hall.partner.received
    assert hall.states("j1") == [JobState.FAILED]
    hall.partner.act(PrinterEngine.clear_faults)
    assert hall.print("j2") == CONFIRMED


def test_paper_low_still_prints(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_NEAR_END, on=True))
    assert hall.print() == CONFIRMED
    hall.until(lambda: hall.health() is DeviceHealth.DEGRADED)
    assert hall.bench.health()["p"].codes == {DeviceCode.PAPER_LOW}


@pytest.mark.parametrize("confirmation", list(Confirmation)[:3])
def test_paper_that_ends_in_the_middle_fails_the_job_with_that_reason(
    open_hall: Callable[..., Hall], confirmation: Confirmation
) -> None:
    hall = open_hall(confirmation=confirmation.value)
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_OUT, on=True, after_lines=1))
    started = time.monotonic()
    assert hall.print() == PrintResult(JobState.FAILED, DeviceCode.PAPER_OUT)
    assert time.monotonic() - started < 2
    assert hall.health() is DeviceHealth.FAULT
    assert hall.partner.texts() == ["A001"]


def test_remains_are_thrown_away_and_the_reprint_comes_once(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_OUT, on=True, after_lines=1))
    hall.print("a", "A001")
    hall.partner.act(lambda engine: engine.load_paper())
    assert hall.print("a again", "A001 补打") == CONFIRMED
    assert hall.partner.texts().count("A001 补打") == 1


def test_an_old_answer_is_not_taken_for_the_new_job(open_hall: Callable[..., Hall]) -> None:
    """The first job's GS r is answered after the roll is changed, before the second job is sent."""
    hall = open_hall(confirmation="gs_r")
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_OUT, on=True, after_lines=1))
    hall.print("a")
    hall.partner.act(lambda engine: engine.load_paper())
    hall.partner.act(lambda engine: engine.set_fault(Fault.STUCK, on=True))
    assert hall.print("b").state is not JobState.CONFIRMED


def test_a_printer_that_answers_but_never_prints_is_uncertain(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.partner.act(lambda engine: engine.set_fault(Fault.STUCK, on=True))
    assert hall.print() == PrintResult(JobState.UNCERTAIN, DeviceCode.NO_REPLY)
    assert hall.partner.texts() == []


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.HALF_ANSWERS])
def test_a_printer_that_falls_silent_gets_nothing_and_is_not_ok(
    open_hall: Callable[..., Hall], fault: Fault
) -> None:
    hall = open_hall()
    hall.partner.act(lambda engine: engine.set_fault(fault, on=True))
    started = time.monotonic()
    result = hall.submit(ttl_ms=1).wait(4)
    assert time.monotonic() - started < 2
    assert result == PrintResult(JobState.FAILED, DeviceCode.NO_REPLY)
    assert b"A001" not in hall.partner.received
    hall.until(lambda: hall.health() in {DeviceHealth.UNKNOWN, DeviceHealth.OFFLINE})
    hall.partner.act(PrinterEngine.clear_faults)
    hall.until(lambda: hall.health() is DeviceHealth.OK)
    assert hall.print("j2") == CONFIRMED


def test_a_hang_up_is_noticed_and_the_next_job_waits_for_the_link(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.partner.hang_up()
    hall.until(lambda: any(_is_offline(event) for event in hall.events))
    assert hall.print() == CONFIRMED


def test_what_waits_too_long_for_the_link_fails_as_offline(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.exchange.leave("printer")
    hall.partner.hang_up()
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE)
    handle = hall.submit(ttl_ms=500)
    hall.now_ms += 1000
    assert handle.wait(4) == PrintResult(JobState.FAILED, DeviceCode.OFFLINE)
    assert hall.partner.texts() == []


def test_the_link_breaks_while_the_word_is_awaited(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.partner.act(lambda engine: engine.set_fault(Fault.STUCK, on=True))
    handle = hall.submit()
    hall.until(lambda: handle.result.state is JobState.SENT)
    hall.partner.hang_up()
    assert handle.wait(2) == PrintResult(JobState.UNCERTAIN, DeviceCode.LINK_LOST)


def test_an_expired_job_is_not_printed(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    assert hall.submit(ttl_ms=0).wait(2) == PrintResult(JobState.FAILED, DeviceCode.EXPIRED)
    assert hall.partner.texts() == []


def test_a_document_no_printer_could_print_is_said_to_be_so(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    job = PrintJob("j1", (TextLine("A", width=9),), hall.now_ms + 1000)
    result = hall.bench.submit(job, "p").wait(2)
    assert result == PrintResult(JobState.FAILED, DeviceCode.UNPRINTABLE)


def test_the_same_job_is_never_printed_twice(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    assert [hall.print("a") for _ in range(3)] == [CONFIRMED] * 3
    assert hall.partner.texts() == ["A001", "请留意叫号"]


def test_a_rare_name_makes_the_ticket_a_picture(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(font_set="gbk")
    assert hall.print(text="张㑇") == CONFIRMED
    marks = hall.partner.engine.snapshot().tickets[0].marks
    kinds = {type(mark).__name__ for mark in marks}
    assert kinds in ({"ImageOnPaper", "CutOnPaper"}, {"TextOnPaper", "QrOnPaper", "CutOnPaper"})
    if "TextOnPaper" in kinds:  # no Chinese font on this machine
        assert "张〓" in hall.partner.texts()


def test_closing_is_quick_and_fails_what_waits(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.exchange.leave("printer")
    hall.partner.hang_up()
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE)
    handle = hall.submit()
    started = time.monotonic()
    hall.bench.close()
    assert time.monotonic() - started < 3
    assert handle.result == PrintResult(JobState.FAILED, DeviceCode.STOPPED)


def test_health_events_carry_what_health_says(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    (first,) = [event for event in hall.events if isinstance(event, HealthChanged)]
    assert first.status == replace(hall.bench.health()["p"], last_ok_ms=first.status.last_ok_ms)
    assert hall.bench.trace("p")


def _is_offline(event: DeviceEvent) -> bool:
    return isinstance(event, HealthChanged) and event.status.health is DeviceHealth.OFFLINE
