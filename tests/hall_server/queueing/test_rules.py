"""The state table: every state and every act, and the guards by table."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.facts import QueueingRules
from hall_server.contract.messages.queueing import LegState
from hall_server.contract.refusals import Refusal
from hall_server.queueing import rules
from hall_server.queueing.rules import BEGINNINGS, ENDED, TRANSITIONS, Act, after

NUMBERS = QueueingRules(id="queueing")
NOW = 1_000_000_000
README = Path(__file__).parents[3] / "hall_server/queueing/README.md"


@pytest.mark.parametrize("state", LegState)
@pytest.mark.parametrize("act", Act)
def test_every_act_in_every_state_moves_as_the_table_says_or_is_refused(
    state: LegState, act: Act
) -> None:
    if (state, act) in TRANSITIONS:
        assert after(state, act) is TRANSITIONS[state, act]
        return
    with pytest.raises(Refusal) as refused:
        after(state, act)
    assert refused.value.code == "wrong_state"
    assert rules.STATE_NAMES[state].zh in refused.value.refused.zh
    assert rules.ACT_NAMES[act].en in refused.value.refused.en


def test_an_ended_leg_moves_no_more_except_that_a_no_show_is_brought_back() -> None:
    leaving = {(state, act) for state, act in TRANSITIONS if state in ENDED}
    assert leaving == {(LegState.NO_SHOW, Act.BRING_BACK)}


def test_every_state_is_reached_and_every_act_is_of_use() -> None:
    assert {*BEGINNINGS.values(), *TRANSITIONS.values()} == set(LegState)
    assert {*BEGINNINGS, *(act for _, act in TRANSITIONS)} == set(Act)


def test_nobody_is_left_behind_when_the_day_closes() -> None:
    live = set(LegState) - ENDED
    assert {state for state, act in TRANSITIONS if act is Act.CLOSE_DAY} == live


def test_the_diagram_in_the_readme_is_the_table() -> None:
    assert f"```mermaid\n{rules.diagram()}```\n" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("call_count", "since_ms", "code"),
    [
        (1, 20_000, ""),
        (1, 19_999, "recall_too_soon"),
        (3, 20_000, ""),
        (4, 20_000, "recall_limit"),
        (4, 0, "recall_limit"),
    ],
)
def test_recall_keeps_its_gap_and_limit(call_count: int, since_ms: int, code: str) -> None:
    called_at = NOW - since_ms
    refused = code_of(
        lambda: rules.check_recall(NUMBERS, call_count=call_count, called_at=called_at, now_ms=NOW)
    )
    assert refused == code


@pytest.mark.parametrize(
    ("call_count", "since_ms", "code"),
    [
        (1, 60_000, "miss_calls"),
        (2, 44_999, "miss_too_soon"),
        (2, 45_000, ""),
        (3, 45_000, ""),
    ],
)
def test_a_no_show_needs_calls_and_time(call_count: int, since_ms: int, code: str) -> None:
    first = NOW - since_ms
    refused = code_of(
        lambda: rules.check_miss(NUMBERS, call_count=call_count, first_called_at=first, now_ms=NOW)
    )
    assert refused == code


def test_a_no_show_stays_possible_where_more_calls_are_wanted_than_allowed() -> None:
    strict = QueueingRules(id="queueing", miss_after_calls=9, recall_limit=1, miss_after_s=0)
    rules.check_miss(strict, call_count=2, first_called_at=NOW, now_ms=NOW)
    refused = code_of(
        lambda: rules.check_miss(strict, call_count=1, first_called_at=NOW, now_ms=NOW)
    )
    assert refused == "miss_calls"


@pytest.mark.parametrize(
    ("brought_back", "same_day", "code"),
    [(0, True, ""), (1, True, ""), (2, True, "bring_back_limit"), (0, False, "other_day")],
)
def test_bringing_back_is_limited(brought_back: int, same_day: bool, code: str) -> None:
    refused = code_of(
        lambda: rules.check_bring_back(NUMBERS, brought_back=brought_back, same_day=same_day)
    )
    assert refused == code


@pytest.mark.parametrize(
    ("held_here", "held_ms", "code"),
    [
        (0, 0, ""),
        (2, 3_599_999, ""),
        (3, 0, "hold_limit"),
        (0, 3_600_000, "hold_too_long"),
    ],
)
def test_holds_are_few_and_not_for_ever(held_here: int, held_ms: int, code: str) -> None:
    refused = code_of(lambda: rules.check_hold(NUMBERS, held_here=held_here, held_ms=held_ms))
    assert refused == code


@pytest.mark.parametrize(("moved_back", "code"), [(2, ""), (3, "move_back_limit")])
def test_moving_back_is_limited(moved_back: int, code: str) -> None:
    assert code_of(lambda: rules.check_move_back(NUMBERS, moved_back=moved_back)) == code


@pytest.mark.parametrize(("seen", "code"), [(0, ""), (7, ""), (6, "leg_changed")])
def test_an_act_on_what_has_changed_is_refused(seen: int, code: str) -> None:
    assert code_of(lambda: rules.check_version(seen, 7)) == code


@pytest.mark.parametrize(
    ("minutes_from_due", "punctual"), [(-30, True), (0, True), (15, True), (16, False)]
)
def test_an_appointment_is_kept_from_early_to_late(minutes_from_due: int, punctual: bool) -> None:
    now_ms = NOW + minutes_from_due * 60_000
    assert rules.is_punctual(NUMBERS, due_at=NOW, now_ms=now_ms) is punctual


def test_too_early_for_an_appointment_says_for_how_long() -> None:
    with pytest.raises(Refusal) as refused:
        rules.is_punctual(NUMBERS, due_at=NOW, now_ms=NOW - 30 * 60_000 - 1)
    assert refused.value.code == "appointment_early"
    assert " 1 分钟" in refused.value.refused.zh


@pytest.mark.parametrize(("smallest", "place"), [(9, 8), (2, 1), (1, -1), (-1, -2)])
def test_a_place_before_the_smallest_is_never_nought(smallest: int, place: int) -> None:
    assert rules.place_before(smallest) == place


def code_of(guard: Callable[[], None]) -> str:
    try:
        guard()
    except Refusal as refused:
        return refused.code
    return ""
