"""Who sees what of an event: every circle, and nothing for anybody by default."""

import pytest

from hall_server.audience import (
    AUDITOR_ONLY,
    HIDDEN_FIELDS,
    ONLY_THAT_IT_CHANGED,
    PUBLIC_EVENTS,
    STATION_EVENTS,
    Audience,
    audience_of,
    view,
)
from hall_server.contract.messages.access import Role

BODY: dict[str, object] = {
    "seq": 7,
    "at": 1,
    "actor": "staff:li",
    "note": "去复印",
    "reason_id": "copy",
    "station_id": "kiosk-1",
    "label": "A001",
}


@pytest.mark.parametrize("kind", sorted(PUBLIC_EVENTS - ONLY_THAT_IT_CHANGED))
def test_the_public_sees_numbers_and_no_reasons(kind: str) -> None:
    body = {**BODY, "type": kind}
    shown = view(body, Audience.PUBLIC)
    assert shown is not None
    assert shown.keys() == body.keys()
    assert {name for name in body if shown[name] == ""} == HIDDEN_FIELDS & body.keys()
    assert view(body, Audience.STAFF) == body


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("kind", sorted(ONLY_THAT_IT_CHANGED))
def test_of_facts_everybody_hears_only_that_they_changed(kind: str, audience: Audience) -> None:
    told = {"type": kind, "seq": 7, "at": 1, "version": 3}
    body = {**told, "kind": "staff", "id": "li", "body": '{"id":"li"}', "actor": "staff:admin"}
    blank = dict.fromkeys(("kind", "id", "body", "actor"), "")
    assert view(body, audience) == {**told, **blank}


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.STATION])
def test_what_stands_in_no_row_reaches_staff_only(audience: Audience) -> None:
    body = {**BODY, "type": "comet.seen"}
    assert view(body, audience) is None
    assert view(body, Audience.STAFF) == body


@pytest.mark.parametrize("kind", sorted(AUDITOR_ONLY))
def test_who_signs_in_is_pushed_to_nobody(kind: str) -> None:
    assert [view({**BODY, "type": kind}, audience) for audience in Audience] == [None] * 3


def test_a_station_learns_whose_paper_it_is() -> None:
    told = view({**BODY, "type": "print.queued"}, Audience.STATION)
    assert told is not None
    assert told["station_id"] == "kiosk-1"
    assert view({**BODY, "type": "print.queued"}, Audience.PUBLIC) is None
    assert PUBLIC_EVENTS < STATION_EVENTS


def test_the_widest_circle_counts() -> None:
    assert audience_of(frozenset()) is Audience.PUBLIC
    assert audience_of(frozenset({Role.KIOSK})) is Audience.STATION
    assert audience_of(frozenset({Role.KIOSK, Role.AUDITOR})) is Audience.STAFF
