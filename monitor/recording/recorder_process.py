"""The recorder's process: all cameras of one file, about sixteen, and the keeping between.

Plain threads and no web server. It knows no hall: what hours to record it reads from a file that
the monitor's station leaves beside it, and the station tells the hall how the archive stands. A
recorder that ends unasked is started again, and mends what it left.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

import av
import msgspec

from config.opening import Calendar
from monitor.cameras.camera import CameraFile
from monitor.cameras.placed import note as note_placed
from monitor.cameras.watcher import Watcher, mono_ms, wall_ms
from monitor.feed.packets import CALENDAR, Quality
from monitor.feed.server import Feed
from monitor.recording.archive import SEAL_EVERY_MS, Archive
from monitor.recording.index.archive_index import IndexFault
from monitor.recording.index.leaving import count_deleted
from monitor.recording.recording import Recording

LOOK_S = 0.5
COUNT_EVERY_MS = 6 * 3_600_000
"""What has been deleted is told to the ledger a few times a day, not file by file."""
SYNC_EVERY_MS, KEEP_EVERY_MS, FORGET_EVERY_MS = 5_000, 5_000, 60_000
STOP_WITHIN_S = 2.0

log = logging.getLogger(__name__)


def silence_library() -> None:
    """It would print addresses, and so passwords, on its own.

    No level: with any, each of its messages waits for the interpreter before it is thrown away.
    """
    av.logging.set_level(None)


class Hours:
    """The hall's calendar as last heard, read again when the file has changed."""

    def __init__(self, file: Path, margin_minutes: int) -> None:
        """``file`` may come later."""
        self._file, self._margin = file, margin_minutes
        self._calendar: Calendar | None = None
        self._stamp = 0

    def look(self) -> None:
        """Read what is new."""
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._calendar = msgspec.json.decode(self._file.read_bytes(), type=Calendar)
                self._stamp = stamp
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s: %s", self._file, error)

    def is_hour(self, at_ms: int) -> bool:
        """Whether to record; while no calendar is known, always."""
        return self._calendar is None or self._calendar.is_about_open(at_ms, self._margin)


class Recorder:
    """All cameras of one file. ``start`` once, ``work`` until asked to stop, ``stop`` once."""

    def __init__(self, cameras: CameraFile, data: Path) -> None:
        """``data`` is the folder of recordings, index and socket."""
        data.mkdir(parents=True, exist_ok=True)
        note_placed(data, cameras.cameras, wall_ms())
        self._archive = Archive(data, cameras.recording)
        self._feed = Feed(data)
        self._hours = Hours(data / CALENDAR, cameras.recording.margin_minutes)
        self._watchers: list[Watcher] = []
        for camera in cameras.cameras:
            recording = Recording(camera, self._archive, self._feed, self._hours.is_hour)
            streams = ((Quality.MAIN, camera.address), (Quality.SUB, camera.sub_address))
            self._watchers += [
                Watcher(camera.id, quality, address, cameras.recording, recording)
                for quality, address in streams
                if address
            ]
        self._due_ms: dict[str, int] = {}

    def start(self) -> None:
        """Mend what is left of an earlier life, then listen to all cameras."""
        if left := self._archive.recover(wall_ms()):
            log.warning("%s 个录像文件在异常退出后修复 files mended after a crash", left)
        self._hours.look()
        self._feed.start()
        for watcher in self._watchers:
            watcher.start()

    def work(self, asked_to_stop: threading.Event) -> None:
        """Watch the watchers; keep the archive between."""
        keeping = threading.Thread(target=self._keep, args=(asked_to_stop,), name="keeper")
        keeping.start()
        while not asked_to_stop.wait(LOOK_S):
            for watcher in self._watchers:
                watcher.look()
        keeping.join()

    def stop(self) -> None:
        """End every file properly and tell the readers."""
        for watcher in self._watchers:
            watcher.ask_to_stop()
        end_s = time.monotonic() + STOP_WITHIN_S
        for watcher in self._watchers:
            watcher.stop(max(0.0, end_s - time.monotonic()))
        self._feed.stop()
        with suppress(OSError, IndexFault):
            self._archive.seal(wall_ms())
            self._archive.index.make_seal(wall_ms())
        self._archive.index.close()

    def _keep(self, asked_to_stop: threading.Event) -> None:
        """Everything that may wait for the disk, away from cameras and watchdog."""
        while not asked_to_stop.wait(LOOK_S):
            try:
                if self._due("sync", SYNC_EVERY_MS):
                    self._archive.sync()
                    self._hours.look()
                if self._due("keep", KEEP_EVERY_MS):
                    self._archive.seal(wall_ms())
                    self._archive.look_for_room(wall_ms())
                if self._due("forget", FORGET_EVERY_MS):
                    self._archive.forget(wall_ms())
                if self._due("seal", SEAL_EVERY_MS):
                    self._archive.index.make_seal(wall_ms())
                if self._due("count", COUNT_EVERY_MS):
                    count_deleted(self._archive.index, wall_ms())
            except (OSError, IndexFault) as error:
                log.warning("archive: %s", error)

    def _due(self, name: str, every_ms: int) -> bool:
        now_ms = mono_ms()
        is_due = now_ms >= self._due_ms.get(name, 0)
        if is_due:
            self._due_ms[name] = now_ms + every_ms
        return is_due
