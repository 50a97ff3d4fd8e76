"""Print jobs on their way: the handle a station keeps, and the queue in front of a printer.

First come, first printed; a job that waited past its time to live fails instead of coming out when
the citizen has long left. A `job_id` seen before gets its first handle back and prints nothing.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from drivers.orders import DeviceCode, JobState, PrintJob, PrintResult

_QUEUED_JOBS = 32
_REMEMBERED_JOBS = 500


class JobHandle:
    """What became of one job, for the station that gave it."""

    def __init__(self, job_id: str, on_change: Callable[[str, PrintResult], None]) -> None:
        self.job_id = job_id
        self._on_change = on_change
        self._result = PrintResult(JobState.QUEUED)
        self._finished = threading.Event()

    @property
    def result(self) -> PrintResult:
        return self._result

    def wait(self, timeout_s: float) -> PrintResult:
        """The last word about the job, or how far it is when the time is over."""
        self._finished.wait(timeout_s)
        return self._result

    def advance(self, state: JobState) -> None:
        self._set(PrintResult(state))

    def finish(self, result: PrintResult) -> None:
        self._set(result)
        self._finished.set()

    def _set(self, result: PrintResult) -> None:
        if self._finished.is_set() or result == self._result:
            return
        self._result = result
        self._on_change(self.job_id, result)


@dataclass(frozen=True, slots=True)
class PrintTask:
    job: PrintJob
    handle: JobHandle
    is_test: bool = False
    """Sent as the printer's own font has to print it, and told to nobody but who waits for it."""

    def fail(self, reason: DeviceCode) -> None:
        self.handle.finish(PrintResult(JobState.FAILED, reason))


class PrintQueue:
    """Bounded, first in first out; forgets nothing without saying so to the handle."""

    def __init__(self, on_change: Callable[[str, PrintResult], None]) -> None:
        self._on_change = on_change
        self._tasks: deque[PrintTask] = deque()
        self._known: OrderedDict[str, JobHandle] = OrderedDict()
        self._changed = threading.Condition()
        self._news = False
        self._closed = False

    def put(self, job: PrintJob, *, is_test: bool = False) -> JobHandle:
        with self._changed:
            known = self._known.get(job.job_id)
            if known is not None:
                return known
            told = _tell_nobody if is_test else self._on_change
            task = PrintTask(job, JobHandle(job.job_id, told), is_test)
            refusal = self._refusal()
            if refusal is None:
                self._remember(task.handle)
                self._tasks.append(task)
                self._news = True
                self._changed.notify_all()
        if refusal is not None:
            task.fail(refusal)
        return task.handle

    def take(self, timeout_s: float) -> PrintTask | None:
        with self._changed:
            self._changed.wait_for(lambda: self._tasks or self._closed, timeout_s)
            self._news = False
            return self._tasks.popleft() if self._tasks else None

    def wait_for_news(self, timeout_s: float) -> bool:
        """True when something was put since the last look."""
        with self._changed:
            self._changed.wait_for(lambda: self._news or self._closed, timeout_s)
            news, self._news = self._news, False
            return news

    def expire(self, now_ms: int, reason: DeviceCode) -> None:
        """Fail what waited too long while the printer could not be reached."""
        with self._changed:
            late = [task for task in self._tasks if task.job.expires_at_ms <= now_ms]
            self._tasks = deque(task for task in self._tasks if task.job.expires_at_ms > now_ms)
        for task in late:
            task.fail(reason)

    def link_opened(self) -> None:
        """A printer that comes back prints what still waits, and nothing twice."""

    def close(self) -> None:
        with self._changed:
            self._closed = True
            rest, self._tasks = list(self._tasks), deque()
            self._changed.notify_all()
        for task in rest:
            task.fail(DeviceCode.STOPPED)

    def _refusal(self) -> DeviceCode | None:
        if self._closed:
            return DeviceCode.STOPPED
        return DeviceCode.QUEUE_FULL if len(self._tasks) >= _QUEUED_JOBS else None

    def _remember(self, handle: JobHandle) -> None:
        self._known[handle.job_id] = handle
        while len(self._known) > _REMEMBERED_JOBS:
            self._known.popitem(last=False)


def _tell_nobody(job_id: str, result: PrintResult) -> None: ...
