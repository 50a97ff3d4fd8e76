"""Findings on their way to the hall: kept on disk until it has answered, at least once.

A report's request id is made of its key, so a repeat gets the first answer. What the hall refuses
(a muted rule, a window it does not know) is dropped with a line in the log; the pictures stay.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from hall_server.contract.link import LinkDown
from hall_server.contract.messages.supervision import Evidence, FindingReport
from hall_server.contract.refusals import Refusal

log = logging.getLogger(__name__)
KEPT_MOST = 1_000
SHORTAGE = 503
"""The hall cannot now; the same report may well succeed later."""


class Outbox:
    """A folder of reports that the hall has not answered yet."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when there is something to keep."""
        self._folder = folder

    def put(self, key: str, evidence: Evidence) -> None:
        """Keep a report, durable at once; with too many the oldest goes, loudly."""
        self._folder.mkdir(parents=True, exist_ok=True)
        waiting = self.waiting()
        for path in waiting[: max(0, len(waiting) + 1 - KEPT_MOST)]:
            log.error("the outbox is full; finding %s was never reported", path.stem)
            path.unlink(missing_ok=True)
        request_id = hashlib.sha256(key.encode()).hexdigest()[:32]
        report = FindingReport(request_id=request_id, key=key, evidence=evidence)
        path = self._folder / f"{key}.json"
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(report))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def waiting(self) -> list[Path]:
        """Oldest first."""
        return sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)

    def deliver(self, ask: Callable[[FindingReport], object]) -> int:
        """Report what waits, in order, until the line breaks; how many the hall has answered."""
        answered = 0
        for path in self.waiting():
            report = msgspec.json.decode(path.read_bytes(), type=FindingReport)
            try:
                ask(report)
            except LinkDown:
                return answered
            except Refusal as refusal:
                if refusal.status == SHORTAGE:
                    return answered
                log.warning("finding %s was refused: %s", report.key, refusal)
            path.unlink(missing_ok=True)
            answered += 1
        return answered
