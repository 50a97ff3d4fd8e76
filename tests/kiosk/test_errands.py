"""Errands: reports reach the hall when they can, the newest about a thing, each in its time."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from msgspec.structs import replace

from hall_server.contract.link import LinkDown
from hall_server.contract.messages.base import Answer, Ask
from hall_server.contract.messages.queueing import PrintReport, PrintState
from kiosk.errands import REPORTS_MAX, Errands

A = TypeVar("A", bound=Answer)


class Line:
    """A link as far as errands need one; it can be down."""

    def __init__(self) -> None:
        self.told: list[Ask] = []
        self.is_down = False

    def ask(self, _name: str, message: Ask, expect: type[A]) -> A:
        if self.is_down:
            raise LinkDown("down")
        self.told.append(message)
        return expect(seq=1)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def errands(line: Line) -> Iterator[Errands]:
    errands = Errands(line)  # type: ignore[arg-type]  # the double stands where the cable begins
    errands.start()
    yield errands
    errands.stop()


def report(job_id: int, state: PrintState = PrintState.CONFIRMED) -> PrintReport:
    return PrintReport(request_id=f"report-{job_id:04}", job_id=job_id, state=state)


def eventually(holds: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_a_report_is_delivered_once(errands: Errands, line: Line) -> None:
    errands.report("paper 1", "print.report", report(1))
    eventually(lambda: line.told == [report(1)])
    time.sleep(0.05)
    assert line.told == [report(1)]


def test_what_could_not_be_delivered_waits_for_the_hall(errands: Errands, line: Line) -> None:
    line.is_down = True
    errands.report("paper 1", "print.report", report(1))
    errands.report("paper 2", "print.report", report(2))
    time.sleep(0.1)
    assert line.told == []
    line.is_down = False
    errands.nudge()
    eventually(lambda: line.told == [report(1), report(2)])


def test_only_the_newest_about_one_thing_is_told(errands: Errands, line: Line) -> None:
    errands.report("paper 1", "print.report", report(1, PrintState.SENT), after_s=0.3)
    errands.report("paper 1", "print.report", report(1, PrintState.CONFIRMED))
    time.sleep(0.5)
    assert [one.state for one in line.told if isinstance(one, PrintReport)] == ["confirmed"]


def test_an_older_report_that_was_not_told_is_made_part_of_the_newer(
    errands: Errands, line: Line
) -> None:
    def joined(older: PrintReport, newer: PrintReport) -> PrintReport:
        return replace(newer, reason=f"after {older.state}")

    line.is_down = True
    errands.report("paper 1", "print.report", report(1, PrintState.SENT), after=joined)
    errands.report("paper 1", "print.report", report(1), after=joined)
    line.is_down = False
    errands.nudge()
    eventually(lambda: line.told == [replace(report(1), reason="after sent")])
    errands.report("paper 1", "print.report", report(1), after=joined)
    eventually(lambda: line.told[1:] == [report(1)])  # what was told is not told again


def test_what_follows_a_report_is_done_when_the_hall_has_answered(
    errands: Errands, line: Line
) -> None:
    done: list[str] = []
    line.is_down = True
    errands.report("paper 1", "print.report", report(1), then=lambda: done.append("one"))
    time.sleep(0.1)
    assert done == []
    line.is_down = False
    errands.nudge()
    eventually(lambda: done == ["one"])


def test_what_follows_an_older_report_about_the_same_is_not_done(
    errands: Errands, line: Line
) -> None:
    done: list[str] = []
    for name, state in (("old", PrintState.SENT), ("new", PrintState.CONFIRMED)):
        errands.report(
            "paper 1",
            "print.report",
            report(1, state),
            after_s=0.2,
            then=lambda name=name: done.append(name),  # type: ignore[misc]  # known to be a str
        )
    eventually(lambda: len(line.told) == 1)
    eventually(lambda: done == ["new"])


def test_a_delayed_task_comes_in_its_time_though_nothing_else_happens(errands: Errands) -> None:
    """The thread was already waiting for ever when the task was put."""
    time.sleep(0.05)
    done = threading.Event()
    put_s = time.monotonic()
    errands.do("later", done.set, after_s=0.2)
    assert done.wait(2)
    assert 0.15 < time.monotonic() - put_s < 1.5


def test_of_tasks_with_one_name_the_newest_is_done(errands: Errands) -> None:
    done: list[str] = []
    errands.do("same", lambda: done.append("old"), after_s=0.1)
    errands.do("same", lambda: done.append("new"), after_s=0.1)
    eventually(lambda: done)
    time.sleep(0.1)
    assert done == ["new"]


def test_the_list_is_bounded(errands: Errands, line: Line) -> None:
    line.is_down = True
    for number in range(REPORTS_MAX + 50):
        errands.report(f"paper {number}", "print.report", report(number), after_s=60)
    assert len(errands._reports) == REPORTS_MAX
