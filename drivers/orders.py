"""What devices can be told and what they say back.

The stations speak of paper, signs and health in these words only, and know nothing of bytes. A
document for paper is a row of lines; a sign's order is one text with a time to live; an answer says
no more than the device itself has proved. No device, no clock, no bytes here.

A print job passes through these states, and never backwards:

    queued ──► sending ──► sent ──► confirmed     the printer itself said that it was done
       │          │          └────► uncertain     its word was expected and did not come
       └──────────┴──► failed                     it is known not to be on paper, and why

`sent` is where a printer that cannot answer stays: the bytes left, and that is all anyone knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Colour(StrEnum):
    """What a two-colour window bar can light."""

    RED = "red"
    GREEN = "green"
    YELLOW = "yellow"


@dataclass(frozen=True, slots=True)
class TextLine:
    """A paragraph; the driver wraps it. `width` and `height` magnify the printer's font, 1 to 8."""

    text: str
    width: int = 1
    height: int = 1
    align: Align = Align.LEFT
    bold: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    """`dots` is the wanted side of one module; the driver takes fewer where the paper is narrow."""

    payload: str
    dots: int = 6
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """Feeds past the knife and cuts; a printer without a knife feeds to the tearing edge."""


PaperLine = TextLine | QrCode | Rule | Feed | Cut


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One piece of paper. One `job_id` is printed once: a reprint is another job, marked 补打."""

    job_id: str
    lines: tuple[PaperLine, ...]
    expires_at_ms: int


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class DeviceCode(StrEnum):
    """What is the matter, in one word: the reason of a result or a finding of a health check."""

    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    HEAD_HOT = "head_hot"
    NOT_TAKEN = "not_taken"
    PAPER_ENDING = "paper_ending"
    DEVICE_ERROR = "device_error"
    OFFLINE = "offline"
    NO_REPLY = "no_reply"
    LINK_LOST = "link_lost"
    REFUSED = "refused"
    EXPIRED = "expired"
    QUEUE_FULL = "queue_full"
    UNPRINTABLE = "unprintable"
    VOICE_MISSING = "voice_missing"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PrintResult:
    state: JobState
    reason: DeviceCode | None = None


@dataclass(frozen=True, slots=True)
class ShowText:
    """Light this text in one area of a sign. Empty text clears it; a stale one goes out by itself.

    `order_id` comes back with the device's acknowledgement, so that the hall can record it.
    """

    device: str
    area: str
    text: str
    time_to_live_ms: int
    colour: Colour = Colour.RED
    order_id: str = ""


class DeviceHealth(StrEnum):
    """`unknown` is not `ok`: nothing was heard, so nothing is claimed."""

    UNKNOWN = "unknown"
    OK = "ok"
    DEGRADED = "degraded"
    FAULT = "fault"
    OFFLINE = "offline"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    device_id: str
    kind: str
    health: DeviceHealth
    codes: frozenset[DeviceCode]
    since_ms: int
    last_ok_ms: int | None
    detail: str = ""
    """What the system or the driver said when it failed last, in its own words."""


@dataclass(frozen=True, slots=True)
class HealthChanged:
    status: DeviceStatus
    at_ms: int


@dataclass(frozen=True, slots=True)
class JobChanged:
    device_id: str
    job_id: str
    result: PrintResult
    at_ms: int


@dataclass(frozen=True, slots=True)
class PaperNotTaken:
    """Nobody took this paper in time; `retracted` is what the printer itself said of its mouth."""

    device_id: str
    job_id: str
    retracted: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class TextShown:
    """The sign itself acknowledged this order."""

    device_id: str
    order: ShowText
    at_ms: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """Somebody pressed a key, once, however often the pad said so.

    `key` is a word of the pad's table: `call_next`, `recall` …, or `rate:1` to `rate:5`.
    """

    device_id: str
    key: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was read; what it means is the station's to find out."""

    device_id: str
    text: str
    at_ms: int


class CardKind(StrEnum):
    """Which card the reader was shown."""

    CITIZEN = "citizen"
    FOREIGNER = "foreigner"
    RESIDENT = "resident"
    """Residence permit for people from Hong Kong, Macau and Taiwan."""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """All that leaves the driver of an identity card: who it is, as far as a screen may show it.

    `commitment` is a keyed hash of the number, the same for the same person as long as the key is;
    empty while no key is known.
    """

    kind: CardKind
    masked_name: str
    masked_number: str
    commitment: str


@dataclass(frozen=True, slots=True)
class CardRead:
    device_id: str
    card: PersonCard
    at_ms: int


@dataclass(frozen=True, slots=True)
class CardUnreadable:
    """A card lies there and cannot be read, or its number does not hold."""

    device_id: str
    at_ms: int


DeviceEvent = (
    HealthChanged
    | JobChanged
    | PaperNotTaken
    | TextShown
    | KeyPressed
    | Scanned
    | CardRead
    | CardUnreadable
)


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device as the configuration names it. `options` are checked by the device's kind."""

    id: str
    kind: str
    url: str
    options: Mapping[str, str | int] = field(default_factory=dict)
