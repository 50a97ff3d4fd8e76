"""A window's own life (上岗, 暂停, 恢复, 离岗), and who may act at it.

A window is worked by the clerk who opened it; a supervisor may act at any. Whether it is serving is
not a state of the window but told by its leg.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.engine import Connection

from config.facts import ReasonKind, WindowFact
from hall_server.access.rules import Asker
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import (
    WindowClose,
    WindowClosed,
    WindowOpen,
    WindowOpened,
    WindowPause,
    WindowPaused,
    WindowResume,
    WindowResumed,
    WindowState,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.prepared import Prepared
from hall_server.queueing.legs import AT_WINDOW_SQL
from hall_server.queueing.lookup import Lookup, lookup
from hall_server.queueing.tables import leg as leg_table
from hall_server.queueing.tables import window_state

_BUSY_WITH = (
    select(leg_table.c.label)
    .where(leg_table.c.window_id == window_state.c.window_id, text(AT_WINDOW_SQL))
    .scalar_subquery()
)
_STANDING = Prepared(
    select(window_state.c.state, window_state.c.staff_id, window_state.c.since, _BUSY_WITH).where(
        window_state.c.window_id == bindparam("wanted")
    )
)
_WHERE_STAFF_IS = select(window_state.c.window_id).where(
    window_state.c.staff_id == bindparam("wanted"), window_state.c.staff_id != ""
)
_ALL = Prepared(
    select(
        *(window_state.c[name] for name in ("window_id", "state", "staff_id", "since", "reason_id"))
    )
)


def window_of(connection: Connection, staff_id: str) -> str:
    """Where somebody sits; empty for nobody, and for who sits nowhere."""
    found = connection.execute(_WHERE_STAFF_IS, {"wanted": staff_id}).scalar_one_or_none()
    return str(found or "")


@dataclass(frozen=True, slots=True)
class Post:
    """A window with whoever works at it."""

    window: WindowFact
    state: WindowState
    staff_id: str
    busy_with: str
    """Number that is called or served here; empty when free."""


def post(tx: Transaction, window_id: str) -> Post:
    """The window as it stands; one never opened is closed."""
    window = lookup(tx.facts).window(window_id)
    row = _STANDING.row(tx.connection, wanted=window_id)
    if row is None:
        return Post(window, WindowState.CLOSED, "", "")
    state, staff_id, _since, busy_with = row
    return Post(window, WindowState(state), staff_id, busy_with or "")


def own_post(tx: Transaction, asker: Asker, window_id: str) -> Post:
    """The window if the asker works there or supervises it."""
    found = post(tx, window_id)
    if found.state is WindowState.CLOSED:
        raise Refusal("window_closed")
    if asker.staff_id != found.staff_id and Role.SUPERVISOR not in asker.roles:
        raise Refusal("not_your_window")
    return found


def free_post(tx: Transaction, asker: Asker, window_id: str) -> Post:
    """The asker's window if it may take somebody now: open, not paused, nobody there."""
    found = own_post(tx, asker, window_id)
    if found.state is WindowState.PAUSED:
        raise Refusal("window_paused")
    if found.busy_with:
        raise Refusal("window_busy", label=found.busy_with)
    return found


def open_window(tx: Transaction, asker: Asker, ask: WindowOpen) -> Accepted:
    """A clerk takes a seat: one clerk at a window, one window for a clerk."""
    facts = lookup(tx.facts)
    found = post(tx, ask.window_id)
    staff = facts.staff.get(asker.staff_id)
    if staff is None:
        code = "staff_unknown" if asker.staff_id else "account_without_staff"
        raise Refusal(code, staff=asker.staff_id, account=asker.account)
    if found.state is not WindowState.CLOSED:
        sitting = facts.staff.get(found.staff_id)
        raise Refusal("window_taken", staff=sitting.name if sitting else found.staff_id)
    other = window_of(tx.connection, staff.id)
    if other:
        raise Refusal("staff_elsewhere", window=number_of(facts, other))
    event = tx.record(WindowOpened(window_id=ask.window_id, staff_id=staff.id))
    _store(tx, ask.window_id, WindowState.OPEN, staff.id)
    return Accepted(seq=event.seq)


def close_window(tx: Transaction, asker: Asker, ask: WindowClose) -> Accepted:
    """The clerk leaves; not with somebody called or being served. What is on hold stays so."""
    found = own_post(tx, asker, ask.window_id)
    if found.busy_with:
        raise Refusal("window_busy", label=found.busy_with)
    leave(tx, found.window.id, found.staff_id)
    return Accepted(seq=tx.seq)


def pause_window(tx: Transaction, asker: Asker, ask: WindowPause) -> Accepted:
    """No more calls for a while; whoever is at the window is still served to the end."""
    found = own_post(tx, asker, ask.window_id)
    if found.state is WindowState.PAUSED:
        raise Refusal("window_paused")
    lookup(tx.facts).check_reason(ask.reason_id, ReasonKind.PAUSE, ask.note)
    event = tx.record(
        WindowPaused(
            window_id=found.window.id,
            staff_id=found.staff_id,
            reason_id=ask.reason_id,
            note=ask.note,
        )
    )
    _store(tx, found.window.id, WindowState.PAUSED, found.staff_id, ask.reason_id)
    return Accepted(seq=event.seq)


def resume_window(tx: Transaction, asker: Asker, ask: WindowResume) -> Accepted:
    """The window calls again."""
    found = own_post(tx, asker, ask.window_id)
    if found.state is not WindowState.PAUSED:
        raise Refusal("window_not_paused")
    event = tx.record(WindowResumed(window_id=found.window.id, staff_id=found.staff_id))
    _store(tx, found.window.id, WindowState.OPEN, found.staff_id)
    return Accepted(seq=event.seq)


def leave(tx: Transaction, window_id: str, staff_id: str) -> None:
    """Record that nobody serves here now."""
    tx.record(WindowClosed(window_id=window_id, staff_id=staff_id))
    _store(tx, window_id, WindowState.CLOSED, "")


def close_all(tx: Transaction) -> None:
    """With the day every window closes."""
    for window_id, (state, staff_id, _, _) in standing(tx.connection).items():
        if state is not WindowState.CLOSED:
            leave(tx, window_id, staff_id)


def number_of(facts: Lookup, window_id: str) -> int | str:
    """Number people know a window by; its id where the window is no longer among the facts."""
    window = facts.windows.get(window_id)
    return window_id if window is None else window.number


def standing(connection: Connection) -> dict[str, tuple[WindowState, str, int, str]]:
    """State, clerk, since when and pause reason of every window ever opened."""
    return {
        window_id: (WindowState(state), *rest) for window_id, state, *rest in _ALL.rows(connection)
    }


def _store(
    tx: Transaction, window_id: str, state: WindowState, staff_id: str, reason_id: str = ""
) -> None:
    values = {"state": state, "staff_id": staff_id, "since": tx.now_ms, "reason_id": reason_id}
    changed = tx.connection.execute(
        update(window_state).where(window_state.c.window_id == window_id).values(values)
    )
    if changed.rowcount == 0:
        tx.connection.execute(insert(window_state).values(window_id=window_id, **values))
