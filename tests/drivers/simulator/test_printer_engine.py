"""The played printer behaves like one: buffer, paper, status, recovery."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.codec.escpos_paper import TextOnPaper
from drivers.codec.escpos_status import codes_of_automatic
from drivers.orders import DeviceCode
from drivers.simulator.played import Answer
from drivers.simulator.printer_engine import Fault, PrinterEngine

LINK = 1


@pytest.fixture
def engine() -> PrinterEngine:
    engine = PrinterEngine()
    engine.connected(LINK)
    return engine


def run(engine: PrinterEngine, data: bytes = b"") -> bytes:
    """Give bytes, print all that can be printed, and return what was answered."""
    answers = engine.receive(LINK, data)
    while engine.has_work:
        more, _ = engine.carry_out_next()
        answers += more
    return joined(answers)


def joined(answers: list[Answer]) -> bytes:
    return b"".join(answer.data for answer in answers)


def texts(engine: PrinterEngine) -> list[list[str]]:
    return [
        [mark.text for mark in ticket.marks if isinstance(mark, TextOnPaper)]
        for ticket in engine.snapshot().tickets
    ]


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        (None, b"\x12\x12\x12\x12"),
        (Fault.PAPER_NEAR_END, b"\x12\x12\x12\x1e"),
        (Fault.PAPER_OUT, b"\x1a\x32\x12\x7e"),
        (Fault.COVER_OPEN, b"\x1a\x16\x12\x12"),
        (Fault.CUTTER_ERROR, b"\x1a\x52\x1a\x12"),
        (Fault.OFFLINE, b"\x1a\x12\x12\x12"),
        (Fault.STUCK, b"\x12\x12\x12\x12"),
        (Fault.SILENT, b""),
        (Fault.UNPLUGGED, b""),
    ],
)
def test_real_time_status(engine: PrinterEngine, fault: Fault | None, answers: bytes) -> None:
    if fault is not None:
        engine.set_fault(fault, on=True)
    asked = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
    assert joined(engine.receive(LINK, asked)) == answers


def test_automatic_status_comes_at_once_and_on_every_change(engine: PrinterEngine) -> None:
    assert run(engine, b"\x1da\xff") == b"\x10\x00\x00\x0f"
    told = joined(engine.set_fault(Fault.COVER_OPEN, on=True))
    assert codes_of_automatic(told) == {DeviceCode.COVER_OPEN}
    assert joined(engine.set_fault(Fault.COVER_OPEN, on=False)) == b"\x10\x00\x00\x0f"
    run(engine, b"\x1da\x00")
    assert engine.set_fault(Fault.PAPER_OUT, on=True) == []


def test_answers_in_the_buffer_s_order_come_after_what_stands_before(
    engine: PrinterEngine,
) -> None:
    engine.set_fault(Fault.STUCK, on=True)
    assert run(engine, b"A\n\x1dr\x01\x1d(H\x06\x000000A7\x1dI\x42\x1dI\x43") == b""
    engine.set_fault(Fault.STUCK, on=False)
    assert run(engine) == b"\x00\x37\x2200A7\x00_EPSON\x00_TM-T88V\x00"
    assert texts(engine) == [["A"]]


def test_paper_that_ends_in_the_middle_holds_the_rest_until_a_roll_is_loaded(
    engine: PrinterEngine,
) -> None:
    engine.set_fault(Fault.PAPER_OUT, on=True, after_lines=2)
    assert run(engine, b"1\n2\n3\n\x1dVB\x00\x1dr\x01") == b""
    assert texts(engine) == [["1", "2"]]
    engine.load_paper()
    assert run(engine) == b"\x00"
    assert texts(engine) == [["1", "2", "3"]]


def test_remains_are_forgotten_when_told(engine: PrinterEngine) -> None:
    engine.set_fault(Fault.PAPER_OUT, on=True, after_lines=1)
    run(engine, b"1\n2\n")
    assert run(engine, b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08") == b"\x37\x25\x00"
    engine.load_paper()
    run(engine)
    assert texts(engine) == [["1"]]


def test_a_jammed_cutter_is_recovered_with_or_without_the_rest(engine: PrinterEngine) -> None:
    engine.set_fault(Fault.CUTTER_ERROR, on=True)
    run(engine, b"1\n\x10\x05\x01")
    assert texts(engine) == [["1"]]
    engine.set_fault(Fault.CUTTER_ERROR, on=True)
    run(engine, b"2\n\x10\x05\x02")
    assert texts(engine) == [["1"]]
    assert engine.can_print


def test_the_roll_is_used_up(engine: PrinterEngine) -> None:
    near_end_at = None
    for number in range(5000):
        run(engine, b"A\n\x1bd\xff\x1dV\x00")
        if near_end_at is None and Fault.PAPER_NEAR_END in engine.faults:
            near_end_at = number
        if Fault.PAPER_OUT in engine.faults:
            break
    assert near_end_at is not None
    assert 0.9 < near_end_at / number < 1
    engine.load_paper()
    assert engine.can_print
    assert engine.snapshot().roll_mm == 60_000


def test_only_the_last_tickets_are_kept(engine: PrinterEngine) -> None:
    for number in range(60):
        run(engine, b"%d\n\x1dV\x00" % number)
    snapshot = engine.snapshot()
    assert (snapshot.oldest_ticket, len(snapshot.tickets)) == (11, 50)
    assert texts(engine)[-1] == ["59"]


def test_paper_without_an_end_is_taken_in_pieces(engine: PrinterEngine) -> None:
    run(engine, b"A\n" * 1000)
    assert [len(ticket.marks) for ticket in engine.snapshot().tickets] == [400, 400, 200]


def test_a_snapshot_has_what_changed_since(engine: PrinterEngine) -> None:
    run(engine, b"1\n\x1dV\x00")
    seen = engine.snapshot().version
    run(engine, b"2\n")
    assert [ticket.number for ticket in engine.snapshot(seen).tickets] == [2]


def test_a_full_buffer_stops_the_line(engine: PrinterEngine) -> None:
    engine.set_fault(Fault.STUCK, on=True)
    engine.receive(LINK, b"A" * 70_000)
    assert not engine.has_room
    engine.clear_faults()
    run(engine)
    assert engine.has_room


def test_pulling_the_plug_forgets_the_buffer(engine: PrinterEngine) -> None:
    engine.set_fault(Fault.STUCK, on=True)
    engine.receive(LINK, b"1\n")
    engine.set_fault(Fault.UNPLUGGED, on=True)
    engine.clear_faults()
    run(engine)
    assert texts(engine) == []


def test_half_answers_are_the_beginning_of_one(engine: PrinterEngine) -> None:
    engine.set_fault(Fault.HALF_ANSWERS, on=True)
    assert run(engine, b"\x10\x04\x01") == b"\x10"
    assert len(run(engine, b"\x1da\xff")) == 2


@settings(max_examples=60)
@given(
    st.lists(st.binary(max_size=60), max_size=12),
    st.lists(st.sampled_from(Fault), max_size=6),
)
def test_no_bytes_and_no_fault_bring_it_down(parts: list[bytes], faults: list[Fault]) -> None:
    engine = PrinterEngine()
    engine.connected(LINK)
    for part, fault in zip(parts, [*faults, *[None] * len(parts)], strict=False):
        run(engine, part)
        if fault is not None:
            engine.set_fault(fault, on=True)
    engine.clear_faults()
    run(engine)
    assert engine.can_print
    engine.disconnected(LINK)
    assert engine.snapshot().links == 0
