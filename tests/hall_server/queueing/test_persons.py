"""One person, one number: the day's key, and what a kiosk that reads cards is refused."""

from __future__ import annotations

import msgspec
import pytest

from tests.hall_server.queueing.conftest import CHIEF, FACTS, KIOSK, Desk, OpenDesk, clerk


def with_cards() -> object:
    rules = msgspec.structs.replace(FACTS.queueing, card_at_kiosk=True, tickets_per_person=1)
    return msgspec.structs.replace(FACTS, queueing=rules)


def test_a_day_has_one_key_and_it_is_gone_with_the_day(
    open_desk: OpenDesk, database_url: str
) -> None:
    desk = open_desk(database_url)
    assert desk.read("person.key", KIOSK).key == ""
    desk.ask("day.open", CHIEF)
    first = desk.read("person.key", KIOSK)
    assert (first.day, len(bytes.fromhex(first.key))) == ("2026-11-23", 32)
    assert desk.read("person.key", KIOSK) == first
    desk.ask("day.close", CHIEF)
    assert desk.read("person.key", KIOSK).key == ""
    desk.ask("day.open", CHIEF)  # closed by mistake: whoever waited has been told to go
    again = desk.read("person.key", KIOSK)
    assert again.day == first.day
    assert again.key not in ("", first.key)
    desk.ask("day.close", CHIEF)
    desk.pass_s(24 * 3600)
    desk.ask("day.open", CHIEF)
    assert desk.read("person.key", KIOSK).day == "2026-11-24"


def test_the_key_is_in_no_event_and_no_row_after_the_day(
    open_desk: OpenDesk, database_url: str
) -> None:
    desk = open_desk(database_url)
    desk.ask("day.open", CHIEF)
    key = desk.read("person.key", KIOSK).key
    assert key not in str(desk.events())
    desk.ask("day.close", CHIEF)
    with desk.database.reading() as reading:
        assert reading.connection.exec_driver_sql("SELECT count(*) FROM person_key").scalar() == 0


def test_where_cards_are_asked_for_a_kiosk_gives_no_number_without(desk: Desk) -> None:
    desk.facts[0] = with_cards()  # type: ignore[call-overload]  # a HallFacts
    assert desk.refused("ticket.take", KIOSK, item_id="marry") == "card_needed"
    desk.take("marry", person="a" * 64)
    assert desk.refused("ticket.take", KIOSK, item_id="marry", person="a" * 64) == "person_limit"
    desk.take("invoice", person="a" * 64)
    desk.ask("ticket.take", clerk("s1"), item_id="marry")  # a clerk sees who it is


def test_by_default_nobody_is_asked_for_a_card(desk: Desk) -> None:
    assert not FACTS.queueing.card_at_kiosk
    desk.take("marry")


@pytest.mark.parametrize("person", ["a" * 65, 7])
def test_a_hash_is_a_short_text(desk: Desk, person: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        desk.ask("ticket.take", KIOSK, item_id="marry", person=person)
