"""What was done reaches the hall once, in order, however often the line breaks."""

import threading
from collections.abc import Iterator
from itertools import count

from floor_run import eventually

from display.reporter import REPORTS_MOST, WORTH_TELLING_MS, Reporter
from hall_server.contract.http_door import LinkDown
from hall_server.contract.messages.base import Ask
from hall_server.contract.messages.stations import DisplayReport
from hall_server.contract.refusals import Refusal


class Line:
    """A line to the hall that can be cut, and what went over it."""

    def __init__(self) -> None:
        self.is_up = True
        self.refuses = False
        self.told: list[Ask] = []
        self.tried = threading.Event()

    def ask(self, name: str, message: Ask) -> None:
        self.tried.set()
        if not self.is_up:
            raise LinkDown(name)
        if self.refuses:
            raise Refusal("forbidden")
        self.told.append(message)


def report(seq: int) -> DisplayReport:
    return DisplayReport(request_id=f"request-{seq}", display_id="wall-1", shown_seq=seq)


def reporter(line: Line, now_ms: Iterator[int] | None = None) -> Reporter:
    made = Reporter(line.ask, (lambda: next(now_ms)) if now_ms else (lambda: 0), retry_s=0.01)
    made.start()
    return made


def test_reports_arrive_in_order_after_the_line_was_down() -> None:
    line = Line()
    line.is_up = False
    told = reporter(line)
    for seq in (1, 2, 3):
        told.put("display.report", report(seq))
    assert line.tried.wait(5)
    line.is_up = True
    eventually(lambda: len(line.told) == 3)
    told.stop()
    assert line.told == [report(1), report(2), report(3)]


def test_what_the_hall_refuses_is_not_told_again() -> None:
    line = Line()
    line.refuses = True
    told = reporter(line)
    told.put("display.report", report(1))
    assert line.tried.wait(5)
    line.refuses = False
    told.put("display.report", report(2))
    eventually(lambda: line.told)
    told.stop()
    assert line.told == [report(2)]


def test_what_is_too_old_is_given_up() -> None:
    line = Line()
    told = reporter(line, count(0, WORTH_TELLING_MS))
    told.put("display.report", report(1))
    told.put("display.report", report(2))
    eventually(lambda: not told._waiting)
    told.stop()
    assert line.told == []


def test_the_line_of_reports_is_bounded() -> None:
    told = Reporter(Line().ask, lambda: 0)
    for seq in range(1, REPORTS_MOST + 11):
        told.put("display.report", report(seq))
    assert len(told._waiting) == REPORTS_MOST
