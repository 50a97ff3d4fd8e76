r"""Onbon BX cards that carry their own Chinese font (BX-5K, 5MK, 6K): the window bars. Pure.

    body    header (14) | data             inside the frame of `bx_frame`
    data    group | command | response | reserved (2) | …          all numbers little-endian

    header  to (2) | from (2) | reserved (3) | 0 | check 0 = CRC | display | type FE = any | 02
            | length of the data (2)
    area    type 0 | x y w h (2 each; x and w in 8 pixels, or in pixels with the top bit set) | id
            | spacing | run mode | time-out s (2) | sound (3) | lines | wrap | display | exit
            | speed | stay | length (4) | text

A real-time area in run mode 2 goes dark when its time-out passes without a new order: that is how a
stale call vanishes though the hall's server has died. The card reads `\C1` and the like inside a
text as commands, so a backslash from outside becomes 「＼」; what GB2312 lacks becomes 「〓」.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from drivers.codec.bx_frame import frame
from drivers.codec.plain_text import SUBSTITUTE, gb2312_bytes
from drivers.orders import Colour

CARD = 0x0001
HOST = 0x8000
_HEADER = struct.Struct("<HH3sBBBBBH")
_AREA = struct.Struct("<BHHHHBBBH3sBBBBBBI")
_IN_PIXELS = 0x8000
_COLOURS = {Colour.RED: b"\\C1", Colour.GREEN: b"\\C2", Colour.YELLOW: b"\\C3"}
_MOST_CHARACTERS = 200


class RunMode(IntEnum):
    LOOP = 0
    HOLD_LAST = 1
    UNTIL_TIMEOUT = 2
    LOGO_AFTER_TIMEOUT = 3
    ONCE = 4


class DisplayMode(IntEnum):
    STILL = 1
    FAST = 2
    LEFT = 3
    RIGHT = 4
    UP = 5
    DOWN = 6


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class ClearScreen:
    pass


@dataclass(frozen=True, slots=True)
class Area:
    """One rectangle of the bar; `text` is as the card wants it (see `text_bytes`)."""

    area_id: int
    x: int
    y: int
    width: int
    height: int
    text: bytes
    timeout_s: int
    run_mode: int = RunMode.UNTIL_TIMEOUT
    single_line: int = 1
    wrap: int = 1
    display: int = DisplayMode.STILL
    speed: int = 4
    stay: int = 5


@dataclass(frozen=True, slots=True)
class ShowAreas:
    areas: tuple[Area, ...]
    deleted: tuple[int, ...] = ()
    deletes_all: bool = False


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """A well-framed command this codec does not carry out."""

    group: int
    command: int


Request = Ping | ClearScreen | ShowAreas | OtherRequest


@dataclass(frozen=True, slots=True)
class Answer:
    accepted: bool
    error: int = 0


def encode(
    request: Ping | ClearScreen | ShowAreas, *, to: int = CARD, length_in_reserved: bool = True
) -> bytes:
    """`length_in_reserved`: the vendor's example of a real-time area writes the length of what
    follows into the reserved field; other texts of the same family leave zero there.
    """
    data = _request(request, length_in_reserved=length_in_reserved)
    return frame(_header(to, HOST, len(data)) + data)


def encode_answer(answer: Answer) -> bytes:
    """What the card sends; for its simulator."""
    data = bytes([0xA0, 0 if answer.accepted else 1, answer.error, 0, 0])
    return frame(_header(HOST, CARD, len(data)) + data)


def read_answer(body: bytes) -> Answer | None:
    data = _data(body)
    if len(data) < 3 or data[0] != 0xA0 or data[1] > 1:
        return None
    return Answer(accepted=data[1] == 0, error=data[2])


def read_request(body: bytes) -> Request | None:
    """None when the body holds no request of this family."""
    data = _data(body)
    if len(data) < 5:
        return None
    match (data[0], data[1]):
        case (0xA2, 0x00):
            return Ping()
        case (0xA3, 0x10):
            return ClearScreen()
        case (0xA3, 0x06):
            return _read_areas(data[5:])
        case (group, command):
            return OtherRequest(group, command)


def text_bytes(text: str, colour: Colour, substitute: str = SUBSTITUTE) -> bytes:
    """GB2312 with the colour in front; nothing in `text` can act as a command of the card."""
    return _COLOURS[colour] + gb2312_bytes(text[:_MOST_CHARACTERS], substitute)


def plain_text(data: bytes) -> tuple[str, Colour]:
    """The other way, for the simulator: the text without the mark of its colour in front."""
    colour = Colour.RED
    for candidate, mark in _COLOURS.items():
        if data.startswith(mark):
            colour, data = candidate, data[len(mark) :]
    return data.decode("gb2312", "replace"), colour


def _request(request: Ping | ClearScreen | ShowAreas, *, length_in_reserved: bool) -> bytes:
    match request:
        case Ping():
            return b"\xa2\x00\x01\x00\x00"
        case ClearScreen():
            return b"\xa3\x10\x01\x00\x00"
        case ShowAreas():
            areas = _areas(request)
            reserved = len(areas) if length_in_reserved else 0
            return b"\xa3\x06\x01" + reserved.to_bytes(2, "little") + areas


def _header(to: int, sender: int, length: int) -> bytes:
    return _HEADER.pack(to, sender, b"\x00\x00\x00", 0, 0, 0, 0xFE, 0x02, length)


def _areas(request: ShowAreas) -> bytes:
    deleted = b"\xff" if request.deletes_all else bytes([len(request.deleted), *request.deleted])
    parts = [deleted, bytes([len(request.areas)])]
    for area in request.areas:
        body = _area(area)
        parts += [len(body).to_bytes(2, "little"), body]
    return b"".join(parts)


def _area(area: Area) -> bytes:
    x, width = _eights(area.x), _eights(area.width)
    fixed = _AREA.pack(
        *(0, x, area.y, width, area.height, area.area_id, 0, area.run_mode, area.timeout_s),
        b"\x00\x00\x00",
        *(area.single_line, area.wrap, area.display, 0, area.speed, area.stay, len(area.text)),
    )
    return fixed + area.text


def _eights(pixels: int) -> int:
    return pixels // 8 if pixels % 8 == 0 else pixels | _IN_PIXELS


def _pixels(value: int) -> int:
    return value & ~_IN_PIXELS if value & _IN_PIXELS else value * 8


def _data(body: bytes) -> bytes:
    if len(body) < _HEADER.size:
        return b""
    length: int = _HEADER.unpack_from(body)[-1]
    data = body[_HEADER.size :]
    return data if len(data) == length else b""


def _read_areas(data: bytes) -> ShowAreas | None:
    if not data:
        return None
    deletes_all = data[0] == 0xFF
    deleted = b"" if deletes_all else data[1 : 1 + data[0]]
    at = 1 + len(deleted)
    if at >= len(data):
        return None
    areas: list[Area] = []
    count, at = data[at], at + 1
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "little")
        area = _read_area(data[at + 2 : at + 2 + length])
        if area is None:
            return None
        areas.append(area)
        at += 2 + length
    return ShowAreas(tuple(areas), tuple(deleted), deletes_all)


def _read_area(data: bytes) -> Area | None:
    if len(data) < _AREA.size:
        return None
    (_, x, y, width, height, area_id, _, run_mode, timeout_s, _, *look) = _AREA.unpack_from(data)
    single_line, wrap, display, _, speed, stay, length = look
    text = data[_AREA.size :]
    if len(text) != length:
        return None
    return Area(
        area_id=area_id,
        x=_pixels(x),
        y=y,
        width=_pixels(width),
        height=height,
        text=text,
        timeout_s=timeout_s,
        run_mode=run_mode,
        single_line=single_line,
        wrap=wrap,
        display=display,
        speed=speed,
        stay=stay,
    )
