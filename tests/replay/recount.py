"""The day told once more from the exported ledger alone: every rule watched, every figure counted.

Brute force and apart from the product on purpose: it reads the lines of the export with a struct of
its own, keeps the story of each leg and window, and imports none of the rules or measures whose
results it judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

WITH_CITIZEN = ("called", "serving", "held")
NO_PLACE = (0, 0)


class Told(msgspec.Struct, frozen=True, rename={"kind": "type"}):
    """One event as its line in the export tells it, as far as it matters here."""

    seq: int
    at: int
    kind: str
    ticket_id: int = 0
    leg_id: int = 0
    label: str = ""
    queue_id: str = ""
    window_id: str = ""
    staff_id: str = ""
    priority_id: str = ""
    appointment_id: int = 0
    due_at: int = 0
    new_leg_id: int = 0
    new_queue_id: str = ""
    to_window_id: str = ""
    to_staff_id: str = ""
    place: int = 0
    place_tie: int = 0
    step: str = ""
    direct: bool = False
    at_close: bool = False
    returning: bool = False
    wait_low_minutes: int = 0
    wait_high_minutes: int = 0


@dataclass
class Leg:
    """The story of one leg so far."""

    ticket_id: int
    label: str
    queue_id: str
    state: str
    entered_at: int
    priority_id: str = ""
    reserved: bool = False
    order: tuple[int, int] = NO_PLACE
    window_id: str = ""
    promised_minutes: tuple[int, int] | None = None
    """The waiting range told with the number; None for a further leg."""
    waited_ms: int | None = None
    started_at: int | None = None
    held_at: int = 0
    held_ms: int = 0
    served_ms: int | None = None


@dataclass
class Story:
    """Legs, windows and numbers of one day, and every breach of a rule met on the way."""

    legs: dict[int, Leg] = field(default_factory=dict)
    at_window: dict[str, int] = field(default_factory=dict)
    seated: dict[str, str] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    """Number to the ticket that first bore it."""
    due: dict[int, int] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    by_the_hall: Counter[str] = field(default_factory=Counter)
    """Of these kinds, what followed by itself and nobody asked for."""
    taken_by_queue: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    last_seq: int = 0

    def tell(self, event: Told) -> None:
        """Go on with the next event."""
        if event.seq != self.last_seq + 1:
            self._breach(event, f"seq {event.seq} follows {self.last_seq}")
        self.last_seq = event.seq
        self.kinds[event.kind] += 1
        if event.at_close or event.returning:
            self.by_the_hall[event.kind] += 1
        match event.kind:
            case "appointment.booked":
                self.due[event.appointment_id] = event.due_at
            case "ticket.taken" | "ticket.item_added":
                self._begin(event)
            case "ticket.transferred":
                self._transferred(event)
            case "ticket.called":
                self._called(event)
            case "ticket.started":
                self._started(event)
            case "ticket.held" | "ticket.resumed" | "ticket.finished":
                self._served(event)
            case "ticket.recalled":
                self._at_its_window(event, "called")
            case "ticket.missed" | "ticket.cancelled" | "ticket.unserved":
                self._ended(event)
            case "ticket.brought_back" | "ticket.moved_back":
                self._waits_again(event)
            case "window.opened" | "window.closed":
                self._window(event)
            case _:
                pass

    def _breach(self, event: Told, text: str) -> None:
        self.breaches.append(f"seq {event.seq} {event.kind} {event.label}: {text}")

    def _leg(self, event: Told, *states: str) -> Leg:
        """The leg, which must be in one of these states."""
        leg = self.legs.get(event.leg_id)
        if leg is None:
            self._breach(event, f"leg {event.leg_id} never began")
            leg = self.legs[event.leg_id] = Leg(
                event.ticket_id, event.label, event.queue_id, "unknown", event.at
            )
        if leg.state not in states:
            self._breach(event, f"the leg is {leg.state}, not {' or '.join(states)}")
        if (leg.ticket_id, leg.label) != (event.ticket_id, event.label):
            self._breach(event, f"the leg is of ticket {leg.ticket_id} {leg.label}")
        return leg

    def _at_its_window(self, event: Told, state: str) -> Leg:
        leg = self._leg(event, state)
        if event.window_id != leg.window_id or self.at_window.get(leg.window_id) != event.leg_id:
            self._breach(event, f"at {event.window_id}, but the leg is at {leg.window_id}")
        return leg

    def _number(self, event: Told) -> None:
        if event.label in self.labels:
            self._breach(event, f"the number was given to ticket {self.labels[event.label]}")
        self.labels[event.label] = event.ticket_id

    def _begin(self, event: Told) -> None:
        if event.leg_id in self.legs:
            self._breach(event, "the leg begins twice")
        leg = Leg(event.ticket_id, event.label, event.queue_id, "waiting", event.at)
        leg.priority_id, leg.order = event.priority_id, (event.place, event.place_tie)
        leg.reserved = bool(event.to_window_id)
        if event.kind == "ticket.taken":
            self._number(event)
            self.taken_by_queue[event.queue_id] += 1
            leg.entered_at = max(event.at, self.due.get(event.appointment_id, 0))
            leg.promised_minutes = (event.wait_low_minutes, event.wait_high_minutes)
        self.legs[event.leg_id] = leg

    def _transferred(self, event: Told) -> None:
        old = self._leg(event, "called", "serving")
        old.state = "transferred"
        self._free(event, old)
        new = Leg(event.ticket_id, event.label, event.new_queue_id, "waiting", event.at)
        new.priority_id, new.order = event.priority_id, (event.place, event.place_tie)
        new.reserved = bool(event.to_window_id or event.to_staff_id)
        self.legs[event.new_leg_id] = new

    def _called(self, event: Told) -> None:
        leg = self._leg(event, "waiting")
        if event.window_id in self.at_window:
            self._breach(event, f"{event.window_id} has leg {self.at_window[event.window_id]}")
        if self.seated.get(event.window_id) != event.staff_id:
            self._breach(event, f"{event.staff_id} does not sit at {event.window_id}")
        for other_id, other in self.legs.items():
            if other.ticket_id == leg.ticket_id and other.state in WITH_CITIZEN:
                self._breach(event, f"the citizen is at {other.window_id} with leg {other_id}")
        if event.step == "wait":
            self._first_come(event, leg)
        if leg.waited_ms is None:
            leg.waited_ms = max(0, event.at - leg.entered_at)
        leg.state, leg.window_id = "called", event.window_id
        self.at_window[event.window_id] = event.leg_id

    def _first_come(self, event: Told, leg: Leg) -> None:
        """Within one queue and class nobody who stood before was passed over."""
        away = {one.ticket_id for one in self.legs.values() if one.state in WITH_CITIZEN}
        for other in self.legs.values():
            if (
                other.state == "waiting"
                and (other.queue_id, other.priority_id) == (leg.queue_id, leg.priority_id)
                and other.order < leg.order
                and not other.reserved
                and other.ticket_id not in away
            ):
                self._breach(event, f"{other.label} stood before at {other.order} < {leg.order}")

    def _started(self, event: Told) -> None:
        if event.direct:
            self._number(event)
            leg = Leg(event.ticket_id, event.label, event.queue_id, "serving", event.at)
            leg.window_id = event.window_id
            self.legs[event.leg_id] = leg
            self.at_window[event.window_id] = event.leg_id
        else:
            leg = self._at_its_window(event, "called")
            leg.state = "serving"
            if leg.held_at:
                leg.held_ms += event.at - leg.held_at
                leg.held_at = 0
        if leg.started_at is None:
            leg.started_at = event.at

    def _served(self, event: Told) -> None:
        if event.kind == "ticket.held":
            leg = self._at_its_window(event, "serving")
            leg.state, leg.held_at = "held", event.at
            self._free(event, leg)
        elif event.kind == "ticket.finished":
            leg = self._at_its_window(event, "serving")
            leg.state = "served"
            if not event.at_close and leg.started_at is not None:
                leg.served_ms = max(0, event.at - leg.started_at - leg.held_ms)
            self._free(event, leg)
        elif event.window_id:
            leg = self._leg(event, "held")
            leg.held_ms += event.at - leg.held_at
            leg.state, leg.held_at, leg.window_id = "serving", 0, event.window_id
            self.at_window[event.window_id] = event.leg_id
        else:
            self._leg(event, "held").state = "waiting"

    def _ended(self, event: Told) -> None:
        states = {
            "ticket.missed": ("called",),
            "ticket.cancelled": ("waiting", "called"),
            "ticket.unserved": ("waiting", "called", "held"),
        }
        leg = self._leg(event, *states[event.kind])
        was, leg.state = leg.state, event.kind.removeprefix("ticket.")
        if event.window_id not in ("", leg.window_id):
            self._breach(event, f"{leg.state} at {event.window_id}, called to {leg.window_id}")
        if was == "called":
            self._free(event, leg)

    def _waits_again(self, event: Told) -> None:
        leg = self._leg(event, "missed", "called", "waiting")
        if leg.state == "called":
            self._free(event, leg)
        leg.state, leg.order = "waiting", (event.place, event.place_tie)

    def _free(self, event: Told, leg: Leg) -> None:
        if self.at_window.pop(leg.window_id, None) != event.leg_id:
            self._breach(event, f"{leg.window_id} had somebody else")

    def _window(self, event: Told) -> None:
        if event.kind == "window.opened":
            if event.window_id in self.seated:
                self._breach(event, f"{event.window_id} is open already")
            self.seated[event.window_id] = event.staff_id
        else:
            self.seated.pop(event.window_id, None)


@dataclass(frozen=True)
class Figures:
    """Our own count of what ``hall.figures`` tells, by the same names."""

    taken: int
    called: int
    served: int
    no_show: int
    cancelled: int
    unserved: int
    waiting: int
    wait_sum_ms: int
    wait_median_ms: int
    wait_p90_ms: int
    wait_max_ms: int
    within_15_minutes: int
    service_sum_ms: int
    service_median_ms: int


def figures(story: Story) -> Figures:
    """Counted leg by leg."""
    legs = list(story.legs.values())
    states = Counter(leg.state for leg in legs)
    waits = waits_of(legs)
    services = sorted(leg.served_ms for leg in legs if leg.served_ms is not None)
    return Figures(
        taken=story.kinds["ticket.taken"],
        called=len(waits),
        served=states["served"],
        no_show=states["missed"],
        cancelled=states["cancelled"],
        unserved=states["unserved"],
        waiting=states["waiting"],
        wait_sum_ms=sum(waits),
        wait_median_ms=nearest_rank(waits, 50),
        wait_p90_ms=nearest_rank(waits, 90),
        wait_max_ms=max(waits, default=0),
        within_15_minutes=len([wait for wait in waits if wait <= 900_000]),
        service_sum_ms=sum(services),
        service_median_ms=nearest_rank(services, 50),
    )


def waits_of(legs: Iterable[Leg]) -> list[int]:
    """First waits of those who were called, shortest first."""
    return sorted(leg.waited_ms for leg in legs if leg.waited_ms is not None)


def nearest_rank(ordered: list[int], percent: int) -> int:
    """The smallest value that at least so many percent do not exceed; 0 of none."""
    for place, value in enumerate(ordered, 1):
        if place * 100 >= percent * len(ordered):
            return value
    return 0
