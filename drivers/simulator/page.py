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

from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path

import msgspec

from config.serving import HTML, STRICT_HEADERS, BoundedServer, Requests
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
_HEADERS = {"Content-Security-Policy": _POLICY, **STRICT_HEADERS}
_LONGEST_ORDER = 4096
_HEARTBEAT_S = 10.0
_SMALLEST_PAUSE_S = 0.05  # twenty updates a second are smooth enough
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PageServer(BoundedServer):
    def __init__(self, host: str, port: int, stage: Stage) -> None:
        self.stage = stage
        self.only_for_this_machine = host in _LOOPBACK
        super().__init__((host, port), _Handler)


class _Handler(Requests):
    server: PageServer

    def headers_of_all(self) -> Mapping[str, str]:
        return _HEADERS

    def do_GET(self) -> None:
        if not self._is_welcome():
            return
        path = self.path.partition("?")[0]
        stage = self.server.stage
        if path == "/":
            self.send((_WEB / "index.html").read_bytes(), HTML)
        elif file := web_file(_WEB, path.removeprefix("/")):
            self.send(*file)
        elif path in _TOLD:
            self.send_json(msgspec.json.encode(_TOLD[path](stage)))
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
        self.send_json(b'{"done":true}')

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
        finally:
            stage.watchers.release()

    def _send_updates(self, stage: Stage) -> None:
        self.send_head("text/event-stream; charset=utf-8", length=None)
        seen: dict[str, tuple[int, int]] = {}
        seen_changes = -1
        while not stage.stopping.is_set():
            seen_changes = stage.changes.wait(seen_changes, _HEARTBEAT_S)
            update = msgspec.json.encode(stage.update(seen))
            self.wfile.write(b"data: " + update + b"\n\n")
            self.wfile.flush()
            stage.stopping.wait(_SMALLEST_PAUSE_S)

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self.send(sentence.encode(), "text/plain; charset=utf-8", status)
