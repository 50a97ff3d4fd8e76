"""A leg as it stands in its table, and the one way to change it: by a conditional claim.

Whoever changes a leg says from which version; if another was faster, nothing changes and the asker
is told. The rows of ``Leg`` follow the table's columns one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TypedDict

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.engine import Connection

from hall_server.contract.messages.queueing import LegNamed, LegState
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.prepared import Prepared
from hall_server.queueing.rules import WITH_CITIZEN
from hall_server.queueing.tables import leg as leg_table


class Leg(Struct, frozen=True, kw_only=True):
    """One service of a visit; see ``tables.leg`` for the columns that need words.

    A Struct, as a call makes nine of them: a dataclass of so many fields takes twenty times as long
    to change.
    """

    leg_id: int
    day_id: int
    ticket_id: int
    parent_leg_id: int = 0
    version: int = 1
    state: LegState
    label: str
    item_id: str
    queue_id: str
    priority_id: str
    window_id: str = ""
    staff_id: str = ""
    to_window_id: str = ""
    to_staff_id: str = ""
    return_window_id: str = ""
    shared: int = 0
    line: str | None = None
    place: int = 0
    place_tie: int = 0
    overtaken: int = 0
    entered_at: int = 0
    queued_at: int = 0
    waiting_since: int = 0
    waited_ms: int = 0
    first_called_at: int = 0
    called_at: int = 0
    called_seq: int = 0
    call_count: int = 0
    calls: int = 0
    started_at: int = 0
    held_at: int = 0
    held_ms: int = 0
    ended_at: int = 0
    at_close: int = 0
    brought_back: int = 0
    moved_back: int = 0
    note: str = ""

    @property
    def own_line(self) -> str:
        """The line it waits in when it may be called."""
        if self.to_window_id:
            return window_line(self.to_window_id)
        if self.to_staff_id:
            return staff_line(self.to_staff_id)
        return queue_line(self.queue_id)

    def busy_ms(self, now_ms: int) -> int:
        """How long it has kept its window, as of now."""
        since = self.first_called_at or self.started_at
        return max(0, now_ms - since - self.held_ms)


def queue_line(queue_id: str) -> str:
    """Line of a queue."""
    return f"q:{queue_id}"


def window_line(window_id: str) -> str:
    """Line of those sent to one window."""
    return f"w:{window_id}"


def staff_line(staff_id: str) -> str:
    """Line of those sent to one member of staff."""
    return f"s:{staff_id}"


_NAMES = Leg.__struct_fields__
_COLUMNS = tuple(leg_table.c[name] for name in _NAMES)
_VALUES = attrgetter(*_NAMES)
_BY_ID = Prepared(select(*_COLUMNS).where(leg_table.c.leg_id == bindparam("wanted")))
_BY_TICKET = Prepared(
    select(*_COLUMNS)
    .where(leg_table.c.ticket_id == bindparam("wanted"))
    .order_by(leg_table.c.leg_id)
)
_BY_DAY = Prepared(
    select(*_COLUMNS).where(leg_table.c.day_id == bindparam("wanted")).order_by(leg_table.c.leg_id)
)
AT_WINDOW_SQL = "leg.state IN ('called', 'serving')"
"""Written out, not bound, so that both databases know their partial index fits."""
_AT_WINDOW = Prepared(
    select(*_COLUMNS).where(leg_table.c.window_id == bindparam("at_window"), text(AT_WINDOW_SQL))
)
_LAST_SERVED = Prepared(
    select(*_COLUMNS)
    .where(
        leg_table.c.day_id == bindparam("wanted"),
        leg_table.c.window_id == bindparam("at_window"),
        leg_table.c.state == LegState.SERVED.value,
        leg_table.c.at_close == 0,
    )
    .order_by(leg_table.c.ended_at.desc(), leg_table.c.leg_id.desc())
    .limit(1)
)
_LAST = Prepared(
    select(leg_table.c.day_id, leg_table.c.entered_at).order_by(leg_table.c.leg_id.desc()).limit(1)
)
_INSERT = Prepared(insert(leg_table), _NAMES)
_SHARE = Prepared(
    update(leg_table).where(leg_table.c.ticket_id == bindparam("wanted")).values(shared=1)
)


def find(connection: Connection, leg_id: int) -> Leg:
    """The leg, or a refusal."""
    row = _BY_ID.row(connection, wanted=leg_id)
    if row is None:
        raise Refusal("leg_unknown")
    return _leg(row)


def of_ticket(connection: Connection, ticket_id: int) -> list[Leg]:
    """All legs of a visit, oldest first."""
    return [_leg(row) for row in _BY_TICKET.rows(connection, wanted=ticket_id)]


def at_window(connection: Connection, window_id: str) -> Leg | None:
    """The one leg that is called to, or served at, a window."""
    row = _AT_WINDOW.row(connection, at_window=window_id)
    return None if row is None else _leg(row)


def last_served(connection: Connection, day_id: int, window_id: str) -> Leg | None:
    """The leg whose service a clerk has ended last at this window on this day."""
    row = _LAST_SERVED.row(connection, wanted=day_id, at_window=window_id)
    return None if row is None else _leg(row)


def of_day(connection: Connection, day_id: int) -> list[Leg]:
    """All legs of a service day, oldest first."""
    return [_leg(row) for row in _BY_DAY.rows(connection, wanted=day_id)]


def entering_at(connection: Connection, day_id: int, now_ms: int) -> int:
    """The moment of the leg to be added, in UTC ms.

    It is the clock's, but never before that of the day's previous leg: were the wall clock set
    back, a newcomer must not seem to have waited longer than those who came first.
    """
    row = _LAST.row(connection)
    if row is None:
        return now_ms
    last_day, last_at = row
    return max(now_ms, last_at) if last_day == day_id else now_ms


def add(connection: Connection, leg: Leg) -> Leg:
    """Insert a new leg."""
    _INSERT.add(connection, _VALUES(leg))
    return leg


def save(connection: Connection, before: Leg, after: Leg) -> Leg:
    """Claim the leg: write what differs, one version on, if it still is as ``before``."""
    after = replace(after, version=before.version + 1)
    changed = {
        name: new
        for name, old, new in zip(_NAMES, _VALUES(before), _VALUES(after), strict=True)
        if new != old
    }
    claim = _claim(tuple(changed))
    known = {"at_id": before.leg_id, "at_state": before.state, "at_version": before.version}
    if claim.run(connection, **changed, **known) != 1:
        raise Refusal("leg_changed")
    return after


@lru_cache(maxsize=64)
def _claim(names: tuple[str, ...]) -> Prepared:
    return Prepared(
        update(leg_table)
        .where(
            leg_table.c.leg_id == bindparam("at_id"),
            leg_table.c.state == bindparam("at_state"),
            leg_table.c.version == bindparam("at_version"),
        )
        .values({name: bindparam(name) for name in names})
    )


def _leg(row: Sequence[object]) -> Leg:
    values = dict(zip(_NAMES, row, strict=True))
    values["state"] = LegState(str(values["state"]))
    return Leg(**values)  # type: ignore[arg-type]  # the table's columns are Leg's fields


def share(connection: Connection, ticket_id: int) -> None:
    """From now on the visit may have several legs at a time."""
    _SHARE.run(connection, wanted=ticket_id)


def elsewhere(connection: Connection, leg: Leg) -> Leg | None:
    """The leg of the same visit that has the citizen right now, other than this one."""
    if not leg.shared:
        return None
    others = of_ticket(connection, leg.ticket_id)
    busy = (one for one in others if one.state in WITH_CITIZEN and one.leg_id != leg.leg_id)
    return next(busy, None)


class LegTold(TypedDict):
    """What every event says of its leg."""

    ticket_id: int
    leg_id: int
    version: int
    label: str
    queue_id: str
    item_id: str


def told(leg: Leg) -> LegTold:
    """The leg in an event that changes it: one version on."""
    return LegTold(
        ticket_id=leg.ticket_id,
        leg_id=leg.leg_id,
        version=leg.version + 1,
        label=leg.label,
        queue_id=leg.queue_id,
        item_id=leg.item_id,
    )


def named(tx: Transaction, leg: Leg) -> LegNamed:
    """The usual answer to an act on a leg."""
    return LegNamed(seq=tx.seq, ticket_id=leg.ticket_id, leg_id=leg.leg_id, label=leg.label)
