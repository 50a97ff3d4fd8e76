"""A key frame made small, and how one differs from another cell by cell: pure.

All analysis works on pictures of half the key frame's size (320 × 180), lightly smoothed: that
halves the noise and quarters the work. A cell is four by four of these points. Structure is
compared by gradients, after taking out the light's gain, with the noise measured where nothing is
of interest; so lamps, clouds and a grainy picture do not look like a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Frame: TypeAlias = NDArray[np.uint8]
"""A key frame: 360 rows of 640 grey points."""
Small: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]
Polygon: TypeAlias = Sequence[tuple[float, float]]
"""Corners, both from 0 to 1 of the picture's width and height."""

WIDTH, HEIGHT, CELL = 320, 180, 4
COLUMNS, ROWS = WIDTH // CELL, HEIGHT // CELL
ENERGY_LEAST = 300.0
"""Mean squared gradient of a cell with an edge of six grey levels; below it is no structure."""
UNLIKE = 0.5
"""0: the same structure; 1: nothing in common."""
BRIGHTNESS_LEAST, BRIGHTNESS_SHARE = 14.0, 0.22


def small(frame: Frame) -> Small:
    """The picture as it is analysed."""
    halved = cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(halved, (3, 3), 0.8), np.float32)


def middle(a: Small, b: Small, c: Small) -> Small:
    """Point by point the median of three: what stood in one of them only is gone."""
    return np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))


def points_of(polygon: Polygon) -> Mask:
    """The points of a small picture inside a zone."""
    corners = np.array([(x * WIDTH, y * HEIGHT) for x, y in polygon]).round().astype(np.int32)
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(drawn, [corners], 1)
    return drawn.astype(bool)


def cells_of(points: Mask) -> Mask:
    """The cells that lie at least half inside."""
    return _mean(points.astype(np.float32)) >= 0.5


def _mean(values: Small) -> Small:
    """Of each cell."""
    return np.asarray(cv2.resize(values, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)


@dataclass(frozen=True, eq=False)
class Structure:
    """A small picture with all that comparing needs of it."""

    picture: Small
    across: Small
    down: Small
    energy: Small
    level: Small


def structure(picture: Small) -> Structure:
    """Gradients of a picture, and each cell's mean."""
    across = np.asarray(cv2.Sobel(picture, cv2.CV_32F, 1, 0), np.float32)
    down = np.asarray(cv2.Sobel(picture, cv2.CV_32F, 0, 1), np.float32)
    return Structure(picture, across, down, _mean(across**2 + down**2), _mean(picture))


@dataclass(frozen=True, eq=False)
class Difference:
    """How a picture differs from a reference."""

    changed: Mask
    """By cell."""
    gain: float
    """How much brighter it is, where nothing is of interest."""
    noise: float
    """How much gradients differ there, squared."""
    alike: float
    """0 to 1: how much of the reference's structure is there, where nothing is of interest."""


def compare(reference: Structure, now: Structure, outside: Mask) -> Difference:
    """Which cells are unlike the reference; ``outside`` are cells that tell light and noise."""
    gain = float(np.median(now.level[outside] / np.maximum(reference.level[outside], 1.0)))
    residual, both = _residual(reference, now, gain)
    noise = float(np.median(residual[outside]))
    textured = outside & (gain**2 * reference.energy > ENERGY_LEAST)
    alike = 0.0
    if textured.any():
        alike = 1.0 - float(np.median(residual[textured] / both[textured]))
    return Difference(unlike(reference, now, gain, noise), gain, noise, alike)


def unlike(reference: Structure, now: Structure, gain: float, noise: float) -> Mask:
    """The cells that differ, with gain and noise known."""
    residual, both = _residual(reference, now, gain)
    differs = residual - noise > UNLIKE * (both - noise)
    differs &= both > ENERGY_LEAST + 3 * noise
    expected = gain * reference.level
    tolerated = np.maximum(BRIGHTNESS_LEAST, BRIGHTNESS_SHARE * expected)
    return np.asarray(differs | (np.abs(now.level - expected) > tolerated), np.bool_)


def _residual(reference: Structure, now: Structure, gain: float) -> tuple[Small, Small]:
    """By cell: how much gradients differ, and how much there is of them."""
    differ = _mean(
        (now.across - gain * reference.across) ** 2 + (now.down - gain * reference.down) ** 2
    )
    return differ, now.energy + gain**2 * reference.energy


@dataclass(frozen=True, slots=True)
class Part:
    """The largest connected part of a zone that has changed."""

    share: float = 0.0
    """Of the zone's cells."""
    reach: float = 0.0
    """How high above the zone's lower edge it reaches: 1 is the upper edge."""


def largest_part(changed: Mask, zone: Mask) -> Part:
    """Somebody who sits reaches higher than what is left on a chair."""
    labels, _, stats, _ = cv2.connectedComponentsWithStats((changed & zone).astype(np.uint8))
    if labels < 2:
        return Part()
    largest = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())]
    rows = np.flatnonzero(zone.any(axis=1))
    upper, lower = int(rows[0]), int(rows[-1]) + 1
    reach = (lower - int(largest[cv2.CC_STAT_TOP])) / (lower - upper)
    return Part(float(largest[cv2.CC_STAT_AREA]) / int(zone.sum()), reach)


def movement(before: Small, now: Small, outside: Mask) -> Mask:
    """The points that changed between two looks by more than light and noise."""
    few = (slice(None, None, 4), slice(None, None, 4))
    quiet = outside[few]
    then, later = before[few][quiet], now[few][quiet]
    gain = float(np.median(later) / max(float(np.median(then)), 1.0))
    noise = 1.48 * float(np.median(np.abs(later - gain * then)))
    return np.asarray(np.abs(now - gain * before) > 6.0 + 4.0 * noise, np.bool_)


def share_of(points: Mask, zone: Mask) -> float:
    """How much of a zone these points are."""
    return float(np.count_nonzero(points & zone)) / max(int(np.count_nonzero(zone)), 1)
