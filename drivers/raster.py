"""A whole ticket as one picture, for names whose characters the printer's own font lacks.

The picture has the same columns and rows as the text would have had, so the ticket keeps its look.
Pillow draws, segno makes the QR code, and python-escpos turns the image into raster commands.
"""

import io
from collections.abc import Iterable
from typing import ClassVar

import segno
from PIL import Image, ImageDraw

from drivers.codec.escpos_layout import (
    ASCII_DOTS,
    CELL_DOTS,
    CutRow,
    QrRow,
    Row,
    TextRow,
    column_count,
    line_dots,
    row_dots,
)
from drivers.codec.escpos_profile import PrinterProfile
from drivers.codec.escpos_text import begin, cut
from drivers.fonts import FontChain
from drivers.orders import Align

_STRIP_ROWS = 128  # small printers hold no more of a picture at once
_BLACK, _WHITE = 0, 255
_INK_THRESHOLD = 150
_BASELINE = 0.84  # of a cell's height
_LINE = "─"


class Picture:
    def __init__(self, fonts: FontChain) -> None:
        self._fonts = fonts

    def can_draw(self) -> bool:
        """Whether there is a Chinese font at all; without one a text with 「〓」 says more."""
        return self._fonts.font_for("号", CELL_DOTS) is not None

    def encode(self, rows: Iterable[Row], profile: PrinterProfile) -> bytes:
        parts = [begin()]
        sheet: list[Row] = []
        for row in [*rows, None]:
            if isinstance(row, CutRow) or row is None:
                if sheet:
                    parts.append(_raster(self.draw(sheet, profile.width_dots)))
                    sheet = []
                if row is not None:
                    parts.append(cut(profile))
            else:
                sheet.append(row)
        return b"".join(parts)

    def draw(self, rows: Iterable[Row], width_dots: int) -> Image.Image:
        rows = list(rows)
        image = Image.new("L", (width_dots, sum(row_dots(row) for row in rows)), _WHITE)
        top = 0
        for row in rows:
            match row:
                case TextRow():
                    self._text(image, row, top)
                case QrRow():
                    _qr(image, row, top)
            top += row_dots(row)
        return image.point(lambda level: _WHITE if level > _INK_THRESHOLD else _BLACK).convert("1")

    def _text(self, image: Image.Image, row: TextRow, top: int) -> None:
        left = _left(row.align, image.width, column_count(row.text) * ASCII_DOTS * row.width)
        for character in row.text:
            cell = ASCII_DOTS if character.isascii() else CELL_DOTS
            size = (cell * row.width, CELL_DOTS * row.height)
            glyph = self._glyph(character, cell, row)
            if glyph is not None:
                image.paste(glyph.resize(size), (left, top + line_dots(1) - CELL_DOTS))
            left += size[0]

    def _glyph(self, character: str, cell: int, row: TextRow) -> Image.Image | None:
        """One character, drawn as large as its cell is high; a wider one is squeezed into it."""
        if character.isspace():
            return None
        scale = max(row.width, row.height)
        high = CELL_DOTS * scale
        if character == _LINE:
            return _line(high)
        size = high - 2 * scale
        character = self._fonts.drawable(character, size)
        font = self._fonts.font_for(character, size)
        if font is None:
            return None
        wide = max(cell * scale, int(font.getlength(character)) + scale)
        glyph = Image.new("L", (wide, high), _WHITE)
        place = (wide / 2, high * _BASELINE)
        draw = ImageDraw.Draw(glyph)
        draw.text(place, character, fill=_BLACK, font=font, anchor="ms", stroke_width=row.bold)
        return glyph


def _line(high: int) -> Image.Image:
    """「─」 from edge to edge, so that a row of them is one line whatever the font."""
    glyph = Image.new("L", (high, high), _WHITE)
    ImageDraw.Draw(glyph).rectangle((0, high // 2 - 1, high, high // 2), fill=_BLACK)
    return glyph


def _qr(image: Image.Image, row: QrRow, top: int) -> None:
    code = segno.make_qr(row.payload, error="m", mode="byte", boost_error=False)
    buffer = io.BytesIO()
    code.save(buffer, kind="png", scale=row.dots, border=4)
    drawn = Image.open(buffer).convert("L")
    image.paste(drawn, (_left(Align.CENTRE, image.width, drawn.width), top))


def _left(align: Align, room: int, width: int) -> int:
    match align:
        case Align.LEFT:
            return 0
        case Align.CENTRE:
            return max(0, (room - width) // 2)
        case Align.RIGHT:
            return max(0, room - width)


def _raster(image: Image.Image) -> bytes:
    # Imported where it is used: the package sets up logging and makes a folder when it is loaded,
    # which a station that never prints a rare character need not pay for.
    from escpos.capabilities import Profile  # noqa: PLC0415 — see above
    from escpos.printer import Dummy  # noqa: PLC0415 — see above

    class Paper(Profile):  # type: ignore[misc]  # the package carries no types
        profile_data: ClassVar = {
            "codePages": {},
            "media": {"width": {"pixels": image.width}},
        }

    canvas = Dummy(profile=Paper())
    canvas.image(image, impl="bitImageRaster", fragment_height=_STRIP_ROWS)
    data: bytes = canvas.output
    return data
