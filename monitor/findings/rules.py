"""The finding rules of one window as a state machine, one step per second: pure.

    F1 vacancy     declared open, called or serving; in opening hours; seat absent for the grace
    F2 late        paused for too long; or, where it must open, closed long after opening
    F3 idle        open, somebody waits, nobody called
    F5 empty_call  served within seconds while nobody stood before the window
    F6 stay        somebody in a zone outside opening hours

A finding is a contradiction between what is declared and what is seen, found once per episode.
An absence is ended by somebody who stays, by a pause, and by doubt: unknown looks neither count
nor end it, but with too many of them, or a gap between looks, there is no absence to speak of.
The grace counts from when somebody was last seen by the seat. Where nobody was seen to go, where
people pass again and again, or where a thing was left, it is longer and counts from the first look
that showed nobody: a clerk may be out of sight below the desk.
F4 and F7 are in ``cameras``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hall_server.contract.messages.supervision import DeclaredRow, FindingRule, Presence
from monitor.analysis.seat import LOOK_GAP_MS, Doubt, Look
from monitor.findings.limits import Limits
from monitor.findings.moments import STAFFED, Declares, Episode, Moment, Tally

ROWS_KEPT, LOOKS_KEPT, CITIZEN_LOOKS_KEPT = 12, 64, 300
DOUBTFUL_LEAST = 10
"""So few doubtful looks prove nothing, whatever their share."""
CITIZEN_LOOKS_LEAST = 5
SEEN_LEAST_MS = 30_000
"""A window is late only when we have seen it closed: whoever starts late knows nothing yet."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A seat that seems empty, from its first empty look."""

    begins_at: int
    tally: Tally = field(default_factory=Tally)
    looks: tuple[Look, ...] = ()
    stride: int = 1
    """Every how many looks one is kept."""
    present_since: int = 0
    looked_at: int = 0
    claimed_from: int = 0
    """Since when the seat was found empty; 0: not yet."""
    claimed_s: int = 0
    """The grace that it was found after."""


@dataclass(frozen=True, slots=True)
class WindowWatch:
    """All that the rules remember of a window."""

    rows: tuple[DeclaredRow, ...] = ()
    staffed_since: int = 0
    absence: Absence | None = None
    idle_since: int = 0
    stays_since: int = 0
    citizen: tuple[Look, ...] = ()
    last_leg: int = 0
    told: Mapping[FindingRule, int] = field(default_factory=dict)
    """The beginning of each rule's last episode that was found."""


def step(watch: WindowWatch, moment: Moment, limits: Limits) -> tuple[WindowWatch, list[Episode]]:
    """One second on; what is found in it, each episode once."""
    watch = _remember(watch, moment)
    absence = _absence(watch, moment, limits)
    if absence is not None:
        absence = _claimed(absence, moment, limits)
    watch = replace(watch, absence=absence)
    found = [
        episode
        for episode in (
            _vacancy(watch, moment, limits),
            _late(watch, moment, limits),
            _idle(watch, moment, limits),
            _empty_call(watch, moment, limits),
            _stay(watch, moment, limits),
        )
        if episode is not None
        and episode.rule not in limits.off
        and watch.told.get(episode.rule) != episode.begins_at
    ]
    told = {**watch.told, **{episode.rule: episode.begins_at for episode in found}}
    served = moment.declared.last_service
    return replace(watch, told=told, last_leg=served.leg_id if served else 0), found


def grace_s(moment: Moment, limits: Limits) -> int:
    """How long a seat may be empty as things are declared."""
    if moment.declared.state is Declares.SERVING:
        return limits.vacancy_serving_s
    return limits.vacancy_waiting_s if moment.declared.waiting else limits.vacancy_s


def _claimed(absence: Absence, moment: Moment, limits: Limits) -> Absence:
    """The absence, found if its grace is over and the seat is seen empty now.

    One empty look is enough for that: what needs several is that there is an absence at all.
    """
    look = moment.seat
    if absence.claimed_from or look is None or not (look.empty_since and absence.tally.absent):
        return absence
    grace = grace_s(moment, limits)
    surely_from = max(look.sure_since, absence.begins_at)
    if look.sure_since and moment.at - surely_from >= grace * 1000:
        return replace(absence, claimed_from=surely_from, claimed_s=grace)
    grace += limits.vacancy_unsure_s
    if moment.at - absence.begins_at >= grace * 1000:
        return replace(absence, claimed_from=absence.begins_at, claimed_s=grace)
    return absence


def _remember(watch: WindowWatch, moment: Moment) -> WindowWatch:
    """Take in what is declared, and since when what has been so."""
    at, declared = moment.at, moment.declared
    row = DeclaredRow(
        at=at, state=declared.state, staff_id=declared.staff_id, waiting=declared.waiting
    )
    rows = watch.rows
    if not rows or (rows[-1].state, rows[-1].staff_id) != (row.state, row.staff_id):
        rows = (*rows, row)[-ROWS_KEPT:]
    is_staffed = declared.state in STAFFED and declared.hours_since > 0
    is_idle = declared.state is Declares.OPEN and declared.waiting > 0 and is_staffed
    stays = declared.hours_since == 0 and _somebody(moment)
    citizen = watch.citizen
    if moment.citizen is not None:
        citizen = (*citizen, moment.citizen)[-CITIZEN_LOOKS_KEPT:]
    return replace(
        watch,
        rows=rows,
        staffed_since=(watch.staffed_since or at) if is_staffed else 0,
        idle_since=(watch.idle_since or at) if is_idle else 0,
        stays_since=(watch.stays_since or at) if stays else 0,
        citizen=citizen,
    )


def _absence(watch: WindowWatch, moment: Moment, limits: Limits) -> Absence | None:
    """The absence as it stands after this second; None when there is none."""
    look, absence = moment.seat, watch.absence
    if not watch.staffed_since:
        return None
    if look is None:
        return absence
    if absence is None:
        if not look.empty_since:
            return None
        return Absence(
            begins_at=max(look.empty_since, watch.staffed_since),
            tally=Tally().with_look(look, is_well=True),
            looks=(look,),
            looked_at=look.at,
        )
    if look.at - absence.looked_at > LOOK_GAP_MS:
        return None
    tally = absence.tally.with_look(look, is_well=look.doubt is not Doubt.UNWELL)
    present_since = 0
    if look.presence is Presence.PRESENT:
        present_since = absence.present_since or look.at
        if look.at - present_since >= limits.bridge_s * 1000:
            return None
    doubtful = tally.unknown + tally.present
    if doubtful > DOUBTFUL_LEAST and doubtful * 1000 > limits.doubtful_permille * tally.looks:
        return None
    looks, stride = absence.looks, absence.stride
    if tally.looks % stride == 0:
        looks = (*looks, look)
    if len(looks) > LOOKS_KEPT:
        looks, stride = looks[::2], stride * 2
    return replace(
        absence,
        tally=tally,
        looks=looks,
        stride=stride,
        present_since=present_since,
        looked_at=look.at,
    )


def _vacancy(watch: WindowWatch, moment: Moment, limits: Limits) -> Episode | None:
    absence = watch.absence
    if absence is None or not absence.claimed_from:
        return None
    return Episode(
        rule=FindingRule.VACANCY,
        begins_at=absence.claimed_from,
        ends_at=moment.at,
        thresholds=(
            ("grace_s", absence.claimed_s),
            ("bridge_s", limits.bridge_s),
            ("doubtful_permille", limits.doubtful_permille),
        ),
        declared=watch.rows,
        staff_id=moment.declared.staff_id,
        looks=tuple(one for one in absence.looks if one.at >= absence.claimed_from),
        tally=absence.tally,
        detail=moment.declared.state,
        waiting=moment.declared.waiting,
    )


def _late(watch: WindowWatch, moment: Moment, limits: Limits) -> Episode | None:
    at, declared = moment.at, moment.declared
    if not declared.hours_since:
        return None
    if declared.state is Declares.PAUSED and at - declared.since >= limits.pause_s * 1000:
        begins_at, detail, limit = declared.since, "pause", ("pause_s", limits.pause_s)
    elif (
        declared.must_open
        and declared.state is Declares.CLOSED
        and declared.since <= declared.hours_since
        and at - declared.hours_since >= limits.late_s * 1000
        and at - watch.rows[-1].at >= SEEN_LEAST_MS
    ):
        begins_at, detail, limit = declared.hours_since, "late", ("late_s", limits.late_s)
    else:
        return None
    return Episode(
        rule=FindingRule.LATE,
        begins_at=begins_at,
        ends_at=at,
        thresholds=(limit,),
        declared=watch.rows,
        staff_id=declared.staff_id,
        detail=detail,
        waiting=declared.waiting,
    )


def _idle(watch: WindowWatch, moment: Moment, limits: Limits) -> Episode | None:
    if not watch.idle_since or moment.at - watch.idle_since < limits.idle_s * 1000:
        return None
    return Episode(
        rule=FindingRule.IDLE,
        begins_at=watch.idle_since,
        ends_at=moment.at,
        thresholds=(("idle_s", limits.idle_s),),
        declared=watch.rows,
        staff_id=moment.declared.staff_id,
        waiting=moment.declared.waiting,
    )


def _empty_call(watch: WindowWatch, moment: Moment, limits: Limits) -> Episode | None:
    served = moment.declared.last_service
    if served is None or served.leg_id == watch.last_leg:
        return None
    if served.ended_at - served.started_at >= limits.empty_call_s * 1000:
        return None
    looks = [one for one in watch.citizen if served.called_at <= one.at <= served.ended_at]
    if len(looks) < CITIZEN_LOOKS_LEAST or not all(_is_bare(one) for one in looks):
        return None
    tally = Tally()
    for look in looks:
        tally = tally.with_look(look, is_well=True)
    return Episode(
        rule=FindingRule.EMPTY_CALL,
        begins_at=served.called_at,
        ends_at=served.ended_at,
        thresholds=(("empty_call_s", limits.empty_call_s), ("looks", CITIZEN_LOOKS_LEAST)),
        declared=watch.rows,
        staff_id=moment.declared.staff_id,
        looks=tuple(looks[-LOOKS_KEPT:]),
        tally=tally,
    )


def _stay(watch: WindowWatch, moment: Moment, limits: Limits) -> Episode | None:
    if not watch.stays_since or moment.at - watch.stays_since < limits.stay_s * 1000:
        return None
    looks = tuple(one for one in (moment.seat, moment.citizen) if one is not None)
    return Episode(
        rule=FindingRule.STAY,
        begins_at=watch.stays_since,
        ends_at=moment.at,
        thresholds=(("stay_s", limits.stay_s),),
        declared=watch.rows,
        looks=looks,
        tally=Tally(looks=(moment.at - watch.stays_since) // 1000),
    )


def _is_bare(look: Look) -> bool:
    return look.presence is Presence.ABSENT and not look.is_thing


def _somebody(moment: Moment) -> bool:
    zones = (moment.seat, moment.citizen)
    return any(look is not None and look.presence is Presence.PRESENT for look in zones)
