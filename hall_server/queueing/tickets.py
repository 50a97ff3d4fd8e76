"""A ticket as it stands in its table: its number, its limits, its slip."""

from __future__ import annotations

from operator import attrgetter

from msgspec import Struct
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from config.facts import ItemFact, QueueFact
from hall_server.contract.messages.queueing import LegState, TicketSlip
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.prepared import Prepared
from hall_server.queueing.lookup import Lookup
from hall_server.queueing.rules import ENDED
from hall_server.queueing.tables import leg as leg_table
from hall_server.queueing.tables import series_number
from hall_server.queueing.tables import ticket as ticket_table


class Ticket(Struct, frozen=True, kw_only=True):
    """A visit and its number; the columns of ``tables.ticket``."""

    ticket_id: int
    site_id: str
    day_id: int
    series: str
    number: int
    label: str
    follow_code: str
    person: str | None
    language: str
    item_id: str
    queue_id: str
    priority_id: str
    station_id: str
    appointment_id: int
    taken_at: int
    taken_seq: int
    people_ahead: int
    wait_low_minutes: int
    wait_high_minutes: int
    receipt: str
    direct: int = 0
    copies: int = 0


_T = ticket_table.c
_NAMES = Ticket.__struct_fields__
_VALUES = attrgetter(*_NAMES)
_INSERT = Prepared(insert(ticket_table), _NAMES)
_BY_ID = select(ticket_table).where(_T.ticket_id == bindparam("wanted"))
_BY_CODE = select(ticket_table).where(_T.follow_code == bindparam("wanted"))
_AT_SERIES = (
    series_number.c.day_id == bindparam("at_day"),
    series_number.c.series == bindparam("at_series"),
)
_RAISE_NUMBER = Prepared(
    update(series_number)
    .where(*_AT_SERIES)
    .values(last_number=series_number.c.last_number + 1)
    .returning(series_number.c.last_number)
)
_COPY = update(ticket_table).where(_T.ticket_id == bindparam("wanted")).values(copies=_T.copies + 1)
_OPENED = (
    select(func.count())
    .select_from(leg_table)
    .where(
        leg_table.c.day_id == bindparam("at_day"),
        leg_table.c.parent_leg_id == 0,
        leg_table.c.state != LegState.CANCELLED,
    )
)
_OF_QUEUE = _OPENED.where(leg_table.c.queue_id == bindparam("wanted"))
_OF_ITEM = _OPENED.where(leg_table.c.item_id == bindparam("wanted"))
_OF_PERSON = (
    select(func.count(ticket_table.c.ticket_id.distinct()))
    .select_from(ticket_table.join(leg_table, leg_table.c.ticket_id == _T.ticket_id))
    .where(
        _T.person == bindparam("wanted"),
        _T.queue_id == bindparam("in_queue"),
        leg_table.c.state.not_in(sorted(ENDED)),
    )
)


def find(connection: Connection, ticket_id: int) -> Ticket:
    """The ticket, or a refusal."""
    row = connection.execute(_BY_ID, {"wanted": ticket_id}).one_or_none()
    if row is None:
        raise Refusal("leg_unknown")
    return Ticket(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping in SQLAlchemy


def with_code(connection: Connection, code: str) -> Ticket:
    """The ticket whose paper shows this follow code, or a refusal."""
    row = connection.execute(_BY_CODE, {"wanted": code}).one_or_none()
    if row is None:
        raise Refusal("code_unknown")
    return Ticket(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping in SQLAlchemy


def next_number(connection: Connection, day_id: int, series: str) -> int:
    """The next number of a series on this day, in the same transaction as its ticket."""
    bound = {"at_day": day_id, "at_series": series}
    number = _RAISE_NUMBER.value(connection, **bound)
    if number is not None:
        return int(number)
    connection.execute(insert(series_number).values(day_id=day_id, series=series, last_number=1))
    return 1


def add(connection: Connection, ticket: Ticket) -> None:
    """Insert a new ticket."""
    _INSERT.add(connection, _VALUES(ticket))


def count_copy(connection: Connection, ticket_id: int) -> None:
    """One more paper of the same number."""
    connection.execute(_COPY, {"wanted": ticket_id})


def check_quotas(tx: Transaction, day_id: int, item: ItemFact, queue: QueueFact) -> None:
    """Tickets a day of a queue and of an item; voided ones do not count."""
    if queue.day_limit:
        bound = {"at_day": day_id, "wanted": queue.id}
        if tx.connection.execute(_OF_QUEUE, bound).scalar_one() >= queue.day_limit:
            raise Refusal("queue_quota", limit=queue.day_limit)
    if item.day_limit:
        bound = {"at_day": day_id, "wanted": item.id}
        if tx.connection.execute(_OF_ITEM, bound).scalar_one() >= item.day_limit:
            raise Refusal("item_quota", limit=item.day_limit)


def check_person(tx: Transaction, limit: int, person: str, queue_id: str) -> None:
    """Live tickets of one identified person in one queue."""
    if not limit or not person:
        return
    bound = {"wanted": person, "in_queue": queue_id}
    if tx.connection.execute(_OF_PERSON, bound).scalar_one() >= limit:
        raise Refusal("person_limit", limit=limit)


def slip(
    facts: Lookup, ticket: Ticket, *, seq: int, leg_id: int, job_id: int, copy: int
) -> TicketSlip:
    """All that a paper and a screen need.

    The QR leads to the follow page; the signed promise stands behind ``#``, where a browser keeps
    it to itself. Without a public address of the hall it begins with ``/``: whoever prints puts the
    address before it by which it knows the hall.
    """
    return TicketSlip(
        seq=seq,
        ticket_id=ticket.ticket_id,
        leg_id=leg_id,
        job_id=job_id,
        label=ticket.label,
        item_id=ticket.item_id,
        queue_id=ticket.queue_id,
        priority_id=ticket.priority_id,
        taken_at=ticket.taken_at,
        people_ahead=ticket.people_ahead,
        wait_low_minutes=ticket.wait_low_minutes,
        wait_high_minutes=ticket.wait_high_minutes,
        copy=copy,
        follow_url=f"{facts.public_url}/t/{ticket.follow_code}#{ticket.receipt}",
        language=ticket.language,
    )
