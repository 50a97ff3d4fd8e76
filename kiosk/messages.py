"""What the kiosk's page and its station say to each other: a small contract of their own.

The page asks only its station (``/api/…``, JSON over HTTP); it never meets the hall. Its
TypeScript side is ``web/station.ts``, held to these structs by a test.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from config.facts import HallFacts
from hall_server.contract.link import LinkState
from hall_server.contract.messages.base import Identifier, OptionalIdentifier, Refused, RequestId
from hall_server.contract.messages.queueing import FollowView, ItemForecast
from hall_server.contract.messages.stations import Health

OptionalRequestId = Annotated[str, Meta(pattern=r"^([A-Za-z0-9_-]{8,64})?$")]
LanguageCode = Annotated[str, Meta(pattern=r"^(zh|en)$")]


class PressState(StrEnum):
    """What became of a press on 取号."""

    ISSUED = "issued"
    REFUSED = "refused"
    PENDING = "pending"
    """The hall has not answered; the station goes on asking with the same request_id."""


class PaperState(StrEnum):
    """What became of the paper, as far as the citizen has to know."""

    NONE = "none"
    """Nothing will be printed: this kiosk has no printer, or no number was given."""
    PRINTING = "printing"
    PRINTED = "printed"
    UNCERTAIN = "uncertain"
    """The printer did not confirm: the screen shows number and code as well."""
    FAILED = "failed"
    RETRACTED = "retracted"
    """Nobody took it: the printer drew it back, and it can be printed again."""


class TakePress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """取号 was touched. One ``press_id`` per choice: a double touch is one press."""

    press_id: RequestId
    item_id: Identifier
    priority_id: OptionalIdentifier = ""
    language: LanguageCode = "zh"
    card_id: OptionalRequestId = ""
    """The card that was laid on the reader for this press, where the hall asks for one."""


class ScanPress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code was held before the scanner: its own text, whatever it is."""

    press_id: RequestId
    text: Annotated[str, Meta(max_length=2_048)]
    language: LanguageCode = "zh"


class GuidePress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Print an item's guide."""

    press_id: RequestId
    item_id: Identifier
    language: LanguageCode = "zh"


class ReprintPress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """重新打印 was touched: the same number once more, marked 补打."""

    press_id: RequestId
    """The press that got the number."""


class HelpPress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """呼叫工作人员 was touched."""

    press_id: RequestId


class Heartbeat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page is alive."""

    screen: Annotated[str, Meta(max_length=40)]
    version: Annotated[str, Meta(max_length=32)] = ""


class Outcome(Struct, frozen=True, kw_only=True):
    """What a citizen has to be told about a press."""

    press_id: str
    state: PressState
    paper: PaperState = PaperState.NONE
    label: str = ""
    item_id: str = ""
    queue_id: str = ""
    priority_id: str = ""
    taken_at: int = 0
    people_ahead: int = 0
    wait_low_minutes: int = 0
    wait_high_minutes: int = 0
    copy: int = 0
    code: list[str] = []
    """The ticket's QR as rows of 0 and 1, for the screen."""
    refused: Refused | None = None
    recovered: bool = False
    """Found again after this station or the link had failed: the page shows it unasked."""


class ScanKind(StrEnum):
    """What a scanned code turned out to be."""

    PLACE = "place"
    """A ticket: where its holder stands."""
    CHECK_IN = "check_in"
    """An appointment: its holder has come."""
    UNKNOWN = "unknown"


class ScanOutcome(Struct, frozen=True, kw_only=True):
    """What a citizen is told about a code."""

    press_id: str
    kind: ScanKind
    place: FollowView | None = None
    outcome: Outcome | None = None
    refused: Refused | None = None


class CardState(StrEnum):
    """How it went with a card on the reader."""

    READ = "read"
    UNREADABLE = "unreadable"


class CardShown(Struct, frozen=True, kw_only=True):
    """The card that lies on the reader, as far as a screen in public may show it."""

    card_id: str
    state: CardState
    name: str = ""
    number: str = ""


class Scan(Struct, frozen=True, kw_only=True):
    """A code from a scanner of the station's own; the page asks what it is, by this id."""

    scan_id: str
    text: str


class PaperOutcome(Struct, frozen=True, kw_only=True):
    """What became of a guide's paper."""

    press_id: str
    paper: PaperState


class HelpOutcome(Struct, frozen=True, kw_only=True):
    """Whether staff have been told."""

    told: bool


class PrinterView(Struct, frozen=True, kw_only=True):
    """The ticket printer, as the page has to know it."""

    present: bool
    health: Health
    codes: list[str]


class KioskState(Struct, frozen=True, kw_only=True):
    """Everything that changes while the page is open; facts are fetched by their version."""

    station_id: str
    version: str
    link: LinkState
    link_zh: str
    link_en: str
    at: int
    """The hall's clock now, UTC ms."""
    clock_rate: int
    day: str
    """Open service day, empty when closed."""
    facts_version: int
    """-1 while no facts are known at all."""
    forecasts: list[ItemForecast]
    printer: PrinterView
    reads_cards: bool
    """Whether a card reader is there and well."""
    card: CardShown | None
    scan: Scan | None
    outcomes: list[Outcome]
    """Presses of the last minutes that may still change, and those found again after a restart."""


class KioskFacts(Struct, frozen=True, kw_only=True):
    """The hall's facts as far as a citizen may see them."""

    version: int
    facts: HallFacts
