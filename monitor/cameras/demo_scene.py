"""A drawn service window for demonstrations: a clerk who comes, works and leaves, and citizens.

``demo://window-1`` shows the same at the same moment on every machine: the story follows from the
name and the clock alone. ``demo://window-1?clerk=never`` has nobody at work, ``?clerk=always``
somebody without a break, ``?citizens=never`` nobody before the window; ``?round_s=40&away_s=20``
makes the clerk's round short. Drawn with OpenCV and coded by PyAV; no footage, no person is shown.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal

import av
import cv2
import numpy as np

from monitor.cameras.stills import Picture

WIDTH, HEIGHT = 640, 360
FRAME_MS = 125
FRAMES_OF_GOP = 8
"""A key frame each second."""
ROUND_MS = 300_000
"""The clerk's round: work, and an absence at its end."""
AWAY_MS = 45_000
VISIT_MS = 60_000
"""A citizen comes in each of these spells, stays for most of it, and is gone."""
STEP_MS = 2_500
"""Coming and going."""
LOCAL = timedelta(hours=8)
WALL, FLOOR, DESK, CHAIR, SCREEN = (
    (206, 214, 218),
    (150, 160, 168),
    (96, 128, 164),
    (70, 62, 58),
    (60, 48, 40),
)
SKIN, HAIR, INK = (150, 180, 222), (40, 38, 36), (30, 30, 30)
COATS = ((146, 92, 44), (70, 130, 60), (60, 70, 170), (140, 60, 120))


@dataclass(frozen=True)
class Scene:
    """Who is in the picture; places are shares of the way in (0 outside, 1 seated)."""

    clerk: float
    citizen: float
    coat: int
    sway: float
    """Small movement of whoever sits and works."""
    at_ms: int


@dataclass(frozen=True)
class Story:
    """Whose window it is, and how its clerk works."""

    name: str
    clerk: str = ""
    """``never`` or ``always`` there; otherwise the clerk comes and goes."""
    citizens: str = ""
    """``never``; otherwise they come and go."""
    round_ms: int = ROUND_MS
    away_ms: int = AWAY_MS


EMPTY = Scene(clerk=0.0, citizen=0.0, coat=0, sway=0.0, at_ms=0)
"""Nobody is there: what a seat is compared with."""


def scene_at(story: Story, at_ms: int) -> Scene:
    """What is to be seen at a moment."""
    seed = int.from_bytes(hashlib.sha256(story.name.encode()).digest()[:4], "big")
    in_round = (at_ms + seed % story.round_ms) % story.round_ms
    works_ms = story.round_ms - story.away_ms
    presence = {"never": 0.0, "always": 1.0}.get(story.clerk, _inside(in_round, works_ms))
    told = at_ms + seed % ROUND_MS
    visit, in_visit = divmod(told + seed % VISIT_MS, VISIT_MS)
    stays_ms = 28_000 + (visit * 7919 + seed) % 24_000
    return Scene(
        clerk=presence,
        citizen=0.0 if story.citizens == "never" else _inside(in_visit, stays_ms),
        coat=(visit + seed) % len(COATS),
        sway=math.sin(at_ms / 900) + 0.5 * math.sin(at_ms / 370),
        at_ms=at_ms,
    )


def _inside(at: int, until: int) -> float:
    """How far in somebody is who comes at 0 and has left at ``until``."""
    return max(0.0, min(1.0, at / STEP_MS, (until - at) / STEP_MS))


def drawn(name: str, scene: Scene) -> Picture:
    """The picture, in OpenCV's colours."""
    picture = _room().copy()
    if scene.clerk:
        _person(picture, 320, 150, scene, COATS[0], int((1 - scene.clerk) * -420))
    cv2.rectangle(picture, (120, 205), (520, 250), DESK, -1)
    cv2.rectangle(picture, (400, 140), (480, 205), SCREEN, -1)
    if scene.citizen:
        _person(picture, 300, 285, scene, COATS[scene.coat], int((1 - scene.citizen) * 460))
    local = datetime.fromtimestamp(scene.at_ms / 1000, UTC) + LOCAL
    told = f"DEMO {name} {local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 100_000}"
    cv2.putText(picture, told, (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.55, INK, 1, cv2.LINE_8)
    return picture


def _room() -> Picture:
    picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    cv2.rectangle(picture, (0, 230), (WIDTH, HEIGHT), FLOOR, -1)
    cv2.rectangle(picture, (280, 110), (360, 215), CHAIR, -1)
    cv2.rectangle(picture, (40, 60), (110, 160), (170, 190, 150), -1)
    cv2.line(picture, (0, 230), (WIDTH, 230), INK, 1)
    return picture


def _person(
    picture: Picture, x: int, y: int, scene: Scene, coat: tuple[int, int, int], away: int
) -> None:
    x += away + int(scene.sway * 3)
    cv2.ellipse(picture, (x, y + 62), (46, 58), 0, 180, 360, coat, -1)
    cv2.rectangle(picture, (x - 46, y + 60), (x + 46, y + 100), coat, -1)
    cv2.circle(picture, (x, y - 12), 24, SKIN, -1)
    cv2.ellipse(picture, (x, y - 20), (25, 18), 0, 180, 360, HAIR, -1)


class SceneCoder:
    """Pictures to H.264, one call a picture; ``extradata`` is what a decoder must know."""

    def __init__(self, story: Story) -> None:
        """What is drawn follows from the story and the moment."""
        self._story = story
        coder = av.CodecContext.create("libx264", "w")
        coder.width, coder.height, coder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        coder.time_base, coder.framerate = Fraction(1, 1000), Fraction(1000, FRAME_MS)
        coder.gop_size, coder.max_b_frames = FRAMES_OF_GOP, 0
        coder.thread_count = 1
        coder.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "30",
            "x264-params": f"keyint={FRAMES_OF_GOP}:min-keyint={FRAMES_OF_GOP}:scenecut=0",
        }
        coder.open()
        self._coder = coder
        self.codec: Literal["h264"] = "h264"

    @property
    def extradata(self) -> bytes:
        """Empty: each key frame carries its configuration."""
        return bytes(self._coder.extradata or b"")

    def coded(self, at_ms: int) -> list[av.Packet[av.VideoStream]]:
        """The picture of a moment, coded; ``pts`` is that moment."""
        picture = drawn(self._story.name, scene_at(self._story, at_ms))
        planar = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planar, "yuv420p")
        frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
        return list(self._coder.encode(frame))
