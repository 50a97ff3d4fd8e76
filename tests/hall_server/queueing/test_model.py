"""The whole service against the plain model, in any order of acts, on both databases.

After every act the answer or the code of the refusal, the next number, every leg and every window
must be as the model says; a station's picture, carried on by events alone, must equal what the
hall would tell it afresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from sqlalchemy import create_engine

from hall_server.contract.messages import queueing as q
from hall_server.database import metadata
from tests.hall_server.queueing.conftest import CHIEF, KIOSK, MINUTE, MONDAY_NINE, Desk, OpenDesk
from tests.hall_server.queueing.side_by_side import (
    PEOPLE,
    RARELY,
    STATED,
    Draw,
    SideBySide,
    asker,
)

EXAMPLES = 40
STEPS = 60
ITEMS = st.sampled_from(["marry"] * 4 + ["invoice"] * 3 + ["deed"] * 3 + ["read", "gone"])
WINDOWS = st.sampled_from(["w1", "w2", "w3", "w4"])
TARGETS = st.one_of(
    st.sampled_from(["civil", "tax", "land"]).map(lambda one: {"queue_id": one}),
    WINDOWS.map(lambda one: {"window_id": one}),
    st.sampled_from(["s1", "s2", "s3", "s4"]).map(lambda one: {"staff_id": one}),
)
OFTEN = {
    "take": 12,
    "call_next": 10,
    "start": 7,
    "finish": 5,
    "time": 8,
    "call_chosen": 2,
    "recall": 3,
    "miss": 4,
    "hold": 3,
    "resume": 2,
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
}
KINDS = st.sampled_from([kind for kind, weight in OFTEN.items() for _ in range(weight)])
LIFE = ["close", "pause", "pause", "resume"]


class QueueingMachine(SideBySide):
    """Everything that anybody may try, mostly where it makes sense, now and then where not."""

    @rule(kind=KINDS, data=st.data())
    def act(self, kind: str, data: st.DataObject) -> None:
        getattr(self, kind)(data.draw)

    # ----------------------------------------------------------------------------- taking, calling

    def time(self, draw: Draw) -> None:
        seconds = draw(st.sampled_from([1, 5, 20, 45, 45, 200, 700]))
        self.desk.pass_s(seconds)
        self.plain.now += seconds * 1000

    def take(self, draw: Draw) -> None:
        item, kiosk = draw(ITEMS), draw(st.booleans())
        priority = draw(st.sampled_from(["", "", "", "elderly", "soldier"]))
        person = draw(st.sampled_from(["", "", "", "li"]))
        slip, leg = self.both(
            "ticket.take",
            KIOSK if kiosk else asker("s1"),
            {"item_id": item, "priority_id": priority, "person": person},
            lambda: self.plain.take(item, priority, person, kiosk=kiosk),
        )
        if leg:
            assert (slip.label, slip.leg_id) == (leg.label, leg.id)

    def call_next(self, draw: Draw) -> None:
        free = [name for name in self.idle() if self.plain.callable(name)]
        if not free and not draw(RARELY):
            self.take(draw)
            return
        window = draw(WINDOWS) if not free or draw(RARELY) else draw(st.sampled_from(free))
        who = self.clerk_of(draw, window)
        answer, expected = self.both(
            "ticket.call_next",
            asker(who),
            {"window_id": window},
            lambda: self.plain.call_next(window, who),
        )
        self.check_call(answer, expected)

    def call_chosen(self, draw: Draw) -> None:
        leg = self.someone(draw, "waiting")
        if leg is None:
            return
        idle = self.idle()
        window = draw(WINDOWS) if not idle or draw(RARELY) else draw(st.sampled_from(idle))
        who = self.clerk_of(draw, window)
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

    def recall(self, draw: Draw) -> None:
        leg = self.someone(draw, "called")
        if leg:
            self.on_leg(draw, "recall", leg, lambda who: self.plain.recall(leg, who))

    def start(self, draw: Draw) -> None:
        leg = self.someone(draw, "called")
        if leg:
            self.on_leg(draw, "start", leg, lambda who: self.plain.start(leg, who))

    def finish(self, draw: Draw) -> None:
        leg = self.someone(draw, "serving")
        if leg is None:
            return
        _, served_ms = self.on_leg(draw, "finish", leg, lambda who: self.plain.finish(leg, who))
        if served_ms is not None:
            event = self.new_events[0]
            assert isinstance(event, q.TicketFinished)
            assert event.served_ms == served_ms

    def miss(self, draw: Draw) -> None:
        """Mostly with the patience that a no-show needs."""
        leg = self.someone(draw, "called")
        if leg is None:
            return
        if not draw(RARELY):
            self.desk.pass_s(45)
            self.plain.now += 45_000
            if leg.calls < 2:
                self.on_leg(draw, "recall", leg, lambda who: self.plain.recall(leg, who))
        self.on_leg(draw, "miss", leg, lambda who: self.plain.miss(leg, who))

    def hold(self, draw: Draw) -> None:
        leg = self.someone(draw, "serving")
        if leg:
            plain = self.plain
            reason = "hold-reason"
            self.on_leg(draw, "hold", leg, lambda who: plain.hold(leg, who), reason_id=reason)

    def resume(self, draw: Draw) -> None:
        leg = self.someone(draw, "held")
        if leg is None:
            return
        window = draw(WINDOWS) if draw(st.booleans()) else ""
        who = self.clerk_of(draw, window or leg.window)
        self.both(
            "ticket.resume",
            asker(who),
            {"leg_id": leg.id, "window_id": window},
            lambda: self.plain.resume(leg, who, window),
        )

    def requeue(self, draw: Draw) -> None:
        leg = self.someone(draw, "held")
        if leg:
            plain = self.plain
            self.on_leg(draw, "resume", leg, lambda who: plain.requeue(leg, who), to_queue=True)

    # ----------------------------------------------------------------------------- moving on

    def transfer(self, draw: Draw) -> None:
        leg = self.someone(draw, *draw(st.permutations(["called", "serving"])))
        if leg is None:
            return
        target, back = draw(TARGETS), draw(st.booleans())
        place = draw(st.sampled_from(["first", "keep", "last"]))
        answer, onward = self.on_leg(
            draw,
            "transfer",
            leg,
            lambda who: self.plain.transfer(leg, who, target, place, back=back),
            place=place,
            return_after=back,
            **target,
        )
        if onward:
            assert answer.leg_id == onward.id

    def move_back(self, draw: Draw) -> None:
        leg = self.someone(draw, draw(st.sampled_from(["waiting", "waiting", "called"])))
        if leg is None:
            return
        places = draw(st.integers(1, 4))
        self.on_leg(
            draw,
            "move_back",
            leg,
            lambda who: self.plain.move_back(leg, who, places),
            places=places,
        )

    def bring_back(self, draw: Draw) -> None:
        leg = self.someone(draw, "no_show")
        if leg:
            self.on_leg(draw, "bring_back", leg, lambda _who: self.plain.bring_back(leg))

    def add_item(self, draw: Draw) -> None:
        leg = self.someone(draw, "waiting", "called", "serving", "held")
        if leg is None:
            return
        item, here = draw(ITEMS), draw(st.booleans())
        who = self.clerk_of(draw, leg.window)
        self.both(
            "ticket.add_item",
            asker(who),
            {"ticket_id": leg.ticket, "item_id": item, "here": here},
            lambda: self.plain.add_item(leg.ticket, item, who, here=here),
        )

    def cancel(self, draw: Draw) -> None:
        leg = self.someone(draw, "waiting", "called")
        if leg is None:
            return
        who, wanted = self.clerk_of(draw, leg.window), draw(st.sampled_from([0, leg.id, 99]))
        self.both(
            "ticket.cancel",
            asker(who),
            {"ticket_id": leg.ticket, "leg_id": wanted},
            lambda: self.plain.cancel(leg.ticket, wanted, who),
        )

    def serve_direct(self, draw: Draw) -> None:
        window, item = draw(WINDOWS), draw(ITEMS)
        who = self.clerk_of(draw, window)
        self.both(
            "ticket.serve_direct",
            asker(who),
            {"window_id": window, "item_id": item},
            lambda: self.plain.serve_direct(window, who, item),
        )

    # ----------------------------------------------------------------------------- bookings, days

    def book(self, draw: Draw) -> None:
        item = draw(ITEMS)
        due_at = self.plain.now + draw(st.sampled_from([0, 5, 20, 60])) * MINUTE
        answer, _ = self.both(
            "appointment.book",
            asker("s1"),
            {"item_id": item, "day": self.today(due_at), "at_ms": due_at},
            lambda: self.plain.book(item, self.today(due_at), due_at),
        )
        if answer:
            self.codes.append(answer.code)

    def check_in(self, draw: Draw) -> None:
        if not self.codes:
            self.book(draw)
            return
        chosen = draw(st.integers(0, len(self.codes) - 1))
        self.both(
            "ticket.check_in",
            KIOSK,
            {"code": self.codes[chosen]},
            lambda: self.plain.check_in(chosen),
        )

    def open_window(self, draw: Draw) -> None:
        closed = [name for name in ("w1", "w2", "w3", "w4") if not self.plain.windows[name].staff]
        window = draw(WINDOWS) if not closed or draw(RARELY) else draw(st.sampled_from(closed))
        away = [f"s{n}" for n in (1, 2, 3, 4) if f"s{n}" not in self.plain.seated()]
        staff = draw(PEOPLE) if not away or draw(RARELY) else draw(st.sampled_from(away))
        asked = {"window_id": window}
        self.both("window.open", asker(staff), asked, lambda: self.plain.open_window(window, staff))

    def window_life(self, draw: Draw) -> None:
        paused = [one for one, post in self.plain.windows.items() if post.state == "paused"]
        back = bool(paused) and draw(st.booleans())
        window = paused[0] if back else draw(WINDOWS)
        who = self.clerk_of(draw, window)
        verb = "resume" if back else draw(st.sampled_from(LIFE))
        act = {"close": "close_window", "pause": "pause", "resume": "go_on"}[verb]
        asked = {"window_id": window}
        if verb == "pause":
            asked["reason_id"] = "pause-reason"
        self.both(
            f"window.{verb}", asker(who), asked, lambda: getattr(self.plain, act)(window, who)
        )

    def close_day(self, draw: Draw) -> None:
        finish = draw(st.booleans())
        asked = {"finish_serving": finish}
        self.both("day.close", CHIEF, asked, lambda: self.plain.close_day(finish=finish))
        if self.plain.day == 0 and not draw(RARELY):
            self.open_day(overnight=draw(st.booleans()))

    @precondition(lambda self: self.plain.day == 0)
    @rule(overnight=st.booleans())
    def open_day(self, overnight: bool) -> None:
        if overnight and self.plain.now < MONDAY_NINE + 4 * 24 * 60 * MINUTE:
            self.desk.pass_s(24 * 3600)
            self.plain.now += 24 * 60 * MINUTE
        name = self.today(self.plain.now)
        self.both("day.open", CHIEF, {}, lambda: self.plain.open_day(name))
        self.sit_down()


def run(make_desk: Callable[[], Desk], scale: int) -> Counter[tuple[str, str]]:
    """Run so many days of such acts; what became of every ask."""

    class Machine(QueueingMachine):
        pass

    Machine.make_desk = staticmethod(make_desk)
    Machine.outcomes = Counter()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES * scale,
            stateful_step_count=STEPS,
            derandomize=scale == 1,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    return Machine.outcomes


def judge(database: str, outcomes: Counter[tuple[str, str]], scale: int) -> None:
    """A run that never gets anywhere would prove nothing."""
    accepted = Counter({name: count for (name, code), count in outcomes.items() if not code})
    print(f"\n{outcomes.total()} asks compared with the plain model on {database}")
    print(f"accepted: {dict(accepted)}")
    print(f"refused: { {key: n for key, n in outcomes.items() if key[1]} }")
    assert outcomes.total() > 500 * scale
    assert {name for name, _ in outcomes} <= set(accepted)


def test_the_service_does_as_the_model_says_on_sqlite(
    open_desk: OpenDesk, tmp_path: Path, campaign_scale: int
) -> None:
    blank, used = tmp_path / "blank.db", tmp_path / "used.db"
    engine = create_engine(f"sqlite:///{blank}")
    metadata.create_all(engine)
    engine.dispose()

    def make_desk() -> Desk:
        for rest in tmp_path.glob("used.db*"):
            rest.unlink()
        copyfile(blank, used)
        return open_desk(f"sqlite:///{used}", STATED)

    judge("SQLite", run(make_desk, campaign_scale), campaign_scale)


@pytest.mark.postgres
def test_the_service_does_as_the_model_says_on_postgresql(
    open_desk: OpenDesk, queueing_postgres: str, campaign_scale: int
) -> None:
    engine = create_engine(queueing_postgres)

    def make_desk() -> Desk:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)}")
        engine.dispose()
        return open_desk(queueing_postgres, STATED)

    judge("PostgreSQL", run(make_desk, campaign_scale), campaign_scale)
