"""At the window: start (开始办理), finish (办结), miss (过号), hold (挂起) and resume.

Service time runs from the first start to the finish without the time on hold; time that a citizen
sent back from hold waits for the next start counts as on hold too.
"""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import bindparam, func, insert, select, text, update

from config.facts import ReasonKind
from hall_server.access.rules import Asker
from hall_server.contract.messages.queueing import (
    ItemAdded,
    LegNamed,
    LegState,
    Place,
    TicketFinish,
    TicketFinished,
    TicketHeld,
    TicketHold,
    TicketMiss,
    TicketMissed,
    TicketResume,
    TicketResumed,
    TicketStart,
    TicketStarted,
    WindowState,
)
from hall_server.database import Transaction
from hall_server.prepared import Prepared
from hall_server.queueing import forecast, legs, lines, windows
from hall_server.queueing.legs import Leg
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import Act, after, check_hold, check_miss, check_version
from hall_server.queueing.tables import leg as leg_table
from hall_server.queueing.tables import queue_pace

_HELD_HERE = (
    select(func.count())
    .select_from(leg_table)
    .where(leg_table.c.window_id == bindparam("wanted"), text("leg.state = 'held'"))
)
_PACE = Prepared(
    select(queue_pace.c.mean_ms, queue_pace.c.deviation_ms, queue_pace.c.weight).where(
        queue_pace.c.queue_id == bindparam("wanted")
    )
)
_FIRST_PACE = Prepared(
    insert(queue_pace), columns=("queue_id", "mean_ms", "deviation_ms", "weight")
)
_NEXT_PACE = Prepared(
    update(queue_pace).where(queue_pace.c.queue_id == bindparam("wanted")),
    columns=("mean_ms", "deviation_ms", "weight"),
)


def start(tx: Transaction, asker: Asker, ask: TicketStart) -> LegNamed:
    """The citizen has come."""
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    state = after(leg.state, Act.START)
    windows.own_post(tx, asker, leg.window_id)
    resting_ms = max(0, tx.now_ms - leg.held_at) if leg.held_at else 0
    tx.record(
        TicketStarted(
            **legs.told(leg),
            window_id=leg.window_id,
            staff_id=leg.staff_id,
            walked_ms=max(0, tx.now_ms - leg.first_called_at),
            direct=False,
        )
    )
    started = replace(
        leg,
        state=state,
        started_at=leg.started_at or tx.now_ms,
        held_at=0,
        held_ms=leg.held_ms + resting_ms,
    )
    return legs.named(tx, legs.save(tx.connection, leg, started))


def finish(tx: Transaction, asker: Asker, ask: TicketFinish) -> LegNamed:
    """Service ends; a citizen sent here only in between goes back first in line."""
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    after(leg.state, Act.FINISH)
    lookup(tx.facts).check_reason(ask.outcome_id, ReasonKind.OUTCOME, ask.note)
    windows.own_post(tx, asker, leg.window_id)
    learn_pace(tx, leg.queue_id, leg.busy_ms(tx.now_ms))
    finished = end_service(tx, leg, outcome_id=ask.outcome_id, note=ask.note)
    _send_back(tx, finished)
    lines.step_back(tx.connection, finished)
    return legs.named(tx, finished)


def end_service(
    tx: Transaction, leg: Leg, *, outcome_id: str = "", note: str = "", at_close: bool = False
) -> Leg:
    """Record the end of a service, by its clerk or by the close of day."""
    tx.record(
        TicketFinished(
            **legs.told(leg),
            window_id=leg.window_id,
            staff_id=leg.staff_id,
            outcome_id=outcome_id,
            note=note,
            served_ms=max(0, tx.now_ms - leg.started_at - leg.held_ms),
            held_ms=leg.held_ms,
            at_close=at_close,
        )
    )
    act = Act.CLOSE_DAY if at_close else Act.FINISH
    finished = replace(
        leg, state=after(leg.state, act), ended_at=tx.now_ms, at_close=int(at_close), note=note
    )
    return legs.save(tx.connection, leg, finished)


def miss(tx: Transaction, asker: Asker, ask: TicketMiss) -> LegNamed:
    """Called and not come; the window is free for the next."""
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    state = after(leg.state, Act.MISS)
    windows.own_post(tx, asker, leg.window_id)
    check_miss(
        lookup(tx.facts).rules,
        call_count=leg.call_count,
        first_called_at=leg.first_called_at,
        now_ms=tx.now_ms,
    )
    tx.record(TicketMissed(**legs.told(leg), window_id=leg.window_id, call_count=leg.call_count))
    learn_pace(tx, leg.queue_id, leg.busy_ms(tx.now_ms))
    missed = legs.save(tx.connection, leg, replace(leg, state=state, ended_at=tx.now_ms))
    lines.step_back(tx.connection, missed)
    return legs.named(tx, missed)


def hold(tx: Transaction, asker: Asker, ask: TicketHold) -> LegNamed:
    """Set the service aside, with a reason; the window is free, the citizen stays spoken for."""
    facts = lookup(tx.facts)
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    state = after(leg.state, Act.HOLD)
    facts.check_reason(ask.reason_id, ReasonKind.HOLD, ask.note)
    windows.own_post(tx, asker, leg.window_id)
    held_here = tx.connection.execute(_HELD_HERE, {"wanted": leg.window_id}).scalar_one()
    check_hold(facts.rules, held_here=held_here, held_ms=leg.held_ms)
    tx.record(
        TicketHeld(
            **legs.told(leg), window_id=leg.window_id, reason_id=ask.reason_id, note=ask.note
        )
    )
    held = replace(leg, state=state, held_at=tx.now_ms, note=ask.note)
    return legs.named(tx, legs.save(tx.connection, leg, held))


def resume(tx: Transaction, asker: Asker, ask: TicketResume) -> LegNamed:
    """Take a held service up again at a window of the asker's, or let the citizen wait anew."""
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    if ask.to_queue:
        return _requeue(tx, asker, leg)
    state = after(leg.state, Act.RESUME)
    post = windows.free_post(tx, asker, ask.window_id or leg.window_id)
    resumed = replace(
        leg,
        state=state,
        window_id=post.window.id,
        staff_id=post.staff_id,
        held_at=0,
        held_ms=leg.held_ms + max(0, tx.now_ms - leg.held_at),
    )
    tx.record(
        TicketResumed(
            **legs.told(leg),
            window_id=post.window.id,
            staff_id=post.staff_id,
            held_ms=resumed.held_ms,
            waiting_since=0,
            place=0,
            place_tie=0,
        )
    )
    return legs.named(tx, legs.save(tx.connection, leg, resumed))


def _requeue(tx: Transaction, asker: Asker, leg: Leg) -> LegNamed:
    state = after(leg.state, Act.REQUEUE)
    if windows.post(tx, leg.window_id).state is not WindowState.CLOSED:
        windows.own_post(tx, asker, leg.window_id)  # once its clerk has left, any clerk may
    waiting = replace(leg, state=state, window_id="", staff_id="", call_count=0, overtaken=0)
    waiting = lines.put(tx.connection, waiting, Place.KEEP, tx.seq + 1)
    waiting = lines.enter(tx.connection, waiting)
    tx.record(
        TicketResumed(
            **legs.told(leg),
            window_id="",
            staff_id="",
            held_ms=leg.held_ms,
            waiting_since=waiting.waiting_since,
            place=waiting.place,
            place_tie=waiting.place_tie,
        )
    )
    saved = legs.save(tx.connection, leg, waiting)
    lines.step_back(tx.connection, saved)
    return legs.named(tx, saved)


def _send_back(tx: Transaction, finished: Leg) -> None:
    """The promised way back after a transfer (转回): first in line at the window it came from."""
    if not finished.return_window_id:
        return
    seq = tx.seq + 1
    entered_at = legs.entering_at(tx.connection, finished.day_id, tx.now_ms)
    back = Leg(
        leg_id=seq,
        day_id=finished.day_id,
        ticket_id=finished.ticket_id,
        parent_leg_id=finished.leg_id,
        state=LegState.WAITING,
        label=finished.label,
        item_id=finished.item_id,
        queue_id=finished.queue_id,
        priority_id=finished.priority_id,
        to_window_id=finished.return_window_id,
        shared=finished.shared,
        place=seq,
        entered_at=entered_at,
        queued_at=tx.now_ms,
        waiting_since=entered_at,
    )
    back = lines.put(tx.connection, back, Place.FIRST, seq)
    back = lines.enter(tx.connection, back)
    tx.record(item_added(back, returning=True))
    legs.add(tx.connection, back)


def item_added(leg: Leg, *, returning: bool) -> ItemAdded:
    """The event that opens a further leg."""
    return ItemAdded(
        ticket_id=leg.ticket_id,
        leg_id=leg.leg_id,
        version=leg.version,
        label=leg.label,
        queue_id=leg.queue_id,
        item_id=leg.item_id,
        parent_leg_id=leg.parent_leg_id,
        returning=returning,
        priority_id=leg.priority_id,
        to_window_id=leg.to_window_id,
        waiting_since=leg.waiting_since,
        place=leg.place,
        place_tie=leg.place_tie,
    )


def learn_pace(tx: Transaction, queue_id: str, busy_ms: int) -> None:
    """One more call of the queue has kept a window busy for so long."""
    queue = lookup(tx.facts).queues.get(queue_id)
    if queue is None:
        return
    row = _PACE.row(tx.connection, wanted=queue_id)
    before = forecast.first_pace(queue.service_minutes) if row is None else forecast.Pace(*row)
    pace = forecast.next_pace(before, busy_ms)
    values = {"mean_ms": pace.mean_ms, "deviation_ms": pace.deviation_ms, "weight": pace.weight}
    if row is None:
        _FIRST_PACE.run(tx.connection, queue_id=queue_id, **values)
    else:
        _NEXT_PACE.run(tx.connection, wanted=queue_id, **values)
