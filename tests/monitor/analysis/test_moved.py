"""The reference's own chair, moved aside, is known again; a clerk on it is somebody."""

from __future__ import annotations

import pytest
from scenes import Scene, Script

from monitor.analysis.moved import stands_aside
from monitor.analysis.picture import compare, largest_part, points_of, small, structure
from monitor.analysis.seat import DIFFERS_ABSENT, DIFFERS_PRESENT, place_of

ALL_DAY = ((0, 10),)


def is_aside(scene: Scene) -> bool:
    place = place_of(points_of(scene.zone))
    empty, now = structure(small(scene.empty())), structure(small(scene.frame(5)))
    difference = compare(empty, now, place.outside_cells)
    assert largest_part(difference.changed, place.zone_cells).share > DIFFERS_PRESENT
    return stands_aside(empty, now, difference, place.zone_cells, DIFFERS_ABSENT)


@pytest.mark.parametrize("moved_px", [-28, -15, 10, 24])
@pytest.mark.parametrize("seed", [14, 16, 17, 21])
def test_a_chair_moved_aside_is_known_again(seed: int, moved_px: int) -> None:
    assert is_aside(Scene(seed, Script(away=ALL_DAY, askew=ALL_DAY, askew_px=moved_px)))


@pytest.mark.parametrize("moved_px", [-28, -15, 0, 10, 24])
@pytest.mark.parametrize("seed", [14, 16, 17, 21])
def test_who_sits_on_it_dressed_like_the_chair_is_somebody(seed: int, moved_px: int) -> None:
    script = Script(motionless=True, askew=ALL_DAY if moved_px else (), askew_px=moved_px)
    scene = Scene(seed, script)
    scene.dress_like_the_chair()
    assert not is_aside(scene)


def test_a_coat_or_somebody_before_the_seat_is_no_chair() -> None:
    for script in (Script(away=ALL_DAY, coat_from=0), Script(away=ALL_DAY, citizen=ALL_DAY)):
        assert not any(is_aside(Scene(seed, script)) for seed in (14, 16, 17, 21))
