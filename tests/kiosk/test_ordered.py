"""Papers that a clerk orders, at a real hall and a played printer: each once, in time, told of."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from kiosk_run import ITEM, Kiosk, KioskHall, eventually
from running_hall import free_port

from drivers.simulator.printer_engine import Fault
from kiosk.journal import Journal


@pytest.fixture(scope="module")
def clerk(place: KioskHall) -> str:
    """A clerk's cookie."""
    return place.hall.people(["staff-01"]).clerks["staff-01"]


@pytest.fixture(autouse=True)
def _in_order(place: KioskHall) -> None:
    place.cable.plug_in()
    place.devices.printer.clear_faults()


def order(place: KioskHall, clerk: str, **more: str) -> dict[str, Any]:
    """A clerk takes a number for a citizen: its paper is ordered at the kiosk."""
    return place.hall.must("ticket.take", {"item_id": ITEM, **more}, cookie=clerk)


def reprint(place: KioskHall, clerk: str, slip: dict[str, Any]) -> dict[str, Any]:
    return place.hall.must("ticket.reprint", {"ticket_id": slip["ticket_id"]}, cookie=clerk)


def told(place: KioskHall, slip: dict[str, Any]) -> list[tuple[str, str]]:
    """Everything the ledger holds on what became of a paper."""
    events = place.events("print.reported")
    return [(e["state"], e["reason"]) for e in events if e["job_id"] == slip["job_id"]]


def on_paper(place: KioskHall, slip: dict[str, Any]) -> list[str]:
    return [paper for paper in place.papers() if slip["label"] in paper]


def state_now(place: KioskHall, clerk: str, slip: dict[str, Any]) -> str:
    """As a console sees it."""
    seen = place.hall.read("hall.snapshot", cookie=clerk)["papers"]
    return next(str(one["state"]) for one in seen if one["job_id"] == slip["job_id"])


def journal_of(place: KioskHall) -> Journal:
    """The station's journal on the disk, read as a new station would."""
    copy = place.folder / "copy.jsonl"
    copy.write_bytes((place.folder / "kiosk-1" / "journal.jsonl").read_bytes())
    return Journal(copy)


def owed(place: KioskHall) -> list[int]:
    """Of which papers the journal still owes the hall a word."""
    with closing(journal_of(place)) as journal:
        return list(journal.open_papers())


def last_word(place: KioskHall, slip: dict[str, Any]) -> str:
    with closing(journal_of(place)) as journal:
        return journal.open_papers()[slip["job_id"]].state


def asks_owed(place: KioskHall) -> list[str]:
    with closing(journal_of(place)) as journal:
        return [one.asked.request_id for one in journal.open_asks()]


@contextmanager
def killed(place: KioskHall) -> Iterator[Kiosk]:
    """A station of its own, which the power leaves at the end."""
    port = free_port()
    program: subprocess.Popen[bytes] = place.program(port)
    station = Kiosk(port)
    try:
        eventually(lambda: is_up(station), within_s=30)
        yield station
    finally:
        os.kill(program.pid, signal.SIGKILL)
        program.wait()


def is_up(kiosk: Kiosk) -> bool:
    try:
        return kiosk.is_up() and kiosk.state()["printer"]["health"] == "ok"
    except OSError:
        return False


def test_a_clerks_papers_come_out_of_the_kiosk_once_and_marked(
    place: KioskHall, kiosk: Kiosk, clerk: str
) -> None:
    slip = order(place, clerk)
    eventually(lambda: told(place, slip) == [("confirmed", "")])
    (first,) = on_paper(place, slip)
    assert "补打" not in first
    again = reprint(place, clerk, slip)
    eventually(lambda: told(place, again) == [("confirmed", "")])
    assert state_now(place, clerk, again) == "confirmed"
    (_, second) = on_paper(place, slip)
    assert "补打 1" in second
    assert kiosk.state()["outcomes"] == [], "no citizen's press had to do with it"
    eventually(lambda: owed(place) == [])


def test_a_paper_is_printed_in_its_citizens_language(
    place: KioskHall, kiosk: Kiosk, clerk: str
) -> None:
    taken = kiosk.take("press-english", language="en")
    eventually(lambda: kiosk.outcome("press-english")["paper"] == "printed")
    ticket = next(e for e in place.events("ticket.taken") if e["label"] == taken["label"])
    reprint(place, clerk, ticket)
    eventually(lambda: len(on_paper(place, taken)) == 2)
    assert "Reprint 1" in on_paper(place, taken)[-1]


def test_a_kiosks_own_numbers_are_printed_by_nobody_else(place: KioskHall, clerk: str) -> None:
    with killed(place) as first:
        outcome = first.take("press-own")
        eventually(lambda: len(on_paper(place, outcome)) == 1)
        eventually(lambda: asks_owed(place) == [])
    with place.station() as again:
        eventually(lambda: is_up(again))
        last = order(place, clerk)
        eventually(lambda: told(place, last) == [("confirmed", "")])
    assert len(on_paper(place, outcome)) == 1


def test_what_was_ordered_while_the_station_was_away_is_printed_when_it_comes(
    place: KioskHall, clerk: str
) -> None:
    slips = [order(place, clerk) for _ in range(3)]
    assert {state_now(place, clerk, slip) for slip in slips} == {"queued"}
    with place.station():
        for slip in slips:
            eventually(lambda slip=slip: told(place, slip) == [("confirmed", "")])  # type: ignore[misc]
    assert [len(on_paper(place, slip)) for slip in slips] == [1, 1, 1]


def test_what_was_ordered_while_the_line_was_broken_is_printed_when_it_is_mended(
    place: KioskHall, kiosk: Kiosk, clerk: str
) -> None:
    place.cable.unplug()
    eventually(lambda: kiosk.state()["link"] == "lost")
    slip = order(place, clerk)
    place.cable.plug_in()
    eventually(lambda: told(place, slip) == [("confirmed", "")])
    assert len(on_paper(place, slip)) == 1


def test_a_station_killed_while_it_printed_prints_nothing_again_and_says_so(
    place: KioskHall, clerk: str
) -> None:
    with killed(place):
        place.devices.printer.set_fault(Fault.STUCK, on=True)
        slip = order(place, clerk)
        eventually(lambda: owed(place) == [slip["job_id"]])
        assert told(place, slip) == []
    place.devices.printer.clear_faults()
    with place.station() as again:
        eventually(lambda: told(place, slip) == [("uncertain", "interrupted")])
        eventually(lambda: is_up(again))
        other = order(place, clerk)
        eventually(lambda: told(place, other) == [("confirmed", "")])
        # Once, where the printer had it in its memory when the power failed; never twice.
        assert len(on_paper(place, slip)) <= 1
        eventually(lambda: owed(place) == [])


def test_a_station_killed_before_its_word_arrives_tells_it_later_and_prints_once(
    place: KioskHall, clerk: str
) -> None:
    with killed(place):
        place.devices.printer.set_fault(Fault.STUCK, on=True)
        slip = order(place, clerk)
        eventually(lambda: owed(place) == [slip["job_id"]])
        place.cable.unplug()
        place.devices.printer.clear_faults()
        eventually(lambda: len(on_paper(place, slip)) == 1)
        eventually(lambda: last_word(place, slip) == "confirmed", within_s=30)
        assert told(place, slip) == []
    place.cable.plug_in()
    with place.station():
        eventually(lambda: told(place, slip) == [("confirmed", "")])
        eventually(lambda: owed(place) == [])
    assert len(on_paper(place, slip)) == 1


def test_an_answer_lost_on_the_way_back_prints_nothing_twice(
    place: KioskHall, kiosk: Kiosk, clerk: str
) -> None:
    place.devices.printer.set_fault(Fault.STUCK, on=True)
    slip = order(place, clerk)
    eventually(lambda: owed(place) == [slip["job_id"]])
    place.cable.deaf.set()
    place.devices.printer.clear_faults()
    eventually(lambda: told(place, slip), within_s=30)
    place.cable.plug_in()
    place.cable.hang_up()
    eventually(lambda: owed(place) == [], within_s=30)
    assert kiosk.state()["station_id"] == "kiosk-1"
    assert len(on_paper(place, slip)) == 1
    assert len(told(place, slip)) == 1


def test_what_is_too_old_is_not_printed_any_more(place: KioskHall, clerk: str) -> None:
    slip = order(place, clerk)
    with closing(sqlite3.connect(place.hall.data / "hall.db")) as hall, hall:
        # As if it were the afternoon: its time ended in the morning.
        hall.execute("UPDATE print_job SET expires_at = 1 WHERE job_id = ?", (slip["job_id"],))
    with place.station() as kiosk:
        eventually(lambda: told(place, slip) == [("failed", "expired")])
        eventually(lambda: is_up(kiosk))
        other = order(place, clerk)
        eventually(lambda: told(place, other) == [("confirmed", "")])
    assert on_paper(place, slip) == []


def test_without_paper_the_clerk_is_told_why(place: KioskHall, kiosk: Kiosk, clerk: str) -> None:
    place.devices.printer.set_fault(Fault.PAPER_OUT, on=True)
    eventually(lambda: "paper_out" in kiosk.state()["printer"]["codes"])
    slip = order(place, clerk)
    eventually(lambda: told(place, slip) == [("failed", "paper_out")])
    place.devices.printer.load_paper()
    eventually(lambda: kiosk.state()["printer"]["health"] == "ok")
    assert on_paper(place, slip) == []


def test_the_public_sees_no_papers(place: KioskHall, clerk: str) -> None:
    order(place, clerk)
    assert place.hall.read("hall.snapshot")["papers"] == []
