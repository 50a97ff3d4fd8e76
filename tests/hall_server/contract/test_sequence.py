"""Pushes in any order come out in order, once; what is missing is noticed."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hall_server.contract.messages.organisation import Push
from hall_server.contract.sequence import HELD_MAX, Sequence


def push(since: int, upto: int, *seqs: int) -> Push:
    return Push(since=since, upto=upto, events=[{"type": "x", "seq": seq} for seq in seqs])


def seqs(events: list[dict[str, object]]) -> list[object]:
    return [event["seq"] for event in events]


def test_a_push_that_continues_is_given_at_once() -> None:
    sequence = Sequence(10)
    assert seqs(sequence.take(push(10, 13, 11, 13))) == [11, 13]
    assert sequence.place == 13
    assert not sequence.has_gap


def test_what_was_seen_is_not_given_again() -> None:
    sequence = Sequence(12)
    assert seqs(sequence.take(push(10, 13, 11, 12, 13))) == [13]
    assert sequence.take(push(10, 13, 11, 12, 13)) == []
    assert not sequence.has_gap


def test_a_push_that_overtook_waits_for_the_one_before() -> None:
    sequence = Sequence(10)
    assert sequence.take(push(12, 14, 13, 14)) == []
    assert sequence.has_gap
    assert seqs(sequence.take(push(10, 12, 11, 12))) == [11, 12, 13, 14]
    assert not sequence.has_gap


def test_a_snapshot_closes_the_gap_and_lets_the_held_go_on() -> None:
    sequence = Sequence(10)
    sequence.take(push(20, 22, 21, 22))
    assert seqs(sequence.restart(21)) == [22]
    assert sequence.place == 22
    assert not sequence.has_gap


def test_a_snapshot_of_a_shorter_ledger_sets_the_place_back() -> None:
    sequence = Sequence(500)
    sequence.restart(7)
    assert seqs(sequence.take(push(7, 8, 8))) == [8]


def test_what_is_held_is_bounded() -> None:
    sequence = Sequence(0)
    for number in range(HELD_MAX * 2):
        sequence.take(push(10 + number, 11 + number, 11 + number))
    assert len(sequence._held) == HELD_MAX


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_every_event_once_and_in_order(
    count: int, chance: random.Random
) -> None:
    cuts = sorted({0, count, *(chance.randrange(count + 1) for _ in range(5))})
    pushes = [push(since, upto, *range(since + 1, upto + 1)) for since, upto in pairwise(cuts)]
    pushes += chance.sample(pushes, k=min(2, len(pushes)))
    chance.shuffle(pushes)
    sequence = Sequence(0)
    given_out = [event for one in pushes for event in sequence.take(one)]
    assert seqs(given_out) == list(range(1, count + 1))
    assert not sequence.has_gap
