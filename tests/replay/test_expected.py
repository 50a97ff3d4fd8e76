"""Plain lines, worked out by hand."""

from dataclasses import replace

import day
import pytest
from expected import BETWEEN_S, Lines

from config.load import load_profile

NINE_S = 9 * day.HOUR_S


def test_one_window_serves_who_came_first() -> None:
    facts = load_profile("county_typ")
    window = facts.windows[0]
    plain = replace(
        day.make_day(facts, 1).visits[0],
        queue_id=window.queues[0],
        walk_s=0.0,
        attention=0.5,
        onward=None,
        errand=day.Errand(600.0),
    )
    visits = tuple(replace(plain, number=n, arrives_s=NINE_S + 60.0 * n) for n in range(3))
    waits = Lines(day.Day(visits, ((NINE_S, NINE_S + day.HOUR_S),)), [window]).run()
    each = 600 + BETWEEN_S
    assert waits == {window.queues[0]: pytest.approx((0 + (each - 60) + (2 * each - 120)) / 3)}
