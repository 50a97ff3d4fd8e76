"""The simulators' own small web server: their page, what is to be seen, and the fault buttons.

    GET  /              the page                      GET /paper.json   tickets and printer state
    GET  /events        server-sent updates           GET /bars.json    what the bars show
    GET  /devices.json  every device, its kind's words, faults and actions
    POST /fault         {"device": "printer", "fault": "paper_out", "on": true, "after_lines": 3}
                        {"device": "printer", "action": "load_paper" | "clear_faults"}
                        {"device": "bar-1", "fault": "silent"}

It is meant for one machine: it answers only to names of this machine while it listens on it alone,
and takes orders only as JSON, which a foreign page cannot send unasked.
"""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from drivers.simulator.played import BadOrder
from drivers.simulator.player import Order
from drivers.simulator.stage import Stage
from drivers.web_files import web_file

_WEB = Path(__file__).with_name("web")
_TOLD: dict[str, Callable[[Stage], object]] = {
    "/devices.json": Stage.view,
    "/paper.json": Stage.paper,
    "/bars.json": Stage.bars,
}
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
_LONGEST_ORDER = 4096
_HEARTBEAT_S = 10.0
_SMALLEST_PAUSE_S = 0.05  # twenty updates a second are smooth enough
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PageServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a page that watches would keep us from stopping

    def __init__(self, host: str, port: int, stage: Stage) -> None:
        self.stage = stage
        self.only_for_this_machine = host in _LOOPBACK
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if not self._is_welcome():
            return
        path = self.path.partition("?")[0]
        stage = self.server.stage
        if path == "/":
            page = (_WEB / "index.html").read_bytes()
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", page)
        elif file := web_file(_WEB, path.removeprefix("/")):
            self._answer(HTTPStatus.OK, file[1], file[0])
        elif path in _TOLD:
            self._answer_json(msgspec.json.encode(_TOLD[path](stage)))
        elif path == "/events":
            self._stream()
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing of this name")

    def do_POST(self) -> None:
        if not self._is_welcome():
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_ORDER:
            self.close_connection = True
            self._refuse(HTTPStatus.BAD_REQUEST, f"wanted at most {_LONGEST_ORDER} bytes of JSON")
            return
        body = self.rfile.read(int(length))
        if self.path != "/fault":
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing of this name")
            return
        if self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "wanted application/json")
            return
        try:
            self.server.stage.obey(msgspec.json.decode(body, type=Order))
        except (BadOrder, msgspec.DecodeError) as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
            return
        self._answer_json(b'{"done":true}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the library's name
        """Nothing: each request of a local page is of no interest."""

    def _is_welcome(self) -> bool:
        """Refuse names that a foreign page could have pointed at this machine."""
        name = self.headers.get("Host", "").rpartition(":")[0].strip("[]")
        if self.server.only_for_this_machine and name not in _LOOPBACK:
            self.close_connection = True
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "wanted a name of this machine")
            return False
        return True

    def _stream(self) -> None:
        stage = self.server.stage
        if not stage.watchers.acquire(blocking=False):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many pages watch already")
            return
        try:
            self._send_updates(stage)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True  # the page was closed
        finally:
            stage.watchers.release()

    def _send_updates(self, stage: Stage) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        seen: dict[str, tuple[int, int]] = {}
        seen_changes = -1
        while not stage.stopping.is_set():
            seen_changes = stage.changes.wait(seen_changes, _HEARTBEAT_S)
            update = msgspec.json.encode(stage.update(seen))
            self.wfile.write(b"data: " + update + b"\n\n")
            self.wfile.flush()
            stage.stopping.wait(_SMALLEST_PAUSE_S)

    def _answer_json(self, body: bytes) -> None:
        self._answer(HTTPStatus.OK, "application/json", body)

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._answer(status, "text/plain; charset=utf-8", sentence.encode())

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
