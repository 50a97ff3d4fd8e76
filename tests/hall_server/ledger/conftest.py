"""A small ledger as the hall would export it, and `hall-verify` loaded to be asked about it."""

import importlib.machinery
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from hall_server.ledger import canonical
from hall_server.ledger.checkpoint import Checkpoint, sign_checkpoint
from hall_server.ledger.export import Entry, write_export
from hall_server.ledger.merkle import Frontier, leaf_hash
from hall_server.ledger.note import Ed25519Signer

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
