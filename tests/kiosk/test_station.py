"""The station against a real hall and a played printer: one press, one number, whatever fails."""

import os
import signal
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from kiosk_run import ITEM, Kiosk, KioskHall, eventually, send
from running_hall import free_port, request_id

from drivers.simulator.printer_engine import Fault
from kiosk.journal import Journal

ALERT_LOOK_S, ALERT_OVER_S = 4.0, 10.0
"""By then the station has looked, and has found it over (``drivers/alarms.py``)."""


def owed(place: KioskHall) -> list[str]:
    """What the journal on disk still owes, read as a new station would."""
    copy = place.folder / "copy.jsonl"
    copy.write_bytes((place.folder / "kiosk-1" / "journal.jsonl").read_bytes())
    journal = Journal(copy)
    journal.close()
    return [one.asked.request_id for one in journal.open_asks()]


def taken(place: KioskHall, label: str) -> list[dict[str, Any]]:
    return [one for one in place.events("ticket.taken") if one["label"] == label]


def test_a_press_becomes_a_number_a_paper_and_a_report(place: KioskHall, kiosk: Kiosk) -> None:
    outcome = kiosk.take("press-first", priority_id="elderly")
    assert (outcome["state"], outcome["paper"]) == ("issued", "printing"), outcome["refused"]
    assert outcome["code"], "the screen can always be the paper"
    eventually(lambda: kiosk.outcome("press-first")["paper"] == "printed")
    paper = place.papers()[-1]
    assert outcome["label"] in paper
    assert "70 周岁以上老年人" in paper
    assert "土地登记" in paper
    assert "办事大厅" in paper
    eventually(lambda: [e["state"] for e in place.events("print.reported")][-1:] == ["confirmed"])
    eventually(lambda: owed(place) == [])


def test_a_double_touch_is_one_press(place: KioskHall, kiosk: Kiosk) -> None:
    told: list[dict[str, Any]] = []
    press = request_id()
    threads = [threading.Thread(target=lambda: told.append(kiosk.take(press))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one["label"] for one in told}) == 1
    assert len(told) == 6
    label = told[0]["label"]
    assert len(taken(place, label)) == 1
    eventually(lambda: kiosk.outcome(press)["paper"] == "printed")
    assert sum(label in paper for paper in place.papers()) == 1


def test_without_the_hall_guides_stay_and_taking_is_refused(place: KioskHall, kiosk: Kiosk) -> None:
    place.cable.unplug()
    eventually(lambda: kiosk.state()["link"] == "lost")
    outcome = kiosk.take()
    assert outcome["state"] == "refused"
    assert outcome["refused"]["code"] == "hall_unreachable"
    assert "咨询台" in outcome["refused"]["zh"]
    assert "desk" in outcome["refused"]["en"]
    facts = kiosk.get("/api/facts")["facts"]
    assert facts["categories"]
    assert any(item["materials"] for item in facts["items"])
    assert kiosk.state()["forecasts"] == [], "old figures are no figures"
    assert kiosk.post("/api/help", {"press_id": request_id()}) == {"told": False}
    guide = {"press_id": request_id(), "item_id": ITEM}
    assert kiosk.post("/api/print_guide", guide)["paper"] == "printed"
    assert "所需材料" in place.papers()[-1]
    eventually(lambda: owed(place) == [])


def test_a_station_that_starts_without_the_hall_reads_its_facts_from_the_disk(
    place: KioskHall, kiosk: Kiosk
) -> None:
    known = kiosk.get("/api/facts")
    place.cable.unplug()
    with place.station() as alone:
        assert alone.get("/api/facts") == known
        assert alone.state()["link"] == "starting"
        assert alone.take()["refused"]["code"] == "hall_unreachable"


def test_an_answer_that_was_lost_is_asked_for_again(place: KioskHall, kiosk: Kiosk) -> None:
    before = len(place.events("ticket.taken"))
    place.cable.deaf.set()
    outcome = kiosk.take("press-lost-answer")
    assert outcome["state"] == "pending"
    assert owed(place) == ["press-lost-answer"]
    place.cable.plug_in()
    place.cable.hang_up()
    eventually(lambda: kiosk.outcome("press-lost-answer").get("paper") == "printed")
    found = kiosk.outcome("press-lost-answer")
    assert found["recovered"]
    assert len(place.events("ticket.taken")) == before + 1
    assert sum(found["label"] in paper for paper in place.papers()) == 1
    eventually(lambda: owed(place) == [])
    assert kiosk.take("press-lost-answer")["label"] == found["label"]
    assert len(place.events("ticket.taken")) == before + 1


def test_a_station_killed_before_the_answer_finds_the_same_number(place: KioskHall) -> None:
    place.cable.plug_in()
    before = len(place.events("ticket.taken"))
    port = free_port()
    first = Kiosk(port)
    program = place.program(port)
    try:
        eventually(lambda: is_up(first), within_s=30)
        place.cable.deaf.set()
        press = {"press_id": "press-killed", "item_id": ITEM}
        silent = threading.Thread(target=lambda: try_to_take(port, press), daemon=True)
        silent.start()
        eventually(lambda: "press-killed" in owed(place))
        eventually(lambda: len(place.events("ticket.taken")) == before + 1)
    finally:
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    place.cable.hang_up()
    place.cable.plug_in()
    with place.station() as again:
        eventually(lambda: again.outcome("press-killed").get("paper") == "printed")
        found = again.outcome("press-killed")
        assert found["recovered"]
        assert found["copy"] == 0
    assert len(place.events("ticket.taken")) == before + 1
    assert len(taken(place, found["label"])) == 1
    assert sum(found["label"] in paper for paper in place.papers()) == 1
    eventually(lambda: owed(place) == [])


def test_a_station_killed_while_it_printed_prints_again_and_says_so(place: KioskHall) -> None:
    place.cable.plug_in()
    port = free_port()
    first = Kiosk(port)
    program = place.program(port)
    try:
        eventually(lambda: is_up(first), within_s=30)
        place.devices.printer.set_fault(Fault.STUCK, on=True)
        label = first.take("press-torn")["label"]
        assert owed(place) == ["press-torn"]
    finally:
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    place.devices.printer.clear_faults()
    with place.station() as again:
        eventually(lambda: again.outcome("press-torn").get("paper") == "printed")
        found = again.outcome("press-torn")
    assert (found["label"], found["copy"]) == (label, 1)
    assert any(label in paper and "补打 1" in paper for paper in place.papers())
    assert len(taken(place, label)) == 1
    eventually(lambda: owed(place) == [])


def test_without_paper_the_screen_is_the_paper_and_a_reprint_says_so(
    place: KioskHall, kiosk: Kiosk
) -> None:
    place.devices.printer.set_fault(Fault.PAPER_OUT, on=True)
    eventually(lambda: "paper_out" in kiosk.state()["printer"]["codes"])
    outcome = kiosk.take("press-no-paper")
    assert outcome["state"] == "issued"
    eventually(lambda: kiosk.outcome("press-no-paper")["paper"] == "failed")
    assert kiosk.outcome("press-no-paper")["code"]
    eventually(lambda: place.events("print.reported")[-1]["state"] == "failed")
    assert place.events("print.reported")[-1]["reason"] == "paper_out"
    eventually(lambda: any("paper_out" in one["codes"] for one in place.events("device.changed")))
    place.devices.printer.load_paper()
    eventually(lambda: kiosk.state()["printer"]["health"] == "ok")
    again = kiosk.post("/api/reprint", {"press_id": "press-no-paper"})
    assert (again["label"], again["copy"]) == (outcome["label"], 1)
    eventually(lambda: kiosk.outcome("press-no-paper")["paper"] == "printed")
    assert "补打 1" in place.papers()[-1]
    assert len(taken(place, outcome["label"])) == 1
    twice = kiosk.post("/api/reprint", {"press_id": "press-no-paper"})
    assert twice["copy"] == 1, "once is enough"


def test_an_alert_reaches_the_ledger_once_and_is_cleared_once(
    place: KioskHall, kiosk: Kiosk
) -> None:
    def story(kind: str) -> list[dict[str, Any]]:
        return [one for one in place.events(kind) if one["alert"] == "cover_open"]

    place.devices.printer.set_fault(Fault.COVER_OPEN, on=True)
    eventually(lambda: story("device.alerted"))
    place.cable.hang_up()  # the station comes back, and tells all that is open once more
    eventually(kiosk.is_up)
    place.devices.printer.clear_faults()
    eventually(lambda: story("device.cleared"))
    assert (len(story("device.alerted")), len(story("device.cleared"))) == (1, 1)
    assert story("device.cleared")[0]["since"] == story("device.alerted")[0]["at"]


def test_an_alert_that_was_over_before_the_hall_came_back_is_in_the_ledger(
    place: KioskHall, kiosk: Kiosk
) -> None:
    def story(kind: str) -> list[dict[str, Any]]:
        return [one for one in place.events(kind) if one["alert"] == "cutter_error"]

    def printer_says_so() -> bool:
        return "cutter_error" in kiosk.state()["printer"]["codes"]

    place.cable.unplug()
    place.devices.printer.set_fault(Fault.CUTTER_ERROR, on=True)
    eventually(printer_says_so)
    time.sleep(ALERT_LOOK_S)
    place.devices.printer.clear_faults()
    eventually(lambda: not printer_says_so())
    time.sleep(ALERT_OVER_S)
    assert story("device.alerted") == []
    place.cable.plug_in()
    eventually(lambda: story("device.cleared"))
    assert (len(story("device.alerted")), len(story("device.cleared"))) == (1, 1)


def test_a_refusal_of_the_hall_is_told_in_both_languages(kiosk: Kiosk) -> None:
    outcome = kiosk.take(item="no-such-item")
    assert outcome["state"] == "refused"
    assert outcome["refused"]["code"] == "item_unknown"
    assert outcome["refused"]["zh"] != outcome["refused"]["en"]


def test_help_reaches_the_ledger(place: KioskHall, kiosk: Kiosk) -> None:
    assert kiosk.post("/api/help", {"press_id": request_id()}) == {"told": True}
    assert place.events("kiosk.help_asked")[-1]["station_id"] == "kiosk-1"


def test_guides_are_printed_but_not_without_end(place: KioskHall, kiosk: Kiosk) -> None:
    press = {"press_id": request_id(), "item_id": ITEM, "language": "en"}
    before = len(place.papers())
    assert kiosk.post("/api/print_guide", press)["paper"] == "printed"
    assert kiosk.post("/api/print_guide", press)["paper"] == "printed"
    assert len(place.papers()) == before + 1, "the same press again prints nothing"
    assert "Documents to bring" in place.papers()[-1]
    states = [
        send(kiosk.port, "POST", "/api/print_guide", {**press, "press_id": request_id()})[0]
        for _ in range(7)
    ]
    assert 429 in states


def test_the_page_sees_no_more_than_a_citizen_may(kiosk: Kiosk) -> None:
    facts = kiosk.get("/api/facts")["facts"]
    assert facts["items"]
    assert [facts[kind] for kind in ("devices", "staff", "rules", "displays")] == [[], [], [], []]


def test_changes_are_pushed_to_the_page(place: KioskHall, kiosk: Kiosk) -> None:
    stream = HTTPConnection("127.0.0.1", kiosk.port, timeout=10)
    stream.request("GET", "/api/events")
    answer = stream.getresponse()
    assert answer.getheader("Content-Type") == "text/event-stream"
    assert answer.readline().startswith(b"data: {")
    place.cable.unplug()
    lines = (answer.readline() for _ in range(200))
    assert any(b'"link":"lost"' in line for line in lines)
    stream.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Host": "evil.example"}, 421),
        ({"Host": "hall.evil.example:8081"}, 421),
    ],
)
def test_only_its_own_page_may_ask(
    place: KioskHall, kiosk: Kiosk, headers: dict[str, str], status: int
) -> None:
    before = len(place.events("ticket.taken"))
    press = {"press_id": request_id(), "item_id": ITEM}
    assert send(kiosk.port, "POST", "/api/take", press, **headers)[0] == status
    assert len(place.events("ticket.taken")) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"press_id": "x", "item_id": ITEM}, 400),
        ({"press_id": "press-0001", "item_id": "../etc"}, 400),
        ({"press_id": "press-0001", "item_id": ITEM, "surprise": 1}, 400),
        ({"press_id": "press-0001", "item_id": ITEM, "language": "x" * 9_000}, 413),
        ([], 400),
    ],
)
def test_only_well_formed_presses_are_taken(kiosk: Kiosk, body: object, status: int) -> None:
    assert send(kiosk.port, "POST", "/api/take", body)[0] == status


@pytest.mark.parametrize(
    "path",
    ["/web/assets/../../../pyproject.toml", "/web/assets/%2e%2e/%2e%2e/x", "/web/", "/etc/passwd"],
)
def test_nothing_but_the_page_is_served(kiosk: Kiosk, path: str) -> None:
    assert send(kiosk.port, "GET", path)[0] == 404


def test_every_answer_carries_the_security_headers(kiosk: Kiosk) -> None:
    for path in ("/", "/api/state", "/nothing"):
        _, headers, _ = send(kiosk.port, "GET", path)
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"


def is_up(kiosk: Kiosk) -> bool:
    try:
        return kiosk.is_up()
    except OSError:
        return False


def try_to_take(port: int, press: dict[str, str]) -> None:
    with suppress(OSError, HTTPException):  # the station is killed meanwhile
        send(port, "POST", "/api/take", press)


def test_a_station_ends_in_order(place: KioskHall, tmp_path: Path) -> None:
    port = free_port()
    program = place.program(port)
    try:
        eventually(lambda: is_up(Kiosk(port)), within_s=30)
        program.send_signal(signal.SIGTERM)
        started_s = time.monotonic()
        assert program.wait(10) == 0
        assert time.monotonic() - started_s < 8
    finally:
        program.kill()
        program.wait()
