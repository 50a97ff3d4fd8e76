"""Papers that somebody else ordered at this kiosk's printer: a clerk's 补打, a number from a desk.

    hall: print.queued ─► fetch the slip ─► journal: begun ─► printer ─► journal: ended
                                                                  └─► report ─► journal: reported

A job is given to a printer once, however often the hall names it and whatever fails: the journal
holds it from before the printer gets it until the hall knows what became of it, and from then on
the hall gives its slip to nobody. Whether it is still wanted is the hall's to say as well.
Everything is done one after another on the errands' thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial

from config.facts import HallFacts
from drivers.orders import JobState, PrintResult
from hall_server.contract.link import Link, LinkDown, new_request_id
from hall_server.contract.messages.queueing import PrintRead, PrintReport, PrintState, TicketSlip
from hall_server.contract.refusals import Refusal
from kiosk.documents import ticket_document, with_address
from kiosk.errands import Errands
from kiosk.journal import Journal, PaperEnded
from kiosk.paper import Language, ticket_lines
from kiosk.printer import Printers
from kiosk.tickets import SENT_IS_LAST_AFTER_S

log = logging.getLogger(__name__)
RETRY_S = 2.0
NO_PRINTER = "no_printer"
NOT_WANTED = frozenset({"print_over", "print_unknown"})
_PREFIX = "ordered-"
_UNDER_WAY = frozenset({JobState.QUEUED, JobState.SENDING})


class OrderedPapers:
    """See the module."""

    def __init__(
        self,
        link: Link,
        journal: Journal,
        printers: Printers,
        errands: Errands,
        facts: Callable[[], HallFacts | None],
    ) -> None:
        """``facts`` gives the hall's facts as this station knows them."""
        self._link = link
        self._journal = journal
        self._printers = printers
        self._errands = errands
        self._facts = facts

    def start(self) -> None:
        """The hall is owed a word about what was under way when this station ended."""
        for paper in self._journal.open_papers().values():
            self._report(paper)

    def hear(self, job_ids: Iterable[int]) -> None:
        """The hall names papers that this station is to print, maybe not for the first time."""
        for job_id in job_ids:
            self._errands.do(f"fetch paper {job_id}", partial(self._fetch, job_id))

    def told(self, job: str, result: PrintResult) -> bool:
        """A printer's word, on its own thread: handed on at once. False when it is not of ours."""
        if not job.startswith(_PREFIX):
            return False
        job_id = int(job.removeprefix(_PREFIX))
        self._errands.do(f"{job} {result.state}", partial(self._ended, job_id, result))
        return True

    def _fetch(self, job_id: int) -> None:
        if job_id in self._journal.open_papers():
            return
        try:
            slip = self._link.read("print.read", PrintRead(job_id=job_id), TicketSlip)
        except (LinkDown, Refusal) as error:
            log.info("paper %s is not fetched: %s", job_id, error)
            if not (isinstance(error, Refusal) and error.code in NOT_WANTED):
                self._errands.do(f"fetch paper {job_id}", partial(self._fetch, job_id), RETRY_S)
            return
        self._print(with_address(slip, self._link.hall_url))

    def _print(self, slip: TicketSlip) -> None:
        self._journal.paper_begun(slip.job_id)
        facts = self._facts()
        language = Language.ENGLISH if slip.language == Language.ENGLISH else Language.CHINESE
        handle = None
        if facts is not None:
            document = ticket_document(slip, facts, language)
            layout = partial(ticket_lines, document, language)
            handle = self._printers.submit(f"{_PREFIX}{slip.job_id}", layout)
        if handle is None:
            self._tell(slip.job_id, PrintState.FAILED, NO_PRINTER)

    def _ended(self, job_id: int, result: PrintResult) -> None:
        if result.state not in _UNDER_WAY:
            reason = result.reason.value if result.reason else ""
            self._tell(job_id, PrintState(result.state.value), reason)

    def _tell(self, job_id: int, state: PrintState, reason: str) -> None:
        if state is not PrintState.SENT:  # the printer's own word may still follow
            self._journal.paper_ended(job_id, state, reason)
        self._report(PaperEnded(job_id=job_id, state=state, reason=reason))

    def _report(self, paper: PaperEnded) -> None:
        """``sent`` only when it has stayed the last word for so long."""
        report = PrintReport(
            request_id=new_request_id(),
            job_id=paper.job_id,
            state=paper.state,
            reason=paper.reason,
        )
        patience_s = SENT_IS_LAST_AFTER_S if paper.state is PrintState.SENT else 0.0
        done = partial(self._journal.paper_reported, paper.job_id)
        self._errands.report(f"paper {paper.job_id}", "print.report", report, patience_s, done)
