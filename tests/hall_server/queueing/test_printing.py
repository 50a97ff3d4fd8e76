"""Papers: who prints which, once and in time, and who is told what became of them."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from config.facts import Zone
from config.fittings import DeviceFact
from hall_server.access.rules import Asker
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.organisation import PaperView
from hall_server.contract.messages.queueing import PrintState
from hall_server.contract.refusals import Refusal
from hall_server.queueing import printing
from hall_server.queueing.printing import SHOWN_MS, PaperKeeper
from hall_server.queueing.rules import PAPER_WITHIN_MS
from tests.hall_server.queueing.conftest import FACTS, KIOSK, Desk, OpenDesk, clerk

OTHER = Asker(sender="station:k2", roles=frozenset({Role.KIOSK}), station_id="k2")


def last_queued(desk: Desk) -> q.TicketPrintQueued:
    return next(
        event for event in reversed(desk.events()) if isinstance(event, q.TicketPrintQueued)
    )


def papers(desk: Desk, station_id: str = "") -> list[PaperView]:
    with desk.database.reading() as reading:
        return printing.ordered(reading, station_id)


def reading_refused(desk: Desk, asker: Asker, job_id: int) -> str:
    with pytest.raises(Refusal) as refused:
        desk.read("print.read", asker, job_id=job_id)
    return refused.value.code


def reprint_at_a_desk(desk: Desk) -> q.TicketSlip:
    slip = desk.take("marry", language="en")
    again: q.TicketSlip = desk.ask("ticket.reprint", clerk("s1"), ticket_id=slip.ticket_id)
    return again


def test_a_paper_is_reported_by_its_own_station_once(desk: Desk) -> None:
    slip = desk.take("marry")
    told = {"job_id": slip.job_id, "state": "confirmed"}
    assert desk.refused("print.report", OTHER, **told) == "print_unknown"
    desk.ask("print.report", KIOSK, **told)
    head = desk.head()
    desk.ask("print.report", KIOSK, **told)
    assert desk.head() == head
    event = desk.events()[-1]
    assert isinstance(event, q.TicketPrintReported)
    assert (event.label, event.state) == ("A001", PrintState.CONFIRMED)


def test_a_reprint_is_the_same_number_marked_as_a_copy(desk: Desk) -> None:
    slip = desk.take("marry")
    for copy in (1, 2):
        again = desk.ask("ticket.reprint", KIOSK, ticket_id=slip.ticket_id)
        assert (again.label, again.copy, again.follow_url) == ("A001", copy, slip.follow_url)
    assert desk.take("marry").label == "A002"


def test_a_kiosk_reprints_only_its_own_papers(desk: Desk) -> None:
    slip = desk.ask("ticket.take", clerk("s1"), item_id="marry")
    assert desk.refused("ticket.reprint", KIOSK, ticket_id=slip.ticket_id) == "leg_unknown"


def test_what_a_kiosk_orders_itself_is_for_nobody_to_fetch(desk: Desk) -> None:
    slip = desk.take("marry")
    for job_id in (slip.job_id, desk.ask("ticket.reprint", KIOSK, ticket_id=slip.ticket_id).job_id):
        assert last_queued(desk).expires_at == 0
        assert reading_refused(desk, KIOSK, job_id) == "print_over"
    assert papers(desk) == []


def test_a_paper_ordered_at_a_desk_is_fetched_by_its_station_alone(desk: Desk) -> None:
    ordered = reprint_at_a_desk(desk)
    event = last_queued(desk)
    assert (event.job_id, event.station_id, event.copy) == (ordered.job_id, "kiosk-1", 1)
    assert event.expires_at == event.at + PAPER_WITHIN_MS
    fetched = desk.read("print.read", KIOSK, job_id=ordered.job_id)
    assert (fetched.label, fetched.copy, fetched.language) == ("A001", 1, "en")
    assert fetched.follow_url == ordered.follow_url
    assert reading_refused(desk, OTHER, ordered.job_id) == "print_unknown"
    seen = PaperView(
        job_id=ordered.job_id,
        ticket_id=ordered.ticket_id,
        label="A001",
        station_id="kiosk-1",
        copy=1,
        state=PrintState.QUEUED,
        reason="",
    )
    assert papers(desk) == papers(desk, "kiosk-1") == [seen]
    assert papers(desk, "k2") == []


def test_once_something_is_known_of_a_paper_nobody_fetches_it_again(desk: Desk) -> None:
    for state in ("sent", "confirmed", "uncertain", "failed"):
        ordered = reprint_at_a_desk(desk)
        desk.ask("print.report", KIOSK, job_id=ordered.job_id, state=state, reason="why")
        assert reading_refused(desk, KIOSK, ordered.job_id) == "print_over"
        assert (papers(desk)[-1].state, papers(desk)[-1].reason) == (state, "why")


def test_a_paper_that_nobody_prints_in_time_has_failed(desk: Desk) -> None:
    ordered = reprint_at_a_desk(desk)
    keeper = PaperKeeper(desk.database)
    desk.clock.advance(PAPER_WITHIN_MS - 1)
    head = desk.head()
    keeper.tick()
    assert desk.head() == head
    assert desk.read("print.read", KIOSK, job_id=ordered.job_id).label == "A001"
    desk.clock.advance(1)
    assert reading_refused(desk, KIOSK, ordered.job_id) == "print_over"
    keeper.tick()
    keeper.tick()
    assert desk.head() == head + 1
    event = desk.events()[-1]
    assert isinstance(event, q.TicketPrintReported)
    assert (event.state, event.reason, event.actor) == (PrintState.FAILED, "expired", "hall")
    assert event.station_id == "kiosk-1"


def test_the_printers_own_word_counts_also_when_it_comes_late(desk: Desk) -> None:
    ordered = reprint_at_a_desk(desk)
    desk.clock.advance(PAPER_WITHIN_MS)
    PaperKeeper(desk.database).tick()
    desk.ask("print.report", KIOSK, job_id=ordered.job_id, state="confirmed")
    assert papers(desk)[-1].state is PrintState.CONFIRMED


def test_the_picture_forgets_papers_after_an_hour(desk: Desk) -> None:
    reprint_at_a_desk(desk)
    desk.clock.advance(SHOWN_MS)
    assert papers(desk) == []


def test_without_a_printer_nothing_is_ordered(open_desk: OpenDesk, database_url: str) -> None:
    desk = open_desk(database_url, msgspec.structs.replace(FACTS, devices=[]))
    desk.begin()
    assert desk.ask("ticket.take", clerk("s1"), item_id="marry").job_id == 0
    assert papers(desk) == []


@pytest.mark.parametrize(
    ("staff_id", "station"),
    [
        ("s1", "desk-1"),  # the window's own
        ("s2", "desk-1"),  # its zone's
        ("s3", "kiosk-1"),  # neither: the hall's
        ("s4", "kiosk-1"),  # sits nowhere
    ],
)
def test_a_desk_s_paper_comes_out_as_near_as_there_is_a_printer(
    open_desk: OpenDesk, database_url: str, staff_id: str, station: str
) -> None:
    south = replace(FACTS.windows[2], zone="south")
    own = DeviceFact(id="own", kind="escpos", station="desk-1", url="null:", window="w1")
    stand_in = replace(own, id="spare", station="spare", options={"stand_in_for": "printer"})
    facts = replace(
        FACTS,
        zones=[*FACTS.zones, Zone(id="south", name=FACTS.zones[0].name)],
        windows=[*FACTS.windows[:2], south],
        devices=[stand_in, own, *FACTS.devices],
    )
    desk = open_desk(database_url, facts)
    desk.begin()
    desk.ask("ticket.take", clerk(staff_id), item_id="marry")
    assert last_queued(desk).station_id == station
