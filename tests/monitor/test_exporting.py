"""An export from asking to fetching, with a really running hall, station and maker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn_recording import BEGAN_MS
from export_office import WITHIN_S, Office, open_office
from running_hall import ROOT
from sqlalchemy import select

from monitor.exporting.check import Verdict
from monitor.recording.forgetting import day_of
from monitor.recording.index.archive_index import ArchiveIndex
from monitor.recording.index.leaving import count_deleted, forgotten_untold
from monitor.recording.index.tables import hold_table


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


def test_asked_approved_made_fetched_and_proved_with_the_halls_key(
    office: Office, tmp_path: Path
) -> None:
    export_id = office.ask()
    held(office, 1)
    office.approve(export_id)
    made = office.ended(export_id)
    assert (made["state"], made["permille"], made["station_id"]) == ("made", 1000, "monitor-1")
    held(office, 0)
    status, body = office.fetch(export_id, office.token(export_id))
    assert (status, len(body)) == (200, made["bytes"])
    file, ledger = tmp_path / "fetched.zip", tmp_path / "ledger"
    file.write_bytes(body)
    key = office.hall.read("ledger.checkpoint")["verifier_key"]
    office.sealed("export.made")
    words = [sys.executable, "-m", "hall_server.ledger", "export", str(ledger)]
    words += ["--data", str(office.hall.data)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)

    def checked(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "monitor.clip", "--check", str(file), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, told = checked("--key", key, "--ledger", str(ledger))
    assert (code, "✗" in told) == (Verdict.TRUE, False), told
    other = key.rpartition("+")[0] + "+AZp8mZ0q7pYdJ1hR0m3Yg7yGQq0l7h4w6o2kq3v1fCk5"
    code, told = checked("--key", other, "--ledger", str(ledger))
    assert code != Verdict.TRUE, told
    for path in (ledger / "events").iterdir():
        path.write_bytes(path.read_bytes().replace(made["sha256"].encode(), b"0" * 64))
    code, told = checked("--key", key, "--ledger", str(ledger))
    assert code == Verdict.WRONG
    assert "清单与台账记录的哈希不符" in told


def held(office: Office, wanted: int) -> None:
    """The archive's index knows what may not go, within seconds."""
    index = ArchiveIndex(office.data / "index.db")
    deadline_s = time.monotonic() + WITHIN_S
    while (found := len(holds(index))) != wanted:
        assert time.monotonic() < deadline_s, found
        time.sleep(0.1)
    index.close()


def holds(index: ArchiveIndex) -> list[Any]:
    with index.look() as connection:
        return list(connection.execute(select(hold_table)))


def test_a_masked_copy_is_made_as_well(office: Office) -> None:
    export_id = office.ask(copy="masked")
    office.approve(export_id)
    made = office.ended(export_id)
    assert made["state"] == "made", made


def test_what_cannot_be_made_says_why(office: Office) -> None:
    hour = 3_600_000
    gone = office.ask(begins_at=BEGAN_MS - hour, ends_at=BEGAN_MS - hour + 60_000)
    office.approve(gone)
    assert office.ended(gone)["failure"] == "nothing"


def test_the_door_gives_an_export_to_nobody_else(office: Office) -> None:
    first, second = office.ask(), office.ask()
    for export_id in (first, second):
        office.approve(export_id)
        assert office.ended(export_id)["state"] == "made"
    word = office.token(first)
    assert office.fetch(first, word, method="HEAD")[0] == 200
    assert office.fetch(second, word)[0] == 403
    assert office.fetch(first, "")[0] == 401
    assert office.fetch(first, word[:-4] + "AAAA")[0] == 401
    assert office.fetch(first, word, origin="http://evil.example")[0] == 403
    looking = office.hall.must(
        "camera.admit",
        {"camera_ids": ["a"], "note": "日常巡查"},
        cookie=office.people.supervisor,
    )["token"]
    assert office.fetch(first, looking)[0] == 403, "a word for looking fetches nothing"
    (office.data / f"exports/{first}.zip").unlink()
    assert office.fetch(first, word)[0] == 410


def test_the_ledger_is_told_what_is_gone(office: Office) -> None:
    index = ArchiveIndex(office.data / "index.db")
    row = index.segment_began("gone", "0000bbbb", "gone/1_0000bbbb.mp4", BEGAN_MS)
    index.segment_ended(row, BEGAN_MS, BEGAN_MS + 60_000, 1_000)
    place, _ = index.head()
    index.sealed(row, "ab" * 32, place + 1, "cd" * 32)
    index.deleted(row, BEGAN_MS + 1, "retention")
    count_deleted(index, BEGAN_MS + 1)
    deadline_s = time.monotonic() + WITHIN_S
    while forgotten_untold(index):
        assert time.monotonic() < deadline_s
        time.sleep(0.1)
    index.close()
    (told,) = office.events("recording.forgotten")
    wanted = {"camera_id": "gone", "day": day_of(BEGAN_MS), "cause": "retention", "files": 1}
    wanted |= {"left": 0, "first_place": place + 1, "station_id": "monitor-1"}
    assert {name: told[name] for name in wanted} == wanted


def maker() -> int:
    """The process that makes an export now; 0 while there is none."""
    own = os.getpid()
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(own)], capture_output=True, text=True, check=True
    )
    rows = (line.strip().partition(" ") for line in listed.stdout.splitlines())
    return next((int(number) for number, _, words in rows if "monitor.exporting" in words), 0)


def test_a_maker_that_is_killed_is_started_anew(office: Office) -> None:
    export_id = office.ask(copy="masked", begins_at=BEGAN_MS, ends_at=BEGAN_MS + 8_000)
    office.approve(export_id)
    deadline_s = time.monotonic() + WITHIN_S
    while not (number := maker()):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    os.kill(number, signal.SIGKILL)
    assert office.ended(export_id)["state"] == "made"
    assert len([one for one in office.events("export.made") if one["export_id"] == export_id]) == 1
