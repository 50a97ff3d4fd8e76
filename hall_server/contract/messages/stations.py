"""Messages of stations: what their devices say, and proof that a call was shown and spoken."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from hall_server.contract.messages.base import (
    Answer,
    Ask,
    Event,
    Identifier,
    Note,
    Read,
    Whole,
)


class Health(StrEnum):
    """What is known of a device; ``unknown`` is never ``ok``."""

    UNKNOWN = "unknown"
    OK = "ok"
    DEGRADED = "degraded"
    FAULT = "fault"
    OFFLINE = "offline"
    DISABLED = "disabled"


Code = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")]
Codes = Annotated[list[Code], Meta(max_length=16)]


class DeviceReport(Ask, frozen=True, kw_only=True):
    """A station tells that a device's health has changed."""

    device_id: Identifier
    health: Health
    codes: Codes = []
    detail: Note = ""


class AlertKind(StrEnum):
    """What of a device somebody has to see to."""

    PAPER_LOW = "paper_low"
    """Also when the count of the roll says so before the sensor does."""
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    NOT_TAKEN = "not_taken"
    """A ticket lies, or lay, in a printer's mouth and nobody took it."""
    OFFLINE = "offline"
    """For more than a minute."""
    CHECKSUM_ERRORS = "checksum_errors"
    """More than one answer in a hundred is damaged."""
    CAMERA_OFFLINE = "camera_offline"
    """No picture for more than a minute."""
    FROZEN = "frozen"
    COVERED = "covered"
    DEFOCUSED = "defocused"
    MOVED = "moved"
    """It no longer shows what it was set up to show."""
    DARK = "dark"
    CLOCK_SKEW = "clock_skew"
    """The camera's clock is not the hall's."""
    RECORDER_STOPPED = "recorder_stopped"
    ANALYSER_STOPPED = "analyser_stopped"
    DISK_SHORT = "disk_short"
    """Recordings will not be kept as long as is stated."""
    RECORDING_STOPPED = "recording_stopped"
    """The disk is full."""


OF_MONITORS = frozenset(
    {
        *(AlertKind.CAMERA_OFFLINE, AlertKind.FROZEN, AlertKind.COVERED, AlertKind.DEFOCUSED),
        *(AlertKind.MOVED, AlertKind.DARK, AlertKind.CLOCK_SKEW, AlertKind.RECORDER_STOPPED),
        *(AlertKind.ANALYSER_STOPPED, AlertKind.DISK_SHORT, AlertKind.RECORDING_STOPPED),
    }
)
"""Of cameras and of monitors themselves, which stand in no facts."""


class DeviceAlert(Ask, frozen=True, kw_only=True):
    """A station tells all alerts of a device that are open now; what is no longer named is over.

    A monitor tells those of its cameras and of itself, which are no devices of the facts.
    """

    device_id: Identifier
    alerts: Annotated[list[AlertKind], Meta(max_length=16)]
    passed: Annotated[list[AlertKind], Meta(max_length=16)] = []
    """What opened and was over again while the hall could not be told."""


class DisplayReport(Ask, frozen=True, kw_only=True):
    """A display has shown what the event ``shown_seq`` told."""

    display_id: Identifier
    shown_seq: Whole


class AnnouncementReport(Ask, frozen=True, kw_only=True):
    """A loudspeaker has finished, or given up, an announcement."""

    display_id: Identifier
    zone_id: Identifier
    called_seq: Whole
    """Event that asked for it."""
    spoken: bool
    reason: Note = ""
    text: Note = ""


class KioskHelp(Ask, frozen=True, kw_only=True):
    """A citizen at a kiosk asks for staff (呼叫工作人员)."""


class RecordingSeal(Ask, frozen=True, kw_only=True):
    """A monitor tells how far its archive's chain of recorded files has come.

    The same head twice is one seal: the sender derives ``request_id`` from ``chain``.
    """

    place: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    """Files in the chain, deleted ones with them."""
    chain: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 over all of them."""
    made_at: Whole
    """UTC milliseconds on the monitor's clock."""


class StationList(Read, frozen=True, kw_only=True):
    """All stations and devices with their present state."""


class StationView(Answer, frozen=True, kw_only=True):
    """A station as of now."""

    station_id: str
    role: str
    version: str
    enrolled: bool
    revoked: bool
    online: bool
    since: Whole


class DeviceView(Answer, frozen=True, kw_only=True):
    """A device as of its last report."""

    device_id: str
    station_id: str
    kind: str
    health: Health
    codes: list[str]
    detail: str
    since: Whole


class Stations(Answer, frozen=True, kw_only=True):
    """All stations and devices."""

    stations: list[StationView]
    devices: list[DeviceView]


class DeviceChanged(Event, frozen=True, kw_only=True, tag="device.changed"):
    """A device's health changed."""

    device_id: str
    station_id: str
    health: Health
    codes: list[str]
    detail: str


class DeviceAlerted(Event, frozen=True, kw_only=True, tag="device.alerted"):
    """Somebody has to see to a device."""

    device_id: str
    station_id: str
    alert: AlertKind


class DeviceCleared(Event, frozen=True, kw_only=True, tag="device.cleared"):
    """An alert of a device is over."""

    device_id: str
    station_id: str
    alert: AlertKind
    since: Whole
    """When it had begun."""


class DisplayShown(Event, frozen=True, kw_only=True, tag="display.shown"):
    """Proof that a call was shown."""

    display_id: str
    shown_seq: Whole


class AnnouncementSpoken(Event, frozen=True, kw_only=True, tag="announcement.spoken"):
    """Proof that a call was spoken, or why it was not."""

    display_id: str
    zone_id: str
    called_seq: Whole
    spoken: bool
    reason: str
    text: str


class KioskHelpAsked(Event, frozen=True, kw_only=True, tag="kiosk.help_asked"):
    """Somebody at a kiosk wants help."""

    station_id: str


class RecordingSealed(Event, frozen=True, kw_only=True, tag="recording.sealed"):
    """From here on no recorded file up to ``place`` can be changed, added or taken out unseen."""

    station_id: str
    place: Whole
    chain: str
    made_at: Whole


class StationLost(Event, frozen=True, kw_only=True, tag="station.lost"):
    """A station has fallen silent."""

    station_id: str
