"""A device that is not there, for a hall that has none of its kind: it claims nothing."""

from collections.abc import Callable

from drivers.health import HealthRecord
from drivers.jobs import JobHandle
from drivers.orders import (
    DeviceConfig,
    DeviceStatus,
    JobState,
    PrintJob,
    PrintResult,
    ShowText,
)
from drivers.transport import TapEntry


class NullDevice:
    def __init__(self, config: DeviceConfig, now_ms: Callable[[], int]) -> None:
        self._record = HealthRecord(config.id, config.kind, now_ms(), disabled=True)

    def submit(self, job: PrintJob) -> JobHandle:
        handle = JobHandle(job.job_id, _tell_nobody)
        handle.finish(PrintResult(JobState.SENT))
        return handle

    def show(self, order: ShowText) -> None:
        """Nothing lights up, and nobody is told that it did."""

    def status(self) -> DeviceStatus:
        return self._record.status

    def trace(self) -> tuple[TapEntry, ...]:
        return ()

    def start(self) -> None: ...
    def ask_to_stop(self) -> None: ...
    def join(self) -> None: ...


def _tell_nobody(job_id: str, result: PrintResult) -> None: ...
