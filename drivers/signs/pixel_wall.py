"""Walls of single pixels, such as WLED drives: they are sent pictures, again and again.

Such a wall never answers, so nothing is known of it and no text is said to be shown. It is sent its
picture twice a second, also a dark one; when that ends it goes dark by itself after 2.5 s, if its
own settings say so, and when this program ends in good order it is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PIL import Image

from drivers.codec.counters import Counters
from drivers.orders import Colour, DeviceCode
from drivers.signs.picture import PAGE_MS, Painter
from drivers.signs.texts import SignTask
from drivers.signs.worker import UNHEARD, Talk, found_wrong

_LIT = {Colour.RED: (1, 0, 0), Colour.GREEN: (0, 1, 0), Colour.YELLOW: (1, 1, 0)}


class Wiring(StrEnum):
    """Where the strip runs on at the end of a row."""

    ROWS = "rows"
    ZIGZAG = "zigzag"
    """Each second row runs from right to left."""


@dataclass(frozen=True, slots=True)
class WallSettings:
    width: int
    height: int
    wiring: Wiring = Wiring.ROWS
    brightness: int = 100  # per cent


class PixelStream(Protocol):
    def picture(self, pixels: bytes) -> list[bytes]: ...
    def end(self, pixels: bytes) -> list[bytes]: ...


class PixelWall:
    answers = False
    counters = Counters()  # nothing ever comes back

    def __init__(self, stream: PixelStream, settings: WallSettings, painter: Painter) -> None:
        self._stream = stream
        self._settings = settings
        self._painter = painter
        self._dark = bytes(3 * settings.width * settings.height)

    def feed(self, data: bytes) -> list[None]:  # noqa: ARG002 — it is never asked
        return []

    def reset(self) -> None: ...

    def greet(self) -> Talk[None]:
        return self.check(0)

    def check(self, now_ms: int) -> Talk[None]:  # noqa: ARG002 — nothing can be asked
        yield from ()
        return UNHEARD

    def show(self, task: SignTask, now_ms: int) -> Talk[None]:
        pixels = self._dark
        if task.order.text:
            if not self._painter.can_draw():
                return found_wrong(DeviceCode.UNPRINTABLE)
            settings = self._settings
            pages = self._painter.pages(task.order.text, settings.width, settings.height)
            page = pages[now_ms // PAGE_MS % len(pages)]
            pixels = self._pixels(page, task.order.colour)
        yield from self._stream.picture(pixels)
        return UNHEARD

    def farewell(self) -> Iterable[bytes]:
        return self._stream.end(self._dark)

    def _pixels(self, page: Image.Image, colour: Colour) -> bytes:
        level = 255 * self._settings.brightness // 100
        lit = page.convert("L").point(lambda dot: level if dot else 0)
        dark = Image.new("L", page.size)
        image = Image.merge("RGB", [lit if part else dark for part in _LIT[colour]])
        if self._settings.wiring is Wiring.ZIGZAG:
            for y in range(1, image.height, 2):
                row = (0, y, image.width, y + 1)
                image.paste(image.crop(row).transpose(Image.Transpose.FLIP_LEFT_RIGHT), row)
        return image.tobytes()
