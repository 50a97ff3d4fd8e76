"""References of the empty seat: one asks, another approves, and a changed picture is not used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scenes import Scene, Script

from monitor import taking
from monitor.cameras.camera import PictureZone, ZoneKind
from monitor.cameras.stills import HEIGHT, ROWS, WIDTH, KeyFrame
from monitor.findings import references
from monitor.findings.references import UnfitReferenceError

CAMERA = "camera-1"


def taken(folder: Path, light: str = "noon", at: int = 100) -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    references.take(folder, CAMERA, light, [scene.frame(n) for n in range(5)], at, "张三")


def test_one_takes_and_another_approves(tmp_path: Path) -> None:
    taken(tmp_path)
    assert references.approved(tmp_path, CAMERA) == []
    for nobody in ("", "张三"):
        with pytest.raises(UnfitReferenceError):
            references.approve(tmp_path, CAMERA, "noon", nobody, 200)
    references.approve(tmp_path, CAMERA, "noon", "李四", 200)
    (found,) = references.approved(tmp_path, CAMERA)
    note = found.note
    assert (note.taken_by, note.approved_by, note.at, note.approved_at) == (
        "张三",
        "李四",
        100,
        200,
    )
    assert found.frame.shape == (360, 640)
    assert found.still.name == "references/camera-1/noon-100.png"


def test_the_newest_approved_of_each_light_is_used(tmp_path: Path) -> None:
    for light, at in (("noon", 100), ("lamps", 150), ("noon", 300)):
        taken(tmp_path, light, at)
        references.approve(tmp_path, CAMERA, light, "李四", at + 1)
    taken(tmp_path, "noon", 400)  # not approved
    used = {(one.note.light, one.note.at) for one in references.approved(tmp_path, CAMERA)}
    assert used == {("noon", 300), ("lamps", 150)}


def test_a_picture_that_was_changed_or_is_gone_is_not_used(tmp_path: Path) -> None:
    taken(tmp_path)
    references.approve(tmp_path, CAMERA, "noon", "李四", 200)
    picture = tmp_path / "camera-1/noon-100.png"
    content = picture.read_bytes()
    picture.write_bytes(content + b" ")
    with pytest.raises(UnfitReferenceError, match="changed"):
        references.approved(tmp_path, CAMERA)
    picture.unlink()
    with pytest.raises(UnfitReferenceError, match="missing"):
        references.approved(tmp_path, CAMERA)


def test_a_picture_taken_for_other_zones_is_not_used(tmp_path: Path) -> None:
    seat = PictureZone(kind=ZoneKind.SEAT, polygon=((0.4, 0.2), (0.6, 0.2), (0.6, 0.6)))
    mask = PictureZone(kind=ZoneKind.MASK, polygon=((0.0, 0.0), (0.1, 0.0), (0.1, 0.1)))
    counter = PictureZone(kind=ZoneKind.COUNTER, polygon=seat.polygon)
    mark = references.mark_of([seat, mask])
    assert references.mark_of([counter, mask, seat]) == mark
    others = {references.mark_of(zones) for zones in ([seat], [mask], [], [mask, counter])}
    assert mark not in others
    taken(tmp_path)
    references.approve(tmp_path, CAMERA, "noon", "李四", 200)
    references.adopt(tmp_path, CAMERA, mark)  # it is of an earlier release
    references.adopt(tmp_path, CAMERA, "of later zones")
    assert len(references.approved(tmp_path, CAMERA, mark)) == 1
    assert references.approved(tmp_path, CAMERA, "of later zones") == []


def test_whoever_walks_through_is_not_in_the_reference(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((0, 99),), passers=((3, 5),)))
    references.take(tmp_path, CAMERA, "noon", [scene.frame(n) for n in range(9)], 100, "张三")
    references.approve(tmp_path, CAMERA, "noon", "李四", 200)
    (found,) = references.approved(tmp_path, CAMERA)
    difference = np.abs(found.frame.astype(int) - scene.empty().astype(int))
    assert float(difference.mean()) < 4
    assert int(difference.max()) < 40


def test_somebody_in_the_seat_is_told_of_a_picture_that_was_to_be_empty(tmp_path: Path) -> None:
    taken(tmp_path)
    references.approve(tmp_path, CAMERA, "noon", "李四", 200)
    scene = Scene(3, Script(motionless=True))
    seated = [scene.frame(n) for n in range(5)]
    empty = Scene(3, Script(away=((0, 99),)))
    alike = references.take(
        tmp_path, CAMERA, "noon", [empty.frame(n) for n in range(20, 25)], 300, "王五"
    )
    unlike = references.take(tmp_path, CAMERA, "noon", seated, 400, "王五")
    assert alike.differs < 100
    assert unlike.differs > 500


def test_a_word_from_the_hall_is_carried_out_by_the_analyser(tmp_path: Path) -> None:
    scene, takings = Scene(3, Script(away=((0, 99),))), taking.Takings(tmp_path)
    frames = []
    for n in range(12):
        picture = np.full((ROWS, WIDTH), 128, np.uint8)
        picture[:HEIGHT] = scene.frame(n)
        frames.append(KeyFrame(CAMERA, n * 1000, picture))
    assert not takings.offer(frames[0])
    words = ["--data", str(tmp_path.parent), "--camera", CAMERA, "--by"]
    folder = tmp_path.parent / "references"
    takings = taking.Takings(folder)
    assert taking.main(["ask", *words, "张三"]) == 0
    done = [takings.offer(frame) for frame in frames]
    assert done.count(True) == 1
    assert not takings.has_new_approval()
    with pytest.raises(SystemExit):
        taking.main(["approve", *words, "张三"])
    assert taking.main(["approve", *words, "李四"]) == 0
    assert takings.has_new_approval()
    assert not takings.has_new_approval()
    assert len(references.approved(folder, CAMERA)) == 1
