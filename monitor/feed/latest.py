"""The newest picture of every camera, read from the recorder only while somebody looks.

The recorder decodes key frames for whoever wants pictures, which costs; and a picture that nobody
is looking at is nobody's business. So the first look opens the line, and some seconds after the
last one it is closed and what had come is forgotten.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from monitor.cameras.stills import KeyFrame

LOOKED_AT_FOR_S = 15.0
TAKE_S = 0.5
STOP_S = 3.0


class Frames(Protocol):
    """A line to the recorder, such as ``frames.FeedFrames``."""

    def take(self, timeout_s: float) -> KeyFrame | None:
        """The next picture of any camera, or None."""

    def close(self) -> None:
        """Hang up."""


class LatestPictures:
    """See the module. ``picture`` may be called from any thread."""

    def __init__(
        self, open_line: Callable[[], Frames], steady_s: Callable[[], float] = time.monotonic
    ) -> None:
        """``open_line`` makes a line that connects by itself, also later."""
        self._open_line = open_line
        self._steady_s = steady_s
        self._newest: dict[str, KeyFrame] = {}
        self._looked_at_s = float("-inf")
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="latest", daemon=True)

    def start(self) -> None:
        """Begin to wait for the first look."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and forget."""
        self._stopping.set()
        self._wanted.set()
        self._thread.join(STOP_S)

    def picture(self, camera_id: str) -> KeyFrame | None:
        """The newest picture, if one has come since somebody began to look."""
        self._looked_at_s = self._steady_s()
        self._wanted.set()
        return self._newest.get(camera_id)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait()
            self._wanted.clear()
            line = self._open_line()
            try:
                while self._is_looked_at() and not self._stopping.is_set():
                    frame = line.take(TAKE_S)
                    if frame is not None:
                        self._newest[frame.camera] = frame
            finally:
                line.close()
            self._newest.clear()

    def _is_looked_at(self) -> bool:
        return self._steady_s() - self._looked_at_s < LOOKED_AT_FOR_S
