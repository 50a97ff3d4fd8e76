"""The monitor's small web server: one page, its parts, and where the hall is.

    GET /               the built page             GET /session.json   hall, version
    GET /web/assets/…   its parts                  GET /healthz        this program and its link
    POST /set-up/…      cameras are stated         see ``setting_up/door.py``

Plain standard library; only what states cameras is taken, from our own page with the hall's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from config.serving import HTML, PARTS, STRICT_HEADERS, Address, BoundedServer, Requests
from hall_server.contract.link import LinkState
from hall_server.contract.version import VERSION
from monitor.setting_up.door import BODY_BYTES_MOST, SET_UP, SetUpDoor, Turned
from monitor.station import Station

PAGE = Path("monitor/web/index.html")


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What the page needs to find the hall; who looks is told by the hall's own cookie."""

    hall_url: str
    live_url: str = ""
    """Where live pictures are; empty where there are no cameras."""
    sets_up: bool = False
    """Whether cameras can be stated here."""
    token: str = ""
    version: str = VERSION


class CamerasHealth(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the programs behind the cameras work, and for how long recordings have room."""

    recorder: bool
    analyser: bool
    days_fit: float | None
    retention_days: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this program works, and how it stands with the hall."""

    ok: bool
    link: LinkState
    zh: str
    en: str
    cameras: CamerasHealth | None = None
    """None where there are none."""
    version: str = VERSION


@dataclass(frozen=True)
class Premises:
    """What every request is answered from."""

    station: Station
    built: Path
    live_url: str = ""
    set_up: SetUpDoor | None = None

    @cached_property
    def headers(self) -> dict[str, str]:
        """Strict for browsers: only this station and the hall, no frames, no devices."""
        hall = urlsplit(self.station.settings.hall_url)
        socket_scheme = "wss" if hall.scheme == "https" else "ws"
        hall_origin = f"{hall.scheme}://{hall.netloc}"
        live = f" {self.live_url}" if self.live_url else ""
        fetched_at = self.live_url or "'none'"  # where an export is fetched by a form
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            f"img-src 'self' data: blob: {hall_origin}; media-src blob:; "
            f"connect-src 'self' {hall_origin} {socket_scheme}://{hall.netloc}{live}; "
            f"base-uri 'none'; form-action {fetched_at}; frame-ancestors 'none'"
        )
        return {"Content-Security-Policy": policy, **STRICT_HEADERS}


class MonitorServer(BoundedServer):
    """The page and what it needs."""

    def __init__(self, address: Address, premises: Premises) -> None:
        self.premises = premises
        super().__init__(address, MonitorRequests)


class MonitorRequests(Requests):
    """One connection."""

    server: MonitorServer

    def headers_of_all(self) -> Mapping[str, str]:
        """Strict, and with what the page may ask."""
        return self._premises.headers

    def do_GET(self) -> None:
        """All that this server gives."""
        path = urlsplit(self.path).path
        match path:
            case "/" | "/index.html":
                self._page()
            case "/session.json":
                session = Session(
                    hall_url=self._premises.station.settings.hall_url,
                    live_url=self._premises.live_url,
                    sets_up=self._premises.set_up is not None,
                )
                self.send_json(msgspec.json.encode(session))
            case "/healthz":
                self._health()
            case _ if path.startswith(PARTS):
                self.send_part(self._premises.built, path.removeprefix(PARTS))
            case _:
                self.refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """What states cameras."""
        door, path = self._premises.set_up, urlsplit(self.path).path
        length = self.headers.get("Content-Length", "")
        self.close_connection = True
        if door is None or not path.startswith(SET_UP):
            self.refuse(HTTPStatus.NOT_FOUND)
        elif self.headers.get("Origin") != self._premises.station.settings.origin:
            self.refuse(HTTPStatus.FORBIDDEN)
        elif not length.isdecimal() or int(length) > BODY_BYTES_MOST:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._set_up(door, path, self.rfile.read(int(length)))

    def _set_up(self, door: SetUpDoor, path: str, body: bytes) -> None:
        scheme, _, word = self.headers.get("Authorization", "").partition(" ")
        try:
            pieces = door.answer(path, word if scheme == "Bearer" else "", body)
        except Turned as turned:
            self.send_json(msgspec.json.encode(turned.told), turned.status)
            return
        self.send_head("application/json", length=None)
        with suppress(OSError):  # who waits for a trial may go away
            for piece in pieces:
                self.wfile.write(piece)

    @property
    def _premises(self) -> Premises:
        return self.server.premises

    def _page(self) -> None:
        """Under the one origin that the hall lets in; another name of this machine leads there."""
        origin = self._premises.station.settings.origin
        if self.headers.get("Host", "") not in ("", urlsplit(origin).netloc):
            self.send_head(HTML, HTTPStatus.FOUND, length=0, more={"Location": f"{origin}/"})
        else:
            self.send_page(self._premises.built / PAGE)

    def _health(self) -> None:
        status = self._premises.station.status
        health = Health(
            ok=True, link=status.state, zh=status.zh, en=status.en, cameras=self._cameras()
        )
        self.send_json(msgspec.json.encode(health))

    def _cameras(self) -> CamerasHealth | None:
        machine = self._premises.station.machine
        if machine is None:
            return None
        now = machine.now()
        return CamerasHealth(
            recorder=now.is_recorder_alive,
            analyser=now.is_analyser_alive,
            days_fit=now.recorder.days_fit if now.recorder else None,
            retention_days=now.recorder.retention_days if now.recorder else 0,
        )
