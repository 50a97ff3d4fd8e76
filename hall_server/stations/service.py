"""What stations report: devices' health, and the proof that a call was shown and spoken."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.access.tables import station
from hall_server.contract.messages import stations as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted, Answer
from hall_server.contract.messages.organisation import AlertView, DeviceState
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction
from hall_server.stations.tables import device_alert, device_state


def report_device(tx: Transaction, asker: Asker, ask: messages.DeviceReport) -> Answer:
    """Keep a device's health; only a change becomes an event."""
    _check_device(tx, asker, ask.device_id)
    codes = " ".join(sorted(ask.codes))
    before = tx.connection.execute(
        select(device_state).where(device_state.c.device_id == ask.device_id)
    ).one_or_none()
    if before is not None and (before.health, before.codes) == (ask.health, codes):
        return Accepted(seq=tx.seq)
    tx.connection.execute(delete(device_state).where(device_state.c.device_id == ask.device_id))
    tx.connection.execute(
        insert(device_state).values(
            device_id=ask.device_id,
            station_id=asker.station_id,
            health=ask.health,
            codes=codes,
            detail=ask.detail,
            since=tx.now_ms,
        )
    )
    tx.record(
        messages.DeviceChanged(
            device_id=ask.device_id,
            station_id=asker.station_id,
            health=ask.health,
            codes=codes.split(),
            detail=ask.detail,
        )
    )
    return Accepted(seq=tx.seq)


def report_alerts(tx: Transaction, asker: Asker, ask: messages.DeviceAlert) -> Answer:
    """Open what is new, close what is no longer named: each is recorded once.

    What has passed unheard opens and closes here and now.
    """
    _check_alerts(tx, asker, ask)
    chosen = device_alert.c.device_id == ask.device_id
    rows = tx.connection.execute(select(device_alert).where(chosen)).all()
    before = {messages.AlertKind(row.alert): row.since for row in rows}
    station_id = asker.station_id
    for alert in sorted({*ask.alerts, *ask.passed} - before.keys()):
        before[alert] = tx.now_ms
        row = {"station_id": station_id, "alert": alert, "since": tx.now_ms}
        tx.connection.execute(insert(device_alert).values(device_id=ask.device_id, **row))
        tx.record(
            messages.DeviceAlerted(device_id=ask.device_id, station_id=station_id, alert=alert)
        )
    for alert in sorted(before.keys() - {*ask.alerts}):
        tx.connection.execute(delete(device_alert).where(chosen, device_alert.c.alert == alert))
        tx.record(
            messages.DeviceCleared(
                device_id=ask.device_id, station_id=station_id, alert=alert, since=before[alert]
            )
        )
    return Accepted(seq=tx.seq)


def report_display(tx: Transaction, _asker: Asker, ask: messages.DisplayReport) -> Answer:
    """Record that a call was shown."""
    _check_display(tx, ask.display_id)
    _check_past(tx, ask.shown_seq)
    tx.record(messages.DisplayShown(display_id=ask.display_id, shown_seq=ask.shown_seq))
    return Accepted(seq=tx.seq)


def report_announcement(tx: Transaction, _asker: Asker, ask: messages.AnnouncementReport) -> Answer:
    """Record that a call was spoken, or why it was not."""
    _check_display(tx, ask.display_id)
    _check_past(tx, ask.called_seq)
    tx.record(
        messages.AnnouncementSpoken(
            display_id=ask.display_id,
            zone_id=ask.zone_id,
            called_seq=ask.called_seq,
            spoken=ask.spoken,
            reason=ask.reason,
            text=ask.text,
        )
    )
    return Accepted(seq=tx.seq)


def help_at_kiosk(tx: Transaction, asker: Asker, _ask: messages.KioskHelp) -> Answer:
    """Call staff to a kiosk."""
    tx.record(messages.KioskHelpAsked(station_id=asker.station_id))
    return Accepted(seq=tx.seq)


def seal_recording(tx: Transaction, asker: Asker, ask: messages.RecordingSeal) -> Answer:
    """Write the head of a monitor's archive into the ledger."""
    tx.record(
        messages.RecordingSealed(
            station_id=asker.station_id, place=ask.place, chain=ask.chain, made_at=ask.made_at
        )
    )
    return Accepted(seq=tx.seq)


def device_states(connection: Connection) -> list[DeviceState]:
    """The last report of every device."""
    return [
        DeviceState(
            device_id=row.device_id,
            health=messages.Health(row.health),
            codes=row.codes.split(),
            since=row.since,
        )
        for row in connection.execute(select(device_state).order_by(device_state.c.device_id))
    ]


def open_alerts(connection: Connection) -> list[AlertView]:
    """Every alert that is open, the oldest first."""
    order = (device_alert.c.since, device_alert.c.device_id, device_alert.c.alert)
    return [
        AlertView(device_id=row.device_id, alert=messages.AlertKind(row.alert), since=row.since)
        for row in connection.execute(select(device_alert).order_by(*order))
    ]


def overview(reading: Reading, _asker: Asker, _read: messages.StationList) -> Answer:
    """All stations, and all devices that the facts name with their last report."""
    stations = [
        messages.StationView(
            station_id=row.id,
            role=row.role,
            version=row.version,
            enrolled=bool(row.public_key),
            revoked=row.revoked,
            online=row.online,
            since=row.seen_at,
        )
        for row in reading.connection.execute(select(station).order_by(station.c.id))
    ]
    states = {row.device_id: row for row in reading.connection.execute(select(device_state))}
    devices = []
    for fact in reading.facts.devices:
        row = states.get(fact.id)
        devices.append(
            messages.DeviceView(
                device_id=fact.id,
                station_id=fact.station,
                kind=fact.kind,
                health=messages.Health(row.health) if row else messages.Health.UNKNOWN,
                codes=row.codes.split() if row else [],
                detail=row.detail if row else "",
                since=row.since if row else 0,
            )
        )
    return messages.Stations(stations=stations, devices=devices)


def _check_device(tx: Transaction, asker: Asker, device_id: str) -> None:
    device = next((one for one in tx.facts.devices if one.id == device_id), None)
    if device is None or device.station != asker.station_id:
        raise Refusal("device_unknown", device=device_id, field="$.device_id")


def _check_alerts(tx: Transaction, asker: Asker, ask: messages.DeviceAlert) -> None:
    """Stations speak of their own devices; monitors of what stands in no facts."""
    if Role.MONITOR not in asker.roles:
        _check_device(tx, asker, ask.device_id)
    is_device = any(one.id == ask.device_id for one in tx.facts.devices)
    is_of_monitors = messages.OF_MONITORS.issuperset([*ask.alerts, *ask.passed])
    if Role.MONITOR in asker.roles and (is_device or not is_of_monitors):
        raise Refusal("device_unknown", device=ask.device_id, field="$.device_id")


def _check_display(tx: Transaction, display_id: str) -> None:
    if all(display.id != display_id for display in tx.facts.displays):
        raise Refusal("display_unknown", display=display_id, field="$.display_id")


def _check_past(tx: Transaction, seq: int) -> None:
    if seq > tx.seq:
        raise Refusal("not_yet", seq=seq)
