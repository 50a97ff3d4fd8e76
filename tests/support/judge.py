"""What must hold of a hall after whatever was done to it, read from its own tables and ledger."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from crowd import Operation
from running_hall import ROOT, RunningHall


@dataclass(frozen=True)
class Standing:
    """Tickets and calls as the database holds them."""

    tickets: dict[int, str]
    """Label by ticket."""
    numbers: dict[str, list[int]]
    """Issued numbers by day and series, in order."""
    calls: list[tuple[int, str]]
    """Leg and window of every call in the ledger, in order."""
    answered_at: dict[tuple[str, str], int]
    """When an answer was committed, by sender and request id."""


def standing(data: Path) -> Standing:
    """Read it from the hall's file."""
    with closing(sqlite3.connect(data / "hall.db", timeout=30)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tickets = dict(database.execute("SELECT ticket_id, label FROM ticket"))
        numbers: dict[str, list[int]] = {}
        for day, series, number in database.execute(
            "SELECT day_id, series, number FROM ticket ORDER BY number"
        ):
            numbers.setdefault(f"{day}/{series}", []).append(number)
        bodies = database.execute(
            "SELECT body FROM ledger_entry WHERE type = 'ticket.called' ORDER BY seq"
        )
        told: list[dict[str, Any]] = [msgspec.json.decode(body) for (body,) in bodies]
        answered = database.execute("SELECT sender, request_id, at FROM answered").fetchall()
    calls = [(body["leg_id"], body["window_id"]) for body in told]
    return Standing(tickets, numbers, calls, {(one, two): at for one, two, at in answered})


def kinds(hall: RunningHall) -> list[str]:
    """Every kind of event in the ledger, in order."""
    with closing(sqlite3.connect(hall.data / "hall.db", timeout=30)) as database:
        return [kind for (kind,) in database.execute("SELECT type FROM ledger_entry ORDER BY seq")]


def complaints(found: Standing, history: Iterable[Operation]) -> list[str]:
    """Everything that is wrong; every ask of ``history`` has been answered."""
    operations = list(history)
    taken = [one for one in operations if one.name == "ticket.take" and not one.refused]
    called = [one for one in operations if one.name == "ticket.call_next" and not one.refused]
    return [
        *_lost(found, taken),
        *_numbers(found, taken),
        *_calls(found, called),
        *refused_services(operations),
    ]


def _lost(found: Standing, taken: list[Operation]) -> Iterable[str]:
    for one in taken:
        ticket, label = one.answer["ticket_id"], one.answer["label"]
        if found.tickets.get(ticket) != label:
            yield f"lost: {label} was acknowledged to {one.client}"
    if len(found.tickets) != len(taken):
        yield f"{len(found.tickets)} tickets stand, {len(taken)} were acknowledged"


def _numbers(found: Standing, taken: list[Operation]) -> Iterable[str]:
    told = Counter(one.answer["label"] for one in taken)
    yield from (f"twice: {label}" for label, count in told.items() if count > 1)
    for series, numbers in found.numbers.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"gap in {series}: {len(numbers)} numbers up to {numbers[-1]}"


def _calls(found: Standing, called: list[Operation]) -> Iterable[str]:
    legs = Counter(leg for leg, _ in found.calls)
    yield from (f"leg {leg} called {count} times" for leg, count in legs.items() if count > 1)
    told = Counter(one.answer["leg_id"] for one in called)
    yield from (f"leg {leg} told to {count} clerks" for leg, count in told.items() if count > 1)
    if len(found.calls) != len(called):
        yield f"{len(found.calls)} calls stand, {len(called)} were acknowledged"


def refused_services(history: Iterable[Operation]) -> Iterable[str]:
    """A clerk may start and finish whom they have called, and then call again."""
    for one in history:
        is_service = one.name in {"ticket.start", "ticket.finish"}
        if one.refused and (is_service or one.refused == "window_busy"):
            yield f"{one.client} at {one.subject}: {one.name} was refused as {one.refused}"


def ledger_verifies(hall: RunningHall, folder: Path) -> bool:
    """Whether the auditor's own program finds the ledger true."""
    return verdict(hall, folder)[0] == 0


def verdict(hall: RunningHall, folder: Path) -> tuple[int, str]:
    """Export beside the running hall and let the auditor's own program judge; exit code, words."""
    key = hall.read("ledger.checkpoint")["verifier_key"]
    export = ["-m", "hall_server.ledger", "export", str(folder), "--data", str(hall.data)]
    exported = [sys.executable, *export]
    subprocess.run(exported, cwd=ROOT, check=True, timeout=120, capture_output=True)
    judge = [sys.executable, "-I", "hall-verify", "export", str(folder), "--key", key]
    said = subprocess.run(judge, cwd=ROOT, check=False, timeout=120, capture_output=True, text=True)
    return said.returncode, said.stdout + said.stderr


def heard_but_not_recorded(data: Path, heard: Iterable[dict[str, object]]) -> list[str]:
    """Events somebody heard that the ledger does not hold at their place."""
    with closing(sqlite3.connect(data / "hall.db", timeout=30)) as database:
        rows = database.execute("SELECT seq, body FROM ledger_entry").fetchall()
    recorded: dict[int, dict[str, Any]] = {seq: msgspec.json.decode(body) for seq, body in rows}
    told = ("type", "at", "label")
    return [
        f"heard, not recorded: {event}"
        for event in heard
        if [event.get(name) for name in told]
        != [recorded.get(int(str(event["seq"])), {}).get(name) for name in told]
    ]
