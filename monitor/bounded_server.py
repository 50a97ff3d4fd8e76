"""An HTTP server of one thread a connection, and no more of them than there are places."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket

CONNECTIONS_MOST = 64


class BoundedServer(ThreadingHTTPServer):
    """Whoever comes after the last place is taken is turned away."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, address: tuple[str, int], answers: type[BaseHTTPRequestHandler]) -> None:
        """Port 0 takes a free one."""
        self._places = threading.BoundedSemaphore(CONNECTIONS_MOST)
        super().__init__(address, answers)

    def process_request(
        self, request: socket | tuple[bytes, socket], client_address: tuple[str, int]
    ) -> None:
        """Take a place, or turn away."""
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
