"""A citizen's way from the number to the door, and what everybody sees of it."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING

from hall_server import prepared
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.queueing import LegState
from hall_server.queueing import service
from tests.hall_server.queueing.conftest import events_after

if TYPE_CHECKING:
    import pytest

    from tests.hall_server.queueing.conftest import Desk


def test_take_call_start_finish_stand_in_the_ledger_in_this_order(desk: Desk) -> None:
    beginning = desk.head()
    slip = desk.take("marry")
    assert (slip.label, slip.queue_id, slip.people_ahead) == ("A001", "civil", 0)
    called = desk.next(2)
    assert (called.label, called.leg_id) == ("A001", slip.leg_id)
    desk.act("start", 2, called.leg_id)
    desk.pass_s(60)
    desk.act("finish", 2, called.leg_id)
    kinds = [type(event) for event in desk.events(beginning)]
    assert kinds == [
        q.TicketTaken,
        q.TicketPrintQueued,
        q.TicketCalled,
        q.TicketStarted,
        q.TicketFinished,
    ]
    finished = desk.events()[-1]
    assert isinstance(finished, q.TicketFinished)
    assert (finished.served_ms, finished.actor) == (60_000, "staff:s2")
    assert desk.leg(called.leg_id).state is LegState.SERVED


def test_the_slip_leads_to_the_follow_page_and_its_promise_holds(desk: Desk) -> None:
    slip = desk.take("marry")
    second = desk.take("marry")
    page, _, promise = second.follow_url.partition("#")
    assert page.startswith("http://hall.example/t/")
    assert len(promise) == 118
    view = desk.read("ticket.follow", code=page.rsplit("/", 1)[1])
    assert (view.label, view.state, view.people_ahead) == ("A002", LegState.WAITING, 1)
    assert (view.taken_seq, view.in_ledger) == (second.seq, True)
    assert (view.site.zh, view.item.zh) != ("", "")
    called = desk.next(1)
    assert called.leg_id == slip.leg_id


def test_a_look_is_of_one_moment(desk: Desk) -> None:
    """Otherwise a picture's seq may tell of a call that its legs do not, and it is never heard."""
    slip = desk.take("marry")
    with desk.database.reading() as reading:
        _, _, before = service.picture(reading)
        desk.next(1)
        _, _, after = service.picture(reading)
        told = [event.seq for event in events_after(reading, 0)]
    assert before == after
    assert [leg.state for leg in after] == [LegState.WAITING]
    assert told[-1] < desk.head()
    assert desk.leg(slip.leg_id).state is LegState.CALLED


def test_a_look_in_turns_is_of_one_moment_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long picture lets others be served in between, and tells nothing of it."""
    slips = [desk.take("marry") for _ in range(5)]
    calls = iter((1, 2))

    def others_are_served(_seconds: float) -> None:
        for number in islice(calls, 1):
            desk.next(number)

    monkeypatch.setattr(prepared, "ROWS_A_TURN", 2)
    monkeypatch.setattr(prepared, "time", SimpleNamespace(sleep=others_are_served))
    with desk.database.reading() as reading:
        _, _, seen = service.picture(reading)
    assert [*calls] == [], "both have called meanwhile"
    assert [leg.leg_id for leg in seen] == [slip.leg_id for slip in slips]
    assert {leg.state for leg in seen} == {LegState.WAITING}
    assert [desk.leg(slip.leg_id).state for slip in slips[:2]] == [LegState.CALLED] * 2
