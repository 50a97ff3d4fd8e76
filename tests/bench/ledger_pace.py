"""The ledger's pace: recording in batches, a proof in a long ledger, an auditor's whole check.

Floors: the same rows put into a bare SQLite table in batches as large; reading and hashing the
same lines without looking at them.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from config.facts import HallFacts
from config.load import load_profile
from hall_server.clock import ManualClock
from hall_server.contract.messages.queueing import TicketTaken
from hall_server.database import Database, Transaction, metadata
from hall_server.ledger.__main__ import export_ledger
from hall_server.ledger.merkle import inclusion_holds
from hall_server.ledger.note import Ed25519Signer
from hall_server.ledger.reading import entries_between, leaf_at, newest_checkpoint, proof_of
from hall_server.ledger.service import Ledger

ROOT = Path(__file__).resolve().parents[2]
BATCH = 1_000
PROOFS = 200
MORNING = 1_795_395_600_000
AddRow = Callable[[str, str, str], None]


def measure(folder: Path, events: int, add_row: AddRow) -> None:
    """Record so many events, prove some, export and check them all."""
    facts = load_profile("shuangjiang")
    book, ledger = _open(folder / "pace.db", facts)
    rate = _record(book, ledger, events)
    floor = _bare_inserts(book, folder / "floor-rows.db", events)
    add_row(
        f"record, {events} events, {BATCH} to a commit",
        f"{rate:.0f}/s",
        f"{rate / floor:.2f} of bare inserts ({floor:.0f}/s)",
    )
    took = _prove(book, ledger, events)
    add_row(f"proof of one among {events}", f"p50 {statistics.median(took) * 1000:.1f} ms", "")
    with book.reading() as reading:
        export_ledger(reading.connection, folder / "evidence")
    book.stop()
    hashing = _hash_lines(folder / "evidence")
    checking = _check(folder / "evidence", ledger.signer.vkey)
    add_row(
        f"hall-verify, {events} events, {events // BATCH} checkpoints",
        f"{checking:.1f} s",
        f"{checking / hashing:.1f} × reading and hashing ({hashing:.1f} s)",
    )


def _open(path: Path, facts: HallFacts) -> tuple[Database, Ledger]:
    ledger = Ledger(Ed25519Signer("hall.local/bench", bytes(32)))
    book = Database(
        f"sqlite:///{path}",
        clock=ManualClock(MORNING),
        recorder=ledger,
        facts=lambda _connection: (1, facts),
    )
    metadata.create_all(book.engine)
    book.start()
    return book, ledger


def _record(book: Database, ledger: Ledger, events: int) -> float:
    """Events a second, with fsync and a checkpoint for every batch."""
    taken = [_ticket(number) for number in range(BATCH)]

    def job(tx: Transaction) -> None:
        for event in taken:
            tx.record(event)

    began_s = time.perf_counter()
    for _ in range(events // BATCH):
        book.write(job)
        book.write(lambda tx: ledger.sign_checkpoint(tx.connection, tx.now_ms))
    return events / (time.perf_counter() - began_s)


def _ticket(number: int) -> TicketTaken:
    return TicketTaken(
        ticket_id=number,
        leg_id=number,
        version=1,
        label=f"A{number:03d}",
        queue_id="social-security",
        item_id="pension-certificate",
        day="2026-11-23",
        priority_id="normal",
        station_id="kiosk-1",
        appointment_id=0,
        people_ahead=7,
        wait_low_minutes=5,
        wait_high_minutes=12,
        waiting_since=MORNING,
        place=number,
        place_tie=0,
    )


def _bare_inserts(book: Database, path: Path, events: int) -> float:
    """The ledger's own rows once more, into a table that is nothing but a table."""
    with book.reading() as reading:
        entries = entries_between(reading.connection, 0, min(events, 50 * BATCH))
        rows = [(entry.seq, entry.at, "x", entry.body, entry.leaf) for entry in entries]
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE t(seq INTEGER PRIMARY KEY, at INT, type TEXT, body BLOB, leaf BLOB)")
    began_s = time.perf_counter()
    for at in range(0, len(rows), BATCH):
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows[at : at + BATCH])
        bare.execute("COMMIT")
    took_s = time.perf_counter() - began_s
    bare.close()
    return len(rows) / took_s


def _prove(book: Database, ledger: Ledger, events: int) -> list[float]:
    drawn = random.Random(23)
    took: list[float] = []
    with book.reading() as reading:
        newest = newest_checkpoint(reading.connection, ledger.name)
        assert newest is not None
        for _ in range(PROOFS):
            seq = drawn.randint(1, newest.size)
            began_s = time.perf_counter()
            proof = proof_of(reading.connection, seq, newest)
            took.append(time.perf_counter() - began_s)
            leaf = leaf_at(reading.connection, seq) or b""
            if not inclusion_holds(leaf, seq - 1, newest.size, proof.siblings, newest.read().root):
                raise AssertionError(f"the proof of {seq} among {events} does not hold")
    return took


def _hash_lines(evidence: Path) -> float:
    began_s = time.perf_counter()
    for file in sorted((evidence / "events").iterdir()):
        with file.open("rb") as lines:
            for line in lines:
                hashlib.sha256(line).digest()
    return time.perf_counter() - began_s


def _check(evidence: Path, vkey: str) -> float:
    command = [sys.executable, "-I", "hall-verify", "export", str(evidence), "--key", vkey]
    began_s = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=300)
    return time.perf_counter() - began_s
