"""Who is called next: one pure decision over the fronts of the lines a window may call from.

Who waits stands in exactly one line: that of a queue, or that of a window or a member of staff to
whom a citizen was transferred (reserved). A line is ordered by ``(place, place_tie)``. ``place`` is
the seq of the event that put the citizen there, ``place_tie`` likewise, so nothing is renumbered:
behind N others is the N-th's place with a later tie, first is a place before the smallest. Strict
first-come holds inside a line's priority class, hence only the first of each class (a *front*) can
be next, and only fronts are looked at:

0. whoever has been overtaken ``overtake_limit`` times, oldest first;
1. reserved for this window or its clerk, oldest first;
2. the window's calling rules in their order: the first whose WHEN holds narrows the choice;
3. the longest effective wait, that is wait plus the class's lead; ties go to the older place.

The bound. Each leg in a line counts ``overtaken``: whenever a window calls a leg, every leg with an
older place that this window could have called is raised by one. Claim: call-next never overtakes a
leg more than ``overtake_limit`` times, whatever the rules and classes are. Invariant: along a line,
``overtaken`` never grows with place. A newcomer at the end has 0; a leg put in before others takes
over the count of the one behind it (``inherited``); one that comes back from a window with a count
of its own hands it to those before it; a raise meets, of each line, exactly those before some
place. So when any leg of a line stands at the limit, the line's very first leg does
too, and it is a front. Then step 0 decides and takes the oldest front at the limit, which is at
most as young as our leg: our leg is not overtaken. At the limit nothing but step 0 can act on
any window that could call the leg, so it is raised no further. A call chosen by a person, with a
reason, does raise the count, may pass the limit, and so brings those overtaken on sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.facts import RuleFact, RuleKind
from hall_server.contract.messages.queueing import CallStep
from hall_server.queueing.rules import MINUTE_MS


@dataclass(frozen=True, slots=True)
class Front:
    """The first of one priority class in one line."""

    leg_id: int
    queue_id: str
    priority_id: str
    place: int
    place_tie: int
    waiting_since: int
    overtaken: int
    reserved: bool

    @property
    def order(self) -> tuple[int, int]:
        """Where it stands among all who wait."""
        return (self.place, self.place_tie)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the choice depends on besides the fronts."""

    now_ms: int
    overtake_limit: int
    leads_ms: Mapping[str, int]
    """Lead of each priority class; others have none."""
    rules: Sequence[RuleFact] = ()
    counts: Mapping[str, int] | None = None
    """People waiting in each queue, where a rule wants to know."""
    turns: Mapping[str, int] | None = None
    """Where each ratio rule of this window stands in its round."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is next, and which step decided."""

    front: Front
    step: CallStep
    rule_id: str = ""
    turn: int | None = None
    """New standing of the ratio rule that decided."""


def choose_next(fronts: Sequence[Front], situation: Situation) -> Choice | None:
    """The four steps; nobody when no line has a front."""
    overdue = [front for front in fronts if front.overtaken >= situation.overtake_limit]
    if overdue:
        return Choice(_oldest(overdue), CallStep.BOUND)
    reserved = [front for front in fronts if front.reserved]
    if reserved:
        return Choice(_oldest(reserved), CallStep.RESERVED)
    if not fronts:
        return None
    for rule in situation.rules:
        narrowed = _narrow(rule, fronts, situation)
        if narrowed:
            front = _longest(narrowed, situation.leads_ms)
            return Choice(front, CallStep.RULE, rule.id, _turned(rule, situation))
    return Choice(_longest(fronts, situation.leads_ms), CallStep.WAIT)


def overtakes(chosen: Front, fronts: Iterable[Front]) -> bool:
    """Whether anybody stands before the chosen one; if not, no count needs raising."""
    return any(front.order < chosen.order for front in fronts)


def effective_since(waiting_since: int, lead_ms: int) -> int:
    """When somebody of this class would have come if the class had no lead."""
    return waiting_since - lead_ms


def inherited(own: int, next_behind: int | None) -> int:
    """Count of a leg put in before others: at least that of the one now behind it."""
    return own if next_behind is None else max(own, next_behind)


def _oldest(fronts: Iterable[Front]) -> Front:
    return min(fronts, key=lambda front: front.order)


def _longest(fronts: Iterable[Front], leads_ms: Mapping[str, int]) -> Front:
    return min(
        fronts,
        key=lambda front: (
            effective_since(front.waiting_since, leads_ms.get(front.priority_id, 0)),
            front.order,
        ),
    )


def _narrow(rule: RuleFact, fronts: Sequence[Front], situation: Situation) -> Sequence[Front]:
    """Those the rule would call from; empty when its WHEN does not hold."""
    named = [front for front in fronts if front.queue_id in rule.queues]
    match rule.kind:
        case RuleKind.LONGEST_WAIT:
            before_ms = situation.now_ms - rule.minutes * MINUTE_MS
            return named if any(front.waiting_since < before_ms for front in named) else ()
        case RuleKind.WAITING_COUNT:
            counts = situation.counts or {}
            enough = sum(counts.get(queue_id, 0) for queue_id in rule.queues) >= rule.count
            return named if enough else ()
        case RuleKind.PRIORITY:
            return [front for front in fronts if front.priority_id in rule.priorities]
        case RuleKind.RATIO:
            rest = [front for front in fronts if front.queue_id not in rule.queues]
            if not named or not rest:
                return ()  # nobody competes, so the round stands still
            return named if _turn(rule, situation) < rule.first else rest


def _turn(rule: RuleFact, situation: Situation) -> int:
    return (situation.turns or {}).get(rule.id, 0) % (rule.first + rule.second)


def _turned(rule: RuleFact, situation: Situation) -> int | None:
    if rule.kind is not RuleKind.RATIO:
        return None
    return (_turn(rule, situation) + 1) % (rule.first + rule.second)
