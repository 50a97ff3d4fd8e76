"""Kiosks: stations with keys of their own that take numbers by HTTP, and what goes wrong there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from caller import Caller
from day import Mishap, Visit
from desk import Desk
from pace import Pace, clock_time
from running_hall import request_id
from tally import Tally
from world import World

from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.queueing import (
    FollowView,
    ForecastRead,
    Forecasts,
    PrintReport,
    PrintState,
    TicketCheckIn,
    TicketFollow,
    TicketSlip,
    TicketTake,
)
from hall_server.contract.refusals import Refusal

T = TypeVar("T", TicketTake, TicketCheckIn)
PAPER_S = 2.0
"""From the order to the printer's word."""
FOLLOW_AFTER_S = 120.0
NO_ROOM = frozenset({"closing_soon", "day_full"})
"""What a citizen who comes in opening hours may be told all the same."""


@dataclass
class Kiosk:
    """One kiosk: two connections, the second for a touch that comes twice."""

    caller: Caller
    second: Caller
    phone: Caller
    pace: Pace
    world: World
    desk: Desk
    tally: Tally
    codes: dict[int, str]
    """Appointment codes by visit."""
    opens_s: list[tuple[int, int]]
    """When numbers are given."""
    _asides: set[asyncio.Task[None]] = field(default_factory=set)

    async def work(self, visits: list[Visit]) -> None:
        """Serve these citizens one after another as they come."""
        for visit in visits:
            await self.pace.until(visit.arrives_s)
            late_s = self.pace.now_s() - visit.arrives_s
            self.tally.behind_s = max(self.tally.behind_s, late_s)
            await self._serve(visit)
        while self._asides:
            await asyncio.gather(*self._asides)

    async def _serve(self, visit: Visit) -> None:
        slip = await self._number_or_nothing(visit)
        if slip is None:
            return
        self.desk.expect(self.world.enter(visit, slip))
        self._aside(self._report_paper(slip))
        if visit.follows:
            self._aside(self._follow(slip))

    async def _number_or_nothing(self, visit: Visit) -> TicketSlip | None:
        await self.caller.ask("hall.forecast", ForecastRead(), Forecasts)
        try:
            return await self._number(visit)
        except Refusal as refusal:
            opens_s = self._next_opening_s()
            if refusal.code == "hall_closed" and opens_s is not None:
                # The queue at the kiosk was too long before lunch: the citizen comes again.
                self.tally.notes["citizens who came again after the hall had closed"] += 1
                self._aside(self._come_again(visit, opens_s))
                return None
            if refusal.code not in NO_ROOM:
                self.tally.fault(
                    f"who came at {clock_time(visit.arrives_s)} is refused a number at "
                    f"{self.pace.clock_time()}: {refusal.code}"
                )
            self.world.turned_away[refusal.code] += 1
            return None

    async def _come_again(self, visit: Visit, opens_s: float) -> None:
        await self.pace.until(opens_s)
        await self._serve(visit)

    def _next_opening_s(self) -> float | None:
        now_s = self.pace.now_s()
        return next((start for start, _ in self.opens_s if start > now_s), None)

    async def _number(self, visit: Visit) -> TicketSlip:
        code = self.codes.get(visit.number)
        if code is not None:
            check_in = TicketCheckIn(request_id=request_id(), code=code)
            other = msgspec.structs.replace(check_in, code="x" * 16)
            return await self._take("ticket.check_in", visit.mishap, check_in, other)
        take = TicketTake(
            request_id=request_id(), item_id=visit.item_id, priority_id=visit.priority_id
        )
        other_take = msgspec.structs.replace(take, language="en")
        return await self._take("ticket.take", visit.mishap, take, other_take)

    async def _take(self, name: str, mishap: Mishap, ask: T, other: T) -> TicketSlip:
        """Ask with the mishap; however often it is asked, there is one answer."""
        if mishap is Mishap.ANSWER_LOST:
            await self.caller.ask_and_hang_up(name, ask)
        if mishap is Mishap.TWICE_AT_ONCE:
            slip, again = await asyncio.gather(
                self.caller.ask(name, ask, TicketSlip), self.second.ask(name, ask, TicketSlip)
            )
            self._same(ask.request_id, slip, again)
            return slip
        slip = await self.caller.ask(name, ask, TicketSlip)
        if mishap is Mishap.REPEATED:
            self._same(ask.request_id, slip, await self.caller.ask(name, ask, TicketSlip))
        if mishap is Mishap.ID_REUSED:
            await self._reuse(name, other)
        return slip

    def _same(self, request: str, first: TicketSlip, again: TicketSlip) -> None:
        self.tally.notes["repeated requests that got the first answer"] += 1
        if first != again:
            self.tally.fault(f"{request} repeated: {first.label}, then {again.label}")

    async def _reuse(self, name: str, other: T) -> None:
        try:
            slip = await self.caller.ask(name, other, TicketSlip)
        except Refusal as refusal:
            if refusal.code != "request_id_reused":
                self.tally.fault(f"a reused request id is refused as {refusal.code}")
        else:
            self.tally.fault(f"a reused request id is answered with {slip.label}")

    def _aside(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(doing)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _report_paper(self, slip: TicketSlip) -> None:
        for state in (PrintState.SENT, PrintState.CONFIRMED):
            await self.pace.pass_s(PAPER_S)
            report = PrintReport(request_id=request_id(), job_id=slip.job_id, state=state)
            await self.second.ask("print.report", report, Accepted)
            self.tally.done["print.reported"] += 1

    async def _follow(self, slip: TicketSlip) -> None:
        """A phone looks where the number stands."""
        await self.pace.pass_s(FOLLOW_AFTER_S)
        code = slip.follow_url.partition("/t/")[2].partition("#")[0]
        view = await self.phone.ask("ticket.follow", TicketFollow(code=code), FollowView)
        if view.label != slip.label or not view.in_ledger:
            self.tally.fault(f"the phone shows {view} for {slip.label}")
