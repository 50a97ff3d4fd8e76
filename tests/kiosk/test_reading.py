"""Codes and cards at a kiosk next to a real hall: places, appointments, one number a person.

And that a card leaves no trace: after everything has happened, every file of hall and kiosk is
searched for the number, the birthday and the name.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kiosk_run import ITEM, Kiosk, KioskHall, eventually, kiosk_hall, send
from played_line import played_line
from running_hall import People, request_id

from config.fittings import DeviceFact
from drivers.simulator.card_engine import CardEngine, CardFault, PlayedCard, made_up_number
from drivers.simulator.played import Engine
from drivers.simulator.player import Player
from drivers.simulator.scanner_engine import ScannerEngine

LI = PlayedCard("李建国", made_up_number("533525", "19630417", 311))
WANG = PlayedCard("王秀兰", made_up_number("533525", "19710902", 78))
TOMORROW_MS = 24 * 3_600_000


class Desk:
    """The hall, a kiosk with both readers, and an administrator."""

    def __init__(self, place: KioskHall, kiosk: Kiosk, people: People) -> None:
        self.place, self.kiosk, self.people = place, kiosk, people
        facts = place.hall.read("facts.read", cookie=people.administrator)["facts"]
        self.facts: dict[str, Any] = facts

    def state_fact(self, kind: str, record: object) -> None:
        body = {"kind": kind, "body": msgspec.json.encode(record).decode()}
        self.place.hall.must("fact.save", body, cookie=self.people.administrator)

    @contextmanager
    def device(self, kind: str, engine: Engine) -> Iterator[Player[Any]]:
        """A reader on a port of this kiosk, while it is needed."""
        with played_line(engine) as line:
            fact = DeviceFact(id=kind, kind=kind, station="kiosk-1", url=line.url)
            self.state_fact("devices", fact)
            yield line
            gone = {"kind": "devices", "id": kind}
            self.place.hall.must("fact.remove", gone, cookie=self.people.administrator)
            eventually(lambda: not self.kiosk.state()["reads_cards"])

    def ask_for_cards(self) -> None:
        rules = {**self.facts["queueing"], "card_at_kiosk": True, "tickets_per_person": 1}
        self.state_fact("queueing", rules)

    def scan(self, text: str, press_id: str = "") -> dict[str, Any]:
        press = {"press_id": press_id or request_id(), "text": text}
        return dict(self.kiosk.post("/api/scan", press))

    def follow_code(self, label: str) -> str:
        """What the paper's code says, from the hall's own table."""
        with closing(sqlite3.connect(self.place.hall.data / "hall.db")) as hall:
            row = hall.execute("SELECT follow_code FROM ticket WHERE label = ?", (label,))
            return str(row.fetchone()[0])

    def book(self, item: str, at_ms: int) -> str:
        day = time.strftime("%Y-%m-%d", time.gmtime((at_ms + 8 * 3_600_000) / 1000))
        asked = {"item_id": item, "day": day, "at_ms": at_ms}
        clerk = self.people.clerks["staff-01"]
        return str(self.place.hall.must("appointment.book", asked, cookie=clerk)["code"])

    def refused(self, body: dict[str, Any]) -> str:
        """Why no number is taken, by the word of the station or that of the hall."""
        _, _, told = send(self.kiosk.port, "POST", "/api/take", body)
        answer = msgspec.json.decode(told)
        return str((answer.get("refused") or answer)["code"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with (
        kiosk_hall(tmp_path_factory.mktemp("reading")) as place,
        place.station() as kiosk,
    ):
        people = place.hall.people(["staff-01"])
        eventually(kiosk.is_up)
        yield Desk(place, kiosk, people)


# ------------------------------------------------------------------------------------------- codes


def test_a_ticket_s_code_tells_where_its_holder_stands(desk: Desk) -> None:
    label = desk.kiosk.take()["label"]
    code = desk.follow_code(label)
    for text in (f"http://hall.example/t/{code}#receipt", f" /t/{code} ", code):
        found = desk.scan(text)
        assert (found["kind"], found["place"]["label"]) == ("place", label)
        assert (found["place"]["state"], found["place"]["checkpoint"]) == ("waiting", "")


@pytest.mark.parametrize(
    "text",
    [
        "6923450657713",
        "https://qr.alipay.com/fkx12345678901234567",
        "http://hall.example/t/NobodysTicketCode",
        "NobodysAppointment",
        "健康码 张三 533525199001011234",
        "x" * 2_000,
    ],
)
def test_a_code_that_is_none_of_ours_is_told_plainly(desk: Desk, text: str) -> None:
    found = desk.scan(text)
    assert (found["kind"], found["refused"]["code"]) == ("unknown", "scan_unknown")
    assert "号票或预约码" in found["refused"]["zh"]


def test_an_appointment_s_code_checks_in_once_and_prints(desk: Desk) -> None:
    code = desk.book(ITEM, int(time.time() * 1000) + 5 * 60_000)
    papers = len(desk.place.papers())
    press_id = request_id()
    first = desk.scan(code, press_id)
    assert (first["kind"], first["outcome"]["state"]) == ("check_in", "issued")
    label = first["outcome"]["label"]
    assert desk.scan(code, press_id)["outcome"]["label"] == label  # held too long: the same press
    eventually(lambda: len(desk.place.papers()) == papers + 1)
    assert label in desk.place.papers()[-1]
    eventually(lambda: desk.kiosk.outcome(press_id).get("paper") == "printed")
    again = desk.scan(code)  # later, by another press: it is a ticket now, and so is told
    assert again["outcome"]["refused"]["code"] == "wrong_state"


def test_an_appointment_that_is_not_due_says_when(desk: Desk) -> None:
    early = desk.scan(desk.book(ITEM, int(time.time() * 1000) + TOMORROW_MS))
    assert early["kind"] == "check_in"
    assert early["outcome"]["refused"]["code"] == "appointment_other_day"


def test_without_the_hall_a_code_is_not_called_unknown(desk: Desk) -> None:
    code = desk.follow_code(desk.kiosk.take()["label"])
    desk.place.cable.unplug()
    try:
        eventually(lambda: desk.kiosk.state()["link"] == "lost")
        assert desk.scan(code)["refused"]["code"] == "hall_unreachable"
    finally:
        desk.place.cable.plug_in()
    eventually(desk.kiosk.is_up)


def test_the_station_s_own_scanner_hands_its_code_to_the_page(desk: Desk) -> None:
    engine = ScannerEngine()
    with desk.device("scanner", engine) as line:

        def heard() -> dict[str, Any] | None:
            line.act("scan", "http://hall.example/t/AbCdEfGhIjKlMnOp")
            time.sleep(0.2)
            scan: dict[str, Any] | None = desk.kiosk.state()["scan"]
            return scan

        eventually(heard)
        scan = heard()
        assert scan is not None
        assert scan["text"] == "http://hall.example/t/AbCdEfGhIjKlMnOp"
        assert desk.scan(scan["text"], scan["scan_id"])["kind"] == "unknown"


# ------------------------------------------------------------------------------------------- cards


def card_of(desk: Desk, engine: CardEngine, card: PlayedCard) -> dict[str, Any]:
    """Somebody lifts whatever lies there and lays a card; what the page is shown of it."""
    before = (desk.kiosk.state()["card"] or {}).get("card_id")
    engine.lift()
    time.sleep(0.5)
    engine.lay(card)

    def shown() -> bool:
        laid = desk.kiosk.state()["card"]
        return laid is not None and laid["card_id"] != before

    eventually(shown)
    return dict(desk.kiosk.state()["card"])


def test_before_cards_are_asked_for_a_card_is_nobody_s_business(desk: Desk) -> None:
    engine = CardEngine()
    with desk.device("id-card", engine):
        eventually(lambda: desk.kiosk.state()["reads_cards"])
        engine.lay(LI)
        eventually(lambda: engine._is_read)
        time.sleep(0.3)
        assert desk.kiosk.state()["card"] is None
        assert desk.kiosk.take()["state"] == "issued"


def test_one_person_one_number_and_nothing_of_the_card_anywhere(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    engine = CardEngine()
    desk.ask_for_cards()
    with desk.device("id-card", engine):
        eventually(lambda: desk.kiosk.state()["reads_cards"])
        eventually(lambda: desk.refused(no_card(ITEM)) == "card_needed")

        card = card_of(desk, engine, LI)
        assert (card["state"], card["name"], card["number"]) == (
            "read",
            "李**",
            LI.number[:3] + "*" * 11 + LI.number[-4:],
        )
        assert desk.refused({**no_card(ITEM), "card_id": request_id()}) == ("card_needed")
        press = {**no_card(ITEM), "card_id": card["card_id"]}
        first = desk.kiosk.post("/api/take", press)
        assert first["state"] == "issued"
        assert desk.kiosk.post("/api/take", press)["label"] == first["label"]  # a double touch
        assert desk.kiosk.state()["card"] is None
        assert desk.refused({**no_card(ITEM), "card_id": card["card_id"]}) == ("card_needed")

        again = card_of(desk, engine, LI)
        second = desk.kiosk.post("/api/take", {**no_card(ITEM), "card_id": again["card_id"]})
        assert second["refused"]["code"] == "person_limit"
        other = card_of(desk, engine, WANG)
        third = desk.kiosk.post("/api/take", {**no_card(ITEM), "card_id": other["card_id"]})
        assert third["state"] == "issued"

        engine.faults.add(CardFault.UNREADABLE)
        unreadable = card_of(desk, engine, LI)
        assert (unreadable["state"], unreadable["name"]) == ("unreadable", "")
        engine.faults.clear()

    with closing(sqlite3.connect(desk.place.hall.data / "hall.db")) as hall:
        rows = hall.execute("SELECT person FROM ticket WHERE person IS NOT NULL").fetchall()
        (key,) = hall.execute("SELECT key FROM person_key").fetchone()
    assert len({person for (person,) in rows}) == len(rows) == 2
    assert all(len(person) == 64 for (person,) in rows)
    assert key not in caplog.text

    searched: set[str] = set()
    for card_ in (LI, WANG):
        for secret in (card_.number, card_.number[6:14], card_.name):
            assert secret not in caplog.text
            searched |= nowhere_in(desk.place.folder, secret)
    assert searched >= {"hall.db", "hall.db-wal", "server.log", "journal.jsonl", "facts.json"}


def no_card(item: str) -> dict[str, str]:
    return {"press_id": request_id(), "item_id": item}


def nowhere_in(folder: Path, secret: str) -> set[str]:
    """The files that were searched; none may hold the secret in any encoding in use."""
    forms = {secret.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16-le")}
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        content = path.read_bytes()
        assert not [form for form in forms if form in content], path.name
    return {path.name for path in files}
