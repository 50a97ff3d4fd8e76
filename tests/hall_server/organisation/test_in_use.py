"""What today's tickets and windows name cannot be taken away from under them, in a whole hall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from config.dump import dump_facts
from hall_server.contract.messages import ledger, organisation, queueing
from hall_server.contract.messages.access import Role
from hall_server.contract.refusals import Refusal
from hall_server.organisation.service import load_facts

if TYPE_CHECKING:
    from config.facts import HallFacts

SPARE = [
    ("queues", '{"id": "spare", "name": {"zh": "备用"}, "series": "Z"}'),
    ("items", '{"id": "spare", "name": {"zh": "备用"}, "department": "civil", "queue": "spare"}'),
    ("staff", '{"id": "spare", "name": "示例·备", "staff_number": "示例099"}'),
]


class Desk:
    """An administrator, a clerk and a kiosk in one hall."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.admin = hall.person("admin", Role.ADMINISTRATOR)
        self.clerk = hall.person("li", Role.CLERK, staff_id="spare")
        self.kiosk = hall.station("kiosk-1", Role.KIOSK)
        for kind, body in SPARE[:1]:
            self.save(kind, body)
        window = next(one for one in self.facts.windows if one.id == "window-1")
        serving = msgspec.structs.replace(window, queues=[*window.queues, "spare"])
        self.save("windows", msgspec.json.encode(serving).decode())
        for kind, body in SPARE[1:]:
            self.save(kind, body)

    @property
    def facts(self) -> HallFacts:
        with self.hall.hall.database.reading() as reading:
            return load_facts(reading.connection)[1]

    def save(self, kind: str, body: str) -> None:
        ask = organisation.FactSave(request_id=self.hall.request_id(), kind=kind, body=body)
        self.hall.ask("fact.save", self.admin, ask)

    def remove(self, kind: str, record_id: str) -> str:
        """The code of the refusal, or nothing where it was removed."""
        ask = organisation.FactRemove(request_id=self.hall.request_id(), kind=kind, id=record_id)
        try:
            self.hall.ask("fact.remove", self.admin, ask)
        except Refusal as refusal:
            return refusal.code
        return ""

    def open_day(self) -> None:
        ask = queueing.DayOpen(request_id=self.hall.request_id())
        self.hall.ask("day.open", self.admin, ask)

    def take(self) -> None:
        ask = queueing.TicketTake(request_id=self.hall.request_id(), item_id="spare")
        self.hall.ask("ticket.take", self.kiosk, ask)

    def close_day(self) -> None:
        ask = queueing.DayClose(request_id=self.hall.request_id())
        self.hall.ask("day.close", self.admin, ask)


@pytest.fixture
def desk(hall: Any) -> Desk:
    return Desk(hall)


def test_an_item_with_a_waiting_ticket_stays_until_the_day_is_closed(desk: Desk) -> None:
    desk.open_day()
    desk.take()
    assert desk.remove("items", "spare") == "fact_in_use"
    desk.close_day()
    assert desk.remove("items", "spare") == ""


def test_a_clerk_at_an_open_window_stays(desk: Desk) -> None:
    desk.open_day()
    ask = queueing.WindowOpen(request_id=desk.hall.request_id(), window_id="window-1")
    desk.hall.ask("window.open", desk.clerk, ask)
    assert desk.remove("staff", "spare") == "fact_in_use"
    close = queueing.WindowClose(request_id=desk.hall.request_id(), window_id="window-1")
    desk.hall.ask("window.close", desk.clerk, close)
    assert desk.remove("staff", "spare") == ""


def test_the_hall_keeps_its_name_for_machines_while_its_day_is_open(desk: Desk) -> None:
    other = msgspec.structs.replace(desk.facts.site, id="another")
    body = msgspec.json.encode(other).decode()
    desk.open_day()
    with pytest.raises(Refusal) as refused:
        desk.save("site", body)
    assert refused.value.code == "fact_in_use"
    desk.close_day()
    desk.save("site", body)
    assert desk.facts.site.id == "another"


def test_a_file_without_a_waiting_tickets_item_is_not_imported(desk: Desk) -> None:
    desk.open_day()
    desk.take()
    without = [item for item in desk.facts.items if item.id != "spare"]
    toml = dump_facts(msgspec.structs.replace(desk.facts, items=without))
    ask = organisation.FactsImport(request_id=desk.hall.request_id(), toml=toml)
    with pytest.raises(Refusal) as refused:
        desk.hall.ask("facts.import", desk.admin, ask)
    assert refused.value.code == "fact_in_use"


def test_every_change_is_read_back_from_the_ledger_by_an_auditor(desk: Desk) -> None:
    auditor = desk.hall.person("audit", Role.AUDITOR)
    view = desk.hall.read("events.read", auditor, ledger.EventsRead(after=0, limit=500))
    saved = [event for event in view.events if event["type"] == "fact.saved"]
    assert [event["id"] for event in saved] == ["spare", "window-1", "spare", "spare"]
    assert {event["actor"] for event in saved} == {"staff:admin"}
    assert view.upto == view.head == view.events[-1]["seq"]
