"""Key frames for the analyser: small, grey, one about every second; where they come from is open.

Here they come out of a folder, as somebody leaves them there. A recorder hands over the same thing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from monitor.analysis.picture import Frame

FRAME_WIDTH, FRAME_HEIGHT = 640, 360
LOOK_EVERY_S = 0.2


@dataclass(frozen=True, eq=False)
class KeyFrame:
    """One picture of a camera: grey, 360 rows of 640 points, and when it was taken (UTC ms)."""

    camera_id: str
    at: int
    gray: Frame


class KeyFrames(Protocol):
    """Wherever key frames come from."""

    def take(self, timeout_s: float) -> KeyFrame | None:
        """The next one, or None when none came in time."""


class FolderFrames:
    """``<folder>/<camera>/<at>.png`` or ``.jpg``: taken in order of time, then removed."""

    def __init__(self, folder: Path, steady_s: Callable[[], float] = time.monotonic) -> None:
        """The folder may be filled while it is read; names must appear whole (rename)."""
        self._folder = folder
        self._steady_s = steady_s

    def take(self, timeout_s: float) -> KeyFrame | None:
        """The oldest there is."""
        until = self._steady_s() + timeout_s
        while True:
            files = [
                path
                for path in self._folder.glob("*/*")
                if path.suffix in (".png", ".jpg") and path.stem.isdigit()
            ]
            for path in sorted(files, key=lambda one: int(one.stem)):
                frame = read_frame(path)
                path.unlink(missing_ok=True)
                if frame is not None:
                    return KeyFrame(path.parent.name, int(path.stem), frame)
            if self._steady_s() >= until:
                return None
            time.sleep(LOOK_EVERY_S)


def read_frame(path: Path) -> Frame | None:
    """A picture file as a key frame; None for one that cannot be read."""
    read = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if read is None:
        return None
    sized = cv2.resize(read, (FRAME_WIDTH, FRAME_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(sized, np.uint8)
