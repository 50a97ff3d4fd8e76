"""A device's thread: patience, recovery, and a bug that is shown rather than swallowed."""

import time
from collections.abc import Callable

import pytest

from drivers.errors import LinkFault
from drivers.health import Finding, HealthRecord
from drivers.jobs import PrintQueue, PrintTask
from drivers.lane import Lane
from drivers.orders import (
    DeviceCode,
    DeviceEvent,
    DeviceHealth,
    HealthChanged,
    JobState,
    PrintJob,
    PrintResult,
)


class ScriptedWorker:
    """Does what the test says, and notes when it was asked."""

    check_every_s = 0.05

    def __init__(self) -> None:
        self.openings: list[float] = []
        self.refuses_to_open = False
        self.on_perform: Callable[[PrintTask], Finding | None] = self._print
        self.on_check: Callable[[], Finding] = lambda: Finding(answered=True)
        self.closed = 0

    def open(self) -> Finding:
        self.openings.append(time.monotonic())
        if self.refuses_to_open:
            raise LinkFault("nobody there")
        return Finding(answered=True)

    def perform(self, work: PrintTask) -> Finding | None:
        return self.on_perform(work)

    def check(self) -> Finding:
        return self.on_check()

    def close(self) -> None:
        self.closed += 1

    @staticmethod
    def _print(work: PrintTask) -> None:
        work.handle.finish(PrintResult(JobState.CONFIRMED))


class Setting:
    def __init__(self) -> None:
        self.worker = ScriptedWorker()
        self.events: list[DeviceEvent] = []
        self.queue = PrintQueue(lambda _job_id, _result: None)
        record = HealthRecord("p", "escpos", 0)
        self.lane = Lane(record, self.worker, self.queue, self.events.append, lambda: 1)

    def healths(self) -> list[DeviceHealth]:
        return [event.status.health for event in self.events if isinstance(event, HealthChanged)]

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.005)

    def stop(self) -> None:
        self.lane.ask_to_stop()
        self.lane.join()


@pytest.fixture
def setting() -> Setting:
    return Setting()


def job(name: str, expires_at_ms: int = 1000) -> PrintJob:
    return PrintJob(name, (), expires_at_ms)


def test_work_is_done_and_checks_go_on(setting: Setting) -> None:
    checked: list[float] = []

    def check() -> Finding:
        checked.append(time.monotonic())
        return Finding(answered=True)

    setting.worker.on_check = check
    setting.lane.start()
    assert setting.queue.put(job("a")).wait(2).state is JobState.CONFIRMED
    setting.until(lambda: len(checked) >= 3)
    assert checked[1] - checked[0] >= 0.04
    setting.stop()
    assert setting.worker.closed >= 1
    assert setting.healths() == [DeviceHealth.OK]


def test_tries_again_later_and_later(setting: Setting) -> None:
    setting.worker.refuses_to_open = True
    setting.lane.start()
    setting.until(lambda: len(setting.worker.openings) == 3)
    first, second, third = setting.worker.openings
    assert 0.4 <= second - first <= 2
    assert 0.8 <= third - second <= 4
    assert setting.healths() == [DeviceHealth.OFFLINE]
    setting.stop()


def test_new_work_cuts_a_long_wait_short(setting: Setting) -> None:
    setting.worker.refuses_to_open = True
    setting.lane.start()
    setting.until(lambda: len(setting.worker.openings) == 4)
    time.sleep(0.6)  # the wait is now about four seconds, and its earliest end has passed
    setting.worker.refuses_to_open = False
    asked = time.monotonic()
    assert setting.queue.put(job("a")).wait(5).state is JobState.CONFIRMED
    assert time.monotonic() - asked < 2
    setting.stop()


def test_a_link_that_breaks_is_opened_again(setting: Setting) -> None:
    def breaks() -> Finding:
        setting.worker.on_check = lambda: Finding(answered=True)
        raise LinkFault("gone")

    setting.worker.on_check = breaks
    setting.lane.start()
    setting.until(lambda: len(setting.worker.openings) == 2)
    setting.until(lambda: setting.healths()[-1] is DeviceHealth.OK)
    assert setting.healths() == [DeviceHealth.OK, DeviceHealth.OFFLINE, DeviceHealth.OK]
    setting.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_the_thread_and_is_shown(setting: Setting) -> None:
    """The trace goes where unhandled exceptions of threads go; nobody is left waiting."""

    def stumbles(work: PrintTask) -> Finding | None:
        raise ZeroDivisionError

    setting.worker.on_perform = stumbles
    setting.lane.start()
    setting.until(lambda: setting.healths() == [DeviceHealth.OK])
    setting.queue.put(job("a"))
    setting.until(lambda: setting.lane.status().health is DeviceHealth.FAULT)
    assert setting.lane.status().codes == {DeviceCode.STOPPED}
    late = setting.queue.put(job("b"))
    assert late.wait(1) == PrintResult(JobState.FAILED, DeviceCode.STOPPED)
    setting.stop()
