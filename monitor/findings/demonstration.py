"""Empty seats of drawn cameras: nobody can be asked to leave a drawing, so the program draws them.

Such a reference says in its light, and in who took and approved it, that it is a demonstration's.
It is made for ``demo://`` cameras alone; real ones get theirs from two people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from monitor.analysis.picture import Frame
from monitor.cameras.camera import Camera, ZoneKind
from monitor.cameras.demo_scene import EMPTY, drawn
from monitor.cameras.sources import story_of
from monitor.cameras.stills import mask_gray
from monitor.findings import references

LIGHT = "demonstration"
TAKEN_BY, APPROVED_BY = "演示程序绘制 drawn by the program", "演示 demonstration"


def provide(folder: Path, cameras: Sequence[Camera], at: int) -> None:
    """See to it that each drawn camera has the empty seat it is drawn with."""
    for camera in cameras:
        if camera.address.scheme == "demo":
            _provide(folder, camera, at)


def _provide(folder: Path, camera: Camera, at: int) -> None:
    frame, mark = empty_seat(camera), references.mark_of(camera.zones)
    sha256 = hashlib.sha256(references.encoded(frame)).hexdigest()
    known = [note for note in references.notes(folder, camera.id) if note.light == LIGHT]
    if known and known[-1].approved_by and known[-1].sha256 == sha256 and known[-1].zones == mark:
        return
    frames = [frame] * references.FRAMES_LEAST
    references.take(folder, camera.id, LIGHT, frames, at, TAKEN_BY, zones=mark)
    references.approve(folder, camera.id, LIGHT, APPROVED_BY, at)


def empty_seat(camera: Camera) -> Frame:
    """The drawn window with nobody at it, grey and masked as the analyser sees it."""
    picture = drawn(story_of(camera.address).name, EMPTY)
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    mask_gray(gray, camera.polygons(ZoneKind.MASK))
    return gray
