"""Papers: ordered with the number, reported by the station that prints, repeated as 补打.

A number is issued exactly once, its paper at least once. ``sent`` is not printed: only the
printer's own word confirms a job.

A kiosk that orders a paper has its slip in hand and prints it. A paper ordered at a desk is fetched
by the station that is to print it, while it is still wanted; one that nobody has printed in time is
recorded as failed, so that whoever ordered it is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import HALL, Asker
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.organisation import PaperView
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
from hall_server.database import Database, Reading, Transaction
from hall_server.prepared import Prepared
from hall_server.queueing import legs, tickets, windows
from hall_server.queueing.lookup import lookup
from hall_server.queueing.rules import MINUTE_MS, PAPER_WITHIN_MS
from hall_server.queueing.tables import PAPER_OPEN, PAPER_ORDERED, print_job
from hall_server.queueing.tables import ticket as ticket_table
from hall_server.queueing.tickets import Ticket

SHOWN_MS = 60 * MINUTE_MS
"""How long a picture of the hall tells what became of a paper that was ordered."""
EXPIRED = "expired"
_INSERT = Prepared(
    insert(print_job),
    [
        *("job_id", "ticket_id", "station_id", "copy", "state"),
        *("queued_at", "reason", "reported_at", "expires_at"),
    ],
)


def queue(tx: Transaction, asker: Asker, ticket: Ticket, *, copy: int) -> int:
    """Order a paper from the asking kiosk, or for a clerk from the printer nearest to his window.

    Returns the job, 0 where the hall has no printer to ask.
    """
    station_id = asker.station_id
    if not station_id:
        window_id = windows.window_of(tx.connection, asker.staff_id)
        station_id = lookup(tx.facts).printing_station(window_id)
    if not station_id:
        return 0
    expires_at = 0 if asker.station_id else tx.now_ms + PAPER_WITHIN_MS
    job_id = tx.seq + 1
    tx.record(
        TicketPrintQueued(
            job_id=job_id,
            ticket_id=ticket.ticket_id,
            label=ticket.label,
            station_id=station_id,
            copy=copy,
            expires_at=expires_at,
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
        expires_at=expires_at,
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
    """What a paper that somebody else ordered shall say, for the station that is to print it."""
    row = _job(reading.connection, asker, read.job_id)
    if row.state != PrintState.QUEUED or row.expires_at <= reading.now_ms:
        raise Refusal("print_over")
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
    row = _job(tx.connection, asker, ask.job_id)
    if (row.state, row.reason) == (ask.state, ask.reason):
        return Accepted(seq=tx.seq)
    return Accepted(seq=_note(tx, row, ask.state, ask.reason))


def ordered(reading: Reading, station_id: str = "") -> list[PaperView]:
    """Papers ordered lately: all, or those that one station is to print."""
    chosen = select(print_job, ticket_table.c.label).join_from(
        print_job, ticket_table, ticket_table.c.ticket_id == print_job.c.ticket_id
    )
    if station_id:
        chosen = chosen.where(print_job.c.station_id == station_id)
    lately = print_job.c.queued_at > reading.now_ms - SHOWN_MS
    chosen = chosen.where(text(PAPER_ORDERED), lately)
    return [
        PaperView(
            job_id=row.job_id,
            ticket_id=row.ticket_id,
            label=row.label,
            station_id=row.station_id,
            copy=row.copy,
            state=PrintState(row.state),
            reason=row.reason,
        )
        for row in reading.connection.execute(chosen.order_by(print_job.c.queued_at))
    ]


@dataclass
class PaperKeeper:
    """Gives up papers that nobody has printed in time; called once a second."""

    database: Database

    def tick(self) -> None:
        """Write only when a paper's time is over."""
        with self.database.reading() as reading:
            late = _late(reading.connection, reading.now_ms)
        if late:
            self.database.write(give_up_late)


def give_up_late(tx: Transaction) -> None:
    """Its station may still say later that it was printed after all."""
    tx.actor = HALL.sender
    for row in _late(tx.connection, tx.now_ms):
        _note(tx, row, PrintState.FAILED, EXPIRED)


def _late(connection: Connection, now_ms: int) -> list[Row[tuple[object, ...]]]:
    late = select(print_job).where(text(PAPER_OPEN), print_job.c.expires_at <= now_ms)
    return list(connection.execute(late.order_by(print_job.c.job_id)))


def _job(connection: Connection, asker: Asker, job_id: int) -> Row[tuple[object, ...]]:
    """A job of the asking station, or a refusal."""
    row = connection.execute(
        select(print_job).where(
            print_job.c.job_id == job_id, print_job.c.station_id == asker.station_id
        )
    ).one_or_none()
    if row is None:
        raise Refusal("print_unknown")
    return row


def _note(tx: Transaction, row: Row[tuple[object, ...]], state: PrintState, reason: str) -> int:
    """Record what became of a paper; returns the event's seq."""
    ticket = tickets.find(tx.connection, row.ticket_id)
    event = tx.record(
        TicketPrintReported(
            job_id=row.job_id,
            ticket_id=ticket.ticket_id,
            label=ticket.label,
            station_id=row.station_id,
            state=state,
            reason=reason,
        )
    )
    tx.connection.execute(
        update(print_job)
        .where(print_job.c.job_id == row.job_id)
        .values(state=state, reason=reason, reported_at=tx.now_ms)
    )
    return event.seq
