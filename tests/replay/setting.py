"""The hall a day is replayed in: its people and stations made by its own doors, then its clock.

The first start runs nearly at ordinary speed, early in the morning, because passwords take the time
they take; the second runs at the replay's speed from shortly before the doors open.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from day import DOORS_S, MINUTE_S, Day
from line import Identity
from pace import Pace
from running_hall import PASSWORD, People, RunningHall, request_id

from config.facts import HallFacts
from hall_server.contract.messages.access import StationSession
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.station_key import StationKey
from hall_server.contract.version import VERSION

DATE = date(2026, 11, 23)
"""A Monday."""
KIOSKS = ("kiosk-1", "kiosk-2", "kiosk-3", "kiosk-4")
FLOOR, LISTENER = "display-1", "display-2"
MORNING_RATE, PREPARE_S = 5, 600
"""Rate limits follow the hall's clock: so that thirty clerks of one address may sign in at once."""
LEAD_REAL_S, LEAD_LEAST_S = 2.5, 120.0
"""Clients need this long to connect before the doors open."""
SYNCHRONISATIONS = 5
BOOKINGS_APART_S = 1 / 60
"""One person's asks, within what the hall allows them in the morning."""


@dataclass(frozen=True)
class Wish:
    """How the replay was asked for."""

    folder: Path
    port: int
    profile: str
    speed: int
    mode: str
    database: str


@dataclass
class Setting:
    """A hall with everybody in it, running at the replay's speed."""

    hall: RunningHall
    people: People
    pace: Pace
    codes: dict[int, str]
    """Appointment codes by visit."""
    verifier_key: str
    """Read at the hall's door on the first day, not from the export."""
    sessions: dict[str, StationSession]
    ready_s: float

    def person(self, account: str, cookie: str) -> Identity:
        """Somebody signed in, who signs in again when the session ends."""

        async def renew() -> str:
            return await asyncio.to_thread(self.hall.sign_in, account, PASSWORD)

        return Identity(cookie=cookie, renew=renew)

    def key_file(self, station_id: str) -> Path:
        """Where a station's key lies."""
        return self.hall.data.parent / "keys" / f"{station_id}.key"


def prepare(wish: Wish, facts: HallFacts, day: Day, clerks: list[str]) -> Setting:
    """Make the hall, its people, its stations and the appointments; then start it anew, fast."""
    midnight = datetime(DATE.year, DATE.month, DATE.day, tzinfo=UTC)
    midnight_ms = round(midnight.timestamp() * 1_000) - facts.site.utc_offset_minutes * 60_000
    lead_s = max(LEAD_LEAST_S, LEAD_REAL_S * wish.speed)
    began_s = time.perf_counter()
    morning = Pace(MORNING_RATE, midnight_ms)
    hall = _start(wish, morning, DOORS_S - lead_s - PREPARE_S)
    try:
        people = hall.people(clerks)
        keys = hall.data.parent / "keys"
        for station_id in (*KIOSKS, FLOOR, LISTENER):
            role = "kiosk" if station_id in KIOSKS else "display"
            hall.station(station_id, role, people.administrator, keys, morning.now_ms())
        codes = _book(hall, people, day, morning)
        key = str(hall.read("ledger.checkpoint", cookie=people.auditor)["verifier_key"])
    finally:
        hall.stop()
    start_s = max(DOORS_S - lead_s, morning.now_s() + 10)
    pace = Pace(wish.speed, midnight_ms)
    hall = _start(wish, pace, start_s)
    setting = Setting(hall, people, pace, codes, key, {}, time.perf_counter() - began_s)
    for station_id in (*KIOSKS, FLOOR):
        setting.sessions[station_id] = _sign_on(setting, station_id)
    return setting


def _start(wish: Wish, pace: Pace, start_s: float) -> RunningHall:
    arguments = ["--profile", wish.profile, "--mode", wish.mode]
    arguments += ["--clock-start", str(pace.at_ms(start_s)), "--clock-rate", str(pace.rate)]
    arguments += ["--database", wish.database] if wish.database else []
    hall = RunningHall(wish.folder / "hall", wish.port, arguments).start()
    _synchronise(hall, pace)
    return hall


def _synchronise(hall: RunningHall, pace: Pace) -> None:
    """Ask the hall for its time; the quickest answer is the most exact."""
    quickest_s = float("inf")
    for _ in range(SYNCHRONISATIONS):
        asked_s = time.perf_counter()
        snapshot = hall.read("hall.snapshot")
        answered_s = time.perf_counter()
        if answered_s - asked_s < quickest_s:
            quickest_s = answered_s - asked_s
            pace.set(msgspec.convert(snapshot["at"], int), asked_s, answered_s)


def _book(hall: RunningHall, people: People, day: Day, morning: Pace) -> dict[int, str]:
    """Appointments, made beforehand; every tenth is asked for twice."""
    codes = {}
    for visit in day.visits:
        if not visit.due_s:
            continue
        ask = {
            "request_id": request_id(),
            "item_id": visit.item_id,
            "day": DATE.isoformat(),
            "at_ms": morning.at_ms(visit.due_s // MINUTE_S * MINUTE_S),
        }
        codes[visit.number] = str(
            hall.must("appointment.book", ask, cookie=people.supervisor)["code"]
        )
        time.sleep(BOOKINGS_APART_S)
        if len(codes) % 10 == 1:
            again = hall.must("appointment.book", ask, cookie=people.supervisor)["code"]
            if again != codes[visit.number]:
                raise AssertionError(f"booking repeated: {codes[visit.number]}, then {again!r}")
    return codes


def _sign_on(setting: Setting, station_id: str) -> StationSession:
    """A station comes back after the hall's new start."""
    key = StationKey.load_or_make(setting.key_file(station_id))
    ask = key.sign_on(station_id, VERSION, setting.pace.now_ms(), request_id(), "")
    status, answer, _ = setting.hall.send("station.sign_on", msgspec.to_builtins(ask))
    if status != 200:
        raise AssertionError(f"sign-on of {station_id}: {status} {answer}")
    return msgspec.convert(answer, StationSession)


def facts_of(setting: Setting) -> HallFacts:
    """The facts as the hall tells them to its people."""
    snapshot = setting.hall.read("hall.snapshot", cookie=setting.people.supervisor)
    return msgspec.convert(snapshot, Snapshot).facts
