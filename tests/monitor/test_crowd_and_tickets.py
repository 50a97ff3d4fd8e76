"""F4 at a running hall: people fill the waiting zone of a camera, and as many tickets must wait."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from running_hall import People, RunningHall, free_port
from scenes import HEIGHT, WIDTH, Scene, Script
from whole_hall import eventually

from hall_server.contract.link import Link
from hall_server.contract.messages.supervision import FindingReceived
from monitor.analyser import Analyser, HallPicture, wall_ms
from monitor.analysis.picture import Frame
from monitor.cameras.camera import read_cameras
from monitor.feed.frames import FolderFrames
from monitor.findings import references
from monitor.findings.watched import load_rules

SCENE = Scene(5, Script(away=((0, 9_999),)))
CAMERAS = """
[[cameras]]
id = "waiting"
name = { zh = "等候区" }
address = "demo://waiting"
zones = [{ kind = "waiting", polygon = [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0], [0.1, 1.0]] }]
"""
RULES = """
[limits]
crowd_s = 20
crowd_permille = 300
crowd_waiting = 3
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    words = ["--invite", "analyser-1:monitor", "--simulated-devices-from", "1"]
    running = RunningHall(tmp_path_factory.mktemp("hall"), free_port(), words).start()
    yield running
    running.stop()


def crowded(people: int) -> Frame:
    drawn = SCENE.frame(1).astype(np.float32)
    for number in range(people):
        x = 110 + (number % 5) * 100
        SCENE.draw_person(drawn, x, 170 + (number // 5) * 60, 1.6, 40 + 15 * number)
    return np.clip(drawn, 0, 255).astype(np.uint8)


def show(folder: Path, at: int, people: int) -> None:
    """One key frame for each second of a minute, the newest of them now."""
    (folder / "waiting").mkdir(parents=True, exist_ok=True)
    frame = crowded(people)
    for second in range(40):
        path = folder / "waiting" / f"{at + second * 1000}.new"
        done, content = cv2.imencode(".png", frame)
        assert done
        path.write_bytes(content.tobytes())
        path.rename(path.with_suffix(".png"))


def test_a_full_zone_is_a_crowd_only_with_as_many_tickets(
    hall: RunningHall, tmp_path: Path
) -> None:
    people: People = hall.people(["staff-01"])
    data = tmp_path / "analyser"
    empty = [SCENE.frame(n) for n in range(5)]
    references.take(data / "references", "waiting", "noon", empty, 1, "张三")
    references.approve(data / "references", "waiting", "noon", "李四", 2)
    (tmp_path / "rules.toml").write_text(RULES)
    picture = HallPicture()
    link = Link(
        hall.url,
        tmp_path / "station.key",
        "analyser-1",
        "",
        picture.heard_snapshot,
        picture.heard_event,
        picture.heard_state,
        now_ms=wall_ms,
        code_file=hall.data / "enrol/analyser-1.code",
    )
    link.start()
    try:
        eventually(lambda: picture.now, "the hall's picture")
        cameras = read_cameras(CAMERAS, "cameras.toml").cameras
        frames = tmp_path / "frames"
        analyser = Analyser(
            cameras,
            load_rules(tmp_path / "rules.toml"),
            data,
            FolderFrames(frames),
            lambda: picture.now,
            wall_ms,
        )

        def seen(people_drawn: int, began: int) -> None:
            show(frames, began, people_drawn)
            while [*frames.glob("*/*.png")]:
                analyser.turn()

        began = wall_ms()
        seen(10, began)
        assert analyser.outbox.waiting() == [], "nobody has a ticket"
        for _ in range(3):
            body = {"item_id": "land-registration"}
            hall.must("ticket.take", body, cookie=people.supervisor)
        eventually(lambda: picture.now and picture.now.waiting_count() == 3, "three wait")
        seen(0, began + 60_000)
        assert analyser.outbox.waiting() == [], "tickets alone fill no zone"
        seen(10, began + 120_000)
        assert len(analyser.outbox.waiting()) == 1
        analyser.outbox.deliver(lambda told: link.ask("finding.report", told, FindingReceived))
    finally:
        link.stop()
    (found,) = hall.read("finding.list", cookie=people.supervisor)["findings"]
    assert (found["rule"], found["camera_id"], found["trial"]) == ("crowd", "waiting", False)
    told = hall.read("finding.read", cookie=people.supervisor, finding_id=found["finding_id"])
    evidence = told["evidence"]
    assert len(evidence["stills"]) == 3
    assert len(evidence["reference"]) <= 1
    assert cv2.imread(str(data / evidence["stills"][0]["name"]), 0).shape == (HEIGHT, WIDTH)
