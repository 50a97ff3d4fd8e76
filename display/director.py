"""What the floor shows and says: facts and the state of the hall in, orders out.

Two kinds of orders leave here. A *face* is what a window bar should show for as long as the hall's
state stays as it is; the station keeps asserting it, and its time to live makes the card itself go
dark when nobody asserts it any more, so that a call never outlives the hall that made it. A *say*
is one announcement for one loudspeaker, born of one event and worthless soon after.

No devices, no network, no clock of its own: the hall's time is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.facts import HallFacts, StaffFact, WindowFact, Zone
from config.fittings import DisplayFact, DisplayKind
from drivers.orders import Colour
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import LegView, WindowView
from hall_server.contract.messages.queueing import (
    LegState,
    TicketCalled,
    TicketCancelled,
    TicketFinished,
    TicketMissed,
    TicketRecalled,
    TicketStarted,
    TicketTransferred,
    TicketUnserved,
    WindowState,
)

SAY_TIME_TO_LIVE_MS = 60_000
"""A call that could not be spoken within a minute would only confuse whoever still listens."""
CALL_FACE_TIME_TO_LIVE_MS = 120_000
"""How long a bar may show a call after its station has fallen silent."""
CALM_FACE_TIME_TO_LIVE_MS = 600_000
"""Names and pauses mislead less when they are old, and each assertion makes some cards blink."""

Call = TicketCalled | TicketRecalled
SETTLING = (
    TicketStarted,
    TicketFinished,
    TicketMissed,
    TicketCancelled,
    TicketTransferred,
    TicketUnserved,
)
"""After one of these nobody has to come to the window for that call any more."""


@dataclass(frozen=True, slots=True)
class Face:
    """What one bar should show; empty text is darkness, ``shown_seq`` 0 is no call."""

    display_id: str
    device_id: str
    text: str
    colour: Colour
    time_to_live_ms: int
    shown_seq: int = 0


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """One announcement for one loudspeaker."""

    display_id: str
    zone_id: str
    ticket_id: int
    label: str
    window_number: int
    called_seq: int
    utterances: tuple[Utterance, ...]
    repeat: int
    expires_at_ms: int

    @property
    def text(self) -> str:
        """The sentence that is reported as spoken."""
        return self.utterances[0].text


# ------------------------------------------------------------------------------------ loudspeakers


def loudspeaker_of(facts: HallFacts, zone_id: str) -> DisplayFact | None:
    """The one loudspeaker a zone hears: of several that name it, the one with the fewest zones.

    A zone belongs to one loudspeaker only; otherwise two would speak into each other.
    """
    voices = [display for display in facts.displays if display.kind is DisplayKind.VOICE]
    naming = [voice for voice in voices if zone_id in voice.zones]
    if naming:
        return min(naming, key=lambda voice: len(voice.zones))
    return next((voice for voice in voices if not voice.zones), None)


def hearing_zones(facts: HallFacts, call: Call) -> list[str]:
    """Where a call must be heard: at its window, and where its citizens were asked to wait."""
    waiting_zone = next((queue.zone for queue in facts.queues if queue.id == call.queue_id), "")
    return [zone for zone in dict.fromkeys((call.zone_id, waiting_zone)) if zone]


def sayings(event: Event, facts: HallFacts, now_ms: int, *, own: frozenset[str]) -> list[Say]:
    """Announcements an event asks of the loudspeakers in ``own``; none when it is too old."""
    if not isinstance(event, TicketCalled | TicketRecalled):
        return []
    expires_at_ms = event.at + SAY_TIME_TO_LIVE_MS
    if now_ms >= expires_at_ms:
        return []
    said: dict[str, Say] = {}
    for zone_id in hearing_zones(facts, event):
        voice = loudspeaker_of(facts, zone_id)
        if voice is not None and voice.id in own and voice.id not in said:
            said[voice.id] = saying(event, facts, voice, zone_id, expires_at_ms)
    return list(said.values())


def saying(
    call: Call, facts: HallFacts, voice: DisplayFact, zone_id: str, expires_at_ms: int
) -> Say:
    floor = floor_to_say(facts, voice, call.zone_id)
    return Say(
        display_id=voice.id,
        zone_id=zone_id,
        ticket_id=call.ticket_id,
        label=call.label,
        window_number=call.window_number,
        called_seq=call.seq,
        utterances=tuple(
            sentence(language, call.label, call.window_number, floor)
            for language in voice.languages
        ),
        repeat=voice.repeat,
        expires_at_ms=expires_at_ms,
    )


def floor_to_say(facts: HallFacts, voice: DisplayFact, window_zone: str) -> int | None:
    """The window's floor, when somebody who hears this loudspeaker may stand on another one."""
    floors = {zone.id: zone.floor for zone in facts.zones}
    heard = {floors[zone.id] for zone in facts.zones if hears(facts, voice, zone)}
    there = floors.get(window_zone)
    return there if heard - {there} else None


def hears(facts: HallFacts, voice: DisplayFact, zone: Zone) -> bool:
    own = loudspeaker_of(facts, zone.id)
    return own is not None and own.id == voice.id


def sentence(language: str, label: str, window_number: int, floor: int | None) -> Utterance:
    if language == "en":
        where = "" if floor is None else f" {floor_name_in_english(floor)}"
        return Utterance("en", f"Ticket {label}, please go to window {window_number}{where}")
    there = "" if floor is None else floor_name(floor)
    return Utterance(language, f"请{label}号到{there}{window_number}号窗口办理")


def floor_name(floor: int) -> str:
    if floor == 0:
        return "底层"
    return f"{floor}楼" if floor > 0 else f"地下{-floor}层"


def floor_name_in_english(floor: int) -> str:
    if floor == 0:
        return "on the ground floor"
    return f"on floor {floor}" if floor > 0 else f"on basement level {-floor}"


def settled_ticket(event: Event) -> int:
    """The ticket that needs no more calling after this event, 0 when there is none."""
    return event.ticket_id if isinstance(event, SETTLING) else 0


# -------------------------------------------------------------------------------------------- bars


def faces(
    facts: HallFacts, windows: Iterable[WindowView], legs: Iterable[LegView], *, own: frozenset[str]
) -> list[Face]:
    """What every bar on a device in ``own`` should show now."""
    views = {view.window_id: view for view in windows}
    present = {
        leg.window_id: leg for leg in legs if leg.state in (LegState.CALLED, LegState.SERVING)
    }
    shown = []
    for bar in facts.displays:
        if bar.kind is not DisplayKind.BAR or bar.device not in own:
            continue
        if bar.window:
            shown.append(window_face(facts, bar, views.get(bar.window), present.get(bar.window)))
        else:
            shown.append(zone_face(facts, bar, present))
    return shown


def window_face(
    facts: HallFacts, bar: DisplayFact, view: WindowView | None, leg: LegView | None
) -> Face:
    """A window's own bar: its call, else its service, else who sits there, else nothing."""
    if leg is not None and leg.state is LegState.CALLED:
        return call_face(bar, f"请{leg.label}号", leg)
    if leg is not None:
        return calm_face(bar, f"{leg.label}号办理中", Colour.GREEN)
    if view is None or view.state is WindowState.CLOSED:
        return calm_face(bar, "", Colour.GREEN)
    if view.state is WindowState.PAUSED:
        return calm_face(bar, "暂停服务", Colour.YELLOW)
    window = next((window for window in facts.windows if window.id == bar.window), None)
    staff = next((staff for staff in facts.staff if staff.id == view.staff_id), None)
    return calm_face(bar, idle_text(window, staff), Colour.GREEN)


def idle_text(window: WindowFact | None, staff: StaffFact | None) -> str:
    """The window and whoever serves there (亮证挂牌), as far as both are known."""
    if window is None:
        return ""
    name = window.name.zh or f"{window.number}号窗口"
    return f"{name} {staff.name}" if staff is not None else name


def zone_face(facts: HallFacts, bar: DisplayFact, present: Mapping[str, LegView]) -> Face:
    """A bar over a zone: the newest call to one of the zone's windows, with the window."""
    newest: LegView | None = None
    number = 0
    for window in facts.windows:
        leg = present.get(window.id)
        if leg is None or leg.state is not LegState.CALLED:
            continue
        if bar.zones and window.zone not in bar.zones:
            continue
        if newest is None or leg.called_seq > newest.called_seq:
            newest, number = leg, window.number
    if newest is None:
        return calm_face(bar, "", Colour.GREEN)
    return call_face(bar, f"请{newest.label}号到{number}号窗口", newest)


def call_face(bar: DisplayFact, text: str, leg: LegView) -> Face:
    return Face(
        bar.id, bar.device, text, Colour.RED, CALL_FACE_TIME_TO_LIVE_MS, shown_seq=leg.called_seq
    )


def calm_face(bar: DisplayFact, text: str, colour: Colour) -> Face:
    return Face(bar.id, bar.device, text, colour, CALM_FACE_TIME_TO_LIVE_MS)
