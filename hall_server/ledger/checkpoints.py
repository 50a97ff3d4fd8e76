"""Checkpoints in their time, and copies of the newest kept as files: this machine as a witness.

A checkpoint is signed every minute in which something happened, every thousand events, and at
once after the close of day. Each is also written as a file into the given folders. Whoever puts
back yesterday's database finds today's checkpoint there at the next start; a folder outside the
hall's data also sees through the whole data folder being put back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from hall_server.contract.witness import Witness
from hall_server.database import Database, Transaction
from hall_server.ledger.note import NoteError
from hall_server.ledger.reading import newest_checkpoint, read_head
from hall_server.ledger.service import Ledger

EVERY_MS = 60_000
EVERY_EVENTS = 1_000

log = logging.getLogger(__name__)


class Checkpoints:
    """Signs when it is time; one per server process."""

    def __init__(self, database: Database, ledger: Ledger, folders: Sequence[Path] = ()) -> None:
        """``folders`` keep copies of the newest."""
        self._database = database
        self._ledger = ledger
        self._witnesses = [Witness(folder) for folder in folders]

    def compare(self) -> None:
        """At the start: hold the kept copies, and the newest of the tables, against the ledger."""
        name = self._ledger.name
        notes = [note for witness in self._witnesses for note in witness.kept(name)]

        def job(tx: Transaction) -> None:
            head = read_head(tx.connection)
            newest = head and newest_checkpoint(tx.connection, head.origin)
            for note in [newest.note, *notes] if newest else notes:
                if not self._ledger.in_doubt and self._contradicts(tx, note):
                    tx.record(self._ledger.contradiction())

        self._database.write(job)

    def tick(self) -> None:
        """Sign if it is time."""
        if self._is_time():
            self.sign()

    def sign(self) -> str:
        """Sign for all that is committed; gives the note, empty while the ledger is in doubt."""
        note = self._database.write(
            lambda tx: self._ledger.sign_checkpoint(tx.connection, tx.now_ms)
        )
        for witness in self._witnesses if note else ():
            try:
                witness.keep(note)
            except OSError as error:  # a witness less; the ledger itself is not touched by it
                log.warning("no copy of the checkpoint can be kept: %s", error)
        return note

    def _is_time(self) -> bool:
        with self._database.reading() as reading:
            head = read_head(reading.connection)
            if head is None or head.contradicted_by:
                return False
            newest = newest_checkpoint(reading.connection, head.origin)
            now_ms = reading.now_ms
        if newest is None:
            return head.size > 0
        more = head.size - newest.size
        due = self._ledger.checkpoint_due or now_ms - newest.at >= EVERY_MS
        return more >= EVERY_EVENTS or (more > 0 and due)

    def _contradicts(self, tx: Transaction, note: str) -> bool:
        try:
            return self._ledger.contradict(tx.connection, note)
        except NoteError as error:
            log.warning("a kept checkpoint is not ours: %s", error)
            return False
