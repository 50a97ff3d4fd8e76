"""The door to live pictures: it lets in whom the hall has admitted, and knows nobody itself.

    GET /cameras          which cameras there are, and whose windows they show: no pictures;
                          with ?at=, whose windows they showed then
    GET /stills/<camera>  the newest picture as JPEG, and in X-Taken-At when it was taken (UTC ms)
    GET /live/<camera>    pictures in motion, without an end; see ``stream.py``
    HEAD /live/<camera>   a newer word of the hall, with which those go on past the end of the older
    GET /lookback/…       what was recorded; see ``monitor/lookback/door.py``
    /exports/<id>         recordings that were taken out, see ``monitor/exporting/door.py``
    GET /evidence/… /zones/…   pictures of findings and references; see ``evidence.py``

A picture is given only for ``Authorization: Bearer`` with the hall's word for this camera
(``hall_server/contract/admission.py``), which the hall has recorded before it gave it. Browsers may
ask from the supervisor's page alone.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from config.values import Words
from hall_server.contract.admission import Admission, AdmissionError, admission_of
from hall_server.contract.http_door import LinkDown, post
from hall_server.contract.messages.ledger import CheckpointRead, CheckpointView
from hall_server.contract.refusals import Refusal
from monitor.bounded_server import BoundedServer
from monitor.cameras.camera import Camera
from monitor.exporting.door import PATH as EXPORTS
from monitor.exporting.door import judge, send, token_in_form
from monitor.feed.latest import LatestPictures
from monitor.live.evidence import EVIDENCE, ZONES, EvidenceRoom, zones_of
from monitor.live.stream import LiveStreams, Viewer
from monitor.lookback.door import Lookback, moves

IDLE_S = 15
ASK_HALL_S = 3.0
ASK_AGAIN_AFTER_S = 10.0
STILLS, LIVE, LOOKBACK = "/stills/", "/live/", "/lookback/"
TOLD = "X-Taken-At, X-Origin-At, X-Ends-At, X-Codec"
"""What pages may read of an answer's head."""
TAKE_S = 1.0
SEND_BYTES = 256 * 1024
"""What the machine may hold of a viewer's stream: the rest waits where it can be dropped."""

log = logging.getLogger(__name__)


class ShownCamera(msgspec.Struct, frozen=True, kw_only=True):
    """What a page may know of a camera before it is admitted; never its address."""

    id: str
    name: Words
    windows: tuple[str, ...]
    moves: bool
    """Whether it can be seen in motion: what is masked is masked in stills alone."""


class HallsWord:
    """Judges the words the hall has given, by its key, which is asked of the hall once."""

    def __init__(
        self,
        hall_url: str,
        now_ms: Callable[[], int],
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """The hall may come later."""
        self._hall_url, self.now_ms, self._steady_s = hall_url, now_ms, steady_s
        self._key = ""
        self._asked_at_s = float("-inf")
        self._lock = threading.Lock()

    def admission(self, token: str) -> Admission:
        """What the token admits to; raises AdmissionError, LinkDown while there is no key yet."""
        key = self._key or self._ask()
        try:
            return admission_of(token, key, self.now_ms())
        except AdmissionError:
            fresh = self._ask()  # a hall set up anew signs with another key
            if fresh == key:
                raise
            return admission_of(token, fresh, self.now_ms())

    def _ask(self) -> str:
        """The hall's key; not more often than every few seconds, whatever people bring."""
        with self._lock:
            if self._key and self._steady_s() - self._asked_at_s < ASK_AGAIN_AFTER_S:
                return self._key
            self._asked_at_s = self._steady_s()
            try:
                told = post(
                    self._hall_url,
                    "ledger.checkpoint",
                    CheckpointRead(),
                    CheckpointView,
                    ASK_HALL_S,
                )
            except (LinkDown, Refusal) as error:
                if not self._key:
                    raise LinkDown(str(error)) from error
            else:
                self._key = told.verifier_key
            return self._key


class Looks:
    """Until when each account may look at each camera, by the newest word it has brought."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Nobody may yet."""
        self._now_ms = now_ms
        self._until_ms: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def note(self, admission: Admission, camera_id: str) -> None:
        """Somebody has brought a word that is good; those that are over are forgotten."""
        now_ms, look = self._now_ms(), (admission.account, camera_id)
        with self._lock:
            self._until_ms = {one: at for one, at in self._until_ms.items() if at > now_ms}
            self._until_ms[look] = max(self._until_ms.get(look, 0), admission.expires_at)

    def may(self, account: str, camera_id: str) -> bool:
        """Whether that look may go on."""
        return self._until_ms.get((account, camera_id), 0) > self._now_ms()


class LiveServer(BoundedServer):
    """Cameras, pictures, the hall's word and the one page that may ask."""

    def __init__(
        self,
        address: tuple[str, int],
        cameras: tuple[Camera, ...],
        pictures: LatestPictures,
        streams: LiveStreams,
        word: HallsWord,
        origin: str,
        data: Path,
        lookback: Lookback | None = None,
        evidence: EvidenceRoom | None = None,
    ) -> None:
        """``origin`` is where browsers find the supervisor's page; ``data`` the recorder's."""
        self.lookback = lookback
        self.show(cameras)
        self.pictures, self.streams, self.word, self.origin = pictures, streams, word, origin
        self.evidence = evidence
        self.looks, self.data = Looks(word.now_ms), data
        super().__init__(address, Requests)

    def show(self, cameras: tuple[Camera, ...]) -> None:
        """These cameras from now on; whoever looks at one that is no more sees it end."""
        self.cameras = {one.id: one for one in cameras}


class Requests(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Hall"
    sys_version = ""
    timeout = IDLE_S
    server: LiveServer

    def do_OPTIONS(self) -> None:
        """A browser asks whether its page may bring the hall's word."""
        self._send(b"", "text/plain", HTTPStatus.NO_CONTENT)

    def do_GET(self) -> None:
        """All that this door gives."""
        path = urlsplit(self.path).path
        if not self._is_our_page():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif path == "/cameras":
            self._send(msgspec.json.encode(self._cameras()), "application/json")
        elif path.startswith(STILLS):
            self._still(path.removeprefix(STILLS))
        elif path.startswith(LIVE):
            self._live(path.removeprefix(LIVE))
        elif path.startswith(LOOKBACK) and self.server.lookback:
            self._recorded(self.server.lookback, *path.removeprefix(LOOKBACK).partition("/")[::2])
        elif path.startswith(EVIDENCE):
            self._evidence(path.removeprefix(EVIDENCE))
        elif path.startswith(ZONES):
            self._zones(path.removeprefix(ZONES))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _cameras(self) -> list[ShownCamera]:
        lookback, query = self.server.lookback, urlsplit(self.path).query
        then = lookback.windows_at(query) if lookback and query else {}
        return [
            ShownCamera(
                id=one.id, name=one.name, windows=then.get(one.id, one.windows), moves=moves(one)
            )
            for one in self.server.cameras.values()
        ]

    def do_POST(self) -> None:
        """An export is fetched by a form of the page."""
        path = urlsplit(self.path).path
        self.close_connection = True
        if not self._is_our_form() or not path.startswith(EXPORTS):
            self._refuse(HTTPStatus.FORBIDDEN)
        else:
            self._export(path, token_in_form(self), body=True)

    def do_HEAD(self) -> None:
        """A look that goes on, or whether an export is there."""
        path = urlsplit(self.path).path
        if self._is_our_page() and path.startswith(EXPORTS):
            self._export(path, self._bearer(), body=False)
            return
        if not self._is_our_page() or not path.startswith(LIVE):
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        camera_id = path.removeprefix(LIVE)
        admission = self._admission(camera_id)
        if isinstance(admission, Admission):
            self.server.looks.note(admission, camera_id)
        self._refuse(HTTPStatus.NO_CONTENT if isinstance(admission, Admission) else admission)

    def _is_our_page(self) -> bool:
        return self._page() in ("", *self._pages())

    def _page(self) -> str:
        """The origin of the page that asks; empty where no browser does."""
        return self.headers.get("Origin", "")

    def _pages(self) -> tuple[str, ...]:
        """Whose pages may ask for this."""
        evidence = self.server.evidence
        is_shared = evidence and urlsplit(self.path).path.startswith((EVIDENCE, ZONES))
        return (self.server.origin, *(evidence.origins if evidence and is_shared else ()))

    def _evidence(self, name: str) -> None:
        word, evidence = self._word(self._bearer()), self.server.evidence
        if not isinstance(word, Admission):
            self._refuse(word)
            return
        found = evidence.still(name, word) if evidence else HTTPStatus.NOT_FOUND
        if isinstance(found, HTTPStatus):
            self._refuse(found)
        else:
            self._send(*found)

    def _zones(self, camera_id: str) -> None:
        word, camera = self._word(self._bearer()), self.server.cameras.get(camera_id)
        if not isinstance(word, Admission):
            self._refuse(word)
        elif camera is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._send(zones_of(camera), "application/json")

    def _is_our_form(self) -> bool:
        """A form's page names itself ``null`` where it tells nobody whence it comes, as ours."""
        return self._is_our_page() or self.headers.get("Origin") == "null"

    def _still(self, camera_id: str) -> None:
        admission = self._admission(camera_id)
        if not isinstance(admission, Admission):
            self._refuse(admission)
            return
        frame = self.server.pictures.picture(camera_id)
        if frame is None:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._send(frame.jpeg, "image/jpeg", taken_at_ms=frame.at_ms)

    def _live(self, camera_id: str) -> None:
        admission = self._admission(camera_id)
        if not isinstance(admission, Admission):
            self._refuse(admission)
            return
        camera = self.server.cameras[camera_id]
        viewer = self.server.streams.look(camera) if moves(camera) else None
        if viewer is None:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.server.looks.note(admission, camera_id)
        self.close_connection = True
        try:
            with suppress(OSError):  # who looks goes away without a word
                self._stream(viewer, admission.account, camera_id)
        finally:
            self.server.streams.leave(viewer)

    def _stream(self, viewer: Viewer, account: str, camera_id: str) -> None:
        """Send until the viewer goes, its word is over, or the camera is not what it was."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head("application/octet-stream", HTTPStatus.OK)
        self.send_header("Connection", "close")
        self.end_headers()
        camera = self.server.cameras.get(camera_id)
        while self.server.looks.may(account, camera_id):
            if self.server.cameras.get(camera_id) != camera:
                return  # it may be masked now, or be another one
            data = viewer.take(TAKE_S)
            if data is None or select.select([self.connection], [], [], 0)[0]:
                return
            if data:
                self.wfile.write(data)

    def _recorded(self, lookback: Lookback, camera_id: str, what: str) -> None:
        admission = self._admission(camera_id, is_live=False)
        if not isinstance(admission, Admission):
            self._refuse(admission)
            return
        camera, query = self.server.cameras[camera_id], urlsplit(self.path).query
        with lookback.given(camera, what, query, admission) as given:
            self._head(given.kind, given.status)
            for name, value in given.headers.items():
                self.send_header(name, str(value))
            self.send_header("Content-Length", str(given.length))
            self.end_headers()
            self.close_connection = True  # unless all that was promised is sent
            with suppress(OSError):  # who looks goes elsewhere without a word
                sent = sum(self.wfile.write(part) for part in given.parts())
                self.close_connection = sent < given.length

    def _export(self, path: str, token: str, *, body: bool) -> None:
        file = judge(path, self.server.data, token, self._word)
        if isinstance(file, HTTPStatus):
            self._refuse(file)
            return
        self._head("application/zip", HTTPStatus.OK)
        with suppress(ConnectionError):  # whoever fetches may change their mind
            send(self, file, body=body)

    def _admission(self, camera_id: str, *, is_live: bool = True) -> Admission | HTTPStatus:
        """The hall's word for this camera, or why there is none; strangers learn no names."""
        admission = self._word(self._bearer())
        if not isinstance(admission, Admission):
            return admission
        if admission.is_live is not is_live or camera_id not in admission.camera_ids:
            return HTTPStatus.FORBIDDEN
        return admission if camera_id in self.server.cameras else HTTPStatus.NOT_FOUND

    def _bearer(self) -> str:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" else ""

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

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(b"", "text/plain", status)

    def _send(
        self,
        body: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        taken_at_ms: int = 0,
    ) -> None:
        self._head(kind, status)
        self.send_header("Content-Length", str(len(body)))
        if taken_at_ms:
            self.send_header("X-Taken-At", str(taken_at_ms))
        self.end_headers()
        self.wfile.write(body)

    def _head(self, kind: str, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Vary", "Origin")
        if self._page() in self._pages():
            self.send_header("Access-Control-Allow-Origin", self._page())
            self.send_header("Access-Control-Allow-Headers", "Authorization")
            self.send_header("Access-Control-Expose-Headers", TOLD)
            self.send_header("Access-Control-Max-Age", "600")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """To the log, where only what went wrong is worth a line."""
        log.debug(format, *args)
