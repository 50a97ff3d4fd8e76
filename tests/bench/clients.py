"""Lean clients for load: raw asyncio, so that on two cores the hall is measured and not they.

A WebSocket client that reads unmasked server frames (RFC 6455 §5.2) and speaks just enough
Engine.IO and Socket.IO; an HTTP/1.1 client with one kept connection.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import msgspec

NARROW_SEGMENT, NARROW_BUFFER = 1_000, 4_096
Heard = Callable[[str, float], None]


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class WebSocket(asyncio.Protocol):
    """One WebSocket connection; every text frame goes to ``heard`` with its moment."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._buffer = b""
        self._upgraded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.closed = asyncio.Event()

    @classmethod
    async def open(cls, host: str, port: int, path: str, heard: Heard, headers: str = "") -> Self:
        """Connect and upgrade."""
        one = cls(heard)
        await one.connect(host, port, path, headers)
        return one

    async def connect(
        self, host: str, port: int, path: str, headers: str = "", *, narrow: bool = False
    ) -> None:
        """Connect and upgrade; frames may be heard before this returns.

        ``narrow`` is a line on which little is under way, so that a reader's pause is soon felt.
        """
        loop = asyncio.get_running_loop()
        line = socket.socket()
        line.setblocking(False)  # noqa: FBT003 - its own signature
        if narrow:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, NARROW_SEGMENT)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BUFFER)
        await loop.sock_connect(line, (host, port))
        transport, _ = await loop.create_connection(lambda: self, sock=line)
        transport.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n".encode()
        )
        await asyncio.wait_for(self._upgraded, 30)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.set()
        if not self._upgraded.done():
            self._upgraded.set_exception(error or ConnectionResetError("closed"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded.done():
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self._buffer = rest
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self._upgraded.set_exception(ConnectionRefusedError(head.decode()))
                return
            self._upgraded.set_result(None)
        self._read_frames(time.perf_counter())

    def _read_frames(self, now_s: float) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            length, start = buffer[at + 1] & 127, at + 2
            if length == 126:
                if len(buffer) < start + 2:
                    break
                length, start = struct.unpack_from("!H", buffer, start)[0], start + 2
            elif length == 127:
                if len(buffer) < start + 8:
                    break
                length, start = struct.unpack_from("!Q", buffer, start)[0], start + 8
            if len(buffer) < start + length:
                break
            if buffer[at] & 15 == 1:
                self._heard(buffer[start : start + length].decode(), now_s)
            at = start + length
        self._buffer = buffer[at:]

    def send(self, text: str) -> None:
        """Send a masked text frame."""
        payload = text.encode()
        mask = os.urandom(4)
        repeated = mask * (len(payload) // 4 + 1)
        size = len(payload)
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated[:size], "big")).to_bytes(
            size, "big"
        )
        head = (
            struct.pack("!BB", 0x81, 0x80 | size)
            if size < 126
            else struct.pack("!BBH", 0x81, 0x80 | 126, size)
        )
        if self.transport is not None:
            self.transport.write(head + mask + masked)

    def close(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.close()

    async def cut(self) -> None:
        """Hang up at once, whatever is still to be read, and wait for the end."""
        if self.transport is not None:
            self.transport.abort()
            await self.closed.wait()


class SocketIo:
    """One Socket.IO client: pushes to ``heard``, asks with acknowledgement."""

    def __init__(self, on_push: Callable[[str, float], None]) -> None:
        self._on_push = on_push
        self._asks: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.socket = WebSocket(self._heard)

    async def open(
        self,
        host: str,
        port: int,
        auth: dict[str, object],
        headers: str = "",
        *,
        narrow: bool = False,
    ) -> Self:
        """Connect as whoever ``auth`` or the cookie header says."""
        self._auth = auth
        path = "/socket.io/?EIO=4&transport=websocket"
        await self.socket.connect(host, port, path, headers, narrow=narrow)
        await asyncio.wait_for(self._connected, 30)
        return self

    def _heard(self, text: str, now_s: float) -> None:
        if text.startswith("42"):
            self._on_push(text, now_s)
        elif text.startswith("43"):
            number, _, rest = text[2:].partition("[")
            future = self._asks.pop(int(number), None)
            if future is not None and not future.done():
                future.set_result(msgspec.json.decode("[" + rest)[0])
        elif text == "2":
            self.socket.send("3")
        elif text.startswith("0"):
            self.socket.send("40" + msgspec.json.encode(self._auth).decode())
        elif text.startswith("40"):
            self._connected.set_result(None)
        elif text.startswith("44"):
            self._connected.set_exception(ConnectionRefusedError(text))

    async def ask(self, name: str, body: dict[str, object]) -> Any:
        """Ask and wait for the acknowledgement."""
        self._number += 1
        future = asyncio.get_running_loop().create_future()
        self._asks[self._number] = future
        payload = msgspec.json.encode([name, body]).decode()
        self.socket.send(f"42{self._number}{payload}")
        return await asyncio.wait_for(future, 30)


@dataclass
class Http:
    """One kept HTTP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes
    kept: bool = True
    """False once the server has said that it closes, as it does after each answer under threads."""

    @classmethod
    async def open(cls, host: str, port: int, headers: str = "") -> Self:
        """Connect."""
        reader, writer = await asyncio.open_connection(host, port)
        head = f"Host: {host}:{port}\r\nContent-Type: application/json\r\n{headers}".encode()
        return cls(reader, writer, head)

    async def get(self, path: str) -> tuple[int, bytes]:
        """Get a page; status and body of the answer."""
        return await self._send(b"GET %b HTTP/1.1\r\n%b\r\n" % (path.encode(), self.head))

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Post JSON; status and body of the answer."""
        return await self._send(
            b"POST %b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b"
            % (path.encode(), self.head, len(body), body)
        )

    async def _send(self, request: bytes) -> tuple[int, bytes]:
        self.writer.write(request)
        answer = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 30)
        length = 0
        for line in answer.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
            elif line.lower() == b"connection: close":
                self.kept = False
        return int(answer[9:12]), await self.reader.readexactly(length)
