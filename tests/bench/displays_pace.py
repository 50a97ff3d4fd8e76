"""How long a call is on its way to the last of many displays, beside a plain server's broadcast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from clients import SocketIo, WebSocket
from running_hall import RunningHall, request_id

from hall_server.contract.version import VERSION

PERIOD_S = 0.1


@dataclass
class Audience:
    """N clients that note when the last of them heard a frame that holds ``mark``."""

    mark: str = "\0"
    heard: int = 0
    last_s: float = 0.0

    def hear(self, text: str, at_s: float) -> None:
        """A frame arrived."""
        if self.mark in text:
            self.heard += 1
            self.last_s = at_s


async def raw_broadcast(port: int, count: int, payload: str, rounds: int) -> list[float]:
    """Floor: a plain server sends the same bytes to the same clients."""
    audience = Audience()
    clients = [await WebSocket.open("127.0.0.1", port, "/", audience.hear) for _ in range(count)]
    took: list[float] = []
    for number in range(rounds):
        audience.mark, audience.heard = f"round-{number}-", 0
        began_s = time.perf_counter()
        clients[0].send(audience.mark + payload)
        await until(lambda: audience.heard >= count)
        took.append(audience.last_s - began_s)
        await asyncio.sleep(PERIOD_S)
    for client in clients:
        client.close()
    await asyncio.sleep(0.3)
    return took


async def display_rounds(
    hall: RunningHall, page_token: str, cookie: str, window: str, count: int, rounds: int
) -> tuple[list[float], float]:
    """Call → last of ``count`` displays; also the bytes of one push."""
    audience = Audience()
    size = [0]

    def hear(text: str, at_s: float) -> None:
        if audience.mark in text:
            size[0] = len(text)
        audience.hear(text, at_s)

    auth: dict[str, object] = {"token": page_token, "version": VERSION, "cursor": 1}
    displays = [await SocketIo(hear).open("127.0.0.1", hall.port, auth) for _ in range(count)]
    clerk = await SocketIo(lambda _t, _s: None).open(
        "127.0.0.1", hall.port, {"version": VERSION, "cursor": 0}, f"Cookie: {cookie}\r\n"
    )
    took: list[float] = []
    await asyncio.sleep(1.5)  # the snapshots are through
    for _ in range(rounds):
        audience.mark, audience.heard = '"type":"ticket.called"', 0
        began_s = time.perf_counter()
        answer = await clerk.ask(
            "ticket.call_next", {"request_id": request_id(), "window_id": window}
        )
        leg = answer["answer"]["leg_id"]
        await until(lambda: audience.heard >= count)
        took.append(audience.last_s - began_s)
        for name in ("ticket.start", "ticket.finish"):
            await clerk.ask(name, {"request_id": request_id(), "leg_id": leg})
        await asyncio.sleep(PERIOD_S)
    for display in displays:
        display.socket.close()
    await asyncio.sleep(0.5)
    return took, float(size[0])


async def until(done: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait for it; raises TimeoutError."""
    deadline_s = time.perf_counter() + within_s
    while not done():
        if time.perf_counter() > deadline_s:
            raise TimeoutError("what was waited for did not come")
        await asyncio.sleep(0.0005)
