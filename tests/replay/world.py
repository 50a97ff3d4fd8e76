"""The hall floor as people on it know it: who holds which number, who stands at which window.

A clerk who calls a number meets a person; that person is found here. Because the world is not the
hall's word, it also notices what must never be: one citizen asked to two windows at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from day import Errand, Visit
from pace import Pace
from tally import Tally

from hall_server.contract.messages.queueing import LegNamed, TicketSlip

KNOWN_WITHIN_S = 30.0


@dataclass
class Citizen:
    """One person with a number."""

    visit: Visit
    slip: TicketSlip
    waits_since_s: float
    called: bool = False
    missed: bool = False
    moved_back: bool = False
    asked_further: bool = False
    sent_on: bool = False

    def is_first_leg(self, leg_id: int) -> bool:
        """Whether it is what the number was taken for."""
        return leg_id == self.slip.leg_id

    def errand(self, leg_id: int) -> Errand:
        """What the citizen wants at the window now."""
        return self.visit.errand if self.is_first_leg(leg_id) else self.visit.later

    def comes(self, leg_id: int, now_s: float) -> bool:
        """Whether the citizen walks to the window when called now."""
        if self.missed or self.called or not self.is_first_leg(leg_id):
            return True
        self.called = True
        return not self.visit.stays_away(now_s - self.waits_since_s)


@dataclass
class World:
    """Everybody in the hall."""

    pace: Pace
    tally: Tally
    item_of: dict[str, str]
    """An item of each queue."""
    citizens: dict[int, Citizen] = field(default_factory=dict)
    """By ticket."""
    labels: list[str] = field(default_factory=list)
    """Every number that was handed out, in the order papers came."""
    turned_away: Counter[str] = field(default_factory=Counter)
    direct: int = 0
    follow_urls: list[str] = field(default_factory=list)
    at_window: dict[int, str] = field(default_factory=dict)
    """Ticket to the window that has its citizen."""
    arrived: dict[int, asyncio.Event] = field(default_factory=dict)

    def enter(self, visit: Visit, slip: TicketSlip) -> Citizen:
        """A citizen has got a number."""
        if slip.ticket_id in self.citizens:
            self.tally.fault(f"{slip.label}: ticket {slip.ticket_id} was given to two citizens")
        waits_since_s = max(self.pace.now_s(), visit.due_s)
        citizen = Citizen(visit, slip, waits_since_s)
        self.citizens[slip.ticket_id] = citizen
        self.labels.append(slip.label)
        self.follow_urls.append(slip.follow_url)
        self.arrived.setdefault(slip.ticket_id, asyncio.Event()).set()
        return citizen

    async def holder(self, named: LegNamed) -> Citizen:
        """The citizen behind a called number; a call may overtake the paper by a hair."""
        arrived = self.arrived.setdefault(named.ticket_id, asyncio.Event())
        await asyncio.wait_for(arrived.wait(), KNOWN_WITHIN_S)
        citizen = self.citizens[named.ticket_id]
        if citizen.slip.label != named.label:
            self.tally.fault(f"{named.label} is called, but the paper says {citizen.slip.label}")
        return citizen

    def come_to(self, ticket_id: int, window_id: str) -> None:
        """A window has been given this citizen."""
        other = self.at_window.get(ticket_id)
        if other is not None:
            self.tally.fault(f"ticket {ticket_id} is called to {window_id} while at {other}")
        self.at_window[ticket_id] = window_id

    def leave(self, ticket_id: int) -> None:
        """The window lets the citizen go."""
        self.at_window.pop(ticket_id, None)
