"""A hall with the monitor's programs as they run, on a small disk of their own, in a faster time.

What takes a minute until somebody is told takes a few seconds here: hall, recorder, analyser and
station all go by a clock that runs ``RATE`` times as fast.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from drawn_recording import ended, recorded
from export_office import Office
from pushed_camera import SEED, PushedCameras, pushed_cameras
from running_hall import ROOT, RunningHall, free_port
from scenes import Scene
from small_disk import small_disk

from monitor.cameras.camera import RecordingRules, load_cameras
from monitor.exporting.door import Exports
from monitor.findings import references
from monitor.live.door import LiveServer
from monitor.live.room import ShownCameras
from monitor.live.word import HallsWord
from monitor.recording.archive import Archive
from monitor.recording.index.archive_index import ArchiveIndex

RATE = 6
DRAWN_S = 24
DISK_BYTES = 24_000_000
WATCHED = ("covered", "dark", "moved", "frozen", "defocused")
RECORDED = """
[recording]
networks = ["127.0.0.0/8"]

[[cameras]]
id = "a"
name = { zh = "1号窗口", en = "Window 1" }
address = "demo://a?clerk=always"
windows = ["window-1"]
schedule = "always"
zones = [{ kind = "mask", polygon = [[0.5, 0], [1, 0], [1, 1]] }]
"""
PUSHED = """
[[cameras]]
id = "{id}"
name = {{ zh = "{id}", en = "{id}" }}
address = "{address}"
schedule = "never"
zones = [{{ kind = "seat", polygon = {seat} }}]
"""
PATHS = f"{ROOT / 'tests/support/other_time'}:{ROOT}"


class Programs:
    """Of one monitor, by name; each can be killed and started again."""

    def __init__(self, folder: Path, clock: str, words: dict[str, list[str]]) -> None:
        """``clock``: see ``other_time``."""
        self._folder, self._words = folder, words
        self._environment = {**os.environ, "PYTHONPATH": PATHS, "HALL_FASTER": clock}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """It tells its log."""
        steady = {"HALL_FASTER_STEADY": "1"} if name != "monitor.findings" else {}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", name, *self._words[name]],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env=self._environment | steady,
            )

    def number(self, name: str) -> int:
        """Of its process."""
        return self._running[name].pid

    def kill(self, name: str) -> None:
        """Without a word, and nobody starts it again."""
        self._running[name].kill()
        self._running[name].wait()

    def stop(self) -> None:
        """All of them."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(20)


@dataclass
class MonitorRun(Office):
    """See the module; ``data`` is on the small disk."""

    programs: Programs
    cameras: PushedCameras
    disk: Path

    def index(self) -> ArchiveIndex:
        """The recorder's own."""
        return ArchiveIndex(self.data / "index.db")

    def free_bytes(self) -> int:
        """Of the small disk."""
        told = os.statvfs(self.disk)
        return told.f_bavail * told.f_frsize

    @contextmanager
    def ballast(self, left_bytes: int) -> Iterator[None]:
        """Somebody else's file takes the disk until only so much is left, and keeps it so."""
        over = threading.Event()
        file = self.disk / "ballast"

        def fill() -> None:
            with file.open("ab", buffering=0) as opened:
                while not over.wait(0.02):
                    with suppress(OSError):
                        opened.write(bytes(max(0, self.free_bytes() - left_bytes)))

        filling = threading.Thread(target=fill)
        filling.start()
        try:
            yield
        finally:
            over.set()
            filling.join()
            file.unlink()


def stated(cameras: PushedCameras, analysed: Path) -> str:
    """The file of the cameras; empty seats of the watched ones are known and approved."""
    scene = Scene(SEED)
    text, seat = RECORDED, json.dumps([list(point) for point in scene.zone])
    for name in WATCHED:
        text += PUSHED.format(id=name, address=cameras.address(name), seat=seat)
        references.take(analysed / "references", name, "noon", [scene.empty()] * 5, 1, "张三")
        references.approve(analysed / "references", name, "noon", "李四", 2)
    return text


def words_of(hall: RunningHall, folder: Path, data: Path, page_port: int, live: str) -> Programs:
    """The programs, by the hall's clock as it is read now."""
    analysed, cameras = folder / "analyser-1", ["--cameras", str(folder / "cameras.toml")]
    line = ["--hall", hall.url]
    codes = hall.data / "enrol"
    at_ns, shown_ms = time.time_ns(), int(hall.read("hall.snapshot")["at"])
    words = {
        "monitor.recorder": [*cameras, "--data", str(data)],
        "monitor.findings": [*cameras, *line, "--recorder", str(data), "--data", str(analysed)],
        "monitor": [*cameras, *line, "--data", str(data), "--analyser", str(analysed)],
    }
    words["monitor.findings"] += ["--code-file", str(codes / "analyser-1.code")]
    words["monitor"] += ["--code-file", str(codes / "monitor-1.code"), "--live", live]
    words["monitor"] += ["--port", str(page_port), "--pages", str(ROOT / "build/web")]
    return Programs(folder, f"{at_ns} {shown_ms * 1_000_000} {RATE}", words)


@contextmanager
def monitor_run(folder: Path) -> Iterator[MonitorRun]:
    """Everything running; nothing is wrong with any camera, and one has been recorded before."""
    start_ms = time.time_ns() // 1_000_000
    arguments = ["--clock-start", str(start_ms), "--clock-rate", str(RATE), "--no-limits"]
    arguments += ["--invite", "monitor-1:monitor", "--invite", "analyser-1:monitor"]
    hall = RunningHall(folder / "hall", free_port(), arguments)
    with small_disk(folder / "disk", str(DISK_BYTES)) as disk, pushed_cameras() as cameras:
        data, port = disk / "monitor-1", free_port()
        text = stated(cameras, folder / "analyser-1")
        (folder / "cameras.toml").write_text(text, encoding="utf-8")
        archive = Archive(data, RecordingRules(), free=lambda _folder: 0.5)
        ended(recorded(archive, data, DRAWN_S, start_ms - 600_000))
        archive.seal(start_ms)
        archive.index.close()
        hall.start()
        page = f"http://127.0.0.1:{port}"
        began_ms, began_s = int(hall.read("hall.snapshot")["at"]), time.monotonic()

        def now_ms() -> int:
            return began_ms + int((time.monotonic() - began_s) * 1000) * RATE

        word = HallsWord(hall.url, now_ms)
        shown = ShownCameras(load_cameras(folder / "cameras.toml").cameras)
        door = LiveServer(("127.0.0.1", 0), shown, word, page, [Exports(data)])
        threading.Thread(target=door.serve_forever, daemon=True).start()
        live = f"http://127.0.0.1:{door.server_address[1]}"
        programs = words_of(hall, folder, data, port, live)
        for name in ("monitor.recorder", "monitor.findings", "monitor"):
            programs.start(name)
        try:
            people = hall.people([])
            number = door.server_address[1]
            yield MonitorRun(hall, people, data, page, number, programs, cameras, disk)
        finally:
            programs.stop()
            door.shutdown()
            door.server_close()
            hall.stop()
