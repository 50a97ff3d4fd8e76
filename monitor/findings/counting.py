"""How many people are in a zone, as the site's own model sees them; without one nobody counts.

A model finds fewer than there are where people hide one another, and is asked now and then only: a
number to look at, which decides nothing without the tickets that wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from monitor.analysis.picture import Frame, Polygon
from monitor.findings.detectors import Box, PersonDetector


def people_around(detector: PersonDetector, frame: Frame, zones: Sequence[Polygon]) -> list[Box]:
    """Who is in the box around the zones; nothing else of the picture is looked at."""
    height, width = frame.shape
    across = [x for corners in zones for x, _ in corners]
    down = [y for corners in zones for _, y in corners]
    left, top = int(min(across) * width), int(min(down) * height)
    part = frame[top : int(max(down) * height) + 1, left : int(max(across) * width) + 1]
    return [replace(box, x=left + box.x, y=top + box.y) for box in detector.detect(part)]


def people_in(detector: PersonDetector, frame: Frame, zones: Sequence[Polygon]) -> int:
    """How many there are whose middle lies within the zones."""
    height, width = frame.shape
    outlines = [
        np.array([(x * width, y * height) for x, y in corners], np.float32) for corners in zones
    ]
    middles = [
        (box.x + box.width / 2, box.y + box.height / 2)
        for box in people_around(detector, frame, zones)
    ]
    return sum(
        any(cv2.pointPolygonTest(one, middle, measureDist=False) >= 0 for one in outlines)
        for middle in middles
    )
