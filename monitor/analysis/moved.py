"""Is what differs the empty chair itself, which now stands aside? Pure.

    reference   . . ┌chair┐ . .        shares of the zone, by cell:
    now         . . ▒ ▒ ┌chair┐        ▒  left behind: what the chair used to hide, which the
    chair moved by  ──►                   reference cannot know

The reference, moved across, must explain all that has changed but a strip no wider than the chair
was moved, at the very end it came from, and more than is in the strip. Whoever sits there is
neither: a head is in the middle, and stays unexplained. A chair that was turned, or that stands
before or behind its place, is not known again.
"""

from __future__ import annotations

import cv2
import numpy as np

from monitor.analysis.picture import (
    CELL,
    HEIGHT,
    WIDTH,
    Difference,
    Mask,
    Structure,
    largest_part,
    structure,
    unlike,
)

MOVED_LEAST_PX, MOVED_MOST_PX = 3, 15
"""In points of a small picture."""
EXPLAINS_LEAST = 0.04
"""So much of the zone must be the chair where it stands now."""


def stands_aside(
    reference: Structure, now: Structure, difference: Difference, zone: Mask, most: float
) -> bool:
    """Whether the reference's chair stands aside and nobody on it; ``zone`` is of cells.

    ``most`` is how much of the zone may be like neither.
    """
    changed = difference.changed & zone
    for moved_px in range(MOVED_LEAST_PX, MOVED_MOST_PX + 1):
        for across in (moved_px, -moved_px):
            move = np.array([[1, 0, across], [0, 1, 0]], np.float32)
            there = cv2.warpAffine(
                reference.picture, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE
            )
            left = changed & unlike(
                structure(np.asarray(there, np.float32)), now, difference.gain, difference.noise
            )
            if _is_explained(changed, left, zone, across, most):
                return True
    return False


def _is_explained(changed: Mask, left: Mask, zone: Mask, across: int, most: float) -> bool:
    """Whether all that is ``left`` over is the strip that a chair moved ``across`` leaves."""
    columns = np.flatnonzero(changed.any(axis=0))
    explained = int((changed & ~left).sum())
    if not columns.size or explained < max(EXPLAINS_LEAST * int(zone.sum()), int(left.sum())):
        return False
    strip = -(-abs(across) // CELL) + 1
    # At the other end the outermost cells are half chair, half the wall that the chair now hides.
    behind, before = (strip, 1) if across > 0 else (1, strip)
    rest = np.zeros_like(left)
    within = slice(columns[0] + behind, columns[-1] + 1 - before)
    rest[:, within] = left[:, within]
    return largest_part(rest, zone).share <= most
