"""Scenes composed from a real clip: six people come to a table one after another, stand, and go.

A round lasts forty minutes and has one of them: their own coming and going as it was filmed, the
time between filled with their own pictures forwards and backwards, absences with those of the
empty table; light, lens and sensor are then altered as in the drawn scenes. The odd ones are for
tuning, the even ones are reported. One place, one light, people who stand: little, but real. The
clip is not shipped (Intel's sample videos, CC BY 4.0); where it is absent, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scenes import HEIGHT, NOISES, WIDTH, Grey, Scene, Script, Span

CLIP = "intel_one-by-one-person-detection.mp4"
RATE = 5
ZONE = ((0.48, 0.05), (0.70, 0.05), (0.70, 0.95), (0.48, 0.95))
EMPTY: tuple[Span, ...] = ((0, 5), (47, 50), (71, 74), (89, 92), (137, 139))


@dataclass(frozen=True)
class Person:
    """Seconds of the clip, by eye: is in the zone from ``comes``, out of it from ``goes``."""

    comes: int
    stands: Span
    goes: int
    ends: int


PEOPLE = (
    Person(6, (10, 17), 19, 21),
    Person(24, (28, 41), 44, 47),
    Person(51, (55, 65), 68, 71),
    Person(75, (79, 83), 86, 89),
    Person(92, (95, 115), 118, 121),
    Person(122, (127, 133), 135, 138),
)
ARRIVES_S = 1
"""So long before they are in the zone their coming is shown."""
AWAY: tuple[Span, ...] = ((290, 410), (720, 1_250), (1_600, 2_180))


@dataclass
class Filmed(Scene):
    """One person of the clip, through one script."""

    frames: list[NDArray[np.uint8]] = field(default_factory=list)
    person: Person = PEOPLE[0]

    def __post_init__(self) -> None:
        """What is drawn with elsewhere is not needed."""
        draw = np.random.default_rng(self.seed)
        noise = [draw.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32) for _ in range(NOISES)]
        self._grains = [np.tile(self.script.grain * one, (1, 2)) for one in noise]
        still = np.median(np.stack(self.frames[: EMPTY[0][1] * RATE]), axis=0)
        self._empty = np.asarray(still, np.float32)

    @property
    def zone(self) -> tuple[tuple[float, float], ...]:
        """The table and whoever stands at it."""
        return ZONE

    def empty(self, *, infrared: bool = False, gain: float = 1.0) -> NDArray[np.uint8]:
        """The beginning of the clip."""
        if infrared:  # not filmed; a picture that fits nothing
            return np.full((HEIGHT, WIDTH), 90, np.uint8)
        return np.asarray(np.clip(self._empty * gain, 0, 255), np.uint8)

    def _drawn(self, at: float) -> Grey:
        number = min(int(self._second(at) * RATE), len(self.frames) - 1)
        return self.frames[number].astype(np.float32)

    def _second(self, at: float) -> float:
        """Which second of the clip is shown."""
        person = self.person
        begins, ends = person.stands
        for away, back in self.script.away:
            if away - (person.goes - ends) <= at < away + (person.ends - person.goes):
                return person.goes + at - away
            if away <= at < back - ARRIVES_S:
                return _to_and_fro(at, *EMPTY[int(at) // 60 % len(EMPTY)])
            if back - ARRIVES_S <= at < back + begins - person.comes:
                return person.comes + at - back
        if any(begin <= at < end for begin, end in self.script.bent):
            return _to_and_fro(at, *EMPTY[0])
        if self.script.motionless:
            return begins
        return _to_and_fro(at, begins, ends)


def _to_and_fro(at: float, begin: float, end: float) -> float:
    turn = at % (2 * (end - begin))
    return begin + min(turn, 2 * (end - begin) - turn)


def scenes(folder: Path | None, *, is_tuning: bool) -> list[tuple[str, Filmed]]:
    """With their names; none where the clip is not there, which is said."""
    clip = folder / CLIP if folder else None
    if clip is None or not clip.is_file():
        print("no footage here (--footage DIR): nothing was measured on real pictures")
        return []
    frames = frames_of(clip)
    made = []
    for number, person in enumerate(PEOPLE, 1):
        if number % 2 == (not is_tuning):
            continue
        bent = tuple((begin, begin + 20 + 13 * number) for begin in (100, 500, 1_300))
        for name, script in {
            "plain": Script(away=AWAY, grain=1),
            "clouds": Script(away=AWAY, grain=1, cloud_s=200 + 31 * number),
            "flicker": Script(away=AWAY, grain=1, flicker=0.1),
            "grain": Script(away=AWAY, grain=10),
            "pushed": Script(away=AWAY, grain=1, pushes=((900, 2 + number, -4),)),
            "out of sight": Script(away=AWAY, grain=1, bent=bent),
            "motionless": Script(grain=1, motionless=True, cloud_s=1_000),
        }.items():
            made.append((f"filmed: {name}", Filmed(number, script, frames, person)))
    return made


def frames_of(clip: Path) -> list[NDArray[np.uint8]]:
    """Some grey pictures of each second of a clip."""
    capture = cv2.VideoCapture(str(clip))
    frames: list[NDArray[np.uint8]] = []
    rate = capture.get(cv2.CAP_PROP_FPS) or 10.0
    number = 0
    while True:
        there, picture = capture.read()
        if not there:
            return frames
        if number % round(rate / RATE) == 0:
            gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
            frames.append(np.asarray(cv2.resize(gray, (WIDTH, HEIGHT)), np.uint8))
        number += 1
