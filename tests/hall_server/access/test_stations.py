"""Stations' identity: a code that serves once, a key of their own, a session that can be ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from http_of_hall import Front, Told, request_id

from hall_server.contract.messages.access import Role, StationInvite
from hall_server.contract.station_key import StationKey
from hall_server.contract.version import VERSION

MINUTE_MS = 60_000


@pytest.fixture
def hall(make_hall: Any) -> Any:
    return make_hall()


@pytest.fixture
def front(hall: Any) -> Front:
    return Front(hall.hall)


@pytest.fixture
def key(tmp_path: Path) -> StationKey:
    return StationKey.load_or_make(tmp_path / "station.key")


def invite(hall: Any, station_id: str = "kiosk-1", role: Role = Role.KIOSK) -> str:
    ask = StationInvite(request_id=request_id(), station_id=station_id, role=role)
    invited = hall.ask("station.invite", hall.person("admin", Role.ADMINISTRATOR), ask)
    return str(invited.code)


def enrol(front: Front, key: StationKey, code: str) -> str:
    return front.ask(
        "station.enrol", station_id="kiosk-1", code=code, public_key=key.public_hex
    ).code


def sign_on(
    front: Front, key: StationKey, at: int, version: str = VERSION, origin: str = ""
) -> Told:
    ask = key.sign_on("kiosk-1", version, at, request_id(), origin)
    return front.send("station.sign_on", msgspec.to_builtins(ask))


def may_ask(front: Front, token: str) -> str:
    """Empty when the token lets a kiosk ask for help."""
    return front.ask("kiosk.help", token=token).code


def test_a_code_serves_once(front: Front, hall: Any, key: StationKey) -> None:
    code = invite(hall)
    assert len(code) == 12
    assert sign_on(front, key, hall.clock.now_ms()).code == "station_unknown"
    assert enrol(front, key, code) == ""
    assert enrol(front, key, code) == "code_wrong"
    assert sign_on(front, key, hall.clock.now_ms()).status == 200


def test_a_code_lasts_ten_minutes(front: Front, hall: Any, key: StationKey) -> None:
    code = invite(hall)
    hall.clock.advance(10 * MINUTE_MS + 1)
    assert enrol(front, key, code) == "code_wrong"
    code = invite(hall)
    hall.clock.advance(10 * MINUTE_MS)
    assert enrol(front, key, code) == ""


@pytest.mark.parametrize(("wrong", "then"), [(4, ""), (5, "code_wrong")])
def test_a_code_has_five_tries(
    front: Front, hall: Any, key: StationKey, wrong: int, then: str
) -> None:
    code = invite(hall)
    assert {enrol(front, key, f"guess-{number}") for number in range(wrong)} == {"code_wrong"}
    assert enrol(front, key, code) == then


def test_only_stations_are_invited(front: Front, hall: Any) -> None:
    from hall_server.contract.refusals import Refusal

    for role in (Role.ADMINISTRATOR, Role.CLERK, Role.PUBLIC):
        with pytest.raises(Refusal) as refused:
            invite(hall, role=role)
        assert refused.value.code == "forbidden"


def test_a_sign_on_proves_key_clock_and_version(
    front: Front, hall: Any, key: StationKey, tmp_path: Path
) -> None:
    now_ms = hall.clock.now_ms()
    assert enrol(front, key, invite(hall)) == ""
    stranger = StationKey.load_or_make(tmp_path / "stranger.key")
    assert sign_on(front, stranger, now_ms).code == "station_signature"
    for off_ms in (-2 * MINUTE_MS - 1, 2 * MINUTE_MS + 1):
        assert sign_on(front, key, now_ms + off_ms).code == "station_clock"
    ask = key.sign_on("kiosk-1", VERSION, now_ms, request_id(), "http://10.0.0.9:8081")
    changed = msgspec.structs.replace(ask, origin="http://evil.example")
    told = front.send("station.sign_on", msgspec.to_builtins(changed))
    assert told.code == "station_signature"
    old = sign_on(front, key, now_ms, version="0.0.9")
    assert (old.status, old.code) == (426, "too_old")
    assert "0.0.9" in old.body["zh"]
    assert "update" in old.body["en"]
    assert sign_on(front, key, now_ms + 2 * MINUTE_MS).status == 200


def test_a_sign_on_overheard_opens_nothing(front: Front, hall: Any, key: StationKey) -> None:
    enrol(front, key, invite(hall))
    ask = msgspec.to_builtins(
        key.sign_on("kiosk-1", VERSION, hall.clock.now_ms(), request_id(), "")
    )
    told = front.send("station.sign_on", ask)
    assert front.send("station.sign_on", ask).code == "request_id_reused"
    assert may_ask(front, told.body["token"]) == ""


def test_a_new_sign_on_ends_the_station_s_old_session_but_not_its_pages(
    front: Front, hall: Any, key: StationKey
) -> None:
    enrol(front, key, invite(hall))
    old, new = (sign_on(front, key, hall.clock.now_ms()).body for _ in range(2))
    assert may_ask(front, old["token"]) == "not_signed_in"
    assert may_ask(front, new["token"]) == ""
    for page in (old["page_token"], new["page_token"]):
        assert front.send("hall.snapshot", {}, token=page).status == 200
        assert may_ask(front, page) == "forbidden"  # the right to look, not to act


def test_a_revoked_station_is_out_at_once(front: Front, hall: Any, key: StationKey) -> None:
    cookies = front.administrators()
    enrol(front, key, invite(hall))
    session = sign_on(front, key, hall.clock.now_ms()).body
    assert may_ask(front, session["token"]) == ""
    front.must("station.revoke", cookie=cookies["security"], station_id="kiosk-1")
    assert may_ask(front, session["token"]) == "not_signed_in"
    assert sign_on(front, key, hall.clock.now_ms()).code == "station_unknown"
    assert enrol(front, key, invite(hall)) == ""
    assert sign_on(front, key, hall.clock.now_ms()).status == 200
    with hall.hall.database.reading() as reading:
        from hall_server.access.sessions import living

        assert session["page_token"]
        assert len(living(reading.connection, reading.now_ms)) == 3 + 2  # people, the new two
