"""What can be done in the plain model's hall, act by act, in the order in which it is checked."""

from __future__ import annotations

from dataclasses import replace

from config.facts import ItemFact
from tests.hall_server.queueing.plain_model import (
    ELSEWHERE,
    LIVE,
    No,
    PlainBooking,
    PlainHall,
    PlainLeg,
    PlainTicket,
    PlainWindow,
)

CHIEF = ""
"""The supervisor, who sits at no window but may act at any."""
MINUTE = 60_000


class PlainActs(PlainHall):
    """The hall with hands."""

    # ---------------------------------------------------------------------------- what is asked

    def leg(self, leg_id: int, version: int = 0) -> PlainLeg:
        found = next((leg for leg in self.legs if leg.id == leg_id), None)
        if found is None:
            raise No("leg_unknown")
        if version not in (0, found.version):
            raise No("leg_changed")
        return found

    @staticmethod
    def must_be(leg: PlainLeg, *states: str) -> None:
        if leg.state not in states:
            raise No("wrong_state")

    def at(self, window: str, who: str) -> PlainWindow:
        """The window, if that person may act there."""
        found = self.windows.setdefault(window, PlainWindow())
        if found.state == "closed":
            raise No("window_closed")
        if who not in (CHIEF, found.staff):
            raise No("not_your_window")
        return found

    def busy(self, window: str) -> bool:
        return any(leg.window == window and leg.state in ELSEWHERE[:2] for leg in self.legs)

    def free(self, window: str, who: str) -> PlainWindow:
        found = self.at(window, who)
        if found.state == "paused":
            raise No("window_paused")
        if self.busy(window):
            raise No("window_busy")
        return found

    def seated(self) -> set[str]:
        return {window.staff for window in self.windows.values()}

    def must_be_open(self) -> int:
        if not self.day:
            raise No("day_not_open")
        return self.day

    def item(self, item_id: str) -> ItemFact:
        found = next(item for item in self.facts.items if item.id == item_id)
        if found.hidden:
            raise No("item_hidden")
        if not found.queue:
            raise No("item_without_queue")
        return found

    def quota(self, item: ItemFact) -> None:
        queue = next(one for one in self.facts.queues if one.id == item.queue)
        opened = [
            leg
            for leg in self.legs
            if leg.day == self.day and not leg.parent and leg.state != "cancelled"
        ]
        taken = sum(leg.queue == queue.id for leg in opened)
        if queue.day_limit and taken >= queue.day_limit:
            raise No("queue_quota")

    # --------------------------------------------------------------------------- day and window

    def open_day(self, name: str) -> None:
        if self.day:
            raise No("day_already_open")
        if name not in self.days:
            self.days.append(name)
        self.day = self.days.index(name) + 1
        self.head += 1

    def close_day(self, *, finish: bool) -> None:
        self.must_be_open()
        live = [leg for leg in self.legs if leg.state in LIVE]
        if not finish and any(leg.state == "serving" for leg in live):
            raise No("still_serving")
        for leg in live:
            leg.state = "served" if leg.state == "serving" else "unserved"
            leg.version += 1
        missed = [
            one
            for one in self.bookings
            if one.state == "booked" and one.day <= self.days[self.day - 1]
        ]
        for booking in missed:
            booking.state = "unserved"
        seated = [window for window in self.windows.values() if window.state != "closed"]
        for window in seated:
            window.state, window.staff = "closed", ""
        self.head += len(live) + len(missed) + len(seated) + 1
        self.day = 0

    def open_window(self, window: str, staff: str) -> None:
        found = self.windows.setdefault(window, PlainWindow())
        if not staff:
            raise No("account_without_staff")
        if found.state != "closed":
            raise No("window_taken")
        if staff in self.seated():
            raise No("staff_elsewhere")
        found.state, found.staff = "open", staff
        self.head += 1

    def close_window(self, window: str, who: str) -> None:
        found = self.at(window, who)
        if self.busy(window):
            raise No("window_busy")
        found.state, found.staff = "closed", ""
        self.head += 1

    def pause(self, window: str, who: str) -> None:
        found = self.at(window, who)
        if found.state == "paused":
            raise No("window_paused")
        found.state = "paused"
        self.head += 1

    def go_on(self, window: str, who: str) -> None:
        found = self.at(window, who)
        if found.state != "paused":
            raise No("window_not_paused")
        found.state = "open"
        self.head += 1

    # -------------------------------------------------------------------------- numbers

    def number(self, series: str) -> str:
        at = (self.day, series)
        self.numbers[at] = self.numbers.get(at, 0) + 1
        return f"{series}{self.numbers[at]:03d}"

    def new_leg(self, ticket: PlainTicket, item: ItemFact, **more: object) -> PlainLeg:
        """A waiting leg at the end of its line; the day's clock never runs back."""
        seq = self.head + 1
        entered = max([self.now, *(leg.entered for leg in self.legs[-1:] if leg.day == self.day)])
        plain = PlainLeg(
            id=seq,
            day=self.day,
            ticket=ticket.id,
            label=ticket.label,
            item=item.id,
            queue=item.queue,
            priority=ticket.priority,
            place=seq,
            tie=seq,
            entered=entered,
            since=entered,
        )
        leg = replace(plain, **more)  # type: ignore[arg-type]  # names and types as in PlainLeg
        self.legs.append(leg)
        return leg

    def new_ticket(self, item: ItemFact, series: str, priority: str, person: str) -> PlainTicket:
        seq = self.head + 1
        number = self.number(series)
        ticket = PlainTicket(seq, self.day, number, priority, person, item.queue)
        self.tickets[seq] = ticket
        return ticket

    def take(self, item_id: str, priority: str, person: str, *, kiosk: bool) -> PlainLeg:
        self.must_be_open()
        item = self.item(item_id)
        allowed = {one.id: one.kiosk for one in self.facts.priorities}
        if priority and kiosk and not allowed[priority]:
            raise No("priority_by_staff")
        self.quota(item)
        limit = self.facts.queueing.tickets_per_person
        live = {
            leg.ticket
            for leg in self.legs
            if leg.state in LIVE
            and self.tickets[leg.ticket].person == person
            and self.tickets[leg.ticket].queue == item.queue
        }
        if person and limit and len(live) >= limit:
            raise No("person_limit")
        queue = next(one for one in self.facts.queues if one.id == item.queue)
        leg = self.new_leg(self.new_ticket(item, queue.series, priority, person), item)
        self.head += 2
        return leg

    def book(self, item_id: str, day: str, due_at: int) -> None:
        self.item(item_id)
        self.bookings.append(PlainBooking(item_id, day, due_at))
        self.head += 1

    def check_in(self, index: int) -> PlainLeg:
        self.must_be_open()
        booking = self.bookings[index]
        if booking.state != "booked":
            raise No("wrong_state")
        if booking.day != self.days[self.day - 1]:
            raise No("appointment_other_day")
        rules = self.facts.queueing
        if self.now < booking.due_at - rules.appointment_early_minutes * MINUTE:
            raise No("appointment_early")
        late = self.now > booking.due_at + rules.appointment_late_minutes * MINUTE
        booking.state = "waiting"
        item = self.item(booking.item)
        queue = next(one for one in self.facts.queues if one.id == item.queue)
        priority = "" if late else rules.appointment_priority
        leg = self.new_leg(self.new_ticket(item, queue.series, priority, ""), item)
        leg.since = max(leg.since, booking.due_at)
        self.head += 2
        return leg

    def serve_direct(self, window: str, who: str, item_id: str) -> PlainLeg:
        self.must_be_open()
        item = next(one for one in self.facts.items if one.id == item_id)
        post = self.free(window, who)
        ticket = self.new_ticket(item, "Z", "", "")
        leg = self.new_leg(ticket, item, state="serving", window=window, staff=post.staff)
        leg.started_at = self.now
        self.head += 1
        return leg

    def add_item(self, ticket_id: int, item_id: str, who: str, *, here: bool) -> PlainLeg:
        item = self.item(item_id)
        self.must_be_open()
        if ticket_id not in self.tickets:
            raise No("leg_unknown")
        ticket = self.tickets[ticket_id]
        if ticket.day != self.day:
            raise No("other_day")
        self.quota(item)
        window = ""
        if here:
            visit = [leg for leg in self.legs if leg.ticket == ticket_id]
            at = next((leg for leg in visit if leg.state in ELSEWHERE), None)
            if at is None:
                raise No("not_your_window")
            self.at(at.window, who)
            window = at.window
        before = self.present()
        leg = self.new_leg(ticket, item, to_window=window)
        if window:
            self.put_first(leg, before)
        self.settle(before, leg)
        self.head += 1
        return leg
