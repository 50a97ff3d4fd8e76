"""Which stations are there: whoever falls silent is recorded as lost, and as back when heard again.

Doors say whom they hear, in memory alone. Every few seconds that is written down, so that other
server processes on the same database know it too. Silence is measured in real seconds, however
fast a replay's clock runs: links live in real time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select, update

from hall_server.access.rules import HALL
from hall_server.access.tables import station
from hall_server.contract.messages.access import StationSignedOn
from hall_server.contract.messages.stations import StationLost
from hall_server.database import Database, Reading, Transaction

SILENT_S = 60.0
HEARD_WITHIN_S = 15.0
LOOK_EVERY_TICKS = 10


class Changes(NamedTuple):
    """What is to be written: who was heard just now, who is back, who is lost."""

    heard: list[str]
    back: list[tuple[str, str]]
    """Id and version."""
    lost: list[str]


class Presence:
    """Stations of one hall as this server process hears them."""

    def __init__(
        self,
        database: Database,
        clock_rate: int = 1,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``steady_s`` is a steady clock of real seconds."""
        self._database = database
        self._silent_hall_ms = int(SILENT_S * 1_000) * clock_rate
        self._steady_s = steady_s
        self._began_s = steady_s()
        self._heard: dict[str, float] = {}
        self._ticks = 0

    def hear(self, station_id: str) -> None:
        """A station has spoken, or its WebSocket stands open."""
        self._heard[station_id] = self._steady_s()

    def tick(self) -> None:
        """Called once a second; writes only when somebody was heard or is missed."""
        self._ticks += 1
        if self._ticks % LOOK_EVERY_TICKS:
            return
        with self._database.reading() as reading:
            changes = self._changes(reading)
        if any(changes):
            self._database.write(lambda tx: _write(tx, changes))

    def _changes(self, reading: Reading) -> Changes:
        now_s = self._steady_s()
        changes = Changes([], [], [])
        rows = reading.connection.execute(select(station).where(station.c.revoked.is_(False)))
        for row in rows:
            silent_s = now_s - self._heard.get(row.id, self._began_s)
            if row.id in self._heard and silent_s < HEARD_WITHIN_S:
                changes.heard.append(row.id)
                if not row.online:
                    changes.back.append((row.id, row.version))
            elif (
                row.online
                and silent_s > SILENT_S
                and row.seen_at < reading.now_ms - self._silent_hall_ms
            ):
                changes.lost.append(row.id)
        return changes


def _write(tx: Transaction, changes: Changes) -> None:
    tx.actor = HALL.sender
    for station_id in changes.heard:
        _set(tx, station_id, seen_at=tx.now_ms)
    for station_id, version in changes.back:
        if _set(tx, station_id, online=True):
            tx.record(StationSignedOn(station_id=station_id, version=version, address=""))
    for station_id in changes.lost:
        if _set(tx, station_id, online=False):
            tx.record(StationLost(station_id=station_id))


def _set(tx: Transaction, station_id: str, **values: object) -> bool:
    """Write; False when the station was revoked, or another process was quicker."""
    chosen = update(station).where(station.c.id == station_id, station.c.revoked.is_(False))
    if "online" in values:
        chosen = chosen.where(station.c.online.is_not(values["online"]))
    return tx.connection.execute(chosen.values(**values)).rowcount == 1
