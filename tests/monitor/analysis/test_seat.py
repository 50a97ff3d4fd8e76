"""Present, absent, unknown: on drawn scenes, each with its confusion, and nobody accused."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from scenes import Scene, Script

from hall_server.contract.messages.supervision import Presence
from monitor.analysis.picture import points_of, small, structure
from monitor.analysis.seat import Doubt, Look, Place, SeatWatch, place_of, step

PRESENT, ABSENT, UNKNOWN = Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN
SEEDS = (3, 4, 7)
T0 = 1_795_395_600_000


def place(scene: Scene) -> Place:
    return place_of(points_of(scene.zone))


def looks(
    scene: Scene, seconds: Iterable[int], *, well: bool = True, infrared: bool = False
) -> list[Look]:
    references = [structure(small(scene.empty()))]
    if infrared:
        references.append(structure(small(scene.empty(infrared=True))))
    watch, found = SeatWatch(), []
    here = place(scene)
    for at in seconds:
        frame = scene.frame(at)
        watch, look = step(watch, here, references, frame, T0 + at * 1000, is_well=well)
        found.append(look)
    return found


def settled(found: list[Look]) -> set[Presence]:
    return {look.presence for look in found[8:]}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_empty_seat_is_absent_and_a_clerk_is_present(seed: int) -> None:
    scene = Scene(seed, Script(away=((30, 70),)))
    found = looks(scene, range(70))
    assert settled(found[:30]) == {PRESENT}
    first = next(look for look in found if look.presence is ABSENT)
    assert (first.at - T0) // 1000 <= 30 + 7
    assert (first.empty_since - T0) // 1000 <= 30 + 2
    assert {look.presence for look in found[40:]} == {ABSENT}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clerk_who_does_not_move_is_never_absent(seed: int) -> None:
    scene = Scene(seed, Script(motionless=True))
    assert settled(looks(scene, range(40))) == {PRESENT}


@pytest.mark.parametrize(
    "script",
    [
        Script(cloud_s=60),
        Script(flicker=0.12),
        Script(grain=12),
        Script(pushes=((15, 3, -2),)),
        Script(citizen=((0, 60),)),
        Script(second=((0, 60),)),
        Script(infrared=((0, 60),)),
    ],
    ids=["light", "flicker", "grain", "pushed", "citizen", "two clerks", "infrared"],
)
@pytest.mark.parametrize("seed", SEEDS[:2])
def test_nothing_that_confuses_a_camera_makes_a_clerk_absent(seed: int, script: Script) -> None:
    found = looks(Scene(seed, script), range(40), infrared=True)
    assert ABSENT not in {look.presence for look in found}


@pytest.mark.parametrize(
    "script",
    [
        Script(away=((0, 90),), cloud_s=90),
        Script(away=((0, 90),), flicker=0.12),
        Script(away=((0, 90),), grain=12),
        Script(away=((0, 90),), pushes=((0, 3, -2),)),
        Script(away=((0, 90),), infrared=((0, 90),)),
    ],
    ids=["light", "flicker", "grain", "pushed", "infrared"],
)
@pytest.mark.parametrize("seed", SEEDS[:2])
def test_an_empty_seat_is_found_in_all_of_them(seed: int, script: Script) -> None:
    found = looks(Scene(seed, script), range(30), infrared=True)
    assert found[-1].presence is ABSENT


def test_a_push_is_put_back_and_a_great_one_tells_nothing() -> None:
    pushed = looks(Scene(3, Script(away=((0, 99),), pushes=((20, 6, 4),))), range(40))
    assert pushed[-1].presence is ABSENT
    assert pushed[-1].shift_px == pytest.approx(np.hypot(6, 4), abs=1)
    away = looks(Scene(3, Script(away=((0, 99),), pushes=((20, 44, 30),))), range(40))
    assert away[-1].presence is UNKNOWN
    assert ABSENT not in {look.presence for look in away[22:]}


def test_a_coat_on_the_chair_is_somebody_as_far_as_a_camera_can_tell() -> None:
    scene = Scene(3, Script(away=((0, 99),), coat_from=0))
    assert settled(looks(scene, range(20))) == {PRESENT}


def test_without_a_reference_that_fits_nothing_is_known() -> None:
    scene, other = Scene(3, Script(away=((0, 99),))), Scene(9)
    for references in ([], [structure(small(other.empty()))]):
        watch, look = SeatWatch(), Look(0, PRESENT)
        for at in range(12):
            frame = scene.frame(at)
            watch, look = step(watch, place(scene), references, frame, T0 + at * 1000, is_well=True)
        assert (look.presence, look.doubt) == (UNKNOWN, Doubt.NO_REFERENCE)


def test_the_wrong_light_accuses_nobody() -> None:
    scene = Scene(3, Script(infrared=((0, 99),)))
    assert ABSENT not in {look.presence for look in looks(scene, range(20))}


def test_an_unwell_camera_and_a_gap_tell_nothing() -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    assert {look.presence for look in looks(scene, range(12), well=False)} == {UNKNOWN}
    found = looks(scene, [*range(12), *range(40, 43)])
    assert found[11].presence is ABSENT
    assert [look.presence for look in found[12:]] == [UNKNOWN] * 3


def test_a_detector_that_sees_somebody_is_believed() -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    watch, references = SeatWatch(), [structure(small(scene.empty()))]
    look = Look(0, ABSENT)
    for at in range(12):
        watch, look = step(
            watch, place(scene), references, scene.frame(at), T0 + at * 1000, is_well=True, people=1
        )
    assert look.presence is PRESENT


EVERY_S = 2
"""A key frame every two seconds, as many cameras give them."""


@pytest.mark.parametrize("seed", SEEDS)
def test_who_goes_is_seen_to_go_and_who_bends_below_the_desk_is_not(seed: int) -> None:
    scene = Scene(seed, Script(bent=((40, 80),), away=((120, 200),)))
    found = looks(scene, range(0, 160, EVERY_S))
    bent = next(look for look in found if look.presence is ABSENT)
    gone = found[-1]
    assert (bent.at - T0) // 1000 < 80
    assert (bent.presence, bent.sure_since) == (ABSENT, 0)
    assert gone.presence is ABSENT
    assert 118 <= (gone.sure_since - T0) // 1000 <= 126


def test_a_seat_that_was_never_taken_is_surely_empty() -> None:
    found = looks(Scene(3, Script(away=((0, 999),))), range(0, 40, EVERY_S))
    assert found[-1].sure_since == found[-1].empty_since != 0


def left(script: Script, until: int, seed: int = 11) -> list[Look]:
    return looks(Scene(seed, script), range(0, until, EVERY_S))


def test_a_coat_that_somebody_leaves_behind_is_a_thing_and_never_surely_nobody() -> None:
    found = left(Script(away=((200, 400),), coat_from=190), 260)
    assert (found[-1].presence, found[-1].is_thing, found[-1].sure_since) == (ABSENT, True, 0)
    assert 200 <= (found[-1].empty_since - T0) // 1000 <= 208


def test_who_comes_back_to_their_coat_is_there_at_once() -> None:
    found = left(Script(away=((200, 300),), coat_from=190), 360)
    assert ABSENT in {look.presence for look in found[115:145]}
    back = [look for look in found if look.at >= T0 + 304_000]
    assert {look.presence for look in back} == {PRESENT}


@pytest.mark.parametrize("seed", [11, 14, 16], ids=["low back", "high back", "high back too"])
def test_a_chair_left_askew_is_a_thing_too(seed: int) -> None:
    script = Script(away=((200, 300),), askew=((200, 400),), askew_px=24)
    found = left(script, 360, seed)
    gone = [look for look in found if T0 + 250_000 <= look.at < T0 + 296_000]
    assert {(look.presence, look.is_thing, look.sure_since) for look in gone} == {(ABSENT, True, 0)}
    assert found[-1].presence is PRESENT, "who comes back to it is there"


def test_a_chair_moved_where_nobody_was_seen_to_go_may_have_somebody_below_the_desk() -> None:
    found = left(Script(bent=((200, 400),), askew=((200, 400),), askew_px=24), 260, 14)
    assert ABSENT not in {look.presence for look in found}


def test_nothing_low_and_still_is_a_thing_unless_somebody_was_seen_to_go() -> None:
    found = left(Script(bent=((200, 400),), coat_from=190), 260)
    assert ABSENT not in {look.presence for look in found}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clerk_who_never_moves_stays_while_others_come_and_go(seed: int) -> None:
    citizens, passers = ((60, 200), (260, 300)), ((30, 34), (230, 233), (330, 336))
    script = Script(motionless=True, citizen=citizens, passers=passers, second=((340, 360),))
    found = looks(Scene(seed, script), range(0, 420, EVERY_S))
    assert ABSENT not in {look.presence for look in found}
