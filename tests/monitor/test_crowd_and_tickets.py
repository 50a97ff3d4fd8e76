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


@pytest.fixture
def picture(hall: RunningHall, tmp_path: Path) -> Iterator[tuple[HallPicture, Link]]:
    """The hall as an enrolled analyser hears it."""
    heard = HallPicture()
    link = Link(
        hall.url,
        tmp_path / "station.key",
        "analyser-1",
        "",
        heard.heard_snapshot,
        heard.heard_event,
        heard.heard_state,
        now_ms=wall_ms,
        code_file=hall.data / "enrol/analyser-1.code",
    )
    link.start()
    eventually(lambda: heard.now, "the hall's picture")
    yield heard, link
    link.stop()


def analyser_of(tmp_path: Path, heard: HallPicture) -> Analyser:
    data, rules = tmp_path / "analyser", tmp_path / "rules.toml"
    empty = [SCENE.frame(n) for n in range(5)]
    references.take(data / "references", "waiting", "noon", empty, 1, "张三")
    references.approve(data / "references", "waiting", "noon", "李四", 2)
    rules.write_text(RULES)
    cameras = read_cameras(CAMERAS, "cameras.toml").cameras
    frames = FolderFrames(tmp_path / "frames")
    return Analyser(cameras, load_rules(rules), data, frames, lambda: heard.now, wall_ms)


def test_a_full_zone_is_a_crowd_only_with_as_many_tickets(
    hall: RunningHall, picture: tuple[HallPicture, Link], tmp_path: Path
) -> None:
    people: People = hall.people(["staff-01"])
    heard, link = picture
    analyser, frames = analyser_of(tmp_path, heard), tmp_path / "frames"
    outbox = analyser.outbox

    def seen(people_drawn: int, began: int) -> None:
        show(frames, began, people_drawn)
        while [*frames.glob("*/*.png")]:
            analyser.turn()

    def waiting() -> int:
        return heard.now.waiting_count() if heard.now else 0

    began = wall_ms()
    seen(10, began)
    assert outbox.waiting() == [], "nobody has a ticket"
    for _ in range(3):
        hall.must("ticket.take", {"item_id": "land-registration"}, cookie=people.supervisor)
    eventually(lambda: waiting() == 3, "three wait")
    seen(0, began + 60_000)
    assert outbox.waiting() == [], "tickets alone fill no zone"
    seen(10, began + 120_000)
    assert len(outbox.waiting()) == 1
    outbox.deliver(lambda told: link.ask("finding.report", told, FindingReceived))
    (found,) = hall.read("finding.list", cookie=people.supervisor)["findings"]
    assert (found["rule"], found["camera_id"], found["trial"]) == ("crowd", "waiting", False)
    told = hall.read("finding.read", cookie=people.supervisor, finding_id=found["finding_id"])
    stills, (reference,) = told["evidence"]["stills"], told["evidence"]["reference"]
    assert len(stills) == 3
    assert reference["name"] == "references/waiting/noon-1.png"
    kept = cv2.imread(str(tmp_path / "analyser" / stills[0]["name"]), cv2.IMREAD_GRAYSCALE)
    assert kept is not None
    assert kept.shape == (HEIGHT, WIDTH)
