"""One camera view through all analysis: key frames and what the hall declares in, findings out.

It has no clock and no line to the hall; its only files are the stills of what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hall_server.contract.messages.supervision import Evidence, FindingRule, Presence, Still
from monitor.analysis.crowd import Fullness, fullness
from monitor.analysis.health import Change, HealthWatch, known, see, wait
from monitor.analysis.picture import (
    HEIGHT,
    WIDTH,
    Frame,
    Mask,
    Polygon,
    points_of,
    small,
    structure,
)
from monitor.analysis.seat import Doubt, Look, Place, SeatWatch, place_of, step
from monitor.findings import cameras, rules
from monitor.findings.counting import people_around, people_in
from monitor.findings.detectors import PersonDetector
from monitor.findings.evidence import Where, evidence_of, key_of
from monitor.findings.moments import Declared, Episode, Moment
from monitor.findings.pictures import Stills
from monitor.findings.references import Reference
from monitor.findings.watched import WatchedView

SUSPICION_MS = 15_000
"""A detector is asked only when a seat has seemed empty for so long."""
ASK_EVERY_MS = 10_000
SILENT_MS = 3_000
"""Without a key frame for so long, each second is a look that tells nothing."""


@dataclass(frozen=True, slots=True)
class HallNow:
    """What the hall says now, as far as it concerns one view."""

    where: Where
    declared: Declared | None = None
    """Of the view's window; None where it has none, or the hall is not known."""
    waiting: int = 0
    """Tickets in the whole hall."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the key it is kept and reported under."""

    key: str
    evidence: Evidence


class View:
    """See the module. Called from one thread."""

    def __init__(
        self,
        watched: WatchedView,
        references: Sequence[Reference],
        data: Path,
        detector: PersonDetector | None = None,
        *,
        counts: bool = False,
    ) -> None:
        """``references`` are approved pictures of this camera; without any, no seat is known.

        ``counts``: whether the detector's word is good enough to count those who wait by.
        """
        self.watched = watched
        zones = {
            "seat": _union(watched.seat),
            "citizen": _union(watched.citizen),
            "waiting": _union(watched.waiting),
        }
        self._masked = _union(watched.masks)
        self._places = {name: self._place(name, zones) for name in zones}
        self._references = list(references)
        self._structures = [structure(small(one.frame)) for one in references]
        busy = _union([*watched.seat, *watched.citizen, *watched.waiting, *watched.masks])
        none = np.zeros((HEIGHT, WIDTH), np.bool_)
        busy = busy if busy is not None else none
        self._known = [known(one.frame, busy) for one in references]
        self._seat, self._citizen = SeatWatch(), SeatWatch()
        self._health, self._window = HealthWatch(), rules.WindowWatch()
        self._crowd = cameras.CrowdWatch()
        self._counts, self._counted_at = counts, 0
        self._counted: int | None = None
        self._detector, self._asked_at, self._people = detector, 0, 0
        self._stills = Stills(data, _union([*watched.seat, *watched.citizen]), self._masked)
        self._looked_at = 0
        self.look: Look | None = None
        """The last look at the seat."""

    def see(self, frame: Frame, at: int, hall: HallNow, *, skew_ms: int = 0) -> list[Found]:
        """Take one key frame in, of the hall's time ``at``."""
        self._looked_at = at
        self._health, changes = see(self._health, self._known, frame, at, skew_ms=skew_ms)
        episodes = [one for change in changes for one in self._unwell(change)]
        self._stills.remember(frame, at)
        is_well = self._health.is_well
        seat = citizen = None
        if (place := self._places["seat"]) is not None:
            self._seat, seat = step(
                self._seat,
                place,
                self._structures,
                frame,
                at,
                is_well=is_well,
                people=self._seen_by_detector(frame, at),
            )
            self.look = seat
        if (place := self._places["citizen"]) is not None:
            self._citizen, citizen = step(
                self._citizen, place, self._structures, frame, at, is_well=is_well
            )
        if hall.declared is not None:
            episodes += self._judge(Moment(at, hall.declared, seat, citizen))
        episodes += self._crowded(frame, at, hall.waiting) if is_well else []
        return [self._found(episode, hall.where) for episode in episodes]

    def wait(self, at: int, hall: HallNow) -> list[Found]:
        """A second without a key frame: the hall's own rules go on, and nothing is known."""
        if at - self._looked_at < SILENT_MS:
            return []
        self._health, changes = wait(self._health, at)
        episodes = [one for change in changes for one in self._unwell(change)]
        if hall.declared is not None:
            unknown = Look(at, Presence.UNKNOWN, doubt=Doubt.UNWELL)
            seat = unknown if self._places["seat"] is not None else None
            episodes += self._judge(Moment(at, hall.declared, seat))
        return [self._found(episode, hall.where) for episode in episodes]

    @property
    def reference(self) -> Still | None:
        """The empty picture that the last look was compared with."""
        number = self.look.reference if self.look is not None else -1
        if self._places["seat"] is None:
            number = 0  # a waiting zone alone is compared with the first
        return self._references[number].still if 0 <= number < len(self._references) else None

    @property
    def health(self) -> HealthWatch:
        """How the camera is."""
        return self._health

    def _place(self, name: str, zones: dict[str, Mask | None]) -> Place | None:
        zone = zones[name]
        if zone is None:
            return None
        others = [one for other, one in zones.items() if other != name and one is not None]
        return place_of(zone, [*others, *([self._masked] if self._masked is not None else [])])

    def _judge(self, moment: Moment) -> list[Episode]:
        self._window, found = rules.step(self._window, moment, self.watched.limits)
        return found

    def _unwell(self, change: Change) -> list[Episode]:
        return cameras.unwell(change, self.watched.limits)

    def _crowded(self, frame: Frame, at: int, waiting: int) -> list[Episode]:
        place = self._places["waiting"]
        if place is None:
            return []
        seen = Fullness(at, 0.0, is_known=False)
        if self._structures:
            reference = self._structures[max(self._seat.reference, 0)]
            seen = fullness(place, reference, structure(small(frame)), at)
        seen = replace(seen, people=self._count(frame, at))
        self._crowd, found = cameras.crowd(self._crowd, seen, waiting, self.watched.limits)
        return found

    def _count(self, frame: Frame, at: int) -> int | None:
        """How many wait in the zone, as last counted; None where nobody counts."""
        if self._detector is None or not self._counts:
            return None
        if self._counted is None or at - self._counted_at >= ASK_EVERY_MS:
            self._counted_at = at
            self._counted = people_in(self._detector, frame, self.watched.waiting)
        return self._counted

    def _seen_by_detector(self, frame: Frame, at: int) -> int:
        """What a detector sees in the seat's box, asked only on suspicion."""
        since = self.look.empty_since if self.look is not None else 0
        suspected = since and at - since >= SUSPICION_MS
        if self._detector is None or not (suspected or self._people):
            return 0
        if at - self._asked_at >= ASK_EVERY_MS:
            self._asked_at = at
            self._people = len(people_around(self._detector, frame, self.watched.seat))
        return self._people

    def _found(self, episode: Episode, where: Where) -> Found:
        key = key_of(episode, where)
        is_of_picture = episode.rule is not FindingRule.LATE
        stills = self._stills.keep(key, episode.begins_at, episode.ends_at)
        return Found(
            key,
            evidence_of(
                episode,
                where,
                stills,
                self.reference if is_of_picture else None,
                is_trial=self.watched.limits.is_trial(episode.rule),
            ),
        )


def _union(zones: Sequence[Polygon]) -> Mask | None:
    masks = [points_of(corners) for corners in zones]
    return np.asarray(np.logical_or.reduce(masks), np.bool_) if masks else None
