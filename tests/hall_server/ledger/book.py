"""A ledger on a database and nothing else of the hall, for the tests of this part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from hall_server.clock import ManualClock
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Answer, Ask, Event, Read
from hall_server.contract.messages.queueing import DayOpened
from hall_server.database import Database, Transaction
from hall_server.ledger import door
from hall_server.ledger.__main__ import export_ledger
from hall_server.ledger.checkpoints import Checkpoints
from hall_server.ledger.reading import (
    head_of,
    newest_checkpoint,
    read_head,
)
from hall_server.ledger.service import Ledger

MakeBook = Callable[..., "Book"]


@dataclass(frozen=True)
class Somebody:
    """An asker, as far as the ledger looks at one."""

    roles: frozenset[Role]


PUBLIC = Somebody(frozenset({Role.PUBLIC}))
AUDITOR = Somebody(frozenset({Role.AUDITOR}))


@dataclass
class Book:
    """A ledger on a database, and nothing else of the hall."""

    database: Database
    ledger: Ledger
    clock: ManualClock
    checkpoints: Checkpoints
    data: Path
    url: str

    @contextmanager
    def hand(self) -> Iterator[Connection]:
        """Somebody at the database behind the hall's back."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def record(self, *events: Event, actor: str = "staff:li") -> list[Event]:
        def job(tx: Transaction) -> list[Event]:
            tx.actor = actor
            return [tx.record(event) for event in events]

        return self.database.write(job)

    def fill(self, count: int) -> None:
        self.record(*(DayOpened(day="2026-11-23") for _ in range(count)))

    def ask(self, name: str, ask: Ask, asker: Somebody = PUBLIC) -> Answer:
        def job(tx: Transaction) -> Answer:
            tx.actor = "staff:admin"
            answer: Answer = door.ASKS[name](tx, asker, ask)
            return answer

        return self.database.write(job)

    def read(self, name: str, read: Read, asker: Somebody = PUBLIC) -> Answer:
        with self.database.reading() as reading:
            answer: Answer = door.READS[name](reading, asker, read)
            return answer

    def export(self, folder: Path, after: int = 0) -> tuple[int, int]:
        with self.database.reading() as reading:
            return export_ledger(reading.connection, folder, after)

    def size(self) -> int:
        with self.database.reading() as reading:
            return head_of(reading.connection)

    def newest_note(self) -> str:
        with self.database.reading() as reading:
            head = read_head(reading.connection)
            assert head is not None
            newest = newest_checkpoint(reading.connection, head.origin)
            return newest.note if newest else ""


def verify(hall_verify: ModuleType, folder: Path, *arguments: object) -> int:
    code: int = hall_verify.main(["export", str(folder), *map(str, arguments)])
    return code
