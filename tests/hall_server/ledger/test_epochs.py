"""A data folder put back from yesterday: refused until a person answers for it (fault 23)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from sqlalchemy import update

from hall_server.contract.messages import ledger as messages
from hall_server.contract.messages.access import AccountSignedOut
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.ledger import ClockJumped
from hall_server.contract.messages.queueing import DayOpened
from hall_server.contract.refusals import Refusal
from hall_server.ledger.checkpoint import (
    Checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from hall_server.ledger.checkpoints import EVERY_MS
from hall_server.ledger.merkle import leaf_hash
from hall_server.ledger.note import Ed25519Signer
from hall_server.ledger.reading import (
    bodies_after,
)
from hall_server.ledger.tables import ledger_entry
from tests.hall_server.ledger.book import Book, MakeBook, verify

# ------------------------------------------------------------- a data folder put back (fault 23)


def back_up(book: Book, copy: Path) -> None:
    """What a backup holds: the database and the key, not the witnesses."""
    copy.mkdir()
    shutil.copytree(book.data / "keys", copy / "keys")
    source, target = sqlite3.connect(book.data / "hall.db"), sqlite3.connect(copy / "hall.db")
    source.backup(target)
    source.close()
    target.close()


def refused_code(book: Book, events: Sequence[Event], actor: str = "station:kiosk-1") -> str:
    with pytest.raises(Refusal) as refused:
        book.record(*events, actor=actor)
    return refused.value.code


@pytest.fixture
def restored(open_book: MakeBook, tmp_path: Path) -> tuple[Book, str]:
    """Yesterday's copy, opened beside the witnesses; and the checkpoint of the lost day."""
    today = open_book()
    today.fill(10)
    today.checkpoints.sign()
    back_up(today, tmp_path / "copy")
    today.fill(5)
    lost = today.checkpoints.sign()
    today.database.stop()
    shutil.rmtree(today.data)
    shutil.copytree(tmp_path / "copy", today.data)
    return open_book(), lost


def test_yesterday_put_back_issues_nothing(restored: tuple[Book, str]) -> None:
    book, lost = restored
    assert book.ledger.in_doubt
    assert refused_code(book, [DayOpened(day="2026-11-24")]) == "ledger_shorter"
    assert book.record(AccountSignedOut(account="admin"))[0].seq == 12
    assert book.record(ClockJumped(by_ms=1), actor="hall")[0].seq == 13
    with book.database.reading() as reading:
        told = msgspec.json.decode(bodies_after(reading.connection, 10, 1)[0][1])
    assert told["type"] == "ledger.contradicted"
    assert (told["seen_size"], told["own_size"], told["checkpoint"]) == (15, 10, lost)


def test_doubt_survives_restarts_and_growing_past(
    restored: tuple[Book, str], open_book: MakeBook
) -> None:
    book, _ = restored
    for _ in range(8):
        book.record(AccountSignedOut(account="admin"))
    assert book.size() > 15
    book.clock.advance(EVERY_MS)
    book.checkpoints.tick()
    assert book.checkpoints.sign() == ""
    assert read_checkpoint(book.newest_note()).size == 10
    book.database.stop()
    again = open_book()
    assert again.ledger.in_doubt
    assert refused_code(again, [DayOpened(day="2026-11-24")]) == "ledger_shorter"


def test_a_person_answers_for_going_on(
    restored: tuple[Book, str], open_book: MakeBook, hall_verify: ModuleType, tmp_path: Path
) -> None:
    book, lost = restored
    first_key = book.ledger.signer.vkey
    ask = messages.EpochBegin(request_id="request-1", reason="硬盘损坏，恢复昨日备份")
    book.ask("ledger.begin_epoch", ask)
    assert book.record(DayOpened(day="2026-11-24"))[0].seq == 13
    assert not book.ledger.in_doubt
    with pytest.raises(Refusal) as refused:
        book.ask("ledger.begin_epoch", ask)
    assert refused.value.code == "epoch_needless"
    book.checkpoints.tick()
    checkpoint = read_checkpoint(book.newest_note())
    assert checkpoint.origin == f"{book.ledger.name}/2"
    second_key = book.ledger.signer.vkey
    assert second_key != first_key
    with book.database.reading() as reading:
        told = msgspec.json.decode(bodies_after(reading.connection, 11, 1)[0][1])
    assert told["type"] == "ledger.epoch_begun"
    assert (told["seen_size"], told["verifier_key"]) == (15, second_key)
    assert told["actor"] == "staff:admin"
    book.export(tmp_path / "e")
    assert verify(hall_verify, tmp_path / "e", "--key", second_key) == 0
    assert verify(hall_verify, tmp_path / "e", "--key", first_key) == 2
    book.ask("ledger.witness", messages.LedgerWitness(request_id="request-2", note=lost))
    assert not book.ledger.in_doubt
    book.database.stop()
    again = open_book()
    assert not again.ledger.in_doubt
    assert again.ledger.signer.name == f"{book.ledger.name}/2"


def test_put_back_again_after_a_new_epoch(
    restored: tuple[Book, str], open_book: MakeBook, tmp_path: Path
) -> None:
    book, _ = restored
    ask = messages.EpochBegin(request_id="request-1", reason="恢复昨日备份")
    book.ask("ledger.begin_epoch", ask)
    book.checkpoints.sign()
    book.database.stop()
    shutil.rmtree(book.data)
    shutil.copytree(tmp_path / "copy", book.data)
    again = open_book()
    assert again.ledger.in_doubt
    again.ask("ledger.begin_epoch", ask)
    again.fill(1)
    assert again.ledger.signer.name == f"{again.ledger.name}/3"


def test_a_station_s_checkpoint_is_enough(open_book: MakeBook, tmp_path: Path) -> None:
    """Moved to a new machine from an old copy: no file of ours is left, but a kiosk remembers."""
    today = open_book()
    today.fill(10)
    back_up(today, tmp_path / "elsewhere")
    today.fill(5)
    lost = today.checkpoints.sign()
    book = open_book(tmp_path / "elsewhere")
    assert not book.ledger.in_doubt
    book.fill(2)
    book.ask("ledger.witness", messages.LedgerWitness(request_id="request-1", note=lost))
    assert refused_code(book, [DayOpened(day="2026-11-24")]) == "ledger_shorter"


def test_a_true_copy_goes_on_where_it_stopped(open_book: MakeBook, tmp_path: Path) -> None:
    today = open_book()
    today.fill(10)
    held = today.checkpoints.sign()
    back_up(today, tmp_path / "elsewhere")
    book = open_book(tmp_path / "elsewhere")
    book.ask("ledger.witness", messages.LedgerWitness(request_id="request-1", note=held))
    assert book.record(DayOpened(day="2026-11-24"))[0].seq == 11


def test_a_changed_past_is_told_by_a_kept_checkpoint(open_book: MakeBook) -> None:
    """Same length, other content: an insider rewrote a row and its hash."""
    book = open_book()
    book.fill(10)
    book.checkpoints.sign()
    with book.hand() as hand:
        body = b'{"seq":4}'
        hand.execute(
            update(ledger_entry)
            .where(ledger_entry.c.seq == 4)
            .values(body=body, leaf=leaf_hash(body))
        )
    book.database.stop()
    assert open_book().ledger.in_doubt


def test_strangers_cannot_bring_the_ledger_into_doubt(book: Book) -> None:
    book.fill(1)
    name = book.ledger.name
    forger = Ed25519Signer(name, bytes(32))
    foreign = Ed25519Signer("hall.local/other", bytes(32))
    for signer in (forger, foreign, forger.renamed(f"{name}/7"), foreign.renamed(f"{name}/x")):
        note = sign_checkpoint(Checkpoint(signer.name, 1_000, bytes(32)), [signer])
        ask = messages.LedgerWitness(request_id="request-1", note=note)
        with pytest.raises(Refusal) as refused:
            book.ask("ledger.witness", ask)
        assert refused.value.code == "checkpoint_foreign"
    assert not book.ledger.in_doubt
