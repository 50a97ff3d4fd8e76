"""Both doors of a really running hall: the same ask at once, strangers, sessions that end.

Under eventlet, as it is run. Faults 1, 2, 27 and 30 of a hall's life.
"""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import socketio
from running_hall import PASSWORD, People, RunningHall, free_port, request_id

from hall_server.contract.station_key import StationKey
from hall_server.contract.version import VERSION

WITHIN_S = 10.0
STATION_ORIGIN = "http://10.1.2.3:8082"


@dataclass
class Open:
    """A really running hall with people, a kiosk and a display."""

    hall: RunningHall
    people: People
    tokens: dict[str, str]
    page: str
    keys: Path

    def connect(
        self, token: str = "", cookie: str = "", version: str = VERSION
    ) -> tuple[socketio.Client, dict[str, Any], threading.Event]:
        """Connect; what was refused (empty when let in), and an event set on being thrown out."""
        client = socketio.Client(reconnection=False)
        refused: dict[str, Any] = {}
        gone = threading.Event()
        client.on("connect_error", lambda told=None: refused.update(told or {"code": "none"}))
        client.on("disconnect", lambda *_: gone.set())
        auth = {"version": version, "cursor": 0, **({"token": token} if token else {})}
        headers = {"Cookie": cookie} if cookie else {}
        try:
            client.connect(
                self.hall.url, auth=auth, headers=headers, transports=["websocket"], wait_timeout=10
            )
        except socketio.exceptions.ConnectionError:
            client.disconnect()
        return client, refused, gone


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    folder = tmp_path_factory.mktemp("doors")
    words = ["--profile", "county_typ", "--simulated-devices-from", "1", "--no-limits"]
    hall = RunningHall(folder / "hall", free_port(), words).start()
    try:
        people = hall.people(["staff-01", "staff-02"])
        kiosk, _ = hall.station("kiosk-1", "kiosk", people.administrator, folder)
        display, page = hall.station("display-1", "display", people.administrator, folder)
        yield Open(hall, people, {"kiosk": kiosk, "display": display}, page, folder)
    finally:
        hall.stop()


def an_item(running: Open) -> str:
    facts = running.hall.read("facts.read", cookie=running.people.administrator)["facts"]
    return str(next(item["id"] for item in facts["items"] if item.get("queue")))


def test_a_hundred_equal_asks_at_once_are_one_ticket(running: Open) -> None:
    """Faults 1 and 2."""
    token, item = running.tokens["kiosk"], an_item(running)
    ask = {"request_id": request_id(), "item_id": item}
    with ThreadPoolExecutor(25) as citizens:
        told = list(
            citizens.map(lambda _: running.hall.send("ticket.take", ask, token=token), range(100))
        )
    assert {status for status, _, _ in told} == {200}
    assert len({msgspec.json.encode(answer) for _, answer, _ in told}) == 1
    assert (
        running.hall.must("ticket.take", {"item_id": item}, token=token)["seq"] > told[0][1]["seq"]
    )
    status, answer, _ = running.hall.send("ticket.take", {**ask, "language": "en"}, token=token)
    assert (status, answer["code"]) == (409, "request_id_reused")
    assert running.hall.send("ticket.take", ask, token=token)[1] == told[0][1]
    other = running.hall.send("ticket.take", ask, cookie=running.people.clerks["staff-01"])
    assert other[1]["label"] != told[0][1]["label"]  # request ids belong to their sender


def upgrade(running: Open, *headers: str) -> str:
    """Knock for a WebSocket by hand; the status line."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
        *(f"Sec-WebSocket-Key: {key}", *headers, "", ""),
    ]
    with socket.create_connection(("127.0.0.1", running.hall.port), timeout=WITHIN_S) as link:
        link.sendall("\r\n".join(lines).encode())
        return link.recv(4_096).decode(errors="replace")


def test_only_exact_origins_get_a_websocket(running: Open) -> None:
    """Fault 27."""
    host = f"Host: 127.0.0.1:{running.hall.port}"
    own = f"Origin: {running.hall.url}"
    assert " 101 " in upgrade(running, host, own)
    for evil in (
        "http://evil.example",
        f"https://127.0.0.1:{running.hall.port}",
        f"{running.hall.url}.evil.example",
        f"{running.hall.url}/",
        "null",
    ):
        answer = upgrade(running, host, f"Origin: {evil}")
        assert " 400 " in answer, (evil, answer)
        assert "Content-Security-Policy" in answer
        for name in ("X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"):
            assert " 400 " in upgrade(running, host, f"Origin: {evil}", name), evil
    assert " 400 " in upgrade(running, host, f"Origin: {STATION_ORIGIN}")
    running.hall.must(
        "station.invite",
        {"station_id": "display-9", "role": "display"},
        cookie=running.people.administrator,
    )
    sign_on_with_origin(running, "display-9")
    assert " 101 " in upgrade(running, host, f"Origin: {STATION_ORIGIN}")
    running.hall.must("station.revoke", {"station_id": "display-9"}, cookie=running.people.security)
    assert " 400 " in upgrade(running, host, f"Origin: {STATION_ORIGIN}")


def sign_on_with_origin(running: Open, station_id: str) -> None:
    invited = running.hall.must(
        "station.invite",
        {"station_id": station_id, "role": "display"},
        cookie=running.people.administrator,
    )
    key = StationKey.load_or_make(running.keys / f"{station_id}.key")
    enrol = {"station_id": station_id, "code": invited["code"], "public_key": key.public_hex}
    running.hall.must("station.enrol", enrol)
    now_ms = time.time_ns() // 1_000_000
    ask = key.sign_on(station_id, VERSION, now_ms, request_id(), STATION_ORIGIN)
    assert running.hall.send("station.sign_on", msgspec.to_builtins(ask))[0] == 200


def test_strangers_and_old_programs_are_refused_plainly(running: Open) -> None:
    for token, version, code in (
        ("", VERSION, "not_signed_in"),
        ("made-up", VERSION, "not_signed_in"),
        (running.page, "0.0.1", "too_old"),
        (running.page, "", "too_old"),
    ):
        client, refused, _ = running.connect(token=token, version=version)
        assert not client.connected
        assert refused.get("message") == code or refused.get("data", {}).get("code") == code
        assert refused["data"]["zh"]
        assert refused["data"]["en"]


def test_a_one_time_password_opens_no_websocket(running: Open) -> None:
    made = running.hall.must(
        "account.create", {"account": "new", "roles": ["clerk"]}, cookie=running.people.security
    )
    ask = {"request_id": request_id(), "account": "new", "password": made["password"]}
    cookie = running.hall.send("account.sign_in", ask)[2]
    client, refused, _ = running.connect(cookie=cookie)
    assert not client.connected
    assert refused["data"]["code"] == "must_change_password"


def test_the_socket_door_says_what_the_http_door_says(running: Open) -> None:
    client, refused, _ = running.connect(token=running.tokens["kiosk"])
    assert refused == {}
    try:
        for name, body in (
            ("ticket.take", {"request_id": request_id(), "item_id": 7}),
            ("ticket.take", {"item_id": "x"}),
            ("ticket.take", {"request_id": request_id(), "item_id": "x", "more": 1}),
            ("ticket.call_next", {"request_id": request_id(), "window_id": "window-1"}),
            ("ticket.steal", {}),
            ("ledger.proof", {"seq": -1}),
        ):
            by_socket = client.call(name, body, timeout=10)
            _, by_http, _ = running.hall.send(name, body, token=running.tokens["kiosk"])
            assert by_socket == {"ok": False, "refused": by_http}, name
        refused_here = client.call("account.sign_in", {}, timeout=10)["refused"]
        assert refused_here["code"] == "only_http"
        assert (
            client.call("ticket.take", ["a", "list"], timeout=10)["refused"]["code"] == "malformed"
        )
    finally:
        client.disconnect()


def test_a_clerk_s_act_sent_by_a_kiosk_changes_nothing(running: Open) -> None:
    """Fault 27."""
    client, _, _ = running.connect(token=running.tokens["kiosk"])
    page, _, _ = running.connect(token=running.page)
    try:
        before = seq_of(running)
        for speaker in (client, page):
            for name in ("ticket.call_next", "window.open", "account.create", "fact.save"):
                told = speaker.call(name, {"request_id": request_id()}, timeout=10)
                assert told["refused"]["code"] == "forbidden", name
        assert seq_of(running) == before
    finally:
        client.disconnect()
        page.disconnect()


def seq_of(running: Open) -> int:
    return int(msgspec.json.decode(running.hall.get("/healthz")[1])["seq"])


def test_open_websockets_end_with_their_session(running: Open) -> None:
    """Faults 27 and 30: signed out, role changed, reset, revoked: out within a second."""
    hall, people = running.hall, running.people
    made = hall.must(
        "account.create", {"account": "brief", "roles": ["clerk"]}, cookie=people.security
    )
    cookie = hall.sign_in("brief", made["password"])

    def thrown_out_by(name: str, body: dict[str, Any], by: str, cookie: str) -> float:
        client, refused, gone = running.connect(cookie=cookie)
        assert refused == {}
        assert client.call("session.read", {}, timeout=10)["answer"]["account"] == "brief"
        hall.must(name, body, cookie=by)
        status, answer, _ = hall.send("session.read", {}, cookie=cookie)
        assert (status, answer["account"]) == (200, "")
        began_s = time.monotonic()
        assert gone.wait(WITHIN_S), name
        client.disconnect()
        assert running.connect(cookie=cookie)[1]["data"]["code"] == "not_signed_in"
        return time.monotonic() - began_s

    change = {"account": "brief", "roles": ["supervisor"]}
    slowest_s = thrown_out_by("account.change", change, people.security, cookie)
    cookie = hall.sign_in("brief", PASSWORD)
    slowest_s = max(slowest_s, thrown_out_by("account.sign_out", {}, cookie, cookie))
    cookie = hall.sign_in("brief", PASSWORD)
    reset = {"account": "brief"}
    slowest_s = max(slowest_s, thrown_out_by("account.reset", reset, people.security, cookie))
    print(f"thrown out after at most {slowest_s * 1_000:.0f} ms")
    assert slowest_s < 5


def test_a_revoked_station_and_its_pages_are_thrown_out(running: Open) -> None:
    token, page = running.hall.station(
        "kiosk-5", "kiosk", running.people.administrator, running.keys
    )
    guests = [running.connect(token=token), running.connect(token=page)]
    assert [refused for _, refused, _ in guests] == [{}, {}]
    bystander, _, stays = running.connect(token=running.page)
    running.hall.must(
        "station.revoke", {"station_id": "kiosk-5"}, cookie=running.people.administrator
    )
    for _, _, gone in guests:
        assert gone.wait(WITHIN_S)
    for stale in (token, page):
        assert running.connect(token=stale)[1]["data"]["code"] == "not_signed_in"
    assert not stays.is_set()
    assert bystander.connected
    bystander.disconnect()


def test_a_storm_of_sign_ins_does_not_stop_the_hall(running: Open) -> None:
    """argon2 beside the loop: whoever calls the next number does not feel forty sign-ins."""
    stop = threading.Event()

    def storm(number: int) -> None:
        while not stop.is_set():
            account = f"nobody-{number}" if number % 2 else "staff-02"
            ask = {"request_id": request_id(), "account": account, "password": PASSWORD}
            running.hall.send("account.sign_in", ask)

    def delays_ms(count: int) -> list[float]:
        measured = []
        for _ in range(count):
            began_s = time.perf_counter()
            assert running.hall.get("/healthz")[0] == 200
            measured.append((time.perf_counter() - began_s) * 1_000)
            time.sleep(0.01)
        return sorted(measured)

    calm = delays_ms(40)
    with ThreadPoolExecutor(8) as people:
        storms = [people.submit(storm, number) for number in range(8)]
        time.sleep(0.3)
        busy = delays_ms(80)
        stop.set()
    for done in storms:
        done.result()
    print(
        f"/healthz p50 {calm[20]:.1f} ms calm, {busy[40]:.1f} ms in the storm;"
        f" p95 {calm[38]:.1f} → {busy[76]:.1f} ms, most {busy[-1]:.1f} ms"
    )
    # On an idle machine the median stays below 20 ms; one busy with other tests needs more room.
    assert busy[40] < 100 + 3 * calm[38]
