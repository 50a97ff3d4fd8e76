"""The small web server of a station: a thread a connection, so many places, strict headers.

Plain standard library, for the few browsers of one machine or one hall. What is served, and to
whom, each program's own ``Requests`` says.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from socket import socket

CONNECTIONS_MOST = 64
HTML = "text/html; charset=utf-8"
PARTS = "/web/assets/"
"""Where browsers find the parts of built pages."""
PART_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""All parts lie in one folder; anything else is no name that a build gives."""
HASHED_NAME = re.compile(r"-[A-Za-z0-9_-]{8,}\.\w+$")
"""A built file whose name tells its content: it may be kept for ever."""
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Hall</title>"
    "<p>页面尚未构建，请运行 <code>./hall run</code>。"
    "<p lang=en>The pages are not built yet; run <code>./hall run</code>."
).encode()
STRICT_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=()",
}
"""For a page; what it may load, its ``Content-Security-Policy`` says."""
Address = tuple[str, int]

log = logging.getLogger(__name__)


class BoundedServer(ThreadingHTTPServer):
    """Whoever comes after the last place is taken is turned away."""

    daemon_threads = True
    block_on_close = False  # a page that watches would keep us from stopping
    request_queue_size = 64

    def __init__(self, address: Address, answers: type[BaseHTTPRequestHandler]) -> None:
        """Port 0 takes a free one."""
        self._places = threading.BoundedSemaphore(CONNECTIONS_MOST)
        super().__init__(address, answers)

    def process_request(
        self, request: socket | tuple[bytes, socket], client_address: Address
    ) -> None:
        """Take a place, or turn away."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket | tuple[bytes, socket], client_address: Address
    ) -> None:
        """Answer in this connection's own thread; then its place is free again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(
        self, _request: socket | tuple[bytes, socket], client_address: Address
    ) -> None:
        """A browser that hung up is no fault; anything else is a bug and goes to the log."""
        if isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            log.debug("connection of %s ended", client_address)
        else:
            log.error("bug while answering %s", client_address, exc_info=sys.exc_info())


class Requests(BaseHTTPRequestHandler):
    """One connection; a program's own says what is asked for."""

    protocol_version = "HTTP/1.1"
    server_version = "Hall"
    sys_version = ""
    timeout = 15

    def headers_of_all(self) -> Mapping[str, str]:
        """What every answer carries."""
        return STRICT_HEADERS

    def send(
        self,
        body: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        caching: str = "no-store",
    ) -> None:
        """A whole answer."""
        self.send_head(kind, status, caching, length=len(body))
        self.wfile.write(body)

    def send_json(self, body: bytes, status: HTTPStatus = HTTPStatus.OK) -> None:
        """An answer for programs."""
        self.send(body, "application/json", status)

    def refuse(self, status: HTTPStatus) -> None:
        """Nothing, and why; a body that nobody read must not be taken for the next request."""
        self.close_connection = True
        self.send_head("text/plain", status, length=0)

    def send_head(
        self,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        caching: str = "no-store",
        *,
        length: int | None,
        more: Mapping[str, str | int] | None = None,
    ) -> None:
        """The head; without a length the answer ends with its connection.

        No content has no length either: HTTP forbids to state one.
        """
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", caching)
        if length is None:
            self.close_connection = True
        elif status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in {**self.headers_of_all(), **(more or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def send_page(self, file: Path) -> None:
        """A built page, or how to build it."""
        if file.is_file():
            self.send(file.read_bytes(), HTML, caching="no-cache")
        else:
            self.send(NOT_BUILT, HTML, HTTPStatus.SERVICE_UNAVAILABLE)

    def send_part(self, built: Path, name: str) -> None:
        """A part of a built page, by its name among the parts of all pages."""
        found = built / "assets" / name
        if not PART_NAME.fullmatch(name) or not found.is_file():
            self.refuse(HTTPStatus.NOT_FOUND)
            return
        kind = guess_type(found.name)[0] or "application/octet-stream"
        caching = KEPT_FOR_EVER if HASHED_NAME.search(name) else "no-cache"
        self.send(found.read_bytes(), kind, caching=caching)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """To the log, where only what went wrong is worth a line."""
        log.debug(format, *args)
