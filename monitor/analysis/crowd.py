"""How full is a waiting zone? A cheap share, with what it cannot tell said: pure.

Not heads but area: the share of the zone that differs from its picture when it was empty. People
who stand before one another count as one, bags count, and a zone seen at a flat angle fills with
few. So it is a share with a limit that the site sets by looking, never a number of people, and a
finding only together with the number of tickets that wait. People are counted only where the site
has a model of its own for that (``findings/counting.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.analysis.picture import Structure, compare
from monitor.analysis.seat import Place

ALIKE_LEAST = 0.4


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full, by area; and how many people, where they are counted."""

    at: int
    share: float
    is_known: bool
    """Whether the share is: the picture is like the empty one elsewhere."""
    people: int | None = None
    """None: nobody counts here."""


def fullness(place: Place, reference: Structure, now: Structure, at: int) -> Fullness:
    """Compare a waiting zone with its empty picture."""
    difference = compare(reference, now, place.outside_cells)
    zone = place.zone_cells
    share = float((difference.changed & zone).sum()) / max(int(zone.sum()), 1)
    return Fullness(at, share, is_known=difference.alike >= ALIKE_LEAST)
