"""The three pictures of a finding: from a short memory of key frames, made fit to be kept.

What is masked is black, and all that does not belong to the finding is made so coarse that nobody
can be known: whoever walks through the picture is nobody's business.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from pathlib import Path

import cv2
import numpy as np

from hall_server.contract.messages.supervision import Still
from monitor.analysis.picture import Frame, Mask

EVERY_MS = 5_000
BEFORE_MS = 5_000
"""So long before it began a picture shows how it was."""
KEPT = 240
"""Twenty minutes of pictures of some twenty kilobytes each."""
QUALITY = 80
KEPT_DAYS_MOST = 90
"""As long as any recording; what has to stay longer is exported."""
DAY_MS = 86_400_000
COARSE = 20
"""So many points become one where nothing is to be seen."""


def forget(data: Path, now_ms: int) -> int:
    """Remove the pictures of findings that are older than any recording may be; how many went."""
    oldest_ms = now_ms - KEPT_DAYS_MOST * DAY_MS
    gone = 0
    for path in (data / "findings").glob("*/*.jpg"):
        if path.stem.isdigit() and int(path.stem) < oldest_ms:
            path.unlink(missing_ok=True)
            gone += 1
    for folder in (data / "findings").glob("*"):
        if not any(folder.iterdir()):
            folder.rmdir()
    return gone


class Stills:
    """Of one camera view."""

    def __init__(self, data: Path, sharp: Mask | None, masked: Mask | None) -> None:
        """``sharp`` is what stays to be seen, ``masked`` what is black; both in small points."""
        self._data = data
        self._sharp, self._masked = sharp, masked
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)

    def remember(self, frame: Frame, at: int) -> None:
        """Keep a picture every few seconds."""
        if self._kept and at - self._kept[-1][0] < EVERY_MS:
            return
        done, encoded = cv2.imencode(".jpg", self._fit(frame), (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
        if done:
            self._kept.append((at, encoded.tobytes()))

    def keep(self, key: str, begins_at: int, ends_at: int) -> list[Still]:
        """Write the pictures nearest to just before, the middle and the end; those there are."""
        chosen: dict[int, bytes] = {}
        if not self._kept:
            return []
        before = max(begins_at - BEFORE_MS, self._kept[0][0])
        for wanted in (before, (before + ends_at) // 2, ends_at):
            at, content = min(self._kept, key=lambda kept: abs(kept[0] - wanted))
            chosen[at] = content
        return [self._write(key, at, content) for at, content in sorted(chosen.items())]

    def _write(self, key: str, at: int, content: bytes) -> Still:
        name = f"findings/{key}/{at}.jpg"
        path = self._data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        return Still(at=at, name=name, sha256=hashlib.sha256(content).hexdigest())

    def _fit(self, frame: Frame) -> Frame:
        height, width = frame.shape
        coarse = cv2.resize(
            frame, (width // COARSE, height // COARSE), interpolation=cv2.INTER_AREA
        )
        shown = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
        if self._sharp is not None:
            sharp = _sized(self._sharp, width, height)
            shown[sharp] = frame[sharp]
        if self._masked is not None:
            shown[_sized(self._masked, width, height)] = 0
        return np.asarray(shown, np.uint8)


def _sized(points: Mask, width: int, height: int) -> Mask:
    drawn = points.astype(np.uint8)
    return cv2.resize(drawn, (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)
