"""Messages of recordings that are taken out of the hall, kept past their time, or gone by rule.

An export is an act of two people: one asks, saying what and why; another approves or refuses.
The monitor makes it and tells the hash of what it made; whoever asked may fetch it until it
expires. The hall never holds a picture: these are words about pictures.
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
    OptionalIdentifier,
    Read,
    Whole,
)
from hall_server.contract.messages.supervision import Permille, Reasoned, Sha256


class ExportPurpose(StrEnum):
    """What an export is for; it decides nothing and stands in the ledger and in the file."""

    COMPLAINT = "complaint"
    """投诉核查."""
    INCIDENT = "incident"
    """突发事件."""
    INSPECTION = "inspection"
    """纪检监察."""
    AUTHORITY = "authority"
    """公安等机关依法调取."""
    CITIZEN = "citizen"
    """Whoever is to be seen asks for it (本人查阅)."""


class CopyKind(StrEnum):
    """What is given out."""

    PLAIN = "plain"
    """The pictures as the camera coded them, unchanged."""
    MASKED = "masked"
    """Coded anew, with masks and times in the picture: a derived copy and no original."""


class ExportState(StrEnum):
    """Where an export stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    MADE = "made"
    FAILED = "failed"
    EXPIRED = "expired"


class ExportFailure(StrEnum):
    """Why an export could not be made; it may be asked for anew."""

    NOTHING = "nothing"
    """Nothing was recorded then."""
    CHANGED = "changed"
    """The camera's picture changed in between: ask for two parts."""
    DISK = "disk"
    """The monitor's disk has no room for it."""
    CAMERA = "camera"
    """The monitor has no such camera."""
    FAULT = "fault"
    """The program that makes it failed; the monitor's log tells why."""


class ExportAsk(Ask, frozen=True, kw_only=True):
    """Somebody asks for recordings: of a window's cameras or of one camera, and why."""

    window_id: OptionalIdentifier = ""
    camera_id: OptionalIdentifier = ""
    begins_at: Whole
    ends_at: Whole
    purpose: ExportPurpose
    copy: CopyKind
    note: Reasoned


class ExportNamed(Accepted, frozen=True, kw_only=True):
    """The export this makes."""

    export_id: Whole


class ExportApprove(Ask, frozen=True, kw_only=True):
    """A second person lets it be made."""

    export_id: Whole
    note: Reasoned


class ExportRefuse(Ask, frozen=True, kw_only=True):
    """A second person does not."""

    export_id: Whole
    note: Reasoned


class ExportReport(Ask, frozen=True, kw_only=True):
    """The monitor says how far it is; the first that does makes it. Nothing is recorded."""

    export_id: Whole
    permille: Permille


class ExportMake(Ask, frozen=True, kw_only=True):
    """The monitor has made it."""

    export_id: Whole
    sha256: Sha256
    """Of the manifest inside, which holds the hashes of everything else."""
    file_sha256: Sha256
    bytes: Whole
    gaps: Whole
    """Stretches without pictures."""


class ExportFail(Ask, frozen=True, kw_only=True):
    """The monitor cannot make it."""

    export_id: Whole
    failure: ExportFailure


class ExportDownload(Ask, frozen=True, kw_only=True):
    """Whoever asked for it fetches it; the answer's token opens the monitor's door."""

    export_id: Whole


class ExportExpire(Ask, frozen=True, kw_only=True):
    """The monitor says that its time is over and that its file, if there was one, is gone."""

    export_id: Whole


class RecordingHold(Ask, frozen=True, kw_only=True):
    """Keep recordings past their time (保全), and say why."""

    window_id: OptionalIdentifier = ""
    camera_id: OptionalIdentifier = ""
    begins_at: Whole
    ends_at: Whole
    until: Whole
    note: Reasoned


class HoldNamed(Accepted, frozen=True, kw_only=True):
    """The hold this makes."""

    hold_id: Whole


class RecordingLift(Ask, frozen=True, kw_only=True):
    """They may go in their time again."""

    hold_id: Whole
    note: Reasoned


Cause = Annotated[str, Meta(pattern=r"^[a-z_]{1,20}$")]


class RecordingForget(Ask, frozen=True, kw_only=True):
    """A monitor says what it has deleted: of one camera, recorded on one day, for one cause."""

    camera_id: Identifier
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    cause: Cause
    """``retention``; ``quota`` or ``disk`` where there was no room; ``missing``; ``empty``."""
    begins_at: Whole
    ends_at: Whole
    files: Whole
    bytes: Whole
    first_place: Whole
    """In the chain of the archive; 0 where none of the files had come that far."""
    last_place: Whole
    sha256: Sha256
    """Over place and hash of each file, in their order: see ``monitor/recording/forgetting.py``."""
    left: Whole
    """Files of that camera and day that are still there: held, or younger."""


class ExportList(Read, frozen=True, kw_only=True):
    """Exports, newest first, and the holds in force."""

    before: Whole = 0
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class ExportOrders(Read, frozen=True, kw_only=True):
    """What a monitor has to make, to keep and to let go."""


class ExportSummary(Answer, frozen=True, kw_only=True):
    """An export as it stands."""

    export_id: Whole
    """The seq of its asking in the ledger."""
    state: ExportState
    window_id: str
    camera_id: str
    begins_at: Whole
    ends_at: Whole
    purpose: ExportPurpose
    copy: CopyKind
    note: str
    asked_by: str
    asked_at: Whole
    decided_by: str
    decided_at: Whole
    decided_seq: Whole
    decision: str
    station_id: str
    """The monitor that makes it; empty until one has begun."""
    permille: Whole
    failure: str
    """See ``ExportFailure``; empty where it did not fail."""
    made_at: Whole
    sha256: str
    file_sha256: str
    bytes: Whole
    gaps: Whole
    downloads: Whole
    expires_at: Whole
    """Open exports lapse then; the file of one that was made is deleted then."""


class HoldView(Answer, frozen=True, kw_only=True):
    """A hold in force."""

    hold_id: Whole
    window_id: str
    camera_id: str
    begins_at: Whole
    ends_at: Whole
    until: Whole
    note: str
    made_by: str
    made_at: Whole


class ExportsView(Answer, frozen=True, kw_only=True):
    """Exports and holds."""

    exports: list[ExportSummary]
    holds: list[HoldView]


class ExportOrder(Answer, frozen=True, kw_only=True):
    """An export for the monitor, with the ledger's own words of who asked and who approved."""

    export: ExportSummary
    asked_body: str
    decided_body: str


class OrdersView(Answer, frozen=True, kw_only=True):
    """All that a monitor must know of exports."""

    to_make: list[ExportOrder]
    to_keep: list[Whole]
    """Made and not yet over: any other export's file may go."""
    to_expire: list[Whole]
    """Their time is over and nobody has said so."""
    holds: list[HoldView]
    """Those that people placed, and one for each export that is not yet made (``hold_id`` then is
    the export's)."""


class ExportEvent(Event, frozen=True, kw_only=True):
    """Something about an export; whoever hears it reads what of it is theirs to see."""

    export_id: Whole


class ExportAsked(ExportEvent, frozen=True, kw_only=True, tag="export.asked"):
    """Somebody has asked; until it is made or lapses, what it names is held."""

    window_id: str
    camera_id: str
    begins_at: Whole
    ends_at: Whole
    purpose: ExportPurpose
    copy: CopyKind
    note: str


class ExportApproved(ExportEvent, frozen=True, kw_only=True, tag="export.approved"):
    """A second person has approved."""

    note: str


class ExportRefused(ExportEvent, frozen=True, kw_only=True, tag="export.refused"):
    """A second person has refused."""

    note: str


class ExportMade(ExportEvent, frozen=True, kw_only=True, tag="export.made"):
    """The monitor has made it; its manifest hashes to this."""

    station_id: str
    sha256: str
    file_sha256: str
    bytes: Whole
    gaps: Whole


class ExportFailed(ExportEvent, frozen=True, kw_only=True, tag="export.failed"):
    """The monitor cannot make it."""

    station_id: str
    failure: ExportFailure


class ExportDownloaded(ExportEvent, frozen=True, kw_only=True, tag="export.downloaded"):
    """Whoever asked for it has been given the word that opens the monitor's door."""


class ExportExpired(ExportEvent, frozen=True, kw_only=True, tag="export.expired"):
    """Its time was over; no monitor keeps its file."""


class RecordingHeld(Event, frozen=True, kw_only=True, tag="recording.held"):
    """Somebody keeps recordings past their time."""

    hold_id: Whole
    window_id: str
    camera_id: str
    begins_at: Whole
    ends_at: Whole
    until: Whole
    note: str


class RecordingLifted(Event, frozen=True, kw_only=True, tag="recording.lifted"):
    """They may go in their time again."""

    hold_id: Whole
    note: str


class RecordingForgotten(Event, frozen=True, kw_only=True, tag="recording.forgotten"):
    """A monitor has deleted recordings: the proof that a day is gone, and by which rule."""

    station_id: str
    camera_id: str
    day: str
    cause: str
    begins_at: Whole
    ends_at: Whole
    files: Whole
    bytes: Whole
    first_place: Whole
    last_place: Whole
    sha256: str
    left: Whole
