"""Messages of supervision: what cameras and windows contradict, who decides, and who has looked.

A finding accuses nobody. It is a contradiction between what a window declares and what its camera
shows, with all its evidence; it counts only when a supervisor confirms it, and the clerk concerned
sees it and may answer. Nobody is recognised: a picture says present, absent or unknown.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from hall_server.contract.messages.base import (
    Accepted,
    Answer,
    Ask,
    Event,
    Identifier,
    Note,
    OptionalIdentifier,
    Read,
    Whole,
)

Reasoned = Annotated[str, Meta(min_length=2, max_length=200)]
"""Words that must be there; no citizen's personal data."""
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_/-]{0,119}\.(jpg|png)$")]
"""Below the monitor's own folder."""
Permille = Annotated[int, Meta(ge=0, le=1000)]
Sentence = Annotated[str, Meta(min_length=1, max_length=300)]


class FindingRule(StrEnum):
    """What a finding says."""

    VACANCY = "vacancy"
    """F1 离岗: declared open, seat empty."""
    LATE = "late"
    """F2: opened late, or paused for longer than its reason allows."""
    IDLE = "idle"
    """F3: people wait, the window is open, and nobody is called."""
    CROWD = "crowd"
    """F4: more people in a waiting zone than it is meant for."""
    EMPTY_CALL = "empty_call"
    """F5 空叫号: served within seconds, with nobody before the window."""
    STAY = "stay"
    """F6: somebody in the zone outside the hall's hours."""
    CAMERA = "camera"
    """F7: the camera cannot be relied upon."""


class Presence(StrEnum):
    """What a zone of a picture shows; nobody is told apart from anybody."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    """Not to be told from this picture; it is evidence of nothing."""


class FindingState(StrEnum):
    """Where a finding stands; an answer stands beside it and changes no state."""

    NEW = "new"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Threshold(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure the rule was applied with, its unit last in the name."""

    name: Identifier
    value: int


class DeclaredRow(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the hall said of the window from this moment on."""

    at: Whole
    state: Annotated[str, Meta(pattern=r"^[a-z_]{1,20}$")]
    """``open``, ``called``, ``serving``, ``paused``, ``closed``."""
    staff_id: OptionalIdentifier = ""
    waiting: Whole = 0
    """How many waited for this window."""


class Score(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One look at the zone."""

    at: Whole
    differs: Permille
    """Largest connected share of the zone that is unlike the reference."""
    moves: Permille
    presence: Presence


class Still(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture kept by the monitor: its name, and what its content must hash to."""

    at: Whole
    name: FileName
    sha256: Sha256


class HealthProof(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the camera could be relied upon for the whole of the time."""

    looks: Whole
    unwell: Whole
    """Looks during which a health test had failed."""
    unknown: Whole
    """Looks that told nothing."""


class Evidence(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a person needs to judge a finding."""

    rule: FindingRule
    rule_version: Whole
    camera_id: OptionalIdentifier = ""
    window_id: OptionalIdentifier = ""
    staff_id: OptionalIdentifier = ""
    """Who had declared the window open; empty where nobody is concerned."""
    begins_at: Whole
    ends_at: Whole
    clip_begins_at: Whole
    clip_ends_at: Whole
    thresholds: Annotated[list[Threshold], Meta(max_length=12)]
    declared: Annotated[list[DeclaredRow], Meta(max_length=12)]
    scores: Annotated[list[Score], Meta(max_length=32)] = []
    stills: Annotated[list[Still], Meta(max_length=3)] = []
    reference: Annotated[list[Still], Meta(max_length=1)] = []
    """The empty seat that was compared with; none where nothing is compared."""
    health: HealthProof
    zh: Sentence
    en: Sentence
    trial: bool = False
    """The rule only observes here: it is being measured and counts in nothing."""


class FindingReport(Ask, frozen=True, kw_only=True):
    """A monitor reports a finding; the same key again is the same finding."""

    key: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{7,79}$")]
    evidence: Evidence


class FindingReceived(Accepted, frozen=True, kw_only=True):
    """The hall holds it."""

    finding_id: Whole


class FindingConfirm(Ask, frozen=True, kw_only=True):
    """A supervisor has looked and finds it true (确认)."""

    finding_id: Whole
    note: Note = ""


class FindingDismiss(Ask, frozen=True, kw_only=True):
    """A supervisor finds that it is none (驳回), or takes a confirmation back; with the reason."""

    finding_id: Whole
    note: Reasoned


class FindingAnswer(Ask, frozen=True, kw_only=True):
    """The clerk concerned says how it was (说明), once; it stays beside the finding."""

    finding_id: Whole
    note: Reasoned


class FindingUnmute(Ask, frozen=True, kw_only=True):
    """A rule that was muted on a camera for false alarms may speak again."""

    camera_id: Identifier
    rule: FindingRule
    note: Reasoned


class FindingLook(Ask, frozen=True, kw_only=True):
    """Somebody wants to see the pictures of a finding, and why; a clerk only of their own."""

    finding_id: Whole
    note: Reasoned


class CameraLook(Ask, frozen=True, kw_only=True):
    """Somebody wants to see what was recorded: which camera, from when to when, and why."""

    camera_id: Identifier
    begins_at: Whole
    ends_at: Whole
    note: Reasoned
    finding_id: Whole = 0
    """A clerk may see the clip of a finding that concerns them, and nothing else."""


class CameraAdmit(Ask, frozen=True, kw_only=True):
    """Somebody wants to see cameras live, and why."""

    camera_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=64)]
    note: Reasoned


class CameraAct(StrEnum):
    """What an administrator does with a camera."""

    PROBE = "probe"
    """试连: search the network, ask a camera, try its stream."""
    PICTURE = "picture"
    """取景: see one still of it, masked, to draw its zones on; all else shows no picture."""
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class CameraArrange(Ask, frozen=True, kw_only=True):
    """Somebody wants to add, change or remove a camera, or to try one."""

    act: CameraAct
    camera_id: OptionalIdentifier = ""
    """Empty where cameras are only tried."""


class Admitted(Accepted, frozen=True, kw_only=True):
    """What the monitor's doors let in: see ``hall_server/contract/admission.py``."""

    token: str
    expires_at: Whole


class FindingList(Read, frozen=True, kw_only=True):
    """Findings, newest first. A clerk sees those that concern them."""

    before: Whole = 0
    """Only those with a smaller id; 0: from the newest."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class FindingRead(Read, frozen=True, kw_only=True):
    """One finding with all its evidence."""

    finding_id: Whole


class FindingSummary(Answer, frozen=True, kw_only=True):
    """A finding as it stands."""

    finding_id: Whole
    at: Whole
    """When it was reported."""
    state: FindingState
    rule: FindingRule
    camera_id: str
    window_id: str
    staff_id: str
    begins_at: Whole
    ends_at: Whole
    trial: bool
    zh: str
    en: str
    decided_by: str
    decided_at: Whole
    decision: str
    """What was noted with the decision."""
    answer: str
    """What the clerk says; empty until they have."""
    answered_at: Whole


class MutedRule(Answer, frozen=True, kw_only=True):
    """A rule that is silent on a camera, because it was wrong too often there."""

    camera_id: str
    rule: FindingRule
    since: Whole
    dismissed: int
    """False alarms …"""
    days: int
    """… within so many days."""


class FindingsView(Answer, frozen=True, kw_only=True):
    """Findings, and which rules are muted where."""

    findings: list[FindingSummary]
    muted: list[MutedRule]


class FindingView(Answer, frozen=True, kw_only=True):
    """A finding with its evidence."""

    summary: FindingSummary
    evidence: Evidence
    sha256: str
    """Of the evidence, as it stands in the ledger."""


class FindingEvent(Event, frozen=True, kw_only=True):
    """Something about a finding; whoever hears it reads what of it is theirs to see."""

    finding_id: Whole


class FindingReported(FindingEvent, frozen=True, kw_only=True, tag="finding.reported"):
    """A monitor has reported a finding."""

    rule: FindingRule
    camera_id: str
    window_id: str
    staff_id: str
    trial: bool
    sha256: str
    """Of the evidence as it is kept."""


class FindingConfirmed(FindingEvent, frozen=True, kw_only=True, tag="finding.confirmed"):
    """A supervisor has confirmed it: only from here on may it count."""

    note: str


class FindingDismissed(FindingEvent, frozen=True, kw_only=True, tag="finding.dismissed"):
    """A supervisor has dismissed it."""

    note: str


class FindingAnswered(FindingEvent, frozen=True, kw_only=True, tag="finding.answered"):
    """The clerk concerned has answered."""

    note: str


class FindingMuted(Event, frozen=True, kw_only=True, tag="finding.muted"):
    """A rule was wrong too often on a camera and is silent there."""

    camera_id: str
    rule: FindingRule
    dismissed: Whole
    days: Whole


class FindingUnmuted(Event, frozen=True, kw_only=True, tag="finding.unmuted"):
    """A muted rule may speak again."""

    camera_id: str
    rule: FindingRule
    note: str


class CameraLooked(Event, frozen=True, kw_only=True, tag="camera.looked"):
    """Somebody looked at what was recorded."""

    camera_id: str
    begins_at: Whole
    ends_at: Whole
    finding_id: Whole
    note: str


class CameraAdmitted(Event, frozen=True, kw_only=True, tag="camera.admitted"):
    """Somebody was let in to live pictures."""

    camera_ids: list[str]
    expires_at: Whole
    note: str


class CameraArranged(Event, frozen=True, kw_only=True, tag="camera.arranged"):
    """Somebody was let do this with a camera; its address and password never come here."""

    act: CameraAct
    camera_id: str
