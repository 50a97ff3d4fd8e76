"""Is somebody in the zone? Present, absent or unknown: pure, one step per look.

1. A look is compared with a picture of the same zone when it was empty, never with a learnt
   background: that would take in a clerk who sits still, and report them as away.
2. There is a reference for each light (daylight, lamps, infrared). Which one fits is told by what
   lies outside the zone; if none fits, nothing is known.
3. Absent needs five looks in a row that are like the empty reference and do not move. One is not
   enough, and one that is not so ends it. Everything that is doubtful is unknown.
4. Movement that the reference does not show, three times in half a minute, is somebody.
5. Unknown accuses nobody. Errors fall on the side of "present", but for two: a camera that was
   given a false reference, and a clerk who is there but out of sight, below the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hall_server.contract.messages.supervision import Presence
from monitor.analysis.picture import (
    Difference,
    Frame,
    Mask,
    Small,
    Structure,
    cells_of,
    compare,
    largest_share,
    middle,
    moving_share,
    small,
    structure,
)
from monitor.analysis.registration import Shift, put_back, shift_between

DIFFERS_PRESENT, DIFFERS_ABSENT = 0.05, 0.04
MOVES = 0.02
ABSENT_LOOKS = 5
MOVEMENT_MS, MOVEMENTS = 30_000, 3
REGISTER_EVERY_MS, REGISTER_AGAIN_MS = 30_000, 3_000
SHIFT_MOST_PX = 24.0
SURENESS_LEAST = 0.05
ALIKE_LEAST, ALIKE_GOOD = 0.5, 0.75
GAIN_LEAST, GAIN_MOST = 0.45, 2.2
LOOKS_KEPT = 32
LOOK_GAP_MS = 10_000
"""After a longer gap nothing is known of what came before."""


class Doubt(StrEnum):
    """Why nothing is known."""

    NONE = ""
    UNWELL = "unwell"
    """A health test of the camera has failed."""
    NO_REFERENCE = "no_reference"
    """None, or none for this light."""
    SHIFTED = "shifted"
    """Pushed further than can be put back."""
    UNDECIDED = "undecided"
    """Neither clearly somebody nor clearly nobody; or too few looks yet."""


@dataclass(frozen=True, eq=False)
class Place:
    """A zone and what is outside all zones, as points and as cells."""

    zone: Mask
    outside: Mask
    zone_cells: Mask
    outside_cells: Mask


def place_of(zone: Mask, others: Sequence[Mask] = ()) -> Place:
    """``others`` are zones in which people also come and go, and masked parts."""
    busy = zone.copy()
    for other in others:
        busy |= other
    return Place(zone, ~busy, cells_of(zone), cells_of(~busy))


@dataclass(frozen=True, slots=True)
class Look:
    """What one key frame told of the zone."""

    at: int
    presence: Presence
    differs: float = 0.0
    moves: float = 0.0
    doubt: Doubt = Doubt.NONE
    reference: int = -1
    """Which reference fitted; -1: none."""
    shift_px: float = 0.0
    empty_since: int = 0
    """Since when every look has been like the reference, without moving; 0: it is not."""


UNMOVED = Shift()


@dataclass(frozen=True, eq=False)
class SeatWatch:
    """All that is remembered from one look to the next."""

    recent: tuple[Small, ...] = ()
    looks: tuple[Look, ...] = ()
    reference: int = -1
    shift: Shift = UNMOVED
    registered_at: int = 0


def step(
    watch: SeatWatch,
    place: Place,
    references: Sequence[Structure],
    frame: Frame,
    at: int,
    *,
    is_well: bool,
    people: int = 0,
) -> tuple[SeatWatch, Look]:
    """Take one key frame in. ``people`` is what a detector saw in the zone, where there is one."""
    if watch.looks and not 0 < at - watch.looks[-1].at <= LOOK_GAP_MS:
        watch = SeatWatch()
    picture = small(frame)
    recent = (*watch.recent, picture)[-3:]
    watch = replace(watch, recent=recent)
    if not is_well:
        return _note(replace(watch, looks=()), Look(at, Presence.UNKNOWN, doubt=Doubt.UNWELL))
    if len(recent) < 3:
        return _note(watch, Look(at, Presence.UNKNOWN, doubt=Doubt.UNDECIDED))
    steady = middle(*recent)
    moves = moving_share(recent[-2], picture, place.zone, place.outside)
    watch, difference = _fitting(watch, place, references, steady, at)
    if watch.shift.frame_px > SHIFT_MOST_PX:
        return _note(watch, Look(at, Presence.UNKNOWN, moves=moves, doubt=Doubt.SHIFTED))
    if difference is None:
        return _note(watch, Look(at, Presence.UNKNOWN, moves=moves, doubt=Doubt.NO_REFERENCE))
    look = Look(
        at,
        Presence.UNKNOWN,
        differs=largest_share(difference.changed, place.zone_cells),
        moves=moves,
        reference=watch.reference,
        shift_px=watch.shift.frame_px,
    )
    return _note(watch, _judged(watch.looks, look, people))


def _judged(before: Sequence[Look], look: Look, people: int) -> Look:
    """The look with its verdict, from what was seen in it and shortly before."""
    is_empty = look.differs <= DIFFERS_ABSENT and look.moves <= MOVES and not people
    if is_empty:
        earlier = before[-1].empty_since if before else 0
        look = replace(look, empty_since=earlier or look.at)
    if look.differs > DIFFERS_PRESENT or look.moves > MOVES or people or _stirs(before, look.at):
        return replace(look, presence=Presence.PRESENT, empty_since=0)
    last = [*before[1 - ABSENT_LOOKS :], look]
    if is_empty and len(last) == ABSENT_LOOKS and all(one.empty_since for one in last):
        return replace(look, presence=Presence.ABSENT)
    return replace(look, doubt=Doubt.UNDECIDED)


def _stirs(before: Sequence[Look], at: int) -> bool:
    """Something like the reference moves: somebody dressed like their chair, not nobody."""
    recent = [one for one in before if one.at > at - MOVEMENT_MS and one.reference >= 0]
    unexplained = [one for one in recent if one.differs <= DIFFERS_PRESENT and one.moves > MOVES]
    return len(unexplained) >= MOVEMENTS


def _fitting(
    watch: SeatWatch, place: Place, references: Sequence[Structure], now: Small, at: int
) -> tuple[SeatWatch, Difference | None]:
    """The difference to the reference that fits this light, put back where it was pushed."""
    if not 0 <= watch.reference < len(references):
        watch = replace(watch, reference=-1, registered_at=0)
    difference = None
    if watch.reference >= 0:
        difference = _difference(references[watch.reference], place, now, watch.shift)
    since_ms = at - watch.registered_at
    is_good = difference is not None and difference.alike >= ALIKE_GOOD
    if since_ms < (REGISTER_EVERY_MS if is_good else REGISTER_AGAIN_MS):
        return watch, difference if difference and _fits(difference) else None
    best = SeatWatch(recent=watch.recent, looks=watch.looks, registered_at=at)
    best_difference: Difference | None = None
    for index, reference in enumerate(references):
        shift = shift_between(reference.picture, now, ~place.outside)
        if shift.sureness < SURENESS_LEAST:
            continue
        found = _difference(reference, place, now, shift)
        if best_difference is None or found.alike > best_difference.alike:
            best_difference = found
            best = replace(best, reference=index, shift=shift)
    if best_difference is None or not _fits(best_difference):
        return best, None
    return best, best_difference


def _difference(reference: Structure, place: Place, now: Small, shift: Shift) -> Difference:
    return compare(reference, structure(put_back(now, shift)), place.outside_cells)


def _fits(difference: Difference) -> bool:
    return difference.alike >= ALIKE_LEAST and GAIN_LEAST < difference.gain < GAIN_MOST


def _note(watch: SeatWatch, look: Look) -> tuple[SeatWatch, Look]:
    return replace(watch, looks=(*watch.looks, look)[-LOOKS_KEPT:]), look
