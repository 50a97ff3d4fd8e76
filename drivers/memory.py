"""A link inside this process, for tests and for devices played by a partner in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import LinkClosed, LinkFault

_MEMORY_BYTES = 1 << 20


class MemoryPipe:
    """Bytes from one side of a memory link to the other; bounded, and closed for both at once."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, data: bytes) -> None:
        with self._changed:
            if self._closed:
                raise LinkClosed("the partner closed the link")
            if len(self._bytes) + len(data) > _MEMORY_BYTES:
                raise LinkFault("the device does not take our bytes")
            self._bytes += data
            self._changed.notify_all()

    def get(self, max_bytes: int, timeout_s: float) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._bytes or self._closed, timeout_s)
            data = bytes(self._bytes[:max_bytes])
            del self._bytes[:max_bytes]
            if not data and self._closed:
                raise LinkClosed("the partner closed the link")
            return data

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class MemoryLink:
    """One end: what it writes the other end reads."""

    outgoing: MemoryPipe
    incoming: MemoryPipe

    def close(self) -> None:
        self.outgoing.close()
        self.incoming.close()


class MemoryExchange:
    """Where partners inside this process wait to be called by name."""

    def __init__(self) -> None:
        self._partners: dict[str, Callable[[MemoryLink], None]] = {}

    def listen(self, name: str, on_call: Callable[[MemoryLink], None]) -> None:
        """`on_call` gets the partner's end of every new link and must not block."""
        self._partners[name] = on_call

    def leave(self, name: str) -> None:
        self._partners.pop(name, None)

    def call(self, name: str) -> MemoryLink:
        on_call = self._partners.get(name)
        if on_call is None:
            raise LinkFault(f"nobody listens at memory:{name}")
        there, back = MemoryPipe(), MemoryPipe()
        on_call(MemoryLink(outgoing=back, incoming=there))
        return MemoryLink(outgoing=there, incoming=back)


class MemoryTransport:
    def __init__(self, exchange: MemoryExchange, name: str) -> None:
        self._exchange = exchange
        self._name = name
        self._link: MemoryLink | None = None

    def open(self, timeout_s: float) -> None:  # noqa: ARG002 — a call inside the process does not wait
        self.close()
        self._link = self._exchange.call(self._name)

    def write(self, data: bytes, timeout_s: float) -> None:  # noqa: ARG002 — bounded, never waits
        self._opened().outgoing.put(data)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        return self._opened().incoming.get(max_bytes, timeout_s)

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _opened(self) -> MemoryLink:
        if self._link is None:
            raise LinkClosed("not connected")
        return self._link
