"""The way to a device: opens, writes, reads and closes, each within a time limit.

    tcp://10.0.0.9:9100                    a printer or card on the network
    udp://10.0.0.8:5007                    one that takes datagrams
    serial:///dev/ttyUSB0?baud=115200      a port; names in /dev/serial/by-id stay; serial:COM3
    usb://067b:2303/A10F?baud=9600         a USB adapter wherever it is plugged in; its number is
                                           needed only where there are two of a make
    socket://10.0.0.20:4001?baud=9600      a line of a serial server (ser2net) of that speed
    rfc2217://10.0.0.20:4002?baud=9600     likewise, but speed and parity are set from here
    file:///dev/usb/lp0                    a printer class device, or a file that collects the bytes
    memory:name                            a partner inside this process (`memory.MemoryExchange`)
    null:                                  swallows everything, says nothing

It moves bytes and knows nothing of their meaning. `read` gives b"" when nothing came in time and
raises `LinkClosed` when the far end is gone; `write` sends everything or raises. What passed stays
in a `Tap`, a short memory of raw bytes for whoever has to find a fault.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from drivers.errors import DeviceFault
from drivers.links import FileTransport, NullTransport, TcpTransport, UdpTransport
from drivers.memory import MemoryExchange, MemoryTransport
from drivers.serial_links import (
    FarSerialTransport,
    PortName,
    PortPath,
    SerialLine,
    SerialTransport,
    UsbName,
)

_TAP_ENTRIES = 200
_TAP_BYTES = 4096  # of one transfer; a picture's tail helps nobody
_PARITIES = frozenset("NEO")
_FASTEST_BAUD = 4_000_000


class BadUrl(ValueError):  # noqa: N818 — caught by the registry, which names the device
    """Says what was wanted instead, in both languages."""

    def __init__(self, wanted: str, zh: str) -> None:
        super().__init__(wanted)
        self.zh = zh


class Direction(StrEnum):
    SENT = "sent"
    RECEIVED = "received"
    NOTE = "note"
    """Not bytes: what befell the link, in words."""


@dataclass(frozen=True, slots=True)
class TapEntry:
    """One transfer. `number` counts all there ever were; `data` may be less than its `length`."""

    at_ms: int
    direction: Direction
    data: bytes
    length: int = 0
    number: int = 0


class Tap:
    """The last transfers of one device, and how much there was in all.

    Of a device that carries personal data a redacted tap keeps when and how much, never what.
    """

    def __init__(
        self,
        now_ms: Callable[[], int],
        entries: int = _TAP_ENTRIES,
        *,
        redacted: bool = False,
        keep: Callable[[TapEntry], None] | None = None,
    ) -> None:
        """`keep` is given every entry as well, such as a file."""
        self._now_ms = now_ms
        self._entries: deque[TapEntry] = deque(maxlen=entries)
        self._redacted = redacted
        self._keep = keep
        self._lock = threading.Lock()
        self._bytes = dict.fromkeys(Direction, 0)
        self._count = 0

    def record(self, direction: Direction, data: bytes) -> None:
        is_hidden = self._redacted and direction is not Direction.NOTE
        seen = b"" if is_hidden else data[:_TAP_BYTES]
        with self._lock:
            self._count += 1
            self._bytes[direction] += len(data)
            entry = TapEntry(self._now_ms(), direction, seen, len(data), self._count)
            self._entries.append(entry)
            if self._keep is not None:
                self._keep(entry)

    def note(self, sentence: str) -> None:
        self.record(Direction.NOTE, sentence.encode())

    def entries(self) -> tuple[TapEntry, ...]:
        with self._lock:
            return tuple(self._entries)

    def bytes_passed(self, direction: Direction) -> int:
        return self._bytes[direction]


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
        with self._noting():
            self._inner.open(timeout_s)
        self._tap.note("opened")

    def write(self, data: bytes, timeout_s: float) -> None:
        self._tap.record(Direction.SENT, data)
        with self._noting():
            self._inner.write(data, timeout_s)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        with self._noting():
            data = self._inner.read(max_bytes, timeout_s)
        if data:
            self._tap.record(Direction.RECEIVED, data)
        return data

    def close(self) -> None:
        self._inner.close()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except DeviceFault as fault:
            self._tap.note(str(fault))
            raise


def open_transport(
    url: str,
    *,
    tap: Tap | None = None,
    exchange: MemoryExchange | None = None,
    wrap: Callable[[Transport], Transport] | None = None,
) -> Transport:
    """The transport for this address, not yet opened; `wrap` may put something in its way."""
    inner = _transport(url, exchange or MemoryExchange())
    if wrap is not None:
        inner = wrap(inner)
    return inner if tap is None else TappedTransport(inner, tap)


def link_speed(url: str) -> int | None:
    """Bits per second of a serial line, where a picture takes long; None where it is no matter."""
    parts = urlsplit(url)
    match parts.scheme:
        case "serial" | "usb" | "rfc2217":
            return _line(parts, PortPath("")).baud
        case "socket":
            return _line(parts, PortPath("")).baud if parts.query else None
        case _:
            return None


def _transport(url: str, exchange: MemoryExchange) -> Transport:
    parts = urlsplit(url)
    match parts.scheme:
        case "tcp":
            return TcpTransport(*_host_and_port(parts))
        case "socket":
            _line(parts, PortPath(""))
            return TcpTransport(*_host_and_port(parts))
        case "udp":
            return UdpTransport(*_host_and_port(parts))
        case "serial":
            if not parts.path:
                raise BadUrl(
                    f"wanted serial:///dev/… or serial:COM3, found {url!r}",
                    f"应为 serial:///dev/… 或 serial:COM3，现为 {url!r}",
                )
            return SerialTransport(_line(parts, PortPath(unquote(parts.path))))
        case "usb":
            return SerialTransport(_line(parts, _usb_name(parts)))
        case "rfc2217":
            host, port = _host_and_port(parts)
            return FarSerialTransport(_line(parts, PortPath(f"rfc2217://{host}:{port}?timeout=2")))
        case "file" if parts.path:
            return FileTransport(Path(parts.path))
        case "memory" if parts.path:
            return MemoryTransport(exchange, parts.path)
        case "null":
            return NullTransport()
        case _:
            raise BadUrl(
                "wanted tcp://host:port, udp://host:port, serial:///dev/…?baud=…, usb://vid:pid/…,"
                f" socket:// or rfc2217://host:port, file:///path or null:, found {url!r}",
                "应为 tcp://主机:端口、udp://主机:端口、serial:///dev/…?baud=…、usb://vid:pid/…、"
                f"socket:// 或 rfc2217://主机:端口、file:///路径 或 null:，现为 {url!r}",
            )


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(
            f"wanted a port from 1 to 65535, found {parts.netloc!r}",
            f"端口应为 1 到 65535，现为 {parts.netloc!r}",
        ) from error
    if not host or not port:
        raise BadUrl(
            f"wanted {parts.scheme}://host:port, found {parts.geturl()!r}",
            f"应为 {parts.scheme}://主机:端口，现为 {parts.geturl()!r}",
        )
    return host, port


def _usb_name(parts: SplitResult) -> UsbName:
    vendor, _, product = parts.netloc.partition(":")
    try:
        return UsbName(int(vendor, 16), int(product, 16), unquote(parts.path.strip("/")))
    except ValueError as error:
        raise BadUrl(
            f"wanted usb://067b:2303 or …/serial, found {parts.geturl()!r}",
            f"应为 usb://067b:2303 或再加 /序列号，现为 {parts.geturl()!r}",
        ) from error


def _line(parts: SplitResult, port: PortName) -> SerialLine:
    settings = dict(parse_qsl(parts.query))
    baud = settings.pop("baud", "9600")
    parity = settings.pop("parity", "N")
    rtscts = settings.pop("rtscts", "0")
    if not baud.isdecimal() or not 0 < int(baud) <= _FASTEST_BAUD:
        raise BadUrl(f"wanted baud as a number, found {baud!r}", f"baud 应为数字，现为 {baud!r}")
    if parity not in _PARITIES or rtscts not in {"0", "1"} or settings:
        raise BadUrl(
            f"wanted baud=…, parity=N|E|O and rtscts=0|1, found {parts.query!r}",
            f"应为 baud=…、parity=N|E|O、rtscts=0|1，现为 {parts.query!r}",
        )
    return SerialLine(port, int(baud), parity, rtscts == "1")
