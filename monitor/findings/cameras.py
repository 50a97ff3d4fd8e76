"""The two rules that look at a camera rather than a window, its crowd (F4) and health (F7): pure.

An area counts no people, and a model miscounts them: a crowd is found only when the hall, too, has
so many tickets waiting.
"""

from __future__ import annotations

from dataclasses import dataclass

from hall_server.contract.messages.supervision import FindingRule
from monitor.analysis.crowd import Fullness
from monitor.analysis.health import PATIENCE, Change
from monitor.findings.limits import Limits
from monitor.findings.moments import Episode


@dataclass(frozen=True, slots=True)
class CrowdWatch:
    """Since when a zone has been too full, and whether that was told."""

    since: int = 0
    is_told: bool = False


def crowd(
    watch: CrowdWatch, seen: Fullness, waiting: int, limits: Limits
) -> tuple[CrowdWatch, list[Episode]]:
    """One look at a waiting zone. One that tells nothing neither begins nor ends a crowd."""
    share = round(seen.share * 1000) if seen.is_known else 0
    if limits.crowd_people:
        filled, limit = seen.people, ("crowd_people", limits.crowd_people)
    else:
        filled = share if seen.is_known else None
        limit = ("crowd_permille", limits.crowd_permille)
    if filled is None:
        return watch, []
    if filled < limit[1] or waiting < limits.crowd_waiting:
        return CrowdWatch(), []
    since = watch.since or seen.at
    is_due = seen.at - since >= limits.crowd_s * 1000
    if watch.is_told or not is_due or FindingRule.CROWD in limits.off:
        return CrowdWatch(since, watch.is_told), []
    found = Episode(
        rule=FindingRule.CROWD,
        begins_at=since,
        ends_at=seen.at,
        thresholds=(
            limit,
            ("crowd_waiting", limits.crowd_waiting),
            ("crowd_s", limits.crowd_s),
        ),
        share_permille=share,
        people=seen.people,
        waiting=waiting,
    )
    return CrowdWatch(since, is_told=True), [found]


def unwell(change: Change, limits: Limits) -> list[Episode]:
    """A health test that was raised is a finding; that it was cleared is not."""
    if not change.is_raised or FindingRule.CAMERA in limits.off:
        return []
    return [
        Episode(
            rule=FindingRule.CAMERA,
            begins_at=change.since,
            ends_at=change.at,
            thresholds=(("patience_ms", PATIENCE[change.test].raise_ms),),
            detail=change.test,
        )
    ]
