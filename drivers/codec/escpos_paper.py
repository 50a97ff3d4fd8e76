"""The paper in a printer: carries out commands and keeps what would be seen. Pure.

A line is a row of runs, each with its place and size in dots, so that it can be drawn as the
printer would burn it, and read back as text by a test. The printer's firmware is taken to be
Chinese: after `ESC @` it is in Chinese mode, as those sold in China are. Barcodes and page mode are
passed over.
"""

from dataclasses import dataclass, field, replace

from drivers.codec.escpos_commands import Command, Order, Text
from drivers.codec.escpos_layout import ASCII_DOTS, CELL_DOTS, LINE_DOTS
from drivers.orders import Align

_ALIGNS = (Align.LEFT, Align.CENTRE, Align.RIGHT)
_LINE_DRAWING = {0x95: "─", 0x96: "│", 0x98: "┌", 0x99: "┐", 0x9A: "└", 0x9B: "┘"}
_KATAKANA_PAGE = 1
_MOST_STORED_BYTES = 1 << 20
_QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


@dataclass(frozen=True, slots=True)
class Look:
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look, from `left` dots on."""

    text: str
    left: int
    look: Look
    dots: int


@dataclass(frozen=True, slots=True)
class TextOnPaper:
    runs: tuple[Run, ...]
    align: Align
    dots: int

    @property
    def text(self) -> str:
        text, right = "", 0
        for run in self.runs:
            gap = max(0, run.left - right) // ASCII_DOTS
            text += " " * gap + run.text
            right = run.left + run.dots
        return text.strip() if self.align is not Align.LEFT else text.rstrip()


@dataclass(frozen=True, slots=True)
class ImageOnPaper:
    """`rows` are packed bits, most significant left, 1 is black."""

    width: int
    height: int
    rows: bytes
    align: Align

    @property
    def dots(self) -> int:
        return self.height


@dataclass(frozen=True, slots=True)
class QrOnPaper:
    payload: str
    module_dots: int
    level: str
    align: Align


@dataclass(frozen=True, slots=True)
class Gap:
    dots: int


@dataclass(frozen=True, slots=True)
class CutOnPaper:
    pass


Mark = TextOnPaper | ImageOnPaper | QrOnPaper | Gap | CutOnPaper


@dataclass(slots=True)
class _Settings:
    """What commands set and `ESC @` sets back."""

    align: Align = Align.LEFT
    look: Look = field(default_factory=Look)
    chinese_look: Look = field(default_factory=Look)
    chinese: bool = True
    code_page: int = 0
    line_dots: int = LINE_DOTS
    ascii_gap: int = 0
    chinese_gap: tuple[int, int] = (0, 0)
    left_margin: int = 0
    area_dots: int | None = None


class VirtualPaper:
    def __init__(self, width_dots: int = 576) -> None:
        self.width_dots = width_dots
        self._set = _Settings()
        self._runs: list[Run] = []
        self._left = 0
        self._lead = b""  # first bytes of a Chinese character whose rest has not come yet
        self._qr = QrOnPaper("", 3, "L", Align.LEFT)
        self._graphics: ImageOnPaper | None = None

    def carry_out(self, order: Order) -> list[Mark]:
        match order:
            case Text(data):
                return self._write(data)
            case Command(name, data):
                self._lead = b""
                return self._obey(name, data)

    def _obey(self, name: bytes, data: bytes) -> list[Mark]:
        match name:
            case b"\x1b@":
                self._set, self._runs, self._left = _Settings(), [], 0
                return []
            case b"\n":
                return self._end_line(self._set.line_dots)
            case b"\x1bd":
                return self._feed(data[0] * self._set.line_dots)
            case b"\x1bJ":
                return self._feed(data[0])
            case b"\x1dV" | b"\x1bi" | b"\x1bm":
                return [*self._flush(), CutOnPaper()]
            case b"\x1dv0":
                return self._raster(data)
            case b"\x1b*":
                return self._columns(data)
            case b"\x1d8L" | b"\x1d(L":
                return self._graphic(data[4:] if name[1] == 0x38 else data[2:])
            case b"\x1d(k":
                return self._symbol(data[2:])
            case _:
                self._adjust(name, data)
                return []

    def _adjust(self, name: bytes, data: bytes) -> None:
        settings = self._set
        value = data[0] if data else 0
        number = int.from_bytes(data[:2], "little")
        match name:
            case b"\x1ba":
                settings.align = _ALIGNS[value % 48] if value % 48 < 3 else settings.align
            case b"\x1c&":
                settings.chinese = True
            case b"\x1c.":
                settings.chinese = False
            case b"\x1bt":
                settings.code_page = value
            case b"\x1b2":
                settings.line_dots = LINE_DOTS
            case b"\x1b3":
                settings.line_dots = value
            case b"\x1b ":
                settings.ascii_gap = value
            case b"\x1cS":
                settings.chinese_gap = (data[0], data[1])
            case b"\x1dL":
                settings.left_margin = number
            case b"\x1dW":
                settings.area_dots = number
            case b"\x1b$":
                self._left = number
            case b"\x1b\\":
                self._left += number - 0x10000 if number >= 0x8000 else number
            case b"\t":
                self._left = (self._left // (8 * ASCII_DOTS) + 1) * 8 * ASCII_DOTS
            case _:
                self._dress(name, value)

    def _dress(self, name: bytes, value: int) -> None:
        settings = self._set
        on = bool(value & 1)
        match name:
            case b"\x1d!":
                width, height = (value >> 4 & 7) + 1, (value & 7) + 1
                settings.look = replace(settings.look, width=width, height=height)
                settings.chinese_look = replace(settings.chinese_look, width=width, height=height)
            case b"\x1bE" | b"\x1bG":
                settings.look = replace(settings.look, bold=on)
                settings.chinese_look = replace(settings.chinese_look, bold=on)
            case b"\x1dB":
                settings.look = replace(settings.look, inverted=on)
                settings.chinese_look = replace(settings.chinese_look, inverted=on)
            case b"\x1b-":
                settings.look = replace(settings.look, underline=bool(value & 3))
            case b"\x1c-":
                settings.chinese_look = replace(settings.chinese_look, underline=bool(value & 3))
            case b"\x1b!":
                settings.look = Look(
                    width=2 if value & 0x20 else 1,
                    height=2 if value & 0x10 else 1,
                    bold=bool(value & 0x08),
                    underline=bool(value & 0x80),
                )
            case b"\x1c!":
                settings.chinese_look = replace(
                    settings.chinese_look,
                    width=2 if value & 0x04 else 1,
                    height=2 if value & 0x08 else 1,
                    underline=bool(value & 0x80),
                )

    def _write(self, data: bytes) -> list[Mark]:
        marks: list[Mark] = []
        for byte in data:
            character = self._character(byte)
            if character:
                marks.extend(self._place(character))
        return marks

    def _character(self, byte: int) -> str:
        if not self._set.chinese:
            return self._single(byte)
        if not self._lead and byte < 0x80:
            return chr(byte)
        code = self._lead + bytes([byte])
        is_long = len(code) >= 2 and 0x30 <= code[1] <= 0x39
        if len(code) < (4 if is_long else 2):
            self._lead = code
            return ""
        self._lead = b""
        return code.decode("gb18030", "replace")

    def _single(self, byte: int) -> str:
        if byte < 0x7F:
            return chr(byte)
        if self._set.code_page == _KATAKANA_PAGE:
            return _LINE_DRAWING.get(byte, "?")
        return bytes([byte]).decode("cp437")

    def _place(self, characters: str) -> list[Mark]:
        marks: list[Mark] = []
        settings = self._set
        for character in characters:
            narrow = character.isascii() or not settings.chinese
            look = settings.look if narrow else settings.chinese_look
            before, after = (0, settings.ascii_gap) if narrow else settings.chinese_gap
            dots = (before + (ASCII_DOTS if narrow else CELL_DOTS) + after) * look.width
            if self._left + dots > self._area() and self._runs:
                marks.extend(self._end_line(settings.line_dots))
            self._add(character, look, dots)
        return marks

    def _add(self, character: str, look: Look, dots: int) -> None:
        last = self._runs[-1] if self._runs else None
        if last is not None and last.look == look and last.left + last.dots == self._left:
            self._runs[-1] = replace(last, text=last.text + character, dots=last.dots + dots)
        else:
            self._runs.append(Run(character, self._left, look, dots))
        self._left += dots

    def _area(self) -> int:
        area = self._set.area_dots
        room = self.width_dots - self._set.left_margin
        return room if area is None else min(area, room)

    def _flush(self) -> list[Mark]:
        return self._end_line(self._set.line_dots) if self._runs else []

    def _feed(self, dots: int) -> list[Mark]:
        if not self._runs:
            return [Gap(dots)]
        line_dots = self._set.line_dots
        rest: list[Mark] = [Gap(dots - line_dots)] if dots > line_dots else []
        return [*self._end_line(line_dots), *rest]

    def _end_line(self, line_dots: int) -> list[Mark]:
        runs, self._runs, self._left = tuple(self._runs), [], 0
        if not runs:
            return [Gap(line_dots)]
        dots = max(line_dots, *(CELL_DOTS * run.look.height for run in runs))
        margin = self._set.left_margin
        moved = tuple(replace(run, left=run.left + margin) for run in runs)
        return [TextOnPaper(moved, self._set.align, dots)]

    def _raster(self, data: bytes) -> list[Mark]:
        width = int.from_bytes(data[1:3], "little") * 8
        height = int.from_bytes(data[3:5], "little")
        if not width or not height:
            return []
        return [*self._flush(), ImageOnPaper(width, height, data[5:], self._set.align)]

    def _columns(self, data: bytes) -> list[Mark]:
        """ESC *: columns of 8 or 24 dots, top down, turned into rows."""
        depth = 3 if data[0] in {32, 33} else 1
        columns = data[3:]
        width = len(columns) // depth
        if not width:
            return []
        stride = (width + 7) // 8
        rows = bytearray(stride * depth * 8)
        for x in range(width):
            column = int.from_bytes(columns[x * depth : (x + 1) * depth], "big")
            for y in range(depth * 8):
                if column >> (depth * 8 - 1 - y) & 1:
                    rows[y * stride + x // 8] |= 0x80 >> x % 8
        image = ImageOnPaper(stride * 8, depth * 8, bytes(rows), self._set.align)
        return [*self._flush(), image]

    def _graphic(self, data: bytes) -> list[Mark]:
        """GS ( L: function 112 keeps a picture, function 2 or 50 prints it."""
        if len(data) < 2:
            return []
        if data[1] == 112 and len(data) >= 10:
            width = int.from_bytes(data[6:8], "little")
            height = int.from_bytes(data[8:10], "little")
            stride = (width + 7) // 8
            rows = data[10 : 10 + stride * height]
            if rows and len(rows) == stride * height <= _MOST_STORED_BYTES:
                self._graphics = ImageOnPaper(stride * 8, height, rows, self._set.align)
        elif data[1] in {2, 50} and self._graphics is not None:
            return [*self._flush(), replace(self._graphics, align=self._set.align)]
        return []

    def _symbol(self, data: bytes) -> list[Mark]:
        """GS ( k for a QR code: size, level, store, print."""
        if len(data) < 2 or data[0] != 49:
            return []
        match data[1]:
            case 67 if len(data) > 2:
                self._qr = replace(self._qr, module_dots=max(1, min(data[2], 16)))
            case 69 if len(data) > 2:
                self._qr = replace(self._qr, level=_QR_LEVELS.get(data[2], "L"))
            case 80:
                self._qr = replace(self._qr, payload=data[3:].decode("utf-8", "replace"))
            case 81 if self._qr.payload:
                return [*self._flush(), replace(self._qr, align=self._set.align)]
        return []
