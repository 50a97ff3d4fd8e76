"""The door to live pictures: it lets in whom the hall has admitted, and knows nobody itself.

    GET /cameras   which cameras there are, and whose windows they show: no pictures;
                   with ?at=, whose windows they showed then

All else is given by rooms (``room.py``): pictures of now (``pictures.py``), what was recorded
(``monitor/lookback/door.py``), what was taken out (``monitor/exporting/door.py``), and what belongs
to findings (``evidence.py``).

Something is given only for ``Authorization: Bearer`` with the hall's word for it
(``hall_server/contract/admission.py``), which the hall has recorded before it gave it, or for a
form that brings that word. Browsers may ask from the supervisor's page, and where a room says so
from others.
"""

from __future__ import annotations

import logging
import select
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import msgspec

from config.serving import Address, BoundedServer, Requests
from config.values import Words
from hall_server.contract.admission import TOKEN_CHARACTERS_MOST, Admission, AdmissionError
from hall_server.contract.http_door import LinkDown
from monitor.live.room import Asked, Given, Room, ShownCameras, moves
from monitor.live.word import HallsWord

CAMERAS = "/cameras"
FORM = "null"
"""A form's page names itself so where it tells nobody whence it comes, as ours does."""
TOLD = "X-Taken-At, X-Origin-At, X-Ends-At, X-Codec"
"""What pages may read of an answer's head."""
SEND_BYTES = 256 * 1024
"""What the machine may hold of a viewer's stream: the rest waits where it can be dropped."""
WindowsAt = Callable[[str], Mapping[str, tuple[str, ...]]]
"""Which windows cameras showed ``?at=`` a moment; nothing of those that nobody knows."""

log = logging.getLogger(__name__)


class ShownCamera(msgspec.Struct, frozen=True, kw_only=True):
    """What a page may know of a camera before it is admitted; never its address."""

    id: str
    name: Words
    windows: tuple[str, ...]
    moves: bool
    """Whether it can be seen in motion: what is masked is masked in stills alone."""


class LiveServer(BoundedServer):
    """The cameras, the hall's word, the rooms, and the page that may ask."""

    def __init__(
        self,
        address: Address,
        cameras: ShownCameras,
        word: HallsWord,
        origin: str,
        rooms: Sequence[Room],
        windows_at: WindowsAt = lambda _query: {},
    ) -> None:
        """``origin`` is where browsers find the supervisor's page."""
        self.cameras, self.word, self.origin = cameras, word, origin
        self.rooms, self._windows_at = rooms, windows_at
        super().__init__(address, DoorRequests)

    def room(self, path: str) -> Room | None:
        """Whose this path is."""
        return next((one for one in self.rooms if path.startswith(one.path)), None)

    def listed(self, query: str) -> list[ShownCamera]:
        """Every camera, with the windows it shows, or showed at the moment that is asked about."""
        then = self._windows_at(query)
        return [
            ShownCamera(
                id=one.id, name=one.name, windows=then.get(one.id, one.windows), moves=moves(one)
            )
            for one in self.cameras.by_id.values()
        ]


class DoorRequests(Requests):
    """One connection."""

    server: LiveServer

    def headers_of_all(self) -> Mapping[str, str]:
        """To our pages, that they may ask; to everybody, that nothing is kept or guessed at."""
        always = {"X-Content-Type-Options": "nosniff", "Vary": "Origin"}
        if self._page() not in self._pages():
            return always
        return always | {
            "Access-Control-Allow-Origin": self._page(),
            "Access-Control-Allow-Headers": "Authorization",
            "Access-Control-Expose-Headers": TOLD,
            "Access-Control-Max-Age": "600",
        }

    def do_OPTIONS(self) -> None:
        """A browser asks whether its page may bring the hall's word."""
        self.send(b"", "text/plain", HTTPStatus.NO_CONTENT)

    def do_GET(self) -> None:
        """All that this door gives."""
        address = urlsplit(self.path)
        if self._page() in ("", *self._pages()) and address.path == CAMERAS:
            self.send_json(msgspec.json.encode(self.server.listed(address.query)))
        else:
            self._answer(self._bearer(), ("", *self._pages()))

    def do_HEAD(self) -> None:
        """Whether it is there, or that somebody looks on."""
        self._answer(self._bearer(), ("", *self._pages()))

    def do_POST(self) -> None:
        """What a page fetches by a form, so that the browser writes it to the disk as it comes."""
        self.close_connection = True
        self._answer(self._token_in_form(), ("", FORM, *self._pages()))

    def _answer(self, token: str, pages: tuple[str, ...]) -> None:
        address = urlsplit(self.path)
        room = self.server.room(address.path)
        if self._page() not in pages:
            self.refuse(HTTPStatus.FORBIDDEN)
        elif room is None or self.command not in room.methods:
            self.refuse(HTTPStatus.NOT_FOUND)
        elif isinstance(word := self._word(token), HTTPStatus):
            self.refuse(word)
        else:
            what = address.path.removeprefix(room.path)
            with room.given(Asked(self.command, what, address.query, word)) as given:
                self._give(given)

    def _give(self, given: Given) -> None:
        if given.length is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send_head(given.kind, given.status, length=given.length, more=given.headers)
        if self.command == "HEAD":
            return
        # It ends, unless all that was promised is sent.
        ends, self.close_connection = self.close_connection, True
        sent = 0
        with suppress(OSError):  # who looks goes away without a word
            for part in given.parts:
                if given.length is None and select.select([self.connection], [], [], 0)[0]:
                    return
                sent += self.wfile.write(part)
            self.close_connection = ends or sent != given.length

    def _page(self) -> str:
        """The origin of the page that asks; empty where no browser does."""
        return self.headers.get("Origin", "")

    def _pages(self) -> tuple[str, ...]:
        """Whose pages may ask for this."""
        room = self.server.room(urlsplit(self.path).path)
        return (self.server.origin, *(room.origins if room else ()))

    def _bearer(self) -> str:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" else ""

    def _token_in_form(self) -> str:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > TOKEN_CHARACTERS_MOST + 16:
            return ""
        sent = self.rfile.read(int(length))
        return parse_qs(sent.decode("ascii", "replace")).get("token", [""])[0]

    def _word(self, token: str) -> Admission | HTTPStatus:
        """What the hall's word admits to, or why it is none."""
        try:
            return self.server.word.admission(token) if token else HTTPStatus.UNAUTHORIZED
        except AdmissionError as error:
            log.info("not admitted: %s", error)
            return HTTPStatus.UNAUTHORIZED
        except LinkDown as error:
            log.warning("the hall's key is not known yet: %s", error)
            return HTTPStatus.BAD_GATEWAY
