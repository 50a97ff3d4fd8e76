"""The door to live pictures: it lets in whom the hall has admitted, and knows nobody itself.

    GET /cameras          which cameras there are, and whose windows they show: no pictures
    GET /stills/<camera>  the newest picture as JPEG, and in X-Taken-At when it was taken (UTC ms)

A picture is given only for ``Authorization: Bearer`` with the hall's word for this camera
(``hall_server/contract/admission.py``), which the hall has recorded before it gave it. Browsers may
ask from the supervisor's page alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import msgspec

from config.values import Words
from hall_server.contract.admission import Admission, AdmissionError, admission_of
from hall_server.contract.http_door import LinkDown, post
from hall_server.contract.messages.ledger import CheckpointRead, CheckpointView
from hall_server.contract.refusals import Refusal
from monitor.bounded_server import BoundedServer
from monitor.camera import Camera
from monitor.latest import LatestPictures

IDLE_S = 15
ASK_HALL_S = 3.0
ASK_AGAIN_AFTER_S = 10.0
STILLS = "/stills/"

log = logging.getLogger(__name__)


class ShownCamera(msgspec.Struct, frozen=True, kw_only=True):
    """What a page may know of a camera before it is admitted; never its address."""

    id: str
    name: Words
    windows: tuple[str, ...]


class HallsWord:
    """Judges the words the hall has given, by its key, which is asked of the hall once."""

    def __init__(
        self,
        hall_url: str,
        now_ms: Callable[[], int],
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """The hall may come later."""
        self._hall_url, self._now_ms, self._steady_s = hall_url, now_ms, steady_s
        self._key = ""
        self._asked_at_s = float("-inf")
        self._lock = threading.Lock()

    def admission(self, token: str) -> Admission:
        """What the token admits to; raises AdmissionError, LinkDown while there is no key yet."""
        key = self._key or self._ask()
        try:
            return admission_of(token, key, self._now_ms())
        except AdmissionError:
            fresh = self._ask()  # a hall set up anew signs with another key
            if fresh == key:
                raise
            return admission_of(token, fresh, self._now_ms())

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


class LiveServer(BoundedServer):
    """Cameras, pictures, the hall's word and the one page that may ask."""

    def __init__(
        self,
        address: tuple[str, int],
        cameras: tuple[Camera, ...],
        pictures: LatestPictures,
        word: HallsWord,
        origin: str,
    ) -> None:
        """``origin`` is where browsers find the supervisor's page."""
        self.cameras = {one.id: one for one in cameras}
        self.pictures, self.word, self.origin = pictures, word, origin
        super().__init__(address, Requests)


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
        if self.headers.get("Origin", self.server.origin) != self.server.origin:
            self._send(b"", "text/plain", HTTPStatus.FORBIDDEN)
        elif path == "/cameras":
            shown = [
                ShownCamera(id=one.id, name=one.name, windows=one.windows)
                for one in self.server.cameras.values()
            ]
            self._send(msgspec.json.encode(shown), "application/json")
        elif path.startswith(STILLS):
            self._still(path.removeprefix(STILLS))
        else:
            self._send(b"", "text/plain", HTTPStatus.NOT_FOUND)

    def _still(self, camera_id: str) -> None:
        refused = self._refused(camera_id)
        if refused is not None:
            self._send(b"", "text/plain", refused)
            return
        frame = self.server.pictures.picture(camera_id)
        if frame is None:
            self._send(b"", "text/plain", HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._send(frame.jpeg, "image/jpeg", taken_at_ms=frame.at_ms)

    def _refused(self, camera_id: str) -> HTTPStatus | None:
        """Why this picture is not given, if it is not; strangers do not learn which there are."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return HTTPStatus.UNAUTHORIZED
        try:
            admission = self.server.word.admission(token)
        except AdmissionError as error:
            log.info("not admitted: %s", error)
            return HTTPStatus.UNAUTHORIZED
        except LinkDown as error:
            log.warning("the hall's key is not known yet: %s", error)
            return HTTPStatus.BAD_GATEWAY
        if not admission.is_live or camera_id not in admission.camera_ids:
            return HTTPStatus.FORBIDDEN
        return None if camera_id in self.server.cameras else HTTPStatus.NOT_FOUND

    def _send(
        self,
        body: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        taken_at_ms: int = 0,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Vary", "Origin")
        if self.headers.get("Origin") == self.server.origin:
            self.send_header("Access-Control-Allow-Origin", self.server.origin)
            self.send_header("Access-Control-Allow-Headers", "Authorization")
            self.send_header("Access-Control-Expose-Headers", "X-Taken-At")
            self.send_header("Access-Control-Max-Age", "600")
        if taken_at_ms:
            self.send_header("X-Taken-At", str(taken_at_ms))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """To the log, where only what went wrong is worth a line."""
        log.debug(format, *args)
