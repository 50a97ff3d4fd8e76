"""Use cases of keeping and forgetting: holds past the time, and the proof that a day is gone."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import Asker
from hall_server.contract.messages import exports as messages
from hall_server.contract.messages.base import Accepted
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import check_note
from hall_server.supervision import rules_exports as rules
from hall_server.supervision.tables_exports import recording_hold

SHARED = ("window_id", "camera_id", "begins_at", "ends_at", "until", "note")


def hold(tx: Transaction, asker: Asker, wanted: messages.RecordingHold) -> messages.HoldNamed:
    """Keep recordings past their time; monitors hear of it within seconds."""
    check_note(wanted.note)
    rules.check_place(wanted.window_id, wanted.camera_id)
    rules.check_hold(wanted.begins_at, wanted.ends_at, wanted.until, tx.now_ms)
    if wanted.window_id:
        lookup(tx.facts).window(wanted.window_id)
    lasts = (recording_hold.c.lifted_at == 0) & (recording_hold.c.until > tx.now_ms)
    count = tx.connection.execute(select(func.count()).where(lasts)).scalar_one()
    if count >= rules.HOLDS_MOST:
        raise Refusal("hold_many", count=count)
    shared = {name: getattr(wanted, name) for name in SHARED}
    event = tx.record(messages.RecordingHeld(hold_id=tx.seq + 1, **shared))
    tx.connection.execute(
        insert(recording_hold).values(
            hold_id=event.hold_id,
            made_by=asker.account,
            made_at=tx.now_ms,
            lifted_at=0,
            **shared,
        )
    )
    return messages.HoldNamed(seq=event.seq, hold_id=event.hold_id)


def lift(tx: Transaction, _asker: Asker, wanted: messages.RecordingLift) -> Accepted:
    """They may go in their time again."""
    check_note(wanted.note)
    mine = (recording_hold.c.hold_id == wanted.hold_id) & (recording_hold.c.lifted_at == 0)
    done = tx.connection.execute(
        update(recording_hold).where(mine).values(lifted_at=max(tx.now_ms, 1))
    )
    if not done.rowcount:
        raise Refusal("hold_unknown")
    told = messages.RecordingLifted(hold_id=wanted.hold_id, note=wanted.note)
    return Accepted(seq=tx.record(told).seq)


def forget(tx: Transaction, asker: Asker, wanted: messages.RecordingForget) -> Accepted:
    """Write into the ledger what a monitor has deleted."""
    told = msgspec.to_builtins(wanted)
    del told["request_id"]
    event = tx.record(messages.RecordingForgotten(station_id=asker.station_id, **told))
    return Accepted(seq=event.seq)


def in_force(connection: Connection, now_ms: int) -> list[messages.HoldView]:
    """Holds that are neither lifted nor over, oldest first."""
    lasts = (recording_hold.c.lifted_at == 0) & (recording_hold.c.until > now_ms)
    rows = connection.execute(
        select(recording_hold).where(lasts).order_by(recording_hold.c.hold_id)
    )
    return [
        messages.HoldView(**{name: row[name] for name in messages.HoldView.__struct_fields__})
        for row in rows.mappings()
    ]
