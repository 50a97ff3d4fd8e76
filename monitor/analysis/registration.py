"""How far a camera has been pushed since its reference was taken: pure.

Only what lies outside the zones is compared, because inside somebody may sit. Phase correlation
answers in fractions of a point and does not mind the light.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from monitor.analysis.picture import HEIGHT, WIDTH, Mask, Small

SHIFT_MOST_PX = 24.0
"""In points of the key frame: pushed further, a camera shows another place."""


@dataclass(frozen=True, slots=True)
class Shift:
    """In points of a small picture, with how sure that is (0 to 1)."""

    across: float = 0.0
    down: float = 0.0
    sureness: float = 1.0

    @property
    def frame_px(self) -> float:
        """In points of the key frame."""
        return 2.0 * float(np.hypot(self.across, self.down))


def shift_between(reference: Small, now: Small, zone: Mask) -> Shift:
    """How ``now`` lies against the reference."""
    window = cv2.createHanningWindow((WIDTH, HEIGHT), cv2.CV_32F)
    (across, down), sureness = cv2.phaseCorrelate(
        _without(reference, zone), _without(now, zone), window
    )
    return Shift(float(across), float(down), float(min(max(sureness, 0.0), 1.0)))


def put_back(picture: Small, shift: Shift) -> Small:
    """The picture as it would have been without the push."""
    if max(abs(shift.across), abs(shift.down)) < 0.1:
        return picture
    move = np.array([[1, 0, -shift.across], [0, 1, -shift.down]], np.float32)
    moved = cv2.warpAffine(
        picture, move, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def _without(picture: Small, zone: Mask) -> Small:
    """Gradients' size with the zone blanked: light and whoever sits there have no say."""
    across = cv2.Sobel(picture, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    edges = np.asarray(cv2.magnitude(across, down), np.float32)
    edges = np.minimum(edges, 200.0)
    edges[zone] = 0.0
    return edges
