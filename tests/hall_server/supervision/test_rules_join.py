"""From a number to a picture: where it was and when, and what its window did, by table."""

from __future__ import annotations

import pytest

from hall_server.contract.messages.lookback import Doing
from hall_server.supervision.rules_join import (
    MARGIN_MS,
    MOMENT_MARGIN_MS,
    Happening,
    Stay,
    at_window,
    clip_of_stay,
    clips_of_event,
    mark,
    stays,
    stretches,
)

NOW = 1_000_000
Told = tuple[int, str, int, str]
"""At, the event's name without its subject, leg, window."""


def happened(*told: Told) -> list[Happening]:
    found = []
    for seq, (at, name, leg, window) in enumerate(told, 1):
        subject = name if "." in name else f"ticket.{name}"
        label = f"A{leg:03}" if leg else ""
        found.append(Happening(subject, seq, at, leg, label, window))
    return found


STAYS: dict[str, tuple[list[Told], list[tuple[int, str, int, int]]]] = {
    "called, started and finished": (
        [(100, "called", 1, "w1"), (120, "started", 1, "w1"), (300, "finished", 1, "w1")],
        [(1, "w1", 100, 300)],
    ),
    "still there": ([(100, "called", 1, "w1")], [(1, "w1", 100, 0)]),
    "called again is one call": (
        [(100, "called", 1, "w1"), (130, "recalled", 1, "w1"), (160, "missed", 1, "w1")],
        [(1, "w1", 100, 160)],
    ),
    "missed, brought back, and called elsewhere": (
        [
            *[(100, "called", 1, "w1"), (160, "missed", 1, "w1"), (200, "brought_back", 1, "")],
            *[(300, "called", 1, "w2"), (310, "started", 1, "w2"), (400, "finished", 1, "w2")],
        ],
        [(1, "w1", 100, 160), (1, "w2", 300, 400)],
    ),
    "held at one window and taken up at another": (
        [
            *[(100, "called", 1, "w1"), (110, "started", 1, "w1"), (150, "held", 1, "w1")],
            *[(200, "resumed", 1, "w2"), (260, "finished", 1, "w2")],
        ],
        [(1, "w1", 100, 150), (1, "w2", 200, 260)],
    ),
    "held and put back into the line": (
        [(100, "called", 1, "w1"), (150, "held", 1, "w1"), (200, "resumed", 1, "")],
        [(1, "w1", 100, 150)],
    ),
    "transferred: the next leg is another stay": (
        [
            *[(100, "called", 1, "w1"), (150, "transferred", 1, "")],
            *[(170, "called", 2, "w2"), (180, "finished", 2, "w2")],
        ],
        [(1, "w1", 100, 150), (2, "w2", 170, 180)],
    ),
    "taken and never called": ([(90, "taken", 1, ""), (200, "cancelled", 1, "")], []),
    "served without a number": (
        [(100, "started", 1, "w1"), (180, "finished", 1, "w1")],
        [(1, "w1", 100, 180)],
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_a_leg_is_at_a_window_from_its_call_until_it_leaves(name: str) -> None:
    told, expected = STAYS[name]
    found = [
        (one.leg_id, one.window_id, one.began_at, one.ended_at) for one in stays(happened(*told))
    ]
    assert found == expected


def test_a_clip_begins_before_the_call_and_ends_after_the_finish() -> None:
    ended = clip_of_stay(Stay(1, "A001", "w1", 100_000, 200_000), NOW)
    assert (ended.begins_at, ended.moment, ended.ends_at) == (90_000, 100_000, 210_000)
    going_on = clip_of_stay(Stay(1, "A001", "w1", 100_000), NOW)
    assert (going_on.begins_at, going_on.ends_at) == (90_000, NOW)
    just_now = clip_of_stay(Stay(1, "A001", "w1", NOW), NOW)
    assert just_now.ends_at > just_now.begins_at + MARGIN_MS
    forgotten = clip_of_stay(Stay(1, "A001", "w1", 100_000), NOW + 10**9)
    assert forgotten.ends_at - forgotten.begins_at == 12 * 3_600_000


TWICE = [Stay(1, "A001", "w1", 100_000, 150_000), Stay(1, "A001", "w2", 300_000, 400_000)]
EVENTS = {
    "a call": (Happening("ticket.called", 1, 300_000, 1, "A001", "w2"), TWICE, [("w2", 300_000)]),
    "while it was served": (Happening("x", 1, 120_000, 1), TWICE, [("w1", 120_000)]),
    "a rating, after it had left": (
        Happening("rating.given", 1, 420_000, 1, window_id="w2", level=1),
        TWICE,
        [("w2", 420_000)],
    ),
    "its taking, before it was anywhere": (
        Happening("ticket.taken", 1, 50_000, 1),
        TWICE,
        [("w1", 100_000), ("w2", 300_000)],
    ),
    "a pause, which is of no number": (
        Happening("window.paused", 1, 500_000, window_id="w3"),
        [],
        [("w3", 500_000)],
    ),
    "a card whose level is a word": (
        Happening("card.issued", 1, 500_000, window_id="w3", level="yellow"),
        [],
        [("w3", 500_000)],
    ),
    "nothing to be seen": (Happening("hall.started", 1, 500_000), [], []),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_shown_where_it_happened(name: str) -> None:
    event, of_leg, expected = EVENTS[name]
    clips = clips_of_event(event, of_leg, NOW)
    assert [(one.window_id, one.moment) for one in clips] == expected
    if event.window_id == "w3":
        assert clips[0].begins_at == event.at - MOMENT_MARGIN_MS
        assert clips[0].ends_at == event.at + MOMENT_MARGIN_MS


DAY = happened(
    *[(50, "window.opened", 0, "w1"), (60, "window.opened", 0, "w2"), (100, "called", 1, "w1")],
    *[(110, "called", 2, "w2"), (120, "started", 1, "w1"), (200, "transferred", 1, "")],
    *[(210, "rating.given", 1, "w1"), (250, "finished", 2, "w2"), (300, "window.paused", 0, "w1")],
    *[(400, "window.resumed", 0, "w1"), (500, "window.closed", 0, "w1")],
)


def test_what_a_window_did_follows_from_what_happened_at_it() -> None:
    here = list(at_window(DAY, "w1"))
    assert [one.at for one in here] == [50, 100, 120, 200, 210, 300, 400, 500]
    found = [(one.begins_at, one.ends_at, one.doing) for one in stretches(here, 80, 450)]
    assert found == [
        (80, 100, Doing.IDLE),
        (100, 120, Doing.CALLED),
        (120, 200, Doing.SERVING),
        (200, 300, Doing.IDLE),
        (300, 400, Doing.PAUSED),
        (400, 450, Doing.IDLE),
    ]
    assert [one.label for one in stretches(here, 100, 200)] == ["A001", "A001"]


@pytest.mark.parametrize(("begins", "ends"), [(0, 600), (90, 91), (100, 100), (550, 600)])
def test_stretches_leave_nothing_out(begins: int, ends: int) -> None:
    found = list(stretches(at_window(DAY, "w1"), begins, ends))
    places = [begins, *(one.ends_at for one in found)]
    assert [one.begins_at for one in found] == places[:-1]
    assert places[-1] == ends
    assert all(one.ends_at > one.begins_at for one in found)


def test_a_rating_is_shown_under_its_number() -> None:
    rated = Happening("rating.given", 9, 210, 1, window_id="w1", level=2)
    shown = mark(rated, {1: "A001"})
    assert (shown.label, shown.level, shown.seq) == ("A001", 2, 9)
