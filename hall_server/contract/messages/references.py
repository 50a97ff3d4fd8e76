"""Messages of references: pictures of empty seats (空座参考), which every absence is compared with.

One person says that the seat is empty now, the analyser takes the picture, another person looks at
it and approves it; only then it counts. A false reference is the one thing that could make cameras
accuse somebody, so each step is in the ledger and the picture goes by its hash.
"""

from __future__ import annotations

from enum import StrEnum

from hall_server.contract.messages.base import (
    Accepted,
    Answer,
    Ask,
    Event,
    Identifier,
    Note,
    Read,
    Whole,
)
from hall_server.contract.messages.supervision import Permille, Reasoned, Sha256


class ReferenceState(StrEnum):
    """Where a reference stands."""

    ASKED = "asked"
    """The analyser takes it with the next pictures of that camera."""
    TAKEN = "taken"
    """It waits for another person, and counts for nothing."""
    APPROVED = "approved"
    REFUSED = "refused"
    """Not used, or no more."""


class ReferenceAsk(Ask, frozen=True, kw_only=True):
    """Somebody in the hall says that the seat is empty now (座位现在无人)."""

    camera_id: Identifier
    light: Identifier
    """``morning``, ``noon``, ``lamps``, ``infrared``: each light has a picture of its own."""


class ReferenceReport(Ask, frozen=True, kw_only=True):
    """The analyser has taken the picture that was asked for; the same again is the same."""

    reference_id: Whole = 0
    """0: one that a program drew for a drawn camera, which nobody is asked to approve."""
    camera_id: Identifier
    light: Identifier
    taken_at: Whole
    sha256: Sha256
    differs: Permille = 0
    """By how much some part of it is unlike the one that was approved before."""


class ReferenceNamed(Accepted, frozen=True, kw_only=True):
    """The hall knows it by this number."""

    reference_id: Whole


class ReferenceApprove(Ask, frozen=True, kw_only=True):
    """A second person, who has looked at this very picture, says that nobody is in it (核准)."""

    reference_id: Whole
    sha256: Sha256
    note: Note = ""


class ReferenceRefuse(Ask, frozen=True, kw_only=True):
    """It is not to be used, or no more (不予采用); with the reason.

    An analyser says so of one that was taken for other zones than its camera has now.
    """

    reference_id: Whole
    note: Reasoned


class ReferenceLook(Ask, frozen=True, kw_only=True):
    """Somebody wants to see the picture, and why."""

    reference_id: Whole
    note: Reasoned


class ReferenceList(Read, frozen=True, kw_only=True):
    """References, newest first."""


class ReferenceView(Answer, frozen=True, kw_only=True):
    """A reference as it stands."""

    reference_id: Whole
    state: ReferenceState
    camera_id: str
    light: str
    asked_by: str
    asked_at: Whole
    taken_at: Whole
    """0 until it was taken."""
    sha256: str
    differs: int
    decided_by: str
    decided_at: Whole
    decision: str
    drawn: bool
    """By a program, for a demonstration."""


class ReferencesView(Answer, frozen=True, kw_only=True):
    """All that are known, the newest 200."""

    references: list[ReferenceView]


class ReferenceEvent(Event, frozen=True, kw_only=True):
    """Something about a reference; whoever hears it reads the list again."""

    reference_id: Whole
    camera_id: str
    light: str


class ReferenceAsked(ReferenceEvent, frozen=True, kw_only=True, tag="reference.asked"):
    """Somebody has said that the seat is empty."""


class ReferenceTaken(ReferenceEvent, frozen=True, kw_only=True, tag="reference.taken"):
    """The picture is there."""

    taken_at: Whole
    sha256: str
    drawn: bool


class ReferenceApproved(ReferenceEvent, frozen=True, kw_only=True, tag="reference.approved"):
    """From here on it is compared with."""

    sha256: str
    note: str


class ReferenceRefused(ReferenceEvent, frozen=True, kw_only=True, tag="reference.refused"):
    """It is not used."""

    note: str
