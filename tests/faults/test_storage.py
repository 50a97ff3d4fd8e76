"""A full disk, a hall that stands still, a flipped byte."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from crowd import Crowd, Operation, moved
from judge import complaints, standing, verdict
from small_disk import fill, small_disk

ITEM = "item-a"
REFUSED = 20
TAKEN = 200
Full = Callable[[str], None]


@contextmanager
def bounded_files(crowd: Crowd, _folder: Path) -> Iterator[Full]:
    """No file of the hall may grow: what a quota does, and needs no rights."""
    process = crowd.hall.start().process
    assert process is not None

    def full(state: str) -> None:
        sizes = [path.stat().st_size for path in crowd.hall.data.rglob("*") if path.is_file()]
        limit = max(sizes) if state == "full" else resource.RLIM_INFINITY
        limits = (limit, resource.RLIM_INFINITY)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)

    yield full
    crowd.hall.stop()


@contextmanager
def full_disk(crowd: Crowd, folder: Path) -> Iterator[Full]:
    """A small file system of its own, filled to the last byte by somebody else's file."""
    with small_disk(folder / "disk", "16m") as disk:
        subprocess.run(["cp", "-a", str(crowd.hall.data), str(disk / "hall")], check=True)
        crowd.hall.data = disk / "hall"
        crowd.hall.start()
        ballast = disk / "ballast"
        try:
            yield lambda state: fill(ballast) if state == "full" else ballast.unlink()
        finally:
            crowd.hall.stop()


@pytest.mark.parametrize("disk", [bounded_files, full_disk])
def test_12_a_full_disk_refuses_in_words_reads_go_on_and_it_recovers_by_itself(
    prepared: Crowd,
    tmp_path: Path,
    disk: Callable[[Crowd, Path], AbstractContextManager[Full]],
) -> None:
    crowd = moved(prepared, tmp_path)
    # A minute passes in a second: soon everybody was last seen long enough ago to be noted anew.
    crowd.hall.arguments += ["--clock-start", str(time.time_ns() // 1_000_000 + 60_000)]
    crowd.hall.arguments += ["--clock-rate", "60"]
    token = crowd.kiosks[0].headers["Authorization"].removeprefix("Bearer ")

    def take(number: int) -> tuple[int, dict[str, Any]]:
        ask = {"request_id": f"full-disk-{number:04d}", "item_id": ITEM}
        return crowd.hall.send("ticket.take", ask, token=token)[:2]

    with disk(crowd, tmp_path) as full:
        full("full")
        told = [take(number) for number in range(TAKEN)]
        refused = [number for number, (status, _) in enumerate(told) if status != 200]
        assert len(refused) > REFUSED
        assert {told[number][0] for number in refused} == {503}
        assert {told[number][1]["code"] for number in refused} == {"storage_full"}
        time.sleep(2.5)
        assert crowd.hall.read("hall.snapshot", token=token)["day"]
        assert crowd.hall.get("/healthz")[0] == 200
        full("free")
        again = {number: take(number) for number in range(TAKEN)}
        assert {status for status, _ in again.values()} == {200}
        stays = [again[number] == told[number] for number in again if number not in refused]
        assert all(stays)
        labels = sorted(int(answer["label"][1:]) for _, answer in again.values())
        assert labels == list(range(1, TAKEN + 1))


def test_16_a_hall_that_stands_still_for_a_while_issues_nothing_twice(
    prepared: Crowd, tmp_path: Path, campaign_scale: int
) -> None:
    crowd = moved(prepared, tmp_path)
    process = crowd.hall.start().process
    assert process is not None
    for client in (*crowd.kiosks, *crowd.clerks):
        client.patience_s = 1.0
    with crowd.busy():
        time.sleep(0.5)
        process.send_signal(signal.SIGSTOP)
        time.sleep(min(30, 2.5 * campaign_scale))
        process.send_signal(signal.SIGCONT)
        time.sleep(1)
    repeated = [one for one in crowd.history if is_repeated(one)]
    wrong = complaints(standing(crowd.hall.data), crowd.history)
    crowd.hall.stop()
    print(f"{len(repeated)} asks were sent again")
    assert wrong == []
    assert repeated


def is_repeated(one: Operation) -> bool:
    """Whether it was sent more than once."""
    return one.tries > 1


def test_22_one_flipped_byte_is_named_by_its_place(prepared: Crowd, tmp_path: Path) -> None:
    crowd = moved(prepared, tmp_path)
    crowd.hall.start()
    for _ in range(3):
        crowd.take(crowd.kiosks[0], ITEM)
    crowd.kiosks[0].hang_up()
    crowd.hall.stop()
    wanted = "SELECT seq, body FROM ledger_entry WHERE type = 'ticket.taken' ORDER BY seq LIMIT 1"
    with closing(sqlite3.connect(crowd.hall.data / "hall.db")) as database, database:
        seq, body = database.execute(wanted).fetchone()
        flipped = bytes([*body[:40], body[40] ^ 1, *body[41:]])
        database.execute("UPDATE ledger_entry SET body = ? WHERE seq = ?", [flipped, seq])
    crowd.hall.start()
    code, said = verdict(crowd.hall, tmp_path / "evidence")
    crowd.hall.stop()
    assert (code, str(seq) in said) == (1, True), said
