"""The ledger in a real database: order, promises, checkpoints, proofs and evidence."""

from __future__ import annotations

import threading
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from sqlalchemy import select, update

from hall_server.contract.messages import ledger as messages
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.ledger import HallStarted
from hall_server.contract.messages.queueing import DayClosed, DayOpened
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.ledger.__main__ import NothingToExportError
from hall_server.ledger.checkpoint import (
    ProofFile,
    open_checkpoint,
    read_checkpoint,
)
from hall_server.ledger.checkpoints import EVERY_EVENTS, EVERY_MS
from hall_server.ledger.merkle import leaf_hash, root_of
from hall_server.ledger.note import Ed25519Verifier
from hall_server.ledger.reading import (
    LedgerDamagedError,
    bodies_after,
    entries_between,
    leaf_at,
)
from hall_server.ledger.receipt import Receipt
from hall_server.ledger.service import LedgerKeyError
from hall_server.ledger.tables import ledger_entry
from tests.hall_server.ledger.book import AUDITOR, PUBLIC, Book, MakeBook, verify
from tests.hall_server.ledger.conftest import MORNING

# ------------------------------------------------------------------------------------- recording


def test_events_get_their_place_and_are_kept_as_hashed(book: Book) -> None:
    recorded = book.record(DayOpened(day="2026-11-23"), HallStarted(version="é"))
    assert [event.seq for event in recorded] == [1, 2]
    assert recorded[0].at == MORNING
    assert recorded[0].actor == "staff:li"
    with book.database.reading() as reading:
        rows = bodies_after(reading.connection, 0, 10)
        assert [seq for seq, _ in rows] == [1, 2]
        assert [leaf_at(reading.connection, seq) for seq, _ in rows] == [
            leaf_hash(body) for _, body in rows
        ]
        assert leaf_at(reading.connection, 3) is None
    told = msgspec.json.decode(rows[0][1], type=DayOpened)
    assert told == recorded[0]


def test_a_refused_job_leaves_no_gap(book: Book) -> None:
    def refused(tx: Transaction) -> None:
        tx.record(DayOpened(day="2026-11-23"))
        raise Refusal("busy")

    book.fill(2)
    with pytest.raises(Refusal):
        book.database.write(refused)
    assert book.record(DayOpened(day="2026-11-24"))[0].seq == 3
    assert book.size() == 3


def test_the_tree_is_the_same_however_events_are_batched(book: Book) -> None:
    for count in (1, 2, 255, 300, 1, 77):
        book.fill(count)
    note = book.checkpoints.sign()
    with book.database.reading() as reading:
        leaves = [entry.leaf for entry in entries_between(reading.connection, 0, book.size())]
    checkpoint = open_checkpoint(note, book.ledger.signer.verifier)
    assert (checkpoint.size, checkpoint.root) == (636, root_of(leaves))


@pytest.mark.postgres
def test_two_processes_keep_one_order(open_book: MakeBook, postgres_url: str) -> None:
    books = [open_book(url=postgres_url) for _ in range(2)]

    def write(book: Book) -> None:
        for count in (1, 3, 40, 1, 255, 7) * 4:
            book.fill(count)

    threads = [threading.Thread(target=write, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    note = books[0].checkpoints.sign()
    with books[1].database.reading() as reading:
        entries = list(entries_between(reading.connection, 0, books[1].size()))
    assert [entry.seq for entry in entries] == list(range(1, 2 * 4 * 307 + 1))
    checkpoint = read_checkpoint(note)
    assert checkpoint.root == root_of([entry.leaf for entry in entries])
    assert books[1].checkpoints.sign() == note


def test_a_promise_is_kept(book: Book) -> None:
    def job(tx: Transaction) -> tuple[Event, str]:
        tx.record(DayOpened(day="2026-11-23"))
        event = tx.record(DayOpened(day="2026-11-24"))
        return event, tx.receipt(event)

    event, text = book.database.write(job)
    receipt = Receipt.from_text(text)
    assert receipt.seq == event.seq == 2
    assert receipt.is_signed_by(book.ledger.signer.verifier)
    view = book.read("ledger.receipt", messages.ReceiptRead(receipt=f"http://x/t/y#{text}"))
    assert view == messages.ReceiptView(event_seq=2, signed=True, kept=True, checkpoint_size=0)
    bent = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]
    view = book.read("ledger.receipt", messages.ReceiptRead(receipt=bent))
    assert isinstance(view, messages.ReceiptView)
    assert not view.signed
    with pytest.raises(Refusal) as refused:
        book.read("ledger.receipt", messages.ReceiptRead(receipt="A"))
    assert refused.value.code == "receipt_malformed"


def test_the_key_stays_with_the_ledger(open_book: MakeBook) -> None:
    book = open_book()
    book.fill(1)
    book.database.stop()
    (book.data / "keys" / "ledger.key").unlink()
    with pytest.raises(LedgerKeyError):
        open_book()


# ----------------------------------------------------------------------------------- checkpoints


def test_a_checkpoint_is_signed_when_it_is_time(book: Book) -> None:
    book.checkpoints.tick()
    assert book.newest_note() == ""
    book.fill(3)
    book.checkpoints.tick()
    first = book.newest_note()
    assert read_checkpoint(first).size == 3
    book.fill(1)
    book.checkpoints.tick()
    assert book.newest_note() == first
    book.clock.advance(EVERY_MS)
    book.checkpoints.tick()
    assert read_checkpoint(book.newest_note()).size == 4
    book.clock.advance(EVERY_MS)
    book.checkpoints.tick()
    assert read_checkpoint(book.newest_note()).size == 4
    book.fill(EVERY_EVENTS)
    book.checkpoints.tick()
    assert read_checkpoint(book.newest_note()).size == 4 + EVERY_EVENTS
    book.record(DayClosed(day="2026-11-23", unserved=0))
    book.checkpoints.tick()
    assert read_checkpoint(book.newest_note()).size == 5 + EVERY_EVENTS
    assert book.checkpoints.sign() == book.newest_note()


def test_everybody_may_read_the_newest(book: Book) -> None:
    with pytest.raises(Refusal) as refused:
        book.read("ledger.checkpoint", messages.CheckpointRead())
    assert refused.value.code == "checkpoint_awaited"
    book.fill(3)
    book.checkpoints.sign()
    view = book.read("ledger.checkpoint", messages.CheckpointRead())
    assert isinstance(view, messages.CheckpointView)
    verifier = Ed25519Verifier.from_vkey(view.verifier_key)
    assert open_checkpoint(view.note, verifier).size == view.size == 3


# ---------------------------------------------------------------------------------------- proofs


def test_any_event_under_a_checkpoint_can_be_proved(book: Book) -> None:
    book.fill(700)
    book.checkpoints.sign()
    book.fill(1)
    for seq in (1, 256, 257, 512, 699, 700):
        view = book.read("ledger.proof", messages.ProofRead(event_seq=seq), AUDITOR)
        assert isinstance(view, messages.ProofView)
        proof = ProofFile.parse(view.proof)
        assert proof.index == seq - 1
        assert proof.holds(leaf_hash(view.body.encode()), book.ledger.signer.verifier)
    public = book.read("ledger.proof", messages.ProofRead(event_seq=1), PUBLIC)
    assert isinstance(public, messages.ProofView)
    assert public.body == ""
    for seq, code in ((0, "event_unknown"), (702, "event_unknown"), (701, "checkpoint_awaited")):
        with pytest.raises(Refusal) as refused:
            book.read("ledger.proof", messages.ProofRead(event_seq=seq))
        assert refused.value.code == code


# -------------------------------------------------------------------------------------- evidence


def test_an_export_is_true(book: Book, hall_verify: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(NothingToExportError):
        book.export(tmp_path / "nothing")
    for count in (300, 5, 260):
        book.fill(count)
        book.checkpoints.sign()
    book.fill(1)
    assert book.export(tmp_path / "all") == (1, 565)
    assert book.export(tmp_path / "later", after=305) == (306, 565)
    for folder in ("all", "later"):
        assert verify(hall_verify, tmp_path / folder, "--key", book.ledger.signer.vkey) == 0


def test_an_auditor_reads_the_evidence_in_parts(book: Book) -> None:
    for count in (4, 5):
        book.fill(count)
        book.checkpoints.sign()
    book.fill(1)
    bodies: list[str] = []
    leaves: list[str] = []
    notes: list[str] = []
    upto = 0
    while upto < 9:
        part = book.read("ledger.export", messages.ExportRead(after=upto, limit=4), AUDITOR)
        assert isinstance(part, messages.ExportView)
        assert part.size == 9
        bodies, leaves, notes = bodies + part.bodies, leaves + part.leaves, notes + part.checkpoints
        upto = part.upto
    assert [leaf_hash(body.encode()).hex() for body in bodies] == leaves
    assert [read_checkpoint(note).size for note in notes] == [4, 9]
    assert read_checkpoint(notes[1]).root == root_of([bytes.fromhex(leaf) for leaf in leaves])


@pytest.mark.parametrize("column", ["body", "leaf"])
def test_a_flipped_byte_in_a_row_is_named(
    book: Book,
    hall_verify: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    column: str,
) -> None:
    book.fill(600)
    book.checkpoints.sign()
    with book.hand() as hand:
        row = ledger_entry.c.seq == 417
        bytes_there = bytearray(
            hand.execute(select(ledger_entry.c[column]).where(row)).scalar_one()
        )
        bytes_there[10] ^= 1
        hand.execute(update(ledger_entry).where(row).values({column: bytes(bytes_there)}))
    book.export(tmp_path / "e")
    assert verify(hall_verify, tmp_path / "e", "--key", book.ledger.signer.vkey) == 1
    assert "seq 417" in capsys.readouterr().out


def test_a_deleted_row_is_damage(open_book: MakeBook, tmp_path: Path) -> None:
    book = open_book()
    book.fill(20)
    book.checkpoints.sign()
    with book.hand() as hand:
        hand.execute(ledger_entry.delete().where(ledger_entry.c.seq > 12))
    with pytest.raises(LedgerDamagedError):
        book.export(tmp_path / "e")
    book.database.stop()
    assert open_book().ledger.in_doubt
