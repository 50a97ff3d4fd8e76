"""A hall, its monitor with a drawn recording, the page and the door: for exports.

The hall's clock runs faster, because it signs a checkpoint each minute; the station's goes with it.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from drawn_recording import BEGAN_MS, ended, recorded
from running_hall import ROOT, People, RunningHall, free_port

from monitor.cameras.camera import RecordingRules, load_cameras
from monitor.exporting.door import Exports
from monitor.live.door import LiveServer
from monitor.live.room import ShownCameras
from monitor.live.word import HallsWord
from monitor.pages import MonitorServer, Premises
from monitor.recording.archive import Archive
from monitor.station import Settings, Station

CAMERAS = """
[[cameras]]
id = "a"
name = { zh = "1号窗口", en = "Window 1" }
address = "demo://a"
windows = ["window-1"]
zones = [{ kind = "mask", polygon = [[0.5, 0], [1, 0], [1, 1]] }]
"""
RECORDED_S = 8
RATE = 6
WITHIN_S = 90.0


@dataclass
class Office:
    """See the module."""

    hall: RunningHall
    people: People
    data: Path
    page: str
    door: int

    def ask(self, **changed: object) -> int:
        """The auditor asks."""
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
        """The supervisor approves."""
        told = {"export_id": export_id, "note": "情况属实"}
        self.hall.must("export.approve", told, cookie=self.people.supervisor)

    def one(self, export_id: int) -> dict[str, Any]:
        """An export as it stands."""
        listed = self.hall.read("export.list", cookie=self.people.auditor)["exports"]
        return next(dict(one) for one in listed if one["export_id"] == export_id)

    def ended(self, export_id: int) -> dict[str, Any]:
        """The export once it has been made, or could not be."""
        deadline_s = time.monotonic() + WITHIN_S
        while (one := self.one(export_id))["state"] == "approved":
            assert time.monotonic() < deadline_s, one
            time.sleep(0.1)
        return one

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the ledger holds of one kind."""
        told = self.hall.read("events.read", cookie=self.people.auditor, after=0, limit=500)
        return [dict(one) for one in told["events"] if one["type"] == kind]

    def token(self, export_id: int) -> str:
        """The hall's word to fetch this export, for the auditor who asked for it."""
        wanted = {"export_id": export_id}
        return str(self.hall.must("export.download", wanted, cookie=self.people.auditor)["token"])

    def fetch(
        self, export_id: int, word: str, *, method: str = "POST", origin: str = ""
    ) -> tuple[int, bytes]:
        """Status and file, as the page's form gets them."""
        headers = {"Origin": origin or self.page}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({"token": word}) if method == "POST" else None
        if method == "HEAD":
            headers["Authorization"] = f"Bearer {word}"
        with closing(http.client.HTTPConnection("127.0.0.1", self.door, timeout=10)) as line:
            line.request(method, f"/exports/{export_id}", body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()

    def sealed(self, kind: str) -> None:
        """The hall's checkpoint covers the newest event of this kind."""
        seq = self.events(kind)[-1]["seq"]
        deadline_s = time.monotonic() + WITHIN_S
        while self.hall.read("ledger.checkpoint")["size"] < seq:
            assert time.monotonic() < deadline_s
            time.sleep(0.1)


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Everything running, with people in it."""
    data, cameras = folder / "monitor", folder / "cameras.toml"
    archive = Archive(data, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, data, RECORDED_S))
    archive.seal(BEGAN_MS)
    archive.index.close()
    cameras.write_text(CAMERAS)
    start_ms = str(time.time_ns() // 1_000_000)
    arguments = ["--clock-start", start_ms, "--clock-rate", str(RATE), "--no-limits"]
    hall = RunningHall(
        folder / "hall", free_port(), [*arguments, "--invite", "monitor-1:monitor"]
    ).start()

    began_ms, began_s = int(hall.read("hall.snapshot")["at"]), time.monotonic()

    def now_ms() -> int:
        return began_ms + int((time.monotonic() - began_s) * 1000) * RATE

    port = free_port()
    page = f"http://127.0.0.1:{port}"
    code = folder / "hall/enrol/monitor-1.code"
    settings = Settings(hall.url, "monitor-1", data, page, code_file=code, cameras=cameras)
    station = Station(settings, now_ms)
    word, stated = HallsWord(hall.url, now_ms), ShownCameras(load_cameras(cameras).cameras)
    door = LiveServer(("127.0.0.1", 0), stated, word, page, [Exports(data)])
    live_url = f"http://127.0.0.1:{door.server_address[1]}"
    server = MonitorServer(("127.0.0.1", port), Premises(station, ROOT / "build/web", live_url))
    for one in (door, server):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    station.start()
    try:
        yield Office(hall, hall.people([]), data, page, door.server_address[1])
    finally:
        for one in (door, server):
            one.shutdown()
            one.server_close()
        station.stop()
        hall.stop()
