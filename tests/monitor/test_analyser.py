"""From the recorder's socket to a supervisor's decision, with a really running hall between."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import cv2
import numpy as np
import pytest
from running_hall import People, RunningHall, free_port
from scenes import Scene, Script

from hall_server.contract.link import Link
from hall_server.contract.messages.supervision import FindingReceived
from monitor.analyser import Analyser, HallPicture, wall_ms
from monitor.cameras.camera import Camera, read_cameras
from monitor.cameras.stills import HEIGHT, NO_COLOUR, ROWS, WIDTH, KeyFrame
from monitor.feed.frames import FeedFrames, FolderFrames
from monitor.feed.packets import FEED, Still, Wanted, encoded
from monitor.findings import references
from monitor.findings.__main__ import parse
from monitor.findings.evidence import Where
from monitor.findings.obeying import Obeying
from monitor.findings.view import HallNow
from monitor.findings.watched import load_rules
from monitor.taking import Takings

WITHIN_S = 30.0
ROOT = Path(__file__).resolve().parents[2]
HALL_UNKNOWN = HallNow(Where("camera-1", "window-1", "一号", "1", 480))
SCENE = Scene(3, Script(away=((12, 999),)))


def until(condition: Callable[[], object]) -> None:
    deadline = monotonic() + WITHIN_S
    while not condition():
        assert monotonic() < deadline, "waited in vain"
        sleep(0.05)


class Recorder:
    """The recorder's side of its socket: one picture for each second from now on."""

    def __init__(self, folder: Path, seconds: int, began_ms: int) -> None:
        self.wanted: list[bytes] = []
        self._seconds, self._began_ms = seconds, began_ms
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(str(folder / FEED))
        self._server.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._server, suppress(BrokenPipeError, ConnectionResetError):
            reader, _ = self._server.accept()
            with reader:
                self._give(reader)

    def _give(self, reader: socket.socket) -> None:
        self.wanted.append(reader.recv(4096))
        for second in range(self._seconds):
            picture = np.full((ROWS, WIDTH), NO_COLOUR, np.uint8)
            picture[:HEIGHT] = SCENE.frame(second)
            at_ms = self._began_ms + second * 1000
            still = Still(camera="camera-1", at_ms=at_ms, picture=picture.tobytes())
            reader.sendall(encoded(still))


@dataclass
class Office:
    """A hall with people, an open window, and a camera that was set up."""

    hall: RunningHall
    people: People
    data: Path

    def camera(self) -> Camera:
        corners = json.dumps([list(point) for point in SCENE.zone])
        text = f"""
            [[cameras]]
            id = "camera-1"
            name = {{ zh = "一号" }}
            address = "demo://window"
            windows = ["window-1"]
            zones = [{{ kind = "seat", window = "window-1", polygon = {corners} }}]
        """
        (camera,) = read_cameras(text, "cameras.toml").cameras
        return camera

    def findings(self, cookie: str) -> list[dict[str, Any]]:
        return list(self.hall.read("finding.list", cookie=cookie)["findings"])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    invited = ["--invite", "analyser-1:monitor"]
    hall = RunningHall(tmp_path / "hall", free_port(), invited).start()
    try:
        people = hall.people(["staff-01", "staff-02"])
        always = json.dumps({"id": "hall", "spans": [], "always_open": True})
        fact = {"kind": "opening", "body": always}
        hall.must("fact.save", fact, cookie=people.administrator)
        hall.send("day.open", {"request_id": "day-open-1"}, cookie=people.supervisor)
        hall.must("window.open", {"window_id": "window-1"}, cookie=people.clerks["staff-01"])
        folder = tmp_path / "analyser/references"
        references.take(folder, "camera-1", "noon", [SCENE.empty()] * 5, 1, "张三")
        references.approve(folder, "camera-1", "noon", "李四", 2)
        yield Office(hall, people, tmp_path / "analyser")
    finally:
        hall.stop()


def test_an_empty_seat_reaches_the_supervisor_and_the_clerk_concerned(
    office: Office, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[windows.window-1.limits]\nvacancy_s = 20\n")
    picture = HallPicture()
    link = Link(
        office.hall.url,
        office.data / "station.key",
        "analyser-1",
        "",
        picture.heard_snapshot,
        picture.heard_event,
        picture.heard_state,
        now_ms=wall_ms,
        code_file=office.hall.data / "enrol/analyser-1.code",
    )
    link.start()
    try:
        until(lambda: picture.now)
        recorder = Recorder(tmp_path, 45, wall_ms())
        frames = FeedFrames(tmp_path)
        analyser = Analyser(
            [office.camera()],
            load_rules(rules),
            office.data,
            frames,
            lambda: picture.now,
            wall_ms,
        )

        def has_found() -> bool:
            analyser.turn()
            return bool(analyser.outbox.waiting())

        until(has_found)
        for _ in range(2):  # at least once: a second time is the same finding
            (path,) = analyser.outbox.waiting()
            kept = path.read_bytes()
            done = analyser.outbox.deliver(
                lambda report: link.ask("finding.report", report, FindingReceived)
            )
            assert done == 1
            path.write_bytes(kept)
        frames.close()
    finally:
        link.stop()
    assert recorder.wanted == [encoded(Wanted(stills=True))]
    people = office.people
    (found,) = office.findings(people.supervisor)
    assert (found["rule"], found["state"], found["trial"]) == ("vacancy", "new", True)
    assert (found["window_id"], found["staff_id"]) == ("window-1", "staff-01")
    assert office.findings(people.clerks["staff-01"]) == [found]
    assert office.findings(people.clerks["staff-02"]) == []
    answer = {"finding_id": found["finding_id"], "note": "去库房取表格"}
    office.hall.must("finding.answer", answer, cookie=people.clerks["staff-01"])
    decision = {"finding_id": found["finding_id"], "note": "情况属实，工作需要"}
    office.hall.must("finding.dismiss", decision, cookie=people.supervisor)
    (closed,) = office.findings(people.auditor)
    assert (closed["state"], closed["answer"]) == ("dismissed", "去库房取表格")


def test_what_the_hall_says_of_an_empty_seat_is_done_once_and_told(
    office: Office, tmp_path: Path
) -> None:
    folder, people = office.data / "references", office.people
    picture = HallPicture()
    link = Link(
        office.hall.url,
        office.data / "station.key",
        "analyser-1",
        "",
        picture.heard_snapshot,
        picture.heard_event,
        picture.heard_state,
        now_ms=wall_ms,
        code_file=office.hall.data / "enrol/analyser-1.code",
    )

    def obey(mark: str = "of now") -> dict[str, Any]:
        """By a fresh life each time, which knows only what is on the disk and in the hall."""
        Obeying(link, folder, {"camera-1": mark}).look(wall_ms())
        listed = office.hall.read("reference.list", cookie=people.supervisor)["references"]
        return dict(listed[0])

    link.start()
    try:
        until(lambda: picture.now)
        asked = {"camera_id": "camera-1", "light": "lamps"}
        office.hall.must("reference.ask", asked, cookie=people.administrator)
        assert obey()["state"] == obey()["state"] == "asked"
        takings = Takings(folder, {"camera-1": "of now"})
        frames = [np.full((ROWS, WIDTH), NO_COLOUR, np.uint8) for _ in range(20)]
        for frame in frames:
            frame[:HEIGHT] = SCENE.empty()
        taken = [takings.offer(KeyFrame("camera-1", n, one)) for n, one in enumerate(frames)]
        assert taken.count(True) == 1
        told = obey()
        assert (told["state"], told["asked_by"]) == ("taken", "staff:admin")
        assert obey() == told
        assert {one.note.light for one in references.approved(folder, "camera-1")} == {"noon"}
        named = {"reference_id": told["reference_id"]}
        office.hall.must("reference.look", {**named, "note": "核对"}, cookie=people.supervisor)
        approval = {**named, "sha256": told["sha256"]}
        office.hall.must("reference.approve", approval, cookie=people.supervisor)
        obey()
        used = {one.note.light: one.note for one in references.approved(folder, "camera-1")}
        assert used["lamps"].approved_by == "staff:supervisor"
        assert takings.has_new_approval()
        assert obey("of now") == obey()
        assert obey("drawn anew")["decided_by"] == "station:analyser-1"
        told = obey()
        assert (told["state"], "区域已修改" in told["decision"]) == ("refused", True)
        assert {one.note.light for one in references.approved(folder, "camera-1")} == {"noon"}
        assert takings.has_new_approval()
    finally:
        link.stop()


def test_without_the_hall_nothing_is_judged_by_what_was_declared(tmp_path: Path) -> None:
    data = tmp_path / "data"
    references.take(data / "references", "camera-1", "noon", [SCENE.empty()] * 5, 1, "张三")
    references.approve(data / "references", "camera-1", "noon", "李四", 2)
    Recorder(tmp_path, 60, wall_ms())
    camera = Office(None, None, data).camera()  # type: ignore[arg-type]  # neither is asked
    frames = FeedFrames(tmp_path)
    rules = tmp_path / "rules.toml"
    rules.write_text("[limits]\nvacancy_s = 20\n")
    analyser = Analyser([camera], load_rules(rules), data, frames, lambda: None, wall_ms)
    (view,) = analyser.views["camera-1"]

    def has_seen_all() -> bool:
        analyser.turn()
        return view.look is not None and len(analyser.views) == 1 and frames.is_away

    until(has_seen_all)
    assert view.look is not None
    assert view.look.presence == "absent"
    assert analyser.outbox.waiting() == []
    frames.close()


def test_a_changed_reference_takes_its_camera_out_and_accuses_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "references"
    note = references.take(folder, "camera-1", "noon", [SCENE.empty()] * 5, 1, "张三")
    references.approve(folder, "camera-1", "noon", "李四", 2)
    (folder / note.name).write_bytes(b"another picture")
    camera = Office(None, None, tmp_path).camera()  # type: ignore[arg-type]  # neither is asked
    frames = FolderFrames(tmp_path / "frames")
    analyser = Analyser([camera], load_rules(None), tmp_path, frames, lambda: None, wall_ms)
    (view,) = analyser.views["camera-1"]
    for second in range(10):
        assert view.see(SCENE.frame(second), second * 1000 + 1, HALL_UNKNOWN) == []
    assert view.look is not None
    assert view.look.presence == "unknown"


def test_it_runs_and_stops_as_a_program_and_says_plainly_what_it_cannot_use(
    tmp_path: Path,
) -> None:
    cameras = tmp_path / "cameras.toml"
    words = ["--cameras", str(cameras), "--frames", str(tmp_path / "frames")]
    command = [sys.executable, "-m", "monitor.findings", *words, "--data", str(tmp_path / "data")]
    command += ["--hall", f"http://127.0.0.1:{free_port()}"]
    cameras.write_text("no = 'camera'")
    unfit = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=WITHIN_S
    )
    assert unfit.returncode == os.EX_CONFIG
    assert "摄像机配置" in unfit.stderr
    assert "Traceback" not in unfit.stderr
    cameras.write_text("")
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(command, cwd=ROOT, stderr=log)
        try:
            until((tmp_path / "data/station.key").is_file)
            until(lambda: b"link" in (tmp_path / "log").read_bytes())
            program.terminate()
            assert program.wait(WITHIN_S) == 0
        finally:
            program.kill()
            program.wait()


def test_pictures_left_in_a_folder_are_taken_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "camera-1"
    folder.mkdir()
    for at in (3_000, 1_000, 20_000):
        cv2.imwrite(str(folder / f"{at}.png"), np.full((90, 160), at // 100, np.uint8))
    (folder / "notes.txt").write_text("no picture")
    (folder / "500.png").write_bytes(b"no picture either")
    frames = FolderFrames(tmp_path)
    taken = [frames.take(0.0) for _ in range(4)]
    assert [one and one.at_ms for one in taken] == [1_000, 3_000, 20_000, None]
    assert taken[0] is not None
    assert taken[0].gray.shape == (HEIGHT, WIDTH)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_it_wants_one_source_of_pictures() -> None:
    for words in ([], ["--recorder", "a", "--frames", "b"]):
        with pytest.raises(SystemExit):
            parse(["--cameras", "cameras.toml", *words])
