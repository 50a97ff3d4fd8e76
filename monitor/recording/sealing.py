"""Tells the hall's ledger how the archive stands, so that no recorded file changes or goes unseen.

The recorder knows no hall; it leaves the head of its chain of files in the index every ten minutes,
and every hour an account of what it has deleted. Until the hall has answered, the same ask is
repeated.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from hall_server.contract.link import Link, LinkDown
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.exports import RecordingForget
from hall_server.contract.messages.stations import RecordingSeal
from hall_server.contract.refusals import Refusal
from monitor.recording.forgetting import Forgotten
from monitor.recording.index.archive_index import ArchiveIndex, IndexFault, Seal
from monitor.recording.index.leaving import forgotten_told, forgotten_untold

LOOK_EVERY_S = 5.0
INDEX = "index.db"

log = logging.getLogger(__name__)


def ask_of(seal: Seal) -> RecordingSeal:
    """The ask for one seal, the same each time it is repeated."""
    return RecordingSeal(
        request_id=f"seal-{seal.chain[:48]}",
        place=seal.place,
        chain=seal.chain,
        made_at=seal.made_at_ms,
    )


def account_of(told: Forgotten) -> RecordingForget:
    """The ask for one account, the same each time it is repeated."""
    return RecordingForget(
        request_id=f"forgot-{told.id}-{told.digest[:40]}",
        camera_id=told.camera,
        day=told.day,
        cause=told.cause,
        begins_at=told.t0_ms,
        ends_at=told.t1_ms,
        files=told.files,
        bytes=told.bytes,
        first_place=told.first_place,
        last_place=told.last_place,
        sha256=told.digest,
        left=told.left_over,
    )


class Sealing:
    """A thread that tells the ledger what the index holds for it. ``start`` and ``stop`` once."""

    def __init__(self, data: Path, link: Link, now_ms: Callable[[], int]) -> None:
        """The index in ``data`` comes with the first recorder, or never."""
        self._file, self._link, self._now_ms = data / INDEX, link, now_ms
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sealing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what has not been told is told next time."""
        self._stopping.set()
        self._thread.join(LOOK_EVERY_S)

    def _work(self) -> None:
        index: ArchiveIndex | None = None
        while not self._stopping.wait(LOOK_EVERY_S):
            if index is None and self._file.is_file():
                index = ArchiveIndex(self._file)
            if index is not None:
                self._tell(index)
        if index is not None:
            index.close()

    def _tell(self, index: ArchiveIndex) -> None:
        try:
            for seal in index.seals_untold():
                self._link.ask("recording.seal", ask_of(seal), Accepted)
                index.seal_told(seal.place, self._now_ms())
            for account in forgotten_untold(index):
                self._link.ask("recording.forget", account_of(account), Accepted)
                forgotten_told(index, account.id, self._now_ms())
        except LinkDown as down:
            log.debug("seal not told: %s", down)
        except (Refusal, IndexFault) as error:
            log.warning("seal not told: %s", error)
