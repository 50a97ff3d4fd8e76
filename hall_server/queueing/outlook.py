"""What somebody in a queue has before them: people really ahead and a waiting range.

Reads the lines' counts, the open windows and the queues' pace; ``forecast.py`` makes the range of
them and ``opening.py`` lays it over lunch and closing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import bindparam, case, func, select, text, tuple_
from sqlalchemy.engine import Connection

from hall_server.contract.messages.queueing import WindowState
from hall_server.prepared import Prepared
from hall_server.queueing import forecast
from hall_server.queueing.forecast import OpenWindow, Pace, WaitRange
from hall_server.queueing.legs import AT_WINDOW_SQL, Leg, queue_line, window_line
from hall_server.queueing.lines import binds, named
from hall_server.queueing.lookup import Lookup
from hall_server.queueing.rules import MINUTE_MS
from hall_server.queueing.tables import leg as leg_table
from hall_server.queueing.tables import queue_pace, window_state

_C = leg_table.c
_STAFFED_WINDOWS = Prepared(
    select(
        window_state.c.window_id,
        window_state.c.state,
        select(_C.leg_id)
        .where(_C.window_id == window_state.c.window_id, text(AT_WINDOW_SQL))
        .exists(),
    ).where(window_state.c.state != WindowState.CLOSED)
)
_PACES = Prepared(select(queue_pace))
_OWN_CLASS_AHEAD = Prepared(
    select(func.count())
    .select_from(leg_table)
    .where(
        _C.line == bindparam("in_line"),
        _C.priority_id == bindparam("in_class"),
        tuple_(_C.place, _C.place_tie) < tuple_(bindparam("at_place"), bindparam("at_tie")),
    )
)


UNKNOWN = -1
"""Minutes that nobody can tell."""


class Outlook(NamedTuple):
    """People ahead, the range in whole minutes from now, and the expected open time."""

    people_ahead: int
    low_minutes: int
    high_minutes: int
    expected_ms: int


class Scene(Struct, frozen=True):
    """The hall as a forecast sees it, at one seq of the ledger."""

    facts: Lookup
    now_ms: int
    windows: Mapping[str, bool]
    """Open windows, and whether somebody is there."""
    staffed: frozenset[str]
    """Windows at which a clerk sits, a paused one too."""
    paces: Mapping[str, Pace]
    waiting: dict[tuple[str, ...], dict[str, int]] = {}
    """How many stand in each of these lines, where all of them go before an ordinary newcomer."""
    serving: dict[str, list[tuple[str, OpenWindow]]] = {}
    """For each queue looked at, the windows that bear upon it, each with its own line."""

    def join(self, queue_id: str) -> None:
        """Count one more in this queue; he waits no shorter than whoever comes next."""
        line = queue_line(queue_id)
        for lines, people in self.waiting.items():
            if not lines or line in lines:
                people[line] = people.get(line, 0) + 1


def scene(connection: Connection, facts: Lookup, now_ms: int) -> Scene:
    """Open windows and paces as of now."""
    measured = {row[0]: Pace(*row[1:]) for row in _PACES.rows(connection)}
    paces = {**facts.first_paces, **measured}
    staffed = _STAFFED_WINDOWS.rows(connection)
    windows = {name: bool(busy) for name, state, busy in staffed if state == WindowState.OPEN}
    return Scene(facts, now_ms, windows, frozenset(name for name, *_ in staffed), paces)


def newcomer(
    connection: Connection, now: Scene, queue_id: str, priority_id: str, entering_at: int
) -> Outlook:
    """For somebody who would join the queue in this class at that moment."""
    lines = now.facts.beside[queue_id].lines
    ahead = None if priority_id else now.waiting.get(lines)
    if ahead is None:
        counts = _by_class(connection, now.facts, priority_id, entering_at, lines)
        ahead = _by_line(counts)
        if not priority_id and all(before == standing for before, standing in counts.values()):
            now.waiting[lines] = ahead
    return look(now, queue_id, ahead)


def look(now: Scene, queue_id: str, ahead: Mapping[str, int]) -> Outlook:
    """The outlook with so many ahead in each line.

    In opening hours nobody can say how long it takes where no clerk sits at a window of the queue.
    """
    people = ahead.get(f"q:{queue_id}", 0)
    wait = _range(now, queue_id, ahead)
    calendar = now.facts.calendar
    if now.staffed.isdisjoint(now.facts.windows_of[queue_id]) and calendar.is_open(now.now_ms):
        return Outlook(people, UNKNOWN, UNKNOWN, wait.expected_ms)
    low_ms = calendar.after_open_ms(now.now_ms, wait.low_ms) - now.now_ms
    high_ms = calendar.after_open_ms(now.now_ms, wait.high_ms) - now.now_ms
    return Outlook(people, low_ms // MINUTE_MS, -(-high_ms // MINUTE_MS), wait.expected_ms)


def of_leg(connection: Connection, now: Scene, leg: Leg) -> Outlook:
    """For somebody who stands in a line already."""
    line = leg.own_line
    bound = {
        "in_line": line,
        "in_class": leg.priority_id,
        "at_place": leg.place,
        "at_tie": leg.place_tie,
    }
    own_class = int(_OWN_CLASS_AHEAD.value(connection, **bound))
    others = _by_class(connection, now.facts, leg.priority_id, leg.waiting_since)
    ahead = _by_line(others)
    people = own_class + sum(
        before
        for (of, name), (before, _) in others.items()
        if of == line and name != leg.priority_id
    )
    if leg.queue_id not in now.facts.windows_of:
        return Outlook(people, UNKNOWN, UNKNOWN, 0)
    if not line.startswith("q:"):
        return Outlook(people, 0, 0, 0) if not people else look(now, leg.queue_id, ahead)
    return look(now, leg.queue_id, {**ahead, line: people})


def waiting_before(
    connection: Connection,
    facts: Lookup,
    priority_id: str,
    since_ms: int,
    lines: tuple[str, ...] = (),
) -> dict[str, int]:
    """How many in each line go before somebody of this class who waits since then.

    Looks at these lines only, or at every one where none is named.
    """
    return _by_line(_by_class(connection, facts, priority_id, since_ms, lines))


def _by_line(by_class: Mapping[tuple[str, str], tuple[int, int]]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for (line, _), (before, _) in by_class.items():
        totals[line] += before
    return dict(totals)


def _by_class(
    connection: Connection,
    facts: Lookup,
    priority_id: str,
    since_ms: int,
    lines: tuple[str, ...] = (),
) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each class in each line, how many go before somebody who waits since then, and are there.

    The others wait for their appointed time.
    """
    since_ms -= facts.leads_ms.get(priority_id, 0)
    bound = {
        f"since_{number}": since_ms + facts.leads_ms.get(name, 0)
        for number, name in enumerate(facts.classes)
    }
    counting = _counting(facts.classes, len(lines))
    rows = counting.rows(connection, **bound, **named("line", lines))
    return {(line, name): (before, standing) for line, name, before, standing in rows}


@lru_cache(maxsize=64)
def _counting(classes: tuple[str, ...], lines: int) -> Prepared:
    """By line and class, those whose effective wait is at least as long, and everybody."""
    limits = case(
        *((_C.priority_id == name, bindparam(f"since_{n}")) for n, name in enumerate(classes)),
        else_=bindparam("since_0"),
    )
    in_these = _C.line.in_(binds("line", lines)) if lines else _C.line.is_not(None)
    return Prepared(
        select(
            _C.line,
            _C.priority_id,
            func.count(case((_C.waiting_since <= limits, 1))),
            func.count(),
        )
        .where(in_these)
        .group_by(_C.line, _C.priority_id)
    )


def _range(now: Scene, queue_id: str, ahead: Mapping[str, int]) -> WaitRange:
    queues = {line[2:]: count for line, count in ahead.items() if line.startswith("q:")}
    serving = now.serving.get(queue_id)
    if serving is None:
        serving = now.serving[queue_id] = _serving(now, queue_id)
    windows = [
        window._replace(reserved=ahead[line]) if line in ahead else window
        for line, window in serving
    ]
    return forecast.waiting_range(queue_id, queues, windows, now.paces)


def _serving(now: Scene, queue_id: str) -> list[tuple[str, OpenWindow]]:
    facts, beside = now.facts, now.facts.beside[queue_id].windows
    serving = [
        (window_line(name), OpenWindow(facts.serves[name], idle=not busy))
        for name, busy in now.windows.items()
        if name in beside
    ]
    if any(queue_id in window.queues for _, window in serving):
        return serving
    # Nobody serves it yet: what it will be like when its windows open, whoever waits for these.
    names = facts.windows_of[queue_id]
    return [("", OpenWindow(facts.serves[name], idle=False)) for name in names]
