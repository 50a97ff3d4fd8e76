"""The lines people wait in, as the database holds them.

Order in a line is ``(place, place_tie)``; see ``policy.py`` for what that buys. Reading who is next
never reads a whole line: one statement takes the first of each priority class of each line a
window may call from, by index. It is built once per shape (so many lines, so many classes).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    BindParameter,
    Subquery,
    Text,
    bindparam,
    func,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.engine import Connection

from config.facts import RuleFact, RuleKind, WindowFact
from hall_server.contract.messages.queueing import LegState, Place
from hall_server.prepared import Prepared
from hall_server.queueing import legs
from hall_server.queueing.legs import Leg
from hall_server.queueing.policy import Front, inherited
from hall_server.queueing.rules import WITH_CITIZEN, place_before
from hall_server.queueing.tables import leg as leg_table

_C = leg_table.c
_ORDER = (_C.place, _C.place_tie)
_FRONT = (
    _C.leg_id,
    _C.queue_id,
    _C.priority_id,
    _C.place,
    _C.place_tie,
    _C.waiting_since,
    _C.overtaken,
    _C.line,
)
_BEFORE = tuple_(*_ORDER) < tuple_(bindparam("at_place"), bindparam("at_tie"))
_BEHIND = tuple_(*_ORDER) > tuple_(bindparam("at_place"), bindparam("at_tie"))
_IN_LINE = _C.line == bindparam("in_line")
_IN_CLASS = _C.priority_id == bindparam("in_class")

_NEXT_BEHIND = Prepared(select(_C.overtaken).where(_IN_LINE, _BEHIND).order_by(*_ORDER).limit(1))
_SMALLEST = Prepared(select(func.min(_C.place)).where(_IN_LINE))
_NTH_BEHIND = Prepared(
    select(_C.place, _C.waiting_since)
    .where(_IN_LINE, _IN_CLASS, _BEHIND)
    .order_by(*_ORDER)
    .limit(1)
    .offset(bindparam("skipped"))
)
_LAST = Prepared(
    select(_C.place, _C.waiting_since)
    .where(_IN_LINE, _IN_CLASS, _BEHIND)
    .order_by(_C.place.desc(), _C.place_tie.desc())
    .limit(1)
)
_COUNTS = (
    select(_C.queue_id, func.count())
    .where(_C.line.in_(bindparam("in_lines", expanding=True)))
    .group_by(_C.queue_id)
)
_REJOIN = Prepared(
    update(leg_table)
    .where(_C.leg_id == bindparam("at_id"))
    .values(line=bindparam("new_line"), overtaken=bindparam("new_overtaken"))
)
_HAND_ON = Prepared(
    update(leg_table)
    .where(_IN_LINE, _BEFORE, _C.overtaken < bindparam("patience"))
    .values(overtaken=bindparam("patience"))
)
_STEP_OUT = Prepared(
    update(leg_table)
    .where(_C.ticket_id == bindparam("of_ticket"), _C.state == LegState.WAITING)
    .values(line=None)
)
FRONT_OF_ALL = (-(2**53), 0)
"""Before every place there is."""


def callable_lines(window: WindowFact, staff_id: str) -> list[str]:
    """The lines a window may call from: its own, its clerk's, its queues'."""
    return [
        legs.window_line(window.id),
        legs.staff_line(staff_id),
        *(legs.queue_line(queue_id) for queue_id in window.queues),
    ]


def fronts(connection: Connection, lines: Sequence[str], classes: Sequence[str]) -> list[Front]:
    """The first of each class in each line."""
    wanted = {**named("line", lines), **named("class", classes)}
    rows = _fronts_statement(len(lines), len(classes)).rows(connection, **wanted)
    return [_front(row) for row in rows]


def named(what: str, values: Sequence[str]) -> dict[str, object]:
    """The values of ``binds``."""
    return {f"{what}_{number}": value for number, value in enumerate(values)}


@lru_cache(maxsize=64)
def _fronts_statement(lines: int, classes: int) -> Prepared:
    line, priority = _listed("line", lines), _listed("class", classes)
    first = leg_table.alias("first")
    first_of_class = (
        select(first.c.leg_id)
        .where(first.c.line == line.c.name, first.c.priority_id == priority.c.name)
        .order_by(first.c.place, first.c.place_tie)
        .limit(1)
        .correlate(line, priority)
        .scalar_subquery()
    )
    both = line.join(priority, true())
    return Prepared(select(*_FRONT).select_from(both.join(leg_table, _C.leg_id == first_of_class)))


def _listed(what: str, count: int) -> Subquery:
    """So many names as a table: PostgreSQL plans one look at each, not one query for each."""
    return union_all(*(select(one.label("name")) for one in binds(what, count))).subquery(what)


def binds(what: str, count: int) -> list[BindParameter[str]]:
    """So many names that a statement is given each time."""
    return [bindparam(f"{what}_{number}", type_=Text()) for number in range(count)]


def _front(row: tuple[Any, ...]) -> Front:
    leg_id, queue_id, priority_id, place, place_tie, waiting_since, overtaken, line = row
    return Front(
        leg_id=leg_id,
        queue_id=queue_id,
        priority_id=priority_id,
        place=place,
        place_tie=place_tie,
        waiting_since=waiting_since,
        overtaken=overtaken,
        reserved=not str(line).startswith("q:"),
    )


def raise_overtaken(connection: Connection, lines: Sequence[str], order: tuple[int, int]) -> int:
    """Count one more overtaking for everybody in these lines before that place; says how many."""
    bound = {**named("line", lines), "at_place": order[0], "at_tie": order[1]}
    return _raising(len(lines)).run(connection, **bound)


@lru_cache(maxsize=64)
def _raising(lines: int) -> Prepared:
    in_these = _C.line.in_(binds("line", lines))
    return Prepared(update(leg_table).where(in_these, _BEFORE).values(overtaken=_C.overtaken + 1))


def counts(connection: Connection, rules: Sequence[RuleFact]) -> dict[str, int]:
    """People waiting in the queues that a rule of these wants counted; usually no rule does."""
    wanted = {
        legs.queue_line(queue_id)
        for rule in rules
        if rule.kind is RuleKind.WAITING_COUNT
        for queue_id in rule.queues
    }
    if not wanted:
        return {}
    rows = connection.execute(_COUNTS, {"in_lines": sorted(wanted)})
    return {str(queue_id): int(count) for queue_id, count in rows}


def enter(connection: Connection, leg: Leg) -> Leg:
    """Stand in the own line at the leg's place, unless the citizen is at some window."""
    if legs.elsewhere(connection, leg) is not None:
        return replace(leg, line=None)
    return replace(leg, line=leg.own_line, overtaken=_patience(connection, leg))


def _patience(connection: Connection, leg: Leg) -> int:
    bound = {"in_line": leg.own_line, "at_place": leg.place, "at_tie": leg.place_tie}
    return inherited(leg.overtaken, _NEXT_BEHIND.value(connection, **bound))


def put(connection: Connection, leg: Leg, wish: Place, seq: int) -> Leg:
    """Give a leg that begins to wait its place by wish: first, where it was, or last."""
    match wish:
        case Place.KEEP:
            return replace(leg, place_tie=seq)
        case Place.LAST:
            return replace(leg, place=seq, place_tie=seq, waiting_since=leg.entered_at)
        case Place.FIRST:
            smallest = _SMALLEST.value(connection, in_line=leg.own_line)
            place = leg.place if smallest is None else min(leg.place, place_before(smallest))
            return replace(leg, place=place, place_tie=seq)


def put_behind(
    connection: Connection, leg: Leg, others: int, order: tuple[int, int], seq: int
) -> Leg:
    """A place behind so many of its class that stand after ``order``, or behind the last of them.

    It then counts as waiting no longer than the one it stands behind, or another line's call would
    bring it forward again. Where nobody stands behind, it stays where it is.
    """
    bound = {
        "in_line": leg.own_line,
        "in_class": leg.priority_id,
        "at_place": order[0],
        "at_tie": order[1],
    }
    found = _NTH_BEHIND.row(connection, **bound, skipped=others - 1) or _LAST.row(
        connection, **bound
    )
    if found is None:
        return replace(leg, place_tie=seq, overtaken=0)
    place, since = found
    since = max(leg.waiting_since, since)
    return replace(leg, place=place, place_tie=seq, waiting_since=since, overtaken=0)


def step_out(connection: Connection, leg: Leg) -> None:
    """The citizen goes to a window: the visit's other legs leave their lines for now."""
    if leg.shared:
        _STEP_OUT.run(connection, of_ticket=leg.ticket_id)


def step_back(connection: Connection, leg: Leg) -> None:
    """The citizen is free again: the visit's waiting legs stand in their lines as before."""
    if not leg.shared:
        return
    visit = legs.of_ticket(connection, leg.ticket_id)
    if any(one.state in WITH_CITIZEN for one in visit):
        return
    for one in visit:
        if one.state is LegState.WAITING and one.line is None:
            patience = _patience(connection, one)
            _REJOIN.run(connection, at_id=one.leg_id, new_line=one.own_line, new_overtaken=patience)
            hand_on(connection, one, patience)


def hand_on(connection: Connection, leg: Leg, patience: int) -> None:
    """Nobody before it in its line has been overtaken less often."""
    bound = {"in_line": leg.own_line, "at_place": leg.place, "at_tie": leg.place_tie}
    _HAND_ON.run(connection, **bound, patience=patience)
