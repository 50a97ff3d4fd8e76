"""Health tests of a camera: each raised and cleared in its time, and none by ordinary life."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from scenes import Scene, Script

from monitor.analysis.health import (
    PATIENCE,
    Change,
    HealthTest,
    HealthWatch,
    known,
    see,
    wait,
)
from monitor.analysis.picture import points_of

EVERYTHING = ((0, 10_000),)


def watched(
    script: Script, seconds: Iterable[int], skew_ms: int = 0
) -> tuple[HealthWatch, list[Change]]:
    scene = Scene(3, script)
    zone = points_of(scene.zone)
    references = [known(scene.empty(infrared=night), zone) for night in (False, True)]
    watch, told = HealthWatch(), []
    for at in seconds:
        watch, changes = see(watch, references, scene.frame(at), at * 1000 + 1, skew_ms=skew_ms)
        told += changes
    return watch, told


@pytest.mark.parametrize(
    "script",
    [
        Script(),
        Script(motionless=True),
        Script(cloud_s=60, flicker=0.1),
        Script(grain=12),
        Script(citizen=EVERYTHING),
        Script(passers=((10, 20), (40, 50))),
        Script(pushes=((5, 3, 2),)),
        Script(infrared=((10, 90),)),
    ],
)
def test_ordinary_life_raises_nothing(script: Script) -> None:
    watch, told = watched(script, range(0, 90, 2))
    assert told == []
    assert watch.is_well


@pytest.mark.parametrize(
    ("test", "script"),
    [
        (HealthTest.COVERED, Script(covered=((20, 60),))),
        (HealthTest.DARK, Script(dark=((20, 60),))),
        (HealthTest.FROZEN, Script(frozen=((20, 100),))),
        (HealthTest.MOVED, Script(pushes=((20, 30, 8), (110, -30, -8)))),
        (HealthTest.DEFOCUSED, Script(blurred=((20, 350),))),
    ],
)
def test_each_fault_is_raised_and_cleared_in_its_time(test: HealthTest, script: Script) -> None:
    seconds = 420 if test is HealthTest.DEFOCUSED else 180
    watch, told = watched(script, range(0, seconds, 2))
    assert [(one.test, one.is_raised) for one in told] == [(test, True), (test, False)]
    raised, cleared = told
    late_ms = 16_000 if test is HealthTest.MOVED else 3_000
    assert 0 <= raised.at - raised.since - PATIENCE[test].raise_ms <= 3_000
    assert raised.at - 20_000 <= PATIENCE[test].raise_ms + late_ms
    assert cleared.at > raised.at
    assert watch.is_well


def test_a_covered_camera_is_not_believed_from_the_first_picture() -> None:
    watch, told = watched(Script(covered=((20, 60),)), range(22))
    assert told == []
    assert not watch.is_well


def test_a_camera_that_says_nothing_is_offline_within_six_seconds() -> None:
    watch, _ = watched(Script(), range(5))
    told = []
    for at_ms in range(4_001, 12_000, 1_000):
        watch, changes = wait(watch, at_ms)
        told += changes
    (offline,) = told
    assert (offline.test, offline.is_raised) == (HealthTest.OFFLINE, True)
    assert offline.at - 4_001 <= 6_000
    assert not watch.is_well
    scene = Scene(3)
    for at in range(20, 26):
        watch, changes = see(watch, [], scene.frame(at), at * 1000)
        told += changes
    assert [(one.test, one.is_raised) for one in told[1:]] == [(HealthTest.OFFLINE, False)]
    assert watch.is_well


def test_a_camera_whose_clock_is_wrong_is_told_of_and_believed() -> None:
    watch, told = watched(Script(), range(0, 14, 2), skew_ms=-2_500)
    assert [one.test for one in told] == [HealthTest.CLOCK_SKEW]
    assert watch.is_well
    assert watched(Script(), range(0, 14, 2), skew_ms=1_900)[1] == []


@pytest.mark.parametrize(("across", "is_well"), [(12, True), (44, False)])
def test_a_moved_camera_is_told_of_and_believed_where_it_can_be_put_back(
    across: int, is_well: bool
) -> None:
    watch, told = watched(Script(pushes=((20, across, -6),)), range(0, 110, 2))
    assert [change.test for change in told] == [HealthTest.MOVED]
    assert watch.raised == {HealthTest.MOVED}
    assert watch.is_well is is_well


@pytest.mark.parametrize("script", [Script(covered=EVERYTHING), Script(pushes=((20, 44, -6),))])
def test_a_wrong_clock_makes_no_bad_picture_good(script: Script) -> None:
    watch, _ = watched(script, range(0, 110, 2), skew_ms=-2_500)
    assert HealthTest.CLOCK_SKEW in watch.raised
    assert not watch.is_well
