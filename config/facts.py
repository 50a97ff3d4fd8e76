"""The facts of one hall: what its administrator may state, each kind a frozen struct.

A profile (TOML) holds them for an empty hall; afterwards the database is their home, admin pages
edit them, and one file exports or imports them all. The docstrings here are the manual: forms and
errors quote them. Checks across kinds (a window names a queue that exists) are in
``hall_server/organisation/rules.py``; here stands only what one record can tell about itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from config.fittings import DeviceFact, DisplayFact, KeypadKey
from config.values import (
    Count,
    Day,
    Fact,
    Identifier,
    LongText,
    Minutes,
    OptionalIdentifier,
    Seconds,
    SeriesPrefix,
    ShortText,
    TimeOfDay,
    WindowNumber,
    Words,
)


class Site(Fact, frozen=True, kw_only=True):
    """The hall itself (站点). Exactly one per installation."""

    name: Words
    area_code: Annotated[str, Meta(pattern=r"^[0-9]{0,12}$")] = ""
    """GB/T 2260 code of the administrative division."""
    address: Words = Words("")
    phone: ShortText = ""
    complaint_phone: ShortText = ""
    public_url: Annotated[str, Meta(pattern=r"^(https?://[^\s]{1,120})?$")] = ""
    """What a ticket's QR begins with; empty: the hall server's own address."""
    utc_offset_minutes: Annotated[int, Meta(ge=-720, le=840)] = 480
    """China has one zone without summer time: UTC+8."""


class Zone(Fact, frozen=True, kw_only=True):
    """A part of the hall that hears one loudspeaker (区域)."""

    name: Words
    floor: Annotated[int, Meta(ge=-5, le=99)] = 1
    order: Count = 0


class Department(Fact, frozen=True, kw_only=True):
    """A unit that has sent staff to the hall (进驻部门)."""

    name: Words
    order: Count = 0


class QueueFact(Fact, frozen=True, kw_only=True):
    """A waiting line (业务队列) with its own number series."""

    name: Words
    series: SeriesPrefix
    """Letter before the number; queues may share a series and so its counter."""
    zone: OptionalIdentifier = ""
    """Where its citizens are asked to wait."""
    day_limit: Count = 0
    """Tickets a day; 0 means without limit."""
    service_minutes: Annotated[int, Meta(ge=1, le=240)] = 10
    """Expected service time until the hall has measured its own."""
    order: Count = 0


class WindowFact(Fact, frozen=True, kw_only=True):
    """A window (窗口) and the queues it serves; many windows may serve many queues."""

    number: WindowNumber
    name: Words = Words("")
    zone: Identifier
    department: OptionalIdentifier = ""
    queues: list[Identifier] = []
    rules: list[Identifier] = []
    """Calling rules tried in this order before the longest effective wait decides."""
    keypad: list[KeypadKey] = []
    """Keys of a numeric keypad at this window's console; none: the usual ones."""


class ItemKind(StrEnum):
    """Case type of an item (办件类型); the local sets differ, these are the usual five."""

    IMMEDIATE = "immediate"
    PROMISED = "promised"
    JOINT = "joint"
    FORWARDED = "forwarded"
    RETURNED = "returned"


class LimitUnit(StrEnum):
    """Unit of a time limit; working days follow the statutory calendar."""

    ON_THE_SPOT = "on_the_spot"
    HOUR = "hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


class Material(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One document an applicant brings (GB/T 39046-2020 table 4)."""

    name: Words
    originals: Count = 1
    copies: Count = 0
    required: bool = True
    note: Words = Words("")


class ItemFact(Fact, frozen=True, kw_only=True):
    """A service item (事项) with its guide (办事指南)."""

    name: Words
    department: Identifier
    queue: OptionalIdentifier = ""
    """Queue that takes its tickets; empty: shown as a guide, no ticket."""
    kind: ItemKind = ItemKind.PROMISED
    legal_limit: Count = 0
    legal_limit_unit: LimitUnit = LimitUnit.WORKING_DAY
    promise: Count = 0
    promise_unit: LimitUnit = LimitUnit.WORKING_DAY
    fee: Words = Words("不收费", "Free of charge")
    fee_basis: Words = Words("")
    basis: Words = Words("")
    conditions: list[Words] = []
    materials: list[Material] = []
    steps: list[Words] = []
    phone: ShortText = ""
    day_limit: Count = 0
    hidden: bool = False
    sample: bool = False
    """True where the text is made up for demonstration; pages then say 示例."""
    order: Count = 0


class PriorityFact(Fact, frozen=True, kw_only=True):
    """A priority class (优先): its tickets count as having waited longer by ``lead_minutes``."""

    name: Words
    lead_minutes: Minutes = 0
    kiosk: bool = False
    """Whether the citizen may choose it on the kiosk; otherwise only a clerk grants it."""
    mark: Annotated[str, Meta(max_length=4)] = ""
    """Short sign printed and shown beside the number, such as 优."""
    order: Count = 0


class RuleKind(StrEnum):
    """What a calling rule looks at."""

    LONGEST_WAIT = "longest_wait"
    """WHEN the longest wait in ``queues`` exceeds ``minutes`` THEN call from them."""
    WAITING_COUNT = "waiting_count"
    """WHEN at least ``count`` wait in ``queues`` THEN call from them."""
    PRIORITY = "priority"
    """WHEN someone of the ``priorities`` waits THEN call that class first."""
    RATIO = "ratio"
    """Of every ``first + second`` calls, ``first`` go to ``queues``, ``second`` to the rest."""


class RuleFact(Fact, frozen=True, kw_only=True):
    """A calling rule (叫号规则): WHEN something THEN call from somewhere."""

    name: Words
    kind: RuleKind
    queues: list[Identifier] = []
    priorities: list[Identifier] = []
    minutes: Minutes = 0
    count: Count = 0
    first: Annotated[int, Meta(ge=1, le=100)] = 1
    second: Annotated[int, Meta(ge=1, le=100)] = 1


class QueueingRules(Fact, frozen=True, kw_only=True):
    """The numbers behind refusals at the window. One record, id ``queueing``."""

    recall_gap_s: Seconds = 20
    recall_limit: Count = 3
    miss_after_calls: Count = 2
    """A citizen is only a no-show after this many calls …"""
    miss_after_s: Seconds = 45
    """… and this long after the first of them: a guard against the hasty press."""
    bring_back_limit: Count = 2
    bring_back_places: Count = 3
    """A citizen brought back waits behind this many others; 0 keeps the old place."""
    hold_limit_minutes: Minutes = 60
    holds_per_window: Count = 3
    move_back_limit: Count = 3
    overtake_limit: Annotated[int, Meta(ge=1, le=1000)] = 10
    """Nobody is overtaken more often than this (the starvation bound)."""
    appointment_early_minutes: Minutes = 30
    appointment_late_minutes: Minutes = 15
    appointment_priority: OptionalIdentifier = ""
    """Priority class of a citizen who comes at the appointed time."""
    start_before_open_minutes: Minutes = 30
    """Tickets are given this long before each opening, to those who come early."""
    stop_before_close_minutes: Minutes = 0
    """Tickets stop this long before the last closing time of the day …"""
    stop_when_full: bool = True
    """… or when the forecast says that the newcomer would not be served any more."""
    tickets_per_person: Count = 0
    """Live tickets one identified person may hold in a queue; 0: not limited."""
    card_at_kiosk: bool = False
    """A kiosk gives a number only to an identity card (实名取号); clerks give them to anybody."""
    rating_within_s: Seconds = 180
    """A citizen may rate for so long after their service has ended."""


class ReasonKind(StrEnum):
    """Which act a reason belongs to."""

    PAUSE = "pause"
    HOLD = "hold"
    CHOOSE = "choose"
    CANCEL = "cancel"
    TRANSFER = "transfer"
    OUTCOME = "outcome"
    """How a service ended (受理, 办结, 一次性告知…)."""


class ReasonFact(Fact, frozen=True, kw_only=True):
    """A reason a clerk picks from a list."""

    kind: ReasonKind
    name: Words
    order: Count = 0


class StaffFact(Fact, frozen=True, kw_only=True):
    """A member of staff as the public sees them (亮证挂牌). Accounts are kept apart."""

    staff_number: ShortText
    name: ShortText
    department: OptionalIdentifier = ""
    title: Words = Words("")
    party_member: bool = False
    """Shown as 党员先锋岗 on the window screen."""
    photo: Annotated[str, Meta(pattern=r"^([0-9a-f]{64}\.(jpg|png))?$")] = ""
    """Name of an uploaded picture (its SHA-256)."""
    sample: bool = False


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """Opening hours from ``start`` to before ``end`` on ``weekdays`` (1 Monday … 7 Sunday)."""

    weekdays: list[Annotated[int, Meta(ge=1, le=7)]]
    start: TimeOfDay
    end: TimeOfDay


class OpeningException(Struct, frozen=True, forbid_unknown_fields=True):
    """A day that differs: closed when ``spans`` is empty (its ``weekdays`` are ignored)."""

    day: Day
    reason: Words
    spans: list[Span] = []


class OpeningFact(Fact, frozen=True, kw_only=True):
    """Opening calendar of the hall (开放日历). One record, id ``hall``."""

    spans: list[Span]
    exceptions: list[OpeningException] = []
    market_days: list[Day] = []
    """Extra days on which the hall opens though the week says closed (集市日)."""
    market_spans: list[Span] = []
    always_open: bool = False
    """Demonstration and tests: tickets at any hour."""


class TextFact(Fact, frozen=True, kw_only=True):
    """A text on walls and paper: ``marquee``, ``ticket_footer``, ``hints``, ``kiosk_notice``."""

    text: Words


class Article(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One page inside an enquiry category."""

    title: Words
    body: LongText
    body_en: LongText = ""
    sample: bool = False


class CategoryFact(Fact, frozen=True, kw_only=True):
    """One of the enquiry categories on the touch screen (触摸屏十大项)."""

    name: Words
    icon: ShortText = ""
    order: Count = 0
    articles: list[Article] = []


class HallFacts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything stated about one hall: the shape of a profile, an export and an import."""

    site: Site
    queueing: QueueingRules = QueueingRules(id="queueing")
    opening: OpeningFact
    zones: list[Zone] = []
    departments: list[Department] = []
    queues: list[QueueFact] = []
    windows: list[WindowFact] = []
    items: list[ItemFact] = []
    priorities: list[PriorityFact] = []
    rules: list[RuleFact] = []
    reasons: list[ReasonFact] = []
    staff: list[StaffFact] = []
    displays: list[DisplayFact] = []
    devices: list[DeviceFact] = []
    texts: list[TextFact] = []
    categories: list[CategoryFact] = []
