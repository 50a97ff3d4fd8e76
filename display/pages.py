"""The station's own small web server: its pages, and what they need from this very machine.

    GET  /wall /window /guide   the built pages          GET  /voice/stream?zone= cues for a player
    GET  /pattern /web/…        test pattern, parts      GET  /voice/<name>.wav   sounds
    GET  /session.json          hall, token, version     POST /voice/ended        a player's answer
    GET  /last.json             the last known picture   POST /shown              a call was shown
    GET  /rating                a window's rating page   POST /rate               a citizen rates

Pages draw the hall's state from the hall itself; this server goes on while the hall is away. It
takes small JSON from its own pages only, and every wait and number in it is limited.
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from select import select
from socket import MSG_PEEK, socket
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import msgspec

from display.station import Station
from display.stream import play_stream
from drivers.engineer.page import EngineerPage
from hall_server.contract.messages.base import Identifier, Refused, RequestId
from hall_server.contract.messages.feedback import RatingLevel
from hall_server.contract.version import VERSION

BODY_BYTES_MAX = 2_048
CONNECTIONS_MOST = 64
STREAMS_MOST = 16
IDLE_S = 30
PAGES = {
    "/wall": "wall",
    "/window": "window",
    "/guide": "guide",
    "/pattern": "pattern",
    "/rating": "rating",
}
HASHED_NAME = re.compile(r"-[A-Za-z0-9_-]{8,}\.\w+$")
SOUND = re.compile(r"/voice/(chime|\d{1,16})\.wav")
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Hall</title>"
    "<p>页面尚未构建，请运行 <code>./hall run</code>。"
    "<p lang=en>The pages are not built yet; run <code>./hall run</code>."
)

log = logging.getLogger(__name__)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What a page needs to look at the hall itself."""

    hall_url: str
    token: str
    version: str


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page's word that a call stands on it."""

    display_id: Annotated[str, msgspec.Meta(max_length=40)]
    shown_seq: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A face was touched on the rating page of a window."""

    press_id: RequestId
    window_id: Identifier
    level: RatingLevel


class Rated(msgspec.Struct, frozen=True):
    """Whether it counts, or why not."""

    refused: Refused | None


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A player's answer: whether the announcement was heard to its end."""

    loudspeaker: Annotated[str, msgspec.Meta(max_length=40)]
    player: Annotated[str, msgspec.Meta(max_length=32)]
    play: Annotated[str, msgspec.Meta(max_length=40)]
    heard: bool


@dataclass(frozen=True)
class Premises:
    """What every request is answered from."""

    station: Station
    built: Path
    origin: str
    hall_url: str
    engineer: EngineerPage | None = None

    @cached_property
    def headers(self) -> dict[str, str]:
        """Strict for browsers: only this station and the hall, no frames, no devices."""
        hall = urlsplit(self.hall_url)
        socket_scheme = "wss" if hall.scheme == "https" else "ws"
        hall_origin = f"{hall.scheme}://{hall.netloc}"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            f"img-src 'self' data: {hall_origin}; media-src 'self' blob:; "
            f"connect-src 'self' {hall_origin} {socket_scheme}://{hall.netloc}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }


class DisplayServer(ThreadingHTTPServer):
    """One thread per connection, and no more connections than a hall has screens."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], premises: Premises) -> None:
        self.premises = premises
        self.streams = threading.BoundedSemaphore(STREAMS_MOST)
        self._places = threading.BoundedSemaphore(CONNECTIONS_MOST)
        super().__init__(address, Requests)

    def process_request(
        self, request: socket | tuple[bytes, socket], client_address: tuple[str, int]
    ) -> None:
        """Turn away whoever comes after the last place is taken."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket | tuple[bytes, socket], client_address: tuple[str, int]
    ) -> None:
        """Answer in this connection's own thread; then its place is free again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


class Requests(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Hall"
    sys_version = ""
    timeout = IDLE_S
    server: DisplayServer

    @property
    def premises(self) -> Premises:
        """Where the answers come from."""
        return self.server.premises

    # ------------------------------------------------------------------ asking

    def do_GET(self) -> None:
        """Pages, their parts, and what the pages need to know."""
        if self._is_the_engineer_s():
            return
        address = urlsplit(self.path)
        path = address.path.rstrip("/") or "/wall"
        if path in PAGES:
            self._page(PAGES[path])
        elif path.startswith("/web/"):
            self._asset(path.removeprefix("/web/"))
        elif path == "/session.json":
            self._session()
        elif path == "/last.json":
            self._send(self.premises.station.last() or b"null", "application/json")
        elif path == "/voice/stream":
            self._stream(parse_qs(address.query).get("zone", [""])[0][:40])
        elif sound := SOUND.fullmatch(path):
            self._sound(sound[1])
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """The pages' own words."""
        if self._is_the_engineer_s():
            return
        body = self._body()
        if body is None:
            return
        try:
            match urlsplit(self.path).path:
                case "/shown":
                    self._shown(msgspec.json.decode(body, type=Shown))
                case "/rate":
                    rate = msgspec.json.decode(body, type=Rate)
                    self._send(msgspec.json.encode(self._rated(rate)), "application/json")
                case "/voice/ended":
                    self._ended(msgspec.json.decode(body, type=Ended))
                case _:
                    self._refuse(HTTPStatus.NOT_FOUND)
        except msgspec.DecodeError:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _is_the_engineer_s(self) -> bool:
        """Whether the page of the devices took this."""
        engineer = self.premises.engineer
        return engineer is not None and engineer.serve(self)

    def _body(self) -> bytes | None:
        """The JSON of a page of ours; None when it was refused. A foreign page names its origin."""
        origin = self.headers.get("Origin", "")
        length = self.headers.get("Content-Length", "")
        if origin not in ("", self.premises.origin, f"http://{self.headers.get('Host', '')}"):
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            return self.rfile.read(int(length))
        return None

    # ------------------------------------------------------------------ answering

    def _page(self, name: str) -> None:
        built = self.premises.built / "display/web" / name / "index.html"
        if built.is_file():
            self._send(built.read_bytes(), "text/html; charset=utf-8")
        else:
            self._send(
                NOT_BUILT.encode(), "text/html; charset=utf-8", HTTPStatus.SERVICE_UNAVAILABLE
            )

    def _asset(self, name: str) -> None:
        root = self.premises.built.resolve()
        found = (root / name).resolve()
        if not found.is_relative_to(root) or not found.is_file():
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        kind = guess_type(found.name)[0] or "application/octet-stream"
        kept = "public, max-age=31536000, immutable" if HASHED_NAME.search(name) else "no-cache"
        self._send(found.read_bytes(), kind, caching=kept)

    def _session(self) -> None:
        session = Session(
            hall_url=self.premises.hall_url,
            token=self.premises.station.page_token,
            version=VERSION,
        )
        self._send(msgspec.json.encode(session), "application/json")

    def _sound(self, name: str) -> None:
        sound = self.premises.station.voices.sound(name)
        if sound is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._send(sound, "audio/wav")

    def _shown(self, shown: Shown) -> None:
        known = self.premises.station.shown(shown.display_id, shown.shown_seq)
        self._done(HTTPStatus.NO_CONTENT if known else HTTPStatus.NOT_FOUND)

    def _rated(self, rate: Rate) -> Rated:
        return Rated(self.premises.station.rate(rate.press_id, rate.window_id, rate.level))

    def _ended(self, answer: Ended) -> None:
        self.premises.station.voices.ended(
            answer.loudspeaker, answer.player, answer.play, heard=answer.heard
        )
        self._done(HTTPStatus.NO_CONTENT)

    def _stream(self, wanted: str) -> None:
        """Keep a player's stream open until it goes; its thread does nothing else."""
        station = self.premises.station
        loudspeaker = station.loudspeaker(wanted)
        if not loudspeaker:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        if not self.server.streams.acquire(blocking=False):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self.close_connection = True
            self._head(HTTPStatus.OK, "text/event-stream", "no-store")
            self.end_headers()
            play_stream(station.voices, loudspeaker, self.wfile, self._is_gone)
        finally:
            self.server.streams.release()

    def _is_gone(self) -> bool:
        """Whether the far end has hung up. A page never writes on its stream."""
        readable, _, _ = select([self.connection], [], [], 0)
        try:
            return bool(readable) and not self.connection.recv(1, MSG_PEEK)
        except OSError:
            return True

    def _send(
        self,
        body: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        caching: str = "no-store",
    ) -> None:
        self._head(status, kind, caching)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _done(self, status: HTTPStatus) -> None:
        self._head(status, "text/plain", "no-store")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _refuse(self, status: HTTPStatus) -> None:
        """No body was read, so the connection cannot be used again."""
        self.close_connection = True
        self._head(status, "text/plain", "no-store")
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _head(self, status: HTTPStatus, kind: str, caching: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", caching)
        for header, value in self.premises.headers.items():
            self.send_header(header, value)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """To the log, and only what went wrong is worth a line there."""
        log.debug(format, *args)
