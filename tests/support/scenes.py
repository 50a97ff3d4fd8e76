"""Drawn windows of a hall, seeded: a desk, a chair, a clerk, and all that confuses a camera.

A scene is a function of time: `frame(at)` draws the grey key frame of that moment, `is_away(at)` is
the truth. Everything is drawn here; nothing is learnt from the code under test. Drawn scenes are
kinder than halls: they show that a rule does what it says, not how it fares on real video.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
Grey = NDArray[np.float32]
Span = tuple[int, int]
NOISES = 12
OUT_PX = 105
"""So far from the seat, nothing of somebody is in its zone."""


@dataclass(frozen=True)
class Script:
    """What happens, in seconds from the beginning."""

    away: tuple[Span, ...] = ()
    """The clerk walks off to one side, is out of the seat when it begins, and walks back in."""
    bent: tuple[Span, ...] = ()
    """The clerk is at the window but below the desk, out of sight."""
    citizen: tuple[Span, ...] = ()
    """Somebody stands before the camera and covers the seat."""
    passers: tuple[Span, ...] = ()
    second: tuple[Span, ...] = ()
    """A colleague stands at the seat."""
    coat_from: int = 10**9
    askew: tuple[Span, ...] = ()
    """The chair does not stand where it stood, by ``askew_px``."""
    askew_px: int = 20
    infrared: tuple[Span, ...] = ()
    cloud_s: float = 0.0
    """Period of the daylight's swing; 0: steady light."""
    flicker: float = 0.0
    grain: float = 3.0
    pushes: tuple[tuple[int, int, int], ...] = ()
    """From when on the camera is pushed, and by how many points across and down."""
    motionless: bool = False
    covered: tuple[Span, ...] = ()
    frozen: tuple[Span, ...] = ()
    dark: tuple[Span, ...] = ()
    blurred: tuple[Span, ...] = ()


def _in(spans: tuple[Span, ...], at: float) -> bool:
    return any(begin <= at < end for begin, end in spans)


@dataclass
class Scene:
    """One window, drawn."""

    seed: int
    script: Script = field(default_factory=Script)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(self.seed)
        self._noise = [draw.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32) for _ in range(NOISES)]
        self._grains = [np.tile(self.script.grain * one, (1, 2)) for one in self._noise]
        self._wall = self._room(draw)
        self._room_alone = self._wall.copy()
        self.seat_x = int(draw.integers(240, 400))
        self.seat_y = int(draw.integers(130, 165))
        self._chair = float(draw.uniform(50, 110))
        self._clothes = self._chair + float(draw.choice([-35, -22, 25, 60, 90]))
        self._skin = float(draw.uniform(140, 200))
        self._high_back = bool(draw.integers(0, 2))
        self._draw_chair(self._wall)
        self._empty = self._wall.copy()
        self._desk(draw)
        self._stripes = int(draw.integers(5, 11))
        self._goes_px_s = float(draw.choice([-1, 1]) * draw.uniform(90, 170))
        self._kept: tuple[tuple[bool, ...], Grey] | None = None

    @property
    def zone(self) -> tuple[tuple[float, float], ...]:
        """The seat, as an engineer would mark it."""
        left, right = self.seat_x - 62, self.seat_x + 62
        top, bottom = self.seat_y - 65, self.seat_y + 72
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        return tuple((x / WIDTH, y / HEIGHT) for x, y in corners)

    def dress_like_the_chair(self) -> None:
        """The hardest clerk to tell from it: its shade, and stripes as far apart as its own."""
        self._clothes, self._stripes = self._chair * 0.97, 6

    def is_away(self, at: float) -> bool:
        """The truth of the seat: a clerk below the desk is not away."""
        return _in(self.script.away, at)

    def _walk(self, at: float) -> float | None:
        """How far from the seat somebody is who goes or comes; None: sits, or is out of sight."""
        for begin, end in self.script.away:
            for gone_s in (at - begin, end - at):
                far = OUT_PX + abs(self._goes_px_s) * gone_s
                if 0 < far < WIDTH and (gone_s < 0 or begin <= at < end):
                    return float(np.copysign(far, self._goes_px_s))
        return None

    def frame(self, at: float) -> NDArray[np.uint8]:
        """The key frame of this moment."""
        script, tick = self.script, int(at)
        if _in(script.frozen, at):
            at = next(begin for begin, end in script.frozen if begin <= at < end)
            tick = int(at)
        return self._seen(self._drawn(at), at, tick)

    def _drawn(self, at: float) -> Grey:
        """What stands there; kept while nothing can have moved, for hours pass in a scene."""
        script = self.script
        away, bent = self.is_away(at), _in(script.bent, at)
        moving = script.passers + script.citizen
        still = (script.motionless or away or bent) and not _in(moving, at)
        still = still and self._walk(at) is None
        askew = _in(script.askew, at)
        state = (away, bent, _in(script.second, at), at >= script.coat_from, askew)
        if still and self._kept is not None and self._kept[0] == state:
            return self._kept[1]
        drawn = self._compose(at)
        self._kept = (state, drawn) if still else None
        return drawn

    def _compose(self, at: float) -> Grey:
        script = self.script
        if _in(script.askew, at):
            drawn = self._room_alone.copy()
            self._draw_chair(drawn, script.askew_px)
        else:
            drawn = self._empty.copy()
        if at >= script.coat_from:
            self._draw_coat(drawn)
        if (far := self._walk(at)) is not None:
            self.draw_person(drawn, self.seat_x + int(far), self.seat_y - 20, 1.05, self._clothes)
        elif not self.is_away(at) and not _in(script.bent, at):
            self._draw_clerk(drawn, at)
        if _in(script.second, at):
            self.draw_person(drawn, self.seat_x + 48, self.seat_y - 25, 1.1, self._clothes + 20)
        self._cover_by_desk(drawn)
        for begin, end in script.passers:
            if begin <= at < end:
                x = int(np.interp(at, (begin, end), (-60, WIDTH + 60)))
                self.draw_person(drawn, x, 170, 1.5, 70)
        if _in(script.citizen, at):
            sway = int(4 * np.sin(at / 3))
            self.draw_person(drawn, self.seat_x + 20 + sway, self.seat_y + 45, 1.9, 95)
        return drawn

    def empty(self, *, infrared: bool = False, gain: float = 1.0) -> NDArray[np.uint8]:
        """The reference an engineer would take: the seat is empty."""
        drawn = self._empty.copy()
        self._cover_by_desk(drawn)
        drawn = _infrared(drawn) if infrared else drawn * gain
        return np.clip(drawn + 2 * self._noise[0] * 0.5, 0, 255).astype(np.uint8)

    def _seen(self, drawn: Grey, at: float, tick: int) -> NDArray[np.uint8]:
        """What light, lens and sensor make of it."""
        script = self.script
        if _in(script.infrared, at):
            drawn = _infrared(drawn)
        elif script.cloud_s:
            drawn = drawn * float(1 + 0.35 * np.sin(2 * np.pi * at / script.cloud_s))
        if script.flicker:
            drawn = drawn * (1 + script.flicker * (1 if tick % 2 else -1))
        for begin, across, down in script.pushes:
            if at >= begin:
                move = np.array([[1, 0, across], [0, 1, down]], np.float32)
                drawn = np.asarray(
                    cv2.warpAffine(drawn, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
                )
        if _in(script.blurred, at):
            drawn = np.asarray(cv2.GaussianBlur(drawn, (0, 0), 6))
        if _in(script.covered, at):
            drawn = np.full_like(drawn, 60)
        if _in(script.dark, at):
            drawn = drawn * 0.06
        begins = -(tick * 37) % WIDTH
        grain = self._grains[tick % NOISES][:, begins : begins + WIDTH]
        return np.asarray(cv2.add(drawn, grain, dtype=cv2.CV_8U), np.uint8)

    def _room(self, draw: np.random.Generator) -> Grey:
        room = np.full((HEIGHT, WIDTH), 135, np.float32)
        room += np.linspace(-25, 25, WIDTH, dtype=np.float32)
        for _ in range(14):
            x, y = int(draw.integers(0, WIDTH - 40)), int(draw.integers(0, 190))
            width, height = int(draw.integers(20, 110)), int(draw.integers(15, 80))
            cv2.rectangle(room, (x, y), (x + width, y + height), float(draw.uniform(40, 230)), -1)
            for line in range(y + 6, y + height - 3, 8):
                cv2.line(room, (x + 4, line), (x + width - 5, line), float(draw.uniform(30, 240)))
        for x in range(0, WIDTH, int(draw.integers(60, 120))):
            cv2.line(room, (x, 0), (x, HEIGHT), 90, 2)
        return room

    def _draw_chair(self, drawn: Grey, askew_px: int = 0) -> None:
        x, top = self.seat_x + askew_px, self.seat_y - (45 if self._high_back else 5)
        corner = (x - 38, top), (x + 38, self.seat_y + 75)
        cv2.rectangle(drawn, *corner, self._chair, -1)
        cv2.rectangle(drawn, *corner, self._chair * 0.7, 3)
        for line in range(x - 28, x + 30, 14):
            cv2.line(drawn, (line, top + 6), (line, self.seat_y + 70), self._chair * 0.8, 2)

    def _desk(self, draw: np.random.Generator) -> None:
        desk = np.zeros((HEIGHT, WIDTH), np.float32)
        top = self.seat_y + 62
        cv2.rectangle(desk, (0, top), (WIDTH, HEIGHT), float(draw.uniform(90, 190)), -1)
        for _ in range(30):
            x, y = int(draw.integers(0, WIDTH - 30)), int(draw.integers(top + 6, HEIGHT - 10))
            shade = float(draw.uniform(20, 240))
            cv2.rectangle(desk, (x, y), (x + int(draw.integers(10, 50)), y + 9), shade, -1)
        self._desk_picture, self._desk_mask = desk, desk > 0

    def _cover_by_desk(self, drawn: Grey) -> None:
        drawn[self._desk_mask] = self._desk_picture[self._desk_mask]

    def _draw_clerk(self, drawn: Grey, at: float) -> None:
        sway_x = sway_y = 0
        if not self.script.motionless:
            sway_x = int(7 * np.sin(at / 5.3) + 4 * np.sin(at / 1.7))
            sway_y = int(4 * np.sin(at / 4.1))
        self.draw_person(drawn, self.seat_x + sway_x, self.seat_y + sway_y, 1.0, self._clothes)

    def draw_person(self, drawn: Grey, x: int, y: int, size: float, clothes: float) -> None:
        shoulders = (int(42 * size), int(62 * size))
        cv2.ellipse(drawn, (x, y + int(62 * size)), shoulders, 0, 180, 360, clothes, -1)
        cv2.rectangle(
            drawn,
            (x - shoulders[0], y + int(60 * size)),
            (x + shoulders[0], y + int(170 * size)),
            clothes,
            -1,
        )
        for step in range(self._stripes):
            across = x - shoulders[0] + int(step * 2 * shoulders[0] / self._stripes)
            cv2.line(
                drawn,
                (across, y + int(30 * size)),
                (across, y + int(160 * size)),
                clothes * 0.82,
                1,
            )
        cv2.ellipse(
            drawn,
            (x, y - int(16 * size)),
            (int(17 * size), int(23 * size)),
            0,
            0,
            360,
            self._skin,
            -1,
        )
        cv2.ellipse(
            drawn, (x, y - int(28 * size)), (int(18 * size), int(14 * size)), 0, 180, 360, 35, -1
        )

    def _draw_coat(self, drawn: Grey) -> None:
        x, y = self.seat_x, self.seat_y
        corners = np.array(
            [(x - 40, y - 8), (x + 38, y - 10), (x + 46, y + 60), (x - 30, y + 66)], np.int32
        )
        cv2.fillPoly(drawn, [corners], 45.0)
        cv2.line(drawn, (x, y - 8), (x + 4, y + 60), 90, 3)


def _infrared(drawn: Grey) -> Grey:
    """Lamps of the camera itself: bright in the middle, other greys, little contrast."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    falls = np.exp(-(((columns - 320) / 380) ** 2) - ((rows - 180) / 260) ** 2)
    return np.asarray((60 + 0.55 * np.abs(drawn - 70)) * falls, np.float32)
