"""Clerks: a signed-in console each, working by the clock on the wall and by what the hall tells.

They behave as people do: come before nine, all press "next" at nine, press twice, call again, miss
those who do not come, set services aside, send people on, pause, go to lunch, lose their line.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from desk import Desk
from line import Line
from pace import Pace
from picture import Picture
from running_hall import request_id
from tally import Tally
from world import Citizen, World

from config.facts import QueueingRules, WindowFact
from hall_server.contract.messages import queueing as messages
from hall_server.contract.messages.access import SessionRead, SessionView
from hall_server.contract.messages.base import Accepted, Ask
from hall_server.contract.messages.queueing import LegNamed
from hall_server.contract.refusals import Refusal

A = TypeVar("A", Accepted, LegNamed)
REACTION_S = (0.5, 4.0)
EARLY_S, BACK_EARLY_S = (60.0, 480.0), (60.0, 2_400.0)
"""How long before a shift a clerk sits down; after lunch they drop in one by one."""
CHANGEOVER_S = (5.0, 25.0)
PAUSE_S = (180.0, 480.0)
DIRECT_S = (60.0, 240.0)
GIVES_UP_CALLING_S = 60.0
CHOSEN, SAME_TWICE, PRESSED_TWICE = 0.02, 0.03, 0.03
PAUSE, DIRECT, LINE_BREAKS = 0.015, 0.008, 0.004
MOVES_BACK_PLACES = 3
AWAKE_EVERY_S = 600.0
TOLD_WITHIN_S = 5.0
LOOK_AGAIN_S = 30.0
TOO_SOON = frozenset({"recall_too_soon", "miss_too_soon", "miss_calls"})
TOO_SOON_TRIES = 10
ASK_EVENTS = {
    "window.open": "window.opened",
    "window.close": "window.closed",
    "window.pause": "window.paused",
    "window.resume": "window.resumed",
    "ticket.call_next": "ticket.called",
    "ticket.call": "ticket.called",
    "ticket.recall": "ticket.recalled",
    "ticket.start": "ticket.started",
    "ticket.serve_direct": "ticket.started",
    "ticket.finish": "ticket.finished",
    "ticket.miss": "ticket.missed",
    "ticket.hold": "ticket.held",
    "ticket.resume": "ticket.resumed",
    "ticket.transfer": "ticket.transferred",
    "ticket.move_back": "ticket.moved_back",
    "ticket.add_item": "ticket.item_added",
}
"""The event an accepted ask must have left in the ledger."""


@dataclass(frozen=True)
class Reasons:
    """One reason of each kind that the hall knows."""

    pause: str
    hold: str
    choose: str
    transfer: str
    outcome: str


@dataclass
class Held:
    """A service set aside."""

    leg_id: int
    citizen: Citizen
    due_s: float
    left_s: float


@dataclass
class Clerk:
    """One person at one window.

    Whoever is let go is let go in the world first and in the hall then: another window may call
    before our answer is here.
    """

    window: WindowFact
    line: Line
    picture: Picture
    pace: Pace
    world: World
    desk: Desk
    tally: Tally
    rules: QueueingRules
    reasons: Reasons
    draw: Random
    held: list[Held] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """No ask is without its answer: a moment to be sent home."""
    _asking: int = 0

    def __post_init__(self) -> None:
        """Nothing has been asked yet."""
        self.answered.set()

    async def work(self, shifts_s: tuple[tuple[float, float], ...]) -> None:
        """All shifts of the day."""
        for number, (start_s, end_s) in enumerate(shifts_s):
            early_s = self.draw.uniform(*(BACK_EARLY_S if number else EARLY_S))
            await self.pace.until(start_s - early_s)
            await self._act("window.open", messages.WindowOpen(**self._here()), Accepted)
            awake = asyncio.create_task(self._stay_awake())
            try:
                await self.pace.until(start_s)
                while await self._next_thing(end_s):
                    pass
            finally:
                awake.cancel()
            await self._act("window.close", messages.WindowClose(**self._here()), Accepted)
        await self.line.close()

    async def _stay_awake(self) -> None:
        """While the window is open, its console tells that somebody sits there."""
        while True:
            await self.pace.pass_s(AWAKE_EVERY_S)
            await self.line.ask("session.read", SessionRead(), SessionView)

    async def _next_thing(self, end_s: float) -> bool:
        """Whatever comes first; False when the shift is over and nothing is left."""
        now_s = self.pace.now_s()
        self.held.sort(key=lambda one: one.due_s)
        if self.held and (self.held[0].due_s <= now_s or now_s >= end_s):
            await self.pace.until(self.held[0].due_s)
            await self._resume(self.held.pop(0))
        elif now_s >= end_s:
            return False
        elif self.picture.waiting:
            named = await self._call()
            if named is None:
                # Somebody was faster, or the citizen is elsewhere: look again when it changes.
                await self._wait(min(end_s, self.pace.now_s() + LOOK_AGAIN_S))
            else:
                await self._attend(named)
                await self._between()
        else:
            await self._wait(min([end_s, *(one.due_s for one in self.held)]))
        return True

    async def _wait(self, until_s: float) -> None:
        """Until somebody comes, or the time is up."""
        self.picture.changed.clear()
        limit_s = max(0.001, self.pace.real_s(until_s - self.pace.now_s()))
        try:
            await asyncio.wait_for(self.picture.changed.wait(), limit_s)
        except TimeoutError:
            return
        await self.pace.pass_s(self.draw.uniform(*REACTION_S))

    async def _call(self) -> LegNamed | None:
        """Press "next", sometimes twice; now and then call somebody out of turn."""
        roll = self.draw.random()
        if roll < CHOSEN and len(self.picture.waiting) > 1:
            ask: Ask = messages.TicketCall(
                **self._here(),
                leg_id=self.draw.choice(list(self.picture.waiting)),
                reason_id=self.reasons.choose,
            )
            return await self._called("ticket.call", ask)
        ask = messages.TicketCallNext(**self._here())
        if roll > 1 - SAME_TWICE:
            first, again = await asyncio.gather(
                self._called("ticket.call_next", ask), self._repeated("ticket.call_next", ask)
            )
            if first != again:
                self.tally.fault(f"one press sent twice: {first} and {again}")
            return first
        if roll > 1 - SAME_TWICE - PRESSED_TWICE:
            return await self._press_twice(ask)
        return await self._called("ticket.call_next", ask)

    async def _press_twice(self, ask: Ask) -> LegNamed | None:
        """Two presses are two asks: the window must get one citizen."""
        other = messages.TicketCallNext(**self._here())
        both = await asyncio.gather(
            self._called("ticket.call_next", ask), self._called("ticket.call_next", other)
        )
        answered = [one for one in both if one is not None]
        self.tally.notes["two presses at once"] += 1
        if len(answered) > 1:
            self.tally.fault(f"{self.window.id} got two citizens by two presses: {answered}")
        return answered[0] if answered else None

    async def _called(self, name: str, ask: Ask) -> LegNamed | None:
        asked_s = time.perf_counter()
        try:
            named = await self._act(name, ask, LegNamed)
        except Refusal:
            return None
        self.tally.called(named.seq, asked_s)
        self.world.come_to(named.ticket_id, self.window.id)
        return named

    async def _repeated(self, name: str, ask: Ask) -> LegNamed | None:
        try:
            named = await self.line.ask(name, ask, LegNamed)
        except Refusal:
            return None
        self.tally.notes["repeated requests that got the first answer"] += 1
        return named

    async def _attend(self, named: LegNamed) -> None:
        """From the call to the end of whatever comes of it."""
        citizen = await self.world.holder(named)
        visit = citizen.visit
        called_s = self.pace.now_s()
        try:
            if visit.moves_back and not citizen.moved_back and citizen.is_first_leg(named.leg_id):
                citizen.moved_back = True
                await self.pace.pass_s(visit.walk_s)
                self.world.leave(named.ticket_id)
                await self._on_leg(
                    "ticket.move_back",
                    messages.TicketMoveBack,
                    named.leg_id,
                    places=MOVES_BACK_PLACES,
                )
            elif not citizen.comes(named.leg_id, called_s):
                await self._miss(named, citizen, called_s)
            else:
                if visit.hears_late:
                    await self._recall(named)
                await self.pace.pass_s(visit.walk_s)
                await self._on_leg("ticket.start", messages.TicketStart, named.leg_id)
                await self._serve(named.leg_id, citizen)
        except Refusal:
            # The desk voided the number meanwhile: counted, and judged by the report.
            self.world.leave(named.ticket_id)

    async def _recall(self, named: LegNamed) -> None:
        await self.pace.pass_s(self.rules.recall_gap_s + self.draw.uniform(0.5, 4))
        await self._patiently("ticket.recall", messages.TicketRecall, named.leg_id)

    async def _miss(self, named: LegNamed, citizen: Citizen, called_s: float) -> None:
        citizen.missed = True
        for _ in range(max(1, min(self.rules.miss_after_calls, self.rules.recall_limit + 1) - 1)):
            await self._recall(named)
        await self.pace.until(called_s + max(GIVES_UP_CALLING_S, self.rules.miss_after_s + 2))
        self.world.leave(named.ticket_id)
        await self._patiently("ticket.miss", messages.TicketMiss, named.leg_id)
        self.desk.comes_back(citizen, named.leg_id)

    async def _serve(self, leg_id: int, citizen: Citizen) -> None:
        errand = citizen.errand(leg_id)
        done_s = errand.service_s * errand.held_after
        if done_s:
            await self.pace.pass_s(done_s)
            try:
                await self._on_leg(
                    "ticket.hold", messages.TicketHold, leg_id, reason_id=self.reasons.hold
                )
            except Refusal as refusal:
                if refusal.code != "hold_limit":
                    raise
            else:
                due_s = self.pace.now_s() + errand.away_s
                self.held.append(Held(leg_id, citizen, due_s, errand.service_s - done_s))
                return
        await self._end(leg_id, citizen, errand.service_s - done_s)

    async def _resume(self, held: Held) -> None:
        try:
            await self._on_leg(
                "ticket.resume", messages.TicketResume, held.leg_id, window_id=self.window.id
            )
            await self._end(held.leg_id, held.citizen, held.left_s)
        except Refusal:
            self.world.leave(held.citizen.slip.ticket_id)

    async def _end(self, leg_id: int, citizen: Citizen, left_s: float) -> None:
        """The rest of the service, and what becomes of the citizen then."""
        visit, ticket_id = citizen.visit, citizen.slip.ticket_id
        if visit.further_item and not citizen.asked_further:
            citizen.asked_further = True
            further = messages.TicketAddItem(
                request_id=request_id(), ticket_id=ticket_id, item_id=visit.further_item, here=True
            )
            await self._act("ticket.add_item", further, LegNamed)
        await self.pace.pass_s(left_s)
        onward = visit.onward
        self.world.leave(ticket_id)
        if onward is not None and not citizen.sent_on:
            citizen.sent_on = True
            transfer = messages.TicketTransfer(
                request_id=request_id(),
                leg_id=leg_id,
                version=self.picture.versions.get(leg_id, 0),
                queue_id=onward.queue_id,
                item_id=onward.item_id,
                place=onward.place,
                return_after=onward.return_after,
                reason_id=self.reasons.transfer,
            )
            await self._act("ticket.transfer", transfer, LegNamed)
        else:
            await self._on_leg(
                "ticket.finish", messages.TicketFinish, leg_id, outcome_id=self.reasons.outcome
            )

    async def _between(self) -> None:
        """Between two citizens: tidy up, now and then a pause or somebody without a number."""
        await self.pace.pass_s(self.draw.uniform(*CHANGEOVER_S))
        roll = self.draw.random()
        if roll < PAUSE:
            pause = messages.WindowPause(**self._here(), reason_id=self.reasons.pause)
            await self._act("window.pause", pause, Accepted)
            await self.pace.pass_s(self.draw.uniform(*PAUSE_S))
            await self._act("window.resume", messages.WindowResume(**self._here()), Accepted)
        elif roll > 1 - DIRECT:
            await self._serve_direct()

    async def _serve_direct(self) -> None:
        item_id = self.world.item_of[self.window.queues[0]]
        ask = messages.TicketServeDirect(**self._here(), item_id=item_id)
        named = await self._act("ticket.serve_direct", ask, LegNamed)
        self.world.direct += 1
        await self.pace.pass_s(self.draw.uniform(*DIRECT_S))
        await self._on_leg(
            "ticket.finish", messages.TicketFinish, named.leg_id, outcome_id=self.reasons.outcome
        )

    def _here(self) -> dict[str, str]:
        return {"request_id": request_id(), "window_id": self.window.id}

    async def _patiently(self, name: str, kind: type[messages.LegAsk], leg_id: int) -> None:
        """A clerk's watch may be a moment fast: told "too soon", press again."""
        for _ in range(TOO_SOON_TRIES):
            try:
                await self._on_leg(name, kind, leg_id)
            except Refusal as refusal:
                if refusal.code not in TOO_SOON:
                    raise
                await self.pace.pass_s(2)
            else:
                return
        self.tally.fault(f"{name} of leg {leg_id} is too soon for ever")

    async def _on_leg(
        self, name: str, kind: type[messages.LegAsk], leg_id: int, **fields: object
    ) -> LegNamed:
        version = self.picture.versions.get(leg_id, 0)
        ask = kind(request_id=request_id(), leg_id=leg_id, version=version, **fields)
        return await self._act(name, ask, LegNamed)

    async def _act(self, name: str, ask: Ask, expect: type[A]) -> A:
        """Ask, and wait until the screen shows it: state is learnt from events alone."""
        self._asking += 1
        self.answered.clear()
        try:
            if self.draw.random() < LINE_BREAKS:
                answer = await self.line.ask_and_drop(name, ask, expect)
            else:
                answer = await self.line.ask(name, ask, expect)
            self.tally.done[ASK_EVENTS[name]] += 1
        finally:
            self._asking -= 1
            if not self._asking:
                self.answered.set()
        if not await self.line.told(answer.seq, TOLD_WITHIN_S):
            self.tally.fault(f"{self.window.id} was not told seq {answer.seq} within 5 s")
        return answer
