"""What happens to a leg of the plain model: calls, services, moves."""

from __future__ import annotations

from tests.hall_server.queueing.plain_acts import MINUTE, PlainActs
from tests.hall_server.queueing.plain_model import No, PlainLeg


class PlainServices(PlainActs):
    """The hall at work."""

    # -------------------------------------------------------------------------------- calls

    def call_next(self, window: str, who: str) -> tuple[PlainLeg, str, int]:
        self.free(window, who)
        turns = dict(self.turns)
        chosen = self.choose(window)
        if chosen is None:
            self.turns = turns
            raise No("nobody_waiting")
        return self.called(chosen[0], window, chosen[1])

    def call_chosen(self, window: str, who: str, leg_id: int) -> tuple[PlainLeg, str, int]:
        self.free(window, who)
        leg = self.leg(leg_id)
        self.must_be(leg, "waiting")
        served = next(one.queues for one in self.facts.windows if one.id == window)
        own = (("w", window), ("s", self.windows[window].staff))
        if leg.line not in own and leg.queue not in served:
            raise No("not_served_here")
        if leg not in self.present():
            raise No("visit_elsewhere")
        return self.called(leg, window, "chosen")

    def called(self, leg: PlainLeg, window: str, step: str) -> tuple[PlainLeg, str, int]:
        passed = [one for one in self.callable(window) if one.order < leg.order]
        for one in passed:
            one.overtaken += 1
            one.passed += step != "chosen"
        leg.state, leg.window, leg.staff = "called", window, self.windows[window].staff
        leg.called_at = leg.first_called_at = self.now
        leg.calls = 1
        self.changed(leg)
        return leg, step, len(passed)

    def changed(self, leg: PlainLeg) -> None:
        leg.version += 1
        self.head += 1

    def recall(self, leg: PlainLeg, who: str) -> None:
        self.must_be(leg, "called")
        self.at(leg.window, who)
        rules = self.facts.queueing
        if leg.calls > rules.recall_limit:
            raise No("recall_limit")
        if self.now < leg.called_at + rules.recall_gap_s * 1000:
            raise No("recall_too_soon")
        leg.calls += 1
        leg.called_at = self.now
        self.changed(leg)

    # ------------------------------------------------------------------------------ services

    def start(self, leg: PlainLeg, who: str) -> None:
        self.must_be(leg, "called")
        self.at(leg.window, who)
        leg.state = "serving"
        leg.started_at = leg.started_at or self.now
        if leg.held_at:
            leg.held_ms += max(0, self.now - leg.held_at)
            leg.held_at = 0
        self.changed(leg)

    def finish(self, leg: PlainLeg, who: str) -> int:
        """The service time, as the event must tell it."""
        self.must_be(leg, "serving")
        self.at(leg.window, who)
        before = self.present()
        leg.state = "served"
        self.changed(leg)
        back = None
        if leg.way_back:
            ticket = self.tickets[leg.ticket]
            item = next(one for one in self.facts.items if one.id == leg.item)
            back = self.new_leg(
                ticket, item, queue=leg.queue, parent=leg.id, to_window=leg.way_back
            )
            self.put_first(back, before)
            self.head += 1
        self.settle(before, back)
        return max(0, self.now - leg.started_at - leg.held_ms)

    def miss(self, leg: PlainLeg, who: str) -> None:
        self.must_be(leg, "called")
        self.at(leg.window, who)
        rules = self.facts.queueing
        if leg.calls < min(rules.miss_after_calls, rules.recall_limit + 1):
            raise No("miss_calls")
        if self.now < leg.first_called_at + rules.miss_after_s * 1000:
            raise No("miss_too_soon")
        before = self.present()
        leg.state = "no_show"
        self.changed(leg)
        self.settle(before)

    def hold(self, leg: PlainLeg, who: str) -> None:
        self.must_be(leg, "serving")
        self.at(leg.window, who)
        rules = self.facts.queueing
        held = sum(one.state == "held" and one.window == leg.window for one in self.legs)
        if held >= rules.holds_per_window:
            raise No("hold_limit")
        if leg.held_ms >= rules.hold_limit_minutes * MINUTE:
            raise No("hold_too_long")
        leg.state, leg.held_at = "held", self.now
        self.changed(leg)

    def resume(self, leg: PlainLeg, who: str, window: str) -> None:
        self.must_be(leg, "held")
        window = window or leg.window
        post = self.free(window, who)
        leg.state, leg.window, leg.staff = "serving", window, post.staff
        leg.held_ms += max(0, self.now - leg.held_at)
        leg.held_at = 0
        self.changed(leg)

    def requeue(self, leg: PlainLeg, who: str) -> None:
        self.must_be(leg, "held")
        if self.windows[leg.window].state != "closed":
            self.at(leg.window, who)
        before = self.present()
        self.wait_again(leg)
        leg.overtaken, leg.passed, leg.tie = 0, 0, self.head + 1
        self.changed(leg)
        self.settle(before, leg)

    @staticmethod
    def wait_again(leg: PlainLeg) -> None:
        leg.state, leg.window, leg.staff, leg.calls = "waiting", "", "", 0

    # --------------------------------------------------------------------------------- moves

    def transfer(
        self, leg: PlainLeg, who: str, target: dict[str, str], place: str, *, back: bool
    ) -> PlainLeg:
        self.must_be(leg, "called", "serving")
        self.at(leg.window, who)
        if target.get("window_id") == leg.window:
            raise No("transfer_to_self")
        if target.get("staff_id") and target["staff_id"] == leg.staff:
            raise No("transfer_to_self")
        before = self.present()
        leg.state = "transferred"
        leg.version += 1
        item = next(one for one in self.facts.items if one.id == leg.item)
        onward = self.new_leg(
            self.tickets[leg.ticket],
            item,
            queue=target.get("queue_id", leg.queue),
            parent=leg.id,
            to_window=target.get("window_id", ""),
            to_staff=target.get("staff_id", ""),
            way_back=leg.window if back else "",
        )
        if place != "last":
            onward.place, onward.since = leg.place, leg.since
        if place == "first":
            self.put_first(onward, before)
        self.settle(before, onward)
        self.head += 1
        return onward

    def move_back(self, leg: PlainLeg, who: str, places: int) -> None:
        self.must_be(leg, "waiting", "called")
        was_called = leg.state == "called"
        if was_called:
            self.at(leg.window, who)
        if leg.moved_back >= self.facts.queueing.move_back_limit:
            raise No("move_back_limit")
        self.behind(leg, places, None if was_called else leg.order)
        leg.moved_back += 1
        self.head += 1

    def bring_back(self, leg: PlainLeg) -> None:
        self.must_be(leg, "no_show")
        self.must_be_open()
        rules = self.facts.queueing
        if leg.day != self.day:
            raise No("other_day")
        if leg.brought_back >= rules.bring_back_limit:
            raise No("bring_back_limit")
        self.behind(leg, rules.bring_back_places, None)
        leg.brought_back += 1
        self.head += 1

    def behind(self, leg: PlainLeg, others: int, order: tuple[int, int] | None) -> None:
        before = [one for one in self.present() if one is not leg]
        self.put_behind(leg, others, order)
        self.wait_again(leg)
        leg.version += 1
        self.settle(before, leg)

    def cancel(self, ticket_id: int, leg_id: int, who: str) -> int:
        """How many legs were voided."""
        if ticket_id not in self.tickets:
            raise No("leg_unknown")
        visit = [leg for leg in self.legs if leg.ticket == ticket_id]
        wanted = [leg for leg in visit if leg_id in (0, leg.id)]
        if leg_id and not wanted:
            raise No("leg_unknown")
        voided = [leg for leg in wanted if leg.state in ("waiting", "called")]
        if not voided:
            raise No("nothing_to_cancel")
        for leg in voided:
            if leg.state == "called":
                self.at(leg.window, who)
        before = self.present()
        for leg in voided:
            leg.state = "cancelled"
            self.changed(leg)
        self.settle([leg for leg in before if leg.state == "waiting"])
        return len(voided)
