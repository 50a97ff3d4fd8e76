"""What others see of queueing: day, windows and legs of the hall's picture, and follow pages."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from config.facts import HallFacts, Zone
from config.values import Words
from hall_server.access.rules import Asker
from hall_server.contract.messages.organisation import LegView, WindowView
from hall_server.contract.messages.queueing import (
    FollowView,
    ForecastRead,
    Forecasts,
    ItemForecast,
    LegState,
    TicketFollow,
    WindowState,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading
from hall_server.ledger.receipt import Receipt
from hall_server.ledger.tables import ledger_checkpoint, ledger_entry
from hall_server.prepared import Prepared
from hall_server.queueing import days, legs, outlook, tickets, windows
from hall_server.queueing.legs import Leg, queue_line
from hall_server.queueing.lookup import Lookup, lookup
from hall_server.queueing.opening import issue_refusal
from hall_server.queueing.outlook import Outlook, Scene
from hall_server.queueing.rules import WITH_CITIZEN
from hall_server.queueing.tables import leg as leg_table
from hall_server.queueing.tickets import Ticket

NOT_OFFERED = frozenset({"item_without_queue", "item_hidden"})
"""Items that give no tickets at all have no forecast."""
_STATES = {state.value: state for state in LegState}
_SEEN = ("state", *(name for name in LegView.__struct_fields__ if name != "state"))
_OF_DAY = Prepared(
    select(*(leg_table.c[name] for name in _SEEN))
    .where(leg_table.c.day_id == bindparam("wanted"))
    .order_by(leg_table.c.leg_id)
)


def picture(reading: Reading) -> tuple[days.Day | None, list[WindowView], list[LegView]]:
    """The open service day, every window, every leg of that day."""
    facts = lookup(reading.facts)
    day = days.find_open(reading.connection)
    standing = windows.standing(reading.connection)
    never = (WindowState.CLOSED, "", 0, "")
    views = []
    for window_id in facts.windows:
        state, staff_id, since, reason_id = standing.get(window_id, never)
        views.append(
            WindowView(
                window_id=window_id,
                state=state,
                staff_id=staff_id,
                since=since,
                reason_id=reason_id,
            )
        )
    return day, views, [] if day is None else _views(reading, day.day_id)


def _views(reading: Reading, day_id: int) -> list[LegView]:
    """Straight from the table's columns, which bear the view's names: a day has thousands."""
    return [
        LegView(**dict(zip(_SEEN, (_STATES[row[0]], *row[1:]), strict=True)))
        for rows in _OF_DAY.turns(reading.connection, wanted=day_id)
        for row in rows
    ]


def follow(reading: Reading, _asker: Asker, read: TicketFollow) -> FollowView:
    """Where the holder of a follow code stands; nothing personal."""
    facts = lookup(reading.facts)
    ticket = tickets.with_code(reading.connection, read.code)
    leg = _present(legs.of_ticket(reading.connection, ticket.ticket_id))
    window = facts.windows.get(leg.window_id)
    ahead = Outlook(0, 0, 0, 0)
    if leg.state is LegState.WAITING:
        scene = outlook.scene(reading.connection, facts, reading.now_ms)
        ahead = outlook.of_leg(reading.connection, scene, leg)
    item = facts.items.get(leg.item_id)
    zone = _zone(reading.facts, facts, leg)
    return FollowView(
        at=reading.now_ms,
        utc_offset_minutes=reading.facts.site.utc_offset_minutes,
        site=reading.facts.site.name,
        item=item.name if item else Words(leg.item_id),
        zone=zone.name if zone else Words(""),
        floor=zone.floor if zone else 0,
        label=ticket.label,
        state=leg.state,
        has_window=_has_window(facts, leg),
        item_id=leg.item_id,
        queue_id=leg.queue_id,
        window_number=window.number if window else 0,
        people_ahead=ahead.people_ahead,
        wait_low_minutes=ahead.low_minutes,
        wait_high_minutes=ahead.high_minutes,
        taken_at=ticket.taken_at,
        taken_seq=ticket.taken_seq,
        in_ledger=_stands_in_ledger(reading, ticket),
        checkpoint=_checkpoint(reading),
    )


def _zone(facts: HallFacts, known: Lookup, leg: Leg) -> Zone | None:
    """The window's zone once there is a window, before that where the queue waits."""
    window, queue = known.windows.get(leg.window_id), known.queues.get(leg.queue_id)
    wanted = window.zone if window else queue.zone if queue else ""
    return next((zone for zone in facts.zones if zone.id == wanted), None)


def _has_window(facts: Lookup, leg: Leg) -> bool:
    """Whoever was sent to a window or a person waits for them, whatever queues they serve."""
    return leg.own_line != queue_line(leg.queue_id) or leg.queue_id in facts.windows_of


def _present(visit: list[Leg]) -> Leg:
    """The leg the citizen is in: at or held by a window, else waiting, else the last."""
    for states in (WITH_CITIZEN, {LegState.WAITING}):
        for leg in visit:
            if leg.state in states:
                return leg
    return visit[-1]


def _stands_in_ledger(reading: Reading, ticket: Ticket) -> bool:
    """Whether the ledger's leaf is still the one that the paper promises."""
    leaf = reading.connection.execute(
        select(ledger_entry.c.leaf).where(ledger_entry.c.seq == ticket.taken_seq)
    ).scalar_one_or_none()
    promised = Receipt.from_text(ticket.receipt)
    return (
        leaf is not None and promised.seq == ticket.taken_seq and leaf.startswith(promised.leaf_tag)
    )


def _checkpoint(reading: Reading) -> str:
    newest = select(ledger_checkpoint.c.note).order_by(ledger_checkpoint.c.size.desc()).limit(1)
    return reading.connection.execute(newest).scalar_one_or_none() or ""


def forecast_all(reading: Reading, _asker: Asker, _read: ForecastRead) -> Forecasts:
    """What a newcomer would meet at every item that gives tickets."""
    facts = lookup(reading.facts)
    day = days.find_open(reading.connection)
    scene = outlook.scene(reading.connection, facts, reading.now_ms)
    entering_at = legs.entering_at(reading.connection, day.day_id if day else 0, reading.now_ms)
    ahead = outlook.waiting_before(reading.connection, facts, "", entering_at)
    looks: dict[str, Outlook] = {}
    items = []
    for item_id in facts.items:
        queue_id, refusal = _takes(facts, item_id)
        if queue_id and queue_id not in looks:
            looks[queue_id] = outlook.look(scene, queue_id, ahead)
        look = looks.get(queue_id, Outlook(0, 0, 0, 0))
        refusal = refusal or ("" if day else "day_not_open") or _hours(scene, look)
        if refusal not in NOT_OFFERED:
            items.append(_forecast(item_id, queue_id, refusal, look))
    return Forecasts(items=items)


def _takes(facts: Lookup, item_id: str) -> tuple[str, str]:
    """Queue of an item, and the code of why it gives no ticket."""
    try:
        _, queue = facts.item_with_queue(item_id)
    except Refusal as refusal:
        return "", refusal.code
    return queue.id, ""


def _hours(scene: Scene, look: Outlook) -> str:
    facts = scene.facts
    return issue_refusal(
        facts.calendar, facts.rules, now_ms=scene.now_ms, expected_ms=look.expected_ms
    )


def _forecast(item_id: str, queue_id: str, refusal: str, look: Outlook) -> ItemForecast:
    return ItemForecast(
        item_id=item_id,
        queue_id=queue_id,
        open=not refusal,
        refusal=refusal,
        people_ahead=look.people_ahead,
        wait_low_minutes=look.low_minutes,
        wait_high_minutes=look.high_minutes,
    )
