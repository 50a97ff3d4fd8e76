"""What is generated from the contract is fresh, and judges not written here accept it."""

import json
from enum import StrEnum

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from hall_server.access.rules import PERMISSIONS
from hall_server.contract import source
from hall_server.contract.messages import organisation, queueing
from hall_server.contract.messages.access import Role
from hall_server.contract.openapi import openapi
from hall_server.contract.reference import reference
from hall_server.contract.refusals import REFUSALS
from hall_server.contract.registry import ASKS, EVENTS, READS
from hall_server.contract.typescript import typescript
from hall_server.documents import ROOT, documents


@pytest.mark.parametrize("name", documents())
def test_the_committed_document_is_what_the_contract_says_now(name: str) -> None:
    committed = (ROOT / name).read_text("utf-8")
    assert committed == documents()[name], "run: python -m hall_server.documents"


def test_every_struct_and_enum_on_a_wire_has_one_name_of_its_own() -> None:
    names = [cls.__name__ for cls in source.messages()]
    assert len(names) == len(set(names))
    for kinds in (*ASKS.values(), *READS.values()):
        assert {kind.__name__ for kind in kinds} <= set(names)
    assert {cls.__name__ for cls in EVENTS.values()} <= set(names)


def test_every_message_says_what_it_is_for() -> None:
    assert [cls.__name__ for cls in source.messages() if not source.prose(cls)] == []


def test_openapi_is_a_valid_openapi_document() -> None:
    assert list(OpenAPIV31SpecValidator(json.loads(openapi())).iter_errors()) == []


def test_openapi_has_every_message_and_every_event() -> None:
    document = json.loads(openapi())
    assert set(document["paths"]) == {f"/api/v1/{name}" for name in (*ASKS, *READS)}
    assert set(document["webhooks"]) == set(EVENTS)


def _faults(name: str, value: object) -> list[str]:
    """What a JSON Schema library says about ``value`` as the message ``name``."""
    schema = {
        "$ref": f"#/components/schemas/{name}",
        "components": json.loads(openapi())["components"],
    }
    return [fault.message for fault in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize(
    ("body", "fault_count"),
    [
        ({"request_id": "abcdefgh", "item_id": "id-card"}, 0),
        ({"request_id": "short", "item_id": "id-card"}, 1),
        ({"request_id": "abcdefgh", "item_id": "ID card"}, 1),
        ({"request_id": "abcdefgh"}, 1),
        ({"request_id": "abcdefgh", "item_id": "id-card", "extra": 1}, 1),
    ],
)
def test_the_schema_takes_and_refuses_what_the_hall_does(body: object, fault_count: int) -> None:
    assert len(_faults("TicketTake", body)) == fault_count
    if fault_count:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(body, queueing.TicketTake)
    else:
        assert msgspec.convert(body, queueing.TicketTake).item_id == "id-card"


def test_a_real_event_answers_to_its_schema() -> None:
    event = queueing.DayOpened(seq=7, at=1_700_000_000_000, actor="hall", day="2026-11-23")
    assert _faults("DayOpened", json.loads(msgspec.json.encode(event))) == []
    push = organisation.Push(since=6, upto=7, events=[json.loads(msgspec.json.encode(event))])
    assert _faults("Push", json.loads(msgspec.json.encode(push))) == []


def test_typescript_marks_optional_only_what_a_sender_may_leave_out() -> None:
    text = typescript()
    assert "  item_id: string;\n  priority_id?: string;" in text
    assert "export interface TicketCalled extends LegEvent {\n  type: 'ticket.called';" in text
    assert "  events: HallEvent[];" in text
    assert "export interface Words {\n  zh: string;\n  en: string;\n}" in text


def test_typescript_has_every_value_of_every_enum() -> None:
    text = typescript()
    for cls in source.messages():
        if issubclass(cls, StrEnum):
            block = text.split(f"export type {cls.__name__} =")[1].split(";\n\n")[0]
            assert [f"| '{member.value}'" in block for member in cls] == [True] * len(cls)


def test_the_notes_under_fields_reach_every_document() -> None:
    note = "The hall's clock, so that a screen can count minutes rightly."
    assert note in typescript()
    assert note in openapi()
    assert note in reference(PERMISSIONS)


def test_the_reference_says_who_may_send_and_how_it_is_refused() -> None:
    text = reference({"ticket.take": frozenset({Role.KIOSK, Role.CLERK})})
    take = text.split("### ticket.take\n")[1].split("###")[0]
    assert "May be sent by: kiosk, clerk\n" in take
    assert "May be sent by: nobody" in text.split("### ticket.call_next\n")[1].split("###")[0]
    assert [code for code in REFUSALS if f"|`{code}`|" not in text] == []
