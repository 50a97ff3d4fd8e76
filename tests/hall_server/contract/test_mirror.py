"""A station's picture follows the events of a citizen's visit."""

from typing import TypedDict

import pytest

from config.facts import HallFacts, OpeningFact, QueueFact, Site, WindowFact, Zone
from config.values import Words
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.queueing import (
    CallMode,
    CallStep,
    LegState,
    Place,
    WindowState,
)
from hall_server.contract.messages.stations import DeviceChanged, Health
from hall_server.contract.mirror import ENDED, Picture, begin, carry_on

FACTS = HallFacts(
    site=Site(id="site", name=Words("示例大厅", "Sample Hall")),
    opening=OpeningFact(id="hall", spans=[]),
    zones=[Zone(id="a", name=Words("一区"))],
    queues=[QueueFact(id="social", name=Words("社保"), series="A", zone="a")],
    windows=[WindowFact(id="w3", number=3, zone="a", queues=["social"])],
)


def empty() -> Picture:
    return begin(
        Snapshot(
            seq=100,
            at=1_000,
            clock_rate=1,
            version="0.1.0",
            day="2026-11-23",
            day_opened_at=500,
            facts_version=1,
            facts=FACTS,
            windows=[],
            legs=[],
            devices=[],
        )
    )


class LegFields(TypedDict):
    seq: int
    at: int
    ticket_id: int
    leg_id: int
    version: int
    label: str
    queue_id: str
    item_id: str


def leg(seq: int, leg_id: int = 1, version: int = 1) -> LegFields:
    return {
        "seq": seq,
        "at": seq * 1_000,
        "ticket_id": 7,
        "leg_id": leg_id,
        "version": version,
        "label": "A001",
        "queue_id": "social",
        "item_id": "card",
    }


def taken(seq: int = 101) -> Event:
    return q.TicketTaken(
        **leg(seq),
        day="2026-11-23",
        priority_id="elderly",
        station_id="kiosk-1",
        appointment_id=0,
        people_ahead=0,
        wait_low_minutes=0,
        wait_high_minutes=5,
        waiting_since=seq * 1_000 - 60_000,
        place=seq,
        place_tie=seq,
    )


def called(seq: int = 102) -> Event:
    return q.TicketCalled(
        **leg(seq),
        window_id="w3",
        window_number=3,
        zone_id="a",
        staff_id="li",
        mode=CallMode.NEXT,
        step=CallStep.WAIT,
        rule_id="",
        overtook=0,
        reason_id="",
        note="",
        call_count=1,
        waited_ms=1,
    )


def started(seq: int = 103) -> Event:
    return q.TicketStarted(**leg(seq), window_id="w3", staff_id="li", walked_ms=1, direct=False)


def follow(*events: Event) -> Picture:
    picture = empty()
    for event in events:
        picture = carry_on(picture, event)
    return picture


def test_a_visit_from_taking_to_served() -> None:
    picture = follow(taken())
    assert [one.label for one in picture.waiting("social")] == ["A001"]
    assert picture.waiting("social")[0].waiting_since == 41_000
    picture = carry_on(picture, called())
    assert picture.waiting_count() == 0
    at_window = picture.at_window("w3")
    assert at_window is not None
    assert (at_window.state, at_window.call_count) == (LegState.CALLED, 1)
    assert at_window.called_seq == 102
    picture = carry_on(picture, started())
    finished = q.TicketFinished(
        **leg(104),
        window_id="w3",
        staff_id="li",
        outcome_id="",
        note="",
        served_ms=1,
        held_ms=0,
        at_close=False,
    )
    picture = carry_on(picture, finished)
    assert picture.at_window("w3") is None
    assert picture.legs[1].state is LegState.SERVED
    assert picture.seq == 104


def test_an_event_taken_in_before_changes_nothing() -> None:
    picture = follow(taken(), called())
    assert carry_on(picture, taken()) is picture
    assert picture.legs[1].state is LegState.CALLED


def test_a_transfer_ends_one_leg_and_opens_another() -> None:
    moved = q.TicketTransferred(
        **leg(104),
        new_leg_id=2,
        new_queue_id="tax",
        new_item_id="levy",
        to_window_id="w9",
        to_staff_id="",
        wish=Place.KEEP,
        place=101,
        place_tie=104,
        return_after=True,
        reason_id="",
        note="",
        priority_id="elderly",
        waiting_since=41_000,
    )
    picture = follow(taken(), called(), started(), moved)
    assert picture.legs[1].state is LegState.TRANSFERRED
    new = picture.legs[2]
    assert (new.queue_id, new.item_id, new.to_window_id) == ("tax", "levy", "w9")
    assert (new.state, new.waiting_since) == (LegState.WAITING, 41_000)
    assert picture.at_window("w3") is None


def test_hold_frees_the_window_and_resume_takes_it_again() -> None:
    held = q.TicketHeld(**leg(104), window_id="w3", reason_id="copy", note="")
    picture = follow(taken(), called(), started(), held)
    assert picture.at_window("w3") is None
    back = q.TicketResumed(
        **leg(105),
        window_id="w3",
        staff_id="li",
        held_ms=900,
        waiting_since=0,
        place=0,
        place_tie=0,
    )
    picture = carry_on(picture, back)
    assert picture.legs[1].state is LegState.SERVING
    assert picture.legs[1].held_ms == 900


@pytest.mark.parametrize(
    "event",
    [
        q.TicketMissed(**leg(103), window_id="w3", call_count=2),
        q.TicketCancelled(**leg(103), reason_id="", note=""),
        q.TicketUnserved(**leg(103), was=LegState.CALLED),
    ],
)
def test_every_end_leaves_the_window_free(event: Event) -> None:
    picture = follow(taken(), called(), event)
    assert picture.legs[1].state in ENDED
    assert picture.at_window("w3") is None


def test_a_citizen_brought_back_waits_again() -> None:
    missed = q.TicketMissed(**leg(103), window_id="w3", call_count=2)
    back = q.TicketBroughtBack(**leg(104), places=3, waiting_since=60_000, place=103, place_tie=104)
    picture = follow(taken(), called(), missed, back)
    assert [(one.place, one.place_tie) for one in picture.waiting("social")] == [(103, 104)]


def test_windows_devices_and_days() -> None:
    picture = follow(q.WindowOpened(seq=101, at=5, window_id="w3", staff_id="li"))
    assert picture.windows_open("social") == 1
    paused = q.WindowPaused(seq=102, at=6, window_id="w3", staff_id="li", reason_id="tea", note="")
    picture = carry_on(picture, paused)
    assert picture.windows["w3"].state is WindowState.PAUSED
    assert picture.windows_open("social") == 0
    closed = q.WindowClosed(seq=103, at=7, window_id="w3", staff_id="li")
    picture = carry_on(picture, closed)
    assert picture.windows["w3"].staff_id == ""
    printer = DeviceChanged(
        seq=104,
        device_id="p1",
        station_id="k1",
        health=Health.FAULT,
        codes=["paper_out"],
        detail="",
    )
    picture = carry_on(picture, printer)
    assert picture.devices["p1"].codes == ["paper_out"]
    picture = carry_on(carry_on(picture, taken(105)), q.DayClosed(seq=106, day="d", unserved=1))
    assert (picture.day, picture.day_opened_at) == ("", 0)
    picture = carry_on(picture, q.DayOpened(seq=107, at=2_000, day="2026-11-24"))
    assert (picture.day, picture.day_opened_at, dict(picture.legs)) == ("2026-11-24", 2_000, {})
