"""Two server processes of one hall: what one records, the other's displays hear at once."""

from __future__ import annotations

import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from running_hall import RunningHall, free_port

from hall_server.contract.version import VERSION

pytestmark = pytest.mark.postgres
ROUNDS = 8
PROMPT_S = 0.6
"""By looking alone it would take half a second on the average, and a second at the most."""
LATE_S = 3.0


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A Redis of this test's own, which it may stop."""
    socket = tmp_path / "redis.sock"
    words = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", ""]
    server = subprocess.Popen([*words, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    yield server, f"unix://{socket}"
    server.send_signal(signal.SIGCONT)
    server.terminate()
    server.wait(10)


@pytest.fixture
def centre(
    tmp_path: Path, postgres_url: str, redis_server: tuple[subprocess.Popen[bytes], str]
) -> Iterator[tuple[RunningHall, RunningHall]]:
    """A centre's two server processes on one database."""
    arguments = ["--profile", "county_typ", "--no-limits", "--simulated-devices-from", "9100"]
    arguments += ["--database", postgres_url, "--hints", redis_server[1]]
    first, second = (RunningHall(tmp_path / "hall", free_port(), arguments) for _ in range(2))
    first.start()
    second.start()
    yield first, second
    second.stop()
    first.stop()


def delay_s(take: Callable[[], dict[str, Any]], heard: dict[str, float]) -> float:
    """From the answer of one process to the push of the other."""
    label = str(take()["label"])
    answered = time.monotonic()
    while label not in heard:
        assert time.monotonic() < answered + LATE_S, f"{label} was not heard"
        time.sleep(0.002)
    return heard[label] - answered


def test_18_a_hint_wakes_the_other_process_and_a_hanging_redis_costs_a_second(
    centre: tuple[RunningHall, RunningHall],
    redis_server: tuple[subprocess.Popen[bytes], str],
    tmp_path: Path,
) -> None:
    first, second = centre
    people = first.people(["staff-01"])
    token, page = first.station("kiosk-1", "kiosk", people.administrator, tmp_path)
    heard: dict[str, float] = {}

    def hear(push: dict[str, Any]) -> None:
        for event in push["events"]:
            if event["type"] == "ticket.taken":
                heard[event["label"]] = time.monotonic()

    screen = socketio.Client(reconnection=False)
    screen.on("push", hear)
    auth = {"token": page, "version": VERSION, "cursor": 0}
    screen.connect(second.url, auth=auth, transports=["websocket"])

    def take() -> dict[str, Any]:
        return first.must("ticket.take", {"item_id": "item-a"}, token=token)

    try:
        prompt = [delay_s(take, heard) for _ in range(ROUNDS)]
        redis_server[0].send_signal(signal.SIGSTOP)
        late = [delay_s(take, heard) for _ in range(ROUNDS)]
    finally:
        screen.disconnect()
    median_s = statistics.median(prompt)
    print(f"with hints {median_s * 1000:.0f} ms, without {statistics.median(late) * 1000:.0f} ms")
    assert median_s < PROMPT_S
    assert median_s < statistics.median(late)
