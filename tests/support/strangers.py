"""Strangers who flood a hall, as a program of its own at the lowest priority.

    python tests/support/strangers.py KIND ADDRESS PORT

They come from a loopback ADDRESS of their own (127.0.0.2 and following), so that the hall can tell
them from its people, and go on until standard input ends; then how often they came is printed.
They share the machine's few cores with the hall, and are nice: what is measured is what the hall
does about them, and not who gets the processor.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable

AT_ONCE = 16
SLOW_LINES = 200
HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: hall\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: hall\r\n\r\n"
SLOW_REQUEST = b"POST /api/v1/ticket.take HTTP/1.1\r\nHost: hall\r\n" + b"X-Slow: yes\r\n" * 1_000
NONSENSE = (
    b"x" * 65_537,
    b"42" + b"[" * 4_000,
    b"42[" + b'{"a":' * 1_000,
    b'451000000-["ticket.take",{"_placeholder":true,"num":0}]',
    b"40{",
    b"2probe",
    b"\0" * 8_000,
)


def frame(payload: bytes) -> bytes:
    """A text frame, masked with nothing but zeros."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB4x", 0x81, 0x80 | size) + payload
    if size < 65_536:
        return struct.pack("!BBH4x", 0x81, 0xFE, size) + payload
    return struct.pack("!BBQ4x", 0x81, 0xFF, size) + payload


STREAM = frame(b'42["ticket.take",{}]') * 512


class Strangers:
    """All of one kind."""

    def __init__(self, address: str, port: int) -> None:
        self._address, self._port = address, port
        self.stop = threading.Event()
        self.came = 0

    def line(self) -> socket.socket:
        """A connection that ends without a trace, so that ports do not run out."""
        self.came += 1
        line = socket.create_connection(("127.0.0.1", self._port), 5, (self._address, 0))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return line

    def knock(self) -> None:
        """Shake hands and leave."""
        with self.line() as line:
            line.sendall(HANDSHAKE)
            line.recv(4096)

    def pester(self) -> None:
        """Shake hands, say something that makes no sense, wait what becomes of it."""
        with self.line() as line:
            line.sendall(HANDSHAKE)
            line.recv(4096)
            line.sendall(frame(NONSENSE[self.came % len(NONSENSE)]))
            line.settimeout(0.05)
            line.recv(4096)

    def stream(self) -> None:
        """Shake hands and never cease to talk."""
        with self.line() as line:
            line.sendall(HANDSHAKE)
            while not self.stop.is_set():
                line.sendall(STREAM)

    def pipeline(self) -> None:
        """Ask and ask without waiting for an answer, but take the answers."""
        with self.line() as line:
            line.settimeout(0)
            while not self.stop.is_set():
                readable, writable, _ = select.select([line], [line], [], 1)
                if readable and not line.recv(1 << 16):
                    break
                if writable:
                    line.send(REQUEST * 64)

    def dawdle(self) -> None:
        """Requests of which a byte comes now and then."""
        lines = [self.line() for _ in range(SLOW_LINES // AT_ONCE)]
        with contextlib.ExitStack() as hung_up:
            for line in lines:
                hung_up.enter_context(line)
            for number in range(len(SLOW_REQUEST)):
                if self.stop.wait(0.05):
                    break
                for line in lines:
                    line.send(SLOW_REQUEST[number : number + 1])

    def go_on(self, kind: Callable[[], None]) -> None:
        """Come back again and again."""
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                kind()


def main() -> None:
    """Flood until standard input ends."""
    kind, address, port = sys.argv[1:]
    os.nice(19)
    strangers = Strangers(address, int(port))
    come = getattr(strangers, kind)
    for _ in range(AT_ONCE):
        threading.Thread(target=strangers.go_on, args=(come,), daemon=True).start()
    sys.stdin.read()
    strangers.stop.set()
    print(strangers.came, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
