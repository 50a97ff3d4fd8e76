"""What a console shows its clerk: who waits for this window, learnt from what the hall pushes."""

from __future__ import annotations

import asyncio

from config.facts import WindowFact
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.queueing import (
    ItemAdded,
    LegEvent,
    LegState,
    TicketBroughtBack,
    TicketCalled,
    TicketCancelled,
    TicketMovedBack,
    TicketResumed,
    TicketTaken,
    TicketTransferred,
    TicketUnserved,
)


class Picture:
    """One window's waiting people, in no order: who is next is the hall's decision."""

    def __init__(self, window: WindowFact, staff_id: str) -> None:
        """Empty until a snapshot comes."""
        self._window = window
        self._staff_id = staff_id
        self.waiting: dict[int, int] = {}
        """Leg to its ticket."""
        self.versions: dict[int, int] = {}
        self.changed = asyncio.Event()

    def begin(self, snapshot: Snapshot) -> None:
        """Start anew."""
        self.waiting.clear()
        for leg in snapshot.legs:
            self.versions[leg.leg_id] = leg.version
            if leg.state is LegState.WAITING:
                self._enter(
                    leg.leg_id, leg.ticket_id, leg.queue_id, leg.to_window_id, leg.to_staff_id
                )
        self.changed.set()

    def hear(self, event: Event) -> None:
        """Go on."""
        if not isinstance(event, LegEvent):
            return
        self.versions[event.leg_id] = event.version
        match event:
            case TicketTransferred():
                self._enter(
                    event.new_leg_id,
                    event.ticket_id,
                    event.new_queue_id,
                    event.to_window_id,
                    event.to_staff_id,
                )
            case ItemAdded():
                self._enter(event.leg_id, event.ticket_id, event.queue_id, event.to_window_id, "")
            case TicketTaken() | TicketBroughtBack() | TicketMovedBack():
                self._enter(event.leg_id, event.ticket_id, event.queue_id, "", "")
            case TicketResumed(window_id=""):
                self._enter(event.leg_id, event.ticket_id, event.queue_id, "", "")
            case TicketCalled() | TicketCancelled() | TicketUnserved():
                self.waiting.pop(event.leg_id, None)
            case _:
                pass
        self.changed.set()

    def _enter(
        self, leg_id: int, ticket_id: int, queue_id: str, window_id: str, staff_id: str
    ) -> None:
        reserved = window_id or staff_id
        ours = window_id == self._window.id or (staff_id != "" and staff_id == self._staff_id)
        if ours or (not reserved and queue_id in self._window.queues):
            self.waiting[leg_id] = ticket_id
