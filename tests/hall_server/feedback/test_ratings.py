"""Ratings (好差评): of the service that has just ended at that window, once, and by nobody else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from config.fittings import DeviceFact
from hall_server.contract.messages.access import Role
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.feedback.rules import check_moment
from hall_server.feedback.tables import rating

KIOSK, DISPLAY = Role.KIOSK, Role.DISPLAY


class Floor:
    """A hall with a rating pad at its first window and a clerk at each of two."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.kiosk = hall.station("kiosk-1", KIOSK)
        self.display = hall.station("display-1", DISPLAY)
        boss = hall.person("boss", Role.SUPERVISOR)
        admin = hall.person("admin", Role.ADMINISTRATOR)
        for device_id, kind, station in (
            ("rate-1", "rating-pad", "display-1"),
            ("call-1", "call-pad", "display-1"),
            ("rate-9", "rating-pad", "display-9"),
        ):
            pad = DeviceFact(
                id=device_id, kind=kind, station=station, url="null:", window="window-1"
            )
            self.ask("fact.save", admin, kind="devices", body=msgspec.json.encode(pad).decode())
        self.ask("day.open", boss)
        self.clerks = {}
        for number in (1, 2):
            who = hall.person(f"c{number}", Role.CLERK, staff_id=f"staff-0{number}")
            self.clerks[number] = who
            self.ask("window.open", who, window_id=f"window-{number}")
        with hall.hall.database.reading() as reading:
            items = [item.id for item in reading.facts.items if item.queue == "general"]
        self.item = items[0]

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def called(self, number: int = 1) -> int:
        self.ask("ticket.take", self.kiosk, item_id=self.item)
        at = {"window_id": f"window-{number}"}
        return int(self.ask("ticket.call_next", self.clerks[number], **at).leg_id)

    def started(self, number: int = 1) -> int:
        leg_id = self.called(number)
        self.ask("ticket.start", self.clerks[number], leg_id=leg_id)
        return leg_id

    def served(self, number: int = 1) -> int:
        leg_id = self.started(number)
        self.hall.clock.advance(60_000)
        self.ask("ticket.finish", self.clerks[number], leg_id=leg_id)
        return leg_id

    def rate(self, level: int = 5, asker: Any = None, **at: str) -> Any:
        at = at or {"device_id": "rate-1"}
        return self.ask("rating.give", asker or self.display, level=level, **at)

    def refused(self, level: int = 5, asker: Any = None, **at: str) -> str:
        before = len(self.hall.bodies())
        with pytest.raises(Refusal) as refused:
            self.rate(level, asker, **at)
        assert len(self.hall.bodies()) == before
        return refused.value.code

    def ratings(self) -> list[dict[str, Any]]:
        return [body for body in self.hall.bodies() if body["type"] == "rating.given"]


@pytest.fixture
def floor(hall: Any) -> Floor:
    return Floor(hall)


def test_a_press_rates_the_last_service_of_its_window(floor: Floor) -> None:
    leg_id = floor.served(1)
    floor.served(2)
    floor.rate(4)
    (given,) = floor.ratings()
    assert given["actor"] == "device:rate-1"
    told = {name: given[name] for name in ("leg_id", "level", "source", "window_id", "staff_id")}
    assert told == {
        "leg_id": leg_id,
        "level": 4,
        "source": "rating_pad",
        "window_id": "window-1",
        "staff_id": "staff-01",
    }


def test_the_page_of_a_window_rates_as_well(floor: Floor) -> None:
    leg_id = floor.served(2)
    floor.rate(1, window_id="window-2")
    (given,) = floor.ratings()
    assert (given["leg_id"], given["level"], given["source"]) == (leg_id, 1, "display")
    assert given["actor"] == "station:display-1"


def test_a_service_is_rated_once(floor: Floor) -> None:
    floor.served()
    floor.rate(5)
    assert floor.refused(1) == "rating_given"
    assert floor.refused(1, window_id="window-1") == "rating_given"
    assert [given["level"] for given in floor.ratings()] == [5]


def test_the_database_itself_refuses_a_second_rating(floor: Floor) -> None:
    row = {"leg_id": 1, "window_id": "w", "staff_id": "s", "item_id": "i", "level": 5}
    again = insert(rating).values(**row, source="display", at=1)
    database = floor.hall.hall.database
    database.write(lambda tx: tx.connection.execute(again) and None)
    with pytest.raises(IntegrityError):
        database.write(lambda tx: tx.connection.execute(again) and None)


def test_while_somebody_is_served_the_rating_could_be_meant_for_either(floor: Floor) -> None:
    first = floor.served()
    second = floor.called()
    floor.rate(5)  # the next one is still on the way: it is the first who stands here
    assert [given["leg_id"] for given in floor.ratings()] == [first]
    floor.ask("ticket.start", floor.clerks[1], leg_id=second)
    assert floor.refused(5) == "rating_early"


def test_a_rating_comes_soon_after_the_service(floor: Floor) -> None:
    assert floor.refused() == "rating_nobody"
    floor.served()
    floor.hall.clock.advance(180_000)
    floor.rate()
    floor.served()
    floor.hall.clock.advance(180_001)
    assert floor.refused() == "rating_nobody"


def test_what_the_close_of_day_ended_is_not_rated(floor: Floor) -> None:
    floor.started()
    boss = floor.hall.person("boss", Role.SUPERVISOR)
    floor.ask("day.close", boss, finish_serving=True)
    assert floor.refused() == "day_not_open"
    floor.ask("day.open", boss)
    assert floor.refused() == "rating_nobody"


def test_only_a_rating_pad_of_the_asking_station(floor: Floor) -> None:
    floor.served()
    assert floor.refused(device_id="rate-9") == "device_unknown"
    assert floor.refused(device_id="call-1") == "device_unknown"
    assert floor.refused(window_id="window-99") == "window_unknown"
    assert floor.refused(window_id="") == "window_unknown"
    assert floor.refused(asker=floor.hall.station("display-9", DISPLAY)) == "device_unknown"


@pytest.mark.parametrize("level", [0, 6, -1, "5"])
def test_there_are_five_levels(floor: Floor, level: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        floor.rate(level)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ({}, ""),
        ({"is_serving": True}, "rating_early"),
        ({"ended_at": None}, "rating_nobody"),
        ({"now_ms": 11_001}, "rating_nobody"),
        ({"is_rated": True}, "rating_given"),
        ({"is_rated": True, "is_serving": True}, "rating_early"),
    ],
)
def test_the_moment(moment: dict[str, Any], code: str) -> None:
    usual = {"is_serving": False, "ended_at": 1_000, "is_rated": False, "now_ms": 11_000}
    said = ""
    try:
        check_moment(**{**usual, **moment}, within_s=10)
    except Refusal as refusal:
        said = refusal.code
    assert said == code
