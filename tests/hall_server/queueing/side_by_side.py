"""The service and the plain model side by side: asked alike, compared after every act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, ClassVar

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import text

from config.facts import HallFacts, RuleFact, RuleKind, WindowFact
from hall_server.access.rules import Asker
from hall_server.contract import mirror
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.queueing import DayOpened
from hall_server.contract.refusals import Refusal
from hall_server.queueing import service
from tests.hall_server.queueing import conftest as hall
from tests.hall_server.queueing.conftest import CHIEF, FACTS, MINUTE, MONDAY_NINE, Desk
from tests.hall_server.queueing.plain_model import No, PlainLeg
from tests.hall_server.queueing.plain_services import PlainServices

replace = msgspec.structs.replace


def stated() -> HallFacts:
    """Small limits, so that a short run meets them all."""
    numbers = replace(
        FACTS.queueing,
        recall_limit=2,
        bring_back_limit=1,
        bring_back_places=2,
        hold_limit_minutes=2,
        holds_per_window=2,
        move_back_limit=2,
        overtake_limit=3,
        tickets_per_person=2,
    )
    windows = [
        WindowFact(id="w1", number=1, zone="north", queues=["civil", "tax"]),
        WindowFact(id="w2", number=2, zone="north", queues=["civil"], rules=["soldiers"]),
        WindowFact(
            id="w3", number=3, zone="north", queues=["land", "tax", "civil"], rules=["turns"]
        ),
        WindowFact(
            id="w4",
            number=4,
            zone="north",
            queues=["civil", "tax", "land"],
            rules=["many", "long", "turns"],
        ),
    ]
    name = FACTS.rules[0].name
    rules = [
        replace(FACTS.rules[0], first=1),
        RuleFact(id="soldiers", name=name, kind=RuleKind.PRIORITY, priorities=["soldier"]),
        RuleFact(id="many", name=name, kind=RuleKind.WAITING_COUNT, queues=["tax"], count=3),
        RuleFact(id="long", name=name, kind=RuleKind.LONGEST_WAIT, queues=["land"], minutes=8),
    ]
    queues = [replace(one, day_limit=5) if one.id == "tax" else one for one in FACTS.queues]
    return replace(FACTS, queueing=numbers, windows=windows, rules=rules, queues=queues)


STATED = stated()
STEPS = 60
PEOPLE = ["", "s1", "s2", "s3", "s4"]
"""The supervisor, or a clerk."""
LEADS_TO = {"called": "call_next", "serving": "start", "held": "hold", "no_show": "miss"}
"""The act that brings somebody into a state, where nobody is in it yet."""


def rarely(chance: Random) -> bool:
    """One time in ten: something that makes no sense."""
    return chance.random() < 0.1


def asker(who: str) -> Asker:
    return hall.clerk(who) if who else CHIEF


class SideBySide(RuleBasedStateMachine):
    """A desk, a plain hall, and a station's picture carried on by events alone."""

    make_desk: Callable[[], Desk]
    outcomes: ClassVar[Counter[tuple[str, str]]]
    """How often each ask was accepted (empty code) or refused."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = type(self).make_desk()
        self.plain = PlainServices(STATED, MONDAY_NINE)
        self.codes: list[str] = []
        self.new_events: list[Event] = []
        self.picture = mirror.begin(self.snapshot())
        self.both("day.open", CHIEF, {}, lambda: self.plain.open_day(self.today(MONDAY_NINE)))
        self.sit_down()

    def teardown(self) -> None:
        self.desk.database.stop()

    # ------------------------------------------------------------------------------- both sides

    def both(
        self, name: str, who: Asker, fields: dict[str, Any], act: Callable[[], Any]
    ) -> tuple[Any, Any]:
        """Ask the service, do it in the model, and compare everything; (answer, model's word)."""
        answer = expected = None
        refused = wanted = ""
        try:
            expected = act()
        except No as no:
            wanted = str(no)
        try:
            answer = self.desk.ask(name, who, **fields)
        except Refusal as refusal:
            refused = refusal.code
        assert refused == wanted, f"{name} {fields}"
        self.outcomes[name, refused] += 1
        self.compare()
        return answer, expected

    def snapshot(self) -> Snapshot:
        with self.desk.database.reading() as reading:
            day, windows, legs = service.picture(reading)
        return Snapshot(
            seq=self.plain.head,
            at=self.plain.now,
            clock_rate=1,
            version="",
            day=day,
            facts_version=1,
            facts=STATED,
            windows=windows,
            legs=legs,
            devices=[],
        )

    def compare(self) -> None:
        new = self.desk.events(self.picture.seq)
        for event in new:
            self.picture = mirror.carry_on(self.picture, event)
            if isinstance(event, DayOpened) and event.again:
                self.picture = mirror.begin(self.snapshot())
        self.new_events = new
        assert self.picture.seq == self.plain.head
        afresh = mirror.begin(self.snapshot())
        if afresh.day:
            assert self.picture.legs == afresh.legs
        assert {key: view for key, view in self.picture.windows.items() if view.since} == {
            key: view for key, view in afresh.windows.items() if view.since
        }
        for leg in self.plain.legs:
            if leg.day == self.plain.day:
                view = afresh.legs[leg.id]
                assert (view.state, view.version, view.window_id, view.staff_id) == (
                    leg.state,
                    leg.version,
                    leg.window,
                    leg.staff,
                )
                assert (view.label, view.held_ms, view.waiting_since) == (
                    leg.label,
                    leg.held_ms,
                    leg.since,
                )
                if leg.state == "waiting":
                    assert (view.place, view.place_tie) == (leg.place, leg.tie)
        self.compare_lines()

    def compare_lines(self) -> None:
        """Who stands in which line and how often each was overtaken, as the database has it."""
        sql = text("SELECT leg_id, overtaken FROM leg WHERE line IS NOT NULL ORDER BY leg_id")
        with self.desk.database.reading() as reading:
            rows = [tuple(row) for row in reading.connection.execute(sql)]
        assert rows == [(leg.id, leg.overtaken) for leg in self.plain.present()]

    def sit_down(self) -> None:
        """A clerk at each window."""
        for number in (1, 2, 3, 4):
            window, staff = f"w{number}", f"s{number}"
            self.both(
                "window.open",
                asker(staff),
                {"window_id": window},
                partial(self.plain.open_window, window, staff),
            )

    def today(self, at_ms: int) -> str:
        days, rest = divmod(at_ms - MONDAY_NINE + 9 * 60 * MINUTE, 24 * 60 * MINUTE)
        assert rest >= 0
        return f"2026-11-{23 + days:02d}"

    # ----------------------------------------------------------------------------- who and whom

    def someone(self, chance: Random, *states: str) -> PlainLeg | None:
        """A leg in one of the states; where there is none, mostly a step towards one instead."""
        legs = [leg for leg in self.plain.legs if leg.state in states]
        if legs and not rarely(chance):
            return chance.choice(legs[-7:])
        if states[0] in LEADS_TO and not rarely(chance):
            getattr(self, LEADS_TO[states[0]])(chance)
            return None
        return chance.choice(self.plain.legs) if self.plain.legs else None

    def idle(self) -> list[str]:
        """Windows that could call now."""
        posts = self.plain.windows.items()
        return [one for one, post in posts if post.state == "open" and not self.plain.busy(one)]

    def clerk_of(self, chance: Random, window: str) -> str:
        """Mostly whoever sits there."""
        post = self.plain.windows.get(window)
        return chance.choice(PEOPLE) if post is None or rarely(chance) else post.staff

    def seen(self, chance: Random, leg: PlainLeg) -> int:
        """The version on the clerk's screen: none, the present or an older one."""
        return 0 if not rarely(chance) else max(1, leg.version - chance.randint(0, 1))

    def on_leg(
        self, chance: Random, verb: str, leg: PlainLeg, act: Callable[[str], Any], **fields: Any
    ) -> tuple[Any, Any]:
        who = self.clerk_of(chance, leg.window)
        version = self.seen(chance, leg)

        def plainly() -> Any:
            self.plain.leg(leg.id, version)
            return act(who)

        asked = {"leg_id": leg.id, "version": version, **fields}
        return self.both(f"ticket.{verb}", asker(who), asked, plainly)


def run(
    machine: type[SideBySide], make_desk: Callable[[], Desk], examples: int, *, fixed: bool
) -> Counter[tuple[str, str]]:
    """Run so many days of acts, the same ones each time if ``fixed``; what became of every ask."""

    class Machine(machine):  # type: ignore[misc, valid-type]  # one class a run, with counts of its own
        outcomes: ClassVar[Counter[tuple[str, str]]] = Counter()

    Machine.make_desk = staticmethod(make_desk)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            derandomize=fixed,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    return Machine.outcomes
