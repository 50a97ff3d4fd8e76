"""One device's own thread: connect, do what is asked, check now and then, reconnect with patience.

The thread belongs to the device, so a printer that hangs keeps nobody waiting but its own queue.
What differs between kinds stands in two parts the lane is given: a worker, which speaks to the
device and raises `DeviceFault` when it cannot, and an inbox, which decides what waits (a printer's
jobs in order, a sign's latest text). A bug in either is not swallowed: it ends the thread, the
device is shown as faulty, and the trace goes to the log.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from drivers.errors import DeviceFault
from drivers.health import Backoff, Finding, HealthRecord
from drivers.orders import DeviceCode, DeviceEvent, DeviceStatus, HealthChanged

_STEADY_AFTER_S = 60.0  # a link that held this long starts its patience anew
_EARLIEST_RETRY_S = 0.5  # new work may cut a wait short, but not hammer a dead port
_STOP_WITHIN_S = 3.0

Work = TypeVar("Work")
Taken_co = TypeVar("Taken_co", covariant=True)
Given_contra = TypeVar("Given_contra", contravariant=True)


class Worker(Protocol[Given_contra]):
    check_every_s: float

    def open(self) -> Finding: ...
    def perform(self, work: Given_contra) -> Finding | None: ...
    def check(self) -> Finding: ...
    def close(self) -> None: ...


class Inbox(Protocol[Taken_co]):
    def take(self, timeout_s: float) -> Taken_co | None: ...
    def wait_for_news(self, timeout_s: float) -> bool: ...
    def expire(self, now_ms: int, reason: DeviceCode) -> None: ...
    def link_opened(self) -> None: ...
    def close(self) -> None: ...


class Lane(Generic[Work]):
    def __init__(
        self,
        record: HealthRecord,
        worker: Worker[Work],
        inbox: Inbox[Work],
        report: Callable[[DeviceEvent], None],
        now_ms: Callable[[], int],
    ) -> None:
        self._record = record
        self._worker = worker
        self._inbox = inbox
        self._report = report
        self._now_ms = now_ms
        self._backoff = Backoff(random.random)
        self._stopping = threading.Event()
        name = f"device {record.status.device_id}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._links = 0
        self.jobs = 0
        """How many were taken up, whatever became of them."""

    def status(self) -> DeviceStatus:
        return self._record.status

    @property
    def reconnects(self) -> int:
        return max(0, self._links - 1)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._inbox.close()

    def join(self) -> None:
        if self._thread.is_alive():
            self._thread.join(_STOP_WITHIN_S)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._connect():
                    self._serve()
        finally:
            self._worker.close()
            self._inbox.close()
            if not self._stopping.is_set():
                codes = frozenset({DeviceCode.STOPPED})
                self._found(Finding(answered=True, codes=codes, certain=True))

    def _connect(self) -> bool:
        try:
            finding = self._worker.open()
        except DeviceFault as fault:
            self._lost(fault)
            self._wait_for_retry()
            return False
        self._links += 1
        self._inbox.link_opened()
        self._found(finding)
        return True

    def _serve(self) -> None:
        opened = time.monotonic()
        try:
            self._work_until_stopped()
        except DeviceFault as fault:
            self._worker.close()
            self._lost(fault)
            if time.monotonic() - opened >= _STEADY_AFTER_S:
                self._backoff.reset()
            self._wait_for_retry()

    def _work_until_stopped(self) -> None:
        next_check = time.monotonic() + self._worker.check_every_s
        while not self._stopping.is_set():
            work = self._inbox.take(max(0.0, next_check - time.monotonic()))
            if work is not None:
                self.jobs += 1
                finding = self._worker.perform(work)
                if finding is not None:
                    self._found(finding)
            if time.monotonic() >= next_check and not self._stopping.is_set():
                self._found(self._worker.check())
                next_check = time.monotonic() + self._worker.check_every_s

    def _wait_for_retry(self) -> None:
        failed_at = time.monotonic()
        until = failed_at + self._backoff.next_s()
        while not self._stopping.is_set() and (left_s := until - time.monotonic()) > 0:
            if self._inbox.wait_for_news(min(left_s, 0.5)):
                until = min(until, failed_at + _EARLIEST_RETRY_S)
            self._inbox.expire(self._now_ms(), DeviceCode.OFFLINE)

    def _lost(self, fault: DeviceFault) -> None:
        codes = frozenset({DeviceCode.OFFLINE})
        self._found(Finding(answered=False, codes=codes, certain=True, detail=str(fault)))

    def _found(self, finding: Finding) -> None:
        now_ms = self._now_ms()
        changed = self._record.add(finding, now_ms)
        if changed is not None:
            self._report(HealthChanged(changed, now_ms))
