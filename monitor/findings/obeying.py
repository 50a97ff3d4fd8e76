"""What the hall says of references is done here, and what was taken is told: each at least once.

The hall's list is the truth, read again every few seconds: a word that was missed, or spoken while
this program was down, is found there. What is done already is done no second time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from hall_server.contract.http_door import LinkDown
from hall_server.contract.link import new_request_id
from hall_server.contract.messages.base import Accepted, Answer, Ask, Read
from hall_server.contract.messages.references import (
    ReferenceList,
    ReferenceNamed,
    ReferenceRefuse,
    ReferenceReport,
    ReferenceState,
    ReferencesView,
    ReferenceView,
)
from hall_server.contract.refusals import Refusal
from monitor import taking
from monitor.findings import references
from monitor.findings.demonstration import LIGHT
from monitor.findings.references import ReferenceNote, UnfitReferenceError
from monitor.taking import Wanted

EVERY_MS = 4_000
OTHER_ZONES = "摄像机的区域已修改，请重新取像 the zones were changed: take it anew"
A = TypeVar("A", bound=Answer)

log = logging.getLogger(__name__)


class Line(Protocol):
    """A line to the hall, such as ``Link``."""

    def ask(self, name: str, message: Ask, expect: type[A]) -> A:
        """Raises LinkDown or Refusal."""

    def read(self, name: str, message: Read, expect: type[A]) -> A:
        """Raises LinkDown or Refusal."""


class Obeying:
    """Of all cameras of one analyser. Called from one thread."""

    def __init__(self, line: Line, folder: Path, marks: Mapping[str, str]) -> None:
        """``folder`` is the references' own; ``marks`` are of each camera's zones."""
        self._line, self._folder, self._marks = line, folder, marks
        self._looked_at = 0
        self._told: set[str] = set()

    def look(self, now_ms: int) -> None:
        """Read what the hall wants, if it is time, and do what is not done."""
        if now_ms - self._looked_at < EVERY_MS:
            return
        self._looked_at = now_ms
        try:
            wanted = self._line.read("reference.list", ReferenceList(), ReferencesView)
            for camera in self._marks:
                mine = [one for one in wanted.references if one.camera_id == camera]
                self._obey(camera, mine)
        except LinkDown as down:
            log.debug("references: %s", down)
        except Refusal as refusal:
            log.warning("references: %s", refusal)

    def _obey(self, camera: str, wanted: Sequence[ReferenceView]) -> None:
        notes = references.notes(self._folder, camera)
        by_id = {note.reference_id: note for note in notes if note.reference_id}
        by_hash = {note.sha256: note for note in notes}
        for one in wanted:
            note = by_hash.get(one.sha256) if one.sha256 else by_id.get(one.reference_id)
            is_unfit = note and not one.drawn and not references.fits(note, self._marks[camera])
            match one.state:
                case ReferenceState.TAKEN | ReferenceState.APPROVED if is_unfit:
                    self._tell_unfit(one)
                case ReferenceState.ASKED:
                    self._take(one, note)
                case ReferenceState.APPROVED if note and not note.approved_by:
                    self._approve(one, note)
                case ReferenceState.REFUSED:
                    self._refuse(one, note)
                case _:
                    pass
        for note in notes:
            if note.light == LIGHT and note.sha256 not in self._told:
                self._report(note)

    def _take(self, one: ReferenceView, note: ReferenceNote | None) -> None:
        if note:
            self._report(note)
            return
        waiting = taking.asked(self._folder, one.camera_id)
        if waiting is None or waiting.reference_id < one.reference_id:
            wanted = Wanted(
                camera_id=one.camera_id,
                light=one.light,
                taken_by=one.asked_by,
                reference_id=one.reference_id,
            )
            taking.ask(self._folder, wanted)

    def _tell_unfit(self, one: ReferenceView) -> None:
        """It is not used here already; the hall's list is to say so, and is obeyed then."""
        told = ReferenceRefuse(
            request_id=new_request_id(), reference_id=one.reference_id, note=OTHER_ZONES
        )
        self._line.ask("reference.refuse", told, Accepted)

    def _report(self, note: ReferenceNote) -> None:
        told = ReferenceReport(
            request_id=new_request_id(),
            reference_id=note.reference_id,
            camera_id=note.camera_id,
            light=note.light,
            taken_at=note.at,
            sha256=note.sha256,
            differs=note.differs,
        )
        self._line.ask("reference.report", told, ReferenceNamed)
        self._told.add(note.sha256)

    def _approve(self, one: ReferenceView, note: ReferenceNote) -> None:
        """Only the picture that was looked at: it was found by the hash that the hall names."""
        try:
            references.settle(self._folder, note, one.decided_by, one.decided_at)
        except UnfitReferenceError as error:
            log.error("%s", error)  # noqa: TRY400 - no bug: the message tells all
            return
        taking.changed(self._folder, note.camera_id)

    def _refuse(self, one: ReferenceView, note: ReferenceNote | None) -> None:
        waiting = taking.asked(self._folder, one.camera_id)
        if waiting and waiting.reference_id == one.reference_id:
            taking.forget(self._folder, one.camera_id)
        if note and not note.is_refused:
            references.refuse(self._folder, note)
            taking.changed(self._folder, note.camera_id)
