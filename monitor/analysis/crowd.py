"""How full is a waiting zone? A cheap share, with what it cannot tell said: pure.

Not heads but area: the share of the zone that differs from its picture when it was empty, or that
moves. People who stand before one another count as one, bags count, and a zone seen at a flat angle
fills with few. So it is a share with a limit that the site sets by looking, a range of people only
as a hint, and a finding only together with the number of tickets that wait.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.analysis.picture import Structure, compare, movement, share_of
from monitor.analysis.seat import Place

ALIKE_LEAST = 0.4
HINT_SPREAD = 0.4


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full, by area."""

    at: int
    share: float
    moves: float
    is_known: bool

    def people(self, person_share: float) -> tuple[int, int]:
        """A range, from the share that one person takes at this camera. A hint, no count."""
        count = self.share / person_share
        return round(count * (1 - HINT_SPREAD)), round(count * (1 + HINT_SPREAD))


def fullness(
    place: Place, reference: Structure, before: Structure, now: Structure, at: int
) -> Fullness:
    """Compare a waiting zone with its empty picture."""
    difference = compare(reference, now, place.outside_cells)
    zone = place.zone_cells
    share = float((difference.changed & zone).sum()) / max(int(zone.sum()), 1)
    moves = share_of(movement(before.picture, now.picture, place.outside), place.zone)
    return Fullness(at, share, moves, is_known=difference.alike >= ALIKE_LEAST)
