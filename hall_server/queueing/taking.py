"""Giving a number: take (取号), check in (签到), serve without a ticket (直接办理)."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select, update

from config.facts import ItemFact, QueueFact
from hall_server.access.rules import Asker
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.queueing import (
    LegNamed,
    LegState,
    TicketCheckIn,
    TicketServeDirect,
    TicketSlip,
    TicketStarted,
    TicketTake,
    TicketTaken,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing import days, legs, outlook, printing, tickets, windows
from hall_server.queueing.days import Day
from hall_server.queueing.legs import Leg
from hall_server.queueing.lookup import Lookup, lookup
from hall_server.queueing.numbering import DIRECT_SERIES, label
from hall_server.queueing.opening import issue_refusal
from hall_server.queueing.outlook import Outlook, Scene
from hall_server.queueing.rules import BEGINNINGS, Act, after, is_punctual
from hall_server.queueing.tables import appointment
from hall_server.queueing.tickets import Ticket

FOLLOW_BYTES = 12


class Newcomer(Struct, frozen=True, kw_only=True):
    """Somebody about to get a number."""

    entered_at: int
    item: ItemFact
    queue: QueueFact
    priority_id: str
    person: str = ""
    language: str = "zh"
    appointment_id: int = 0
    due_at: int = 0


class Met(NamedTuple):
    """What a take has met, which in a rush is what the next one meets."""

    day: Day
    entered_at: int
    scene: Scene


def take(tx: Transaction, asker: Asker, ask: TicketTake) -> TicketSlip:
    """A walk-in takes a number, if the hall still gives one for this item."""
    facts = lookup(tx.facts)
    day, entered_at, scene = _meet(tx, facts)
    item, queue = facts.item_with_queue(ask.item_id)
    if ask.priority_id:
        _check_priority(tx, asker, ask.priority_id)
    if facts.rules.card_at_kiosk and not ask.person and Role.KIOSK in asker.roles:
        raise Refusal("card_needed")
    tickets.check_quotas(tx, day.day_id, item, queue)
    tickets.check_person(tx, facts.rules.tickets_per_person, ask.person, queue.id)
    expected = outlook.newcomer(tx.connection, scene, queue.id, ask.priority_id, entered_at)
    check_hours(tx, expected.expected_ms)
    newcomer = Newcomer(
        entered_at=entered_at,
        item=item,
        queue=queue,
        priority_id=ask.priority_id,
        person=ask.person,
        language=ask.language,
    )
    slip = _issue(tx, asker, day, newcomer, expected)
    scene.join(queue.id)
    tx.leave(Met(day, entered_at, scene))
    return slip


def _meet(tx: Transaction, facts: Lookup) -> Met:
    """What the take before has left if nothing else has happened since, or read anew."""
    left = tx.left(Met)
    if left is None or left.scene.facts is not facts:
        day = days.open_day(tx)
        entered_at = legs.entering_at(tx.connection, day.day_id, tx.now_ms)
        return Met(day, entered_at, outlook.scene(tx.connection, facts, tx.now_ms))
    if left.scene.now_ms == tx.now_ms:
        return left
    scene = replace(left.scene, now_ms=tx.now_ms)
    return Met(left.day, max(left.entered_at, tx.now_ms), scene)


def check_in(tx: Transaction, asker: Asker, ask: TicketCheckIn) -> TicketSlip:
    """Come for an appointment: in time with its priority, too late as anybody.

    The booking was the promise to serve, so neither quota nor closing rule stands in the way. Who
    comes early counts as waiting from the appointed time.
    """
    facts = lookup(tx.facts)
    day = days.open_day(tx)
    row = tx.connection.execute(
        select(appointment).where(appointment.c.code == ask.code)
    ).one_or_none()
    if row is None:
        raise Refusal("appointment_unknown")
    arrived = after(LegState(row.state), Act.CHECK_IN)
    if row.day != day.day:
        raise Refusal("appointment_other_day", day=row.day)
    punctual = is_punctual(facts.rules, due_at=row.due_at, now_ms=tx.now_ms)
    item = facts.item(row.item_id)
    entered_at = legs.entering_at(tx.connection, day.day_id, tx.now_ms)
    newcomer = Newcomer(
        entered_at=entered_at,
        item=item,
        queue=facts.queue(row.queue_id),
        priority_id=facts.rules.appointment_priority if punctual else "",
        person=row.person or "",
        appointment_id=row.appointment_id,
        due_at=row.due_at,
    )
    scene = outlook.scene(tx.connection, facts, tx.now_ms)
    expected = outlook.newcomer(
        tx.connection, scene, row.queue_id, newcomer.priority_id, entered_at
    )
    slip = _issue(tx, asker, day, newcomer, expected)
    tx.connection.execute(
        update(appointment)
        .where(appointment.c.appointment_id == row.appointment_id)
        .values(state=arrived, ticket_id=slip.ticket_id)
    )
    return slip


def serve_direct(tx: Transaction, asker: Asker, ask: TicketServeDirect) -> LegNamed:
    """Serve somebody at once who took no ticket; they get a number of series Z all the same."""
    facts = lookup(tx.facts)
    day = days.open_day(tx)
    item = facts.item(ask.item_id)
    post = windows.free_post(tx, asker, ask.window_id)
    seq = tx.seq + 1
    number = tickets.next_number(tx.connection, day.day_id, DIRECT_SERIES)
    entered_at = legs.entering_at(tx.connection, day.day_id, tx.now_ms)
    leg = Leg(
        leg_id=seq,
        day_id=day.day_id,
        ticket_id=seq,
        state=BEGINNINGS[Act.SERVE_DIRECT],
        label=label(DIRECT_SERIES, number),
        item_id=item.id,
        queue_id=item.queue,
        priority_id="",
        window_id=post.window.id,
        staff_id=post.staff_id,
        place=seq,
        place_tie=seq,
        entered_at=entered_at,
        queued_at=tx.now_ms,
        waiting_since=entered_at,
        started_at=tx.now_ms,
    )
    event = tx.record(
        TicketStarted(
            ticket_id=leg.ticket_id,
            leg_id=leg.leg_id,
            version=leg.version,
            label=leg.label,
            queue_id=leg.queue_id,
            item_id=leg.item_id,
            window_id=leg.window_id,
            staff_id=leg.staff_id,
            walked_ms=0,
            direct=True,
        )
    )
    tickets.add(tx.connection, _direct_ticket(facts.site_id, leg, number, event, tx.receipt(event)))
    return legs.named(tx, legs.add(tx.connection, leg))


def _direct_ticket(
    site_id: str, leg: Leg, number: int, event: TicketStarted, receipt: str
) -> Ticket:
    return Ticket(
        ticket_id=leg.ticket_id,
        site_id=site_id,
        day_id=leg.day_id,
        series=DIRECT_SERIES,
        number=number,
        label=leg.label,
        follow_code=secrets.token_urlsafe(FOLLOW_BYTES),
        person=None,
        language="zh",
        item_id=leg.item_id,
        queue_id=leg.queue_id,
        priority_id="",
        station_id="",
        appointment_id=0,
        taken_at=event.at,
        taken_seq=event.seq,
        people_ahead=0,
        wait_low_minutes=0,
        wait_high_minutes=0,
        receipt=receipt,
        direct=1,
    )


def check_hours(tx: Transaction, expected_ms: int) -> None:
    """Refuse outside the hours in which tickets are given."""
    facts = lookup(tx.facts)
    code = issue_refusal(facts.calendar, facts.rules, now_ms=tx.now_ms, expected_ms=expected_ms)
    if code:
        raise Refusal(code, opens=opens_text(tx))


def opens_text(tx: Transaction) -> str:
    """When the hall opens next, for a sentence."""
    calendar = lookup(tx.facts).calendar
    opens_at = calendar.opens_at(tx.now_ms)
    if opens_at is None:
        return "—"
    return f"{calendar.day_name(opens_at)} {calendar.clock_time(opens_at)}"


def _check_priority(tx: Transaction, asker: Asker, priority_id: str) -> None:
    """A citizen may choose some classes at the kiosk; the others are granted by a clerk."""
    priority = lookup(tx.facts).priorities.get(priority_id)
    if priority is None:
        raise Refusal("priority_unknown", priority=priority_id)
    if not priority.kiosk and Role.KIOSK in asker.roles:
        raise Refusal("priority_by_staff")


def _issue(
    tx: Transaction, asker: Asker, day: Day, newcomer: Newcomer, expected: Outlook
) -> TicketSlip:
    """Counter, ticket, leg, event and print job in one transaction."""
    facts = lookup(tx.facts)
    seq = tx.seq + 1
    number = tickets.next_number(tx.connection, day.day_id, newcomer.queue.series)
    leg = Leg(
        leg_id=seq,
        day_id=day.day_id,
        ticket_id=seq,
        state=BEGINNINGS[Act.TAKE],
        label=label(newcomer.queue.series, number),
        item_id=newcomer.item.id,
        queue_id=newcomer.queue.id,
        priority_id=newcomer.priority_id,
        line=legs.queue_line(newcomer.queue.id),
        place=seq,
        place_tie=seq,
        entered_at=newcomer.entered_at,
        queued_at=max(tx.now_ms, newcomer.due_at),
        waiting_since=max(newcomer.entered_at, newcomer.due_at),
    )
    event = tx.record(_taken(asker, day, newcomer, expected, leg))
    ticket = Ticket(
        ticket_id=leg.ticket_id,
        site_id=facts.site_id,
        day_id=day.day_id,
        series=newcomer.queue.series,
        number=number,
        label=leg.label,
        follow_code=secrets.token_urlsafe(FOLLOW_BYTES),
        person=newcomer.person or None,
        language=newcomer.language,
        item_id=newcomer.item.id,
        queue_id=newcomer.queue.id,
        priority_id=newcomer.priority_id,
        station_id=asker.station_id,
        appointment_id=newcomer.appointment_id,
        taken_at=tx.now_ms,
        taken_seq=event.seq,
        people_ahead=expected.people_ahead,
        wait_low_minutes=expected.low_minutes,
        wait_high_minutes=expected.high_minutes,
        receipt=tx.receipt(event),
    )
    tickets.add(tx.connection, ticket)
    legs.add(tx.connection, leg)
    job_id = printing.queue(tx, asker, ticket, copy=0)
    return tickets.slip(facts, ticket, seq=event.seq, leg_id=leg.leg_id, job_id=job_id, copy=0)


def _taken(asker: Asker, day: Day, newcomer: Newcomer, expected: Outlook, leg: Leg) -> TicketTaken:
    return TicketTaken(
        ticket_id=leg.ticket_id,
        leg_id=leg.leg_id,
        version=leg.version,
        label=leg.label,
        queue_id=leg.queue_id,
        item_id=leg.item_id,
        day=day.day,
        priority_id=leg.priority_id,
        station_id=asker.station_id,
        appointment_id=newcomer.appointment_id,
        people_ahead=expected.people_ahead,
        wait_low_minutes=expected.low_minutes,
        wait_high_minutes=expected.high_minutes,
        waiting_since=leg.waiting_since,
        place=leg.place,
        place_tie=leg.place_tie,
    )
