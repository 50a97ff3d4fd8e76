"""The hall is killed again and again, at named places and anywhere; nothing is lost or doubled.

Four kiosks and four clerks go on asking all the while, each with the same request id until it is
answered. Every run kills 30 times, under ``--long`` 200 times.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from crowd import Crowd, moved
from judge import Standing, complaints, ledger_verifies, standing
from running_hall import RunningHall

PLACES = ("after_begin", "before_flush", "before_commit", "after_commit", "before_answer")
CYCLES, CYCLES_LONG = 30, 200
DIES_WITHIN_S = 30.0


def live_until_killed(hall: RunningHall, chance: random.Random) -> int:
    """Start, let it be killed at a named place or at any moment; UTC ms of its death."""
    place = chance.choice([*PLACES, "anywhere"])
    if place != "anywhere":
        hall.environment["HALL_FAILPOINT"] = f"{place}:kill:{chance.randint(8, 40)}"
    process = hall.spawn()
    hall.environment.pop("HALL_FAILPOINT", None)
    if place == "anywhere" and hall.wait_until_ready():
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
    process.wait(DIES_WITHIN_S)
    return time.time_ns() // 1_000_000


def between_commit_and_reply(crowd: Crowd, found: Standing, deaths: list[int]) -> int:
    """How many deaths fell after somebody's commit and before their answer."""
    shift = time.time() - time.monotonic()
    hit: set[int] = set()
    for one in crowd.history:
        committed_ms = found.answered_at[one.client, one.request_id]
        answered_ms = (one.answered_at + shift) * 1000
        if one.tries > 1:
            hit |= {death for death in deaths if committed_ms <= death < answered_ms}
    return len(hit)


def test_nothing_acknowledged_is_lost_or_doubled(
    prepared: Crowd, tmp_path: Path, campaign_scale: int
) -> None:
    chance = random.Random(20_261_123)
    crowd = moved(prepared, tmp_path)
    cycles = CYCLES if campaign_scale == 1 else CYCLES_LONG
    began = time.monotonic()
    with crowd.busy():
        deaths = [live_until_killed(crowd.hall, chance) for _ in range(cycles)]
        crowd.hall.start()
    took_s = time.monotonic() - began
    found = standing(crowd.hall.data)
    between = between_commit_and_reply(crowd, found, deaths)
    repeats = sum(one.tries - 1 for one in crowd.history)
    print(
        f"{len(deaths)} kills in {took_s:.0f} s, {between} between commit and reply; "
        f"{len(found.tickets)} tickets, {len(found.calls)} calls, {repeats} repeated requests"
    )
    assert complaints(found, crowd.history) == []
    assert between > 0
    assert ledger_verifies(crowd.hall, tmp_path / "evidence")
    crowd.hall.stop()
