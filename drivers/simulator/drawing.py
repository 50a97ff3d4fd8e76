"""A ticket as an SVG drawing, dot for dot as the printer would burn it."""

import base64
import io
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

import segno
from PIL import Image, ImageOps

from drivers.codec.escpos_layout import ASCII_DOTS, CELL_DOTS
from drivers.codec.escpos_paper import (
    CutOnPaper,
    Gap,
    ImageOnPaper,
    Mark,
    QrOnPaper,
    Run,
    TextOnPaper,
)
from drivers.orders import Align

MARGIN_DOTS = 32  # 80 mm paper under a 72 mm head
_TOP_DOTS = 24
_CUT_DOTS = 40
_BASELINE_DOTS = 20


def draw_ticket(marks: Iterable[Mark], width_dots: int) -> str:
    parts: list[str] = []
    top = _TOP_DOTS
    for mark in marks:
        drawn, dots = _draw(mark, width_dots, top)
        parts.extend(drawn)
        top += dots
    width = width_dots + 2 * MARGIN_DOTS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}"'
        f' class="ticket-drawing" role="img">{"".join(parts)}</svg>'
    )


def _draw(mark: Mark, width_dots: int, top: int) -> tuple[list[str], int]:
    match mark:
        case TextOnPaper():
            return list(_text(mark, width_dots, top)), mark.dots
        case QrOnPaper():
            return _qr(mark, width_dots, top)
        case ImageOnPaper():
            return [_image(mark, width_dots, top)], mark.height
        case Gap(dots):
            return [], dots
        case CutOnPaper():
            return [], _CUT_DOTS


def _text(line: TextOnPaper, width_dots: int, top: int) -> Iterator[str]:
    used = max(run.left + run.dots for run in line.runs)
    left = MARGIN_DOTS + _offset(line.align, width_dots, used)
    bottom = top + line.dots
    for run in line.runs:
        high = CELL_DOTS * run.look.height
        wide = run.dots
        if run.look.inverted:
            yield _box(left + run.left, bottom - high, wide, high)
        if run.look.underline:
            yield _box(left + run.left, bottom - 2, wide, 2)
        yield from _run(run, left + run.left, bottom - high)


def _run(run: Run, left: float, top: float) -> Iterator[str]:
    look = run.look
    at = 0
    marks = [name for name, on in (("b", look.bold), ("i", look.inverted)) if on]
    for is_ascii, characters in groupby(run.text, key=str.isascii):
        text = "".join(characters)
        cell = ASCII_DOTS if is_ascii else CELL_DOTS
        classes = " ".join(["a" if is_ascii else "c", *marks])
        place = f"translate({left + at * look.width:g} {top:g}) scale({look.width} {look.height})"
        # A character outside the basic plane counts twice where a list of places is read.
        places = [
            f"{cell * position + cell / 2:g}"
            for position, character in enumerate(text)
            for _ in range(2 if ord(character) > 0xFFFF else 1)
        ]
        yield (
            f'<text transform="{place}" class="{classes}" x="{" ".join(places)}"'
            f' y="{_BASELINE_DOTS}">{escape(text)}</text>'
        )
        at += cell * len(text)


def _qr(code: QrOnPaper, width_dots: int, top: int) -> tuple[list[str], int]:
    try:
        drawn = segno.make_qr(code.payload, error=code.level, boost_error=False)
    except segno.DataOverflowError:
        return [], 0
    side = len(drawn.matrix) * code.module_dots
    left = MARGIN_DOTS + _offset(code.align, width_dots, side)
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(drawn.matrix)
        for x, module in enumerate(row)
        if module
    )
    place = f"translate({left} {top}) scale({code.module_dots})"
    drawing = f'<path class="q" transform="{place}" d="{path}"/>'
    if not code.payload.startswith(("http://", "https://")):
        return [drawing], side
    # A screen has no phone to scan it with: a click opens what the code leads to.
    link = f'<a href="{escape(code.payload)}" target="_blank" rel="noopener">'
    return [link, _box(left, top, side, side), drawing, "</a>"], side


def _image(image: ImageOnPaper, width_dots: int, top: int) -> str:
    left = MARGIN_DOTS + _offset(image.align, width_dots, image.width)
    data = base64.b64encode(picture_png(image)).decode("ascii")
    return (
        f'<image x="{left}" y="{top}" width="{image.width}" height="{image.height}"'
        f' class="p" href="data:image/png;base64,{data}"/>'
    )


def picture_png(image: ImageOnPaper) -> bytes:
    size = (image.width, image.height)
    whole = image.rows.ljust((image.width // 8) * image.height, b"\x00")
    picture = ImageOps.invert(Image.frombytes("1", size, whole).convert("L"))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'


def _offset(align: Align, room: int, used: int) -> int:
    match align:
        case Align.LEFT:
            return 0
        case Align.CENTRE:
            return max(0, (room - used) // 2)
        case Align.RIGHT:
            return max(0, room - used)
