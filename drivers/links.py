"""The kinds of cable: sockets, a device file, and one that leads nowhere (`serial_links`: ports).

Each does what `transport.Transport` asks, within the time limit it is given, and turns the system's
errors into `LinkFault` (no way there) and `LinkClosed` (the far end is gone).
"""

import os
import select
import socket
import stat
import time
from pathlib import Path

from drivers.errors import LinkClosed, LinkFault

_LARGEST_DATAGRAM = 65_535


class TcpTransport:
    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def open(self, timeout_s: float) -> None:
        self.close()
        try:
            link = socket.create_connection(self._address, timeout=timeout_s)
        except OSError as error:
            raise LinkFault(
                f"cannot reach {self._address[0]}:{self._address[1]}: {error}"
            ) from error
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket = link

    def write(self, data: bytes, timeout_s: float) -> None:
        link = self._opened()
        link.settimeout(timeout_s)  # sendall takes this as the limit of the whole transfer
        try:
            link.sendall(data)
        except TimeoutError as error:
            raise LinkFault("the device does not take our bytes") from error
        except OSError as error:
            raise LinkClosed(str(error)) from error

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        link = self._opened()
        link.settimeout(max(timeout_s, 0.001))  # zero would mean "do not wait", with another error
        try:
            data = link.recv(max_bytes)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LinkClosed(str(error)) from error
        if not data:
            raise LinkClosed("the device closed the connection")
        return data

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise LinkClosed("not connected")
        return self._socket


class UdpTransport:
    """One write is one datagram. That nobody has the port, the far machine may tell, or not."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._rest = b""

    def open(self, timeout_s: float) -> None:
        self.close()
        link = None
        try:
            (family, kind, _, _, address), *_ = socket.getaddrinfo(
                *self._address, type=socket.SOCK_DGRAM
            )
            link = socket.socket(family, kind)
            link.settimeout(timeout_s)
            link.connect(address)
        except OSError as error:
            if link is not None:
                link.close()
            raise LinkFault(
                f"cannot reach {self._address[0]}:{self._address[1]}: {error}"
            ) from error
        self._socket = link

    def write(self, data: bytes, timeout_s: float) -> None:
        link = self._opened()
        link.settimeout(timeout_s)
        try:
            link.send(data)
        except TimeoutError as error:
            raise LinkFault("the device does not take our bytes") from error
        except OSError as error:
            raise LinkClosed(str(error)) from error

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        link = self._opened()
        if not self._rest:
            link.settimeout(max(timeout_s, 0.001))
            try:
                self._rest = link.recv(_LARGEST_DATAGRAM)
            except TimeoutError:
                return b""
            except OSError as error:
                raise LinkClosed(str(error)) from error
        data, self._rest = self._rest[:max_bytes], self._rest[max_bytes:]
        return data

    def close(self) -> None:
        self._rest = b""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise LinkClosed("not connected")
        return self._socket


class FileTransport:
    """A character device is read and written; a plain file only grows and never answers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._answers = False

    def open(self, timeout_s: float) -> None:  # noqa: ARG002 — opening a local file does not wait
        self.close()
        try:
            self._answers = self._path.exists() and stat.S_ISCHR(self._path.stat().st_mode)
            flags = os.O_RDWR | os.O_NONBLOCK if self._answers else os.O_WRONLY | os.O_CREAT
            self._descriptor = os.open(
                self._path, flags | (0 if self._answers else os.O_APPEND), 0o640
            )
        except OSError as error:
            raise LinkFault(f"cannot open {self._path}: {error}") from error

    def write(self, data: bytes, timeout_s: float) -> None:
        descriptor = self._opened()
        deadline = time.monotonic() + timeout_s
        rest = memoryview(data)
        try:
            while rest:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([], [descriptor], [], left)[1]:
                    raise LinkFault("the device does not take our bytes")
                rest = rest[os.write(descriptor, rest) :]
        except OSError as error:
            raise LinkClosed(str(error)) from error

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        descriptor = self._opened()
        if not self._answers:
            return b""
        try:
            if not select.select([descriptor], [], [], timeout_s)[0]:
                return b""
            return os.read(descriptor, max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkClosed(str(error)) from error

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        if self._descriptor is None:
            raise LinkClosed("not open")
        return self._descriptor


class NullTransport:
    def open(self, timeout_s: float) -> None: ...
    def write(self, data: bytes, timeout_s: float) -> None: ...
    def close(self) -> None: ...

    def read(self, max_bytes: int, timeout_s: float) -> bytes:  # noqa: ARG002 — it never answers
        time.sleep(
            timeout_s
        )  # a link that is silent still takes its time, so that nobody spins on it
        return b""
