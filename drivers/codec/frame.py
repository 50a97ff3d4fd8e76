"""Serial frames that a table describes, both ways: pads and bars, for which there is no standard.

    layout   FF 68 | length | length | 68 | address | command | data… | checksum | 16
                     └─── both count the bytes from address to data ──┘
                                          └── the checksum is over these ──┘

Every maker draws such a row; `Layout` holds it as it is drawn. The length may stand several times,
and may be missing: then the data has a fixed size, or ends where the tail stands and the checksum
fits. What a frame means, and which bytes an order becomes, are tables too (`FrameSpec`); their
files are read by `drivers.inputs.frame_specs`.

A serial line loses and doubles bytes. `FrameReader` looks for the first place where a whole frame
fits, counts what lies before it, and never raises; the portions in which bytes arrive do not
matter. A broken frame may claim bytes that never come: `silence` then gives up what has begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto

from drivers.codec.checksums import crc16, sum8, xor8
from drivers.codec.counters import Counters
from drivers.codec.plain_text import SUBSTITUTE, clean


class Part(StrEnum):
    """What stands between the constant bytes of a layout."""

    LENGTH = "length"
    ADDRESS = "address"
    COMMAND = "command"
    DATA = "data"
    CHECKSUM = "checksum"


class Sum(StrEnum):
    NONE = "none"
    SUM8 = "sum8"
    XOR8 = "xor8"
    CRC16_ARC = "crc16-arc"
    CRC16_MODBUS = "crc16-modbus"


class Order(StrEnum):
    """What the host says to a device on the line."""

    POLL = "poll"
    ACKNOWLEDGE = "acknowledge"
    SHOW = "show"


class Blank(StrEnum):
    """What an order's data leaves open."""

    TEXT = "text"
    COLOUR = "colour"
    SECONDS = "seconds"


IDLE = "idle"
ACKNOWLEDGED = "acknowledged"
REFUSED = "refused"
ANSWERS = frozenset({IDLE, ACKNOWLEDGED, REFUSED})
"""Meanings that are no key: nothing is pressed, the order was taken, it was not."""

SUM_BYTES = {Sum.NONE: 0, Sum.SUM8: 1, Sum.XOR8: 1, Sum.CRC16_ARC: 2, Sum.CRC16_MODBUS: 2}


@dataclass(frozen=True, slots=True)
class Number:
    """How a number is written."""

    size: int = 1
    order: str = "big"

    def read(self, data: bytes) -> int:
        return int.from_bytes(data, "little" if self.order == "little" else "big")

    def write(self, value: int) -> bytes:
        return value.to_bytes(self.size, "little" if self.order == "little" else "big")


@dataclass(frozen=True, slots=True)
class Span:
    """Parts of a layout, from the first to the last, by their places."""

    first: int
    last: int

    def __contains__(self, place: int) -> bool:
        return self.first <= place <= self.last


@dataclass(frozen=True, slots=True)
class Layout:
    parts: tuple[bytes | Part, ...]
    numbers: Mapping[Part, Number]
    """Length, address, command and checksum, each as far as the layout has it."""
    sum: Sum = Sum.NONE
    sum_covers: Span = Span(0, 0)
    length_covers: Span = Span(0, 0)
    length_plus: int = 0
    """What the length counts besides the parts it covers."""
    data_size: int | None = None
    """Fixed; None where the length tells it, or the tail ends it."""
    data_most: int = 64

    @property
    def has_length(self) -> bool:
        return Part.LENGTH in self.parts

    @property
    def tail(self) -> bytes:
        last = self.parts[-1]
        return last if isinstance(last, bytes) else b""

    @property
    def highest_address(self) -> int:
        """0 where one device has the line for itself."""
        number = self.numbers.get(Part.ADDRESS)
        return 0 if number is None else (1 << 8 * number.size) - 1

    def size_of(self, part: bytes | Part, data_size: int) -> int:
        if isinstance(part, bytes):
            return len(part)
        return data_size if part is Part.DATA else self.numbers[part].size

    def bytes_in(self, span: Span, data_size: int) -> int:
        parts = (part for place, part in enumerate(self.parts) if place in span)
        return sum(self.size_of(part, data_size) for part in parts)


@dataclass(frozen=True, slots=True)
class Frame:
    address: int = 0
    command: int = 0
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class OrderForm:
    """Command and data of an order; the data with what is filled in."""

    command: int = 0
    data: tuple[bytes | Blank, ...] = ()
    encoding: str = "gb2312"
    text_most: int = 32
    text_pad: bytes = b""
    """Fills the text up to `text_most`; empty where the device wants it as long as it is."""
    colours: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """One make of pad or bar, as its file states it."""

    name: str
    layout: Layout
    meanings: Mapping[bytes, str]
    """Command and the beginning of the data → what a frame from the device means."""
    orders: Mapping[Order, OrderForm]
    poll_every_ms: int = 150
    answer_within_ms: int = 80
    repeat_ms: int = 1500
    """The same key again within this time is the same press, sent until it was heard."""
    press_number_at: int | None = None
    """Where in the data a number stands that every press raises."""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.meanings.values()) - ANSWERS

    def meaning(self, frame: Frame) -> str:
        """The longest entry of the table that fits; empty for a frame that says nothing to us."""
        command = b""
        if Part.COMMAND in self.layout.parts:
            command = self.layout.numbers[Part.COMMAND].write(frame.command)
        said = command + frame.data
        fitting = [start for start in self.meanings if said.startswith(start)]
        return self.meanings[max(fitting, key=len)] if fitting else ""

    def press_number(self, frame: Frame) -> int | None:
        at = self.press_number_at
        return frame.data[at] if at is not None and at < len(frame.data) else None

    def order(
        self, order: Order, address: int, *, text: str = "", colour: str = "", seconds: int = 0
    ) -> bytes:
        """The bytes of an order this make knows."""
        form = self.orders[order]
        filled = {
            Blank.TEXT: _text(text, form, self.layout),
            Blank.COLOUR: form.colours.get(colour, b""),
            Blank.SECONDS: min(seconds, 0xFF).to_bytes(1, "big"),
        }
        data = b"".join(filled[one] if isinstance(one, Blank) else one for one in form.data)
        return encode(self.layout, Frame(address, form.command, data))


def encode(layout: Layout, frame: Frame) -> bytes:
    size = len(frame.data)
    written: dict[Part, bytes] = {Part.DATA: frame.data}
    for part, number in layout.numbers.items():
        match part:
            case Part.LENGTH:
                length = layout.bytes_in(layout.length_covers, size) + layout.length_plus
                written[part] = number.write(length)
            case Part.ADDRESS:
                written[part] = number.write(frame.address)
            case Part.COMMAND:
                written[part] = number.write(frame.command)
            case Part.CHECKSUM:
                written[part] = bytes(number.size)
            case Part.DATA:
                pass
    if Part.CHECKSUM in layout.parts:
        chunks = _chunks(layout, written)
        covered = b"".join(chunk for at, chunk in enumerate(chunks) if at in layout.sum_covers)
        written[Part.CHECKSUM] = layout.numbers[Part.CHECKSUM].write(checksum(layout.sum, covered))
    return b"".join(_chunks(layout, written))


def checksum(kind: Sum, data: bytes) -> int:
    match kind:
        case Sum.SUM8:
            return sum8(data)
        case Sum.XOR8:
            return xor8(data)
        case Sum.CRC16_ARC:
            return crc16(data, 0)
        case Sum.CRC16_MODBUS:
            return crc16(data, 0xFFFF)
        case Sum.NONE:
            return 0


class _Verdict(Enum):
    WHOLE = auto()
    MORE = auto()
    WRONG_SUM = auto()
    NO_FRAME = auto()


class FrameReader:
    """Bytes in any portions to frames."""

    def __init__(self, layout: Layout) -> None:
        self.counters = Counters()
        self._layout = layout
        first = layout.parts[0]
        self._head = first[:1] if isinstance(first, bytes) else b""
        """What every frame begins with; empty where that may be anything."""
        self._waiting = b""
        self._is_lost = False

    def feed(self, data: bytes) -> list[Frame]:
        self._waiting += data
        frames: list[Frame] = []
        while self._waiting:
            verdict, frame, size = _look(self._layout, self._waiting)
            match verdict:
                case _Verdict.MORE:
                    break
                case _Verdict.WHOLE:
                    frames.append(frame)
                    self._waiting = self._waiting[size:]
                    self._is_lost = False
                    ok = self.counters.frames_ok + 1
                    self.counters = replace(self.counters, frames_ok=ok)
                case _:
                    self._drop(is_wrong_sum=verdict is _Verdict.WRONG_SUM)
        return frames

    def silence(self) -> list[Frame]:
        """Nothing more comes for what has begun: it was no frame, but one may stand in it."""
        frames: list[Frame] = []
        while self._waiting:
            self._drop(is_wrong_sum=False)
            frames += self.feed(b"")
        return frames

    def _drop(self, *, is_wrong_sum: bool) -> None:
        """Nothing whole begins here: go on to where the next frame may."""
        counters = self.counters
        next_at = self._waiting.find(self._head, 1)
        size = len(self._waiting) if next_at < 0 else next_at
        self._waiting = self._waiting[size:]
        self.counters = replace(
            counters,
            noise_bytes=counters.noise_bytes + size,
            crc_bad=counters.crc_bad + is_wrong_sum,
            resyncs=counters.resyncs + (not self._is_lost),
        )
        self._is_lost = True


_NO_FRAME = Frame()


def _look(layout: Layout, data: bytes) -> tuple[_Verdict, Frame, int]:
    """Whether a frame begins here, what it holds, and how long it is."""
    if layout.has_length or layout.data_size is not None:
        return _fit(layout, data, layout.data_size)
    head = layout.parts[0]
    if isinstance(head, bytes) and not head.startswith(data[: len(head)]):
        return _Verdict.NO_FRAME, _NO_FRAME, 0
    # Without a length the data ends at the first tail before which the checksum fits.
    for size in range(layout.data_most + 1):
        verdict, frame, length = _fit(layout, data, size)
        if verdict in {_Verdict.WHOLE, _Verdict.MORE}:
            return verdict, frame, length
    return _Verdict.NO_FRAME, _NO_FRAME, 0


def _fit(layout: Layout, data: bytes, data_size: int | None) -> tuple[_Verdict, Frame, int]:
    found: dict[Part, bytes] = {}
    at = 0
    for part in layout.parts:
        size = layout.size_of(part, data_size or 0)
        chunk = data[at : at + size]
        if isinstance(part, bytes):
            if chunk != part[: len(chunk)]:
                return _Verdict.NO_FRAME, _NO_FRAME, 0
        elif found.setdefault(part, chunk) != chunk and len(chunk) == size:
            return _Verdict.NO_FRAME, _NO_FRAME, 0  # the repeated length is another
        if len(chunk) < size:
            return _Verdict.MORE, _NO_FRAME, 0
        if part is Part.LENGTH:
            data_size = _data_size(layout, chunk)
            if not 0 <= data_size <= layout.data_most:
                return _Verdict.NO_FRAME, _NO_FRAME, 0
        at += size
    chunks = _chunks(layout, found)
    covered = b"".join(chunk for place, chunk in enumerate(chunks) if place in layout.sum_covers)
    if Part.CHECKSUM in found:
        said = layout.numbers[Part.CHECKSUM].read(found[Part.CHECKSUM])
        if said != checksum(layout.sum, covered):
            return _Verdict.WRONG_SUM, _NO_FRAME, 0
    return _Verdict.WHOLE, _frame(layout, found), at


def _data_size(layout: Layout, length: bytes) -> int:
    said = layout.numbers[Part.LENGTH].read(length) - layout.length_plus
    return said - layout.bytes_in(layout.length_covers, 0)


def _frame(layout: Layout, found: Mapping[Part, bytes]) -> Frame:
    def number(part: Part) -> int:
        return layout.numbers[part].read(found[part]) if part in found else 0

    return Frame(number(Part.ADDRESS), number(Part.COMMAND), found.get(Part.DATA, b""))


def _chunks(layout: Layout, written: Mapping[Part, bytes]) -> list[bytes]:
    return [part if isinstance(part, bytes) else written[part] for part in layout.parts]


def _text(text: str, form: OrderForm, layout: Layout) -> bytes:
    """The text as the device's font has it; nothing in it can end the frame."""
    forbidden = b"" if layout.has_length or layout.data_size is not None else layout.tail[:1]
    encoded = b""
    for character in clean(text):
        code = _code(character, form.encoding)
        if forbidden and forbidden in code:
            code = _code(SUBSTITUTE, form.encoding)
        if len(encoded) + len(code) > form.text_most:
            break
        encoded += code
    return encoded.ljust(form.text_most, form.text_pad) if form.text_pad else encoded


def _code(character: str, encoding: str) -> bytes:
    for candidate in (character, SUBSTITUTE):
        try:
            return candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
    return b"?"
