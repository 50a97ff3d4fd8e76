"""What the kiosk has to do without letting anybody wait: reports to the hall, and work of its own.

One thread, one bounded list. A report that could not be delivered stays and is tried again with the
same request_id; of several reports about one thing only the newest matters.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from hall_server.contract.http_door import LinkDown
from hall_server.contract.link import Link
from hall_server.contract.messages.base import Accepted, Ask
from hall_server.contract.refusals import Refusal

A = TypeVar("A", bound=Ask)

log = logging.getLogger(__name__)
REPORTS_MAX = 200
RETRY_S = 2.0
STOP_S = 3.0


@dataclass(frozen=True, slots=True)
class _Report:
    name: str
    ask: Ask
    due_s: float
    then: Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class _Task:
    act: Callable[[], None]
    due_s: float


class Errands:
    """See the module."""

    def __init__(self, link: Link) -> None:
        """Reports go over ``link``."""
        self._link = link
        self._reports: OrderedDict[str, _Report] = OrderedDict()
        self._tasks: OrderedDict[str, _Task] = OrderedDict()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="errands", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present errand; what is left is not carried out."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(STOP_S)

    def report(
        self,
        about: str,
        name: str,
        ask: A,
        after_s: float = 0.0,
        then: Callable[[], None] | None = None,
        after: Callable[[A, A], A] | None = None,
    ) -> None:
        """Tell the hall, unless something newer about the same comes within ``after_s``.

        ``then`` is done when the hall has answered. ``after`` makes the report of an older one that
        was not delivered and the new one.
        """
        with self._changed:
            older = self._reports.pop(about, None)
            if older is not None and after is not None:
                ask = after(cast("A", older.ask), ask)
            self._reports[about] = _Report(name, ask, time.monotonic() + after_s, then)
            while len(self._reports) > REPORTS_MAX:
                dropped, _ = self._reports.popitem(last=False)
                log.warning("too many reports are waiting; %s is dropped", dropped)
            self._changed.notify_all()

    def do(self, what: str, act: Callable[[], None], after_s: float = 0.0) -> None:
        """Carry ``act`` out soon; of several with one name only the newest, once."""
        with self._changed:
            self._tasks[what] = _Task(act, time.monotonic() + after_s)
            self._changed.notify_all()

    def nudge(self) -> None:
        """The hall can be reached again: try what is left."""
        with self._changed:
            now_s = time.monotonic()
            for about, report in self._reports.items():
                if report.due_s - now_s <= RETRY_S:
                    self._reports[about] = replace(report, due_s=now_s)
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                # Not wait_for: something put meanwhile may be due sooner than what we wait for.
                patience_s = self._patience_s()
                if not self._stopping and patience_s != 0.0:
                    self._changed.wait(patience_s)
                if self._stopping:
                    return
                now_s = time.monotonic()
                names = [name for name, task in self._tasks.items() if task.due_s <= now_s]
                tasks = [self._tasks.pop(name) for name in names]
                due = [key for key, one in self._reports.items() if one.due_s <= now_s]
            for task in tasks:
                task.act()
            for about in due:
                self._deliver(about)

    def _patience_s(self) -> float | None:
        """How long there is nothing to do; None for until something comes."""
        times_s = [report.due_s for report in self._reports.values()]
        times_s += [task.due_s for task in self._tasks.values()]
        return max(0.0, min(times_s) - time.monotonic()) if times_s else None

    def _deliver(self, about: str) -> None:
        with self._changed:
            report = self._reports.get(about)
        if report is None:
            return
        try:
            self._link.ask(report.name, report.ask, Accepted)
        except LinkDown:
            self._put_off(about, report)
            return
        except Refusal as refusal:
            log.warning("the hall refuses %s (%s): %s", report.name, about, refusal)
        with self._changed:
            is_newest = self._reports.get(about) is report
            if is_newest:
                del self._reports[about]
        if is_newest and report.then is not None:
            report.then()

    def _put_off(self, about: str, report: _Report) -> None:
        with self._changed:
            if self._reports.get(about) is report:
                self._reports[about] = replace(report, due_s=time.monotonic() + RETRY_S)
