"""The camera file as it stands: read when a program begins, and again whenever it has changed.

It is changed by the engineer's editor or by the page (``monitor/setting_up``), which replaces it
whole. A file with faults changes nothing: what was read before goes on, and the faults are told
once.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from config.faults import FaultyFactsError
from monitor.cameras.camera import CameraFile, load_cameras

WAIT_S = 1.0
Stamp = tuple[int, int, int]
NEVER: Stamp = (0, 0, 0)

log = logging.getLogger(__name__)


class StatedCameras:
    """One file. Not for several threads."""

    def __init__(self, path: Path) -> None:
        """Nothing has been read yet."""
        self._path, self._stamp = path, NEVER

    def first(self, asked_to_stop: threading.Event) -> CameraFile | None:
        """What is stated; waits for a file that is not there yet, None when asked to stop.

        Raises ``FaultyFactsError`` and ``OSError``: who begins tells the engineer at once.
        """
        if not self._path.exists():
            log.info("尚无摄像机配置 no cameras are stated yet: %s", self._path.name)
        while not self._path.exists():
            if asked_to_stop.wait(WAIT_S):
                return None
        self._stamp = self._stamped()
        return load_cameras(self._path)

    def look(self) -> CameraFile | None:
        """What is stated, where that has changed and may be believed."""
        try:
            stamp = self._stamped()
            if stamp in (self._stamp, NEVER):
                return None
            self._stamp = stamp
            return load_cameras(self._path)
        except (OSError, UnicodeDecodeError, FaultyFactsError) as error:
            log.warning("摄像机配置未采用 cameras not taken over: %s", error)
            return None

    def _stamped(self) -> Stamp:
        try:
            told = self._path.stat()
        except FileNotFoundError:
            return NEVER
        return told.st_mtime_ns, told.st_size, told.st_ino
