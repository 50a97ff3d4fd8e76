"""Displays that fall behind, dropped or missed out: each ends with everybody's picture."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from clients import SocketIo
from crowd import Crowd, moved
from lossy_cable import LossyCable

from hall_server.contract import mirror
from hall_server.contract.link import Link
from hall_server.contract.messages.organisation import Push, Snapshot
from hall_server.contract.mirror import Picture
from hall_server.contract.registry import EVENTS
from hall_server.contract.sequence import Sequence
from hall_server.contract.version import VERSION
from hall_server.push import REPLAY_EVENTS_MAX
from hall_server.socket_door import PING_EVERY_S, PING_WITHIN_S

GROWTH_MB = 12.0
DROPPED = "a client that reads too slowly is dropped"
REPAIRED_WITHIN_S = 5.0
WITHIN_S = 30.0
MANY = 2_000
"""Far more pushes than it takes until a client that does not read is dropped."""


class Display(SocketIo):
    """Carries a picture on by what it hears, as pages and stations do."""

    def __init__(self, port: int, token: str) -> None:
        self.picture: Picture | None = None
        self.snapshots = 0
        self._sequence = Sequence()
        self._port, self._token = port, token
        super().__init__(lambda text, _at: self._take(text))

    @property
    def place(self) -> int:
        return self._sequence.place

    @property
    def transport(self) -> asyncio.Transport:
        assert self.socket.transport is not None
        return self.socket.transport

    async def connect(self, behind: Display | None = None, *, narrow: bool = False) -> Display:
        """Come in; as one who has been here before, with what that one knew."""
        if behind is not None:
            self.picture = behind.picture
            self._sequence = Sequence(behind.place)
        auth: dict[str, object] = {"token": self._token, "version": VERSION, "cursor": self.place}
        await self.open("127.0.0.1", self._port, auth, narrow=narrow)
        return self

    def _take(self, text: str) -> None:
        name, body = msgspec.json.decode(text[2:])
        if name == "snapshot":
            self.snapshots += 1
            self.picture = mirror.begin(msgspec.convert(body, Snapshot))
            told = self._sequence.restart(self.picture.seq)
        else:
            told = self._sequence.take(msgspec.convert(body, Push))
        for event in told:
            assert self.picture is not None
            kind = EVENTS[str(event["type"])]
            self.picture = mirror.carry_on(self.picture, msgspec.convert(event, kind))


class Unanswering(Display):
    """Reads everything and never answers a ping."""

    def _heard(self, text: str, now_s: float) -> None:
        if text != "2":
            super()._heard(text, now_s)


@pytest.fixture(scope="module")
def open_hall(
    prepared: Crowd, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Crowd, str]]:
    """A running hall, and the token of a display station's pages."""
    folder = tmp_path_factory.mktemp("behind")
    crowd = moved(prepared, folder)
    crowd.hall.start()
    _, page = crowd.hall.station("display-1", "display", crowd.people.administrator, folder)
    yield crowd, page
    crowd.hall.stop()
    for client in (*crowd.kiosks, *crowd.clerks):
        client.hang_up()


async def until(holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait until this holds."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - a condition
            await asyncio.sleep(0.01)


async def tickets(crowd: Crowd, enough: Callable[[int], bool]) -> int:
    """Citizens take tickets until that is enough; how many."""
    for count in range(MANY):
        if enough(count):
            return count
        await asyncio.to_thread(crowd.take, crowd.kiosks[0], crowd.items[0])
    raise AssertionError("never enough")


def times_dropped(crowd: Crowd) -> int:
    return (crowd.hall.data / "server.log").read_text().count(DROPPED)


@pytest.mark.parametrize(
    ("many", "too_far"), [(1, False), (20, True)], ids=["gets the rest", "gets a picture"]
)
def test_who_reads_too_slowly_is_dropped_and_comes_back_to_the_same_picture(
    open_hall: tuple[Crowd, str], many: int, *, too_far: bool
) -> None:
    crowd, token = open_hall

    async def run() -> None:
        steady = await Display(crowd.hall.port, token).connect()
        await until(lambda: steady.picture)
        # With a picture already: a large one would widen the line.
        slow = [
            await Display(crowd.hall.port, token).connect(steady, narrow=True) for _ in range(many)
        ]
        memory_mb, dropped = crowd.hall.resident_mb(), times_dropped(crowd)
        for one in slow:
            one.transport.pause_reading()
        pushed = await tickets(crowd, lambda _: times_dropped(crowd) >= dropped + many)
        grown_mb = crowd.hall.resident_mb() - memory_mb
        print(f"{many} were dropped within {pushed} pushes, {grown_mb:.1f} MB more")
        assert grown_mb < GROWTH_MB
        if too_far:
            farthest = max(one.place for one in slow)
            await tickets(crowd, lambda _: steady.place - farthest > REPLAY_EVENTS_MAX)
        for one in slow:
            if too_far:
                await one.socket.cut()
            else:  # it reads what was still under way, and then the end
                one.transport.resume_reading()
                await asyncio.wait_for(one.socket.closed.wait(), WITHIN_S)
        behind = {steady.place - one.place > REPLAY_EVENTS_MAX for one in slow}
        assert behind == {too_far}
        back = [await Display(crowd.hall.port, token).connect(one) for one in slow]
        await tickets(crowd, lambda count: count == 3)
        await until(lambda: len({one.place for one in (steady, *back)}) == 1)
        assert all(one.picture == steady.picture for one in back)
        assert {one.snapshots for one in back} == {int(too_far)}
        assert steady.snapshots == 1
        for one in (steady, *back):
            await one.socket.cut()

    asyncio.run(run())


def test_who_answers_no_ping_is_dropped(open_hall: tuple[Crowd, str]) -> None:
    crowd, token = open_hall

    async def run() -> float:
        dead = await Unanswering(crowd.hall.port, token).connect()
        began = time.monotonic()
        await asyncio.wait_for(dead.socket.closed.wait(), 3 * (PING_EVERY_S + PING_WITHIN_S))
        return time.monotonic() - began

    assert PING_EVERY_S <= asyncio.run(run()) < 2 * (PING_EVERY_S + PING_WITHIN_S)


def test_a_lost_push_is_noticed_by_the_next_and_repaired_within_five_seconds(
    open_hall: tuple[Crowd, str], tmp_path: Path
) -> None:
    crowd, _ = open_hall
    cable = LossyCable(crowd.hall.port)
    seen: list[str] = []
    invite = {"station_id": "display-2", "role": "display"}
    code = crowd.hall.must("station.invite", invite, cookie=crowd.people.administrator)["code"]
    link = Link(
        cable.url,
        tmp_path / "station.key",
        "display-2",
        "",
        lambda snapshot: seen.extend(leg.label for leg in snapshot.legs),
        lambda event: seen.append(getattr(event, "label", "")),
        lambda _status: None,
        now_ms=lambda: time.time_ns() // 1_000_000,
        code=str(code),
    )
    link.start()
    try:
        first = label_of(crowd)
        wait_for(lambda: first in seen)
        cable.losing = b"ticket.taken"
        lost = label_of(crowd)
        assert cable.lost.wait(WITHIN_S)
        time.sleep(0.2)
        assert lost not in seen
        following = label_of(crowd)
        began = time.monotonic()
        wait_for(lambda: {lost, following} <= set(seen))
        assert time.monotonic() - began < REPAIRED_WITHIN_S
    finally:
        link.stop()
        cable.close()


def label_of(crowd: Crowd) -> str:
    """A citizen takes a ticket."""
    return str(crowd.take(crowd.kiosks[0], crowd.items[0]).answer["label"])


def wait_for(holds: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come to pass in time"
        time.sleep(0.01)
