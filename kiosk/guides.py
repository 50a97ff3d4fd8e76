"""Guides on paper: printed for whoever asks, but not without end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from config.facts import HallFacts
from drivers.orders import JobState
from hall_server.contract.refusals import Refusal
from kiosk.board import Board
from kiosk.documents import guide_document
from kiosk.messages import GuidePress, PaperOutcome, PaperState
from kiosk.paper import Language, guide_lines
from kiosk.printer import Printers

GUIDES_PER_MINUTE = 6
"""More is a child at play, and paper is dear."""
GUIDE_PRINTED_S = 8.0


class GuidePapers:
    """See the module."""

    def __init__(
        self, printers: Printers, board: Board, facts: Callable[[], HallFacts | None]
    ) -> None:
        """``facts`` gives the hall's facts as this station knows them."""
        self._printers = printers
        self._board = board
        self._facts = facts
        self._known: dict[str, PaperOutcome] = {}
        self._times_s: list[float] = []
        self._lock = threading.Lock()

    def print(self, press: GuidePress) -> PaperOutcome:
        """Print an item's guide; waits for the printer's word, so that the page can tell."""
        with self._lock:
            known = self._known.get(press.press_id)
            if known is not None:
                return known
            self._check_limit()
        outcome = PaperOutcome(press_id=press.press_id, paper=self._print(press))
        with self._lock:
            self._known[press.press_id] = outcome
            while len(self._known) > GUIDES_PER_MINUTE * 2:
                self._known.pop(next(iter(self._known)))
        return outcome

    def _check_limit(self) -> None:
        now_s = time.monotonic()
        self._times_s = [at_s for at_s in self._times_s if now_s - at_s < 60]
        if len(self._times_s) >= GUIDES_PER_MINUTE:
            raise Refusal("too_many")
        self._times_s.append(now_s)

    def _print(self, press: GuidePress) -> PaperState:
        facts = self._facts()
        items = facts.items if facts else []
        item = next((one for one in items if one.id == press.item_id), None)
        if facts is None or item is None:
            return PaperState.FAILED
        language = Language(press.language)
        document = guide_document(item, facts, language, self._board.hall_now_ms())
        layout = partial(guide_lines, document, language)
        paper = self._printers.submit(f"guide-{press.press_id}", layout)
        if paper is None:
            return PaperState.NONE
        state = paper.wait(GUIDE_PRINTED_S).state
        if state in {JobState.CONFIRMED, JobState.SENT}:
            return PaperState.PRINTED
        return PaperState.FAILED if state is JobState.FAILED else PaperState.UNCERTAIN
