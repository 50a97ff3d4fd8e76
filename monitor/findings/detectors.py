"""A second opinion on whether a person is in a zone, where a site brings a model of its own.

None is shipped and none is fetched: the site names a file, its SHA-256 and its licence. A detector
says where persons are, never who; face detectors and recognisers have no place here. Of a seat it
is asked only once per suspicion, before it is called empty, and can only speak for the clerk; of a
waiting zone now and then, how many there are (``counting.py``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias

import cv2
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from hall_server.contract.messages.supervision import Sha256
from monitor.analysis.picture import Frame

MODEL_BYTES_MOST = 200_000_000
OVERLAP_MOST = 0.5
"""Two boxes that share more are one person."""


Rows: TypeAlias = NDArray[np.float32]
ROW = ("x", "y", "width", "height", "score")


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
    """A site's own model: an ONNX file whose output's last axis is x, y, width, height, score.

    The first four are shares (0 to 1) of the picture; middle point and size. Boxes that cover each
    other are taken for one person.
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
        """Raises UnfitModelError unless it is the very file that was named, and gives such rows."""
        path = Path(settings.file)
        if not path.is_file() or path.stat().st_size > MODEL_BYTES_MOST:
            raise UnfitModelError(f"没有模型文件 no such model: {settings.file}")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != settings.sha256:
            raise UnfitModelError(f"模型与登记的哈希不符 not the named model: {settings.file}")
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
            self._settings = settings
            told = self._asked(np.zeros((settings.height, settings.width), np.uint8))
        except cv2.error as error:
            raise UnfitModelError(f"模型无法读取 unreadable model: {settings.file}") from error
        if told.ndim < 2 or told.shape[-1] != len(ROW):
            wanted = f"{settings.file}: 输出应为每行 {len(ROW)} 个数 rows must be {', '.join(ROW)}"
            raise UnfitModelError(f"{wanted}; 实为 not {told.shape}")

    def detect(self, frame: Frame) -> list[Box]:
        """Where persons are, each once."""
        height, width = frame.shape
        told = self._asked(frame).reshape(-1, len(ROW))
        told = told[np.isfinite(told).all(axis=1)].clip(-1, 2)
        boxes = [
            Box(
                x=int((x - w / 2) * width),
                y=int((y - h / 2) * height),
                width=int(w * width),
                height=int(h * height),
                score=float(score),
            )
            for x, y, w, h, score in told
        ]
        places = [(box.x, box.y, box.width, box.height) for box in boxes]
        scores = [box.score for box in boxes]
        kept = cv2.dnn.NMSBoxes(places, scores, self._settings.score, OVERLAP_MOST)
        return [boxes[number] for number in np.asarray(kept).ravel()]

    def _asked(self, frame: Frame) -> Rows:
        coloured = cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)
        size = (self._settings.width, self._settings.height)
        self._net.setInput(cv2.dnn.blobFromImage(coloured, 1 / 255.0, size, swapRB=True))
        return np.asarray(self._net.forward(), np.float32)


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
