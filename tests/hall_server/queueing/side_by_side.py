"""The service and the plain model side by side: asked alike, compared after every act."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from itertools import count
from random import Random
from typing import Any

import msgspec
from sqlalchemy import text

from config.facts import HallFacts, RuleFact, RuleKind, WindowFact
from hall_server.access.rules import Asker
from hall_server.contract import mirror
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import LegView, Snapshot, WindowView
from hall_server.contract.messages.queueing import DayOpened, LegState
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading
from hall_server.prepared import Prepared
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
TURNS = 250
"""Turns in the life of one hall: a few service days, so that lines and limits fill."""
TOLD_OF_A_FAULT = 12
"""Asks named with a difference, the one that showed it last."""
PEOPLE = ["", "s1", "s2", "s3", "s4"]
"""The supervisor, or a clerk."""
LEADS_TO = {"called": "call_next", "serving": "start", "held": "hold", "no_show": "miss"}
"""The act that brings somebody into a state, where nobody is in it yet."""


def rarely(chance: Random) -> bool:
    """One time in ten: something that makes no sense."""
    return chance.random() < 0.1


def asker(who: str) -> Asker:
    return hall.clerk(who) if who else CHIEF


_IN_LINE = Prepared(
    text("SELECT leg_id, overtaken FROM leg WHERE line IS NOT NULL ORDER BY leg_id")
)


def _opened(picture: mirror.Picture) -> dict[str, WindowView]:
    """Windows that were open at least once: of the others events know nothing."""
    return {key: view for key, view in picture.windows.items() if view.since}


def _seen(leg: PlainLeg) -> tuple[object, ...]:
    """What a screen shows of a leg; its place only while it waits."""
    place = (leg.place, leg.tie) if leg.state == "waiting" else ()
    at = (leg.state, leg.version, leg.window, leg.staff)
    return (leg.id, leg.label, *at, leg.held_ms, leg.since, *place)


def _viewed(view: LegView) -> tuple[object, ...]:
    """The same of the service's leg."""
    place = (view.place, view.place_tie) if view.state is LegState.WAITING else ()
    at = (view.state, view.version, view.window_id, view.staff_id)
    return (view.leg_id, view.label, *at, view.held_ms, view.waiting_since, *place)


class SideBySide:
    """A desk, a plain hall, and a station's picture carried on by events alone."""

    def __init__(self, desk: Desk, eyes: Reading, outcomes: Counter[tuple[str, str]]) -> None:
        """``outcomes`` counts how often each ask was accepted (empty code) or refused."""
        self.desk = desk
        self.eyes = eyes
        self.outcomes = outcomes
        self.plain = PlainServices(STATED, MONDAY_NINE)
        self.codes: list[str] = []
        self.new_events: list[Event] = []
        self.last_asks: deque[str] = deque(maxlen=TOLD_OF_A_FAULT)
        self.look_anew()
        self.picture = mirror.begin(self.snapshot())
        self.both("day.open", CHIEF, {}, lambda: self.plain.open_day(self.today(MONDAY_NINE)))
        self.sit_down()

    def turn(self, chance: Random) -> None:
        """Somebody tries something."""
        raise NotImplementedError

    def look_anew(self) -> None:
        """One reading serves all looks, which is quicker; each look is of its own moment."""
        self.eyes.connection.connection.rollback()

    # ------------------------------------------------------------------------------- both sides

    def both(
        self, name: str, who: Asker, fields: dict[str, Any], act: Callable[[], Any]
    ) -> tuple[Any, Any]:
        """Ask the service, do it in the model, and compare everything; (answer, model's word)."""
        self.last_asks.append(f"{name} {fields} by {who.sender}")
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
        assert refused == wanted
        self.outcomes[name, refused] += 1
        self.look_anew()
        self.new_events = hall.events_after(self.eyes, self.picture.seq)
        if refused:
            assert not self.new_events  # whatever else it may have left shows at the next act
        else:
            self.compare()
        return answer, expected

    def snapshot(self) -> Snapshot:
        day, windows, legs = service.picture(self.eyes)
        return Snapshot(
            seq=self.plain.head,
            at=self.plain.now,
            clock_rate=1,
            version="",
            day=day.day if day else "",
            day_opened_at=day.opened_at if day else 0,
            facts_version=1,
            facts=STATED,
            windows=windows,
            legs=legs,
            devices=[],
        )

    def compare(self) -> None:
        """Legs, windows and lines, as the database has them now and as the events tell."""
        afresh = mirror.begin(self.snapshot())
        in_line = _IN_LINE.rows(self.eyes.connection)
        for event in self.new_events:
            self.picture = mirror.carry_on(self.picture, event)
            if isinstance(event, DayOpened) and event.again:
                self.picture = afresh
        assert self.picture.seq == self.plain.head
        assert not afresh.day or self.picture.legs == afresh.legs
        assert _opened(self.picture) == _opened(afresh)
        seen = [_seen(leg) for leg in self.plain.legs if leg.day == self.plain.day]
        assert [_viewed(view) for view in afresh.legs.values()] == seen
        assert in_line == [(leg.id, leg.overtaken) for leg in self.plain.present()]
        assert self.plain.bound_holds()

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


def walk(machine: type[SideBySide], desk: Desk, seed: str, asks: int) -> Counter[tuple[str, str]]:
    """Live in one hall after the other until so many asks were compared; what became of each.

    The seed decides everything, so a difference shows itself again.
    """
    outcomes: Counter[tuple[str, str]] = Counter()
    with desk.database.reading() as eyes:
        for life in count(1):
            desk.empty()
            live(machine(desk, eyes, outcomes), f"{seed} {life}")
            if outcomes.total() >= asks:
                break
    return outcomes


def live(side: SideBySide, seed: str) -> None:
    """Some days in one hall."""
    chance = Random(seed)
    try:
        for _ in range(TURNS):
            side.turn(chance)
    except Exception as error:
        error.add_note("\n".join([f"seed and life {seed}, after", *side.last_asks]))
        raise
