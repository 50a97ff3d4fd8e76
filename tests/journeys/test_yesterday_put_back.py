"""Somebody puts yesterday's data back: the hall notices, issues nothing, and a person answers.

And the other side of it: a backup of the last moment goes on where the hall stopped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_hall import ROOT, People, RunningHall, free_port, request_id

from hall_server.backup import back_up, restore

SETTLES_WITHIN_S = 15


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningHall]:
    hall = RunningHall(tmp_path / "data", free_port(), ["--mode", "threading", "--no-limits"])
    yield hall.start()
    hall.stop()


def answer_to(hall: RunningHall, people: People, name: str) -> tuple[int, str]:
    """Status and code of the answer to an ask without further content."""
    status, answer, _ = hall.send(name, {"request_id": request_id()}, cookie=people.supervisor)
    return status, str(answer.get("code", ""))


def covered(hall: RunningHall, seq: int) -> str:
    """Wait until a checkpoint reaches this far; its note."""
    until = time.monotonic() + SETTLES_WITHIN_S
    while True:
        status, answer, _ = hall.send("ledger.checkpoint", {})
        if status == 200 and answer["size"] >= seq:
            return str(answer["note"])
        assert time.monotonic() < until, (seq, answer)
        time.sleep(0.1)


def a_day(hall: RunningHall, people: People) -> int:
    """Open a day, unless it was its hour and the hall did, and close it; the seq reached."""
    opened = answer_to(hall, people, "day.open")
    assert opened in {(200, ""), (409, "day_already_open")}, opened
    return int(hall.must("day.close", cookie=people.supervisor)["seq"])


def put_back(hall: RunningHall, copy: Path) -> None:
    hall.stop()
    shutil.rmtree(hall.data)
    restore(copy, hall.data)
    hall.start()


def test_yesterday_put_back_is_refused_until_a_person_answers(
    running: RunningHall, tmp_path: Path
) -> None:
    people = running.people([])
    covered(running, a_day(running, people))
    back_up(running.data, tmp_path / "yesterday.tar.gz")
    lost = covered(running, a_day(running, people))
    put_back(running, tmp_path / "yesterday.tar.gz")

    assert answer_to(running, people, "day.open") == (503, "ledger_shorter")
    assert running.get("/healthz")[0] == 200
    reason = {"reason": "硬盘更换，恢复昨日备份"}
    status, answer, _ = running.send(
        "ledger.begin_epoch", {"request_id": request_id(), **reason}, cookie=people.supervisor
    )
    assert (status, answer["code"]) == (403, "forbidden")
    running.must("ledger.begin_epoch", reason, cookie=people.administrator)
    newest = covered(running, a_day(running, people))
    assert newest.split("\n")[0] == lost.split("\n")[0] + "/2"

    key = running.read("ledger.checkpoint")["verifier_key"]
    assert exported(running, tmp_path / "evidence", key) == 0


def test_a_backup_of_the_last_moment_goes_on_where_it_stopped(
    running: RunningHall, tmp_path: Path
) -> None:
    people = running.people([])
    covered(running, a_day(running, people))
    running.stop()
    made = back_up(running.data, tmp_path / "last.tar.gz")
    put_back(running, tmp_path / "last.tar.gz")
    seq = a_day(running, people)
    assert seq > made.ledger_size
    key = running.read("ledger.checkpoint")["verifier_key"]
    covered(running, seq)
    assert exported(running, tmp_path / "evidence", key) == 0


def test_a_station_remembers_what_the_machine_forgot(running: RunningHall, tmp_path: Path) -> None:
    """Moved to a new machine from an old copy; only the kiosk still has the newer checkpoint."""
    people = running.people([])
    covered(running, a_day(running, people))
    token, _ = running.station("kiosk-1", "kiosk", people.administrator, tmp_path)
    back_up(running.data, tmp_path / "old.tar.gz")
    kept = covered(running, a_day(running, people))
    running.stop()
    moved = RunningHall(tmp_path / "new" / "data", free_port(), running.arguments)
    restore(tmp_path / "old.tar.gz", moved.data)
    moved.start()
    try:
        a_day(moved, people)
        moved.must("ledger.witness", {"note": kept}, token=token)
        assert answer_to(moved, people, "day.open") == (503, "ledger_shorter")
    finally:
        moved.stop()


def exported(hall: RunningHall, folder: Path, key: str) -> int:
    """Export beside the running hall and let the auditor's program judge; its exit code."""
    export = ["-m", "hall_server.ledger", "export", str(folder), "--data", str(hall.data)]
    subprocess.run([sys.executable, *export], cwd=ROOT, check=True, timeout=60)
    judge = [sys.executable, "-I", "hall-verify", "export", str(folder), "--key", key]
    return subprocess.run(judge, cwd=ROOT, check=False, timeout=60).returncode
