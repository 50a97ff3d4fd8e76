"""A client that asks by HTTP over one kept connection: kiosks, the desk, phones.

When the connection breaks before the answer, the very same request goes out again on a new one.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from clients import Http
from line import Identity, LineLost
from tally import Tally

from hall_server.contract.messages.base import Answer, Ask, Read, Refused
from hall_server.contract.refusals import Refusal

A = TypeVar("A", bound=Answer)
TRIES = 8
BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError)


@dataclass
class Caller:
    """One HTTP client; asks one thing at a time."""

    name: str
    port: int
    identity: Identity
    tally: Tally
    _http: Http | None = None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, name: str, message: Ask | Read, expect: type[A]) -> A:
        """Ask until answered; raises Refusal."""
        async with self._one_at_a_time:
            for _ in range(TRIES):
                asked_s = time.perf_counter()
                try:
                    status, body = await self._post(name, message)
                except BROKEN:
                    self.tally.notes["requests repeated after a broken connection"] += 1
                    self.close()
                    continue
                if status == 200:
                    self.tally.answer(name, asked_s)
                    return msgspec.json.decode(body, type=expect)
                refusal = Refusal.repeated(msgspec.json.decode(body, type=Refused))
                if refusal.code != "not_signed_in":
                    self.tally.refusal(name, refusal, asked_s)
                    raise refusal
                self.tally.notes["sessions that ended and were renewed"] += 1
                self.identity.cookie = await self.identity.renew()
                self.close()
        raise LineLost(f"{self.name}: {name} was never answered")

    async def ask_and_hang_up(self, name: str, message: Ask) -> None:
        """Send, and break the connection before the answer can be read."""
        async with self._one_at_a_time:
            await self._opened()
            asking = asyncio.create_task(self._post(name, message))
            await asyncio.sleep(0)  # it writes at once, and then waits for the answer
            asking.cancel()
            self.close()
            await asyncio.wait([asking])

    def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            self._http.writer.close()
            self._http = None

    async def _post(self, name: str, message: Ask | Read) -> tuple[int, bytes]:
        http = await self._opened()
        answer = await http.post(f"/api/v1/{name}", msgspec.json.encode(message))
        if not http.kept:
            self.close()
        return answer

    async def _opened(self) -> Http:
        if self._http is None:
            headers = self.identity.headers
            if self.identity.token:
                headers = f"Authorization: Bearer {self.identity.token}\r\n"
            self._http = await Http.open("127.0.0.1", self.port, headers)
        return self._http
