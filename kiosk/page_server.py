"""Serves the kiosk's page and its small API on this machine, with the hall or without it.

Plain standard library: a thread for each connection, at most so many. Only JSON is taken, only from
this server's own page: another site's page can neither send it unasked (content type) nor read the
answer (no CORS), and a foreign name that resolves here is turned away by the Host header.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from config.serving import PARTS, STRICT_HEADERS, BoundedServer, Requests
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

T = TypeVar("T")

BODY_BYTES_MAX = 8_192
STREAMS_MAX = 32
KEEP_ALIVE_S = 5.0
CHANGES_APART_S = 0.25
"""A rush of changes reaches the page as a few pictures."""
PAGE = Path("kiosk/web/index.html")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    **STRICT_HEADERS,
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


class PageServer(BoundedServer):
    """One listening socket and what it serves."""

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
        super().__init__((host, port), PageHandler)


class PageHandler(Requests):
    """One connection of a browser."""

    server: PageServer

    def headers_of_all(self) -> Mapping[str, str]:
        """Strict, and that the page loads nothing from elsewhere."""
        return HEADERS

    def do_GET(self) -> None:
        """Pages, facts, state and the stream of changes."""
        path = urlsplit(self.path).path
        if not self._is_meant_for_us() or self._is_the_engineer_s():
            return
        match path:
            case "/" | "/index.html":
                self.send_page(self.server.pages / PAGE)
            case "/healthz":
                self._json({"ok": True})
            case "/api/state":
                self._json(self.server.kiosk.state())
            case "/api/facts":
                self._facts()
            case "/api/events":
                self._events()
            case _ if path.startswith(PARTS):
                self.send_part(self.server.pages, path.removeprefix(PARTS))
            case _:
                self.refuse(HTTPStatus.NOT_FOUND)

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
                    self.refuse(HTTPStatus.NOT_FOUND)
        except Refusal as refusal:
            self._json(refusal.refused, HTTPStatus(refusal.status))

    # ------------------------------------------------------------------ who asks

    def _is_meant_for_us(self) -> bool:
        """A name that an attacker points at this machine is not ours (DNS rebinding)."""
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if name in {"localhost", self.server.host} or _is_address(name):
            return True
        self.refuse(HTTPStatus.MISDIRECTED_REQUEST)
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
            self.refuse(HTTPStatus.FORBIDDEN)
        elif kind != "application/json":
            self.refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
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
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
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
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self.send_head("text/event-stream", length=None)
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
            self.server.streams.release()

    def _json(self, told: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_json(msgspec.json.encode(told), status)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
