"""Texts as pictures of dots, for signs that have no font of their own.

A text is drawn as large as it fits, on one line or on several, down to the size below which a
Chinese character cannot be read. What does not fit then becomes several pages, which the sign shows
in turn, up to eight, for which nobody waits longer. A number is not torn apart where a line can
hold it.
"""

import re
from collections import OrderedDict

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
        size, rows = _laid_out(text, width, height)
        room = height // size
        pages = [rows[at : at + room] for at in range(0, len(rows), room)]
        return tuple(self._page(page, size, width, height) for page in pages[:_MOST_PAGES])

    def _page(self, rows: list[str], size: int, width: int, height: int) -> Image.Image:
        image = Image.new("1", (width, height))
        draw = ImageDraw.Draw(image)
        top = (height - len(rows) * size) // 2
        for row in rows:
            left = (width - _dots(row, size)) // 2
            for character in row:
                cell = _dots(character, size)
                character = self._fonts.drawable(character, size)  # noqa: PLW2901 — or what stands for it
                font = self._fonts.font_for(character, size)
                if font is not None and not character.isspace():
                    place = (left + cell // 2, top + round(size * _BASELINE))
                    draw.text(place, character, fill=1, font=font, anchor="ms")
                left += cell
            top += size
        return image


def _laid_out(text: str, width: int, height: int) -> tuple[int, list[str]]:
    """The largest size of letters with which the text fits, or the smallest; and its rows."""
    smallest = min(_SMALLEST, height)
    words = _WORD.findall(text)
    for size in range(height, smallest, -max(1, height // _SIZES)):
        if any(_dots(word, size) > width for word in words):
            continue
        rows = _wrapped(text, width, size)
        if len(rows) <= height // size and all(_dots(row, size) <= width for row in rows):
            return size, rows
    return smallest, _wrapped(text, width, smallest)


def _wrapped(text: str, width: int, size: int) -> list[str]:
    """Rows that fit, as far as rows of two columns and more can."""
    rows: list[str] = []
    for columns in range(max(2, 2 * width // size), 1, -1):
        rows = wrap(text, columns)
        if all(_dots(row, size) <= width for row in rows):
            break
    return rows


def _dots(text: str, size: int) -> int:
    """A cell is as wide as high for a Chinese character; letters and digits need five eighths."""
    return sum(size * 5 // 8 if character.isascii() else size for character in text)
