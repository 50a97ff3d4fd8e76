"""What the hall declares of a window: from its picture, in its opening hours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from config.load import load_profile
from hall_server.contract.messages.organisation import LegView, WindowView
from hall_server.contract.messages.queueing import LegState, WindowState
from hall_server.contract.mirror import Picture
from monitor.findings.declared import declared_of, hours_since
from monitor.findings.moments import Declares, Service

NINE = 1_795_395_600_000
FACTS = load_profile("shuangjiang")
WINDOW = FACTS.windows[0]


def leg(number: int, state: LegState, **changed: Any) -> LegView:
    texts = dict.fromkeys(
        ("priority_id", "window_id", "staff_id", "to_window_id", "to_staff_id", "note", "item_id"),
        "",
    )
    whole = dict.fromkeys(
        (
            "place",
            "place_tie",
            "called_at",
            "call_count",
            "started_at",
            "held_at",
            "held_ms",
            "ended_at",
            "called_seq",
            "waiting_since",
            "version",
        ),
        0,
    )
    told = {
        "leg_id": number,
        "ticket_id": number,
        "label": "A1",
        "state": state,
        "queue_id": WINDOW.queues[0],
        **texts,
        **whole,
        **changed,
    }
    return msgspec.convert(told, LegView)


def picture(state: WindowState = WindowState.OPEN, legs: list[LegView] | None = None) -> Picture:
    view = WindowView(
        window_id=WINDOW.id, state=state, staff_id="staff-01", since=NINE, reason_id=""
    )
    return Picture(
        1,
        NINE,
        1,
        "2026-11-23",
        0,
        1,
        FACTS,
        {one.leg_id: one for one in legs or []},
        {WINDOW.id: view},
        {},
    )


@pytest.mark.parametrize(
    ("state", "legs", "expected"),
    [
        (WindowState.OPEN, [], Declares.OPEN),
        (WindowState.OPEN, [leg(1, LegState.CALLED, window_id=WINDOW.id)], Declares.CALLED),
        (WindowState.OPEN, [leg(1, LegState.SERVING, window_id=WINDOW.id)], Declares.SERVING),
        (WindowState.OPEN, [leg(1, LegState.SERVING, window_id="window-9")], Declares.OPEN),
        (WindowState.PAUSED, [leg(1, LegState.SERVING, window_id=WINDOW.id)], Declares.PAUSED),
        (WindowState.CLOSED, [], Declares.CLOSED),
    ],
)
def test_the_state_of_a_window(state: WindowState, legs: list[LegView], expected: Declares) -> None:
    declared = declared_of(picture(state, legs), WINDOW.id, NINE)
    assert declared is not None
    assert declared.state is expected


def test_who_waits_for_a_window_and_what_it_served_last() -> None:
    served = {"window_id": WINDOW.id, "called_at": 5, "started_at": 6}
    legs = [
        leg(1, LegState.WAITING),
        leg(2, LegState.WAITING, to_window_id=WINDOW.id, queue_id="other"),
        leg(3, LegState.WAITING, to_window_id="window-9"),
        leg(4, LegState.WAITING, queue_id="other"),
        leg(5, LegState.SERVED, ended_at=7, **served),
        leg(6, LegState.SERVED, ended_at=9, **served),
        leg(7, LegState.SERVED, ended_at=11, window_id="window-9", started_at=1),
    ]
    declared = declared_of(picture(legs=legs), WINDOW.id, NINE)
    assert declared is not None
    assert declared.waiting == 2
    assert declared.last_service == Service(6, 5, 6, 9)
    assert declared_of(picture(), "window-99", NINE) is None


def test_opening_hours_run_on_a_service_day_only() -> None:
    now = picture()
    since = hours_since(now, NINE)
    assert 0 < since <= NINE
    assert hours_since(now, NINE - 9 * 3_600_000) == 0
    assert hours_since(replace(now, day=""), NINE) == 0


def test_nobody_is_late_before_the_day_was_opened() -> None:
    """A hall that is switched on in the middle of its hours has been open since then."""
    ten = NINE + 3_600_000
    assert hours_since(replace(picture(), day_opened_at=ten), ten + 60_000) == ten
    early = replace(picture(), day_opened_at=NINE - 3_600_000)
    assert hours_since(early, ten) == hours_since(picture(), ten)
