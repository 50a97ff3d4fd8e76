"""An export from asking to fetching, with a really running hall, station and maker."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from drawn_recording import BEGAN_MS, ended, recorded
from running_hall import ROOT, People, RunningHall, free_port
from sqlalchemy import select

from monitor.cameras.camera import RecordingRules, load_cameras
from monitor.exporting.check import Verdict
from monitor.feed.frames import FeedFrames
from monitor.feed.latest import LatestPictures
from monitor.feed.server import connect
from monitor.live.door import HallsWord, LiveServer
from monitor.live.stream import LiveStreams
from monitor.recording.archive import Archive
from monitor.recording.index.archive_index import ArchiveIndex
from monitor.recording.index.tables import hold_table
from monitor.station import Settings, Station

CAMERAS = """
[[cameras]]
id = "a"
name = { zh = "一" }
address = "demo://a"
windows = ["window-1"]
zones = [{ kind = "mask", polygon = [[0.5, 0], [1, 0], [1, 1]] }]
"""
PAGE = "http://127.0.0.1:8083"
RATE = 10
"""The hall signs a checkpoint each minute of its clock."""
WITHIN_S = 90.0


@dataclass
class Office:
    """A hall, its monitor, two who oversee, and the door."""

    hall: RunningHall
    people: People
    data: Path
    door: int

    def ask(self, **changed: object) -> int:
        wish = {
            "window_id": "window-1",
            "begins_at": BEGAN_MS + 1_500,
            "ends_at": BEGAN_MS + 5_000,
            "purpose": "complaint",
            "copy": "plain",
            "note": "核实投诉",
            **changed,
        }
        return int(self.hall.must("export.ask", wish, cookie=self.people.auditor)["export_id"])

    def approve(self, export_id: int) -> None:
        told = {"export_id": export_id, "note": "情况属实"}
        self.hall.must("export.approve", told, cookie=self.people.supervisor)

    def one(self, export_id: int) -> dict[str, Any]:
        listed = self.hall.read("export.list", cookie=self.people.auditor)["exports"]
        return next(one for one in listed if one["export_id"] == export_id)

    def ended(self, export_id: int) -> dict[str, Any]:
        deadline_s = time.monotonic() + WITHIN_S
        while (one := self.one(export_id))["state"] == "approved":
            assert time.monotonic() < deadline_s, one
            time.sleep(0.1)
        return one

    def sealed(self, kind: str) -> None:
        """The hall's checkpoint covers the newest event of this kind."""
        told = self.hall.read("events.read", cookie=self.people.auditor, after=0, limit=500)
        seq = max(one["seq"] for one in told["events"] if one["type"] == kind)
        deadline_s = time.monotonic() + WITHIN_S
        while self.hall.read("ledger.checkpoint")["size"] < seq:
            assert time.monotonic() < deadline_s
            time.sleep(0.1)

    def token(self, export_id: int) -> str:
        told = self.hall.must(
            "export.download", {"export_id": export_id}, cookie=self.people.auditor
        )
        return str(told["token"])

    def fetch(
        self, export_id: int, token: str, *, method: str = "POST", origin: str = PAGE
    ) -> tuple[int, bytes]:
        headers = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"token": token}) if method == "POST" else None
        if method == "HEAD":
            headers["Authorization"] = f"Bearer {token}"
        with closing(http.client.HTTPConnection("127.0.0.1", self.door, timeout=10)) as line:
            line.request(method, f"/exports/{export_id}", body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    data = folder / "monitor"
    archive = Archive(data, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, data, 8))
    archive.seal(BEGAN_MS)
    archive.index.close()
    cameras = folder / "cameras.toml"
    cameras.write_text(CAMERAS)
    began_ms, began_s = time.time_ns() // 1_000_000, time.monotonic()
    clock = ["--clock-start", str(began_ms), "--clock-rate", str(RATE), "--no-limits"]
    invite = ["--invite", "monitor-1:monitor"]
    hall = RunningHall(folder / "hall", free_port(), [*clock, *invite]).start()

    def now_ms() -> int:
        return began_ms + int((time.monotonic() - began_s) * 1000) * RATE

    code = folder / "hall/enrol/monitor-1.code"
    settings = Settings(hall.url, "monitor-1", data, PAGE, code_file=code, cameras=cameras)
    station = Station(settings, now_ms)
    streams = LiveStreams(lambda camera: connect(data, camera))
    pictures = LatestPictures(lambda: FeedFrames(data))
    word = HallsWord(hall.url, now_ms)
    door = LiveServer(
        ("127.0.0.1", 0), load_cameras(cameras).cameras, pictures, streams, word, PAGE, data
    )
    threading.Thread(target=door.serve_forever, daemon=True).start()
    station.start()
    try:
        yield Office(hall, hall.people([]), data, door.server_address[1])
    finally:
        door.shutdown()
        door.server_close()
        streams.stop()
        station.stop()
        hall.stop()


def test_asked_approved_made_fetched_and_proved_with_the_halls_key(
    office: Office, tmp_path: Path
) -> None:
    export_id = office.ask()
    held(office, 1)
    office.approve(export_id)
    made = office.ended(export_id)
    assert (made["state"], made["permille"], made["station_id"]) == ("made", 1000, "monitor-1")
    held(office, 0)
    status, body = office.fetch(export_id, office.token(export_id))
    assert (status, len(body)) == (200, made["bytes"])
    file, ledger = tmp_path / "fetched.zip", tmp_path / "ledger"
    file.write_bytes(body)
    key = office.hall.read("ledger.checkpoint")["verifier_key"]
    office.sealed("export.made")
    words = [sys.executable, "-m", "hall_server.ledger", "export", str(ledger)]
    words += ["--data", str(office.hall.data)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)

    def checked(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "monitor.clip", "--check", str(file), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, told = checked("--key", key, "--ledger", str(ledger))
    assert (code, "✗" in told) == (Verdict.TRUE, False), told
    other = key.rpartition("+")[0] + "+AZp8mZ0q7pYdJ1hR0m3Yg7yGQq0l7h4w6o2kq3v1fCk5"
    code, told = checked("--key", other, "--ledger", str(ledger))
    assert code != Verdict.TRUE, told
    for path in (ledger / "events").iterdir():
        path.write_bytes(path.read_bytes().replace(made["sha256"].encode(), b"0" * 64))
    code, told = checked("--key", key, "--ledger", str(ledger))
    assert code == Verdict.WRONG
    assert "清单与台账记录的哈希不符" in told


def held(office: Office, wanted: int) -> None:
    """The archive's index knows what may not go, within seconds."""
    index = ArchiveIndex(office.data / "index.db")
    deadline_s = time.monotonic() + WITHIN_S
    while (found := len(holds(index))) != wanted:
        assert time.monotonic() < deadline_s, found
        time.sleep(0.1)
    index.close()


def holds(index: ArchiveIndex) -> list[Any]:
    with index.look() as connection:
        return list(connection.execute(select(hold_table)))


def test_a_masked_copy_is_made_as_well(office: Office) -> None:
    export_id = office.ask(copy="masked")
    office.approve(export_id)
    made = office.ended(export_id)
    assert made["state"] == "made", made


def test_what_cannot_be_made_says_why(office: Office) -> None:
    hour = 3_600_000
    gone = office.ask(begins_at=BEGAN_MS - hour, ends_at=BEGAN_MS - hour + 60_000)
    office.approve(gone)
    assert office.ended(gone)["failure"] == "nothing"


def test_the_door_gives_an_export_to_nobody_else(office: Office) -> None:
    first, second = office.ask(), office.ask()
    for export_id in (first, second):
        office.approve(export_id)
        assert office.ended(export_id)["state"] == "made"
    token = office.token(first)
    assert office.fetch(first, token, method="HEAD")[0] == 200
    assert office.fetch(second, token)[0] == 403
    assert office.fetch(first, "")[0] == 401
    assert office.fetch(first, token[:-4] + "AAAA")[0] == 401
    assert office.fetch(first, token, origin="http://evil.example")[0] == 403
    looking = office.hall.must(
        "camera.admit",
        {"camera_ids": ["a"], "note": "日常巡查"},
        cookie=office.people.supervisor,
    )["token"]
    assert office.fetch(first, looking)[0] == 403, "a word for looking fetches nothing"
    (office.data / f"exports/{first}.zip").unlink()
    assert office.fetch(first, token)[0] == 410
