"""The monitor's station and web server against a really running hall, and whom the hall lets in."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic, sleep, time_ns

import msgspec
import pytest
from running_hall import PASSWORD, RunningHall, free_port, request_id

from config.opening import Calendar
from hall_server.contract.link import LinkState
from hall_server.contract.messages.base import Accepted
from hall_server.contract.version import VERSION
from monitor.feed.packets import CALENDAR
from monitor.pages import MonitorServer, Premises
from monitor.recording.index.archive_index import ArchiveIndex
from monitor.recording.sealing import ask_of
from monitor.station import Settings, Station

WITHIN_S = 10.0
FOREIGN = "http://evil.example"


@dataclass(frozen=True)
class Told:
    """An answer, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def send(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> Told:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Told(answer.status, answer.headers, answer.read())


@dataclass
class Room:
    """A hall and a monitor."""

    hall: RunningHall
    station: Station
    server: MonitorServer
    port: int
    origin: str

    def get(self, path: str, host: str = "") -> Told:
        """GET a path of the monitor."""
        return send(self.port, "GET", path, {"Host": host} if host else {})


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("room")
    hall = RunningHall(folder / "hall", free_port(), ["--invite", "monitor-1:monitor"]).start()
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    built = folder / "built"
    (built / "monitor/web").mkdir(parents=True)
    (built / "monitor/web/index.html").write_text("<title>monitor</title>")
    (built / "assets").mkdir()
    (built / "assets/monitor-web-AbCdEf12.js").write_text("let a;")
    code = folder / "hall/enrol/monitor-1.code"
    settings = Settings(hall.url, "monitor-1", folder / "monitor", origin, code_file=code)
    station = Station(settings, lambda: time_ns() // 1_000_000)
    server = MonitorServer(("127.0.0.1", port), Premises(station, built))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    station.start()
    try:
        yield Room(hall, station, server, port, origin)
    finally:
        server.shutdown()
        station.stop()
        server.server_close()
        hall.stop()


def up(room: Room) -> None:
    deadline_s = monotonic() + WITHIN_S
    while room.station.status.state is not LinkState.UP:
        assert monotonic() < deadline_s, room.station.status
        sleep(0.02)


def test_it_enrols_with_its_code_and_says_so(room: Room) -> None:
    up(room)
    told = msgspec.json.decode(room.get("/healthz").body)
    assert (told["ok"], told["link"], told["version"]) == (True, "up", VERSION)


def test_the_page_learns_where_the_hall_is(room: Room) -> None:
    told = msgspec.json.decode(room.get("/session.json").body)
    assert told.pop("sets_up") is False
    assert told == {"hall_url": room.hall.url, "live_url": "", "token": "", "version": VERSION}


def test_the_page_is_served_strictly(room: Room) -> None:
    answer = room.get("/")
    assert (answer.status, answer.body) == (200, b"<title>monitor</title>")
    policy = answer.headers["Content-Security-Policy"]
    assert f"connect-src 'self' {room.hall.url} {room.hall.url.replace('http', 'ws')};" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_another_name_of_this_machine_leads_to_the_one_origin(room: Room) -> None:
    answer = room.get("/", host=f"localhost:{room.port}")
    assert (answer.status, answer.headers["Location"]) == (302, f"{room.origin}/")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/web/assets/monitor-web-AbCdEf12.js", 200),
        ("/web/assets/../monitor/web/index.html", 404),
        ("/web/assets/..%2f..%2fetc/passwd", 404),
        ("/web/assets/", 404),
        (f"/web/assets/{'a' * 300}.js", 404),
        ("/web/assets/..", 404),
        ("/etc/passwd", 404),
    ],
)
def test_only_built_parts_are_given(room: Room, path: str, status: int) -> None:
    answer = room.get(path)
    assert answer.status == status
    if status == 200:
        assert "immutable" in answer.headers["Cache-Control"]


def preflight(room: Room, origin: str) -> Told:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return send(room.hall.port, "OPTIONS", "/api/v1/account.sign_in", headers)


def test_the_hall_lets_in_exactly_this_origin(room: Room) -> None:
    up(room)
    sleep(2.1)  # the hall looks up origins at most every two seconds
    let_in = preflight(room, room.origin)
    assert let_in.headers["Access-Control-Allow-Origin"] == room.origin
    assert let_in.headers["Access-Control-Allow-Credentials"] == "true"
    assert let_in.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert let_in.headers["Vary"] == "Origin"
    turned_away = preflight(room, FOREIGN)
    assert "Access-Control-Allow-Origin" not in turned_away.headers


def test_a_person_signs_in_from_the_page(room: Room) -> None:
    up(room)
    room.hall.people([])
    ask = {"request_id": request_id(), "account": "supervisor", "password": PASSWORD}
    headers = {"Origin": room.origin, "Content-Type": "application/json"}
    body = msgspec.json.encode(ask)
    answer = send(room.hall.port, "POST", "/api/v1/account.sign_in", headers, body)
    assert answer.status == 200
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    assert answer.headers["Access-Control-Allow-Origin"] == room.origin


def test_the_recorder_is_told_the_hours_and_the_ledger_its_archive(room: Room) -> None:
    up(room)
    data = room.station.settings.data
    deadline_s = monotonic() + WITHIN_S
    while not (data / CALENDAR).is_file():
        assert monotonic() < deadline_s
        sleep(0.05)
    calendar = msgspec.json.decode((data / CALENDAR).read_bytes(), type=Calendar)
    assert calendar.opening.spans
    index = ArchiveIndex(data / "index.db")
    segment = index.segment_began("a", "0000aaaa", "a/1_0000aaaa.mp4", 1)
    index.sealed(segment, "00" * 32, 1, "cd" * 32)
    index.make_seal(5)
    (seal,) = index.seals_untold()
    deadline_s = monotonic() + 3 * WITHIN_S
    while index.seals_untold():
        assert monotonic() < deadline_s
        sleep(0.1)
    index.close()
    again = room.station._link.ask("recording.seal", ask_of(seal), Accepted)
    assert again == room.station._link.ask("recording.seal", ask_of(seal), Accepted), "one seal"
