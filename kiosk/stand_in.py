"""One paper on its way, and whether another printer takes it over. No printer is touched here.

A printer may have a stand-in (`options.stand_in_for` of the other one). A paper goes on to it only
when the first has given the job up for good, so that never both hold it: what failed without a byte
on the line is simply printed there; what may have come out of the first already is marked 补打.
A printer that only said nothing keeps its paper `uncertain`: the citizen is asked, not a machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.jobs import JobHandle
from drivers.orders import Align, DeviceCode, JobState, PaperLine, PrintResult, TextLine

Layout = Callable[[int], tuple[PaperLine, ...]]
"""The paper's lines for a printer of so many columns."""
_OF_THE_PAPER = frozenset({DeviceCode.UNPRINTABLE, DeviceCode.STOPPED})
"""No other printer can help."""
_LINK_BROKE = frozenset({DeviceCode.OFFLINE, DeviceCode.LINK_LOST})
_MAY_BE_OUT = TextLine(
    "补打（前一张可能已出）Reprint: one may be out already", align=Align.CENTRE, bold=True
)


@dataclass(slots=True)
class Paper:
    """See the module."""

    job_id: str
    layout: Layout
    expires_at_ms: int
    device_id: str = ""
    """Which printer has it now."""
    _handle: JobHandle | None = None
    _has_left: bool = False
    _moved: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lines(self, columns: int) -> tuple[PaperLine, ...]:
        """What is to be printed there now."""
        lines = self.layout(columns)
        return (_MAY_BE_OUT, *lines) if self._has_left else lines

    def given_to(self, device_id: str) -> None:
        """From now on only this printer's word counts."""
        with self._lock:
            self._moved = self.device_id != ""
            self.device_id, self._handle = device_id, None

    def held_by(self, device_id: str, handle: JobHandle) -> None:
        """The printer's handle, unless the paper has gone on in the meantime."""
        with self._lock:
            if self.device_id == device_id:
                self._handle = handle

    def goes_on(self, result: PrintResult) -> bool:
        """Its printer said this: whether a stand-in should take it over, once."""
        if result.state in {JobState.SENDING, JobState.SENT}:
            self._has_left = True
        if self._moved:
            return False
        match result:
            case PrintResult(JobState.FAILED, reason):
                return reason not in _OF_THE_PAPER
            case PrintResult(JobState.UNCERTAIN, reason):
                return reason in _LINK_BROKE
        return False

    def wait(self, timeout_s: float) -> PrintResult:
        """The last word, whichever printer says it, or how far it is when the time is over."""
        deadline = time.monotonic() + timeout_s
        while True:
            with self._lock:
                handle = self._handle
            if handle is None:
                return PrintResult(JobState.QUEUED)
            result = handle.wait(max(0.0, deadline - time.monotonic()))
            with self._lock:
                if handle is self._handle or time.monotonic() >= deadline:
                    return result
