"""What the door pushes arrives whole and in order at everybody, however slowly each one reads.

Both ways of sending are held to the same: the fast one, which packs a frame once and hands it to
every idle socket, and the stock one of the library.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from clients import SocketIo
from crowd import Crowd, moved
from pouring_hall import event
from running_hall import ROOT, RunningHall

from hall_server.contract.version import VERSION

PUSHES = 4_000
RECEIVE_BUFFER = 32_768
REST_S = 0.004
LEAVES_AFTER = 700
ASKS_EVERY_S = 0.02
WITHIN_S = 60.0


class Reader(SocketIo):
    """A display that keeps every push as it came, word for word."""

    def __init__(self, on_push: Callable[[str], None] = lambda _text: None) -> None:
        self.pushes: list[str] = []
        self.pings = 0
        super().__init__(lambda text, _at: self._keep(text, on_push))

    def _keep(self, text: str, on_push: Callable[[str], None]) -> None:
        if text.startswith('42["push"') and '"pad"' in text:
            self.pushes.append(text)
            on_push(text)

    def _heard(self, text: str, now_s: float) -> None:
        self.pings += text == "2"
        super()._heard(text, now_s)


class SlowReader(Reader):
    """Reads a few kilobytes, then rests."""

    def dawdle(self) -> None:
        """From now on."""
        transport, read = self.socket.transport, self.socket.data_received
        assert transport is not None
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

        def read_and_rest(data: bytes) -> None:
            read(data)
            transport.pause_reading()
            asyncio.get_running_loop().call_later(REST_S, transport.resume_reading)

        self.socket.data_received = read_and_rest  # type: ignore[method-assign]  # as slow as wanted


def expected(number: int) -> str:
    """Push ``number``, word for word."""
    push = {"since": number - 1, "upto": number, "events": [event(number)]}
    return "42" + msgspec.json.encode(["push", push]).decode()


async def listen(hall: RunningHall, token: str) -> tuple[list[Reader], int, int]:
    """Everybody listens, and two of them ask meanwhile; the readers, asks and answers."""
    auth: dict[str, object] = {"token": token, "version": VERSION, "cursor": 0}
    fast, slow = Reader(), SlowReader()

    def leave(_text: str) -> None:
        if len(leaving.pushes) == LEAVES_AFTER and leaving.socket.transport is not None:
            leaving.socket.transport.abort()

    leaving = Reader(leave)
    readers = [fast, slow, leaving]
    for reader in readers:
        await reader.open("127.0.0.1", hall.port, auth)
    slow.dawdle()
    asked, answered = 0, 0
    async with asyncio.timeout(WITHIN_S):
        while min(len(fast.pushes), len(slow.pushes)) < PUSHES or not (fast.pings and slow.pings):
            for reader in (fast, slow):
                asked += 1
                answer = await reader.ask("session.read", {})
                answered += bool(answer["ok"])
            await asyncio.sleep(ASKS_EVERY_S)
    for reader in readers:
        await reader.socket.cut()
    return readers, asked, answered


@pytest.mark.parametrize("way", ["fast", "stock"])
def test_everything_arrives_whole_and_in_order(prepared: Crowd, tmp_path: Path, way: str) -> None:
    crowd = moved(prepared, tmp_path)
    hall = crowd.hall
    hall.program = (str(ROOT / "tests/support/pouring_hall.py"), "3", str(PUSHES))
    hall.arguments += [] if way == "fast" else ["--no-fast-broadcast"]
    hall.start()
    try:
        _, page = hall.station("display-1", "display", crowd.people.administrator, tmp_path)
        (fast, slow, leaving), asked, answered = asyncio.run(listen(hall, page))
    finally:
        hall.stop()
    wanted = [expected(number) for number in range(1, PUSHES + 1)]
    assert fast.pushes == wanted
    assert slow.pushes == wanted
    assert leaving.pushes[: len(wanted)] == wanted[: len(leaving.pushes)]
    assert len(leaving.pushes) >= LEAVES_AFTER
    assert answered == asked > 0
    assert "Traceback" not in (hall.data / "server.log").read_text()
    size = len(wanted[0].encode())
    print(f"{way}: {PUSHES} pushes of {size} B, {asked} answers, {fast.pings} pings")
