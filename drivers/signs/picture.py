"""Texts as pictures of dots, for signs that have no font of their own.

A text is drawn as large as it fits, on one line or on several, down to the size below which a
Chinese character cannot be read, and there with narrower letters if that saves a page. What does
not fit even so becomes several pages, which the sign shows in turn: eight at most, nobody waits for
more. A number is not torn apart where a line can hold it.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass

from PIL import Image, ImageDraw

from drivers.codec.escpos_layout import wrap
from drivers.codec.plain_text import clean
from drivers.fonts import FontChain

PAGE_MS = 3_000
_SMALLEST = 16  # dots; a sign that is lower has letters as high as itself
_SIZES = 32  # so many are tried
_MOST_PAGES = 8
_BASELINE = 0.86  # of a cell's height
_REMEMBERED = 32
_WORD = re.compile(r"[!-~]+")


class Painter:
    def __init__(self, fonts: FontChain) -> None:
        self._fonts = fonts
        self._drawn: OrderedDict[tuple[str, int, int], tuple[Image.Image, ...]] = OrderedDict()

    def can_draw(self) -> bool:
        """Whether there is a Chinese font at all: a picture without letters must not be sent."""
        return self._fonts.font_for("号", _SMALLEST) is not None

    def pages(self, text: str, width: int, height: int) -> tuple[Image.Image, ...]:
        """Pictures of one bit a dot, white where it is lit; at least one."""
        key = (text, width, height)
        pages = self._drawn.get(key)
        if pages is None:
            pages = self._drawn[key] = self._draw(clean(text), width, height)
            while len(self._drawn) > _REMEMBERED:
                self._drawn.popitem(last=False)
        return pages

    def _draw(self, text: str, width: int, height: int) -> tuple[Image.Image, ...]:
        cell, rows = _laid_out(text, width, height)
        room = height // cell.size
        pages = [rows[at : at + room] for at in range(0, len(rows), room)]
        return tuple(self._page(page, cell, width, height) for page in pages[:_MOST_PAGES])

    def _page(self, rows: list[str], cell: "_Cell", width: int, height: int) -> Image.Image:
        image = Image.new("1", (width, height))
        draw = ImageDraw.Draw(image)
        size = cell.size
        top = (height - len(rows) * size) // 2
        for row in rows:
            left = (width - cell.dots(row)) // 2
            for character in row:
                dots = cell.dots(character)
                character = self._fonts.drawable(character, size)  # noqa: PLW2901 — or what stands for it
                font = self._fonts.font_for(character, size)
                if font is not None and not character.isspace():
                    place = (left + dots // 2, top + round(size * _BASELINE))
                    draw.text(place, character, fill=1, font=font, anchor="ms")
                left += dots
            top += size
        return image


@dataclass(frozen=True, slots=True)
class _Cell:
    """A Chinese character takes as much in width as in height, a letter or digit less."""

    size: int
    letter: int

    def dots(self, text: str) -> int:
        return sum(self.letter if character.isascii() else self.size for character in text)

    def rows(self, text: str, width: int) -> list[str]:
        """Rows that fit, as far as rows of two columns and more can."""
        rows: list[str] = []
        for columns in range(max(2, 2 * width // self.size), 1, -1):
            rows = wrap(text, columns)
            if all(self.dots(row) <= width for row in rows):
                break
        return rows


def _laid_out(text: str, width: int, height: int) -> tuple[_Cell, list[str]]:
    """The largest letters with which the text fits, or the smallest; and its rows."""
    smallest = min(_SMALLEST, height)
    sizes = range(height, smallest, -max(1, height // _SIZES))
    wide = _Cell(smallest, smallest * 5 // 8)
    narrow = _Cell(smallest, smallest // 2)
    words = _WORD.findall(text)
    for cell in (*(_Cell(size, size * 5 // 8) for size in sizes), wide, narrow):
        if any(cell.dots(word) > width for word in words):
            continue
        rows = cell.rows(text, width)
        if len(rows) <= height // cell.size and all(cell.dots(row) <= width for row in rows):
            return cell, rows
    return wide, wide.rows(text, width)
