"""The device page of a station: how each device is, what passes on its line, what it can show.

    GET  /engineer               the page               POST /engineer/sign-in    {"key": …}
    GET  /engineer/devices.json  every device           POST /engineer/self-test  {"device", "test"}
    GET  /engineer/frames.json?device=&since=             the last frames, decoded
    GET  /engineer/log?device=   the same as a file       POST /engineer/new-roll   {"device"}
    GET  /metrics                for Prometheus

A station's own web server mounts it: `serve` answers what is its business and says so. All but the
page's empty frame wants the engineer's key (`key.py`): the station's page is open to every citizen
who stands before it, and these bytes and buttons are not for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from drivers.bench import Bench
from drivers.engineer.key import cookie_of, engineer_key, is_known, is_right
from drivers.engineer.metrics import KIND, metrics
from drivers.engineer.told import AllTold, frames_of, report_of, told_of
from drivers.errors import DeviceSettingsError, UnknownDevice
from drivers.raw_log import line_of
from drivers.web_files import web_file

_WEB = Path(__file__).with_name("web")
_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_LONGEST_BODY = 2_048
_LONGEST_LOG = 10_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """The devices of a station now, and those whose configuration it could not use."""

    benches: Sequence[Bench]
    refused: Sequence[DeviceSettingsError] = ()

    def __add__(self, other: "Held") -> "Held":
        return Held([*self.benches, *other.benches], [*self.refused, *other.refused])


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes
    kind: str = _JSON
    status: HTTPStatus = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str


class SelfTestOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device: str
    test: str


class NewRoll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device: str


class EngineerPage:
    def __init__(
        self, station: str, folder: Path, held: Callable[[], Held], now_ms: Callable[[], int]
    ) -> None:
        """`folder` holds the key, and `devices/` the logs that the configuration asks for."""
        self._station = station
        self._logs = folder / "devices"
        self._held = held
        self._now_ms = now_ms
        self._key = engineer_key(folder)

    def serve(self, request: BaseHTTPRequestHandler) -> bool:
        """Answer, if it is for this page; False leaves it to the station."""
        path = urlsplit(request.path).path.rstrip("/")
        if path not in {"/engineer", "/metrics"} and not path.startswith("/engineer/"):
            return False
        reply = self._post(request, path) if request.command == "POST" else self._get(request, path)
        request.send_response(reply.status)
        request.send_header("Content-Type", reply.kind)
        request.send_header("Content-Length", str(len(reply.body)))
        request.send_header("Content-Security-Policy", _POLICY)
        request.send_header("X-Content-Type-Options", "nosniff")
        request.send_header("Referrer-Policy", "no-referrer")
        request.send_header("Cache-Control", "no-store")
        for name, value in reply.headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(reply.body)
        return True

    def _get(self, request: BaseHTTPRequestHandler, path: str) -> Reply:
        if path == "/engineer":
            return Reply((_WEB / "index.html").read_bytes(), _HTML)
        if file := web_file(_WEB, path.removeprefix("/engineer/")):
            return Reply(*file)
        if not self._knows(request):
            return _refusal(HTTPStatus.UNAUTHORIZED)
        asked = parse_qs(urlsplit(request.path).query)
        device, since = asked.get("device", [""])[0], asked.get("since", ["0"])[0]
        match path:
            case "/metrics":
                return Reply(metrics(self._told()).encode(), KIND)
            case "/engineer/devices.json":
                return Reply(msgspec.json.encode(self._told()))
            case "/engineer/frames.json" if since.isdecimal():
                return self._frames(device, int(since))
            case "/engineer/log":
                return self._log(device)
            case _:
                return _refusal(HTTPStatus.NOT_FOUND)

    def _post(self, request: BaseHTTPRequestHandler, path: str) -> Reply:
        length = request.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            request.close_connection = True  # what it brings is not read
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = request.rfile.read(int(length))
        if request.headers.get_content_type() != _JSON:
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            if path == "/engineer/sign-in":
                return self._sign_in(msgspec.json.decode(body, type=SignIn))
            if not self._knows(request):
                return _refusal(HTTPStatus.UNAUTHORIZED)
            if path == "/engineer/self-test":
                return self._self_test(msgspec.json.decode(body, type=SelfTestOrder))
            if path == "/engineer/new-roll":
                return self._new_roll(msgspec.json.decode(body, type=NewRoll))
        except msgspec.DecodeError:
            return _refusal(HTTPStatus.BAD_REQUEST)
        return _refusal(HTTPStatus.NOT_FOUND)

    def _knows(self, request: BaseHTTPRequestHandler) -> bool:
        headers = request.headers
        return is_known(self._key, headers.get("Authorization", ""), headers.get("Cookie", ""))

    def _sign_in(self, given: SignIn) -> Reply:
        if is_right(self._key, given.key):
            return Reply(b"{}", headers={"Set-Cookie": cookie_of(self._key)})
        return _refusal(HTTPStatus.FORBIDDEN)

    def _told(self) -> AllTold:
        held = self._held()
        return told_of(self._station, held.benches, held.refused, self._now_ms())

    def _frames(self, device: str, since: int) -> Reply:
        bench = self._bench(device)
        if bench is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        kind = bench.health()[device].kind
        return Reply(
            msgspec.json.encode(
                frames_of(bench.trace(device), kind, since, bench.explainer(device))
            )
        )

    def _log(self, device: str) -> Reply:
        """The files, where the configuration asks for them; otherwise what is remembered."""
        bench = self._bench(device)
        if bench is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        files = [self._logs / f"{device}.log.1", self._logs / f"{device}.log"]
        kept = b"".join(file.read_bytes() for file in files if file.is_file())
        if not kept:
            kept = "".join(f"{line_of(entry)}\n" for entry in bench.trace(device)).encode()
        named = {"Content-Disposition": f'attachment; filename="{device}.log"'}
        return Reply(kept[-_LONGEST_LOG:], "text/plain; charset=utf-8", headers=named)

    def _self_test(self, order: SelfTestOrder) -> Reply:
        bench = self._bench(order.device)
        if bench is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        try:
            report = bench.self_test(order.device, order.test)
        except UnknownDevice:
            return _refusal(HTTPStatus.NOT_FOUND)
        return Reply(msgspec.json.encode(report_of(report)))

    def _new_roll(self, order: NewRoll) -> Reply:
        bench = self._bench(order.device)
        if bench is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        try:
            bench.new_roll(order.device)
        except UnknownDevice:
            return _refusal(HTTPStatus.NOT_FOUND)
        return Reply(b"{}")

    def _bench(self, device: str) -> Bench | None:
        return next((one for one in self._held().benches if device in one.health()), None)


def _refusal(status: HTTPStatus) -> Reply:
    return Reply(status.phrase.encode(), "text/plain; charset=utf-8", status)
