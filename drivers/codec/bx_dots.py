"""Pictures as Onbon's cards without a font want them: a row of dots after the other. Pure.

Dots run from left to right and downwards; 0 is lit, 1 is dark, and what is filled up to whole units
is dark, also on the left where the area's x is no multiple of them. A BX-5E takes bytes, with two
colours a red one and a green one in turn. A BX-6E takes words of 32 dots, each with its lowest byte
first, and all red before all green.

Sources: appendix 2 of the maker's two manuals; the order of a word's bytes is that of the maker's
protocol analyser, which shows such pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_WORD_BYTES = 4


class Generation(IntEnum):
    FIVE = 5
    SIX = 6


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of dots, eight to a byte, the leftmost in the top bit, 1 lit; each row begins a byte.

    `green` is empty for a card of one colour.
    """

    width: int
    height: int
    red: bytes
    green: bytes = b""


def encode_page(page: Bitmap, x: int, generation: Generation) -> bytes:
    """The page as the card wants it."""
    if generation is Generation.SIX:
        planes = [page.red, page.green] if page.green else [page.red]
        rows = (row for plane in planes for row in _rows(plane, page, x % 32, 32))
        return b"".join(_words(row) for row in rows)
    red = b"".join(_rows(page.red, page, x % 8, 8))
    if not page.green:
        return red
    green = b"".join(_rows(page.green, page, x % 8, 8))
    return bytes(byte for pair in zip(red, green, strict=True) for byte in pair)


def _rows(plane: bytes, page: Bitmap, left: int, unit: int) -> Iterator[bytes]:
    """Every row with 0 for lit, filled with 1 to whole units on both sides."""
    stride = (page.width + 7) // 8
    size = _filled(left + page.width, unit)
    for start in range(0, stride * page.height, stride):
        lit = int.from_bytes(plane[start : start + stride], "big") >> (stride * 8 - page.width)
        dark = (1 << size) - 1 ^ lit << (size - left - page.width)
        yield dark.to_bytes(size // 8, "big")


def _filled(bits: int, unit: int) -> int:
    return -(-bits // unit) * unit


def _words(row: bytes) -> bytes:
    """Each four bytes the other way round; the same again turns them back."""
    return b"".join(row[at : at + _WORD_BYTES][::-1] for at in range(0, len(row), _WORD_BYTES))


def _plane(rows: bytes, width: int, height: int, left: int, unit: int) -> bytes:
    """Back from what `_rows` makes."""
    stride = (width + 7) // 8
    size = _filled(left + width, unit)
    plane = b""
    for start in range(0, size // 8 * height, size // 8):
        dark = int.from_bytes(rows[start : start + size // 8], "big")
        lit = ~dark >> (size - left - width) & (1 << width) - 1
        plane += (lit << (stride * 8 - width)).to_bytes(stride, "big")
    return plane


def read_page(
    dots: bytes, x: int, width: int, height: int, generation: Generation
) -> Bitmap | None:
    """Back from what `encode_page` makes; None when there are too few dots or too many."""
    unit = 8 if generation is Generation.FIVE else 32
    left = x % unit
    one = _filled(left + width, unit) // 8 * height
    if len(dots) not in {one, 2 * one}:
        return None
    if generation is Generation.SIX:
        dots = _words(dots)
        planes = [dots[:one], dots[one:]]
    else:
        planes = [dots[::2], dots[1::2]] if len(dots) > one else [dots, b""]
    red, green = (_plane(plane, width, height, left, unit) if plane else b"" for plane in planes)
    return Bitmap(width, height, red, green)
