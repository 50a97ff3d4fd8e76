"""A database that stands still: PostgreSQL holds a table, and the hall goes on answering."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
import sqlalchemy
from running_hall import RunningHall, free_port, request_id

from hall_server.contract.version import VERSION

pytestmark = pytest.mark.postgres
REFUSED_WITHIN_S = 5.0
ANSWERS_WITHIN_S = 1.0
"""What a loop that stands still could not do; far above what it needs."""
ITEM = "item-a"


@pytest.fixture
def centre(tmp_path: Path, postgres_url: str) -> Iterator[RunningHall]:
    """A hall on PostgreSQL with an open day."""
    arguments = ["--profile", "county_typ", "--no-limits", "--simulated-devices-from", "9100"]
    hall = RunningHall(tmp_path / "hall", free_port(), [*arguments, "--database", postgres_url])
    hall.start()
    yield hall
    hall.stop()


def test_17_a_blocked_table_refuses_in_words_and_the_loop_goes_on(
    centre: RunningHall, tmp_path: Path, postgres_url: str
) -> None:
    people = centre.people(["staff-01"])
    token, page = centre.station("kiosk-1", "kiosk", people.administrator, tmp_path)
    screen = socketio.Client(reconnection=False)
    screen.connect(
        centre.url, auth={"token": page, "version": VERSION, "cursor": 0}, transports=["websocket"]
    )
    ident = request_id()
    told: list[tuple[int, dict[str, Any], float]] = []

    def take() -> None:
        began = time.monotonic()
        ask = {"request_id": ident, "item_id": ITEM}
        status, answer, _ = centre.send("ticket.take", ask, token=token)
        told.append((status, answer, time.monotonic() - began))

    engine = sqlalchemy.create_engine(postgres_url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE")
        taking = threading.Thread(target=take)
        taking.start()
        slowest_s = slowest_answer_s(centre, screen, taking)
    engine.dispose()
    screen.disconnect()
    [(status, answer, took_s)] = told
    print(f"refused after {took_s:.1f} s; the slowest answer meanwhile took {slowest_s:.2f} s")
    assert (status, answer["code"]) == (503, "storage_blocked")
    assert took_s < REFUSED_WITHIN_S
    assert slowest_s < ANSWERS_WITHIN_S
    take()
    assert told[-1][0] == 200
    assert told[-1][1]["label"].endswith("001")


def slowest_answer_s(hall: RunningHall, screen: socketio.Client, taking: threading.Thread) -> float:
    """The longest anybody else waited while that thread's ask was waiting for the table."""
    slowest_s = 0.0
    while taking.is_alive():
        for ask in (
            lambda: hall.get("/healthz"),
            lambda: hall.get("/console"),
            lambda: screen.call("session.read", {}, timeout=REFUSED_WITHIN_S),
        ):
            began = time.monotonic()
            assert ask()
            slowest_s = max(slowest_s, time.monotonic() - began)
        time.sleep(0.02)
    return slowest_s
