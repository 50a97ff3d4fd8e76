"""The one pusher: in order, nothing twice, and whoever was missed out is made to notice it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from hall_server.audience import Audience
from hall_server.contract.messages.ledger import HallStarted
from hall_server.contract.messages.organisation import Push
from hall_server.contract.messages.queueing import DayClosed
from hall_server.contract.sequence import Sequence
from hall_server.hall import Hall
from hall_server.push import REPLAY_EVENTS_MAX, Pusher, replay

WITHIN_S = 5.0


@dataclass
class Circles:
    """A hall whose pushes are kept; the next ``failing`` sends break and reach nobody."""

    hall: Hall
    heard: dict[Audience, list[Push]] = field(
        default_factory=lambda: {audience: [] for audience in Audience}
    )
    failing: int = 0
    away: set[Audience] = field(default_factory=set)

    def listens(self, audience: Audience) -> bool:
        return audience not in self.away

    def send(self, audience: Audience, push: Push) -> None:
        if self.failing:
            self.failing -= 1
            raise RuntimeError("a bug in sending")
        self.heard[audience].append(push)

    def close_a_day(self) -> int:
        """Record something that every circle may see."""
        return self.hall.record(DayClosed(day="2026-11-23", unserved=0))

    def heard_up_to(self, audience: Audience) -> int:
        return self.heard[audience][-1].upto if self.heard[audience] else 0


@pytest.fixture
def circles(make_hall: Any) -> Iterator[Circles]:
    hall: Hall = make_hall().hall
    circles = Circles(hall)
    pusher = Pusher(hall.database, circles)
    hall.database.after_commit = lambda _head: pusher.wake()
    pusher.start()
    yield circles
    pusher.stop()


def eventually(holds: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_whoever_was_away_goes_on_from_where_all_stand(circles: Circles) -> None:
    circles.away = {Audience.PUBLIC}
    unheard = circles.close_a_day()
    eventually(lambda: circles.heard_up_to(Audience.STAFF) == unheard)
    assert circles.heard[Audience.PUBLIC] == []
    circles.away = set()
    circles.close_a_day()
    eventually(lambda: circles.heard[Audience.PUBLIC])
    assert circles.heard[Audience.PUBLIC][0].since == unheard


def test_each_circle_hears_what_it_may_in_order_and_where_it_goes_on(circles: Circles) -> None:
    before = circles.close_a_day() - 1
    circles.hall.record(HallStarted(version="1"))  # for staff only
    last = circles.close_a_day()
    eventually(lambda: all(circles.heard_up_to(audience) == last for audience in Audience))
    for audience, pushes in circles.heard.items():
        sequence = Sequence(before)
        seqs = [event["seq"] for push in pushes for event in sequence.take(push)]
        seen = [last - 2, last - 1, last] if audience is Audience.STAFF else [last - 2, last]
        assert (seqs, sequence.place, sequence.has_gap) == (seen, last, False)


@pytest.mark.parametrize("failing", [1, 3])
def test_who_was_missed_out_notices_even_if_nothing_follows(circles: Circles, failing: int) -> None:
    first = circles.close_a_day()
    eventually(lambda: all(circles.heard_up_to(audience) == first for audience in Audience))
    circles.failing = failing
    last = circles.close_a_day()
    eventually(lambda: all(circles.heard_up_to(audience) == last for audience in Audience))
    for audience, pushes in circles.heard.items():
        sequence = Sequence(first)
        told = [event["seq"] for push in pushes for event in sequence.take(push)]
        assert told == [last] or sequence.has_gap, audience
    following = circles.close_a_day()
    eventually(lambda: all(circles.heard_up_to(audience) == following for audience in Audience))
    for pushes in circles.heard.values():
        sequence = Sequence(last)
        assert [event["seq"] for push in pushes for event in sequence.take(push)] == [following]


def test_who_returns_gets_the_rest_and_who_is_too_far_behind_a_picture(circles: Circles) -> None:
    database = circles.hall.database
    begin = circles.close_a_day()
    head = [circles.close_a_day() for _ in range(REPLAY_EVENTS_MAX)][-1]
    missed = replay(database, begin, Audience.PUBLIC)
    assert missed is not None
    assert (missed.since, missed.upto) == (begin, head)
    assert [event["seq"] for event in missed.events] == list(range(begin + 1, head + 1))
    nothing = replay(database, head, Audience.PUBLIC)
    assert nothing == Push(since=head, upto=head, events=[])
    for cursor in (begin - 1, head + 1, 0, -1):
        assert replay(database, cursor, Audience.PUBLIC) is None
