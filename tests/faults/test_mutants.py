"""The harness is not blind: each fault put into the hall on purpose is seen by its probe.

A probe does something to a running hall and tells what is wrong. Of the hall as it is none has
anything to tell; of the mutant each must.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import socketio
from crowd import Crowd, Operation, moved
from judge import complaints, heard_but_not_recorded, standing
from mutants import MUTANTS, programs_with
from running_hall import ROOT, RunningHall

from hall_server.contract.version import VERSION

DIES_WITHIN_S = 60.0
ROUNDS = 12
KILLS = 2
"""One may fall where nothing but refusals was on its way."""
WORKS_S = 1.5
ITEM = "item-a"


def judged(crowd: Crowd) -> list[str]:
    return complaints(standing(crowd.hall.data), crowd.history)


def killed_after_commit(crowd: Crowd) -> list[str]:
    """Killed with answers on their way, and again; everybody asks again."""
    hall = crowd.hall
    with crowd.busy():
        for _ in range(KILLS):
            hall.environment["HALL_FAILPOINT"] = "after_commit:kill:20"
            hall.spawn().wait(DIES_WITHIN_S)
        hall.environment.pop("HALL_FAILPOINT")
        hall.start()
    return judged(crowd)


def pressed_at_once(crowd: Crowd) -> list[str]:
    """Clerks of the same queue press in the same moment, while the writer is held up a little."""
    hall = crowd.hall
    hall.environment["HALL_FAILPOINT"] = "after_begin:sleep=20"
    hall.start()
    for _ in range(ROUNDS * 2):
        crowd.take(crowd.kiosks[0], ITEM)
    together = threading.Barrier(2)

    def press(clerk: int) -> None:
        window = crowd.windows[clerk]
        for _ in range(ROUNDS):
            together.wait(DIES_WITHIN_S)
            crowd.serve(crowd.clerks[clerk], window)

    clerks = [threading.Thread(target=press, args=(number,), daemon=True) for number in (0, 1)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join(DIES_WITHIN_S)
    for client in (*crowd.kiosks, *crowd.clerks):
        client.hang_up()
    return judged(crowd)


def heard_before_a_crash(crowd: Crowd) -> list[str]:
    """What a screen heard before the hall was killed before a commit stands in the ledger."""
    hall = crowd.hall
    heard: list[dict[str, object]] = []
    screen = socketio.Client(reconnection=False)
    screen.on("push", lambda push: heard.extend(push["events"]))
    hall.environment["HALL_FAILPOINT"] = "before_commit:kill:40"
    process = hall.spawn()
    assert hall.wait_until_ready()
    token = crowd.kiosks[0].headers["Authorization"].removeprefix("Bearer ")
    offer = {"token": token, "cursor": 0, "version": VERSION}
    screen.connect(hall.url, auth=offer, transports=["websocket"])
    try:
        with crowd.busy():
            process.wait(DIES_WITHIN_S)
            hall.environment.pop("HALL_FAILPOINT")
            hall.start()
    finally:
        screen.disconnect()
    assert heard
    return judged(crowd) + heard_but_not_recorded(hall.data, heard)


@contextmanager
def kept_running(hall: RunningHall) -> Iterator[None]:
    """As the launcher does: a fault planted into one of the hall's own duties ends it."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            if hall.process is not None and hall.process.poll() is not None:
                hall.start()

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def failed_commits(crowd: Crowd) -> list[str]:
    """Every ninth commit fails; who was told of a failure asks anew."""
    hall = crowd.hall
    hall.environment["HALL_FAILPOINT"] = "before_commit:raise:9"
    hall.start()
    deadline = time.monotonic() + WORKS_S
    with kept_running(hall):
        while time.monotonic() < deadline or len(crowd.history) < 2 * ROUNDS:
            crowd.take(crowd.kiosks[0], ITEM)
    crowd.kiosks[0].hang_up()
    failed = [one for one in crowd.history if one.refused == "internal"]
    assert failed
    return judged(crowd)


def watched_for_yields(crowd: Crowd) -> list[str]:
    """One ticket, with the guard against yielding inside a transaction."""
    crowd.hall.arguments.append("--guard-yields")
    crowd.hall.start()
    taken: Operation = crowd.take(crowd.kiosks[0], ITEM)
    crowd.kiosks[0].hang_up()
    return [taken.refused] if taken.refused else []


ASK_THE_WRITER = """
import sys
from pathlib import Path
from config.settings import ServerSettings
from hall_server.app import build_hall
from hall_server.runtime import Mode, Runtime
hall = build_hall(ServerSettings(data=Path(sys.argv[1])), Runtime(Mode.THREADING))
pragma = "PRAGMA synchronous"
print(hall.database.write(lambda tx: tx.connection.exec_driver_sql(pragma).scalar()))
hall.database.stop()
"""
FULL = "2"


def the_writers_own_word(crowd: Crowd) -> list[str]:
    """How the writer's connection itself says that it commits."""
    asked = [sys.executable, "-c", ASK_THE_WRITER, str(crowd.hall.data)]
    said = subprocess.run(
        asked, cwd=crowd.hall.source, check=True, capture_output=True, text=True, timeout=120
    )
    synchronous = said.stdout.strip().splitlines()[-1]
    return [] if synchronous == FULL else [f"synchronous={synchronous}"]


PROBES: dict[str, tuple[Callable[[Crowd], list[str]], str]] = {
    "no_repeats": (killed_after_commit, "eventlet"),
    "naive_select": (pressed_at_once, "eventlet"),
    "push_before_commit": (heard_before_a_crash, "eventlet"),
    "counter_outside": (failed_commits, "eventlet"),
    "yield_inside": (watched_for_yields, "eventlet"),
    "not_fully_synchronous": (the_writers_own_word, "eventlet"),
    # Green threads answer nobody before the writer gives way, and that is after the commit.
    "answer_before_commit": (failed_commits, "threading"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_seen_and_the_hall_is_sound(prepared: Crowd, tmp_path: Path, name: str) -> None:
    probe, mode = PROBES[name]
    mutant = programs_with(MUTANTS[name], tmp_path / "programs")
    for source in (mutant, ROOT):
        is_sound = source is ROOT
        folder = tmp_path / ("sound" if is_sound else "mutant")
        crowd = moved(prepared, folder, source, "--mode", mode)
        try:
            wrong = probe(crowd)
        finally:
            crowd.hall.stop(signal.SIGKILL)
        print(f"{name}: {wrong[:2]}")
        assert (wrong == []) is is_sound, wrong[:5]
