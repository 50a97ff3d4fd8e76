"""Can this camera be relied upon? Seven tests, each raised and cleared only after a while: pure.

The times and limits are starting values, not measured on halls; all stand at the head. While any
test is raised, and from the first moment one is in doubt, presence is unknown; but a camera that
was moved by no more than can be put back is told of and goes on, and so is one whose clock is
wrong: pictures are judged by this machine's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np

from monitor.analysis.picture import Frame, Mask, Small, small
from monitor.analysis.registration import SHIFT_MOST_PX, shift_between


class HealthTest(StrEnum):
    """What can be wrong with a camera."""

    OFFLINE = "offline"
    FROZEN = "frozen"
    COVERED = "covered"
    DEFOCUSED = "defocused"
    MOVED = "moved"
    DARK = "dark"
    CLOCK_SKEW = "clock_skew"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a fault must last before it is raised, and be gone before it is cleared."""

    raise_ms: int
    clear_ms: int


PATIENCE: Mapping[HealthTest, Patience] = {
    HealthTest.OFFLINE: Patience(5_000, 3_000),
    HealthTest.FROZEN: Patience(60_000, 5_000),
    HealthTest.COVERED: Patience(10_000, 10_000),
    HealthTest.DEFOCUSED: Patience(300_000, 30_000),
    HealthTest.MOVED: Patience(60_000, 30_000),
    HealthTest.DARK: Patience(10_000, 10_000),
    HealthTest.CLOCK_SKEW: Patience(10_000, 60_000),
}
FROZEN_DIFFERENCE = 0.3
COVERED_DEVIATION = 8.0
FLAT_SHARE, FLAT_DEVIATION = 0.85, 4.0
SHARPNESS_SHARE = 0.35
SHIFT_PX = 8.0
SURENESS_LEAST = 0.05
DARK_LEVEL = 30.0
SKEW_MS = 2_000
REGISTER_EVERY_MS = 10_000
BLOCK = 10
UNWELL_AT_ONCE = frozenset({HealthTest.OFFLINE, HealthTest.COVERED, HealthTest.DARK})
"""One bad picture is reason enough to believe nothing; the others need their time to be noticed."""
BORNE = frozenset({HealthTest.CLOCK_SKEW, HealthTest.MOVED})
"""Told of, and the picture is believed all the same; a moved one while it can be put back."""


@dataclass(frozen=True, eq=False)
class Known:
    """What the camera showed when it was set up."""

    picture: Small
    sharpness: float
    zone: Mask
    """Where people come and go."""


def known(frame: Frame, zone: Mask) -> Known:
    """From a reference picture."""
    return Known(small(frame), sharpness(frame), zone)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One test: since when it has failed or passed, and whether it is raised."""

    is_bad: bool = False
    since: int = 0
    is_raised: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A test was raised or cleared."""

    test: HealthTest
    is_raised: bool
    at: int
    since: int
    """When it began."""


@dataclass(frozen=True, eq=False)
class HealthWatch:
    """All that is remembered of a camera's health."""

    heard_at: int = 0
    frame: Frame | None = None
    troubles: Mapping[HealthTest, Trouble] = field(default_factory=dict)
    is_soft: bool = False
    is_moved: bool = False
    is_lost: bool = False
    """Moved so far that it cannot be put back."""
    registered_at: int = 0

    @property
    def raised(self) -> frozenset[HealthTest]:
        """What is wrong now."""
        return frozenset(test for test, trouble in self.troubles.items() if trouble.is_raised)

    @property
    def is_well(self) -> bool:
        """Whether what the camera shows may be believed."""
        doubted = (t for t, one in self.troubles.items() if one.is_bad and t in UNWELL_AT_ONCE)
        borne = {HealthTest.CLOCK_SKEW} if self.is_lost else BORNE
        return bool(self.heard_at) and not self.raised - borne and not [*doubted]


def see(
    watch: HealthWatch, references: Sequence[Known], frame: Frame, at: int, *, skew_ms: int = 0
) -> tuple[HealthWatch, list[Change]]:
    """Take one key frame in. ``references`` are of each light; only one of them can fit."""
    is_dark = cv2.mean(frame)[0] < DARK_LEVEL
    bad = {
        HealthTest.OFFLINE: False,
        HealthTest.DARK: is_dark,
        HealthTest.COVERED: not is_dark and is_covered(frame),
        HealthTest.CLOCK_SKEW: abs(skew_ms) > SKEW_MS,
        HealthTest.FROZEN: watch.frame is not None
        and cv2.mean(cv2.absdiff(frame, watch.frame))[0] < FROZEN_DIFFERENCE,
    }
    if references:
        if at - watch.registered_at >= REGISTER_EVERY_MS:
            softest = min(reference.sharpness for reference in references)
            nearest = min(_moved_px(reference, frame) for reference in references)
            watch = replace(
                watch,
                is_soft=sharpness(frame) < SHARPNESS_SHARE * softest,
                is_moved=nearest > SHIFT_PX,
                is_lost=nearest > SHIFT_MOST_PX,
                registered_at=at,
            )
        # A covered or dark camera has not been moved; what it is has a name already.
        hidden = bad[HealthTest.COVERED] or bad[HealthTest.DARK]
        bad[HealthTest.MOVED] = watch.is_moved and not hidden
        bad[HealthTest.DEFOCUSED] = watch.is_soft and not hidden
    watch, changes = _judge(watch, bad, at)
    return replace(watch, heard_at=at, frame=frame), changes


def wait(watch: HealthWatch, at: int) -> tuple[HealthWatch, list[Change]]:
    """Nothing came until now; called once a second for a camera that may be silent."""
    silent_ms = at - watch.heard_at if watch.heard_at else 0
    if silent_ms < PATIENCE[HealthTest.OFFLINE].raise_ms:
        return watch, []
    trouble = watch.troubles.get(HealthTest.OFFLINE, Trouble())
    if trouble.is_raised:
        return watch, []
    offline = Trouble(is_bad=True, since=watch.heard_at, is_raised=True)
    changed = replace(watch, troubles={**watch.troubles, HealthTest.OFFLINE: offline})
    return changed, [Change(HealthTest.OFFLINE, is_raised=True, at=at, since=watch.heard_at)]


def sharpness(frame: Frame) -> float:
    """Variance of the Laplacian beside that of the picture: little light blurs nothing.

    The grain is smoothed away first.
    """
    smooth = cv2.GaussianBlur(frame, (5, 5), 1.2)
    _, edges = cv2.meanStdDev(cv2.Laplacian(smooth, cv2.CV_32F))
    _, contrast = cv2.meanStdDev(smooth)
    return float(edges[0, 0]) ** 2 / max(float(contrast[0, 0]) ** 2, 1.0)


def is_covered(frame: Frame) -> bool:
    """Hardly any contrast in the whole, or in nearly every part."""
    halved = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    smooth = np.asarray(cv2.blur(halved, (3, 3)), np.float32)
    _, deviation = cv2.meanStdDev(smooth)
    if float(deviation[0, 0]) < COVERED_DEVIATION:
        return True
    blocks = (smooth.shape[1] // BLOCK, smooth.shape[0] // BLOCK)
    means = cv2.resize(smooth, blocks, interpolation=cv2.INTER_AREA)
    squares = cv2.resize(smooth * smooth, blocks, interpolation=cv2.INTER_AREA)
    flat = squares - means * means < FLAT_DEVIATION**2
    return float(np.asarray(flat).mean()) > FLAT_SHARE


def _moved_px(reference: Known, frame: Frame) -> float:
    """How far; without end where nothing is known again."""
    shift = shift_between(reference.picture, small(frame), reference.zone)
    return shift.frame_px if shift.sureness >= SURENESS_LEAST else math.inf


def _judge(
    watch: HealthWatch, bad: Mapping[HealthTest, bool], at: int
) -> tuple[HealthWatch, list[Change]]:
    troubles, changes = dict(watch.troubles), []
    for test, is_bad in bad.items():
        before = troubles.get(test, Trouble())
        now = before if before.is_bad == is_bad else replace(before, is_bad=is_bad, since=at)
        patience = PATIENCE[test].raise_ms if is_bad else PATIENCE[test].clear_ms
        if now.is_raised != is_bad and at - now.since >= patience:
            now = replace(now, is_raised=is_bad)
            changes.append(Change(test, is_bad, at, now.since))
        troubles[test] = now
    return replace(watch, troubles=troubles), changes
