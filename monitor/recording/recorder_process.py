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
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import msgspec

from config.opening import Calendar
from monitor.alerts.signs import RECORDER, Keeper
from monitor.cameras.camera import (
    Address,
    Camera,
    CameraFile,
    RecordingRules,
    Schedule,
    ZoneKind,
)
from monitor.cameras.clocks import ASK_EVERY_S, CameraClocks
from monitor.cameras.placed import note as note_placed
from monitor.cameras.polygon import Polygon
from monitor.cameras.sources import mono_ms
from monitor.cameras.stated import StatedCameras
from monitor.cameras.watcher import Watcher, wall_ms
from monitor.feed.packets import CALENDAR, Quality
from monitor.feed.server import Feed
from monitor.recording.archive import SEAL_EVERY_MS, Archive
from monitor.recording.forecast import sign_of
from monitor.recording.index.archive_index import IndexFault
from monitor.recording.index.leaving import count_deleted
from monitor.recording.recording import Recording

LOOK_S = 0.5
COUNT_EVERY_MS = 3_600_000
"""What has been deleted is told to the ledger each hour, not file by file; at once where the rules
have been changed by a person."""
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

    def go_by(self, margin_minutes: int) -> None:
        """Record so long before and after from now on."""
        self._margin = margin_minutes

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


@dataclass(frozen=True)
class Wanted:
    """What of a camera the recorder goes by; a camera renamed is recorded on without a break."""

    address: Address
    sub_address: Address
    schedule: Schedule
    masks: tuple[Polygon, ...]
    networks: tuple[str, ...]
    files: str


def wanted(camera: Camera, rules: RecordingRules) -> Wanted:
    """Of a camera as it is stated, and where it may be."""
    return Wanted(
        address=camera.address,
        sub_address=camera.sub_address,
        schedule=camera.schedule,
        masks=tuple(camera.polygons(ZoneKind.MASK)),
        networks=rules.networks,
        files=rules.files,
    )


class Recorder:
    """All cameras of one file. ``start`` once, ``work`` until asked to stop, ``stop`` once."""

    def __init__(self, stated: StatedCameras, cameras: CameraFile, data: Path) -> None:
        """``data`` is the folder of recordings, index and socket."""
        data.mkdir(parents=True, exist_ok=True)
        self._data = data
        self._stated, self._cameras = stated, cameras
        self._archive = Archive(data, cameras.recording)
        self._feed = Feed(data)
        self._hours = Hours(data / CALENDAR, cameras.recording.margin_minutes)
        self._clocks = CameraClocks(data, cameras, wall_ms, ASK_EVERY_S)
        self._watchers = {one.id: self._watching(one) for one in cameras.cameras}
        self._due_ms: dict[str, int] = {}
        self._keeper = Keeper(
            data / RECORDER, lambda at: sign_of(self._archive, self._cameras.recording, at)
        )

    def _watching(self, camera: Camera) -> list[Watcher]:
        """One for each of the camera's streams, not started."""
        recording = Recording(camera, self._archive, self._feed, self._hours.is_hour)
        streams = ((Quality.MAIN, camera.address), (Quality.SUB, camera.sub_address))
        return [
            Watcher(
                camera.id,
                quality,
                address,
                self._cameras.recording,
                recording,
                tells_time=partial(self._clocks.told, camera.id),
            )
            for quality, address in streams
            if address
        ]

    def start(self) -> None:
        """Mend what is left of an earlier life, then listen to all cameras."""
        try:
            self._mend()
        except (OSError, IndexFault) as error:
            log.warning("暂不能录像 nothing can be recorded yet: %s", error)
        self._note_placed()
        self._hours.look()
        self._feed.start()
        for watcher in self._all():
            watcher.start()
        self._clocks.start()

    def work(self, asked_to_stop: threading.Event) -> None:
        """Watch the watchers; keep the archive between."""
        keeping = threading.Thread(target=self._keep, args=(asked_to_stop,), name="keeper")
        keeping.start()
        while not asked_to_stop.wait(LOOK_S):
            for watcher in self._all():
                watcher.look()
        keeping.join()

    def stop(self) -> None:
        """End every file properly and tell the readers."""
        self._clocks.stop()
        _end(self._all())
        self._feed.stop()
        with suppress(OSError, IndexFault):
            self._archive.seal(wall_ms())
            self._archive.index.make_seal(wall_ms())
        self._archive.index.close()

    def _keep(self, asked_to_stop: threading.Event) -> None:
        """Everything that may wait for the disk, away from cameras and watchdog."""
        while not asked_to_stop.wait(LOOK_S):
            if stated := self._stated.look():
                self._take_over(stated)
            try:
                self._keeper.look(wall_ms())
                if self._due("sync", SYNC_EVERY_MS):
                    self._archive.sync()
                    self._hours.look()
                if self._due("keep", KEEP_EVERY_MS):
                    # First room, without which the index takes nothing.
                    self._archive.look_for_room(wall_ms())
                    if not self._archive.is_mended:
                        self._mend()
                    self._note_placed()
                    self._archive.seal(wall_ms())
                if self._due("forget", FORGET_EVERY_MS):
                    self._archive.forget(wall_ms())
                if self._due("count", COUNT_EVERY_MS):
                    count_deleted(self._archive.index, wall_ms())
                if self._due("seal", SEAL_EVERY_MS):
                    self._archive.index.make_seal(wall_ms())
            except (OSError, IndexFault) as error:
                log.warning("archive: %s", error)

    def _mend(self) -> None:
        if left := self._archive.recover(wall_ms()):
            log.warning("%s 个录像文件在异常退出后修复 files mended after a crash", left)

    def _note_placed(self) -> None:
        """Which windows the cameras show; a disk that will not have it is asked again."""
        try:
            note_placed(self._data, self._cameras.cameras, wall_ms())
        except OSError as error:
            log.warning("placed: %s", error)

    def _all(self) -> list[Watcher]:
        """The watchers of this moment; the keeper may exchange some meanwhile."""
        return [one for watching in [*self._watchers.values()] for one in watching]

    def _take_over(self, stated: CameraFile) -> None:
        """Begin and end what has changed; all other cameras are recorded on, undisturbed."""
        before = {one.id: wanted(one, self._cameras.recording) for one in self._cameras.cameras}
        now = {one.id: wanted(one, stated.recording) for one in stated.cameras}
        if stated.recording != self._cameras.recording:
            self._go_by(stated.recording)
        self._cameras = stated
        self._note_placed()
        self._clocks.state(stated)
        over = {name for name in before if before[name] != now.get(name)}
        _end([one for name in over for one in self._watchers[name]])
        kept = {name: one for name, one in self._watchers.items() if name not in over}
        fresh = {one.id: self._watching(one) for one in stated.cameras if one.id not in kept}
        self._watchers = kept | fresh
        for watching in fresh.values():
            for watcher in watching:
                watcher.start()
        log.info("摄像机配置已更新 cameras: %s begun, %s ended", len(fresh), len(over))

    def _go_by(self, rules: RecordingRules) -> None:
        """Keep, and record by the calendar, as is stated now; without delay."""
        self._archive.go_by(rules)
        self._hours.go_by(rules.margin_minutes)
        for at_once in ("forget", "count"):
            self._due_ms.pop(at_once, None)
        log.info("录像规则已更新 recording rules: kept for %s days", rules.retention_days)

    def _due(self, name: str, every_ms: int) -> bool:
        now_ms = mono_ms()
        is_due = now_ms >= self._due_ms.get(name, 0)
        if is_due:
            self._due_ms[name] = now_ms + every_ms
        return is_due


def _end(watchers: list[Watcher]) -> None:
    """Let go of these cameras, together, within the time given."""
    for watcher in watchers:
        watcher.ask_to_stop()
    end_s = time.monotonic() + STOP_WITHIN_S
    for watcher in watchers:
        watcher.stop(max(0.0, end_s - time.monotonic()))
