"""A small ledger as the hall would export it, `hall-verify` loaded, and a ledger on a database."""

import importlib.machinery
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from config.facts import HallFacts
from config.load import load_profile
from hall_server.clock import ManualClock
from hall_server.database import Database, metadata
from hall_server.ledger import canonical
from hall_server.ledger.checkpoint import (
    Checkpoint,
    sign_checkpoint,
)
from hall_server.ledger.checkpoints import Checkpoints
from hall_server.ledger.export import Entry, write_export
from hall_server.ledger.keys import signer_of
from hall_server.ledger.merkle import Frontier, leaf_hash
from hall_server.ledger.note import Ed25519Signer
from hall_server.ledger.service import Ledger
from tests.hall_server.ledger.book import Book, MakeBook

NAME = "hall.example/double"
DAY_MS = 86_400_000
MORNING = 1_795_395_600_000
"""2026-11-23, nine o'clock in China."""


@dataclass(frozen=True)
class SmallLedger:
    """Events, and the signed checkpoints at some sizes."""

    entries: tuple[Entry, ...]
    notes: dict[int, str]

    def export(self, folder: Path, vkey: str, first: int = 1) -> Path:
        edge = Frontier()
        edge.extend([entry.leaf for entry in self.entries[: first - 1]])
        notes = [note for size, note in sorted(self.notes.items()) if size >= first - 1]
        before = edge.to_bytes() if first > 1 else b""
        write_export(folder, self.entries[first - 1 :], notes, vkey, before)
        return folder


def make_ledger(
    signer: Ed25519Signer, count: int, sizes: tuple[int, ...], per_day: int = 5, words: str = "取号"
) -> SmallLedger:
    edge = Frontier()
    entries: list[Entry] = []
    notes = {}
    for seq in range(1, count + 1):
        at = MORNING + (seq - 1) // per_day * DAY_MS + seq
        body = canonical.encode({"at": at, "seq": seq, "type": "ticket.taken", "words": words})
        entries.append(Entry(seq, at, body, leaf_hash(body)))
        edge.extend([entries[-1].leaf])
        if seq in sizes:
            checkpoint = Checkpoint(signer.name, seq, edge.root())
            notes[seq] = sign_checkpoint(checkpoint, [signer])
    return SmallLedger(tuple(entries), notes)


@pytest.fixture(scope="session")
def signer() -> Ed25519Signer:
    return Ed25519Signer(NAME, bytes(range(32)))


@pytest.fixture(scope="session")
def small_ledger(signer: Ed25519Signer) -> SmallLedger:
    return make_ledger(signer, 13, (4, 9, 13))


@pytest.fixture
def export(small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path) -> Path:
    return small_ledger.export(tmp_path / "export", signer.vkey)


@pytest.fixture(scope="session")
def hall_verify() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "hall-verify"
    loader = importlib.machinery.SourceFileLoader("hall_verify", str(path))
    spec = importlib.util.spec_from_loader("hall_verify", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def facts() -> HallFacts:
    return load_profile("shuangjiang")


@pytest.fixture
def open_book(tmp_path: Path, facts: HallFacts) -> Iterator[MakeBook]:
    """Open ledgers; the same folder may be opened again, as after a restart."""
    opened: list[Book] = []

    def open_one(data: Path | None = None, url: str = "") -> Book:
        data = data or tmp_path / "data"
        data.mkdir(exist_ok=True)
        clock = ManualClock(MORNING)
        ledger = Ledger(signer_of(data))
        url = url or f"sqlite:///{data / 'hall.db'}"
        database = Database(
            url,
            clock=clock,
            recorder=ledger,
            facts=lambda _connection: (1, facts),
        )
        metadata.create_all(database.engine)
        database.start()
        witnesses = (data / "witness", data.with_name(f"{data.name}-witness"))
        book = Book(database, ledger, clock, Checkpoints(database, ledger, witnesses), data, url)
        opened.append(book)
        book.checkpoints.compare()
        return book

    yield open_one
    for book in opened:
        book.database.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def book(request: pytest.FixtureRequest, open_book: MakeBook) -> Book:
    if request.param == "sqlite":
        return open_book()
    url: str = request.getfixturevalue("postgres_url")
    return open_book(url=url)
