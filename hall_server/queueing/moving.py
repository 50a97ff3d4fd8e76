"""Moving on: transfer (转移), move back (延后), bring back (恢复), add an item, cancel (作废)."""

from __future__ import annotations

from msgspec.structs import replace

from config.facts import ReasonKind
from hall_server.access.rules import Asker
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import (
    LegNamed,
    LegState,
    Place,
    TicketAddItem,
    TicketBringBack,
    TicketBroughtBack,
    TicketCancel,
    TicketCancelled,
    TicketMoveBack,
    TicketMovedBack,
    TicketTransfer,
    TicketTransferred,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing import days, legs, lines, serving, tickets, windows
from hall_server.queueing.legs import Leg
from hall_server.queueing.lookup import Lookup, lookup
from hall_server.queueing.rules import (
    WITH_CITIZEN,
    Act,
    after,
    check_bring_back,
    check_move_back,
    check_version,
)

CANCELLABLE = frozenset({LegState.WAITING, LegState.CALLED})


def transfer(tx: Transaction, asker: Asker, ask: TicketTransfer) -> LegNamed:
    """Send the citizen on: this leg ends, a new one waits under the same number."""
    facts = lookup(tx.facts)
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    state = after(leg.state, Act.TRANSFER)
    facts.check_reason(ask.reason_id, ReasonKind.TRANSFER, ask.note)
    windows.own_post(tx, asker, leg.window_id)
    _check_target(facts, ask, leg)
    ended = replace(leg, state=state, ended_at=tx.now_ms, note=ask.note)
    saved = legs.save(tx.connection, leg, ended)
    onward = _onward(tx, facts, ask, leg)
    tx.record(_transferred(ask, leg, onward))
    legs.add(tx.connection, onward)
    serving.learn_pace(tx, leg.queue_id, leg.busy_ms(tx.now_ms))
    lines.step_back(tx.connection, saved)
    return legs.named(tx, onward)


def _onward(tx: Transaction, facts: Lookup, ask: TicketTransfer, leg: Leg) -> Leg:
    """The new leg, placed in its line."""
    item_id = ask.item_id or leg.item_id
    queue_id = ask.queue_id or leg.queue_id
    if ask.item_id and not ask.queue_id:
        queue_id = facts.item(ask.item_id).queue or leg.queue_id
    seq = tx.seq + 1
    placed = Leg(
        leg_id=seq,
        day_id=leg.day_id,
        ticket_id=leg.ticket_id,
        parent_leg_id=leg.leg_id,
        state=LegState.WAITING,
        label=leg.label,
        item_id=item_id,
        queue_id=queue_id,
        priority_id=leg.priority_id,
        to_window_id=ask.window_id,
        to_staff_id=ask.staff_id,
        return_window_id=leg.window_id if ask.return_after else "",
        shared=leg.shared,
        place=leg.place,
        entered_at=legs.entering_at(tx.connection, leg.day_id, tx.now_ms),
        queued_at=tx.now_ms,
        waiting_since=leg.waiting_since,
        note=ask.note,
    )
    placed = lines.put(tx.connection, placed, ask.place, seq)
    return lines.enter(tx.connection, placed)


def _transferred(ask: TicketTransfer, leg: Leg, onward: Leg) -> TicketTransferred:
    return TicketTransferred(
        **legs.told(leg),
        new_leg_id=onward.leg_id,
        new_queue_id=onward.queue_id,
        new_item_id=onward.item_id,
        to_window_id=onward.to_window_id,
        to_staff_id=onward.to_staff_id,
        wish=ask.place,
        place=onward.place,
        place_tie=onward.place_tie,
        return_after=ask.return_after,
        reason_id=ask.reason_id,
        note=ask.note,
        priority_id=onward.priority_id,
        waiting_since=onward.waiting_since,
    )


def _check_target(facts: Lookup, ask: TicketTransfer, leg: Leg) -> None:
    """Exactly one target, and one that exists and could serve."""
    if sum(map(bool, (ask.queue_id, ask.window_id, ask.staff_id))) != 1:
        raise Refusal("transfer_target")
    if ask.queue_id:
        facts.queue(ask.queue_id)
    if ask.window_id:
        facts.window(ask.window_id)
    if ask.window_id == leg.window_id or (ask.staff_id and ask.staff_id == leg.staff_id):
        raise Refusal("transfer_to_self")
    if ask.staff_id and ask.staff_id not in facts.staff:
        raise Refusal("staff_unknown", staff=ask.staff_id)
    if ask.item_id:
        facts.item(ask.item_id)


def move_back(tx: Transaction, asker: Asker, ask: TicketMoveBack) -> LegNamed:
    """Let others of the own class go first: so many behind oneself, or from the front if called."""
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    was_called = leg.state is LegState.CALLED
    state = after(leg.state, Act.MOVE_BACK)
    if was_called:
        windows.own_post(tx, asker, leg.window_id)
    check_move_back(lookup(tx.facts).rules, moved_back=leg.moved_back)
    order = lines.FRONT_OF_ALL if was_called else (leg.place, leg.place_tie)
    waiting = _waiting_again(tx, leg, state, ask.places, order)
    waiting = replace(waiting, moved_back=leg.moved_back + 1)
    tx.record(
        TicketMovedBack(
            **legs.told(leg),
            places=ask.places,
            waiting_since=waiting.waiting_since,
            place=waiting.place,
            place_tie=waiting.place_tie,
        )
    )
    saved = legs.save(tx.connection, leg, waiting)
    if was_called:
        lines.step_back(tx.connection, saved)
    return legs.named(tx, saved)


def bring_back(tx: Transaction, _asker: Asker, ask: TicketBringBack) -> LegNamed:
    """A citizen who was missed is here again; any clerk may let them wait behind some others."""
    rules = lookup(tx.facts).rules
    leg = legs.find(tx.connection, ask.leg_id)
    check_version(ask.version, leg.version)
    state = after(leg.state, Act.BRING_BACK)
    day = days.open_day(tx)
    check_bring_back(rules, brought_back=leg.brought_back, same_day=leg.day_id == day.day_id)
    places = rules.bring_back_places
    waiting = _waiting_again(tx, leg, state, places, lines.FRONT_OF_ALL)
    waiting = replace(waiting, brought_back=leg.brought_back + 1, ended_at=0)
    tx.record(
        TicketBroughtBack(
            **legs.told(leg),
            places=places,
            waiting_since=waiting.waiting_since,
            place=waiting.place,
            place_tie=waiting.place_tie,
        )
    )
    return legs.named(tx, legs.save(tx.connection, leg, waiting))


def _waiting_again(
    tx: Transaction, leg: Leg, state: LegState, others: int, order: tuple[int, int]
) -> Leg:
    waiting = replace(leg, state=state, window_id="", staff_id="", call_count=0)
    seq = tx.seq + 1
    if others:
        waiting = lines.put_behind(tx.connection, waiting, others, order, seq)
    else:
        waiting = lines.put(tx.connection, replace(waiting, overtaken=0), Place.KEEP, seq)
    return lines.enter(tx.connection, waiting)


def add_item(tx: Transaction, asker: Asker, ask: TicketAddItem) -> LegNamed:
    """A further item on the same number (一票多办), in its own line or here and next."""
    item, queue = lookup(tx.facts).item_with_queue(ask.item_id)
    day = days.open_day(tx)
    ticket = tickets.find(tx.connection, ask.ticket_id)
    if ticket.day_id != day.day_id:
        raise Refusal("other_day")
    tickets.check_quotas(tx, day.day_id, item, queue)
    visit = legs.of_ticket(tx.connection, ask.ticket_id)
    here = _window_now(tx, asker, visit) if ask.here else ""
    seq = tx.seq + 1
    entered_at = legs.entering_at(tx.connection, day.day_id, tx.now_ms)
    added = Leg(
        leg_id=seq,
        day_id=day.day_id,
        ticket_id=ticket.ticket_id,
        state=LegState.WAITING,
        label=ticket.label,
        item_id=item.id,
        queue_id=queue.id,
        priority_id=ticket.priority_id,
        to_window_id=here,
        shared=1,
        place=seq,
        entered_at=entered_at,
        queued_at=tx.now_ms,
        waiting_since=entered_at,
    )
    legs.share(tx.connection, ticket.ticket_id)
    added = lines.put(tx.connection, added, Place.FIRST if here else Place.LAST, seq)
    added = lines.enter(tx.connection, added)
    tx.record(serving.item_added(added, returning=False))
    legs.add(tx.connection, added)
    return legs.named(tx, added)


def _window_now(tx: Transaction, asker: Asker, visit: list[Leg]) -> str:
    """The window that has the citizen; it must be the asker's."""
    for leg in visit:
        if leg.state in WITH_CITIZEN:
            return windows.own_post(tx, asker, leg.window_id).window.id
    raise Refusal("not_your_window")


def cancel(tx: Transaction, asker: Asker, ask: TicketCancel) -> Accepted:
    """Void a ticket before service, or one leg of it; somebody called only at their window."""
    lookup(tx.facts).check_reason(ask.reason_id, ReasonKind.CANCEL, ask.note)
    tickets.find(tx.connection, ask.ticket_id)
    visit = legs.of_ticket(tx.connection, ask.ticket_id)
    wanted = [leg for leg in visit if ask.leg_id in (0, leg.leg_id)]
    if ask.leg_id and not wanted:
        raise Refusal("leg_unknown")
    voided = [leg for leg in wanted if leg.state in CANCELLABLE]
    if not voided:
        raise Refusal("nothing_to_cancel")
    for leg in voided:
        if leg.state is LegState.CALLED:
            windows.own_post(tx, asker, leg.window_id)
        tx.record(TicketCancelled(**legs.told(leg), reason_id=ask.reason_id, note=ask.note))
        ended = replace(
            leg,
            state=after(leg.state, Act.CANCEL),
            line=None,
            ended_at=tx.now_ms,
            note=ask.note,
        )
        legs.save(tx.connection, leg, ended)
    lines.step_back(tx.connection, voided[0])
    return Accepted(seq=tx.seq)
