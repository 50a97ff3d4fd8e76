"""The queueing service once more, as plainly as it can be said: dicts, lists, and no database.

Nothing is taken over from the service but the words of the contract. Where the service keeps a line
in an index, the model looks at everybody; where it reads only fronts, the model reads the whole
line; where it remembers who stepped out, the model asks who is elsewhere. Each act either changes
the model or raises ``No`` with the code that the service must refuse with. ``head`` counts the
events there must be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from config.facts import HallFacts, RuleFact, RuleKind

LIVE = ("waiting", "called", "serving", "held")
ELSEWHERE = ("called", "serving", "held")
Line = tuple[str, str]


class No(Exception):  # noqa: N818 - an answer, as in the service
    """The service must refuse with this code."""


@dataclass
class PlainLeg:
    """One service of a visit."""

    id: int
    day: int
    ticket: int
    label: str
    item: str
    queue: str
    priority: str = ""
    state: str = "waiting"
    version: int = 1
    parent: int = 0
    window: str = ""
    staff: str = ""
    to_window: str = ""
    to_staff: str = ""
    way_back: str = ""
    place: int = 0
    tie: int = 0
    overtaken: int = 0
    passed: int = 0
    """How often call-next took somebody younger, since it last lined up by its own wish."""
    entered: int = 0
    since: int = 0
    called_at: int = 0
    first_called_at: int = 0
    calls: int = 0
    started_at: int = 0
    held_at: int = 0
    held_ms: int = 0
    brought_back: int = 0
    moved_back: int = 0

    @property
    def line(self) -> Line:
        if self.to_window:
            return ("w", self.to_window)
        return ("s", self.to_staff) if self.to_staff else ("q", self.queue)

    @property
    def order(self) -> tuple[int, int]:
        return (self.place, self.tie)


@dataclass
class PlainTicket:
    """A visit."""

    id: int
    day: int
    label: str
    priority: str
    person: str
    queue: str


@dataclass
class PlainWindow:
    """A window."""

    state: str = "closed"
    staff: str = ""


@dataclass
class PlainBooking:
    """An appointment."""

    item: str
    day: str
    due_at: int
    state: str = "booked"


@dataclass
class PlainHall:
    """Everything there is."""

    facts: HallFacts
    now: int
    head: int = 0
    day: int = 0
    """Number of the open day, 0 when closed."""
    days: list[str] = field(default_factory=list)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)
    legs: list[PlainLeg] = field(default_factory=list)
    tickets: dict[int, PlainTicket] = field(default_factory=dict)
    bookings: list[PlainBooking] = field(default_factory=list)
    windows: dict[str, PlainWindow] = field(default_factory=dict)
    turns: dict[tuple[str, str], int] = field(default_factory=dict)

    # ------------------------------------------------------------------------- who waits where

    def present(self) -> list[PlainLeg]:
        """Everybody who stands in a line: waiting, and nowhere else at the same time."""
        away = {leg.ticket for leg in self.legs if leg.state in ELSEWHERE}
        return [leg for leg in self.legs if leg.state == "waiting" and leg.ticket not in away]

    def enter(self, leg: PlainLeg, present: list[PlainLeg]) -> None:
        """Take over the patience of whoever stands right behind; hand it to all before."""
        line = [one for one in present if one.line == leg.line]
        behind = [one for one in line if one.order > leg.order]
        if behind:
            nearest = min(behind, key=lambda one: one.order)
            leg.overtaken = max(leg.overtaken, nearest.overtaken)
        for one in line:
            if one.order < leg.order:
                one.overtaken = max(one.overtaken, leg.overtaken)

    def settle(self, before: list[PlainLeg], first: PlainLeg | None = None) -> None:
        """Whoever stands in a line now and did not before has entered it, one after the other."""
        present = list(before)
        known = {leg.id for leg in before}
        new = [leg for leg in self.present() if leg.id not in known]
        new.sort(key=lambda leg: (leg is not first, leg.id))
        for leg in new:
            self.enter(leg, present)
            present.append(leg)

    def bound_holds(self) -> bool:
        """Nobody is passed by call-next beyond the limit, for patience falls along each line."""
        line_up = sorted(self.present(), key=lambda leg: (leg.line, leg.order))
        pairs = pairwise(line_up)
        falls = all(a.line != b.line or a.overtaken >= b.overtaken for a, b in pairs)
        return falls and all(leg.passed <= self.facts.queueing.overtake_limit for leg in line_up)

    def put_first(self, leg: PlainLeg, present: list[PlainLeg]) -> None:
        places = [one.place for one in present if one.line == leg.line]
        if places:
            before = min(places) - 1
            leg.place = min(leg.place, before if before != 0 else -1)

    def put_behind(self, leg: PlainLeg, others: int, after: tuple[int, int] | None) -> None:
        ahead = sorted(
            (
                one
                for one in self.present()
                if one is not leg
                and (one.line, one.priority) == (leg.line, leg.priority)
                and (after is None or one.order > after)
            ),
            key=lambda one: one.order,
        )
        leg.overtaken = leg.passed = 0
        leg.tie = self.head + 1
        if ahead:
            last = ahead[:others][-1]
            leg.place, leg.since = last.place, max(leg.since, last.since)

    # --------------------------------------------------------------------------- who is next

    def callable(self, window: str) -> list[PlainLeg]:
        served = next(one for one in self.facts.windows if one.id == window)
        lines = {("w", window), ("s", self.windows[window].staff)}
        lines |= {("q", queue) for queue in served.queues}
        return [leg for leg in self.present() if leg.line in lines]

    def choose(self, window: str) -> tuple[PlainLeg, str] | None:
        """The leg and the step that decided."""
        waiting = self.callable(window)
        limit = self.facts.queueing.overtake_limit
        for step, some in (
            ("bound", [leg for leg in waiting if leg.overtaken >= limit]),
            ("reserved", [leg for leg in waiting if leg.line[0] != "q"]),
        ):
            if some:
                return min(some, key=lambda leg: leg.order), step
        firsts = [
            leg
            for leg in waiting
            if not any(
                one.line == leg.line and one.priority == leg.priority and one.order < leg.order
                for one in waiting
            )
        ]
        names = next(one.rules for one in self.facts.windows if one.id == window)
        for name in names:
            rule = next(one for one in self.facts.rules if one.id == name)
            some = self.by_rule(rule, firsts, window)
            if some:
                return min(some, key=self.effective), "rule"
        return (min(firsts, key=self.effective), "wait") if firsts else None

    def effective(self, leg: PlainLeg) -> tuple[int, int, int]:
        leads = {one.id: one.lead_minutes for one in self.facts.priorities}
        return (leg.since - leads.get(leg.priority, 0) * 60_000, leg.place, leg.tie)

    def by_rule(self, rule: RuleFact, firsts: list[PlainLeg], window: str) -> list[PlainLeg]:
        named = [leg for leg in firsts if leg.queue in rule.queues]
        rest = [leg for leg in firsts if leg.queue not in rule.queues]
        match rule.kind:
            case RuleKind.LONGEST_WAIT:
                long = any(self.now - leg.since > rule.minutes * 60_000 for leg in named)
                return named if long else []
            case RuleKind.WAITING_COUNT:
                lines = {("q", queue) for queue in rule.queues}
                count = sum(leg.line in lines for leg in self.present())
                return named if count >= rule.count else []
            case RuleKind.PRIORITY:
                return [leg for leg in firsts if leg.priority in rule.priorities]
            case RuleKind.RATIO:
                if not named or not rest:
                    return []
                turn = self.turns.get((window, rule.id), 0)
                self.turns[window, rule.id] = (turn + 1) % (rule.first + rule.second)
                return named if turn < rule.first else rest
