"""Stations that fall silent are recorded as lost, and as back: once each, whoever watches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from http_of_hall import Front, request_id

from hall_server.contract.messages.access import Role, StationEnrol, StationInvite, StationRevoke
from hall_server.contract.messages.stations import StationList
from hall_server.contract.station_key import StationKey
from hall_server.contract.version import VERSION
from hall_server.stations.presence import LOOK_EVERY_TICKS, Presence

LOOK_S = float(LOOK_EVERY_TICKS)


class Watch:
    """A steady clock that goes with the hall's, and one or more watchers."""

    def __init__(self, hall: Any, rate: int = 1) -> None:
        self.hall = hall
        self.now_s = 1_000.0
        self.rate = rate
        self.presence = self.watcher()

    def watcher(self) -> Presence:
        return Presence(self.hall.hall.database, self.rate, lambda: self.now_s)

    def go(self, seconds: float, *speaking: str, watchers: tuple[Presence, ...] = ()) -> None:
        """Let time pass, second by second; the first watcher hears those who speak."""
        for _ in range(int(seconds)):
            self.now_s += 1
            self.hall.clock.advance(1_000 * self.rate)
            for station_id in speaking:
                self.presence.hear(station_id)
            for watcher in (self.presence, *watchers):
                watcher.tick()

    def said(self) -> list[tuple[str, str]]:
        """What the ledger holds of stations' coming and going."""
        kinds = ("station.lost", "station.signed_on")
        rows = [body for body in self.hall.bodies() if body["type"] in kinds]
        return [(str(row["type"]), str(row["station_id"])) for row in rows]

    def online(self) -> dict[str, bool]:
        """As the list of stations shows it."""
        asker = self.hall.person("boss", Role.SUPERVISOR)
        listed = self.hall.read("station.list", asker, StationList())
        return {view.station_id: view.online for view in listed.stations}


def with_stations(hall: Any, tmp_path: Path, rate: int = 1) -> Watch:
    """Two stations signed on."""
    front = Front(hall.hall)
    administrator = hall.person("admin", Role.ADMINISTRATOR)
    for station_id, role in (("kiosk-1", Role.KIOSK), ("display-1", Role.DISPLAY)):
        ask = StationInvite(request_id=request_id(), station_id=station_id, role=role)
        code = hall.ask("station.invite", administrator, ask).code
        key = StationKey.load_or_make(tmp_path / f"{station_id}.key")
        spent = StationEnrol(
            request_id=request_id(), station_id=station_id, code=code, public_key=key.public_hex
        )
        front.must("station.enrol", **msgspec.to_builtins(spent) | {"request_id": request_id()})
        signed = key.sign_on(station_id, VERSION, hall.clock.now_ms(), request_id(), "")
        assert front.send("station.sign_on", msgspec.to_builtins(signed)).status == 200
    return Watch(hall, rate)


@pytest.fixture
def watch(make_hall: Any, tmp_path: Path) -> Watch:
    return with_stations(make_hall(), tmp_path)


BOTH = [("station.signed_on", "kiosk-1"), ("station.signed_on", "display-1")]


@pytest.mark.parametrize("rate", [1, 60])
def test_silence_of_a_minute_is_recorded_once_and_so_is_the_return(
    hall: Any, tmp_path: Path, rate: int
) -> None:
    """On both databases, and on a clock that runs sixty times as fast."""
    watch = with_stations(hall, tmp_path, rate)
    watch.go(50, "kiosk-1")
    assert watch.online() == {"kiosk-1": True, "display-1": True}
    watch.go(25, "kiosk-1")
    assert watch.online() == {"kiosk-1": True, "display-1": False}
    watch.go(300, "kiosk-1")
    assert watch.said() == [*BOTH, ("station.lost", "display-1")]
    watch.go(LOOK_S, "kiosk-1", "display-1")
    assert watch.online() == {"kiosk-1": True, "display-1": True}
    watch.go(300, "kiosk-1", "display-1")
    assert watch.said() == [*BOTH, ("station.lost", "display-1"), BOTH[1]]


def test_who_speaks_is_seen(watch: Watch) -> None:
    watch.go(100, "kiosk-1")
    asker = watch.hall.person("boss", Role.SUPERVISOR)
    listed = watch.hall.read("station.list", asker, StationList())
    since = {view.station_id: view.since for view in listed.stations}
    now_ms = watch.hall.clock.now_ms()
    assert now_ms - since["kiosk-1"] <= LOOK_S * 1_000 * watch.rate
    assert now_ms - since["display-1"] >= 100_000 * watch.rate


def test_two_processes_agree(watch: Watch) -> None:
    """One hears both stations, the other none: nobody is lost; then all is said once."""
    deaf = watch.watcher()
    watch.go(200, "kiosk-1", "display-1", watchers=(deaf,))
    assert watch.said() == BOTH
    watch.go(200, watchers=(deaf,))
    assert sorted(watch.said()[2:]) == [("station.lost", "display-1"), ("station.lost", "kiosk-1")]


def test_a_hall_that_was_down_waits_before_it_judges(watch: Watch) -> None:
    watch.hall.clock.advance(3_600_000)
    watch.presence = watch.watcher()
    watch.go(40, "kiosk-1", "display-1")
    assert watch.said() == BOTH


def test_a_revoked_station_is_offline_and_not_missed(watch: Watch) -> None:
    ask = StationRevoke(request_id=request_id(), station_id="display-1")
    watch.hall.ask("station.revoke", watch.hall.person("admin", Role.ADMINISTRATOR), ask)
    watch.go(200, "kiosk-1", "display-1")
    assert watch.online() == {"kiosk-1": True, "display-1": False}
    assert watch.said() == BOTH
