"""Serves the kiosk's page and its small API on this machine, with the hall or without it.

Plain standard library: a thread for each connection, at most so many. Only JSON is taken, only from
this server's own page: another site's page can neither send it unasked (content type) nor read the
answer (no CORS), and a foreign name that resolves here is turned away by the Host header.
"""

from __future__ import annotations

import ipaddress
import logging
import mimetypes
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from drivers.engineer.page import EngineerPage
from hall_server.contract.messages.base import Refused
from hall_server.contract.refusals import Refusal
from kiosk.messages import (
    GuidePress,
    Heartbeat,
    HelpOutcome,
    HelpPress,
    KioskFacts,
    KioskState,
    Outcome,
    PaperOutcome,
    ReprintPress,
    ScanOutcome,
    ScanPress,
    TakePress,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

BODY_BYTES_MAX = 8_192
CONNECTIONS_MAX = 64
STREAMS_MAX = 32
READ_S = 15.0
KEEP_ALIVE_S = 5.0
CHANGES_APART_S = 0.25
"""A rush of changes reaches the page as a few pictures."""
PAGE = Path("kiosk/web/index.html")
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>取号机</title>"
    "<p style='font:24px sans-serif;margin:3em'>页面尚未生成，请运行 ./hall run。<br>"
    "The page is not built yet: run ./hall run.</p>"
).encode()
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=()",
}


class Kiosk(Protocol):
    """What the page may ask of its station."""

    def state(self) -> KioskState: ...
    def facts(self) -> KioskFacts | None: ...
    def wait(self, seen: int, timeout_s: float) -> int: ...
    def take(self, press: TakePress) -> Outcome: ...
    def reprint(self, press: ReprintPress) -> Outcome: ...
    def scan(self, press: ScanPress) -> ScanOutcome: ...
    def print_guide(self, press: GuidePress) -> PaperOutcome: ...
    def help(self, press: HelpPress) -> HelpOutcome: ...
    def heard(self, heartbeat: Heartbeat) -> None: ...


class PageServer(ThreadingHTTPServer):
    """One listening socket and what it serves."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 32

    def __init__(
        self,
        host: str,
        port: int,
        kiosk: Kiosk,
        pages: Path,
        engineer: EngineerPage | None = None,
    ) -> None:
        """``port`` 0 takes a free one (tests)."""
        self.kiosk = kiosk
        self.engineer = engineer
        self.pages = pages.resolve()
        self.host = host
        self.stopping = threading.Event()
        self.streams = threading.BoundedSemaphore(STREAMS_MAX)
        self._connections = threading.BoundedSemaphore(CONNECTIONS_MAX)
        super().__init__((host, port), PageHandler)

    def process_request(self, request: socket | Any, client_address: Any) -> None:  # noqa: ANN401 - as the library has it
        """A thread for each connection, as long as there is room."""
        if self._connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | Any, client_address: Any) -> None:  # noqa: ANN401 - as the library has it
        """Make room again when the connection ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, _request: socket | Any, client_address: Any) -> None:  # noqa: ANN401 - as the library has it
        """A browser that hung up is no fault; anything else is a bug and goes to the log."""
        if isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            log.debug("connection of %s ended", client_address)
        else:
            log.error("bug while answering %s", client_address, exc_info=sys.exc_info())


class PageHandler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    server: PageServer
    protocol_version = "HTTP/1.1"
    server_version = "hall"
    sys_version = ""
    timeout = READ_S

    def do_GET(self) -> None:
        """Pages, facts, state and the stream of changes."""
        path = urlsplit(self.path).path
        if not self._is_meant_for_us() or self._is_the_engineer_s():
            return
        match path:
            case "/" | "/index.html":
                self._page()
            case "/healthz":
                self._json({"ok": True})
            case "/api/state":
                self._json(self.server.kiosk.state())
            case "/api/facts":
                self._facts()
            case "/api/events":
                self._events()
            case _ if path.startswith("/web/assets/"):
                self._asset(path.removeprefix("/web/"))
            case _:
                self._nothing(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """What a citizen touches."""
        if not self._is_meant_for_us() or self._is_the_engineer_s():
            return
        if not self._is_from_our_page():
            return
        kiosk = self.server.kiosk
        try:
            match urlsplit(self.path).path:
                case "/api/take":
                    self._answer(TakePress, kiosk.take)
                case "/api/reprint":
                    self._answer(ReprintPress, kiosk.reprint)
                case "/api/scan":
                    self._answer(ScanPress, kiosk.scan)
                case "/api/print_guide":
                    self._answer(GuidePress, kiosk.print_guide)
                case "/api/help":
                    self._answer(HelpPress, kiosk.help)
                case "/api/heartbeat":
                    self._answer(Heartbeat, kiosk.heard)
                case _:
                    self._nothing(HTTPStatus.NOT_FOUND)
        except Refusal as refusal:
            self._json(refusal.refused, HTTPStatus(refusal.status))

    # ------------------------------------------------------------------ who asks

    def _is_meant_for_us(self) -> bool:
        """A name that an attacker points at this machine is not ours (DNS rebinding)."""
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if name in {"localhost", self.server.host} or _is_address(name):
            return True
        self._nothing(HTTPStatus.MISDIRECTED_REQUEST)
        return False

    def _is_the_engineer_s(self) -> bool:
        """Whether the page of the devices took this."""
        engineer = self.server.engineer
        return engineer is not None and engineer.serve(self)

    def _is_from_our_page(self) -> bool:
        origin = self.headers.get("Origin")
        own = f"http://{self.headers.get('Host', '')}"
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        if origin not in {None, own}:
            self._nothing(HTTPStatus.FORBIDDEN)
        elif kind != "application/json":
            self._nothing(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        else:
            return True
        return False

    # ------------------------------------------------------------------ answers

    def _answer(self, kind: type[T], act: Callable[[T], object]) -> None:
        body = self._body()
        if body is None:
            return
        try:
            press = msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError as error:
            refusal = Refusal("malformed", detail=str(error))
            self._json(refusal.refused, HTTPStatus(refusal.status))
            return
        self._json(act(press))

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            self._nothing(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        return self.rfile.read(int(length))

    def _facts(self) -> None:
        facts = self.server.kiosk.facts()
        if facts is None:
            refused = Refused(code="no_facts", zh="大厅资料尚未取得", en="No facts of the hall yet")
            self._json(refused, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._json(facts)

    def _events(self) -> None:
        """Server-sent events: the whole state at each change, and a sign of life in between."""
        if not self.server.streams.acquire(blocking=False):
            self._nothing(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self._head(HTTPStatus.OK, "text/event-stream", None, "no-store")
            seen = -1
            while not self.server.stopping.is_set():
                change = self.server.kiosk.wait(seen, KEEP_ALIVE_S)
                if change == seen:
                    self.wfile.write(b"event: alive\ndata: 1\n\n")
                else:
                    seen = change
                    state = msgspec.json.encode(self.server.kiosk.state())
                    self.wfile.write(b"data: " + state + b"\n\n")
                self.wfile.flush()
                self.server.stopping.wait(CHANGES_APART_S)
        finally:
            self.close_connection = True
            self.server.streams.release()

    def _page(self) -> None:
        file = self.server.pages / PAGE
        body = file.read_bytes() if file.is_file() else NOT_BUILT
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", body, "no-cache")

    def _asset(self, inner: str) -> None:
        """A built file; its name carries a hash, so that it may be kept for ever."""
        file = (self.server.pages / inner).resolve()
        if not file.is_relative_to(self.server.pages / "assets") or not file.is_file():
            self._nothing(HTTPStatus.NOT_FOUND)
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._send(HTTPStatus.OK, kind, file.read_bytes(), "public, max-age=31536000, immutable")

    def _json(self, told: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, "application/json", msgspec.json.encode(told), "no-store")

    def _nothing(self, status: HTTPStatus) -> None:
        self.close_connection = True  # an unread body must not be taken for the next request
        self._send(status, "text/plain; charset=utf-8", status.phrase.encode(), "no-store")

    def _send(self, status: HTTPStatus, kind: str, body: bytes, caching: str) -> None:
        self._head(status, kind, len(body), caching)
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, length: int | None, caching: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", caching)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
        """Only for those who debug: a kiosk's log is not a list of touches."""
        log.debug(format, *args)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
