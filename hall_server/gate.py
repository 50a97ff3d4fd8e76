"""The gate in front of Engine.IO: what Flask never sees must not be able to flood the hall.

Socket.IO's middleware answers ``/socket.io`` before Flask does, so Flask's guards do not count
there. This WSGI middleware stands before both. It refuses handshakes that come too fast from one
address, anything on ``/socket.io`` that is no WebSocket upgrade, and more open WebSockets than the
hall has room for; health and clerks' asks always find room.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from hall_server.contract.refusals import Refusal

HANDSHAKES_PER_S = 50.0
HANDSHAKES_BURST = 1_500.0
"""A hall's displays may all come back at once after a power cut."""
ADDRESSES_MAX = 4_096
SOCKETS_MAX = 3_000
SOCKETS_PER_ADDRESS_MAX = 1_500

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Gate:
    """WSGI middleware before Socket.IO and Flask."""

    def __init__(self, inner: Application, *, enabled: bool = True) -> None:
        """Stand before ``inner``."""
        self._inner = inner
        self._enabled = enabled
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._open: Counter[str] = Counter()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request, or hand it on."""
        if not str(environ.get("PATH_INFO", "")).startswith("/socket.io"):
            return self._inner(environ, start_response)
        if "websocket" not in str(environ.get("HTTP_UPGRADE", "")).lower():
            return _refuse(Refusal("websocket_only"), start_response)
        address = str(environ.get("REMOTE_ADDR", ""))
        refusal = self._enter(address)
        if refusal is not None:
            return _refuse(refusal, start_response)
        try:
            # The inner application returns when the WebSocket has ended.
            return self._inner(environ, start_response)
        finally:
            with self._lock:
                self._open[address] -= 1
                if self._open[address] <= 0:
                    del self._open[address]

    def _enter(self, address: str) -> Refusal | None:
        with self._lock:
            if self._enabled and not self._take_token(address):
                return Refusal("too_many")
            if self._open.total() >= SOCKETS_MAX or self._open[address] >= SOCKETS_PER_ADDRESS_MAX:
                return Refusal("busy")
            self._open[address] += 1
        return None

    def _take_token(self, address: str) -> bool:
        now_s = time.monotonic()
        tokens, at_s = self._buckets.pop(address, (HANDSHAKES_BURST, now_s))
        tokens = min(HANDSHAKES_BURST, tokens + (now_s - at_s) * HANDSHAKES_PER_S)
        allowed = tokens >= 1
        self._buckets[address] = (tokens - 1 if allowed else tokens, now_s)
        if len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return allowed


def _refuse(refusal: Refusal, start_response: Callable[..., Any]) -> Iterable[bytes]:
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
