"""Taking a number: one press, one request_id, one number, whatever fails in between (取号).

    press ─► journal: asked ─► hall ─┬─► journal: answered ─► paper ─► journal: closed
                                     ├─► refused ─► journal: closed
                                     └─► no answer: pending; asked again, the same, when it can be

The press's id is the request_id: the hall gives a repeat its first answer. While it is unknown
whether an earlier try arrived, a refusal for want of room or time proves nothing, and the press
stays pending. A press older than ten minutes is given up: its citizen has gone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import msgspec
import segno

from drivers.orders import JobState, PrintResult
from hall_server.contract.link import Link, LinkDown, new_request_id
from hall_server.contract.messages.base import Refused
from hall_server.contract.messages.queueing import (
    PrintReport,
    PrintState,
    TicketCheckIn,
    TicketReprint,
    TicketSlip,
    TicketTake,
)
from hall_server.contract.refusals import Refusal
from kiosk.board import Board
from kiosk.documents import ticket_document, with_address
from kiosk.errands import Errands
from kiosk.journal import Asked, Journal, OpenAsk
from kiosk.messages import Outcome, PaperState, PressState, ReprintPress, TakePress
from kiosk.paper import Language, ticket_lines
from kiosk.printer import Printers

log = logging.getLogger(__name__)
ANSWER_S = 4.0
PRESS_S = 8.0
"""How long a citizen looks at a turning wheel before being told to wait on."""
GIVEN_UP_AFTER_MS = 10 * 60_000
REPRINT_WITHIN_MS = 3 * 60_000
SENT_IS_LAST_AFTER_S = 8.0
"""A printer that can confirm has done so by then."""
PRESSES_MAX = 200
REPRINTS_MAX = 1
NOT_PROOF = frozenset(
    {"busy", "too_many", "stopping", "storage_full", "storage_blocked", "not_signed_in", "internal"}
)
"""Refusals that may stand before the hall has looked whether it knows the request_id."""
UNREACHABLE = Refused(
    code="hall_unreachable",
    zh="与大厅的连接中断，暂时不能取号。办事指南仍可查询，急需办理请到咨询台。",
    en="The link to the hall is down: no numbers now. Guides can still be read; "
    "if it is urgent, please go to the desk.",
)
_PAPER = {
    JobState.QUEUED: PaperState.PRINTING,
    JobState.SENDING: PaperState.PRINTING,
    JobState.SENT: PaperState.PRINTED,
    JobState.CONFIRMED: PaperState.PRINTED,
    JobState.UNCERTAIN: PaperState.UNCERTAIN,
    JobState.FAILED: PaperState.FAILED,
}


@dataclass(slots=True)
class _Press:
    """A press while this station lives."""

    asked: Asked
    settled: threading.Event = field(default_factory=threading.Event)
    maybe_arrived: bool = False
    slip: TicketSlip | None = None
    reprints: int = 0


class TicketDesk:
    """See the module."""

    def __init__(
        self,
        link: Link,
        journal: Journal,
        board: Board,
        printers: Printers,
        errands: Errands,
        now_ms: Callable[[], int],
        person_of: Callable[[TakePress], str] = lambda _press: "",
    ) -> None:
        """The desk's tools; ``now_ms`` is this machine's wall clock.

        ``person_of`` gives the hash of whoever takes a number, or raises Refusal.
        """
        self._person_of = person_of
        self._link = link
        self._journal = journal
        self._board = board
        self._printers = printers
        self._errands = errands
        self._now_ms = now_ms
        self._presses: OrderedDict[str, _Press] = OrderedDict()
        self._jobs: dict[str, str] = {}
        self._lock = threading.Lock()

    # ------------------------------------------------------------------ the citizen's presses

    def press(self, press: TakePress) -> Outcome:
        """取号. Returns when the hall has answered, or when waiting longer would help nobody."""

        def asked() -> Asked:
            return Asked(
                request_id=press.press_id,
                item_id=press.item_id,
                priority_id=press.priority_id,
                language=press.language,
                pressed_at=self._now_ms(),
                person=self._person_of(press),
            )

        return self._begin(press.press_id, asked)

    def check_in(self, press_id: str, code: str, language: str) -> Outcome:
        """签到: the appointment becomes a number, by the same road as a walk-in's."""

        def asked() -> Asked:
            return Asked(
                request_id=press_id,
                item_id="",
                priority_id="",
                language=language,
                pressed_at=self._now_ms(),
                appointment=code,
            )

        return self._begin(press_id, asked)

    def _begin(self, press_id: str, asked: Callable[[], Asked]) -> Outcome:
        with self._lock:
            before = self._presses.get(press_id)
            known = before or self._remember(asked())
        if before is not None:
            known.settled.wait(PRESS_S)
            return self._board.outcome(press_id) or _pending(press_id)
        if not self._board.is_up:
            return self._settle(known, _refused(press_id, UNREACHABLE))
        self._journal.asked(known.asked)
        return self._ask_until(known, time.monotonic() + PRESS_S)

    def reprint(self, press: ReprintPress) -> Outcome:
        """重新打印: the same number, marked 补打, once."""
        outcome = self._board.outcome(press.press_id)
        with self._lock:
            known = self._presses.get(press.press_id)
            slip = known.slip if known else None
            if known is None or slip is None or outcome is None:
                raise Refusal("forbidden")
            if known.reprints >= REPRINTS_MAX or outcome.paper not in _REPRINTABLE:
                return outcome
            known.reprints += 1
        return self._print_again(known, slip)

    # ------------------------------------------------------------------ after failures

    def resume(self) -> None:
        """The hall can be asked: finish whatever the journal says is owed."""
        for ask in self._journal.open_asks():
            with self._lock:
                known = self._presses.get(ask.asked.request_id)
                if known is None:
                    known = self._remember(ask.asked)
                    known.maybe_arrived = True
                elif not known.maybe_arrived or known.slip is not None:
                    continue  # somebody is asking or printing it just now
            self._finish(known, ask)

    def _finish(self, known: _Press, ask: OpenAsk) -> None:
        age_ms = self._now_ms() - ask.asked.pressed_at
        if ask.slip is not None:
            self._print_what_was_interrupted(known, ask.slip, age_ms)
        elif age_ms > GIVEN_UP_AFTER_MS:
            log.warning("press %s is given up after %s ms", ask.asked.request_id, age_ms)
            self._settle(known, _refused(ask.asked.request_id, UNREACHABLE))
        else:
            self._ask_once(known, recovered=True)

    def _print_what_was_interrupted(self, known: _Press, slip: TicketSlip, age_ms: int) -> None:
        """The power failed with paper under way: nobody knows whether it came out."""
        known.slip = slip
        known.reprints = REPRINTS_MAX
        self._report_paper(slip, PrintState.UNCERTAIN, "interrupted")
        if age_ms > REPRINT_WITHIN_MS:
            self._journal.closed(known.asked.request_id)
            return
        self._show(known, slip, PaperState.PRINTING, recovered=True)
        self._print_again(known, slip)

    # ------------------------------------------------------------------ asking

    def _ask_until(self, known: _Press, deadline_s: float) -> Outcome:
        while True:
            outcome = self._ask_once(known)
            if outcome.state is not PressState.PENDING or time.monotonic() > deadline_s:
                return outcome
            time.sleep(0.3)

    def _ask_once(self, known: _Press, *, recovered: bool = False) -> Outcome:
        asked = known.asked
        name, ask = _message(asked)
        try:
            slip = self._link.ask(name, ask, TicketSlip, ANSWER_S)
        except Refusal as refusal:
            if known.maybe_arrived and refusal.code in NOT_PROOF:
                return self._wait_on(known)
            return self._settle(known, _refused(asked.request_id, refusal.refused))
        except LinkDown as down:
            log.warning("press %s is not answered: %s", asked.request_id, down)
            if not down.sent and not known.maybe_arrived:
                return self._settle(known, _refused(asked.request_id, UNREACHABLE))
            known.maybe_arrived = True
            return self._wait_on(known)
        known.slip = slip = with_address(slip, self._link.hall_url)
        self._journal.answered(asked.request_id, slip)
        outcome = self._show(known, slip, PaperState.PRINTING, recovered=recovered)
        self._print(known, slip)
        known.settled.set()
        return outcome

    def _wait_on(self, known: _Press) -> Outcome:
        outcome = _pending(known.asked.request_id)
        self._board.put_outcome(outcome)
        return outcome

    def _settle(self, known: _Press, outcome: Outcome) -> Outcome:
        self._journal.closed(known.asked.request_id)
        self._board.put_outcome(outcome)
        known.settled.set()
        return outcome

    def _show(
        self, known: _Press, slip: TicketSlip, paper: PaperState, *, recovered: bool = False
    ) -> Outcome:
        before = self._board.outcome(known.asked.request_id)
        outcome = Outcome(
            press_id=known.asked.request_id,
            state=PressState.ISSUED,
            paper=paper,
            label=slip.label,
            item_id=slip.item_id,
            queue_id=slip.queue_id,
            priority_id=slip.priority_id,
            taken_at=slip.taken_at,
            people_ahead=slip.people_ahead,
            wait_low_minutes=slip.wait_low_minutes,
            wait_high_minutes=slip.wait_high_minutes,
            copy=slip.copy,
            code=code_rows(slip.follow_url),
            recovered=recovered or bool(before and before.recovered),
        )
        self._board.put_outcome(outcome)
        return outcome

    # ------------------------------------------------------------------ paper

    def _print(self, known: _Press, slip: TicketSlip) -> None:
        facts = self._board.facts
        if facts is None:
            self._paper_ended(known, slip, PrintResult(JobState.FAILED))
            return
        language = Language(known.asked.language)
        document = ticket_document(slip, facts.facts, language)
        job_id = f"{known.asked.request_id}-{slip.copy}"
        with self._lock:
            self._jobs[job_id] = known.asked.request_id
        if self._printers.submit(job_id, partial(ticket_lines, document, language)) is None:
            self._paper_ended(known, slip, PrintResult(JobState.FAILED))

    def _print_again(self, known: _Press, slip: TicketSlip) -> Outcome:
        ask = TicketReprint(request_id=new_request_id(), ticket_id=slip.ticket_id)
        try:
            copy = self._link.ask("ticket.reprint", ask, TicketSlip, ANSWER_S)
        except (Refusal, LinkDown) as error:
            log.warning("no reprint of %s: %s", slip.label, error)
            self._journal.closed(known.asked.request_id)
            return self._show(known, slip, PaperState.FAILED)
        known.slip = copy = with_address(copy, self._link.hall_url)
        outcome = self._show(known, copy, PaperState.PRINTING)
        self._print(known, copy)
        return outcome

    def paper_told(self, job_id: str, result: PrintResult) -> None:
        """A printer's word about a job, on its own thread: handed on at once."""
        self._errands.do(f"paper {job_id} {result.state}", lambda: self._paper(job_id, result))

    def paper_retracted(self, job_id: str) -> None:
        """Nobody took it, on the printer's thread: the screen says where it is, for a while."""
        self._errands.do(f"retracted {job_id}", partial(self._retracted, job_id))

    def _retracted(self, job_id: str) -> None:
        with self._lock:
            request_id = self._jobs.get(job_id, "")
        before = self._board.outcome(request_id)
        if before is not None:
            told = msgspec.structs.replace(before, paper=PaperState.RETRACTED)
            self._board.put_outcome(told)

    def _paper(self, job_id: str, result: PrintResult) -> None:
        with self._lock:
            known = self._presses.get(self._jobs.get(job_id, ""))
        if known is not None and known.slip is not None:
            self._paper_ended(known, known.slip, result)

    def _paper_ended(self, known: _Press, slip: TicketSlip, result: PrintResult) -> None:
        paper = _PAPER[result.state]
        before = self._board.outcome(known.asked.request_id)
        if before is not None and before.paper is not paper:
            self._board.put_outcome(msgspec.structs.replace(before, paper=paper))
        if paper is PaperState.PRINTING:
            return
        reason = result.reason.value if result.reason else ""
        self._report_paper(slip, PrintState(result.state.value), reason)
        # `sent` may still be followed by the printer's own word, and is the last when it is not.
        patience_s = SENT_IS_LAST_AFTER_S if result.state is JobState.SENT else 0.0
        request_id = known.asked.request_id
        self._errands.do(
            f"close {request_id}", lambda: self._journal.closed(request_id), patience_s
        )

    def _report_paper(self, slip: TicketSlip, state: PrintState, reason: str) -> None:
        if slip.job_id == 0:
            return
        report = PrintReport(
            request_id=new_request_id(), job_id=slip.job_id, state=state, reason=reason
        )
        patience_s = SENT_IS_LAST_AFTER_S if state is PrintState.SENT else 0.0
        self._errands.report(f"paper {slip.job_id}", "print.report", report, patience_s)

    def _remember(self, asked: Asked) -> _Press:
        """Keep a new press; the lock is held."""
        known = self._presses[asked.request_id] = _Press(asked)
        while len(self._presses) > PRESSES_MAX:
            forgotten, _ = self._presses.popitem(last=False)
            self._jobs = {job: one for job, one in self._jobs.items() if one != forgotten}
        return known


_REPRINTABLE = frozenset({PaperState.FAILED, PaperState.UNCERTAIN, PaperState.RETRACTED})


def _message(asked: Asked) -> tuple[str, TicketTake | TicketCheckIn]:
    """What the hall is asked, and asked again: word for word the same."""
    if asked.appointment:
        kept = TicketCheckIn(request_id=asked.request_id, code=asked.appointment)
        return "ticket.check_in", kept
    taken = TicketTake(
        request_id=asked.request_id,
        item_id=asked.item_id,
        priority_id=asked.priority_id,
        person=asked.person,
        language=asked.language,
    )
    return "ticket.take", taken


def code_rows(payload: str) -> list[str]:
    """A QR code as rows of 0 and 1, for the screen to draw."""
    if not payload:
        return []
    matrix = segno.make(payload, error="m", micro=False).matrix
    return ["".join("1" if dark else "0" for dark in row) for row in matrix]


def _refused(press_id: str, refused: Refused) -> Outcome:
    return Outcome(press_id=press_id, state=PressState.REFUSED, refused=refused)


def _pending(press_id: str) -> Outcome:
    return Outcome(press_id=press_id, state=PressState.PENDING)
