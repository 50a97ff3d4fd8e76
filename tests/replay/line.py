"""A client's Socket.IO line to the hall: sign on with its place, ask until answered, never give up.

It keeps the contract's promise from the client's side: the request id stays the same however often
the line breaks before the answer, and after each break the hall is told how far we had come.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from clients import WebSocket
from stream import Stream, heard_in
from tally import Tally

from hall_server.contract.messages.base import Answer, Ask, Read, Refused
from hall_server.contract.messages.organisation import Snapshot, SnapshotRead
from hall_server.contract.refusals import Refusal
from hall_server.contract.version import VERSION

A = TypeVar("A", bound=Answer)
PATH = "/socket.io/?EIO=4&transport=websocket"
OPEN_WITHIN_S = 20.0
ANSWER_WITHIN_S = 30.0
TRIES = 8
AGAIN_S = 0.1
GAP_PATIENCE_S = 1.0
SETTLED_S = 2.0
"""Just after connecting, what happens now may be heard before what was missed."""


class LineLost(Exception):  # noqa: N818 - a state of the world, not a programming error
    """The line broke before the answer came."""


class _Acknowledgement(msgspec.Struct, frozen=True):
    ok: bool
    answer: msgspec.Raw = msgspec.Raw(b"{}")
    refused: Refused | None = None


async def _no_renewal() -> str:
    raise Refusal("not_signed_in")


@dataclass
class Identity:
    """Who a client is: a station's or a page's token, or a person's cookie that can be renewed."""

    token: str = ""
    cookie: str = ""
    renew: Callable[[], Awaitable[str]] = _no_renewal
    """Sign in again; gives the new cookie."""

    @property
    def headers(self) -> str:
        """What HTTP and the WebSocket's opening carry."""
        return f"Cookie: {self.cookie}\r\n" if self.cookie else ""


@dataclass
class Line:
    """One client's line; ``open`` once, ``close`` once."""

    name: str
    port: int
    identity: Identity
    stream: Stream
    tally: Tally
    _socket: WebSocket | None = None
    _since_s: float = 0.0
    _owed: list[str] = field(default_factory=list)
    """Replies to what came in the same breath as the upgrade."""
    _asks: dict[int, asyncio.Future[bytes]] = field(default_factory=dict)
    _number: int = 0
    _up: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody wants to ask: time to sign in again where the session has ended."""
    _pending: int = 0
    _refusals: list[Refusal] = field(default_factory=list)
    _waiters: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)
    """Who waits to hear a seq."""
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _keeper: asyncio.Task[None] | None = None
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_closed(self) -> bool:
        """Whether its owner has gone home."""
        return self._closing.is_set()

    async def open(self) -> None:
        """Connect and keep connected; whoever comes signs in where the session has ended."""
        self._wanted.set()
        self._keeper = asyncio.create_task(self._keep(), name=f"line {self.name}")
        await asyncio.wait_for(self._up.wait(), OPEN_WITHIN_S)
        self._wanted.clear()

    async def close(self) -> None:
        """Hang up for good."""
        self._closing.set()
        self._wanted.set()
        if self._socket is not None:
            self._socket.close()
        if self._keeper is not None:
            await self._keeper

    def drop(self) -> None:
        """Let the line break, as a pulled cable does."""
        self.tally.notes["lines dropped on purpose"] += 1
        if self._socket is not None and self._socket.transport is not None:
            self._socket.transport.abort()

    async def ask(self, name: str, message: Ask | Read, expect: type[A]) -> A:
        """Ask until answered; raises Refusal."""
        self._pending += 1
        self._wanted.set()
        try:
            return await self._ask(name, message, expect)
        finally:
            self._pending -= 1
            if not self._pending:
                self._wanted.clear()

    async def _ask(self, name: str, message: Ask | Read, expect: type[A]) -> A:
        for _ in range(TRIES):
            await asyncio.wait_for(self._up.wait(), OPEN_WITHIN_S)
            asked_s = time.perf_counter()
            try:
                told = await self._send(name, message)
            except LineLost:
                self.tally.notes["asks repeated after a lost line"] += 1
                continue
            if not told.startswith(b"[{"):
                # The hall is just closing this line: its library answers ["", 400] by itself.
                self.tally.notes["asks that met a closing door"] += 1
                await asyncio.sleep(AGAIN_S)
                continue
            acknowledged = msgspec.json.decode(told, type=tuple[_Acknowledgement])[0]
            if acknowledged.ok:
                self.tally.answer(name, asked_s)
                return msgspec.json.decode(acknowledged.answer, type=expect)
            refusal = Refusal.repeated(acknowledged.refused or Refused(code="?", zh="", en=""))
            if refusal.code != "not_signed_in":
                self.tally.refusal(name, refusal, asked_s)
                raise refusal
            await self._sign_in_again()
        raise LineLost(f"{self.name}: {name} was never answered")

    async def ask_and_drop(self, name: str, message: Ask, expect: type[A]) -> A:
        """The line breaks just after the ask was sent; the answer comes to its repeat."""
        asking = asyncio.create_task(self.ask(name, message, expect))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.drop()
        return await asking

    async def told(self, seq: int, within_s: float) -> bool:
        """Wait until we have been told of the event with this seq."""
        if self.stream.place >= seq:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((seq, future))
        try:
            await asyncio.wait_for(future, within_s)
        except TimeoutError:
            return False
        return True

    async def watch_gap(self) -> None:
        """Read the hall anew when something has been missing for too long."""
        if self.stream.gap_s(time.perf_counter()) > GAP_PATIENCE_S and self._up.is_set():
            self.tally.notes["snapshots read because of a gap"] += 1
            snapshot = await self.ask("hall.snapshot", SnapshotRead(), Snapshot)
            self.stream.take(snapshot, time.perf_counter())

    async def _keep(self) -> None:
        while not self._closing.is_set():
            try:
                socket = await WebSocket.open(
                    "127.0.0.1", self.port, PATH, self._heard, self.identity.headers
                )
            except OSError as error:
                self.tally.notes[f"connecting failed: {error}"] += 1
                await asyncio.sleep(AGAIN_S)
                continue
            self._socket = socket
            self._since_s = time.perf_counter()
            self._flush()
            if self._closing.is_set():
                socket.close()
            await socket.closed.wait()
            self._socket = None
            self._up.clear()
            for future in self._asks.values():
                if not future.done():
                    future.set_exception(LineLost(self.name))
            self._asks.clear()
            while self._refusals:
                await self._after_refusal(self._refusals.pop())

    async def _after_refusal(self, refusal: Refusal) -> None:
        self.tally.notes[f"connection refused: {refusal.code}"] += 1
        if refusal.code == "not_signed_in":
            # The page shows the sign-in form, and nothing happens until somebody comes.
            await self._wanted.wait()
            if not self._closing.is_set():
                self.tally.notes["sessions that ended and were renewed"] += 1
                self.identity.cookie = await self.identity.renew()
        await asyncio.sleep(AGAIN_S)

    async def _sign_in_again(self) -> None:
        """The session has ended: a new one, and a new line that carries it."""
        async with self._renewing:
            self.tally.notes["sessions that ended and were renewed"] += 1
            self.identity.cookie = await self.identity.renew()
            self._up.clear()
            if self._socket is not None and self._socket.transport is not None:
                self._socket.transport.abort()

    async def _send(self, name: str, message: Ask | Read) -> bytes:
        if self._socket is None:
            raise LineLost(self.name)
        self._number += 1
        number = self._number
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asks[number] = future
        payload = msgspec.json.encode([name, message]).decode()
        self._socket.send(f"42{number}{payload}")
        try:
            return await asyncio.wait_for(future, ANSWER_WITHIN_S)
        finally:
            self._asks.pop(number, None)

    def _heard(self, text: str, now_s: float) -> None:
        if text.startswith("42"):
            self._take(text, now_s)
        elif text.startswith("43"):
            number, _, rest = text[2:].partition("[")
            future = self._asks.get(int(number))
            if future is not None and not future.done():
                future.set_result(b"[" + rest.encode())
        elif text == "2":
            self._reply("3")
        elif text.startswith("0"):
            offer = {
                "token": self.identity.token,
                "cursor": self.stream.place,
                "version": VERSION,
            }
            self._reply("40" + msgspec.json.encode(offer).decode())
        elif text.startswith("44"):
            self._refusals.append(_refusal_in(text[2:]))
            self._hang_up()
        elif text.startswith("41"):
            self._hang_up()

    def _take(self, text: str, now_s: float) -> None:
        """The first word after connecting says where we stand; only then the line counts as up."""
        try:
            heard = heard_in(text)
        except msgspec.ValidationError as error:
            self.tally.fault(f"{self.name} hears what the contract does not know: {error}")
            return
        gaps = self.stream.gaps
        self.stream.take(heard, now_s)
        if self.stream.gaps > gaps and now_s - self._since_s > SETTLED_S:
            self.tally.notes["gaps on a standing line"] += 1
        self._up.set()
        for seq, future in self._waiters:
            if seq <= self.stream.place and not future.done():
                future.set_result(None)
        self._waiters = [one for one in self._waiters if not one[1].done()]

    def _reply(self, text: str) -> None:
        self._owed.append(text)
        self._flush()

    def _flush(self) -> None:
        if self._socket is not None:
            for text in self._owed:
                self._socket.send(text)
            self._owed.clear()

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()


def _refusal_in(text: str) -> Refusal:
    """The refusal of a connection: ``{"message": code, "data": refused}``."""
    told = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    return Refusal.repeated(msgspec.json.decode(told["data"], type=Refused))
