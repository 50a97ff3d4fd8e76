"""What of people stands in the ledger: the table of hall_server/ledger/README.md, held to."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from http_of_hall import Front
from PIL import Image

from config.facts import StaffFact
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.queueing import (
    AppointmentBook,
    DayOpen,
    TicketCancel,
    TicketTake,
)
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import EVENTS
from hall_server.queueing.rules import check_note, is_identity_number

SHOWN_ON_WINDOW_SCREENS = {
    *("id", "staff_number", "name", "department", "title", "party_member", "photo", "sample"),
}
FREE_TEXTS = {
    "note": "of a clerk, checked",
    "reason": "a code of a station, or an administrator's for a new epoch",
    "text": "spoken words of a call",
    "detail": "of a device",
    "body": "a stated fact",
    "address": "of a machine",
    "label": "a number",
    "version": "of a program",
    "checkpoint": "a signed note",
    "chain": "a hash over recordings",
    "file_sha256": "of an export's file",
    "cause": "a code of a monitor: why recordings went",
}
NO_WORDS = ("_id", "_ids", "_key")
NOT_FREE = {
    "actor",
    "account",
    "role",
    "roles",
    "kind",
    "id",
    "day",
    "sha256",
    "codes",
    "state",
} | {"light"}
PERSON = "hmac-of-an-identity-number"
IDENTITY_NUMBER = "53092719491231002X"  # made up, with a right check digit


def test_a_staff_record_holds_only_what_the_public_sees_anyway() -> None:
    assert {*StaffFact.__struct_fields__} == SHOWN_ON_WINDOW_SCREENS


def test_every_free_text_of_an_event_has_been_judged() -> None:
    texts = {
        field.name
        for kind in EVENTS.values()
        for field in msgspec.structs.fields(kind)
        if field.type is str and not field.name.endswith(NO_WORDS)
    }
    assert texts - NOT_FREE <= {*FREE_TEXTS}
    assert "person" not in {name for kind in EVENTS.values() for name in kind.__struct_fields__}


def test_neither_a_citizens_identity_nor_a_photo_enters_the_ledger(make_hall: Any) -> None:
    hall = make_hall()
    front = Front(hall.hall)
    cookie = front.administrators()["administrator"]
    drawn = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(drawn, "PNG")
    kind = {"Content-Type": "image/png", "Cookie": cookie}
    uploaded = front.client.post("/uploads", data=drawn.getvalue(), headers=kind)
    name = msgspec.json.decode(uploaded.data)["name"]
    with hall.hall.database.reading() as reading:
        item = next(item.id for item in reading.facts.items if item.queue)
        member = msgspec.to_builtins(reading.facts.staff[0]) | {"photo": name}
    body = msgspec.json.encode(member).decode()
    front.must("fact.save", cookie=cookie, kind="staff", body=body)
    boss, kiosk = hall.person("boss", Role.SUPERVISOR), hall.station("kiosk-1", Role.KIOSK)
    clerk = hall.person("li", Role.CLERK, staff_id=member["id"])
    hall.ask("day.open", boss, DayOpen(request_id=hall.request_id()))
    take = TicketTake(request_id=hall.request_id(), item_id=item, person=PERSON)
    slip = hall.ask("ticket.take", kiosk, take)
    booking = AppointmentBook(
        request_id=hall.request_id(),
        item_id=item,
        day="2026-11-23",
        at_ms=hall.clock.now_ms() + 3_600_000,
        person=PERSON,
    )
    hall.ask("appointment.book", clerk, booking)
    cancel = TicketCancel(
        request_id=hall.request_id(), ticket_id=slip.ticket_id, note=f"身份证 {IDENTITY_NUMBER}"
    )
    with pytest.raises(Refusal, match="personal data"):
        hall.ask("ticket.cancel", boss, cancel)

    ledger = msgspec.json.encode(hall.bodies())
    picture = (hall.hall.settings.data / "uploads" / name).read_bytes()
    assert name.encode() in ledger
    for private in (PERSON.encode(), IDENTITY_NUMBER.encode(), picture[100:160]):
        assert private not in ledger


@pytest.mark.parametrize(
    "note",
    [
        "电话13800138000",
        "请打 138 0013 8000 联系",
        "138-0013-8000",
        f"身份证{IDENTITY_NUMBER}",
        IDENTITY_NUMBER.lower(),
        "530927 19491231 002X",
    ],
)
def test_a_note_with_a_number_of_a_person_is_refused(note: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_note(note)
    assert (refused.value.code, refused.value.refused.field) == ("note_personal", "$.note")


@pytest.mark.parametrize(
    "note",
    [
        "",
        "去复印身份证",
        "受理号 202611230001",
        "530927194912310021",  # eighteen digits, but no check digit fits
        "窗口电话 0883-7654321",
        "2026-11-23 09:00",
        "1380013800138001380013800",
    ],
)
def test_other_notes_are_taken(note: str) -> None:
    check_note(note)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert is_identity_number("11010519491231002X")  # the standard's own example
    assert not is_identity_number("110105194912310021")
