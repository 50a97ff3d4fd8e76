"""Facts are changed only as a whole that holds, once per version, with an event for each change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import pytest
import sqlalchemy
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from config.dump import dump_facts
from config.facts import HallFacts, Zone
from config.faults import FaultyFactsError
from config.kinds import without_record
from config.load import load_profile
from config.values import Words
from hall_server.access.rules import Asker
from hall_server.contract.messages import organisation as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted, Answer, Event, Read
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction, metadata
from hall_server.organisation import door, service, tables

ADMIN = Asker(sender="staff:admin", roles=frozenset({Role.ADMINISTRATOR}))
REQUEST = "request-0001"
ASKS = door.asks(lambda _connection, _kind, _id: False)
ATTIC = '{"id": "attic", "name": {"zh": "阁楼"}, "floor": 2}'
E = TypeVar("E", bound=Event)
A = TypeVar("A", bound=Answer)


@dataclass
class Written:
    """Stands where the ledger stands and keeps what is recorded."""

    events: list[Event] = field(default_factory=list)

    def begin(self, _connection: Connection) -> None:
        del self.events[:]

    def place(self) -> int:
        return len(self.events)

    def rewind(self, place: int) -> None:
        del self.events[place:]

    def record(self, event: E, *, at: int, actor: str) -> E:
        recorded = msgspec.structs.replace(event, seq=self.head() + 1, at=at, actor=actor)
        self.events.append(recorded)
        return recorded

    def receipt(self, event: Event) -> str:
        return f"receipt {event.seq}"

    def sign(self, _message: bytes) -> bytes:
        raise AssertionError("facts sign nothing")

    def flush(self, _connection: Connection) -> None:
        raise AssertionError("a test's transaction is never flushed")

    def head(self) -> int:
        return len(self.events)


@dataclass
class Office:
    """Where facts are changed: one connection, one cache."""

    connection: Connection
    written: Written = field(default_factory=Written)
    cache: service.FactsCache = field(default_factory=service.FactsCache)

    def transaction(self) -> Transaction:
        version, facts = self.cache(self.connection)
        return Transaction(self.connection, 1_000, facts, version, self.written, service.load_facts)

    def reading(self) -> Reading:
        version, facts = self.cache(self.connection)
        return Reading(self.connection, 1_000, facts, version)

    def save(self, kind: str, body: str, version: int = 0) -> Accepted:
        ask = messages.FactSave(request_id=REQUEST, kind=kind, body=body, version=version)
        answer = ASKS["fact.save"](self.transaction(), ADMIN, ask)
        assert isinstance(answer, Accepted)
        return answer

    def remove(self, kind: str, record_id: str, version: int = 0) -> Accepted:
        ask = messages.FactRemove(request_id=REQUEST, kind=kind, id=record_id, version=version)
        answer = ASKS["fact.remove"](self.transaction(), ADMIN, ask)
        assert isinstance(answer, Accepted)
        return answer

    def bring_in(self, toml: str, version: int = 0) -> Accepted:
        ask = messages.FactsImport(request_id=REQUEST, toml=toml, version=version)
        answer = ASKS["facts.import"](self.transaction(), ADMIN, ask)
        assert isinstance(answer, Accepted)
        return answer

    def read(self, name: str, read: Read, shape: type[A]) -> A:
        answer = door.READS[name](self.reading(), ADMIN, read)
        assert isinstance(answer, shape)
        return answer

    @property
    def facts(self) -> HallFacts:
        return self.cache(self.connection)[1]


@pytest.fixture
def empty() -> Iterator[Office]:
    """A hall of which nothing has been stated."""
    engine = sqlalchemy.create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine, tables=[tables.fact, tables.facts_version])
    with engine.begin() as connection:
        yield Office(connection)
    engine.dispose()


@pytest.fixture
def office(empty: Office) -> Office:
    """A hall filled from its default profile."""
    service.fill(empty.transaction(), load_profile("shuangjiang"))
    return empty


def test_before_anything_is_stated_the_hall_has_nothing(empty: Office) -> None:
    assert service.load_facts(empty.connection) == (0, service.NOTHING_STATED)


def test_a_profile_fills_an_empty_database_once(office: Office) -> None:
    version, facts = service.load_facts(office.connection)
    assert (version, facts) == (1, load_profile("shuangjiang"))
    assert [type(event) for event in office.written.events] == [messages.FactsImported]
    assert not service.fill(office.transaction(), load_profile("shuangjiang"))
    assert service.load_facts(office.connection) == (1, facts)


def test_a_profile_that_does_not_hold_is_not_taken(empty: Office) -> None:
    faulty = without_record(load_profile("shuangjiang"), "zones", "hall")
    with pytest.raises(FaultyFactsError, match=r"windows/window-1\.zone"):
        service.fill(empty.transaction(), faulty)
    assert service.load_facts(empty.connection)[0] == 0


def test_a_new_record_is_the_last_and_an_event_tells_it(office: Office) -> None:
    office.save("zones", ATTIC, version=1)
    assert office.facts.zones[-1] == Zone(id="attic", name=Words("阁楼"), floor=2)
    event = office.written.events[-1]
    assert isinstance(event, messages.FactSaved)
    assert (event.kind, event.id, event.version) == ("zones", "attic", 2)
    assert msgspec.json.decode(event.body)["floor"] == 2


def test_a_record_restated_keeps_its_place(office: Office) -> None:
    before = [window.id for window in office.facts.windows]
    window = msgspec.structs.replace(office.facts.windows[2], name=Words("文体"))
    office.save("windows", msgspec.json.encode(window).decode())
    assert [one.id for one in office.facts.windows] == before
    assert office.facts.windows[2].name.zh == "文体"


def test_saying_the_same_again_changes_nothing(office: Office) -> None:
    same = msgspec.json.encode(office.facts.windows[0]).decode()
    answer = office.save("windows", same)
    assert service.load_facts(office.connection)[0] == 1
    assert answer.seq == len(office.written.events) == 1


def test_the_site_may_take_another_id(office: Office) -> None:
    site = msgspec.structs.replace(office.facts.site, id="another")
    office.save("site", msgspec.json.encode(site).decode())
    assert office.facts.site.id == "another"


@pytest.mark.parametrize(
    ("kind", "body", "code", "field"),
    [
        ("zones", '{"id": "attic"}', "fact_faulty", "zones.name"),
        ("zones", "{", "fact_faulty", "zones"),
        ("windows", '{"id": "w", "number": 1, "zone": "hall"}', "fact_faulty", "windows/w.number"),
        ("counters", "{}", "fact_kind_unknown", "$.kind"),
    ],
)
def test_what_does_not_hold_is_refused_and_changes_nothing(
    office: Office, kind: str, body: str, code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        office.save(kind, body)
    assert (refused.value.code, refused.value.refused.field) == (code, field)
    assert service.load_facts(office.connection)[0] == 1


def test_whoever_saw_older_facts_is_refused(office: Office) -> None:
    office.save("zones", ATTIC, version=1)
    with pytest.raises(Refusal, match="Another administrator"):
        office.save("zones", ATTIC, version=1)
    with pytest.raises(Refusal, match="Another administrator"):
        office.remove("zones", "attic", version=1)
    with pytest.raises(Refusal, match="Another administrator"):
        office.bring_in("", version=1)


def test_what_nobody_names_may_go(office: Office) -> None:
    office.save("zones", ATTIC)
    office.remove("zones", "attic")
    assert [zone.id for zone in office.facts.zones] == ["hall"]
    assert isinstance(office.written.events[-1], messages.FactRemoved)


@pytest.mark.parametrize(
    ("kind", "record_id", "code"),
    [
        ("zones", "hall", "fact_named"),
        ("queues", "marriage", "fact_named"),
        ("zones", "attic", "fact_unknown"),
        ("site", "shuangjiang", "fact_needed"),
        ("counters", "x", "fact_kind_unknown"),
    ],
)
def test_a_removal_is_refused_with_its_reason(
    office: Office, kind: str, record_id: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        office.remove(kind, record_id)
    assert refused.value.code == code


def test_a_refused_removal_says_who_stands_in_the_way(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        office.remove("queues", "marriage")
    assert "windows/window-9" in refused.value.refused.zh


def test_a_window_that_still_serves_today_stays(office: Office) -> None:
    ask = messages.FactRemove(request_id=REQUEST, kind="staff", id="staff-13")
    with pytest.raises(Refusal) as refused:
        service.remove(office.transaction(), ask, lambda _connection, kind, _id: kind == "staff")
    assert refused.value.code == "fact_in_use"


def test_a_fault_that_was_there_does_not_stop_its_mending(office: Office) -> None:
    """Stricter rules of a later version must not lock the administrator out."""
    facts = without_record(office.facts, "devices", "led-1")
    service._replace_all(office.transaction(), facts)
    office.save("zones", ATTIC)
    assert [zone.id for zone in office.facts.zones] == ["hall", "attic"]


def test_a_file_replaces_everything(office: Office) -> None:
    facts = msgspec.structs.replace(office.facts, staff=[], texts=[])
    office.bring_in(dump_facts(facts), version=1)
    assert service.load_facts(office.connection) == (2, facts)
    assert isinstance(office.written.events[-1], messages.FactsImported)


def test_a_faulty_file_replaces_nothing(office: Office) -> None:
    before = office.facts
    with pytest.raises(Refusal) as refused:
        office.bring_in("[site]\nid = 3")
    assert refused.value.code == "fact_faulty"
    assert office.facts == before


def test_a_file_may_not_take_away_what_is_in_use(office: Office) -> None:
    facts = msgspec.structs.replace(office.facts, staff=[])
    ask = messages.FactsImport(request_id=REQUEST, toml=dump_facts(facts))
    with pytest.raises(Refusal) as refused:
        service.replace(office.transaction(), ask, lambda *_what: True)
    assert refused.value.code == "fact_in_use"


def test_an_export_is_imported_without_any_change(office: Office) -> None:
    exported = office.read("facts.export", messages.FactsExport(), messages.FactsFile)
    changes = office.read(
        "facts.check", messages.FactsCheck(toml=exported.toml), messages.FactsChanges
    )
    assert changes == messages.FactsChanges(faults=[], added=[], changed=[], removed=[])


def test_a_dry_run_tells_what_would_change(office: Office) -> None:
    facts = without_record(office.facts, "staff", "staff-13")
    facts = msgspec.structs.replace(
        facts,
        zones=[*facts.zones, Zone(id="attic", name=Words("阁楼"))],
        site=msgspec.structs.replace(facts.site, phone="1"),
    )
    read = messages.FactsCheck(toml=dump_facts(facts))
    changes = office.read("facts.check", read, messages.FactsChanges)
    assert changes.added == ["zones/attic"]
    assert changes.changed == ["site/shuangjiang"]
    assert changes.removed == ["staff/staff-13"]
    assert office.facts != facts


def test_a_dry_run_tells_every_fault(office: Office) -> None:
    read = messages.FactsCheck(toml="[site]\nid = 3\n[opening]\nid = 'hall'\n")
    changes = office.read("facts.check", read, messages.FactsChanges)
    assert [fault.where for fault in changes.faults] == ["site.id", "opening.spans"]


def test_a_form_is_checked_without_a_change(office: Office) -> None:
    read = messages.FactCheck(kind="windows", body='{"id": "w", "number": 1, "zone": "x"}')
    checked = office.read("fact.check", read, messages.FactFaults)
    assert [fault.where for fault in checked.faults] == ["windows/w.zone", "windows/w.number"]
    good = messages.FactCheck(kind="zones", body=ATTIC)
    assert office.read("fact.check", good, messages.FactFaults).faults == []


def test_facts_and_their_version_are_read(office: Office) -> None:
    view = office.read("facts.read", messages.FactsRead(), messages.FactsView)
    assert (view.version, view.facts) == (1, office.facts)


def test_the_schema_tells_every_kind(office: Office) -> None:
    view = office.read("facts.schema", messages.FactsSchema(), messages.SchemaView)
    schema = msgspec.json.decode(view.schema)
    assert "WindowFact" in schema["$defs"]


def test_facts_are_decoded_once_per_version(office: Office) -> None:
    first, second = office.facts, office.facts
    assert first is second


def test_the_cache_does_not_take_an_undone_version_for_another(office: Office) -> None:
    """A version that was rolled back is given again; its facts differ."""
    savepoint = office.connection.begin_nested()
    office.save("zones", ATTIC)
    assert len(office.facts.zones) == 2
    savepoint.rollback()
    assert len(office.facts.zones) == 1
    office.save("zones", ATTIC.replace("阁楼", "二楼"))
    assert office.facts.zones[1].name.zh == "二楼"
