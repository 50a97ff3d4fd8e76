"""Papers: ordered with the number, reported by the station that prints, repeated as 补打.

A number is issued exactly once, its paper at least once. ``sent`` is not printed: only the
printer's own word confirms a job.
"""

from __future__ import annotations

from sqlalchemy import func, insert, select, update

from hall_server.access.rules import Asker
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import (
    PrintRead,
    PrintReport,
    PrintState,
    TicketPrintQueued,
    TicketPrintReported,
    TicketReprint,
    TicketSlip,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction
from hall_server.prepared import Prepared
from hall_server.queueing import legs, tickets
from hall_server.queueing.lookup import lookup
from hall_server.queueing.tables import print_job
from hall_server.queueing.tickets import Ticket

_INSERT = Prepared(
    insert(print_job),
    ["job_id", "ticket_id", "station_id", "copy", "state", "queued_at", "reason", "reported_at"],
)
_LAST_ID = Prepared(select(func.coalesce(func.max(print_job.c.job_id), 0)))


def queue(tx: Transaction, asker: Asker, ticket: Ticket, *, copy: int) -> int:
    """Order a paper from the asking kiosk, or for a clerk from the hall's first ticket printer.

    Returns the job, 0 where the hall has no printer to ask.
    """
    station_id = asker.station_id or lookup(tx.facts).printing_station
    if not station_id:
        return 0
    job_id = int(_LAST_ID.value(tx.connection)) + 1
    tx.record(
        TicketPrintQueued(
            job_id=job_id,
            ticket_id=ticket.ticket_id,
            label=ticket.label,
            station_id=station_id,
            copy=copy,
        )
    )
    _INSERT.run(
        tx.connection,
        job_id=job_id,
        ticket_id=ticket.ticket_id,
        station_id=station_id,
        copy=copy,
        state=PrintState.QUEUED,
        queued_at=tx.now_ms,
        reason="",
        reported_at=0,
    )
    return job_id


def reprint(tx: Transaction, asker: Asker, ask: TicketReprint) -> TicketSlip:
    """The same number once more, saying what its first paper said; a kiosk only its own."""
    facts = lookup(tx.facts)
    ticket = tickets.find(tx.connection, ask.ticket_id)
    if Role.KIOSK in asker.roles and ticket.station_id != asker.station_id:
        raise Refusal("leg_unknown")
    copy = ticket.copies + 1
    tickets.count_copy(tx.connection, ticket.ticket_id)
    job_id = queue(tx, asker, ticket, copy=copy)
    first = legs.of_ticket(tx.connection, ticket.ticket_id)[0]
    return tickets.slip(facts, ticket, seq=tx.seq, leg_id=first.leg_id, job_id=job_id, copy=copy)


def read_job(reading: Reading, asker: Asker, read: PrintRead) -> TicketSlip:
    """What a queued paper shall say, for the station that is to print it."""
    row = reading.connection.execute(
        select(print_job).where(
            print_job.c.job_id == read.job_id, print_job.c.station_id == asker.station_id
        )
    ).one_or_none()
    if row is None:
        raise Refusal("print_unknown")
    ticket = tickets.find(reading.connection, row.ticket_id)
    first = legs.of_ticket(reading.connection, ticket.ticket_id)[0]
    return tickets.slip(
        lookup(reading.facts),
        ticket,
        seq=ticket.taken_seq,
        leg_id=first.leg_id,
        job_id=row.job_id,
        copy=row.copy,
    )


def report(tx: Transaction, asker: Asker, ask: PrintReport) -> Accepted:
    """What became of a paper, told by its own station; the same told again changes nothing."""
    row = tx.connection.execute(
        select(print_job).where(
            print_job.c.job_id == ask.job_id, print_job.c.station_id == asker.station_id
        )
    ).one_or_none()
    if row is None:
        raise Refusal("print_unknown")
    if (row.state, row.reason) == (ask.state, ask.reason):
        return Accepted(seq=tx.seq)
    ticket = tickets.find(tx.connection, row.ticket_id)
    event = tx.record(
        TicketPrintReported(
            job_id=ask.job_id,
            ticket_id=ticket.ticket_id,
            label=ticket.label,
            station_id=asker.station_id,
            state=ask.state,
            reason=ask.reason,
        )
    )
    tx.connection.execute(
        update(print_job)
        .where(print_job.c.job_id == ask.job_id)
        .values(state=ask.state, reason=ask.reason, reported_at=tx.now_ms)
    )
    return Accepted(seq=event.seq)
