"""Figures of a day: the pure ones by example, the hall's against a recount of its ledger."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, field

import pytest

from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import DayFigures
from hall_server.contract.messages.queueing import LegState
from hall_server.contract.refusals import Refusal
from hall_server.queueing.measures import LegMeasure, day_figures, percentile
from tests.hall_server.queueing.conftest import CHIEF, Desk, clerk

MINUTE = 60_000


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([], 50, 0),
        ([7], 90, 7),
        ([1, 2, 3, 4], 50, 2),
        ([1, 2, 3, 4, 5], 50, 3),
        (list(range(1, 11)), 90, 9),
        (list(range(1, 12)), 90, 10),
        ([1, 2], 100, 2),
    ],
)
def test_a_percentile_is_a_value_that_occurred(values: list[int], percent: int, found: int) -> None:
    assert percentile(values, percent) == found


def test_long_waits_are_not_cut_to_the_hour() -> None:
    figures = day_figures("d", 1, [LegMeasure(LegState.SERVED, 65 * MINUTE, 90 * MINUTE)])
    assert (figures.wait_max_ms, figures.service_sum_ms) == (65 * MINUTE, 90 * MINUTE)
    assert figures.within_15_minutes == 0


def test_who_was_never_called_has_no_wait_yet() -> None:
    legs = [
        LegMeasure(LegState.WAITING, None, None),
        LegMeasure(LegState.NO_SHOW, 15 * MINUTE, None),
        LegMeasure(LegState.CANCELLED, None, None),
    ]
    figures = day_figures("d", 3, legs)
    assert (figures.called, figures.waiting, figures.no_show, figures.cancelled) == (1, 1, 1, 1)
    assert (figures.wait_median_ms, figures.within_15_minutes) == (15 * MINUTE, 1)


# ------------------------------------------------------------------- recounted from the ledger


@dataclass
class Recount:
    """All figures once more, from nothing but the day's events and their times."""

    taken: int = 0
    queued: dict[int, int] = field(default_factory=dict)
    first_call: dict[int, int] = field(default_factory=dict)
    started: dict[int, int] = field(default_factory=dict)
    resting: dict[int, int] = field(default_factory=dict)
    rested: dict[int, int] = field(default_factory=dict)
    state: dict[int, str] = field(default_factory=dict)
    services: list[int] = field(default_factory=list)

    def take_in(self, event: q.LegEvent) -> None:
        leg_id = event.leg_id
        match event:
            case q.TicketTaken() | q.ItemAdded():
                self.taken += isinstance(event, q.TicketTaken)
                self.queued[leg_id] = event.at
            case q.TicketTransferred():
                self.queued[event.new_leg_id] = event.at
                self.state[event.new_leg_id] = "waiting"
            case q.TicketCalled():
                self.first_call.setdefault(leg_id, event.at)
            case q.TicketStarted():
                self.started.setdefault(leg_id, event.at)
                self.rest_ends(leg_id, event.at)
            case q.TicketHeld():
                self.resting[leg_id] = event.at
            case q.TicketResumed() if event.window_id:
                self.rest_ends(leg_id, event.at)
            case q.TicketFinished() if not event.at_close:
                self.services.append(event.at - self.started[leg_id] - self.rested.get(leg_id, 0))
            case _:
                pass
        self.state[leg_id] = STATE_AFTER.get(type(event)) or self.state[leg_id]
        if isinstance(event, q.TicketResumed) and event.window_id:
            self.state[leg_id] = "serving"

    def rest_ends(self, leg_id: int, at: int) -> None:
        since = self.resting.pop(leg_id, at)
        self.rested[leg_id] = self.rested.get(leg_id, 0) + at - since

    def figures(self, day: str) -> DayFigures:
        waits = sorted(at - self.queued[leg_id] for leg_id, at in self.first_call.items())
        count = list(self.state.values()).count
        services = self.services
        return DayFigures(
            day=day,
            taken=self.taken,
            called=len(waits),
            served=count("served"),
            no_show=count("no_show"),
            cancelled=count("cancelled"),
            unserved=count("unserved"),
            waiting=count("waiting"),
            wait_sum_ms=sum(waits),
            wait_median_ms=statistics.median_low(waits) if waits else 0,
            wait_p90_ms=waits[-(-len(waits) * 9 // 10) - 1] if waits else 0,
            wait_max_ms=max(waits, default=0),
            within_15_minutes=sum(wait <= 15 * MINUTE for wait in waits),
            service_sum_ms=sum(services),
            service_median_ms=statistics.median_low(services) if services else 0,
        )


STATE_AFTER: dict[type[Event], str] = {
    q.TicketTaken: "waiting",
    q.ItemAdded: "waiting",
    q.TicketCalled: "called",
    q.TicketStarted: "serving",
    q.TicketHeld: "held",
    q.TicketResumed: "waiting",
    q.TicketFinished: "served",
    q.TicketMissed: "no_show",
    q.TicketTransferred: "transferred",
    q.TicketBroughtBack: "waiting",
    q.TicketMovedBack: "waiting",
    q.TicketCancelled: "cancelled",
    q.TicketUnserved: "unserved",
}


def recounted(events: list[Event], day: str) -> DayFigures:
    recount = Recount()
    for event in events:
        if isinstance(event, q.LegEvent):
            recount.take_in(event)
    return recount.figures(day)


def busy_day(desk: Desk, seed: int, acts: int) -> None:
    """Random acts; what is refused changes nothing and so no figure."""
    chance = random.Random(seed)
    for _ in range(acts):
        desk.pass_s(chance.choice([1, 30, 60, 400]))
        number = chance.randint(1, 3)
        here = [leg for leg in desk.legs().values() if leg.window_id == f"w{number}"]
        held = [leg for leg in here if leg.state is LegState.HELD]
        active = [leg for leg in here if leg.state in {LegState.CALLED, LegState.SERVING}]
        try:
            if chance.random() < 0.35:
                desk.take(chance.choice(["marry", "invoice", "deed"]))
            elif not active and held and chance.random() < 0.5:
                desk.act("resume", number, held[0].leg_id, to_queue=chance.random() < 0.3)
            elif not active:
                desk.next(number)
            else:
                something(desk, chance, number, active[0].leg_id, active[0].state)
        except Refusal:
            continue


def something(desk: Desk, chance: random.Random, number: int, leg_id: int, state: LegState) -> None:
    if state is LegState.CALLED:
        verb = chance.choice(["start", "start", "start", "recall", "miss", "cancel"])
        if verb == "cancel":
            asked = {"ticket_id": desk.leg(leg_id).ticket_id}
            desk.ask("ticket.cancel", clerk(f"s{number}"), **asked)
        else:
            desk.act(verb, number, leg_id)
        return
    verb = chance.choice(["finish", "finish", "finish", "hold", "transfer"])
    more: dict[str, dict[str, object]] = {
        "hold": {"reason_id": "hold-reason"},
        "transfer": {"queue_id": chance.choice(["civil", "tax", "land"]), "return_after": True},
    }
    desk.act(verb, number, leg_id, **more.get(verb, {}))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_halls_figures_equal_a_recount_of_its_ledger(desk: Desk, seed: int) -> None:
    desk.ask("ticket.serve_direct", clerk("s1"), window_id="w1", item_id="read")
    busy_day(desk, seed, 150)
    assert desk.read("hall.figures") == recounted(desk.events(), "2026-11-23")
    desk.ask("day.close", CHIEF, finish_serving=True)
    closed = desk.read("hall.figures", day="2026-11-23")
    assert closed == recounted(desk.events(), "2026-11-23")
    assert closed.served > 5
    assert closed.unserved > 5
    assert closed.waiting == 0


def test_a_day_that_never_was_has_figures_of_nothing(desk: Desk) -> None:
    figures = desk.read("hall.figures", day="2020-01-01")
    assert (figures.taken, figures.called, figures.wait_max_ms) == (0, 0, 0)
