"""Use cases of exports: one person asks, another decides, a monitor makes, whoever asked fetches.

The hall holds words alone. A monitor reads what it has to make (``orders``) as often as it likes
and says what came of it until it is answered: the same word again changes nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.contract.admission import ADMITTED_MS, Admission
from hall_server.contract.messages import exports as messages
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.exports import ExportFailure, ExportState
from hall_server.contract.messages.supervision import Admitted
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction
from hall_server.ledger.reading import body_at
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import check_note
from hall_server.supervision import rules_exports as rules
from hall_server.supervision import service_holds, service_looks
from hall_server.supervision.tables_exports import export

SHARED = ("window_id", "camera_id", "begins_at", "ends_at", "purpose", "copy", "note")
NOT_YET = {
    **dict.fromkeys(("decided_by", "decision", "station_id", "failure"), ""),
    **dict.fromkeys(("sha256", "file_sha256"), ""),
    **dict.fromkeys(("decided_at", "decided_seq", "permille", "made_at"), 0),
    **dict.fromkeys(("bytes", "gaps", "downloads"), 0),
}


def ask(tx: Transaction, asker: Asker, wanted: messages.ExportAsk) -> messages.ExportNamed:
    """Somebody says which recordings they want, and why."""
    check_note(wanted.note)
    rules.check_place(wanted.window_id, wanted.camera_id)
    rules.check_span(wanted.begins_at, wanted.ends_at, tx.now_ms)
    if wanted.window_id:
        lookup(tx.facts).window(wanted.window_id)
    is_open = export.c.state.in_(rules.OPEN) & (export.c.expires_at > tx.now_ms)
    count = tx.connection.execute(select(func.count()).where(is_open)).scalar_one()
    if count >= rules.OPEN_MOST:
        raise Refusal("export_many", count=count)
    shared = {name: getattr(wanted, name) for name in SHARED}
    event = tx.record(messages.ExportAsked(export_id=tx.seq + 1, **shared))
    tx.connection.execute(
        insert(export).values(
            export_id=event.export_id,
            state=ExportState.ASKED,
            asked_by=asker.account,
            asked_staff=asker.staff_id,
            asked_at=tx.now_ms,
            expires_at=tx.now_ms + rules.OPEN_FOR_MS,
            **shared,
            **NOT_YET,
        )
    )
    return messages.ExportNamed(seq=event.seq, export_id=event.export_id)


def approve(tx: Transaction, asker: Asker, wanted: messages.ExportApprove) -> Accepted:
    """A second person lets it be made."""
    told = messages.ExportApproved(export_id=wanted.export_id, note=wanted.note)
    return _decide(tx, asker, told, ExportState.APPROVED)


def refuse(tx: Transaction, asker: Asker, wanted: messages.ExportRefuse) -> Accepted:
    """A second person does not."""
    told = messages.ExportRefused(export_id=wanted.export_id, note=wanted.note)
    return _decide(tx, asker, told, ExportState.REFUSED)


def report(tx: Transaction, asker: Asker, wanted: messages.ExportReport) -> Accepted:
    """How far it is: no event, only for whoever looks at the page."""
    row = _row(tx.connection, wanted.export_id)
    rules.check_move(ExportState(row.state), ExportState.MADE)
    _check_station(row, asker)
    _set(tx, wanted.export_id, station_id=asker.station_id, permille=wanted.permille)
    return Accepted(seq=tx.seq)


def make(tx: Transaction, asker: Asker, wanted: messages.ExportMake) -> Accepted:
    """It has been made; said again, it is the same."""
    row = _row(tx.connection, wanted.export_id)
    _check_station(row, asker)
    if row.sha256 == wanted.sha256:
        return Accepted(seq=tx.seq)
    rules.check_move(ExportState(row.state), ExportState.MADE)
    fields = ("sha256", "file_sha256", "bytes", "gaps")
    told = {name: getattr(wanted, name) for name in fields}
    told["station_id"] = asker.station_id
    event = tx.record(messages.ExportMade(export_id=wanted.export_id, **told))
    _set(
        tx,
        wanted.export_id,
        state=ExportState.MADE,
        permille=1000,
        made_at=tx.now_ms,
        expires_at=tx.now_ms + rules.OPEN_FOR_MS,
        **told,
    )
    return Accepted(seq=event.seq)


def fail(tx: Transaction, asker: Asker, wanted: messages.ExportFail) -> Accepted:
    """It cannot be made."""
    row = _row(tx.connection, wanted.export_id)
    _check_station(row, asker)
    if row.failure == wanted.failure:
        return Accepted(seq=tx.seq)
    rules.check_move(ExportState(row.state), ExportState.FAILED)
    event = tx.record(
        messages.ExportFailed(
            export_id=wanted.export_id,
            station_id=asker.station_id,
            failure=ExportFailure(wanted.failure),
        )
    )
    _set(
        tx,
        wanted.export_id,
        state=ExportState.FAILED,
        failure=wanted.failure,
        station_id=asker.station_id,
    )
    return Accepted(seq=event.seq)


def download(tx: Transaction, asker: Asker, wanted: messages.ExportDownload) -> Admitted:
    """Whoever asked is given the word that opens the monitor's door for a few minutes."""
    row = _row(tx.connection, wanted.export_id)
    rules.check_download(
        ExportState(row.state),
        row.expires_at,
        tx.now_ms,
        is_asker=asker.account == row.asked_by,
    )
    tx.record(messages.ExportDownloaded(export_id=wanted.export_id))
    _set(tx, wanted.export_id, downloads=row.downloads + 1)
    return service_looks.admitted(
        tx,
        Admission(
            account=asker.account,
            camera_ids=[],
            expires_at=min(tx.now_ms + ADMITTED_MS, row.expires_at),
            export_id=wanted.export_id,
        ),
    )


def expire(tx: Transaction, asker: Asker, wanted: messages.ExportExpire) -> Accepted:
    """Its time is over and its file is gone."""
    row = _row(tx.connection, wanted.export_id)
    _check_station(row, asker)
    if row.state == ExportState.EXPIRED:
        return Accepted(seq=tx.seq)
    rules.check_expiry(ExportState(row.state), row.expires_at, tx.now_ms)
    _set(tx, wanted.export_id, state=ExportState.EXPIRED)
    return Accepted(seq=tx.record(messages.ExportExpired(export_id=wanted.export_id)).seq)


def overview(reading: Reading, _asker: Asker, read: messages.ExportList) -> messages.ExportsView:
    """Exports, newest first, and the holds in force."""
    chosen = select(export).order_by(export.c.export_id.desc()).limit(read.limit)
    if read.before:
        chosen = chosen.where(export.c.export_id < read.before)
    rows = reading.connection.execute(chosen).all()
    return messages.ExportsView(
        exports=[_summary(row) for row in rows],
        holds=service_holds.in_force(reading.connection, reading.now_ms),
    )


def orders(reading: Reading, asker: Asker, _read: messages.ExportOrders) -> messages.OrdersView:
    """What this monitor has to make, to keep and to let go."""
    connection, now_ms = reading.connection, reading.now_ms
    chosen = select(export).where(export.c.state.in_(rules.OPEN)).order_by(export.c.export_id)
    rows = connection.execute(chosen).all()
    mine = [row for row in rows if row.station_id in ("", asker.station_id)]
    lasting = [row for row in rows if row.expires_at > now_ms]
    return messages.OrdersView(
        to_make=[
            _order(connection, row)
            for row in mine
            if row.state == ExportState.APPROVED and row.expires_at > now_ms
        ],
        to_keep=[row.export_id for row in lasting if row.state == ExportState.MADE],
        to_expire=[row.export_id for row in mine if row.expires_at <= now_ms],
        holds=[
            *service_holds.in_force(connection, now_ms),
            *(_held_for(row) for row in lasting if row.state in rules.HOLDING),
        ],
    )


def _decide(
    tx: Transaction,
    asker: Asker,
    told: messages.ExportApproved | messages.ExportRefused,
    wanted: ExportState,
) -> Accepted:
    check_note(told.note)
    row = _row(tx.connection, told.export_id)
    asked = rules.Person(row.asked_by, row.asked_staff)
    rules.check_decision(
        ExportState(row.state),
        wanted,
        row.expires_at,
        tx.now_ms,
        is_own=rules.is_same(asked, rules.Person(asker.account, asker.staff_id)),
    )
    event = tx.record(told)
    _set(
        tx,
        told.export_id,
        state=wanted,
        decided_by=asker.account,
        decided_at=tx.now_ms,
        decided_seq=event.seq,
        decision=told.note,
        expires_at=tx.now_ms + rules.OPEN_FOR_MS,
    )
    return Accepted(seq=event.seq)


def _check_station(row: Row[Any], asker: Asker) -> None:
    if row.station_id not in ("", asker.station_id):
        raise Refusal("export_elsewhere")


def _held_for(row: Row[Any]) -> messages.HoldView:
    """An export that is not yet made keeps what it names."""
    return messages.HoldView(
        hold_id=row.export_id,
        window_id=row.window_id,
        camera_id=row.camera_id,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        until=row.expires_at,
        note=row.note,
        made_by=row.asked_by,
        made_at=row.asked_at,
    )


def _order(connection: Connection, row: Row[Any]) -> messages.ExportOrder:
    return messages.ExportOrder(
        export=_summary(row),
        asked_body=(body_at(connection, row.export_id) or b"").decode(),
        decided_body=(body_at(connection, row.decided_seq) or b"").decode(),
    )


def _row(connection: Connection, export_id: int) -> Row[Any]:
    row = connection.execute(select(export).where(export.c.export_id == export_id)).one_or_none()
    if row is None:
        raise Refusal("export_unknown")
    return row


def _set(tx: Transaction, export_id: int, **values: object) -> None:
    tx.connection.execute(update(export).where(export.c.export_id == export_id).values(**values))


def _summary(row: Row[Any]) -> messages.ExportSummary:
    told = {name: row._mapping[name] for name in messages.ExportSummary.__struct_fields__}  # noqa: SLF001 - SQLAlchemy's way to a row's columns by name
    return messages.ExportSummary(
        **{
            **told,
            "state": ExportState(row.state),
            "purpose": messages.ExportPurpose(row.purpose),
            "copy": messages.CopyKind(row.copy),
        }
    )
