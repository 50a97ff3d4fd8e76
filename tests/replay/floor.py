"""One replayed day, from the clients' side: everybody comes, does what the day says, and goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random

from caller import Caller
from clerks import Clerk, Reasons
from day import MINUTE_S, Day, businesses, giving_spans_s, reasons
from desk import Desk
from displays import FloorStation, ProductLink, Wall, wall_line
from kiosks import Kiosk
from line import Identity, Line
from picture import Picture
from setting import FLOOR, KIOSKS, LISTENER, Setting
from stream import Stream
from tally import Tally
from world import World

from config.facts import HallFacts, ReasonKind, StaffFact, WindowFact
from hall_server.contract.messages.organisation import DayFigures

WALLS = 3
AFTER_HOURS_S = 35 * MINUTE_S
"""Services that began before closing time may go on for so long before the day is closed."""
TOLD_WITHIN_S = 5.0
LOOK_S = 0.25
GIVES_UP_S, GIVES_UP_REAL_S = 4 * 3_600, 60.0
"""So far behind the day, in the hall's time but not sooner than that in ours, it is no use."""


@dataclass(frozen=True)
class Outcome:
    """What is known when the day is over."""

    figures: DayFigures
    close_seq: int
    took_s: float
    link_seqs: list[int]
    link_began: int
    link_is_whole: bool


@dataclass
class Floor:
    """Everybody in the hall."""

    setting: Setting
    facts: HallFacts
    day: Day
    seed: int
    tally: Tally = field(default_factory=Tally)
    lines: list[Line] = field(default_factory=list)
    clerks: list[Clerk] = field(default_factory=list)
    kiosks: list[Kiosk] = field(default_factory=list)
    stations: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nobody has come yet."""
        items = {one.queue_id: one.item_ids[0] for one in businesses(self.facts)}
        self.world = World(self.setting.pace, self.tally, items)
        supervisor = self.setting.person("supervisor", self.setting.people.supervisor)
        self.desk = Desk(
            self._caller("desk", supervisor),
            self.setting.pace,
            self.tally,
            reasons(self.facts, ReasonKind.CANCEL)[0],
        )

    async def replay(self, progress: Callable[[Floor], None]) -> Outcome:
        """The whole day; ``progress`` is called four times a second."""
        began_s = time.perf_counter()
        link = await asyncio.to_thread(self._listen)
        await self._arrive()
        await self.desk.open_day()
        watching = [asyncio.create_task(self._watch(progress))]
        watching += [asyncio.create_task(doing) for doing in self._beside()]
        working = [asyncio.create_task(one.work(self.day.shifts_s)) for one in self.clerks]
        taking = [
            asyncio.create_task(kiosk.work(list(self.day.visits[number :: len(self.kiosks)])))
            for number, kiosk in enumerate(self.kiosks)
        ]
        try:
            close_seq = await self._until_closed(taking, working, watching)
            figures = await self.desk.figures()
            await self._all_told(close_seq, link)
            await asyncio.wait_for(self.station.drained(), TOLD_WITHIN_S)
        finally:
            self.desk.stop()
            for task in (*taking, *working, *watching):
                task.cancel()
        for line in self.lines:
            if not line.is_closed:
                await line.close()
        await asyncio.to_thread(link.stop)
        return Outcome(
            figures=figures,
            close_seq=close_seq,
            took_s=time.perf_counter() - began_s,
            link_seqs=link.seqs,
            link_began=link.snapshots[0] if link.snapshots else 0,
            link_is_whole=len(link.snapshots) == 1 and link.losses == 0,
        )

    async def _arrive(self) -> None:
        """Kiosks, clerks, walls and the floor station take their places."""
        sessions = self.setting.sessions
        phone = self._caller("phones", Identity())
        for station_id in KIOSKS:
            identity = Identity(token=sessions[station_id].token)
            self.stations.append(self._listener(station_id, identity))
            self.kiosks.append(
                Kiosk(
                    self._caller(station_id, identity),
                    self._caller(f"{station_id} again", identity),
                    phone,
                    self.setting.pace,
                    self.world,
                    self.desk,
                    self.tally,
                    self.setting.codes,
                    giving_spans_s(self.facts),
                )
            )
        for window, member in zip(self.facts.windows, self.facts.staff, strict=False):
            self.clerks.append(self._clerk(window, member))
        self.station = FloorStation(
            self.setting.hall.port,
            Identity(token=sessions[FLOOR].token),
            self.tally,
            self.facts.displays,
        )
        self.stations.append(self.station.line)
        self.lines += self.stations
        page = Identity(token=sessions[FLOOR].page_token)
        self.walls = [
            wall_line(f"wall {number}", self.setting.hall.port, page, self.tally)
            for number in range(1, WALLS + 1)
        ]
        self.lines += self.walls
        await asyncio.gather(*(line.open() for line in self.lines))

    def _clerk(self, window: WindowFact, member: StaffFact) -> Clerk:
        picture = Picture(window, member.id)
        stream = Stream(picture.hear, picture.begin)
        cookie = self.setting.people.clerks[member.id]
        identity = self.setting.person(member.id, cookie)
        line = Line(window.id, self.setting.hall.port, identity, stream, self.tally)
        self.lines.append(line)
        kinds = (ReasonKind.PAUSE, ReasonKind.HOLD, ReasonKind.CHOOSE, ReasonKind.TRANSFER)
        return Clerk(
            window=window,
            line=line,
            picture=picture,
            pace=self.setting.pace,
            world=self.world,
            desk=self.desk,
            tally=self.tally,
            rules=self.facts.queueing,
            reasons=Reasons(
                *(reasons(self.facts, kind)[0] for kind in (*kinds, ReasonKind.OUTCOME))
            ),
            draw=Random(f"clerk-{self.seed}-{window.id}"),
        )

    def _beside(self) -> list[Coroutine[None, None, None]]:
        draws = [Random(f"wall-{self.seed}-{number}") for number in range(WALLS)]
        pace = self.setting.pace
        hanging = [
            Wall(line, pace, draw).hang() for line, draw in zip(self.walls, draws, strict=True)
        ]
        return [self.station.work(), *hanging]

    async def _until_closed(
        self,
        taking: list[asyncio.Task[None]],
        working: list[asyncio.Task[None]],
        watching: list[asyncio.Task[None]],
    ) -> int:
        """Until all have been served or it is late; any client's own fault ends the replay."""
        pace = self.setting.pace
        late_s = self.day.shifts_s[-1][1] + AFTER_HOURS_S
        while not all(task.done() for task in taking) or (
            not all(task.done() for task in working) and pace.now_s() < late_s
        ):
            for task in (*taking, *working, *watching):
                if task.done():
                    task.result()
            if pace.now_s() > late_s + max(GIVES_UP_S, GIVES_UP_REAL_S * pace.rate):
                raise RuntimeError(f"{pace.clock_time()}: the day does not end; try a lower speed")
            await asyncio.sleep(LOOK_S)
        self.tally.is_closing = True
        close_seq = await self.desk.close_day()
        for clerk in self.clerks:
            await clerk.answered.wait()
        return close_seq

    async def _watch(self, progress: Callable[[Floor], None]) -> None:
        while True:
            progress(self)
            for line in self.lines:
                await line.watch_gap()
            await asyncio.sleep(LOOK_S)

    async def _all_told(self, close_seq: int, link: ProductLink) -> None:
        """Everybody must hear of the close of day."""
        deadline_s = time.perf_counter() + TOLD_WITHIN_S
        while deaf := self._deaf(close_seq, link):
            if time.perf_counter() > deadline_s:
                names = ", ".join(deaf)
                self.tally.fault(f"not told of the close of day within 5 s: {names}")
                return
            await asyncio.sleep(0.02)

    def _deaf(self, close_seq: int, link: ProductLink) -> list[str]:
        names = [
            line.name for line in self.lines if line.stream.place < close_seq and not line.is_closed
        ]
        if not link.seqs or link.seqs[-1] < close_seq:
            names.append(LISTENER)
        return names

    def _listen(self) -> ProductLink:
        hall = self.setting.hall
        link = ProductLink(hall.url, LISTENER, self.setting.key_file(LISTENER), self.setting.pace)
        if not link.start():
            raise RuntimeError("the stations' link did not come up")
        return link

    def _listener(self, name: str, identity: Identity) -> Line:
        stream = Stream(lambda _event: None, lambda _snapshot: None)
        return Line(name, self.setting.hall.port, identity, stream, self.tally)

    def _caller(self, name: str, identity: Identity) -> Caller:
        return Caller(name, self.setting.hall.port, identity, self.tally)
