"""Messages of looking back (回看): which recording shows a number, an event or a finding.

The hall knows legs, events and windows, the monitor knows cameras: the hall answers with a window
and a time, and only a finding names its camera. Finding shows no picture and is not recorded;
``camera.look`` is, and each place in a recording that was then asked for is, by ``camera.seek``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from hall_server.contract.messages.base import Answer, Ask, Event, Identifier, Read, Whole
from hall_server.contract.messages.supervision import FindingRule, FindingState

OptionalDay = Annotated[str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
OptionalLabel = Annotated[str, Meta(max_length=12)]


class RecordingFind(Read, frozen=True, kw_only=True):
    """Where to look: for a number of a day, an event of the ledger, or a finding; one of them.

    A clerk is told of findings that concern them, and of nothing else.
    """

    label: OptionalLabel = ""
    day: OptionalDay = ""
    """Of the number; empty: the day that is open."""
    seq: Whole = 0
    """A call, a rating or whatever else happened at a window or to a number."""
    finding_id: Whole = 0


class Clip(Answer, frozen=True, kw_only=True):
    """A time at a window that a recording may show."""

    window_id: str
    camera_id: str
    """Empty where any camera of the window may serve."""
    begins_at: Whole
    ends_at: Whole
    moment: Whole
    """What was asked for happened here."""
    label: str
    leg_id: Whole
    finding_id: Whole


class Clips(Answer, frozen=True, kw_only=True):
    """One for each time that the number was at a window, oldest first."""

    clips: list[Clip]
    page: str
    """Where a monitor's page stands that shows them, its origin; or empty."""


class RecordingCourse(Read, frozen=True, kw_only=True):
    """What a window did between two moments, to be seen beside its picture."""

    window_id: Identifier
    begins_at: Whole
    ends_at: Whole


class Doing(StrEnum):
    """What a window does."""

    CLOSED = "closed"
    IDLE = "idle"
    """Open, and nobody is called or served."""
    CALLED = "called"
    SERVING = "serving"
    PAUSED = "paused"


class WindowStretch(Answer, frozen=True, kw_only=True):
    """A time in which a window did one thing."""

    begins_at: Whole
    ends_at: Whole
    doing: Doing
    staff_id: str
    label: str
    """Of whom is called or served."""
    reason_id: str
    """Why it is paused."""


class CourseMark(Answer, frozen=True, kw_only=True):
    """Something that happened at the window."""

    at: Whole
    seq: Whole
    type: str
    """The event's name, such as ``ticket.called``."""
    label: str
    leg_id: Whole
    level: Whole
    """Of a rating; else 0."""


class CourseFinding(Answer, frozen=True, kw_only=True):
    """A finding about the window; it accuses nobody."""

    finding_id: Whole
    begins_at: Whole
    ends_at: Whole
    rule: FindingRule
    state: FindingState
    camera_id: str


class Course(Answer, frozen=True, kw_only=True):
    """What a window did, oldest first."""

    stretches: list[WindowStretch]
    marks: list[CourseMark]
    findings: list[CourseFinding]


class Seek(Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a recording that somebody asked for."""

    look: Whole
    """The seq of the ``camera.looked`` that let them in."""
    camera_id: Identifier
    at: Whole
    """When the picture there was taken."""


class CameraSeek(Ask, frozen=True, kw_only=True):
    """A monitor tells which places were asked for, several at once; see ``monitor/lookback``."""

    seeks: Annotated[list[Seek], Meta(min_length=1, max_length=64)]


class CameraSought(Event, frozen=True, kw_only=True, tag="camera.sought"):
    """Somebody went to these moments of a recording that they had been let in to."""

    look: Whole
    account: str
    """Who looked, as that event has it."""
    camera_id: str
    moments: list[Whole]
