"""The hall as a station sees it: a snapshot carried on by events. Pure.

The same fold that ``web/shared/store.ts`` does for pages: state is learnt from events alone, in the
order of ``seq``. A picture never changes; each event gives the next one, so any thread may look at
the one it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from config.facts import HallFacts, QueueFact, WindowFact
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages import stations
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import DeviceState, LegView, Snapshot, WindowView
from hall_server.contract.messages.queueing import LegState, WindowState

ENDED = frozenset(
    {
        LegState.SERVED,
        LegState.TRANSFERRED,
        LegState.NO_SHOW,
        LegState.CANCELLED,
        LegState.UNSERVED,
    }
)


@dataclass(frozen=True)
class Picture:
    """The hall as of ``seq``."""

    seq: int
    at: int
    clock_rate: int
    day: str
    day_opened_at: int
    """0 where that is not known: the day goes on, or is closed."""
    facts_version: int
    facts: HallFacts
    legs: Mapping[int, LegView]
    windows: Mapping[str, WindowView]
    devices: Mapping[str, DeviceState]

    def waiting(self, queue_id: str) -> list[LegView]:
        """Who waits in a queue, in the order of its line; the hall alone decides who is next."""
        legs = (leg for leg in self.legs.values() if leg.queue_id == queue_id)
        return sorted(
            (leg for leg in legs if leg.state is LegState.WAITING),
            key=lambda leg: (leg.place, leg.place_tie),
        )

    def waiting_count(self) -> int:
        """How many wait in the whole hall."""
        return sum(leg.state is LegState.WAITING for leg in self.legs.values())

    def at_window(self, window_id: str) -> LegView | None:
        """The one leg that is called to, or served at, a window."""
        for leg in self.legs.values():
            if leg.window_id == window_id and leg.state in {LegState.CALLED, LegState.SERVING}:
                return leg
        return None

    def windows_open(self, queue_id: str) -> int:
        """How many windows that serve this queue are open now."""
        return sum(
            queue_id in window.queues
            and (view := self.windows.get(window.id)) is not None
            and view.state is WindowState.OPEN
            for window in self.facts.windows
        )

    def window_fact(self, window_id: str) -> WindowFact | None:
        """The facts of a window."""
        return next((window for window in self.facts.windows if window.id == window_id), None)

    def queue_fact(self, queue_id: str) -> QueueFact | None:
        """The facts of a queue."""
        return next((queue for queue in self.facts.queues if queue.id == queue_id), None)


def begin(snapshot: Snapshot) -> Picture:
    """The picture a snapshot gives."""
    return Picture(
        seq=snapshot.seq,
        at=snapshot.at,
        clock_rate=snapshot.clock_rate,
        day=snapshot.day,
        day_opened_at=snapshot.day_opened_at,
        facts_version=snapshot.facts_version,
        facts=snapshot.facts,
        legs={leg.leg_id: leg for leg in snapshot.legs},
        windows={window.window_id: window for window in snapshot.windows},
        devices={device.device_id: device for device in snapshot.devices},
    )


def carry_on(picture: Picture, event: Event) -> Picture:
    """The picture after ``event``; one that was already taken in changes nothing."""
    if event.seq and event.seq <= picture.seq:
        return picture
    moved = replace(picture, seq=event.seq, at=event.at)
    match event:
        case q.DayOpened():
            opened_at = 0 if event.again else event.at
            return replace(moved, day=event.day, day_opened_at=opened_at, legs={})
        case q.DayClosed():
            return replace(moved, day="", day_opened_at=0)
        case q.LegEvent():
            return replace(moved, legs=_legs(picture.legs, event))
        case q.WindowEvent():
            view = _window(event)
            return replace(moved, windows={**picture.windows, view.window_id: view})
        case stations.DeviceChanged():
            device = DeviceState(
                device_id=event.device_id, health=event.health, codes=event.codes, since=event.at
            )
            return replace(moved, devices={**picture.devices, device.device_id: device})
        case _:
            return moved


def _window(event: q.WindowEvent) -> WindowView:
    state, reason_id = WindowState.OPEN, ""
    match event:
        case q.WindowClosed():
            state = WindowState.CLOSED
        case q.WindowPaused():
            state, reason_id = WindowState.PAUSED, event.reason_id
        case _:
            pass
    staff_id = "" if state is WindowState.CLOSED else event.staff_id
    return WindowView(
        window_id=event.window_id,
        state=state,
        staff_id=staff_id,
        since=event.at,
        reason_id=reason_id,
    )


def _legs(legs: Mapping[int, LegView], event: q.LegEvent) -> dict[int, LegView]:
    old = legs.get(event.leg_id) or _new_leg(event)
    leg = msgspec.structs.replace(
        old,
        version=event.version,
        label=event.label,
        queue_id=event.queue_id,
        item_id=event.item_id,
    )
    changed = {leg.leg_id: _moved(leg, event)}
    if isinstance(event, q.TicketTransferred):
        changed[event.new_leg_id] = _onward(event)
    return {**legs, **changed}


def _moved(leg: LegView, event: q.LegEvent) -> LegView:
    """The leg after something happened to it: the state table as seen from outside."""
    change = msgspec.structs.replace
    match event:
        case q.TicketTaken() | q.ItemAdded():
            return change(
                leg,
                state=LegState.WAITING,
                priority_id=event.priority_id,
                to_window_id=event.to_window_id if isinstance(event, q.ItemAdded) else "",
                waiting_since=event.waiting_since,
                place=event.place,
                place_tie=event.place_tie,
            )
        case q.TicketCalled() | q.TicketRecalled():
            return change(
                leg,
                state=LegState.CALLED,
                window_id=event.window_id,
                staff_id=event.staff_id if isinstance(event, q.TicketCalled) else leg.staff_id,
                called_at=event.at,
                call_count=event.call_count,
                called_seq=event.seq,
            )
        case q.TicketStarted():
            return _started(leg, event)
        case q.TicketHeld():
            return change(leg, state=LegState.HELD, held_at=event.at, note=event.note)
        case q.TicketResumed():
            return _resumed(leg, event)
        case q.TicketBroughtBack() | q.TicketMovedBack():
            return change(_waiting(leg, event), ended_at=0)
        case _:
            return _ended(leg, event)


def _started(leg: LegView, event: q.TicketStarted) -> LegView:
    """Service begins or, after a hold and another wait, goes on; the hold ends here."""
    return msgspec.structs.replace(
        leg,
        state=LegState.SERVING,
        window_id=event.window_id,
        staff_id=event.staff_id,
        started_at=leg.started_at or event.at,
        held_at=0,
        held_ms=leg.held_ms + (event.at - leg.held_at if leg.held_at else 0),
    )


def _resumed(leg: LegView, event: q.TicketResumed) -> LegView:
    if not event.window_id:
        return _waiting(leg, event)
    return msgspec.structs.replace(
        leg,
        state=LegState.SERVING,
        window_id=event.window_id,
        staff_id=event.staff_id,
        held_at=0,
        held_ms=event.held_ms,
    )


def _waiting(
    leg: LegView, event: q.TicketResumed | q.TicketBroughtBack | q.TicketMovedBack
) -> LegView:
    return msgspec.structs.replace(
        leg,
        state=LegState.WAITING,
        window_id="",
        staff_id="",
        call_count=0,
        waiting_since=event.waiting_since,
        place=event.place,
        place_tie=event.place_tie,
    )


def _ended(leg: LegView, event: q.LegEvent) -> LegView:
    states: dict[type[q.LegEvent], LegState] = {
        q.TicketFinished: LegState.SERVED,
        q.TicketMissed: LegState.NO_SHOW,
        q.TicketTransferred: LegState.TRANSFERRED,
        q.TicketCancelled: LegState.CANCELLED,
        q.TicketUnserved: LegState.UNSERVED,
    }
    ended = msgspec.structs.replace(
        leg, state=states.get(type(event), leg.state), ended_at=event.at
    )
    match event:
        case q.TicketFinished() | q.TicketTransferred() | q.TicketCancelled():
            return msgspec.structs.replace(ended, note=event.note)
        case _:
            return ended


def _onward(event: q.TicketTransferred) -> LegView:
    """The leg that a transfer opens."""
    return msgspec.structs.replace(
        _new_leg(event),
        leg_id=event.new_leg_id,
        version=1,
        queue_id=event.new_queue_id,
        item_id=event.new_item_id,
        priority_id=event.priority_id,
        to_window_id=event.to_window_id,
        to_staff_id=event.to_staff_id,
        waiting_since=event.waiting_since,
        place=event.place,
        place_tie=event.place_tie,
        note=event.note,
    )


def _new_leg(event: q.LegEvent) -> LegView:
    return LegView(
        leg_id=event.leg_id,
        ticket_id=event.ticket_id,
        version=0,
        label=event.label,
        state=LegState.WAITING,
        item_id=event.item_id,
        queue_id=event.queue_id,
        priority_id="",
        window_id="",
        staff_id="",
        to_window_id="",
        to_staff_id="",
        waiting_since=event.at,
        place=event.seq,
        place_tie=event.seq,
        called_at=0,
        call_count=0,
        started_at=0,
        held_at=0,
        held_ms=0,
        ended_at=0,
        called_seq=0,
        note="",
    )
