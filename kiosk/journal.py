"""The kiosk's memory of asks it has not finished: written and on the disk before the hall is asked.

One line of JSON for each step of a press, in this order:

    asked     before the first try: request_id and everything needed to ask the very same again
    answered  the hall's slip, before the printer gets it
    closed    nothing is owed to the citizen any more

A press that was asked but not answered is asked again with the same request_id and gets the same
number; one that was answered but not closed may or may not have reached the paper.

A paper that somebody else ordered has three steps as well:

    begun     before the printer gets it: from now on it is never given to a printer again
    ended     the printer's last word
    reported  the hall knows

One that was begun but not ended may or may not have come out, and that is what is told of it.

A power cut can tear only the last line, which then was never relied upon. The file is rewritten
with what is still open when it is read at the start and when it has grown.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import BinaryIO

import msgspec

from hall_server.contract.messages.queueing import PrintState, TicketSlip

log = logging.getLogger(__name__)
LINES_MAX = 2_000


class Asked(msgspec.Struct, frozen=True, tag="asked", kw_only=True):
    """A press, as it will be asked, and asked again."""

    request_id: str
    item_id: str
    priority_id: str
    language: str
    pressed_at: int
    """This machine's wall clock, UTC ms."""
    reprint_of: int = 0
    """Ticket that is to be printed again; 0 for a new number."""
    person: str = ""
    """The day's keyed hash of an identity card; never its number."""
    appointment: str = ""
    """Code of the appointment that is kept by this press; empty for a walk-in."""


class Answered(msgspec.Struct, frozen=True, tag="answered", kw_only=True):
    """The hall's answer to a press."""

    request_id: str
    slip: TicketSlip


class Closed(msgspec.Struct, frozen=True, tag="closed", kw_only=True):
    """Nothing is owed any more: on paper, shown, refused or given up."""

    request_id: str


class PaperBegun(msgspec.Struct, frozen=True, tag="begun", kw_only=True):
    """A paper ordered by somebody else goes to the printer."""

    job_id: int


class PaperEnded(msgspec.Struct, frozen=True, tag="ended", kw_only=True):
    """The printer's last word about it."""

    job_id: int
    state: PrintState
    reason: str


class PaperReported(msgspec.Struct, frozen=True, tag="reported", kw_only=True):
    """The hall knows what became of it."""

    job_id: int


Step = Asked | Answered | Closed
PaperStep = PaperBegun | PaperEnded | PaperReported


class OpenAsk(msgspec.Struct, frozen=True):
    """A press whose end the journal does not know."""

    asked: Asked
    slip: TicketSlip | None


class Journal:
    """See the module. Any thread may write; each write is on the disk when it returns."""

    def __init__(self, path: Path) -> None:
        """Read what is open and begin a fresh file with it."""
        self._path = path
        self._lock = threading.Lock()
        self._open: dict[str, OpenAsk] = {}
        self._papers: dict[int, PaperEnded] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            self._read(path.read_bytes())
        self._lines = 0
        self._file = self._rewrite()

    def open_asks(self) -> list[OpenAsk]:
        """What is owed, oldest first."""
        with self._lock:
            return list(self._open.values())

    def asked(self, asked: Asked) -> None:
        """Before the hall is asked."""
        self._append(asked)

    def answered(self, request_id: str, slip: TicketSlip) -> None:
        """Before anything is printed."""
        self._append(Answered(request_id=request_id, slip=slip))

    def closed(self, request_id: str) -> None:
        """The press is finished."""
        self._append(Closed(request_id=request_id))

    def open_papers(self) -> dict[int, PaperEnded]:
        """What the hall has still to be told of papers that it let others order, by job."""
        with self._lock:
            return dict(self._papers)

    def paper_begun(self, job_id: int) -> None:
        """Before the printer gets it."""
        self._append(PaperBegun(job_id=job_id))

    def paper_ended(self, job_id: int, state: PrintState, reason: str) -> None:
        """Before the hall is told."""
        self._append(PaperEnded(job_id=job_id, state=state, reason=reason))

    def paper_reported(self, job_id: int) -> None:
        """The hall knows."""
        self._append(PaperReported(job_id=job_id))

    def close(self) -> None:
        """End with the program."""
        with self._lock:
            self._file.close()

    def _append(self, step: Step | PaperStep) -> None:
        with self._lock:
            if not self._apply(step):
                return
            self._file.write(_line(step))
            self._file.flush()
            os.fdatasync(self._file.fileno())
            self._lines += 1
            if self._lines > LINES_MAX:
                self._file.close()
                self._file = self._rewrite()

    def _apply(self, step: Step | PaperStep) -> bool:
        """Whether the step tells something new."""
        if isinstance(step, PaperStep):
            return self._apply_to_paper(step)
        before = self._open.get(step.request_id)
        match step:
            case Asked():
                self._open.setdefault(step.request_id, OpenAsk(step, None))
                return before is None
            case Answered():
                if before is None:
                    return False
                self._open[step.request_id] = OpenAsk(before.asked, step.slip)
                return before.slip is None
            case Closed():
                return self._open.pop(step.request_id, None) is not None

    def _apply_to_paper(self, step: PaperStep) -> bool:
        before = self._papers.get(step.job_id)
        match step:
            case PaperBegun(job_id=job_id):
                self._papers.setdefault(job_id, interrupted(job_id))
                return before is None
            case PaperEnded():
                if before is None:
                    return False
                self._papers[step.job_id] = step
                return before != step
            case PaperReported():
                return self._papers.pop(step.job_id, None) is not None

    def _read(self, content: bytes) -> None:
        for line in content.split(b"\n"):
            if not line:
                continue
            try:
                self._apply(_DECODER.decode(line))
            except msgspec.DecodeError:
                log.warning("a torn line in %s is passed over", self._path)

    def _rewrite(self) -> BinaryIO:
        """A new file with what is open takes the old one's place, whole or not at all."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            for ask in self._open.values():
                file.write(_line(ask.asked))
                if ask.slip is not None:
                    file.write(_line(Answered(request_id=ask.asked.request_id, slip=ask.slip)))
            for paper in self._papers.values():
                file.write(_line(PaperBegun(job_id=paper.job_id)) + _line(paper))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        _sync_folder(self._path.parent)
        self._lines = 0
        return self._path.open("ab")


_DECODER = msgspec.json.Decoder(Step | PaperStep)


def interrupted(job_id: int) -> PaperEnded:
    """All that can be told of a paper that was under way when the power failed."""
    return PaperEnded(job_id=job_id, state=PrintState.UNCERTAIN, reason="interrupted")


def _line(step: Step | PaperStep) -> bytes:
    return msgspec.json.encode(step) + b"\n"


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; a folder cannot be synced everywhere (Windows), and need not be."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
