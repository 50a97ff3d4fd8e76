"""Who is next: each step by example, and the bound on overtaking for any rules and arrivals."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.facts import RuleFact, RuleKind
from config.values import Words
from hall_server.contract.messages.queueing import CallStep
from hall_server.queueing.policy import Front, Situation, choose_next, inherited, overtakes

NOW = 100 * 60_000


def front(leg_id: int, waited_minutes: int = 0, **differing: object) -> Front:
    plain = Front(leg_id, "q", "", leg_id, leg_id, NOW - waited_minutes * 60_000, 0, reserved=False)
    return replace(plain, **differing)  # type: ignore[arg-type]  # names and types as in Front


def situation(*rules: RuleFact, **differing: object) -> Situation:
    plain = Situation(NOW, overtake_limit=3, leads_ms={"old": 20 * 60_000}, rules=rules)
    return replace(plain, **differing)  # type: ignore[arg-type]  # names and types as in Situation


def rule(kind: RuleKind, **numbers: object) -> RuleFact:
    return RuleFact(id="r", name=Words("规则"), kind=kind, **numbers)  # type: ignore[arg-type]


def chosen(fronts: list[Front], situation: Situation) -> tuple[int, CallStep]:
    choice = choose_next(fronts, situation)
    assert choice is not None
    return choice.front.leg_id, choice.step


def test_nobody_is_next_where_nobody_waits() -> None:
    assert choose_next([], situation()) is None


def test_the_longest_effective_wait_is_next() -> None:
    fronts = [front(1, 30), front(2, 15, priority_id="old"), front(3, 5)]
    assert chosen(fronts, situation()) == (2, CallStep.WAIT)


def test_equal_waits_go_by_place() -> None:
    fronts = [front(2, 30), front(1, 30)]
    assert chosen(fronts, situation()) == (1, CallStep.WAIT)


def test_reserved_goes_before_any_rule_and_wait() -> None:
    fronts = [front(1, 90), front(5, 0, reserved=True), front(4, 0, reserved=True)]
    longest = rule(RuleKind.LONGEST_WAIT, queues=["q"], minutes=1)
    assert chosen(fronts, situation(longest)) == (4, CallStep.RESERVED)


def test_whoever_was_overtaken_to_the_limit_goes_before_all() -> None:
    fronts = [front(9, 0, reserved=True), front(3, 1, overtaken=3), front(2, 1, overtaken=4)]
    assert chosen(fronts, situation()) == (2, CallStep.BOUND)


@pytest.mark.parametrize(("waited", "leg_id"), [(10, 1), (11, 2)])
def test_longest_wait_rule_holds_from_its_minutes_on(waited: int, leg_id: int) -> None:
    fronts = [front(1, 50), front(2, waited, queue_id="b")]
    longest = rule(RuleKind.LONGEST_WAIT, queues=["b"], minutes=10)
    assert chosen(fronts, situation(longest))[0] == leg_id


@pytest.mark.parametrize(("waiting", "leg_id"), [(4, 1), (5, 2)])
def test_waiting_count_rule_adds_its_queues(waiting: int, leg_id: int) -> None:
    fronts = [front(1, 50), front(2, 1, queue_id="b")]
    many = rule(RuleKind.WAITING_COUNT, queues=["b", "c"], count=7)
    counts = {"b": waiting, "c": 2}
    assert chosen(fronts, situation(many, counts=counts))[0] == leg_id


def test_priority_rule_calls_its_class_first() -> None:
    fronts = [front(1, 50), front(2, 1, priority_id="soldier")]
    soldiers = rule(RuleKind.PRIORITY, priorities=["soldier"])
    assert chosen(fronts, situation(soldiers)) == (2, CallStep.RULE)


def test_rules_are_tried_in_their_order() -> None:
    fronts = [front(1, 50), front(2, 1, queue_id="b"), front(3, 1, priority_id="soldier")]
    silent = rule(RuleKind.WAITING_COUNT, queues=["b"], count=99)
    soldiers = rule(RuleKind.PRIORITY, priorities=["soldier"])
    longest = rule(RuleKind.LONGEST_WAIT, queues=["b"], minutes=0)
    assert chosen(fronts, situation(silent, soldiers, longest, counts={}))[0] == 3


def test_a_ratio_gives_each_side_its_turns() -> None:
    fronts = [front(1, 50), front(2, 1, queue_id="b")]
    two_to_one = rule(RuleKind.RATIO, queues=["b"], first=2, second=1)
    turn, called = 0, []
    for _ in range(6):
        choice = choose_next(fronts, situation(two_to_one, turns={"r": turn}))
        assert choice is not None
        assert choice.turn is not None
        called.append(choice.front.queue_id)
        turn = choice.turn
    assert called == ["b", "b", "q", "b", "b", "q"]


def test_a_ratio_stands_still_while_nobody_competes() -> None:
    two_to_one = rule(RuleKind.RATIO, queues=["b"], first=2, second=1)
    choice = choose_next([front(1, 50)], situation(two_to_one, turns={"r": 1}))
    assert choice is not None
    assert (choice.front.leg_id, choice.step, choice.turn) == (1, CallStep.WAIT, None)


# --------------------------------------------------------------------------------- the bound

LINES = ("q", "b", "c")
CLASSES = ("", "old", "soldier")
WINDOWS = {
    1: ("q", "b", "c"),
    2: ("q",),
    3: ("b", "c"),
}


@dataclass
class Hall:
    """A hall as plain lists: lines by queue or reserved window, each leg with its true count."""

    limit: int
    rules: list[RuleFact]
    lines: dict[str, list[Front]] = field(default_factory=dict)
    true_count: dict[int, int] = field(default_factory=dict)
    turns: dict[tuple[int, str], int] = field(default_factory=dict)
    now_ms: int = 0
    seq: int = 100

    def put(self, line: str, priority: str, index: int | None) -> None:
        """At the end, or before the one that stands at ``index``."""
        self.seq += 1
        waiting = self.lines.setdefault(line, [])
        place = self.seq
        behind = None
        if index is not None and index < len(waiting):
            behind = waiting[index].overtaken
            place = waiting[index].place - 1 if index == 0 else waiting[index - 1].place
        queue = line if line in LINES else "q"
        overtaken = inherited(0, behind)
        leg = Front(
            self.seq, queue, priority, place, self.seq, self.now_ms, overtaken, line not in LINES
        )
        waiting.append(leg)
        waiting.sort(key=lambda one: one.order)
        self.true_count[leg.leg_id] = 0

    def call(self, window: int) -> None:
        callable_lines = [line for line in (*WINDOWS[window], f"w{window}") if line in self.lines]
        fronts = []
        for line in callable_lines:
            for priority in CLASSES:
                fronts += [leg for leg in self.lines[line] if leg.priority_id == priority][:1]
        turns = {rule.id: self.turns.get((window, rule.id), 0) for rule in self.rules}
        counts = {line: len(self.lines.get(line, [])) for line in LINES}
        choice = choose_next(
            fronts,
            Situation(self.now_ms, self.limit, {"old": 3_000}, self.rules, counts, turns),
        )
        if choice is None:
            return
        if choice.turn is not None:
            self.turns[window, choice.rule_id] = choice.turn
        passed = 0
        for line in callable_lines:
            kept = []
            for leg in self.lines[line]:
                if leg.leg_id == choice.front.leg_id:
                    continue
                if leg.order < choice.front.order:
                    passed += 1
                    self.true_count[leg.leg_id] += 1
                    assert self.true_count[leg.leg_id] <= self.limit
                    kept.append(replace(leg, overtaken=leg.overtaken + 1))
                else:
                    kept.append(leg)
            self.lines[line] = kept
        assert overtakes(choice.front, fronts) is (passed > 0)


RULES = st.builds(
    RuleFact,
    id=st.sampled_from(["r1", "r2"]),
    name=st.just(Words("规则")),
    kind=st.sampled_from(RuleKind),
    queues=st.lists(st.sampled_from(LINES), max_size=2, unique=True),
    priorities=st.lists(st.sampled_from(CLASSES[1:]), max_size=2, unique=True),
    minutes=st.integers(0, 1),
    count=st.integers(0, 4),
    first=st.integers(1, 3),
    second=st.integers(1, 3),
)
STEPS = st.one_of(
    st.tuples(
        st.just("put"),
        st.sampled_from((*LINES, "w1", "w2")),
        st.sampled_from(CLASSES),
        st.none() | st.integers(0, 5),
    ),
    st.tuples(st.just("call"), st.sampled_from(sorted(WINDOWS))),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 4),
    st.lists(RULES, max_size=3, unique_by=lambda one: one.id),
    st.lists(STEPS, max_size=120),
)
def test_nobody_is_overtaken_more_often_than_the_limit(
    limit: int, rules: list[RuleFact], steps: list[tuple[object, ...]]
) -> None:
    hall = Hall(limit, rules)
    for step in steps:
        hall.now_ms += 1_000
        if step[0] == "put":
            _, line, priority, index = step
            hall.put(line, priority, index)  # type: ignore[arg-type]  # as STEPS builds them
        else:
            hall.call(step[1])  # type: ignore[arg-type]  # as STEPS builds them
    assert set(hall.true_count.values()) <= set(range(limit + 1))


def test_without_a_bound_someone_would_starve() -> None:
    """The simulation is not blind: with the limit out of reach the same flow passes anybody."""
    hall = Hall(1_000, [rule(RuleKind.PRIORITY, priorities=["soldier"])])
    hall.put("q", "", None)
    for _ in range(50):
        hall.put("q", "soldier", None)
        hall.call(2)
    assert max(hall.true_count.values()) == 50
