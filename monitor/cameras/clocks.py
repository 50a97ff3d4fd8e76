"""What time the cameras have: asked of each that states its ONVIF service, left for whoever judges.

The recorder asks, a camera after the other, in a thread that nothing waits for, and leaves
``clocks.json`` beside its recordings; the analyser reads it (``Clocks``) and raises
``HealthTest.CLOCK_SKEW``. The question needs no account. Of a camera without that service it is
what its stream tells (``told_time.py``). Recordings go by this machine's clock alone: a camera's is
only what stands in its picture.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from monitor.cameras.camera import CameraFile
from monitor.faults import CameraFault
from monitor.onvif.device import NOBODY, Device

CLOCKS = "clocks.json"
ASK_EVERY_S = 300.0
BELIEVED_MS = 1_800_000
"""An answer older than this says nothing of now."""
CHANGED_MS = 1_000
"""What a stream tells is written down again when it has changed so much, and else as often as
cameras are asked."""

log = logging.getLogger(__name__)


class Skew(Struct, frozen=True, kw_only=True):
    """How far a camera's clock was ahead of ours, and when it was asked."""

    skew_ms: int
    at_ms: int


class CameraClocks:
    """Asks. ``start`` once, ``stop`` once, ``state`` whenever the cameras have changed."""

    def __init__(
        self, folder: Path, cameras: CameraFile, wall: Callable[[], int], every_s: float
    ) -> None:
        """``folder`` is the recorder's."""
        self._file, self._cameras, self._wall, self._every_s = (
            folder / CLOCKS,
            cameras,
            wall,
            every_s,
        )
        self._known: dict[str, Skew] = {}
        self._told: dict[str, Skew] = {}
        self._changed, self._is_over = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="clocks", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def state(self, cameras: CameraFile) -> None:
        """Ask these from now on, at once."""
        self._cameras = cameras
        self._changed.set()

    def told(self, camera_id: str, skew_ms: int) -> None:
        """What a camera's stream tells; from any thread, which does not wait."""
        at_ms, before = self._wall(), self._told.get(camera_id)
        if before is None or abs(skew_ms - before.skew_ms) > CHANGED_MS:
            log.info("%s: 码流所报时钟相差 its stream's clock is %+d ms off", camera_id, skew_ms)
        elif at_ms - before.at_ms < self._every_s * 1000:
            return
        self._told[camera_id] = Skew(skew_ms=skew_ms, at_ms=at_ms)
        self._changed.set()

    def stop(self) -> None:
        """Ask no more; an answer that is still awaited is awaited by nobody."""
        self._is_over = True
        self._changed.set()

    def _run(self) -> None:
        asked, due_s = None, 0.0
        while not self._is_over:
            self._changed.clear()
            if self._cameras is not asked or time.monotonic() >= due_s:
                asked, due_s = self._cameras, time.monotonic() + self._every_s
                self._ask_all(asked)
            self._leave(asked)
            self._changed.wait(max(0.0, due_s - time.monotonic()))

    def _ask_all(self, stated: CameraFile) -> None:
        asked = [one for one in stated.cameras if one.device]
        names = {one.id for one in asked}
        self._known = {name: skew for name, skew in self._known.items() if name in names}
        for camera in asked:
            if self._is_over:
                return
            try:
                device = Device(camera.device, NOBODY, stated.recording, wall=self._wall)
                skew_ms = device.clock_skew_ms()
            except CameraFault as fault:
                log.info("%s: %s", camera.id, fault)
                continue
            if skew_ms is not None:
                self._known[camera.id] = Skew(skew_ms=skew_ms, at_ms=self._wall())

    def _leave(self, stated: CameraFile) -> None:
        told = dict(self._told)
        silent = [one.id for one in stated.cameras if not one.device and one.id in told]
        known = self._known | {name: told[name] for name in silent}
        fresh = self._file.with_suffix(".new")
        with suppress(OSError):  # a full disk has its own alarm
            fresh.write_bytes(msgspec.json.encode(known))
            fresh.replace(self._file)


class Clocks:
    """Reads what was asked."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is the recorder's; the file may come later."""
        self._file = folder / CLOCKS
        self._stamp = 0
        self._known: dict[str, Skew] = {}

    def skew_ms(self, camera_id: str, now_ms: int) -> int:
        """How far the camera's clock is ahead; 0 where nothing is known of now."""
        try:
            stamp = self._file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._known = msgspec.json.decode(self._file.read_bytes(), type=dict[str, Skew])
                self._stamp = stamp
        except (OSError, msgspec.DecodeError):
            return 0
        skew = self._known.get(camera_id)
        return skew.skew_ms if skew and abs(now_ms - skew.at_ms) < BELIEVED_MS else 0
