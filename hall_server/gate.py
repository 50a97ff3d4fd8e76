"""The gate in front of Flask and Engine.IO: what neither limits must not be able to flood the hall.

Socket.IO's middleware answers ``/socket.io`` before Flask does, so Flask's guards do not count
there. This WSGI middleware stands before both. It refuses what comes too fast from one address,
anything on ``/socket.io`` that is no WebSocket upgrade, and more open WebSockets than the hall has
room for; whoever is refused is hung up on. Health and clerks' asks always find room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from hall_server.arrivals import Arrivals, Pace
from hall_server.contract.refusals import Refusal
from hall_server.runtime import HANG_UP

REQUESTS_PER_S, REQUESTS_BURST = 200.0, 3_000.0
HANDSHAKES_PER_S, HANDSHAKES_BURST = 50.0, 500.0
"""All pages of one PC may come back at once; what a stranger may cost is 16 kB each for 10 s."""
SOCKETS_PER_ADDRESS_MAX, SOCKETS_MAX = 1_500, 3_000

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Gate:
    """WSGI middleware before Socket.IO and Flask."""

    def __init__(self, inner: Application, rate: int) -> None:
        """Stand before ``inner``; ``rate`` is the hall clock's, 0 sets no limit."""
        self._inner = inner
        self._requests = Pace(REQUESTS_PER_S * rate, REQUESTS_BURST) if rate else None
        handshakes = Pace(HANDSHAKES_PER_S * rate, HANDSHAKES_BURST) if rate else None
        self._sockets = Arrivals(handshakes, SOCKETS_PER_ADDRESS_MAX, SOCKETS_MAX)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request, or hand it on."""
        address = str(environ.get("REMOTE_ADDR", ""))
        if self._requests is not None and not self._requests.take(address):
            return _refuse(Refusal("too_many"), environ, start_response)
        if not str(environ.get("PATH_INFO", "")).startswith("/socket.io"):
            return self._inner(environ, start_response)
        if "websocket" not in str(environ.get("HTTP_UPGRADE", "")).lower():
            return _refuse(Refusal("websocket_only"), environ, start_response)
        code = self._sockets.enter(address)
        if code:
            return _refuse(Refusal(code), environ, start_response)
        try:
            # The inner application returns when the WebSocket has ended.
            return self._inner(environ, start_response)
        finally:
            self._sockets.leave(address)


def _refuse(
    refusal: Refusal, environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    environ[HANG_UP] = True
    body = msgspec.json.encode(refusal.refused)
    start_response(
        f"{refusal.status} Refused",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ],
    )
    return [body]
