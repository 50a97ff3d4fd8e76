"""Messages of queueing: the life of a ticket (号票) and of a window (窗口)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from config.fittings import PadKey
from config.values import Words
from hall_server.contract.messages.base import (
    Answer,
    Ask,
    Event,
    Identifier,
    Note,
    OptionalIdentifier,
    Read,
    Whole,
)

Label = Annotated[str, Meta(max_length=12)]
"""The number as people see it: ``A001``."""
FollowCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,32}$")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class LegState(StrEnum):
    """Where a leg stands; the table in ``queueing/rules.py`` says how it moves."""

    BOOKED = "booked"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    SERVED = "served"
    TRANSFERRED = "transferred"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    UNSERVED = "unserved"


class WindowState(StrEnum):
    """What a window declares of itself; whether it is serving is told by its leg."""

    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"


class CallMode(StrEnum):
    """Why this leg was called and not another."""

    NEXT = "next"
    CHOSEN = "chosen"


class CallStep(StrEnum):
    """Which step of the policy decided a call."""

    BOUND = "bound"
    """Overtaken as often as the hall allows."""
    RESERVED = "reserved"
    """Transferred to this window or its clerk."""
    RULE = "rule"
    """One of the window's calling rules."""
    WAIT = "wait"
    """The longest effective wait."""
    CHOSEN = "chosen"
    """A person, with a reason."""


class Place(StrEnum):
    """Where a transferred leg waits in its new line."""

    FIRST = "first"
    KEEP = "keep"
    LAST = "last"


# ------------------------------------------------------------------------------------------ asks


class DayOpen(Ask, frozen=True, kw_only=True):
    """Open the service day; numbers begin anew."""


class DayClose(Ask, frozen=True, kw_only=True):
    """Close the service day; whoever still waits becomes unserved (未办)."""

    finish_serving: bool = False
    """Services still running end as served; without it they stand in the way."""


class TicketTake(Ask, frozen=True, kw_only=True):
    """Take a ticket (取号) for an item."""

    item_id: Identifier
    priority_id: OptionalIdentifier = ""
    person: Annotated[str, Meta(max_length=64)] = ""
    """Keyed hash of an identity read by the kiosk, never the number itself; may be empty."""
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")] = "zh"


class AppointmentBook(Ask, frozen=True, kw_only=True):
    """Book an item for a time today or later (预约)."""

    item_id: Identifier
    day: Day
    at_ms: Whole
    person: Annotated[str, Meta(max_length=64)] = ""


class AppointmentCancel(Ask, frozen=True, kw_only=True):
    """Give an appointment back before the citizen has come (取消预约)."""

    code: FollowCode
    reason_id: OptionalIdentifier = ""
    note: Note = ""


class TicketCheckIn(Ask, frozen=True, kw_only=True):
    """Come for an appointment (签到): the booking becomes a waiting ticket."""

    code: FollowCode


class TicketCallNext(Ask, frozen=True, kw_only=True):
    """Call whoever is next for this window (顺呼)."""

    window_id: Identifier


class TicketCall(Ask, frozen=True, kw_only=True):
    """Call a chosen leg out of turn (选呼); the reason is recorded."""

    window_id: Identifier
    leg_id: Whole
    reason_id: Identifier
    note: Note = ""


class LegAsk(Ask, frozen=True, kw_only=True):
    """An act on one leg; ``version`` is the one the sender saw, 0 to act on any."""

    leg_id: Whole
    version: Whole = 0


class TicketRecall(LegAsk, frozen=True, kw_only=True):
    """Call the same citizen again (重呼)."""


class TicketStart(LegAsk, frozen=True, kw_only=True):
    """The citizen has come: service begins (开始办理)."""


class TicketFinish(LegAsk, frozen=True, kw_only=True):
    """Service ends (办结) with an outcome."""

    outcome_id: OptionalIdentifier = ""
    note: Note = ""


class TicketMiss(LegAsk, frozen=True, kw_only=True):
    """The called citizen did not come (过号)."""


class TicketBringBack(LegAsk, frozen=True, kw_only=True):
    """A citizen who was missed is here again (恢复)."""


class TicketHold(LegAsk, frozen=True, kw_only=True):
    """Set a service aside (挂起), the window becomes free."""

    reason_id: Identifier
    note: Note = ""


class TicketResume(LegAsk, frozen=True, kw_only=True):
    """Take a held service up again at a window, or send it back to wait when ``to_queue``."""

    window_id: OptionalIdentifier = ""
    to_queue: bool = False


class TicketTransfer(LegAsk, frozen=True, kw_only=True):
    """Send the citizen on (转移) to a queue, a window or a person."""

    queue_id: OptionalIdentifier = ""
    window_id: OptionalIdentifier = ""
    staff_id: OptionalIdentifier = ""
    item_id: OptionalIdentifier = ""
    """Another item for the new leg; empty keeps the present one."""
    place: Place = Place.KEEP
    return_after: bool = False
    """When the new leg is served, the citizen waits first at this window again (转回)."""
    reason_id: OptionalIdentifier = ""
    note: Note = ""


class TicketMoveBack(LegAsk, frozen=True, kw_only=True):
    """Let the citizen wait behind ``places`` others (延后)."""

    places: Annotated[int, Meta(ge=1, le=100)]


class TicketAddItem(Ask, frozen=True, kw_only=True):
    """A further item on the same number (一票多办): another leg."""

    ticket_id: Whole
    item_id: Identifier
    here: bool = False
    """The window that is serving the citizen takes this item next itself."""


class TicketServeDirect(Ask, frozen=True, kw_only=True):
    """Serve somebody who took no ticket (直接办理)."""

    window_id: Identifier
    item_id: Identifier


class TicketCancel(Ask, frozen=True, kw_only=True):
    """Void a ticket before service (作废): whatever of it waits or has been called."""

    ticket_id: Whole
    leg_id: Whole = 0
    """Only this leg; 0 for all that are not in service yet."""
    reason_id: OptionalIdentifier = ""
    note: Note = ""


class TicketReprint(Ask, frozen=True, kw_only=True):
    """Print the same number again, marked 补打."""

    ticket_id: Whole


class PrintState(StrEnum):
    """What became of a paper."""

    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class PrintReport(Ask, frozen=True, kw_only=True):
    """A station tells what became of a print job; ``confirmed`` only by the printer's own word."""

    job_id: Whole
    state: PrintState
    reason: Note = ""


class WindowOpen(Ask, frozen=True, kw_only=True):
    """A clerk takes a seat at a window (上岗)."""

    window_id: Identifier


class WindowClose(Ask, frozen=True, kw_only=True):
    """The clerk leaves the window (离岗)."""

    window_id: Identifier


class WindowPause(Ask, frozen=True, kw_only=True):
    """The window stops calling for a while (暂停), with a reason."""

    window_id: Identifier
    reason_id: Identifier
    note: Note = ""


class WindowResume(Ask, frozen=True, kw_only=True):
    """The window goes on (恢复服务)."""

    window_id: Identifier


class PadPress(Ask, frozen=True, kw_only=True):
    """A key of a call pad (呼叫器) was pressed: the same as its click in the window's console.

    The hall acts for the clerk who has the pad's window open; nobody else can be meant. A press at
    a closed window is refused.
    """

    device_id: Identifier
    key: PadKey


# --------------------------------------------------------------------------------------- answers


class TicketSlip(Answer, frozen=True, kw_only=True):
    """All that a paper and a screen need to give a citizen their number."""

    seq: Whole
    ticket_id: Whole
    leg_id: Whole
    job_id: Whole
    """Print job of the paper; 0 when nobody prints."""
    label: Label
    item_id: Identifier
    queue_id: Identifier
    priority_id: str
    taken_at: Whole
    people_ahead: int
    wait_low_minutes: int
    wait_high_minutes: int
    """-1 where nobody can say: no clerk sits at a window of the queue."""
    copy: int
    """0 the first paper, n the n-th 补打."""
    follow_url: str
    """What the QR holds: follow page and signed promise."""
    language: str = "zh"
    """The citizen's, as chosen when the number was taken."""


class LegNamed(Answer, frozen=True, kw_only=True):
    """The leg an act made or moved."""

    seq: Whole
    ticket_id: Whole
    leg_id: Whole
    label: Label


class PadAnswer(Answer, frozen=True, kw_only=True):
    """What a pad can show of an accepted press."""

    seq: Whole
    label: str
    """Number the press called or moved; empty where none was."""
    window_state: WindowState
    """How the window stands after it."""


class Booked(Answer, frozen=True, kw_only=True):
    """An appointment's code, shown or sent to the citizen."""

    seq: Whole
    code: str


# ----------------------------------------------------------------------------------------- reads


class TicketFollow(Read, frozen=True, kw_only=True):
    """Where the holder of a follow code stands."""

    code: FollowCode


class FollowView(Answer, frozen=True, kw_only=True):
    """What a citizen sees on the phone; nothing personal, and all the names a page needs."""

    at: Whole
    """The hall's clock."""
    utc_offset_minutes: int
    site: Words
    item: Words
    zone: Words
    """Where to wait, or where the window is; empty when unknown."""
    floor: int
    label: Label
    state: LegState
    has_window: bool
    """False where no window serves this queue any more, so that nobody can call the ticket."""
    item_id: str
    queue_id: str
    window_number: int
    """0 until called."""
    people_ahead: int
    wait_low_minutes: int
    wait_high_minutes: int
    """-1 where nobody can say: no clerk sits at a window of the queue."""
    taken_at: Whole
    taken_seq: Whole
    in_ledger: bool
    """The ledger's leaf at ``taken_seq`` equals the one the paper promised."""
    checkpoint: str


class ForecastRead(Read, frozen=True, kw_only=True):
    """People ahead and waiting range of every item that gives tickets, as of now."""


class PersonKeyRead(Read, frozen=True, kw_only=True):
    """The key with which kiosks turn identity numbers into hashes (``person`` of a ticket)."""


class PersonKey(Answer, frozen=True, kw_only=True):
    """One service day's key; the hall erases it when the day closes, and with it every meaning."""

    day: str
    """Empty while no day is open."""
    key: str
    """Hexadecimal; empty while there is none."""


class ItemForecast(Answer, frozen=True, kw_only=True):
    """What a newcomer for one item would meet."""

    item_id: str
    queue_id: str
    open: bool
    """Whether a ticket can be taken now."""
    refusal: str
    """Code of why not, empty when open."""
    people_ahead: int
    wait_low_minutes: int
    wait_high_minutes: int
    """-1 where nobody can say: no clerk sits at a window of the queue."""


class Forecasts(Answer, frozen=True, kw_only=True):
    """The forecast of every item."""

    items: list[ItemForecast]


class PrintRead(Read, frozen=True, kw_only=True):
    """What a paper that somebody else ordered shall say, for the station that is to print it now.

    Refused once its state has been reported or its time is over: no paper comes twice or too late.
    """

    job_id: Whole


# ---------------------------------------------------------------------------------------- events


class DayOpened(Event, frozen=True, kw_only=True, tag="day.opened"):
    """A service day began."""

    day: Day
    again: bool = False
    """It had been closed and goes on; whoever wants its earlier numbers must read again."""


class DayClosed(Event, frozen=True, kw_only=True, tag="day.closed"):
    """A service day ended with so many unserved."""

    day: Day
    unserved: int


class AppointmentEnded(Event, frozen=True, kw_only=True, tag="appointment.ended"):
    """An appointment was cancelled, or its citizen had not come when the day closed."""

    appointment_id: Whole
    item_id: str
    queue_id: str
    state: LegState
    reason_id: str
    note: str


class LegEvent(Event, frozen=True, kw_only=True):
    """Something happened to a leg.

    Where an event puts a leg into a line it says where: ``place`` and then ``place_tie``, both
    smallest first.
    """

    ticket_id: Whole
    leg_id: Whole
    version: Whole
    label: Label
    queue_id: str
    item_id: str


class AppointmentBooked(Event, frozen=True, kw_only=True, tag="appointment.booked"):
    """An appointment was made."""

    appointment_id: Whole
    item_id: str
    queue_id: str
    day: Day
    due_at: Whole


class TicketTaken(LegEvent, frozen=True, kw_only=True, tag="ticket.taken"):
    """A number was issued, or an appointment checked in."""

    day: Day
    priority_id: str
    station_id: str
    appointment_id: Whole
    people_ahead: int
    wait_low_minutes: int
    wait_high_minutes: int
    """-1 where nobody can say: no clerk sits at a window of the queue."""
    waiting_since: Whole
    place: int
    place_tie: int


class ItemAdded(LegEvent, frozen=True, kw_only=True, tag="ticket.item_added"):
    """A further leg waits on the same number."""

    parent_leg_id: Whole
    """The leg that led to it; 0 when asked for at a desk."""
    returning: bool
    """True when this is the promised way back after a transfer (转回)."""
    priority_id: str
    to_window_id: str
    waiting_since: Whole
    place: int
    place_tie: int


class TicketCalled(LegEvent, frozen=True, kw_only=True, tag="ticket.called"):
    """A citizen is asked to a window."""

    window_id: str
    window_number: int
    zone_id: str
    staff_id: str
    mode: CallMode
    step: CallStep
    rule_id: str
    """The calling rule that decided, where one did."""
    overtook: int
    """How many who stood before this one the window could have called instead."""
    reason_id: str
    note: str
    call_count: int
    waited_ms: Whole


class TicketRecalled(LegEvent, frozen=True, kw_only=True, tag="ticket.recalled"):
    """The same call once more."""

    window_id: str
    window_number: int
    zone_id: str
    call_count: int


class TicketStarted(LegEvent, frozen=True, kw_only=True, tag="ticket.started"):
    """Service began; ``direct`` when no number had been taken."""

    window_id: str
    staff_id: str
    walked_ms: Whole
    direct: bool


class TicketFinished(LegEvent, frozen=True, kw_only=True, tag="ticket.finished"):
    """Service ended."""

    window_id: str
    staff_id: str
    outcome_id: str
    note: str
    served_ms: Whole
    """From start to finish without the time on hold."""
    held_ms: Whole
    at_close: bool
    """Ended by the close of day, not by the clerk: its duration says nothing."""


class TicketMissed(LegEvent, frozen=True, kw_only=True, tag="ticket.missed"):
    """Called and not come."""

    window_id: str
    call_count: int


class TicketBroughtBack(LegEvent, frozen=True, kw_only=True, tag="ticket.brought_back"):
    """Waits again after a miss."""

    places: int
    waiting_since: Whole
    place: int
    place_tie: int


class TicketMovedBack(LegEvent, frozen=True, kw_only=True, tag="ticket.moved_back"):
    """Waits behind some others by wish."""

    places: int
    waiting_since: Whole
    place: int
    place_tie: int


class TicketHeld(LegEvent, frozen=True, kw_only=True, tag="ticket.held"):
    """Service set aside."""

    window_id: str
    reason_id: str
    note: str


class TicketResumed(LegEvent, frozen=True, kw_only=True, tag="ticket.resumed"):
    """A held service goes on at a window, or waits when ``window_id`` is empty."""

    window_id: str
    staff_id: str
    held_ms: Whole
    """On hold in all so far."""
    waiting_since: Whole
    """This and the place are 0 when it goes on at a window."""
    place: int
    place_tie: int


class TicketTransferred(LegEvent, frozen=True, kw_only=True, tag="ticket.transferred"):
    """The leg ended; ``new_leg_id`` waits elsewhere under the same number."""

    new_leg_id: Whole
    new_queue_id: str
    new_item_id: str
    to_window_id: str
    to_staff_id: str
    wish: Place
    place: int
    place_tie: int
    return_after: bool
    reason_id: str
    note: str
    priority_id: str
    waiting_since: Whole


class TicketCancelled(LegEvent, frozen=True, kw_only=True, tag="ticket.cancelled"):
    """Voided before service."""

    reason_id: str
    note: str


class TicketUnserved(LegEvent, frozen=True, kw_only=True, tag="ticket.unserved"):
    """Still there when the day closed."""

    was: LegState


class TicketPrintQueued(Event, frozen=True, kw_only=True, tag="print.queued"):
    """A paper was ordered; ``copy`` > 0 is a 补打."""

    job_id: Whole
    ticket_id: Whole
    label: Label
    station_id: str
    copy: int
    expires_at: Whole = 0
    """Until when its station may fetch it; 0 where that station itself ordered it, slip in hand."""


class TicketPrintReported(Event, frozen=True, kw_only=True, tag="print.reported"):
    """What became of a paper."""

    job_id: Whole
    ticket_id: Whole
    label: Label
    station_id: str
    state: PrintState
    reason: str


class WindowEvent(Event, frozen=True, kw_only=True):
    """Something happened to a window."""

    window_id: str
    staff_id: str


class WindowOpened(WindowEvent, frozen=True, kw_only=True, tag="window.opened"):
    """A clerk serves here now."""


class WindowClosed(WindowEvent, frozen=True, kw_only=True, tag="window.closed"):
    """Nobody serves here now."""


class WindowPaused(WindowEvent, frozen=True, kw_only=True, tag="window.paused"):
    """The window does not call for a while."""

    reason_id: str
    note: str


class WindowResumed(WindowEvent, frozen=True, kw_only=True, tag="window.resumed"):
    """The window goes on."""
