"""The HTTP door without a port: what is asked badly, too much, or by a stranger."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from http_of_hall import Front
from http_of_hall import request_id as fresh_id

from config.settings import ServerSettings
from hall_server.access.limits import BURST
from hall_server.app import build_hall
from hall_server.clock import ManualClock
from hall_server.gate import HANDSHAKES_BURST
from hall_server.pages import headers_of
from hall_server.runtime import Mode, Runtime


@pytest.fixture
def front(make_hall: Any) -> Front:
    return Front(make_hall().hall)


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"account": "li", "password": 5}, "$.password"),
    ({"account": "LI!", "password": "x"}, "$.account"),
    ({"account": "li"}, "$.password"),
    ({"account": "li", "password": "x", "role": "admin"}, "$.role"),
    ({"account": "li", "password": "x\0y"}, ""),
]


NO_MESSAGES = [
    *(b" ", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"request_id": NaN}', b"[" * 60_000),
    *(b'{"request_id": "\\ud800xxxxxxx"}', b'{"request_id": 9223372036854775808}'),
]
PLACES = [
    *(("GET", "/", 302), ("GET", "/healthz", 200), ("GET", "/no-such-page", 404)),
    *(("GET", "/web/none.js", 404), ("GET", "/web/../../etc/passwd", 404)),
    *(("GET", "/web/%2e%2e/%2e%2e/etc/passwd", 404), ("GET", "/no/such", 404)),
    *(("DELETE", "/healthz", 405), ("POST", "/api/v1/session.read", 200)),
    *(("POST", "/api/v1/no.such", 404), ("POST", "/api/v1/day.open", 401)),
    *(("GET", "/socket.io/?EIO=4&transport=polling", 400), ("POST", "/uploads", 401)),
]


def test_a_malformed_message_names_its_field(front: Front) -> None:
    for body, field in MALFORMED:
        told = front.ask("account.sign_in", **body)
        assert (told.status, told.code, told.body["field"]) == (400, "malformed", field), body
        assert told.body["zh"].startswith("消息格式不对")


def test_what_is_no_message_is_refused(front: Front) -> None:
    for raw in NO_MESSAGES:
        for name in ("account.sign_in", "ledger.proof"):
            told = front.send(name, raw)
            assert (told.status, told.code) == (400, "malformed"), raw[:40]


def test_unknown_large_and_foreign_bodies(front: Front) -> None:
    assert front.ask("ticket.steal").code == "unknown_message"
    assert front.ask("x" * 3_000).body["zh"].count("x") == 60
    large = front.send("account.sign_in", b" " * (64 * 1024 + 1))
    assert (large.status, large.code) == (413, "too_large")
    for foreign in ("text/plain", "application/x-www-form-urlencoded", ""):
        told = front.send("session.read", b"{}", headers={"Content-Type": foreign})
        assert (told.status, told.code) == (400, "malformed"), foreign
        assert told.body["en"].endswith("Content-Type: application/json")
    assert front.client.get("/api/v1/session.read").status_code == 405


def test_a_body_without_length_is_refused(front: Front) -> None:
    told = front.client.post(
        "/api/v1/session.read",
        input_stream=io.BytesIO(b"{}"),
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
    )
    assert told.status_code == 413


def test_strict_headers_stand_on_every_answer(front: Front) -> None:
    wanted = headers_of("")
    for method, path, status in PLACES:
        body: dict[str, Any] = {"json": {}} if method == "POST" else {}
        answer = front.client.open(path, method=method, **body)
        assert answer.status_code == status, path
        assert {name: answer.headers.get(name) for name in wanted} == wanted, path
    policy = wanted["Content-Security-Policy"]
    assert "connect-src 'self';" in policy
    assert "connect-src 'self' http://eyes;" in headers_of("http://eyes")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


def test_cookies_are_strict_and_bound_to_the_host_under_tls(make_hall: Any, tmp_path: Path) -> None:
    def sign_in(front: Front, **headers: str) -> str:
        path = front.server.hall.settings.data / "first-password.txt"
        account, password = path.read_text("utf-8").split()
        body = {"request_id": fresh_id(), "account": account, "password": password}
        told = front.send("account.sign_in", body, headers=headers)
        return told.headers["Set-Cookie"]

    plain = Front(make_hall().hall)
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.9.9.9"}
    for headers in ({}, forged):
        words = set(sign_in(plain, **headers).split("; ")[1:])
        assert words == {"HttpOnly", "Path=/", "SameSite=Strict"}
    assert sign_in(plain).startswith("hall_session=")

    settings = ServerSettings(
        data=tmp_path / "behind", mode="threading", limits=False, trust_proxy=True
    )
    hall = build_hall(settings, Runtime(Mode.THREADING), ManualClock(1_795_395_600_000))
    try:
        behind = Front(hall)
        cookie = sign_in(behind, **forged)
        assert cookie.startswith("__Host-hall_session=")
        assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
        told = behind.send("session.read", {}, cookie=cookie.partition(";")[0], headers=forged)
        assert told.body["account"] == "admin"
        with hall.database.reading() as reading:
            from hall_server.ledger.service import bodies_after

            rows = [
                msgspec.json.decode(body) for _, body in bodies_after(reading.connection, 0, 99)
            ]
        assert [row["address"] for row in rows if row["type"] == "account.signed_in"] == [
            "10.9.9.9"
        ]
    finally:
        hall.database.stop()


def test_floods_are_stopped_and_clerks_are_not(tmp_path: Path) -> None:
    settings = ServerSettings(data=tmp_path / "limited", mode="threading")
    hall = build_hall(settings, Runtime(Mode.THREADING), ManualClock(1_795_395_600_000))
    try:
        front = Front(hall)
        cookie = front.administrators()["security"]
        statuses = [front.send("session.read", {}).status for _ in range(200)]
        passed = statuses.count(200)
        assert statuses.count(429) + passed == 200
        assert 1 <= passed <= BURST["public"] + 60
        assert front.send("session.read", {}).body["code"] == "too_many"
        # Whoever is signed in has a bucket of their own: a call, a start and a finish in a second.
        for _ in range(3):
            burst = [front.send("session.read", {}, cookie=cookie).status for _ in range(12)]
            assert burst == [200] * 12
            time.sleep(0.6)
        flood = [front.send("session.read", {}, cookie=cookie).status for _ in range(400)]
        assert 429 in flood
        knocks = [
            front.client.get("/socket.io/", headers={"Upgrade": "websocket"}).status_code
            for _ in range(int(HANDSHAKES_BURST) + 400)
        ]
        assert 429 in knocks
        assert front.client.get("/healthz").status_code == 200
    finally:
        hall.database.stop()
