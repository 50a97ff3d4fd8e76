r"""ESC/POS for Chinese paper: rows in, bytes out. Pure.

What common builders leave out is done here: the printer is put into Chinese mode and taken out of
it for each run (a Japanese or English firmware does not start in it), Chinese magnification is told
by `FS !` as well as by `GS !` (some makes heed only one), and a character the printer's own font
lacks is never sent as a code that would print as rubbish.

    ESC @   FS S 0 0   FS .                                             begin: known state
      ESC a n   ESC E n   FS ! n   GS ! n   [ESC 3 n]                   each row: its look
        ASCII bytes   |   FS & <GBK or GB18030 bytes> FS .              its runs
      LF   [ESC 2]
      ESC J n   ESC a 1   GS ( k …   ESC J n                            QR code, quiet zone
      GS V 66 0   [GS e 3 n]                                            cut, hold it out
    GS ( H … d1 d2 d3 d4   |   GS r 1                                   "tell me when this is done"
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from drivers.codec.escpos_layout import CutRow, FeedRow, QrRow, Row, TextRow, line_dots
from drivers.codec.escpos_profile import (
    BufferClearing,
    Confirmation,
    FontSet,
    Presenter,
    PrinterProfile,
)
from drivers.codec.plain_text import SUBSTITUTE, gbk_code, is_gb2312
from drivers.orders import Align

PROCESS_ID_LENGTH = 4
_BEGIN = b"\x1b@\x1cS\x00\x00\x1c."
_ALIGN = {Align.LEFT: 0, Align.CENTRE: 1, Align.RIGHT: 2}
_CLEARING = {
    BufferClearing.DLE_DC4: b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    BufferClearing.DLE_ENQ: b"\x10\x05\x02",
    BufferClearing.NONE: b"",
}
_TEAR_OFF_LINES = 5


def encode(rows: Iterable[Row], profile: PrinterProfile) -> bytes:
    """The document, with "〓" for what the printer's font lacks (see `uncovered`)."""
    return _BEGIN + b"".join(_row(row, profile) for row in rows)


def begin() -> bytes:
    return _BEGIN


def cut(profile: PrinterProfile) -> bytes:
    if not profile.cutter:
        return bytes([0x1B, 0x64, _TEAR_OFF_LINES])
    is_presented = profile.presenter is not Presenter.NONE
    return b"\x1dVB\x00" + (bytes([0x1D, 0x65, 3, profile.present_steps]) if is_presented else b"")


def ask_when_done(confirmation: Confirmation, process_id: str) -> bytes:
    """The request the printer answers when everything before it has been printed."""
    match confirmation:
        case Confirmation.PROCESS_ID:
            name = process_id.encode("ascii")
            if len(name) != PROCESS_ID_LENGTH or not all(0x20 <= byte <= 0x7E for byte in name):
                raise ValueError(f"wanted 4 printable ASCII characters, found {process_id!r}")
            return b"\x1d(H\x06\x0000" + name
        case Confirmation.GS_R:
            return b"\x1dr\x01"
        case Confirmation.POLL | Confirmation.NONE:
            return b""


def retract() -> bytes:
    """Draw the ticket that nobody took back into the machine."""
    return b"\x1de\x02"


def clear_remains(profile: PrinterProfile) -> bytes:
    """Throw away what a stopped printer still holds. Taken at once, even by a full buffer."""
    return _CLEARING[profile.clearing]


def uncovered(rows: Iterable[Row], profile: PrinterProfile) -> frozenset[str]:
    """Characters the printer has no picture of; one is enough to print the ticket as an image."""
    texts = "".join(row.text for row in rows if isinstance(row, TextRow))
    return frozenset(
        character
        for character in texts
        if not character.isascii() and not covers(profile.font_set, character)
    )


def covers(font_set: FontSet, character: str) -> bool:
    match font_set:
        case FontSet.GB18030:
            return True
        case FontSet.GBK:
            return gbk_code(character) is not None
        case FontSet.GB2312:
            code = gbk_code(character)
            return code is not None and is_gb2312(code)


def _row(row: Row, profile: PrinterProfile) -> bytes:
    match row:
        case TextRow():
            return _look(row) + b"".join(_runs(row.text, profile.font_set)) + _end_of_line(row)
        case QrRow():
            return _qr(row)
        case FeedRow():
            return bytes([0x1B, 0x64, row.lines])
        case CutRow():
            return cut(profile)


def _look(row: TextRow) -> bytes:
    chinese = (0x04 if row.width > 1 else 0) | (0x08 if row.height > 1 else 0)
    size = (row.width - 1) << 4 | (row.height - 1)
    spacing = bytes([0x1B, 0x33, line_dots(row.height)]) if row.height > 1 else b""
    # GS ! last: where a make heeds both, the later one counts and knows more than double.
    return (
        bytes([0x1B, 0x61, _ALIGN[row.align], 0x1B, 0x45, row.bold])
        + bytes([0x1C, 0x21, chinese, 0x1D, 0x21, size])
        + spacing
    )


def _end_of_line(row: TextRow) -> bytes:
    return b"\n\x1b2" if row.height > 1 else b"\n"


def _runs(text: str, font_set: FontSet) -> Iterator[bytes]:
    for is_ascii, characters in groupby(text, key=str.isascii):
        if is_ascii:
            yield "".join(characters).encode("ascii")
        else:
            codes = b"".join(_code(character, font_set) for character in characters)
            yield b"\x1c&" + codes + b"\x1c."


def _code(character: str, font_set: FontSet) -> bytes:
    if not covers(font_set, character):
        character = SUBSTITUTE
    return character.encode("gb18030" if font_set is FontSet.GB18030 else "gbk")


def _qr(row: QrRow) -> bytes:
    length = len(row.payload) + 3
    quiet_zone = bytes([0x1B, 0x4A, 4 * row.dots])  # a scanner needs four modules of white
    return (
        quiet_zone + b"\x1ba\x01\x1b2"
        b"\x1d(k\x04\x001A2\x00"  # model 2
        b"\x1d(k\x03\x001C"
        + bytes([row.dots])
        + b"\x1d(k\x03\x001E1\x1d(k"  # level M
        + length.to_bytes(2, "little")
        + b"1P0"
        + row.payload
        + b"\x1d(k\x03\x001Q0"
        + quiet_zone
    )
