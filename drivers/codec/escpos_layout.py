"""From the lines of a document to rows that fit the paper. Pure.

A printer's cell is one column for ASCII and two for everything else, whatever Unicode's own width
tables say: its Chinese font has one width. Lines break between Chinese characters and words, never
before 「，。）」 nor after 「（《」 (kinsoku), unless there is no other way.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from drivers.codec.escpos_profile import PrinterProfile
from drivers.codec.plain_text import clean
from drivers.orders import Align, Cut, Feed, PaperLine, QrCode, Rule, TextLine

ASCII_DOTS = 12  # one column of the printer's font A; a Chinese character is two
CELL_DOTS = 24
LINE_DOTS = 30
_MOST_ROWS = 400
_MAGNIFICATIONS = range(1, 9)
_NEVER_FIRST = frozenset("，。、；：？！）】》〉」』”’…—～％‰℃·,.;:?!)]}>%")
_NEVER_LAST = frozenset("（【《〈「『“‘￥([{<$")
_QUIET_MODULES = 8
# Bytes that fit a QR code of version 1, 2, … 40 at level M (ISO/IEC 18004, table 7).
_QR_CAPACITY = (
    *(
        14,
        26,
        42,
        62,
        84,
        106,
        122,
        152,
        180,
        213,
        251,
        287,
        331,
        362,
        412,
        450,
        504,
        560,
        624,
        666,
    ),
    *(711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911),
    *(1989, 2099, 2213, 2331),
)


class Unprintable(ValueError):  # noqa: N818 — a document no printer of this profile could print
    """Says what does not fit."""


@dataclass(frozen=True, slots=True)
class TextRow:
    text: str
    width: int = 1
    height: int = 1
    align: Align = Align.LEFT
    bold: bool = False


@dataclass(frozen=True, slots=True)
class QrRow:
    payload: bytes
    dots: int
    modules: int


@dataclass(frozen=True, slots=True)
class FeedRow:
    lines: int


@dataclass(frozen=True, slots=True)
class CutRow:
    pass


Row = TextRow | QrRow | FeedRow | CutRow


def lay_out(lines: Iterable[PaperLine], profile: PrinterProfile) -> tuple[Row, ...]:
    rows: list[Row] = []
    for line in lines:
        match line:
            case TextLine():
                rows.extend(_text_rows(line, profile))
            case QrCode():
                rows.append(_qr_row(line, profile))
                if line.caption:
                    caption = TextLine(line.caption, align=Align.CENTRE)
                    rows.extend(_text_rows(caption, profile))
            case Rule():
                rows.append(TextRow("─" * (profile.columns // 2), align=Align.CENTRE))
            case Feed():
                rows.append(FeedRow(max(1, min(line.lines, 20))))
            case Cut():
                rows.append(CutRow())
        if len(rows) > _MOST_ROWS:
            raise Unprintable(f"wanted at most {_MOST_ROWS} rows of paper")
    return tuple(rows)


def row_dots(row: Row) -> int:
    """How much paper a row takes, downwards."""
    match row:
        case TextRow():
            return line_dots(row.height)
        case QrRow():
            return row.dots * (row.modules + _QUIET_MODULES)
        case FeedRow():
            return row.lines * LINE_DOTS
        case CutRow():
            return 4 * LINE_DOTS


def line_dots(height: int) -> int:
    return CELL_DOTS * height + (LINE_DOTS - CELL_DOTS)


def column_count(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Rows of at most `columns`; one empty row for an empty text."""
    rows: list[str] = []
    row = ""
    room = columns
    for piece in _pieces(text):
        needed = column_count(piece)
        if needed > room and row:
            rows.extend([row.rstrip()] if row.strip() else [])
            row, room = "", columns
        if piece.isspace() and not row and rows:
            continue  # the space at which a line was broken is not carried over
        while needed > room:
            head = _head(piece, room)
            rows.append(row + head)
            row, room = "", columns
            piece = piece[len(head) :]  # noqa: PLW2901 — the rest of an unbreakable piece
            needed = column_count(piece)
        row += piece
        room -= needed
    return [*rows, row.rstrip()] if row.strip() or not rows else rows


def _text_rows(line: TextLine, profile: PrinterProfile) -> Iterator[TextRow]:
    if line.width not in _MAGNIFICATIONS or line.height not in _MAGNIFICATIONS:
        raise Unprintable(f"wanted size 1 to 8, found {line.width}×{line.height}")
    columns = profile.columns // line.width
    if columns < 2:
        raise Unprintable(f"{profile.name}: no Chinese character fits at width {line.width}")
    for text in wrap(clean(line.text), columns):
        yield TextRow(text, line.width, line.height, line.align, line.bold)


def _qr_row(code: QrCode, profile: PrinterProfile) -> QrRow:
    payload = clean(code.payload).encode()
    if not payload:
        raise Unprintable("wanted a QR code with something in it")
    if len(payload) > _QR_CAPACITY[-1]:
        raise Unprintable(f"wanted at most {_QR_CAPACITY[-1]} bytes in a QR code")
    modules = 21 + 4 * bisect_left(_QR_CAPACITY, len(payload))
    dots = min(code.dots, 16, profile.width_dots // (modules + _QUIET_MODULES))
    if dots < 2:
        raise Unprintable(f"{profile.name}: a QR code of {modules} modules is too wide")
    return QrRow(payload, dots, modules)


def _pieces(text: str) -> Iterator[str]:
    """The text cut wherever a line may break."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if before.isspace() or after.isspace():
        return True
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return not (before.isascii() and after.isascii())


def _head(piece: str, room: int) -> str:
    """As much of an unbreakable piece as fits; at least one character, so that it always ends."""
    taken = 0
    for position, character in enumerate(piece):
        taken += column_count(character)
        if taken > room:
            return piece[: max(position, 1)]
    return piece
