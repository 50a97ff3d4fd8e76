"""A second opinion on whether a person is in a zone, where a site brings a model of its own.

None is shipped and none is fetched: the site names a file, its SHA-256 and its licence. A detector
says where persons are, never who; face detectors and recognisers have no place here. It is asked
only once per suspicion, before a seat is called empty, and can only speak for the clerk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

import cv2
import numpy as np
from msgspec import Meta, Struct

from hall_server.contract.messages.supervision import Sha256
from monitor.analysis.picture import Frame

MODEL_BYTES_MOST = 200_000_000


class UnfitModelError(Exception):
    """The model cannot be used; the message says why, in both languages."""


@dataclass(frozen=True, slots=True)
class Box:
    """A person, in points of the frame that was handed in."""

    x: int
    y: int
    width: int
    height: int
    score: float


class PersonDetector(Protocol):
    """Finds persons in a picture."""

    def detect(self, frame: Frame) -> list[Box]:
        """Where persons are."""


class ModelSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site's own model: an ONNX file whose output rows are x, y, width, height, score.

    The first four are shares (0 to 1) of the picture; middle point and size.
    """

    file: str
    sha256: Sha256
    licence: Annotated[str, Meta(min_length=2, max_length=120)]
    """Under which licence the site may use it; shown beside the findings."""
    width: Annotated[int, Meta(ge=16, le=2048)] = 320
    height: Annotated[int, Meta(ge=16, le=2048)] = 320
    score: Annotated[float, Meta(gt=0, lt=1)] = 0.5


class OnnxDetector:
    """The site's model through OpenCV."""

    def __init__(self, settings: ModelSettings) -> None:
        """Raises UnfitModelError unless the file is the very one that was named."""
        path = Path(settings.file)
        if not path.is_file() or path.stat().st_size > MODEL_BYTES_MOST:
            raise UnfitModelError(f"没有模型文件 no such model: {settings.file}")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != settings.sha256:
            raise UnfitModelError(f"模型与登记的哈希不符 not the named model: {settings.file}")
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
        except cv2.error as error:
            raise UnfitModelError(f"模型无法读取 unreadable model: {settings.file}") from error
        self._settings = settings

    def detect(self, frame: Frame) -> list[Box]:
        """Where persons are."""
        settings, (height, width) = self._settings, frame.shape
        coloured = cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)
        size = (settings.width, settings.height)
        self._net.setInput(cv2.dnn.blobFromImage(coloured, 1 / 255.0, size, swapRB=True))
        rows = np.asarray(self._net.forward(), np.float32).reshape(-1, 5)
        return [
            Box(
                x=int((x - w / 2) * width),
                y=int((y - h / 2) * height),
                width=int(w * width),
                height=int(h * height),
                score=float(score),
            )
            for x, y, w, h, score in rows
            if score >= settings.score
        ]


class StandingDetector:
    """OpenCV's own detector of standing bodies, where this build of it has one.

    It was trained on people who stand; of those who sit it finds few. Slow: for one crop at a time.
    """

    def __init__(self) -> None:
        """Raises UnfitModelError where this OpenCV lacks it."""
        if not has_standing_detector():
            raise UnfitModelError("此版本 OpenCV 不含 HOG this OpenCV has no HOGDescriptor")
        self._hog = cv2.HOGDescriptor()
        learnt = cv2.HOGDescriptor.getDefaultPeopleDetector()
        self._hog.setSVMDetector(np.array(learnt, np.float32))

    def detect(self, frame: Frame) -> list[Box]:
        """Where standing bodies are."""
        boxes, scores = self._hog.detectMultiScale(frame, winStride=(8, 8))
        found = zip(boxes, np.asarray(scores).ravel(), strict=True)
        return [Box(int(x), int(y), int(w), int(h), float(score)) for (x, y, w, h), score in found]


def has_standing_detector() -> bool:
    """OpenCV 5 came without it."""
    return hasattr(cv2, "HOGDescriptor")
