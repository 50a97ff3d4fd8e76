"""A camera view through all analysis: from drawn pictures to a finding with all its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from scenes import Scene, Script

from hall_server.contract.messages.supervision import Evidence, FindingRule, Presence
from monitor.analysis.picture import Frame
from monitor.findings import references
from monitor.findings.detectors import Box
from monitor.findings.evidence import Where
from monitor.findings.limits import Limits
from monitor.findings.moments import Declared, Declares
from monitor.findings.pictures import DAY_MS, forget
from monitor.findings.references import Reference
from monitor.findings.view import Found, HallNow, View
from monitor.findings.watched import WatchedView

T0 = 1_795_395_600_000
WHERE = Where("camera-1", "window-1", "一号", "1", 480)
SERVING = Declared(Declares.SERVING, since=T0, staff_id="staff-01", hours_since=T0 - 60_000)
LIMITS = Limits(vacancy_serving_s=20, stay_s=15)


def reference_of(scene: Scene, data: Path) -> Reference:
    folder = data / "references"
    references.take(folder, "camera-1", "noon", [scene.empty()] * 5, T0 - 1, "张三")
    references.approve(folder, "camera-1", "noon", "李四", T0)
    (found,) = references.approved(folder, "camera-1")
    return found


def view_of(scene: Scene, data: Path, detector: Detector | None = None) -> View:
    mask = ((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2))
    watched = WatchedView(
        "camera-1", "一号", "window-1", seat=[scene.zone], masks=[mask], limits=LIMITS
    )
    return View(watched, [reference_of(scene, data)], data, detector)


def watch(
    view: View,
    scene: Scene,
    seconds: Iterable[int],
    declared: Declared = SERVING,
    skew_ms: int = 0,
) -> list[Found]:
    hall = HallNow(WHERE, declared)
    return [
        one
        for at in seconds
        for one in view.see(scene.frame(at), T0 + at * 1000, hall, skew_ms=skew_ms)
    ]


class Detector:
    """Sees as many persons as it is told to, and counts how often it was asked."""

    def __init__(self, persons: int) -> None:
        self.persons, self.asked = persons, 0

    def detect(self, frame: Frame) -> list[Box]:
        self.asked += 1
        assert frame.size
        return [Box(0, 0, 9, 9, 0.9)] * self.persons


def test_an_empty_seat_at_a_serving_window_becomes_a_finding_with_its_evidence(
    tmp_path: Path,
) -> None:
    scene = Scene(3, Script(away=((15, 99),)))
    (found,) = watch(view_of(scene, tmp_path), scene, range(60))
    evidence = found.evidence
    assert (evidence.rule, evidence.staff_id) == (FindingRule.VACANCY, "staff-01")
    assert T0 + 15_000 <= evidence.begins_at <= T0 + 17_000
    assert evidence.ends_at - evidence.begins_at == 20_000
    assert evidence.trial  # nobody has labelled a day of this site
    assert evidence.health.unwell == evidence.health.unknown == 0
    assert evidence.scores[-1].presence is Presence.ABSENT
    assert "座位画面与空座参考一致" in evidence.zh
    (reference,) = evidence.reference
    for still in (*evidence.stills, reference):
        content = (tmp_path / still.name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == still.sha256
    assert len(evidence.stills) == 3
    assert msgspec.convert(msgspec.to_builtins(evidence), Evidence) == evidence


def test_a_wrong_clock_of_the_camera_is_found_and_hides_no_empty_seat(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((15, 99),)))
    view = view_of(scene, tmp_path)
    clock, seat = watch(view, scene, range(60), skew_ms=90_000)
    assert "时钟不准，判断照常" in clock.evidence.zh
    assert "its clock is wrong; judging goes on" in clock.evidence.en
    assert (seat.evidence.rule, seat.evidence.health.unwell) == (FindingRule.VACANCY, 0)


def test_stills_show_the_seat_and_neither_masked_parts_nor_faces_elsewhere(
    tmp_path: Path,
) -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    (found,) = watch(view_of(scene, tmp_path), scene, range(40))
    kept = cv2.imread(str(tmp_path / found.evidence.stills[1].name), cv2.IMREAD_GRAYSCALE)
    assert kept is not None
    assert float(kept[4:64, 4:120].mean()) < 6
    seat = (
        slice(scene.seat_y - 40, scene.seat_y + 40),
        slice(scene.seat_x - 40, scene.seat_x + 40),
    )

    def sharpness(picture: Frame, part: tuple[slice, slice]) -> float:
        return float(cv2.Laplacian(picture[part], cv2.CV_32F).var())

    whole, elsewhere = scene.frame(20), (slice(80, 200), slice(0, 150))
    picture = np.asarray(kept, np.uint8)
    assert sharpness(picture, seat) > 0.5 * sharpness(whole, seat)
    assert sharpness(picture, elsewhere) < 0.1 * sharpness(whole, elsewhere)


def test_a_clerk_in_the_seat_is_no_finding_and_an_unknown_hall_accuses_nobody(
    tmp_path: Path,
) -> None:
    present = Scene(3, Script(motionless=True))
    assert watch(view_of(present, tmp_path), present, range(40)) == []
    away = Scene(3, Script(away=((0, 99),)))
    view = view_of(away, tmp_path)
    for at in range(60):
        assert view.see(away.frame(at), T0 + at * 1000, HallNow(WHERE)) == []
    assert view.look is not None
    assert view.look.presence is Presence.ABSENT


def test_a_camera_without_a_reference_accuses_nobody(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    watched = WatchedView("camera-1", "一号", "window-1", seat=[scene.zone], limits=LIMITS)
    assert watch(View(watched, [], tmp_path), scene, range(60)) == []


@pytest.mark.parametrize(("persons", "findings"), [(0, 1), (1, 0)])
def test_a_detector_is_asked_on_suspicion_only_and_can_only_speak_for_the_clerk(
    tmp_path: Path, persons: int, findings: int
) -> None:
    scene, detector = Scene(3, Script(away=((10, 99),))), Detector(persons)
    view = view_of(scene, tmp_path, detector)
    assert watch(view, scene, range(20)) == []
    assert detector.asked == 0
    assert len(watch(view, scene, range(20, 60))) == findings
    assert detector.asked >= 1


WAITING = ((0.1, 0.2), (0.9, 0.2), (0.9, 1.0), (0.1, 1.0))


@pytest.mark.parametrize(
    ("persons", "tickets", "counts", "findings"),
    [(5, 3, True, 1), (4, 3, True, 0), (5, 2, True, 0), (5, 3, False, 0)],
)
def test_who_waits_is_counted_now_and_then_by_the_site_s_own_model_alone(
    tmp_path: Path, persons: int, tickets: int, counts: bool, findings: int
) -> None:
    """A number needs no picture of the empty zone."""
    limits = Limits(crowd_people=5, crowd_s=20, crowd_waiting=3)
    watched = WatchedView("camera-1", "一号", waiting=[WAITING], limits=limits)
    detector, scene = Detector(persons), Scene(3)
    view = View(watched, [], tmp_path, detector, counts=counts)
    hall = HallNow(WHERE, None, tickets)
    found = [one for at in range(60) for one in view.see(scene.frame(at), T0 + at * 1000, hall)]
    assert [one.evidence.rule for one in found] == ["crowd"] * findings
    assert detector.asked == (6 if counts else 0)
    if found:
        assert "等候区本单位模型数得约5人，大厅有3张号票等候" in found[0].evidence.zh


def test_a_covered_camera_is_the_finding_and_the_seat_is_none(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((12, 99),), covered=((12, 99),)))
    (found,) = watch(view_of(scene, tmp_path), scene, range(60))
    assert (found.evidence.rule, found.evidence.staff_id) == (FindingRule.CAMERA, "")
    assert "遮挡" in found.evidence.zh


def test_a_silent_camera_is_offline_and_an_absence_does_not_live_on(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    view, hall = view_of(scene, tmp_path), HallNow(WHERE, SERVING)
    assert watch(view, scene, range(12)) == []
    found = [one for at in range(12, 40) for one in view.wait(T0 + at * 1000, hall)]
    assert [one.evidence.rule for one in found] == [FindingRule.CAMERA]
    assert watch(view, scene, range(40, 55)) == []


def test_pictures_of_findings_are_kept_no_longer_than_recordings(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    (found,) = watch(view_of(scene, tmp_path), scene, range(40))
    stills = [tmp_path / still.name for still in found.evidence.stills]
    assert forget(tmp_path, found.evidence.ends_at + 89 * DAY_MS) == 0
    assert all(still.is_file() for still in stills)
    assert forget(tmp_path, found.evidence.ends_at + 91 * DAY_MS) == len(stills)
    assert not stills[0].parent.exists()


def test_the_same_episode_has_the_same_key(tmp_path: Path) -> None:
    scene = Scene(3, Script(away=((0, 99),)))
    keys = [watch(view_of(scene, tmp_path), scene, range(40))[0].key for _ in range(2)]
    assert keys[0] == keys[1]
