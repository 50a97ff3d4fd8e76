"""What the floor has done goes to the hall: shown, spoken, faulty. One thread, in order, bounded.

A report keeps its ``request_id`` until the hall has answered, so that a repeat after a broken line
is not recorded twice. A report that cannot be delivered for ten minutes is worth nothing any more.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from hall_server.contract.http_door import LinkDown
from hall_server.contract.messages.base import Ask
from hall_server.contract.refusals import Refusal

REPORTS_MOST = 256
WORTH_TELLING_MS = 600_000
RETRY_S = 2.0
LAST_WORDS_S = 1.0
STOP_S = 3.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """One message and until when it is worth sending."""

    name: str
    message: Ask
    until_ms: int


class Reporter:
    """See the module. ``put`` never waits; the oldest report gives way when there are too many."""

    def __init__(
        self,
        ask: Callable[[str, Ask], None],
        steady_ms: Callable[[], int],
        *,
        retry_s: float = RETRY_S,
    ) -> None:
        self._ask = ask
        self._retry_s = retry_s
        self._steady_ms = steady_ms
        self._waiting: deque[Report] = deque(maxlen=REPORTS_MOST)
        self._changed = threading.Condition()
        self._stopping = False
        self._idle = True
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Give what is waiting a last chance, then end; the rest is lost with the process."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle and not self._waiting, LAST_WORDS_S)
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(STOP_S)

    def put(self, name: str, message: Ask) -> None:
        """Tell the hall when it can be told."""
        with self._changed:
            self._waiting.append(Report(name, message, self._steady_ms() + WORTH_TELLING_MS))
            self._changed.notify_all()

    def _run(self) -> None:
        while (report := self._next()) is not None:
            if not self._delivered(report):
                self._keep(report)

    def _next(self) -> Report | None:
        with self._changed:
            self._idle = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._stopping or bool(self._waiting))
            self._idle = False
            return None if self._stopping else self._waiting.popleft()

    def _delivered(self, report: Report) -> bool:
        """Whether nothing more is to be done for it."""
        if self._steady_ms() >= report.until_ms:
            log.warning("%s was never told: the hall was away too long", report.name)
            return True
        try:
            self._ask(report.name, report.message)
        except LinkDown:
            return False
        except Refusal as refusal:
            log.warning("the hall refuses %s: %s", report.name, refusal)
        return True

    def _keep(self, report: Report) -> None:
        """Back to the head of the line, unless newer ones have filled it."""
        with self._changed:
            if len(self._waiting) < REPORTS_MOST:
                self._waiting.appendleft(report)
            self._changed.wait_for(lambda: self._stopping, self._retry_s)
