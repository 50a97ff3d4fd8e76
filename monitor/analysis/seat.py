"""Is somebody in the zone? Present, absent or unknown: pure, one step per look.

1. A look is compared with a picture of the same zone when it was empty, never with a learnt
   background: that would take in a clerk who sits still, and report them as away.
2. There is a reference for each light (daylight, lamps, infrared). Which one fits is told by what
   lies outside the zone; if none fits, nothing is known.
3. Absent needs five looks in a row that are like the empty reference and do not move. One is not
   enough, and one that is not so ends it. Everything that is doubtful is unknown.
4. Movement that the reference does not show, three times in half a minute, is somebody.
5. Whoever goes is seen beside the seat as they go; whoever bends below the desk is not. Only from
   when somebody was seen beside it is an empty seat surely empty (``sure_since``).
6. A coat on the chair, or a chair left askew, is no reference. What is left is taken for a thing
   only when somebody was seen to go, it then does not move at all, and it either stands lower than
   whoever sits there was ever seen to sit, or is the reference's own chair moved aside
   (``moved.py``); and is never surely empty.
7. Unknown accuses nobody. Errors fall on the side of "present", but for two: a camera that was
   given a false reference, and a clerk who is there but out of sight, below the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np

from hall_server.contract.messages.supervision import Presence
from monitor.analysis.moved import stands_aside
from monitor.analysis.picture import (
    HEIGHT,
    WIDTH,
    Difference,
    Frame,
    Mask,
    Small,
    Structure,
    cells_of,
    compare,
    largest_part,
    middle,
    movement,
    share_of,
    small,
    structure,
)
from monitor.analysis.registration import SHIFT_MOST_PX, Shift, put_back, shift_between

DIFFERS_PRESENT, DIFFERS_ABSENT = 0.05, 0.04
MOVES = 0.02
ABSENT_LOOKS = 5
MOVEMENT_MS, MOVEMENTS = 30_000, 3
REGISTER_EVERY_MS, REGISTER_AGAIN_MS = 30_000, 3_000
SURENESS_LEAST = 0.05
ALIKE_LEAST, ALIKE_GOOD = 0.5, 0.75
GAIN_LEAST, GAIN_MOST = 0.45, 2.2
LOOKS_KEPT = 32
LOOK_GAP_MS = 10_000
"""After a longer gap nothing is known of what came before."""
BESIDE_ACROSS, BESIDE_ABOVE = 2.5, 0.4
"""How far "beside the seat" goes, in widths and heights of its zone: two seconds of walking."""
STIRS = 0.08
"""When somebody walks beside the seat, so much moves there, in parts of the seat's zone."""
QUIET_MS = 10_000
"""Movement beside the seat begins anew after so long without any."""
GOING_MS = 15_000
"""Somebody who leaves the seat is seen beside it within this time."""
SITTING_EVERY_MS, SITTING_KEPT, SITTING_LEAST = 20_000, 60, 6
LOWEST_SHARE = 0.05
"""How low somebody sits is told without the lowest twentieth: legs that walk off are no head."""
LOWER = 0.12
"""So much of the zone's height must a thing be lower than whoever sits there."""
THING_WITHIN_MS, THING_LOOKS = 40_000, 4
FORGET_THING_MS = 10_000


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
    """A zone, what is beside it and what is outside all zones, as points and as cells."""

    zone: Mask
    beside: Mask
    outside: Mask
    zone_cells: Mask
    outside_cells: Mask


def place_of(zone: Mask, others: Sequence[Mask] = ()) -> Place:
    """``others`` are zones in which people also come and go, and masked parts."""
    busy = zone.copy()
    for other in others:
        busy |= other
    return Place(zone, _around(zone) & ~busy, ~busy, cells_of(zone), cells_of(~busy))


def _around(zone: Mask) -> Mask:
    """The box left, right and above."""
    rows, columns = np.flatnonzero(zone.any(axis=1)), np.flatnonzero(zone.any(axis=0))
    around = np.zeros((HEIGHT, WIDTH), np.bool_)
    if rows.size:
        across = int(BESIDE_ACROSS * (columns[-1] - columns[0] + 1))
        above = int(BESIDE_ABOVE * (rows[-1] - rows[0] + 1))
        left, top = max(columns[0] - across, 0), max(rows[0] - above, 0)
        around[top : rows[-1] + 1, left : columns[-1] + 1 + across] = True
    return around


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
    """Since when every look has shown nobody, without moving; 0: it is not so."""
    sure_since: int = 0
    """Since when nobody can be there unseen; 0: nobody was seen to go."""
    is_thing: bool = False
    """Something that was left there is seen, not the empty seat."""
    reach: float = 0.0
    """How high what differs reaches in the zone."""


UNMOVED = Shift()


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of people at the seat: when, and how high; never who."""

    stirs_since: int = 0
    """When movement beside the seat last began; ``stirs_at``: when it was last seen."""
    stirs_at: int = 0
    present_at: int = 0
    sitting: tuple[float, ...] = ()
    """How high whoever sat there reached, now and then."""
    sat_at: int = 0

    def moved(self, stirs: float, at: int) -> Past:
        """Look at what is beside the seat."""
        if stirs <= STIRS:
            return self
        is_new = at - self.stirs_at > QUIET_MS
        return replace(self, stirs_since=at if is_new else self.stirs_since, stirs_at=at)

    def seen(self, look: Look) -> Past:
        """Take in what was made of the seat."""
        if look.presence is not Presence.PRESENT:
            return self
        # What somebody may just have left behind is nobody until it moves.
        is_left = look.at - self.stirs_since <= THING_WITHIN_MS and look.moves <= MOVES
        is_early = look.at - self.sat_at < SITTING_EVERY_MS
        if look.differs <= DIFFERS_PRESENT or is_left or is_early:
            return replace(self, present_at=look.at)
        kept = (*self.sitting, look.reach)[-SITTING_KEPT:]
        return replace(self, present_at=look.at, sitting=kept, sat_at=look.at)

    def sure_since(self, empty_since: int) -> int:
        """Since when a seat that looks empty must be: nobody was there, or was seen to go."""
        if not self.present_at:
            return empty_since
        if self.stirs_since < empty_since - GOING_MS:
            return 0
        return max(self.stirs_since, empty_since)

    def is_low(self, reach: float) -> bool:
        """Whether this is clearly lower than anybody sat."""
        if len(self.sitting) < SITTING_LEAST:
            return False
        return reach <= float(np.quantile(self.sitting, LOWEST_SHARE)) - LOWER


@dataclass(frozen=True, eq=False)
class SeatWatch:
    """All that is remembered from one look to the next."""

    recent: tuple[Small, ...] = ()
    looks: tuple[Look, ...] = ()
    reference: int = -1
    shift: Shift = UNMOVED
    registered_at: int = 0
    past: Past = Past()
    thing: Structure | None = None
    """The seat with what was left on it."""
    thing_at: int = 0
    """When it was last seen so."""


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
    moved = movement(recent[-2], picture, place.outside)
    moves = share_of(moved, place.zone)
    stirs = float(np.count_nonzero(moved & place.beside)) / max(int(place.zone.sum()), 1)
    watch = replace(watch, past=watch.past.moved(stirs, at))
    watch, now, difference = _fitting(watch, place, references, middle(*recent), at)
    if watch.shift.frame_px > SHIFT_MOST_PX:
        return _note(watch, Look(at, Presence.UNKNOWN, moves=moves, doubt=Doubt.SHIFTED))
    if difference is None:
        return _note(watch, Look(at, Presence.UNKNOWN, moves=moves, doubt=Doubt.NO_REFERENCE))
    part = largest_part(difference.changed, place.zone_cells)
    look = Look(
        at,
        Presence.UNKNOWN,
        differs=part.share,
        moves=moves,
        reference=watch.reference,
        shift_px=watch.shift.frame_px,
        reach=part.reach,
    )
    empty, zone = references[watch.reference], place.zone_cells
    aside = partial(stands_aside, empty, now, difference, zone, DIFFERS_ABSENT)
    watch, look = _thing(watch, place, look, now, aside)
    look = _judged(watch.looks, look, people)
    if look.empty_since and not look.is_thing:
        look = replace(look, sure_since=watch.past.sure_since(look.empty_since))
    return _note(replace(watch, past=watch.past.seen(look)), look)


def _thing(
    watch: SeatWatch, place: Place, look: Look, now: Structure, aside: Callable[[], bool]
) -> tuple[SeatWatch, Look]:
    """Whether this is the seat with a thing left on it, or moved ``aside``, and nothing else."""
    if look.differs <= DIFFERS_ABSENT:
        return replace(watch, thing=None), look
    if watch.thing is None:
        if not _is_left(watch, look, aside):
            return watch, look
        still_since = watch.looks[1 - THING_LOOKS].at
        found = replace(look, is_thing=True, empty_since=still_since)
        return replace(watch, thing=now, thing_at=look.at), found
    changed = compare(watch.thing, now, place.outside_cells).changed
    if largest_part(changed, place.zone_cells).share <= DIFFERS_ABSENT:
        return replace(watch, thing_at=look.at), replace(look, is_thing=True)
    is_gone = look.at - watch.thing_at > FORGET_THING_MS
    return replace(watch, thing=None if is_gone else watch.thing), look


def _is_left(watch: SeatWatch, look: Look, aside: Callable[[], bool]) -> bool:
    """Somebody was there, was seen to go, and what is there now is still, and low or the chair."""
    past = watch.past
    last = [*watch.looks[1 - THING_LOOKS :], look]
    if not past.stirs_since or look.at - past.stirs_since > THING_WITHIN_MS:
        return False
    if any(one.moves > MOVES for one in last):
        return False
    going = [one for one in watch.looks if one.at >= past.stirs_since - GOING_MS]
    if not any(one.moves > MOVES and not past.is_low(one.reach) for one in going):
        return False
    return all(past.is_low(one.reach) for one in last) or aside()


def _judged(before: Sequence[Look], look: Look, people: int) -> Look:
    """The look with its verdict, from what was seen in it and shortly before."""
    shows_nobody = look.is_thing or look.differs <= DIFFERS_ABSENT
    is_empty = shows_nobody and look.moves <= MOVES and not people
    if is_empty:
        # Nothing has moved since the look before, so the seat was empty in that one already.
        last_since = before[-1].empty_since or before[-1].at if before else look.at
        look = replace(look, empty_since=look.empty_since or last_since)
    is_somebody = look.differs > DIFFERS_PRESENT and not look.is_thing
    if is_somebody or look.moves > MOVES or people or _stirs(before, look.at):
        return replace(look, presence=Presence.PRESENT, empty_since=0)
    last = [*before[1 - ABSENT_LOOKS :], look]
    if is_empty and len(last) == ABSENT_LOOKS and all(one.empty_since for one in last):
        return replace(look, presence=Presence.ABSENT)
    return replace(look, doubt=Doubt.UNDECIDED)


def _stirs(before: Sequence[Look], at: int) -> bool:
    """Something like the reference moves: somebody dressed like their chair, not nobody."""
    recent = [one for one in before if one.at > at - MOVEMENT_MS and one.reference >= 0]
    unexplained = [
        one
        for one in recent
        if (one.differs <= DIFFERS_PRESENT or one.is_thing) and one.moves > MOVES
    ]
    return len(unexplained) >= MOVEMENTS


def _fitting(
    watch: SeatWatch, place: Place, references: Sequence[Structure], now: Small, at: int
) -> tuple[SeatWatch, Structure, Difference | None]:
    """The difference to the reference that fits this light, put back where it was pushed."""
    if not 0 <= watch.reference < len(references):
        watch = replace(watch, reference=-1, registered_at=0)
    there, difference = structure(put_back(now, watch.shift)), None
    if watch.reference >= 0:
        difference = compare(references[watch.reference], there, place.outside_cells)
    since_ms = at - watch.registered_at
    is_good = difference is not None and difference.alike >= ALIKE_GOOD
    if since_ms < (REGISTER_EVERY_MS if is_good else REGISTER_AGAIN_MS):
        return watch, there, difference if difference and _fits(difference) else None
    best = replace(watch, reference=-1, shift=UNMOVED, registered_at=at)
    best_difference: Difference | None = None
    for index, reference in enumerate(references):
        shift = shift_between(reference.picture, now, ~place.outside)
        if shift.sureness < SURENESS_LEAST:
            continue
        moved = structure(put_back(now, shift))
        found = compare(reference, moved, place.outside_cells)
        if best_difference is None or found.alike > best_difference.alike:
            best_difference, there = found, moved
            best = replace(best, reference=index, shift=shift)
    if best_difference is None or not _fits(best_difference):
        return best, there, None
    return best, there, best_difference


def _fits(difference: Difference) -> bool:
    return difference.alike >= ALIKE_LEAST and GAIN_LEAST < difference.gain < GAIN_MOST


def _note(watch: SeatWatch, look: Look) -> tuple[SeatWatch, Look]:
    return replace(watch, looks=(*watch.looks, look)[-LOOKS_KEPT:]), look
