"""The way to a device: opens, writes, reads and closes, each within a time limit.

    tcp://10.0.0.9:9100                    a printer or card on the network
    serial:///dev/ttyUSB0?baud=115200      a port; on Windows serial:COM3?baud=9600
    file:///dev/usb/lp0                    a printer class device, or a file that collects the bytes
    memory:name                            a partner inside this process (`memory.MemoryExchange`)
    null:                                  swallows everything, says nothing

It moves bytes and knows nothing of their meaning. `read` gives b"" when nothing came in time and
raises `LinkClosed` when the far end is gone; `write` sends everything or raises. What passed stays
in a `Tap`, a short memory of raw bytes for whoever has to find a fault.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qsl, urlsplit

from drivers.links import FileTransport, NullTransport, SerialLine, SerialTransport, TcpTransport
from drivers.memory import MemoryExchange, MemoryTransport

_TAP_ENTRIES = 200
_TAP_BYTES = 4096  # of one transfer; a picture's tail helps nobody
_PARITIES = frozenset("NEO")


class BadUrl(ValueError):  # noqa: N818 — caught by the registry, which names the device
    """The text says what was wanted instead."""


class Direction(StrEnum):
    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class TapEntry:
    at_ms: int
    direction: Direction
    data: bytes


class Tap:
    """The last transfers of one device. A device that carries personal data is given none."""

    def __init__(self, now_ms: Callable[[], int], entries: int = _TAP_ENTRIES) -> None:
        self._now_ms = now_ms
        self._entries: deque[TapEntry] = deque(maxlen=entries)
        self._lock = threading.Lock()

    def record(self, direction: Direction, data: bytes) -> None:
        entry = TapEntry(self._now_ms(), direction, data[:_TAP_BYTES])
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> tuple[TapEntry, ...]:
        with self._lock:
            return tuple(self._entries)


class Transport(Protocol):
    def open(self, timeout_s: float) -> None: ...
    def write(self, data: bytes, timeout_s: float) -> None: ...
    def read(self, max_bytes: int, timeout_s: float) -> bytes: ...
    def close(self) -> None: ...


class TappedTransport:
    """Any transport, with everything that passed remembered."""

    def __init__(self, inner: Transport, tap: Tap) -> None:
        self._inner = inner
        self._tap = tap

    def open(self, timeout_s: float) -> None:
        self._inner.open(timeout_s)

    def write(self, data: bytes, timeout_s: float) -> None:
        self._tap.record(Direction.SENT, data)
        self._inner.write(data, timeout_s)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        data = self._inner.read(max_bytes, timeout_s)
        if data:
            self._tap.record(Direction.RECEIVED, data)
        return data

    def close(self) -> None:
        self._inner.close()


def open_transport(
    url: str, *, tap: Tap | None = None, exchange: MemoryExchange | None = None
) -> Transport:
    """The transport for this address, not yet opened."""
    inner = _transport(url, exchange or MemoryExchange())
    return inner if tap is None else TappedTransport(inner, tap)


def link_speed(url: str) -> int | None:
    """Bits per second of a serial line, where a picture takes long; None where it is no matter."""
    parts = urlsplit(url)
    return _serial_line(parts).baud if parts.scheme == "serial" else None


def _transport(url: str, exchange: MemoryExchange) -> Transport:
    parts = urlsplit(url)
    match parts.scheme:
        case "tcp":
            return TcpTransport(*_host_and_port(parts))
        case "serial":
            return SerialTransport(_serial_line(parts))
        case "file" if parts.path:
            return FileTransport(Path(parts.path))
        case "memory" if parts.path:
            return MemoryTransport(exchange, parts.path)
        case "null":
            return NullTransport()
        case _:
            raise BadUrl(
                "wanted tcp://host:port, serial:///dev/…?baud=…, file:///path, memory:name"
                f" or null:, found {url!r}"
            )


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(f"wanted a port from 1 to 65535, found {parts.netloc!r}") from error
    if not host or not port:
        raise BadUrl(f"wanted tcp://host:port, found {parts.geturl()!r}")
    return host, port


def _serial_line(parts: SplitResult) -> SerialLine:
    settings = dict(parse_qsl(parts.query))
    port = parts.path
    baud = settings.pop("baud", "9600")
    parity = settings.pop("parity", "N")
    rtscts = settings.pop("rtscts", "0")
    if not port:
        raise BadUrl(f"wanted serial:///dev/… or serial:COM3, found {parts.geturl()!r}")
    if not baud.isdecimal() or not 0 < int(baud) <= 4_000_000:
        raise BadUrl(f"wanted baud as a number, found {baud!r}")
    if parity not in _PARITIES or rtscts not in {"0", "1"} or settings:
        raise BadUrl(f"wanted baud=…, parity=N|E|O and rtscts=0|1, found {parts.query!r}")
    return SerialLine(port, int(baud), parity, rtscts == "1")
