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

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from select import select
from socket import MSG_PEEK
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import msgspec

from config.serving import PARTS, STRICT_HEADERS, Address, BoundedServer, Requests
from display.station import Station
from display.stream import play_stream
from drivers.engineer.page import EngineerPage
from hall_server.contract.messages.base import Identifier, Refused, RequestId
from hall_server.contract.messages.feedback import RatingLevel
from hall_server.contract.version import VERSION

BODY_BYTES_MAX = 2_048
STREAMS_MOST = 16
IDLE_S = 30
PAGES = {
    "/wall": "wall",
    "/window": "window",
    "/guide": "guide",
    "/pattern": "pattern",
    "/rating": "rating",
}
SOUND = re.compile(r"/voice/(chime|\d{1,16})\.wav")


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
        return {"Content-Security-Policy": policy, **STRICT_HEADERS}


class DisplayServer(BoundedServer):
    """The pages of the screens and what they need."""

    def __init__(self, address: Address, premises: Premises) -> None:
        self.premises = premises
        self.streams = threading.BoundedSemaphore(STREAMS_MOST)
        super().__init__(address, DisplayRequests)


class DisplayRequests(Requests):
    """One connection."""

    timeout = IDLE_S
    server: DisplayServer

    @property
    def premises(self) -> Premises:
        """Where the answers come from."""
        return self.server.premises

    def headers_of_all(self) -> Mapping[str, str]:
        """Strict, and with what a page may ask."""
        return self.premises.headers

    # ------------------------------------------------------------------ asking

    def do_GET(self) -> None:
        """Pages, their parts, and what the pages need to know."""
        if self._is_the_engineer_s():
            return
        address = urlsplit(self.path)
        path = address.path.rstrip("/") or "/wall"
        if path in PAGES:
            self.send_page(self.premises.built / "display/web" / PAGES[path] / "index.html")
        elif path.startswith(PARTS):
            self.send_part(self.premises.built, path.removeprefix(PARTS))
        elif path == "/session.json":
            self._session()
        elif path == "/last.json":
            self.send_json(self.premises.station.last() or b"null")
        elif path == "/voice/stream":
            self._stream(parse_qs(address.query).get("zone", [""])[0][:40])
        elif sound := SOUND.fullmatch(path):
            self._sound(sound[1])
        else:
            self.refuse(HTTPStatus.NOT_FOUND)

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
                    self.send_json(msgspec.json.encode(self._rated(rate)))
                case "/voice/ended":
                    self._ended(msgspec.json.decode(body, type=Ended))
                case _:
                    self.refuse(HTTPStatus.NOT_FOUND)
        except msgspec.DecodeError:
            self.refuse(HTTPStatus.BAD_REQUEST)

    def _is_the_engineer_s(self) -> bool:
        """Whether the page of the devices took this."""
        engineer = self.premises.engineer
        return engineer is not None and engineer.serve(self)

    def _body(self) -> bytes | None:
        """The JSON of a page of ours; None when it was refused. A foreign page names its origin."""
        origin = self.headers.get("Origin", "")
        length = self.headers.get("Content-Length", "")
        if origin not in ("", self.premises.origin, f"http://{self.headers.get('Host', '')}"):
            self.refuse(HTTPStatus.FORBIDDEN)
        elif self.headers.get_content_type() != "application/json":
            self.refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            return self.rfile.read(int(length))
        return None

    # ------------------------------------------------------------------ answering

    def _session(self) -> None:
        session = Session(
            hall_url=self.premises.hall_url,
            token=self.premises.station.page_token,
            version=VERSION,
        )
        self.send_json(msgspec.json.encode(session))

    def _sound(self, name: str) -> None:
        sound = self.premises.station.voices.sound(name)
        if sound is None:
            self.refuse(HTTPStatus.NOT_FOUND)
        else:
            self.send(sound, "audio/wav")

    def _shown(self, shown: Shown) -> None:
        known = self.premises.station.shown(shown.display_id, shown.shown_seq)
        self.send(b"", "text/plain", HTTPStatus.NO_CONTENT if known else HTTPStatus.NOT_FOUND)

    def _rated(self, rate: Rate) -> Rated:
        return Rated(self.premises.station.rate(rate.press_id, rate.window_id, rate.level))

    def _ended(self, answer: Ended) -> None:
        self.premises.station.voices.ended(
            answer.loudspeaker, answer.player, answer.play, heard=answer.heard
        )
        self.send(b"", "text/plain", HTTPStatus.NO_CONTENT)

    def _stream(self, wanted: str) -> None:
        """Keep a player's stream open until it goes; its thread does nothing else."""
        station = self.premises.station
        loudspeaker = station.loudspeaker(wanted)
        if not loudspeaker:
            self.refuse(HTTPStatus.NOT_FOUND)
            return
        if not self.server.streams.acquire(blocking=False):
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self.send_head("text/event-stream", length=None)
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
