"""Walls and a display station: they only listen, and prove that they miss nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from line import Identity, Line
from pace import Pace
from running_hall import request_id
from stream import Stream
from tally import Tally

from config.fittings import DisplayFact, DisplayKind
from hall_server.contract.link import Link, LinkState, LinkStatus
from hall_server.contract.messages.base import Accepted, Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.queueing import TicketCalled
from hall_server.contract.messages.stations import DisplayReport

DROPS_EVERY_S = (1_800.0, 5_400.0)


@dataclass
class Wall:
    """A page that shows calls; now and then its cable is pulled."""

    line: Line
    pace: Pace
    draw: Random

    async def hang(self) -> None:
        """Until it is taken down."""
        while True:
            await self.pace.pass_s(self.draw.uniform(*DROPS_EVERY_S))
            self.line.drop()


def wall_line(name: str, port: int, identity: Identity, tally: Tally) -> Line:
    """A line that notes when it hears each call."""

    def hear(event: Event) -> None:
        if isinstance(event, TicketCalled):
            asked_s = tally.called_s.get(event.seq)
            if asked_s is None:  # the push may be here before the clerk's answer
                tally.heard_first_s[event.seq].append(time.perf_counter())
            else:
                tally.heard_ms.append((time.perf_counter() - asked_s) * 1_000)

    return Line(name, port, identity, Stream(hear, lambda _snapshot: None), tally)


@dataclass
class FloorStation:
    """A display station that reports every call as shown."""

    port: int
    identity: Identity
    tally: Tally
    displays: list[DisplayFact]
    line: Line = field(init=False)
    _calls: asyncio.Queue[TicketCalled] = field(default_factory=lambda: asyncio.Queue(1_000))

    def __post_init__(self) -> None:
        """Listen with a stream of its own."""
        stream = Stream(self._hear, lambda _snapshot: None)
        self.line = Line("floor station", self.port, self.identity, stream, self.tally)

    async def work(self) -> None:
        """Report each call for one display that shows it."""
        screens = {one.window: one.id for one in self.displays if one.window}
        walls = [one.id for one in self.displays if one.kind is DisplayKind.WALL]
        while True:
            call = await self._calls.get()
            display_id = screens.get(call.window_id) or (walls[0] if walls else "")
            if display_id:
                report = DisplayReport(
                    request_id=request_id(), display_id=display_id, shown_seq=call.seq
                )
                await self.line.ask("display.report", report, Accepted)
                self.tally.done["display.shown"] += 1
            self._calls.task_done()

    async def drained(self) -> None:
        """Until every call that was heard has been reported."""
        await self._calls.join()

    def _hear(self, event: Event) -> None:
        if isinstance(event, TicketCalled):
            self._calls.put_nowait(event)


class ProductLink:
    """The stations' own link, as kiosk and display use it, listening through the whole day."""

    def __init__(self, hall_url: str, station_id: str, key_file: Path, pace: Pace) -> None:
        """The key has been enrolled already."""
        self.seqs: list[int] = []
        self.snapshots: list[int] = []
        self.losses = 0
        self._up = threading.Event()
        self._link = Link(
            hall_url,
            key_file,
            station_id,
            "",
            self._on_snapshot,
            lambda event: self.seqs.append(event.seq),
            self._on_state,
            now_ms=pace.now_ms,
        )

    def start(self, within_s: float = 20.0) -> bool:
        """Connect; whether it did in time."""
        self._link.start()
        return self._up.wait(within_s)

    def stop(self) -> None:
        """Hang up."""
        self._link.stop()

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshots.append(snapshot.seq)
        self._up.set()

    def _on_state(self, status: LinkStatus) -> None:
        if status.state is LinkState.LOST:
            self.losses += 1
