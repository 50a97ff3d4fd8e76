"""How full a waiting zone is: by area, in rough steps, and unknown where the picture is another."""

from __future__ import annotations

import numpy as np
from scenes import HEIGHT, WIDTH, Scene

from monitor.analysis.crowd import Fullness, fullness
from monitor.analysis.picture import Frame, points_of, small, structure
from monitor.analysis.seat import place_of

ZONE = [(0.1, 0.45), (0.9, 0.45), (0.9, 0.98), (0.1, 0.98)]


def crowd(people: int, seed: int = 3) -> Fullness:
    scene = Scene(seed)
    empty = scene.empty()
    drawn = empty.astype(np.float32)
    draw = np.random.default_rng(seed + people)
    for place in range(people):
        x = int(WIDTH * (0.18 + 0.64 * place / 7))
        scene.draw_person(drawn, x, 235, 0.7, float(draw.uniform(20, 70)))
    here = place_of(points_of(ZONE))
    reference = structure(small(empty))
    now = structure(small(np.clip(drawn, 0, 255).astype(np.uint8)))
    return fullness(here, reference, now, at=1)


def test_more_people_fill_more_of_the_zone() -> None:
    shares = [crowd(people).share for people in (0, 2, 4, 8)]
    assert shares == sorted(shares)
    assert shares[0] < 0.02
    assert shares[3] > 3 * shares[1] / 2


def test_another_picture_tells_nothing() -> None:
    scene, other = Scene(3), Scene(9)
    here = place_of(points_of(ZONE))
    now = structure(small(other.empty()))
    assert not fullness(here, structure(small(scene.empty())), now, at=1).is_known
    assert crowd(4).is_known


def test_a_frame_is_what_the_recorder_hands_over() -> None:
    frame: Frame = Scene(3).empty()
    assert frame.shape == (HEIGHT, WIDTH)
    assert frame.dtype == np.uint8
