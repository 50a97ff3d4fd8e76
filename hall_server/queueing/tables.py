"""Tables of queueing. What must never be is refused by the database itself:

- one open service day (``service_day_open``);
- a number twice on a day (``ticket_number``);
- a window with two legs called or serving (``leg_at_window``);
- a member of staff at two windows (``window_staff``).

The id of a ticket, leg or paper is the seq of the event that made it: whoever has locked the
ledger's head knows it without asking. Rows of earlier versions were counted from 1 and lie below.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint, text

from hall_server.database import metadata


def _id(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _moment(name: str) -> Column[int]:
    """UTC milliseconds, a duration in them, or a seq; 0 while it has not happened."""
    return Column(name, BigInteger, nullable=False, default=0)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over some rows only, understood by both databases."""
    some = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=some, postgresql_where=some)


service_day = Table(
    "service_day",
    metadata,
    _id("day_id"),
    _text("site_id"),
    _text("day"),
    _moment("opened_at"),
    Column("closed_at", BigInteger),
    UniqueConstraint("site_id", "day"),
    _partial("service_day_open", "site_id", where="closed_at IS NULL", unique=True),
)
"""A service day (服务日): opened and closed by somebody, never by the calendar."""

person_key = Table(
    "person_key",
    metadata,
    Column("day_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
)
"""The key of an open day's hashed persons; see ``persons.py``."""

series_number = Table(
    "series_number",
    metadata,
    Column("day_id", BigInteger, primary_key=True, autoincrement=False),
    Column("series", Text, primary_key=True),
    Column("last_number", Integer, nullable=False),
)

ticket = Table(
    "ticket",
    metadata,
    _id("ticket_id"),
    _text("site_id"),
    Column("day_id", BigInteger, nullable=False),
    _text("series"),
    Column("number", Integer, nullable=False),
    _text("label"),
    _text("follow_code"),
    Column("person", Text),
    _text("language"),
    _text("item_id"),
    _text("queue_id"),
    _text("priority_id"),
    _text("station_id"),
    _moment("appointment_id"),
    _moment("taken_at"),
    _moment("taken_seq"),
    _count("people_ahead"),
    _count("wait_low_minutes"),
    _count("wait_high_minutes"),
    _text("receipt"),
    _count("direct"),
    _count("copies"),
    UniqueConstraint("site_id", "day_id", "series", "number", name="ticket_number"),
    Index("ticket_follow_code", "follow_code", unique=True),
    _partial("ticket_person", "person", where="person IS NOT NULL"),
)
"""A visit with its one number; people ahead and range are what the first paper said."""

leg = Table(
    "leg",
    metadata,
    _id("leg_id"),
    Column("day_id", BigInteger, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    _moment("parent_leg_id"),
    Column("version", Integer, nullable=False, default=1),
    _text("state"),
    _text("label"),
    _text("item_id"),
    _text("queue_id"),
    _text("priority_id"),
    _text("window_id"),
    _text("staff_id"),
    _text("to_window_id"),
    _text("to_staff_id"),
    _text("return_window_id"),
    _count("shared"),
    Column("line", Text),
    _moment("place"),
    _moment("place_tie"),
    _count("overtaken"),
    _moment("entered_at"),
    _moment("queued_at"),
    _moment("waiting_since"),
    _moment("waited_ms"),
    _moment("first_called_at"),
    _moment("called_at"),
    _moment("called_seq"),
    _count("call_count"),
    _count("calls"),
    _moment("started_at"),
    _moment("held_at"),
    _moment("held_ms"),
    _moment("ended_at"),
    _count("at_close"),
    _count("brought_back"),
    _count("moved_back"),
    _text("note"),
    _partial(
        "leg_line",
        "line",
        "priority_id",
        "place",
        "place_tie",
        "waiting_since",
        where="line IS NOT NULL",
    ),
    _partial("leg_at_window", "window_id", where="state IN ('called', 'serving')", unique=True),
    _partial("leg_held", "window_id", where="state = 'held'"),
    Index("leg_ticket", "ticket_id"),
    Index("leg_day", "day_id"),
)
"""One service of a visit.

``line`` names the line it stands in (see ``lines.py``) and is null while it stands in none.
``shared`` is 1 where the visit has had several legs at a time, so that its others are looked at.
``entered_at`` is when it was opened, by a clock that never runs back (see ``legs.entering_at``).
``queued_at`` is when it began to wait, ``waiting_since`` since when it counts as waiting: later
when its citizen let others go first. ``call_count`` and ``first_called_at`` belong to the present
round of calls, ``calls`` and ``waited_ms`` (till the first call of all) to the leg.
"""
appointment = Table(
    "appointment",
    metadata,
    _id("appointment_id"),
    _text("code"),
    _text("state"),
    _text("item_id"),
    _text("queue_id"),
    _text("day"),
    _moment("due_at"),
    Column("person", Text),
    _moment("ticket_id"),
    Index("appointment_code", "code", unique=True),
    Index("appointment_day", "day", "state"),
)

PAPER_ORDERED = "expires_at > 0"
PAPER_OPEN = f"{PAPER_ORDERED} AND state = 'queued'"
"""In words of SQL, for a partial index is used only where the question repeats its condition."""

print_job = Table(
    "print_job",
    metadata,
    _id("job_id"),
    Column("ticket_id", BigInteger, nullable=False),
    _text("station_id"),
    _count("copy"),
    _text("state"),
    _moment("queued_at"),
    _moment("reported_at"),
    _text("reason"),
    _moment("expires_at"),
    Index("print_job_ticket", "ticket_id"),
    _partial("print_job_ordered", "queued_at", where=PAPER_ORDERED),
    _partial("print_job_open", "expires_at", where=PAPER_OPEN),
)
"""Papers. ``expires_at`` is 0 for those that their own station ordered and so prints unasked."""

window_state = Table(
    "window_state",
    metadata,
    Column("window_id", Text, primary_key=True),
    _text("state"),
    _text("staff_id"),
    _moment("since"),
    _text("reason_id"),
    _partial("window_staff", "staff_id", where="staff_id <> ''", unique=True),
)

ratio_turn = Table(
    "ratio_turn",
    metadata,
    Column("window_id", Text, primary_key=True),
    Column("rule_id", Text, primary_key=True),
    Column("turn", Integer, nullable=False),
)
"""Where each ratio rule of a window stands in its round."""

queue_pace = Table(
    "queue_pace",
    metadata,
    Column("queue_id", Text, primary_key=True),
    _moment("mean_ms"),
    _moment("deviation_ms"),
    _count("weight"),
)
"""How long a call of a queue has lately kept a window busy; see ``forecast.py``."""
