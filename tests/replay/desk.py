"""The enquiry desk (导办台): opens and closes the day, helps those who come back or give up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from caller import Caller
from pace import Pace
from running_hall import request_id
from tally import Tally
from world import Citizen

from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.organisation import DayFigures, PeriodRead
from hall_server.contract.messages.queueing import (
    DayClose,
    DayOpen,
    LegNamed,
    TicketBringBack,
    TicketCancel,
)
from hall_server.contract.refusals import Refusal


@dataclass
class Desk:
    """A supervisor at work, by HTTP."""

    caller: Caller
    pace: Pace
    tally: Tally
    cancel_reason: str
    _asides: set[asyncio.Task[None]] = field(default_factory=set)

    async def open_day(self) -> None:
        """Open the day unless the hall has done so itself."""
        try:
            await self.caller.ask("day.open", DayOpen(request_id=request_id()), Accepted)
        except Refusal as refusal:
            if refusal.code != "day_already_open":
                raise

    async def close_day(self) -> int:
        """Close the day; services still running end as served. Gives the seq of the closing."""
        ask = DayClose(request_id=request_id(), finish_serving=True)
        return (await self.caller.ask("day.close", ask, Accepted)).seq

    async def figures(self) -> DayFigures:
        """What the hall says of the day."""
        return await self.caller.ask("hall.figures", PeriodRead(), DayFigures)

    def expect(self, citizen: Citizen) -> None:
        """Some will give up waiting."""
        if citizen.visit.gives_up_after_s:
            self._aside(self._give_up(citizen))

    def comes_back(self, citizen: Citizen, leg_id: int) -> None:
        """A no-show will be here again."""
        if citizen.visit.back_after_s:
            self._aside(self._bring_back(leg_id, citizen.visit.back_after_s))

    def stop(self) -> None:
        """Nobody comes any more."""
        for task in self._asides:
            task.cancel()

    async def _give_up(self, citizen: Citizen) -> None:
        await self.pace.pass_s(citizen.visit.gives_up_after_s)
        if citizen.called or citizen.moved_back:
            return
        ask = TicketCancel(
            request_id=request_id(),
            ticket_id=citizen.slip.ticket_id,
            reason_id=self.cancel_reason,
        )
        await self._try("ticket.cancel", ask, Accepted, "ticket.cancelled")

    async def _bring_back(self, leg_id: int, after_s: float) -> None:
        await self.pace.pass_s(after_s)
        ask = TicketBringBack(request_id=request_id(), leg_id=leg_id)
        await self._try("ticket.bring_back", ask, LegNamed, "ticket.brought_back")

    async def _try(
        self,
        name: str,
        ask: TicketCancel | TicketBringBack,
        expect: type[Accepted | LegNamed],
        event: str,
    ) -> None:
        try:
            await self.caller.ask(name, ask, expect)
        except Refusal:
            return  # counted; the report judges it
        self.tally.done[event] += 1

    def _aside(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(doing)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
