"""What stations report becomes an event only when it says something new and can be true."""

from __future__ import annotations

from typing import Any

import pytest
from http_of_hall import request_id

from hall_server.contract.messages.access import Role
from hall_server.contract.messages.organisation import SnapshotRead
from hall_server.contract.messages.stations import (
    AlertKind,
    AnnouncementReport,
    DeviceAlert,
    DeviceReport,
    DisplayReport,
    Health,
    KioskHelp,
    RecordingSeal,
    StationList,
)
from hall_server.contract.refusals import Refusal


@pytest.fixture
def hall(make_hall: Any) -> Any:
    return make_hall()


def report(hall: Any, station_id: str, device_id: str, health: Health, *codes: str) -> None:
    ask = DeviceReport(
        request_id=request_id(), device_id=device_id, health=health, codes=list(codes)
    )
    hall.ask("device.report", hall.station(station_id, Role.KIOSK), ask)


def told(hall: Any, kind: str) -> list[dict[str, Any]]:
    return [body for body in hall.bodies() if body["type"] == kind]


def test_a_device_is_recorded_when_it_changes(hall: Any) -> None:
    listed = hall.read("station.list", hall.person("boss", Role.SUPERVISOR), StationList())
    device = next(view for view in listed.devices if view.station_id == "kiosk-1")
    assert device.health is Health.UNKNOWN
    for health, codes in (
        (Health.OK, ()),
        (Health.OK, ()),
        (Health.DEGRADED, ("paper_near_end", "cover")),
        (Health.DEGRADED, ("cover", "paper_near_end")),
        (Health.OK, ()),
    ):
        report(hall, "kiosk-1", device.device_id, health, *codes)
    changes = [(row["health"], row["codes"]) for row in told(hall, "device.changed")]
    assert changes == [("ok", []), ("degraded", ["cover", "paper_near_end"]), ("ok", [])]


def test_a_station_speaks_of_its_own_devices_only(hall: Any) -> None:
    listed = hall.read("station.list", hall.person("boss", Role.SUPERVISOR), StationList())
    device = next(view for view in listed.devices if view.station_id == "kiosk-1")
    for station_id, device_id in (("kiosk-2", device.device_id), ("kiosk-1", "no-such")):
        with pytest.raises(Refusal) as refused:
            report(hall, station_id, device_id, Health.OK)
        assert refused.value.code == "device_unknown"
    assert told(hall, "device.changed") == []


def alert(hall: Any, station_id: str, device_id: str, *alerts: AlertKind) -> None:
    ask = DeviceAlert(request_id=request_id(), device_id=device_id, alerts=list(alerts))
    hall.ask("device.alert", hall.station(station_id, Role.KIOSK), ask)


def test_an_alert_opens_once_and_closes_once_however_often_it_is_told(hall: Any) -> None:
    boss = hall.person("boss", Role.SUPERVISOR)
    listed = hall.read("station.list", boss, StationList())
    device_id = next(view.device_id for view in listed.devices if view.station_id == "kiosk-1")
    out, low = AlertKind.PAPER_OUT, AlertKind.PAPER_LOW
    for alerts in ([], [low], [low], [out, low], [low, out], [out], [], []):
        alert(hall, "kiosk-1", device_id, *alerts)
    story = [
        (body["type"], body["alert"]) for body in hall.bodies() if body.get("alert") is not None
    ]
    assert story == [
        ("device.alerted", "paper_low"),
        ("device.alerted", "paper_out"),
        ("device.cleared", "paper_low"),
        ("device.cleared", "paper_out"),
    ]
    opened, closed = told(hall, "device.alerted")[0], told(hall, "device.cleared")[0]
    assert closed["since"] == opened["at"]
    with pytest.raises(Refusal) as refused:
        alert(hall, "kiosk-2", device_id, out)
    assert refused.value.code == "device_unknown"


def test_what_passed_unheard_opens_and_closes(hall: Any) -> None:
    boss = hall.person("boss", Role.SUPERVISOR)
    listed = hall.read("station.list", boss, StationList())
    device_id = next(view.device_id for view in listed.devices if view.station_id == "kiosk-1")
    low, out = AlertKind.PAPER_LOW, AlertKind.PAPER_OUT
    alert(hall, "kiosk-1", device_id, low)
    ask = DeviceAlert(request_id=request_id(), device_id=device_id, alerts=[], passed=[low, out])
    hall.ask("device.alert", hall.station("kiosk-1", Role.KIOSK), ask)
    story = [(body["type"], body["alert"]) for body in hall.bodies() if body.get("alert")]
    assert story == [
        ("device.alerted", "paper_low"),
        ("device.alerted", "paper_out"),
        ("device.cleared", "paper_low"),
        ("device.cleared", "paper_out"),
    ]
    assert hall.read("hall.snapshot", boss, SnapshotRead()).alerts == []


def test_open_alerts_are_in_the_snapshot_of_staff_alone(hall: Any) -> None:
    boss = hall.person("boss", Role.SUPERVISOR)
    listed = hall.read("station.list", boss, StationList())
    device_id = next(view.device_id for view in listed.devices if view.station_id == "kiosk-1")
    alert(hall, "kiosk-1", device_id, AlertKind.NOT_TAKEN)
    (seen,) = hall.read("hall.snapshot", boss, SnapshotRead()).alerts
    assert (seen.device_id, seen.alert) == (device_id, AlertKind.NOT_TAKEN)
    kiosk = hall.station("kiosk-1", Role.KIOSK)
    assert hall.read("hall.snapshot", kiosk, SnapshotRead()).alerts == []


def test_proof_of_a_call_names_a_display_and_an_event_that_are(hall: Any) -> None:
    display = hall.station("display-1", Role.DISPLAY)
    with hall.hall.database.reading() as reading:
        display_id = reading.facts.displays[0].id

    def shown(at: str, seq: int) -> str:
        ask = DisplayReport(request_id=request_id(), display_id=at, shown_seq=seq)
        try:
            hall.ask("display.report", display, ask)
        except Refusal as refusal:
            return refusal.code
        return ""

    assert shown(display_id, 1) == ""
    assert shown("no-such", 1) == "display_unknown"
    assert shown(display_id, 10_000) == "not_yet"
    ask = AnnouncementReport(
        request_id=request_id(), display_id=display_id, zone_id="z", called_seq=1, spoken=True
    )
    hall.ask("announcement.report", display, ask)
    assert [row["shown_seq"] for row in told(hall, "display.shown")] == [1]
    assert [row["spoken"] for row in told(hall, "announcement.spoken")] == [True]


def test_help_at_a_kiosk_names_the_kiosk(hall: Any) -> None:
    hall.ask("kiosk.help", hall.station("kiosk-1", Role.KIOSK), KioskHelp(request_id=request_id()))
    assert [row["station_id"] for row in told(hall, "kiosk.help_asked")] == ["kiosk-1"]


def test_a_monitors_seal_stands_in_the_ledger(hall: Any) -> None:
    seal = RecordingSeal(request_id=request_id(), place=7, chain="ab" * 32, made_at=5)
    hall.ask("recording.seal", hall.station("monitor-1", Role.MONITOR), seal)
    (row,) = told(hall, "recording.sealed")
    assert (row["station_id"], row["place"], row["chain"]) == ("monitor-1", 7, "ab" * 32)


def test_a_monitor_speaks_of_cameras_and_itself_and_of_nobodys_devices(hall: Any) -> None:
    def tell(role: Role, device_id: str, alert: AlertKind) -> None:
        ask = DeviceAlert(request_id=request_id(), device_id=device_id, alerts=[alert])
        hall.ask("device.alert", hall.station(f"{role}-9", role), ask)

    boss = hall.person("boss", Role.SUPERVISOR)
    device_id = hall.read("station.list", boss, StationList()).devices[0].device_id
    for role, named, alert in (
        (Role.MONITOR, device_id, AlertKind.CAMERA_OFFLINE),
        (Role.MONITOR, "window-1", AlertKind.PAPER_OUT),
        (Role.KIOSK, "window-1", AlertKind.CAMERA_OFFLINE),
    ):
        with pytest.raises(Refusal) as refused:
            tell(role, named, alert)
        assert refused.value.code == "device_unknown"
    for _ in range(2):
        tell(Role.MONITOR, "window-1", AlertKind.CAMERA_OFFLINE)
    (row,) = told(hall, "device.alerted")
    assert (row["device_id"], row["alert"]) == ("window-1", "camera_offline")
