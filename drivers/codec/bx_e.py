"""Onbon BX-5E and BX-6E cards, which have no font: dynamic areas of dots. Pure.

    body     header (16) | data                inside the frame of `bx_frame`; numbers little-endian
    header   to (2) | from (2) | F0 | 0 | controller (2) | 0 (4) | length of the data (4)
    request  answer wanted 1 | group | command | reserved (2) | …
    answer   0 | group | command | status (2), its bit 0: no | error (2) | length (2) | …

    A7 00, BX-5E   length (4) of all that follows | area | pages (2)
                   | each page: length (4) of what follows | look | 0 (4) | dots
    A7 00, BX-6E   areas (2) | length (4) of the parameters | area
                   | background (3) | sound 0 | 0 (5) | pages (2)
                   | each page: length 26 (4) | look | 0 (9) | offset (4) | length (4)
                   | the dots of all pages
    area           id | run mode | time-out s (2) | with all programs | programs 0 (2) | alone
                   | 0 (4) | 10 | x y w h (2 each) | no border 0
    look           0 | display | clearing | speed | stay 10 ms (2) | repeat | valid length (2)

In run mode 2 an area goes dark when its time-out passes without a new order. How the dots of a page
are laid out is `bx_dots`.

Sources: the maker's manuals of the fifth and sixth generation's dynamic areas (v1.5 and v2.0), and
for what they leave open the maker's Java SDK (without sound no parameters of it; page length 26).
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from drivers.codec.bx_dots import Bitmap, Generation, encode_page, read_page
from drivers.codec.bx_frame import frame

ANY_CARD = 0xFFFE  # answers whatever its address; as a controller: whatever its type
HOST = 0x8000
BRIGHTEST = 15
LARGEST_AREA = 300 * 1024  # bytes of dots; more the card does not hold
LONGEST_BODY = 2 * (LARGEST_AREA + 1024)  # every byte escaped
_VERSION = 0xF0
_HEADER = struct.Struct("<HHBBHII")
_ANSWER = struct.Struct("<BBBHHH")
_AREA = struct.Struct("<BBHBHBIBHHHHB")
_LOOK = struct.Struct("<BBBBHBH")
_SOUNDLESS = bytes(9)  # of a BX-6E: background, transparency, its size, sound, reserved
_HALF_HOURS = 48
_DYNAMIC = 0x10


@dataclass(frozen=True, slots=True)
class Controller:
    code: int
    generation: Generation

    @property
    def areas_most(self) -> int:
        return 4 if self.generation is Generation.FIVE else 32


CONTROLLERS = {
    "5e1": Controller(0x0154, Generation.FIVE),
    "5e2": Controller(0x0254, Generation.FIVE),
    "5e3": Controller(0x0354, Generation.FIVE),
    "6e1": Controller(0x0174, Generation.SIX),
    "6e2": Controller(0x0274, Generation.SIX),
    "6e3": Controller(0x0374, Generation.SIX),
    "6e1x": Controller(0x0474, Generation.SIX),
    "6e2x": Controller(0x0574, Generation.SIX),
}
_GENERATIONS = {controller.code: controller.generation for controller in CONTROLLERS.values()}


class CardError(IntEnum):
    """Why a card said no, as far as one can meet it here."""

    NONE = 0
    NO_SUCH_GROUP = 1
    NO_SUCH_COMMAND = 2
    BUSY = 3
    MEMORY_FULL = 4
    CHECKSUM = 5
    CONTROLLER_TYPE = 17
    SCREEN_PARAMETERS = 18


class RunMode(IntEnum):
    LOOP = 0
    HOLD_LAST = 1
    UNTIL_TIMEOUT = 2
    LOGO_AFTER_TIMEOUT = 3
    ONCE = 4


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class SetBrightness:
    """From 0 to 15, at all hours."""

    level: int


@dataclass(frozen=True, slots=True)
class ShowArea:
    """Pages of the area's size, shown in turn until the time-out."""

    area_id: int
    x: int
    y: int
    pages: tuple[Bitmap, ...]
    timeout_s: int
    run_mode: int = RunMode.UNTIL_TIMEOUT
    alone: bool = True
    """The card's own programs stop; otherwise the area is shown beside all of them."""
    stay_10ms: int = 300


@dataclass(frozen=True, slots=True)
class DeleteAreas:
    area_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeleteAll:
    pass


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """A well-framed command this codec does not carry out."""

    group: int
    command: int


Order = Ping | SetBrightness | ShowArea | DeleteAreas | DeleteAll
Request = Order | OtherRequest


@dataclass(frozen=True, slots=True)
class Addressed:
    """A request as it came: for which card, and for which type of controller."""

    to: int
    controller: int
    request: Request


@dataclass(frozen=True, slots=True)
class Answer:
    accepted: bool
    error: int = CardError.NONE


def encode(order: Order, controller: Controller, to: int = ANY_CARD) -> bytes:
    data = _request(order, controller.generation)
    code = ANY_CARD if isinstance(order, Ping) else controller.code
    return frame(_header(to, HOST, code, len(data)) + data)


def encode_answer(answer: Answer, controller: Controller) -> bytes:
    """What the card sends; for its simulator."""
    data = _ANSWER.pack(0, 0xA0, 0 if answer.accepted else 1, not answer.accepted, answer.error, 0)
    return frame(_header(HOST, 1, controller.code, len(data)) + data)


def read_answer(body: bytes) -> Answer | None:
    _, _, data = _opened(body)
    if len(data) < _ANSWER.size:
        return None
    _, group, command, status, error, length = _ANSWER.unpack_from(data)
    if group != 0xA0 or command > 1 or length != len(data) - _ANSWER.size:
        return None
    return Answer(accepted=command == 0 and not status & 1, error=error)


def read_request(body: bytes) -> Addressed | None:
    """None when the body holds no request of this family."""
    to, code, data = _opened(body)
    if len(data) < 5:
        return None
    request: Request | None
    match (data[1], data[2]):
        case (0xA2, 0x00):
            request = Ping()
        case (0xA2, 0x07):
            request = _read_brightness(data[3:])
        case (0xA7, 0x00):
            request = _AreaReader(data[5:]).read(_GENERATIONS.get(code))
        case (0xA7, 0x01):
            request = _read_deletion(data[5:])
        case (group, command):
            request = OtherRequest(group, command)
    return None if request is None else Addressed(to, code, request)


def _header(to: int, sender: int, controller: int, length: int) -> bytes:
    return _HEADER.pack(to, sender, _VERSION, 0, controller, 0, length)


def _opened(body: bytes) -> tuple[int, int, bytes]:
    """Address, controller and data; no data when the header is another family's."""
    if len(body) < _HEADER.size:
        return 0, 0, b""
    to, _, version, _, controller, _, length = _HEADER.unpack_from(body)
    data = body[_HEADER.size :]
    return to, controller, data if version == _VERSION and len(data) == length else b""


def _request(order: Order, generation: Generation) -> bytes:
    match order:
        case Ping():
            return b"\x01\xa2\x00\x00\x00"
        case SetBrightness(level):
            return b"\x01\xa2\x07\x31\x00\x00" + bytes([level]) * _HALF_HOURS
        case DeleteAll():
            return b"\x01\xa7\x01\x00\x00\xff"
        case DeleteAreas(area_ids):
            return b"\x01\xa7\x01\x00\x00" + bytes([len(area_ids), *area_ids])
        case ShowArea():
            return b"\x01\xa7\x00\x00\x00" + _shown(order, generation)


def _shown(order: ShowArea, generation: Generation) -> bytes:
    first = order.pages[0]
    head = _AREA.pack(
        *(order.area_id, order.run_mode, order.timeout_s, not order.alone, 0, order.alone, 0),
        *(_DYNAMIC, order.x, order.y, first.width, first.height, 0),
    )
    count = len(order.pages).to_bytes(2, "little")
    look = _LOOK.pack(0, 1, 0, 0, order.stay_10ms, 1, first.width)
    dots = [encode_page(page, order.x, generation) for page in order.pages]
    if generation is Generation.FIVE:
        pages = [_with_length(look + bytes(4) + each) for each in dots]
        return _with_length(head + count + b"".join(pages))
    offset = 0
    parameters = head + _SOUNDLESS + count
    for each in dots:
        where = struct.pack("<II", offset, len(each))
        parameters += _with_length(look + bytes(9) + where)
        offset += len(each)
    return b"\x01\x00" + _with_length(parameters) + b"".join(dots)


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


def _read_brightness(data: bytes) -> SetBrightness | None:
    known = len(data) == 3 + _HALF_HOURS and data[:3] == b"\x31\x00\x00"
    return SetBrightness(data[3]) if known and data[3] <= BRIGHTEST else None


def _read_deletion(data: bytes) -> DeleteAreas | DeleteAll | None:
    if data[:1] == b"\xff":
        return DeleteAll()
    return DeleteAreas(tuple(data[1:])) if data and len(data) == 1 + data[0] else None


class _TooShort(Exception):  # noqa: N818 — caught where it is raised, and never seen elsewhere
    pass


class _AreaReader:
    """What A7 00 says, read from its front; for the simulator."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, generation: Generation | None) -> ShowArea | None:
        if generation is None:
            return None
        try:
            return self._read(generation)
        except _TooShort:
            return None

    def _read(self, generation: Generation) -> ShowArea | None:
        if generation is Generation.SIX and self._number(2) != 1:
            return None
        if self._number(4) > len(self._data):
            return None
        area_id, run_mode, timeout_s, *which, border = _AREA.unpack(self._take(_AREA.size))
        _, programs, alone, _, kind, x, y, width, height = which
        if programs or border or kind != _DYNAMIC or not 0 < width * height <= LARGEST_AREA * 8:
            return None
        if generation is Generation.SIX and self._take(len(_SOUNDLESS))[3]:
            return None
        count, stay_10ms = self._number(2), 0
        sizes = []
        pages = []
        for _ in range(count):
            length = self._number(4)
            _, _, _, _, stay_10ms, _, _ = _LOOK.unpack(self._take(_LOOK.size))
            if generation is Generation.FIVE:
                self._take(4)
                dots = self._take(length - _LOOK.size - 4)
                pages.append(read_page(dots, x, width, height, generation))
            else:
                self._take(9 + 4)
                sizes.append(self._number(4))
        pages += [read_page(self._take(size), x, width, height, generation) for size in sizes]
        whole = tuple(page for page in pages if page is not None)
        if not whole or len(whole) != len(pages):
            return None
        return ShowArea(area_id, x, y, whole, timeout_s, run_mode, bool(alone), stay_10ms)

    def _take(self, size: int) -> bytes:
        if not 0 <= size <= len(self._data):
            raise _TooShort
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "little")
