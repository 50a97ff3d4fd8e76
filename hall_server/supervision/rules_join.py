"""What joins a number to a recording: pure.

A leg's *stay* at a window is from its call, or from being taken up again, until it leaves. Its clip
is ten seconds longer at both ends: the citizen comes before the call is done with, and goes after.
Whatever else happened at a window is a moment. Everything follows from events in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hall_server.contract.messages.lookback import Clip, CourseMark, Doing, WindowStretch
from hall_server.supervision.rules import LOOK_MOST_MS

MARGIN_MS = 10_000
MOMENT_MARGIN_MS = 30_000
COMES = frozenset({"ticket.called", "ticket.started", "ticket.resumed"})
SERVED_FROM = frozenset({"ticket.started", "ticket.resumed"})
LEAVES = frozenset(
    {
        *("ticket.finished", "ticket.missed", "ticket.held", "ticket.transferred"),
        *("ticket.cancelled", "ticket.unserved", "ticket.moved_back", "ticket.brought_back"),
    }
)
DECLARED = {
    "window.opened": Doing.IDLE,
    "window.resumed": Doing.IDLE,
    "window.paused": Doing.PAUSED,
    "window.closed": Doing.CLOSED,
}
BESIDE = frozenset({"ticket.recalled", "rating.given"})
BEARING = COMES | LEAVES | BESIDE | frozenset(DECLARED)
"""All events that these rules look at."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What of an event bears on the join; what an event does not say is empty."""

    type: str
    seq: int
    at: int
    leg_id: int = 0
    label: str = ""
    window_id: str = ""
    staff_id: str = ""
    reason_id: str = ""
    level: int | str = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """A leg at a window; ``ended_at`` is 0 while it is there."""

    leg_id: int
    label: str
    window_id: str
    began_at: int
    ended_at: int = 0


def stays(happenings: Iterable[Happening]) -> list[Stay]:
    """Every time a leg was at a window, in the order in which they began."""
    found: list[Stay] = []
    place: dict[int, int] = {}
    for one in happenings:
        here = place.get(one.leg_id)
        if one.type in COMES and one.window_id:
            if here is not None and found[here].window_id == one.window_id:
                continue
            if here is not None:
                found[here] = replace(found[here], ended_at=one.at)
            place[one.leg_id] = len(found)
            found.append(Stay(one.leg_id, one.label, one.window_id, one.at))
        elif one.type in LEAVES and here is not None:
            found[here] = replace(found[here], ended_at=one.at)
            del place[one.leg_id]
    return found


def clip_of_stay(stay: Stay, now_ms: int, moment: int = 0) -> Clip:
    """What shows a stay; one that goes on is shown as far as it has come."""
    begins_at = stay.began_at - MARGIN_MS
    ends_at = stay.ended_at + MARGIN_MS if stay.ended_at else now_ms
    return Clip(
        window_id=stay.window_id,
        camera_id="",
        begins_at=begins_at,
        ends_at=min(max(ends_at, stay.began_at + 1), begins_at + LOOK_MOST_MS),
        moment=moment or stay.began_at,
        label=stay.label,
        leg_id=stay.leg_id,
        finding_id=0,
    )


def clips_of_event(event: Happening, of_leg: list[Stay], now_ms: int) -> list[Clip]:
    """What shows an event: the stay in which it happened or that it follows, or the moment.

    A number that was never at a window before, as when it is taken, is shown where it went.
    """
    before = [stay for stay in of_leg if stay.began_at <= event.at]
    if before:
        return [clip_of_stay(before[-1], now_ms, event.at)]
    if of_leg or not event.window_id:
        return [clip_of_stay(stay, now_ms) for stay in of_leg]
    return [
        Clip(
            window_id=event.window_id,
            camera_id="",
            begins_at=event.at - MOMENT_MARGIN_MS,
            ends_at=event.at + MOMENT_MARGIN_MS,
            moment=event.at,
            label=event.label,
            leg_id=0,
            finding_id=0,
        )
    ]


def at_window(happenings: Iterable[Happening], window_id: str) -> Iterator[Happening]:
    """What happened at a window; a leg that leaves it does not always say from where."""
    here: set[int] = set()
    for one in happenings:
        if one.type in COMES:
            if one.window_id == window_id:
                here.add(one.leg_id)
                yield one
            else:
                here.discard(one.leg_id)
        elif one.type in LEAVES and one.leg_id in here:
            here.discard(one.leg_id)
            yield one
        elif one.type not in LEAVES and one.window_id == window_id:
            yield one


def stretches(
    happened: Iterable[Happening], begins_at: int, ends_at: int
) -> Iterator[WindowStretch]:
    """What a window did between two moments, from all that happened at it before and in them."""
    declared, present = Happening("window.closed", 0, 0), None
    doing, since = declared, begins_at
    for one in happened:
        if one.at >= ends_at:
            break
        if one.type in DECLARED:
            declared = one
        elif one.type in COMES:
            present = one
        elif one.type in LEAVES:
            present = None
        else:
            continue
        if one.at > since:
            yield _stretch(doing, since, one.at)
            since = one.at
        doing = present or declared
    if ends_at > since:
        yield _stretch(doing, since, ends_at)


def _stretch(doing: Happening, begins_at: int, ends_at: int) -> WindowStretch:
    at_work = Doing.SERVING if doing.type in SERVED_FROM else Doing.CALLED
    return WindowStretch(
        begins_at=begins_at,
        ends_at=ends_at,
        doing=DECLARED.get(doing.type, at_work),
        staff_id=doing.staff_id,
        label=doing.label,
        reason_id=doing.reason_id,
    )


def mark(one: Happening, labels: dict[int, str]) -> CourseMark:
    """An event as the timeline shows it; a rating says no number, so its leg's is looked up."""
    return CourseMark(
        at=one.at,
        seq=one.seq,
        type=one.type,
        label=one.label or labels.get(one.leg_id, ""),
        leg_id=one.leg_id,
        level=one.level if isinstance(one.level, int) else 0,
    )
