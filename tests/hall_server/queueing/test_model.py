"""The whole service against the plain model, in any order of acts, on both databases.

Every run walks 50,000 acts from five seeds, three of them on SQLite and two on PostgreSQL; under
``--long`` it is a million. After every act the answer or the code of the refusal, the next number,
every leg and every window must be as the model says; a station's picture, carried on by events
alone, must equal what the hall would tell it afresh.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hall_server.contract.messages import queueing as q
from hall_server.queueing import service
from tests.hall_server.queueing import side_by_side
from tests.hall_server.queueing.conftest import CHIEF, KIOSK, MINUTE, MONDAY_NINE, OpenDesk
from tests.hall_server.queueing.side_by_side import (
    PEOPLE,
    STATED,
    SideBySide,
    asker,
    rarely,
)

ASKS = 10_000
MODEL_CODES = {
    code
    for path in Path(__file__).parent.glob("plain_*.py")
    for code in re.findall(r'No\("(\w+)"\)', path.read_text())
}
"""Every refusal that the model knows."""
ITEMS = ["marry"] * 4 + ["invoice"] * 3 + ["deed"] * 3 + ["read", "gone"]
WINDOWS = ["w1", "w2", "w3", "w4"]
TARGETS = (
    *({"queue_id": one} for one in ("civil", "tax", "land")),
    *({"window_id": one} for one in WINDOWS),
    *({"staff_id": one} for one in ("s1", "s2", "s3", "s4")),
)
OFTEN = {
    "take": 14,
    "call_next": 9,
    "start": 7,
    "finish": 5,
    "time": 8,
    "call_chosen": 2,
    "recall": 3,
    "miss": 4,
    "hold": 6,
    "resume": 4,
    "requeue": 1,
    "transfer": 4,
    "move_back": 3,
    "bring_back": 3,
    "add_item": 3,
    "cancel": 2,
    "serve_direct": 1,
    "book": 2,
    "check_in": 2,
    "window_life": 3,
    "open_window": 2,
    "close_day": 1,
    "open_day": 0.2,
}
"""Weights: as in a hall, many come and are called, little else."""
LIFE = ["close", "close", "pause", "resume"]


class QueueingMachine(SideBySide):
    """Everything that anybody may try, mostly where it makes sense, now and then where not."""

    def turn(self, chance: Random) -> None:
        (kind,) = chance.choices(list(OFTEN), list(OFTEN.values()))
        if self.plain.day == 0 and chance.random() < 0.5:
            kind = "open_day"
        getattr(self, kind)(chance)

    # ----------------------------------------------------------------------------- taking, calling

    def time(self, chance: Random) -> None:
        seconds = chance.choice([1, 5, 20, 45, 45, 200, 700])
        self.desk.pass_s(seconds)
        self.plain.now += seconds * 1000

    def take(self, chance: Random) -> None:
        item, kiosk = chance.choice(ITEMS), chance.random() < 0.5
        priority = chance.choice(["", "", "", "elderly", "soldier"])
        person = chance.choice(["", "", "", "li"])
        foretold = self.foretold(item)
        slip, leg = self.both(
            "ticket.take",
            KIOSK if kiosk else asker("s1"),
            {"item_id": item, "priority_id": priority, "person": person},
            lambda: self.plain.take(item, priority, person, kiosk=kiosk),
        )
        if leg:
            assert (slip.label, slip.leg_id) == (leg.label, leg.id)
            told = (slip.people_ahead, slip.wait_low_minutes, slip.wait_high_minutes)
            assert priority or told == foretold

    def foretold(self, item_id: str) -> tuple[int, int, int] | None:
        """What the forecast, read afresh from the tables, says to an ordinary newcomer."""
        now = replace(self.eyes, now_ms=self.plain.now)
        items = service.forecast_all(now, CHIEF, q.ForecastRead()).items
        for said in items:
            if said.item_id == item_id:
                return said.people_ahead, said.wait_low_minutes, said.wait_high_minutes
        return None

    def call_next(self, chance: Random) -> None:
        free = [name for name in self.idle() if self.plain.callable(name)]
        if not free and not rarely(chance):
            self.take(chance)
            return
        window = chance.choice(WINDOWS) if not free or rarely(chance) else chance.choice(free)
        who = self.clerk_of(chance, window)
        answer, expected = self.both(
            "ticket.call_next",
            asker(who),
            {"window_id": window},
            lambda: self.plain.call_next(window, who),
        )
        self.check_call(answer, expected)

    def call_chosen(self, chance: Random) -> None:
        leg = self.someone(chance, "waiting")
        if leg is None:
            return
        idle = self.idle()
        window = chance.choice(WINDOWS) if not idle or rarely(chance) else chance.choice(idle)
        who = self.clerk_of(chance, window)
        answer, expected = self.both(
            "ticket.call",
            asker(who),
            {"window_id": window, "leg_id": leg.id, "reason_id": "choose-reason"},
            lambda: self.plain.call_chosen(window, who, leg.id),
        )
        self.check_call(answer, expected)

    def check_call(self, answer: Any, expected: Any) -> None:
        if expected is None:
            return
        leg, step, overtook = expected
        event = self.new_events[-1]
        assert isinstance(event, q.TicketCalled)
        assert (answer.leg_id, answer.label) == (leg.id, leg.label)
        assert (event.step, event.overtook) == (step, overtook)

    # ----------------------------------------------------------------------------- at the window

    def recall(self, chance: Random) -> None:
        leg = self.someone(chance, "called")
        for _ in range(chance.choice([1, 1, 1, 3])):
            if leg:
                self.on_leg(chance, "recall", leg, lambda who: self.plain.recall(leg, who))
                self.time(chance)

    def start(self, chance: Random) -> None:
        leg = self.someone(chance, "called")
        if leg:
            self.on_leg(chance, "start", leg, lambda who: self.plain.start(leg, who))

    def finish(self, chance: Random) -> None:
        leg = self.someone(chance, "serving")
        if leg is None:
            return
        _, served_ms = self.on_leg(chance, "finish", leg, lambda who: self.plain.finish(leg, who))
        if served_ms is not None:
            event = self.new_events[0]
            assert isinstance(event, q.TicketFinished)
            assert event.served_ms == served_ms

    def miss(self, chance: Random) -> None:
        """Mostly with the patience that a no-show needs."""
        leg = self.someone(chance, "called")
        if leg is None:
            return
        if not rarely(chance):
            seconds = chance.choice([20, 45, 45, 45])
            self.desk.pass_s(seconds)
            self.plain.now += seconds * 1000
            if leg.calls < 2:
                self.on_leg(chance, "recall", leg, lambda who: self.plain.recall(leg, who))
        self.on_leg(chance, "miss", leg, lambda who: self.plain.miss(leg, who))

    def hold(self, chance: Random) -> None:
        leg = self.someone(chance, "serving")
        if leg:
            plain = self.plain
            reason = "hold-reason"
            self.on_leg(chance, "hold", leg, lambda who: plain.hold(leg, who), reason_id=reason)

    def resume(self, chance: Random) -> None:
        leg = self.someone(chance, "held")
        if leg is None:
            return
        window = chance.choice(WINDOWS) if chance.random() < 0.5 else ""
        who = self.clerk_of(chance, window or leg.window)
        self.both(
            "ticket.resume",
            asker(who),
            {"leg_id": leg.id, "window_id": window},
            lambda: self.plain.resume(leg, who, window),
        )

    def requeue(self, chance: Random) -> None:
        leg = self.someone(chance, "held")
        if leg:
            plain = self.plain
            self.on_leg(chance, "resume", leg, lambda who: plain.requeue(leg, who), to_queue=True)

    # ----------------------------------------------------------------------------- moving on

    def transfer(self, chance: Random) -> None:
        leg = self.someone(chance, *chance.sample(["called", "serving"], 2))
        if leg is None:
            return
        target, back = chance.choice(TARGETS), chance.random() < 0.5
        place = chance.choice(["first", "keep", "last"])
        answer, onward = self.on_leg(
            chance,
            "transfer",
            leg,
            lambda who: self.plain.transfer(leg, who, target, place, back=back),
            place=place,
            return_after=back,
            **target,
        )
        if onward:
            assert answer.leg_id == onward.id

    def move_back(self, chance: Random) -> None:
        leg = self.someone(chance, chance.choice(["waiting", "waiting", "called"]))
        if leg is None:
            return
        places = chance.randint(1, 4)
        for _ in range(chance.choice([1, 1, 1, 3])):
            self.on_leg(
                chance,
                "move_back",
                leg,
                lambda who: self.plain.move_back(leg, who, places),
                places=places,
            )

    def bring_back(self, chance: Random) -> None:
        leg = self.someone(chance, "no_show")
        if leg:
            self.on_leg(chance, "bring_back", leg, lambda _who: self.plain.bring_back(leg))

    def add_item(self, chance: Random) -> None:
        leg = self.someone(chance, "waiting", "called", "serving", "held")
        if leg is None:
            return
        item, here = chance.choice(ITEMS), chance.random() < 0.5
        who = self.clerk_of(chance, leg.window)
        self.both(
            "ticket.add_item",
            asker(who),
            {"ticket_id": leg.ticket, "item_id": item, "here": here},
            lambda: self.plain.add_item(leg.ticket, item, who, here=here),
        )

    def cancel(self, chance: Random) -> None:
        leg = self.someone(chance, "waiting", "called")
        if leg is None:
            return
        who, wanted = self.clerk_of(chance, leg.window), chance.choice([0, leg.id, 99])
        self.both(
            "ticket.cancel",
            asker(who),
            {"ticket_id": leg.ticket, "leg_id": wanted},
            lambda: self.plain.cancel(leg.ticket, wanted, who),
        )

    def serve_direct(self, chance: Random) -> None:
        window, item = chance.choice(WINDOWS), chance.choice(ITEMS)
        who = self.clerk_of(chance, window)
        self.both(
            "ticket.serve_direct",
            asker(who),
            {"window_id": window, "item_id": item},
            lambda: self.plain.serve_direct(window, who, item),
        )

    # ----------------------------------------------------------------------------- bookings, days

    def book(self, chance: Random) -> None:
        item = chance.choice(ITEMS)
        due_at = self.plain.now + chance.choice([0, 5, 20, 60, 24 * 60]) * MINUTE
        answer, _ = self.both(
            "appointment.book",
            asker("s1"),
            {"item_id": item, "day": self.today(due_at), "at_ms": due_at},
            lambda: self.plain.book(item, self.today(due_at), due_at),
        )
        if answer:
            self.codes.append(answer.code)

    def check_in(self, chance: Random) -> None:
        if not self.codes:
            self.book(chance)
            return
        chosen = chance.randint(0, len(self.codes) - 1)
        self.both(
            "ticket.check_in",
            KIOSK,
            {"code": self.codes[chosen]},
            lambda: self.plain.check_in(chosen),
        )

    def open_window(self, chance: Random) -> None:
        closed = [name for name in ("w1", "w2", "w3", "w4") if not self.plain.windows[name].staff]
        window = chance.choice(WINDOWS) if not closed or rarely(chance) else chance.choice(closed)
        away = [f"s{n}" for n in (1, 2, 3, 4) if f"s{n}" not in self.plain.seated()]
        staff = chance.choice(away) if away and chance.random() < 0.7 else chance.choice(PEOPLE)
        asked = {"window_id": window}
        self.both("window.open", asker(staff), asked, lambda: self.plain.open_window(window, staff))

    def window_life(self, chance: Random) -> None:
        paused = [one for one, post in self.plain.windows.items() if post.state == "paused"]
        back = bool(paused) and chance.random() < 0.5
        window = paused[0] if back else chance.choice(WINDOWS)
        who = self.clerk_of(chance, window)
        verb = "resume" if back else chance.choice(LIFE)
        act = {"close": "close_window", "pause": "pause", "resume": "go_on"}[verb]
        asked = {"window_id": window}
        if verb == "pause":
            asked["reason_id"] = "pause-reason"
        self.both(
            f"window.{verb}", asker(who), asked, lambda: getattr(self.plain, act)(window, who)
        )

    def close_day(self, chance: Random) -> None:
        finish = chance.random() < 0.5
        asked = {"finish_serving": finish}
        self.both("day.close", CHIEF, asked, lambda: self.plain.close_day(finish=finish))
        if self.plain.day == 0 and chance.random() < 0.7:
            self.open_day(chance)

    def open_day(self, chance: Random) -> None:
        overnight = self.plain.day == 0 and chance.random() < 0.5
        if overnight and self.plain.now < MONDAY_NINE + 4 * 24 * 60 * MINUTE:
            self.desk.pass_s(24 * 3600)
            self.plain.now += 24 * 60 * MINUTE
        name = self.today(self.plain.now)
        self.both("day.open", CHIEF, {}, lambda: self.plain.open_day(name))
        self.sit_down()


def judge(outcomes: Counter[tuple[str, str]]) -> None:
    """A run that never gets anywhere would prove nothing."""
    accepted = Counter({name: count for (name, code), count in outcomes.items() if not code})
    codes = Counter({code: count for (_, code), count in outcomes.items() if code})
    print(f"\n{outcomes.total()} asks compared with the plain model")
    print(f"accepted: {dict(accepted)}\nrefused: {dict(codes)}")
    assert {name for name, _ in outcomes} <= set(accepted)
    assert set(codes) == MODEL_CODES, set(codes) ^ MODEL_CODES


@pytest.mark.parametrize(
    ("database_url", "seed"),
    [
        *(("sqlite", seed) for seed in (1, 2, 3)),
        *(pytest.param("postgres", seed, marks=pytest.mark.postgres) for seed in (4, 5)),
    ],
    indirect=["database_url"],
)
def test_the_service_does_as_the_model_says(
    open_desk: OpenDesk, database_url: str, campaign_scale: int, seed: int
) -> None:
    desk = open_desk(database_url, STATED)
    judge(side_by_side.walk(QueueingMachine, desk, str(seed), ASKS * campaign_scale))
