"""Reads the tables that describe pads and bars: `frames/<name>.toml`, or a site's own file.

    layout = "FF 68 length length 68 address command data checksum 16"

    [length]       bytes = 1, order = "big", covers = "address data", plus = 0
    [checksum]     kind = "sum8", covers = "address data"; "start checksum" is all before it
    [address]      bytes = 1          [command]  bytes = 1
    [data]         bytes = 2, or most = 64 where the length or the tail tells its end
    [events]       command and beginning of the data, in hexadecimal = what it means
    [press]        repeat_ms = 1500, number_at = place of a running number in the data
    [poll]         command, data, every_ms, within_ms          what asks a device for news
    [acknowledge]  command, data                               what ends the repeating of a press
    [show]         command, data = "01 colour text", encoding, most, pad, [show.colours]; where the
                   bar has a clock, `seconds` stands in the data: it then goes dark by itself

A mistake names the file, the key and what is wanted.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from config.fittings import PadKey
from drivers.codec.frame import (
    ANSWERS,
    SUM_BYTES,
    Blank,
    FrameSpec,
    Layout,
    Number,
    Order,
    OrderForm,
    Part,
    Span,
    Sum,
)
from drivers.orders import Colour

RATES = tuple(f"rate:{level}" for level in range(1, 6))
MEANINGS = frozenset({*PadKey, *RATES, *ANSWERS})
ENCODINGS = ("ascii", "gb2312", "gbk", "gb18030", "utf-8")
_FOLDER = Path(__file__).with_name("frames")
_LONGEST_FILE = 65_536
_START = "start"

Word = TypeVar("Word", Part, Blank)


class FrameSpecError(ValueError):
    def __init__(self, file: str, key: str, wanted: str) -> None:
        super().__init__(f"{file}, {key}: {wanted}")


def frame_specs() -> list[str]:
    """The names of the tables at hand."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def load_frame_spec(name: str) -> FrameSpec:
    """One at hand by its name, or a file of the site's own by its path."""
    path = Path(name) if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    if not path.is_file() or path.stat().st_size > _LONGEST_FILE:
        wanted = f"wanted one of {', '.join(frame_specs())}, or the path of a .toml file"
        raise FrameSpecError(path.name, "file", wanted)
    return read_frame_spec(path.read_text(encoding="utf-8"), path.name)


def read_frame_spec(text: str, file: str) -> FrameSpec:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FrameSpecError(file, "TOML", str(error)) from error
    top = _Keys(file, "", table)
    top.text("source", "")
    layout = _layout(top)
    press, poll = top.table("press"), top.table("poll")
    number_at = press.number("number_at", -1, -1, 255)
    every_ms = poll.number("every_ms", 150, 20, 60_000)
    within_ms = poll.number("within_ms", 80, 10, 2_000)
    repeat_ms = press.number("repeat_ms", 1500, 100, 60_000)
    press.finish()
    orders = {
        order: _order(keys, layout)
        for order, keys in (
            (Order.POLL, poll),
            (Order.ACKNOWLEDGE, top.table("acknowledge")),
            (Order.SHOW, top.table("show")),
        )
        if order.value in table
    }
    meanings = _meanings(top.table("events"))
    top.finish()
    return FrameSpec(
        name=file.removesuffix(".toml"),
        layout=layout,
        meanings=meanings,
        orders=orders,
        poll_every_ms=every_ms,
        answer_within_ms=within_ms,
        repeat_ms=repeat_ms,
        press_number_at=None if number_at < 0 else number_at,
    )


@dataclass
class _Keys:
    """The keys of one table, taken one by one."""

    file: str
    place: str
    left: dict[str, object]

    def __post_init__(self) -> None:
        self.left = dict(self.left)

    def wrong(self, key: str, wanted: str) -> FrameSpecError:
        return FrameSpecError(self.file, f"{self.place}{key}", f"wanted {wanted}")

    def table(self, key: str) -> "_Keys":
        value = self.left.pop(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"a table [{self.place}{key}], found {value!r}")
        return _Keys(self.file, f"{self.place}{key}.", value)

    def text(self, key: str, default: str) -> str:
        value = self.left.pop(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"a text, found {value!r}")
        return value

    def number(self, key: str, default: int, lowest: int, highest: int) -> int:
        value = self.left.pop(key, default)
        if type(value) is not int or not lowest <= value <= highest:
            raise self.wrong(key, f"a number from {lowest} to {highest}, found {value!r}")
        return value

    def one_of(self, key: str, default: str, known: tuple[str, ...]) -> str:
        value = self.text(key, default)
        if value not in known:
            raise self.wrong(key, f"one of {', '.join(known)}, found {value!r}")
        return value

    def octets(self, key: str, default: str) -> bytes:
        return self.octets_of(key, self.text(key, default))

    def octets_of(self, key: str, text: str) -> bytes:
        try:
            return bytes.fromhex(text)
        except ValueError as error:
            wanted = f"bytes in hexadecimal such as 'FF 68', found {text!r}"
            raise self.wrong(key, wanted) from error

    def finish(self) -> None:
        for key in self.left:
            raise self.wrong(key, "nothing: there is no such key")


def _layout(top: _Keys) -> Layout:
    parts = tuple(_tokens(top, "layout", top.text("layout", ""), Part))
    if not parts or parts.count(Part.DATA) > 1 or parts.count(Part.CHECKSUM) > 1:
        raise top.wrong("layout", "bytes and parts, data and checksum once at most")
    data = top.table("data")
    data_bytes, most = data.number("bytes", -1, -1, 1024), data.number("most", 64, 1, 1024)
    data.finish()
    numbers: dict[Part, Number] = {}
    spans = {Part.LENGTH: Span(0, 0), Part.CHECKSUM: Span(0, 0)}
    plus, kind = 0, Sum.NONE
    for part in (Part.LENGTH, Part.ADDRESS, Part.COMMAND, Part.CHECKSUM):
        keys = top.table(part.value)
        if part not in parts:
            keys.finish()
            continue
        if part is Part.CHECKSUM:
            kind = Sum(keys.one_of("kind", "", tuple(one for one in Sum if one is not Sum.NONE)))
        if part in spans:
            spans[part] = _span(keys, parts)
        if part is Part.LENGTH:
            plus = keys.number("plus", 0, -64, 64)
        size = SUM_BYTES[kind] if part is Part.CHECKSUM else keys.number("bytes", 1, 1, 2)
        default = "little" if part is Part.CHECKSUM else "big"
        numbers[part] = Number(size, keys.one_of("order", default, ("big", "little")))
        keys.finish()
    layout = Layout(
        parts=parts,
        numbers=numbers,
        sum=kind,
        sum_covers=spans[Part.CHECKSUM],
        length_covers=spans[Part.LENGTH],
        length_plus=plus,
        data_size=_data_size(parts, data_bytes),
        data_most=max(most, data_bytes),
    )
    _check_ends(top, layout)
    return layout


def _data_size(parts: tuple[bytes | Part, ...], stated: int) -> int | None:
    if Part.DATA not in parts:
        return 0
    return None if stated < 0 else stated


def _check_ends(top: _Keys, layout: Layout) -> None:
    """Somebody has to tell where the data ends."""
    if layout.has_length:
        place = layout.parts.index(Part.DATA) if Part.DATA in layout.parts else None
        if place is not None and place not in layout.length_covers:
            raise top.wrong("length.covers", "a span with the data in it")
        if place is not None and layout.parts.index(Part.LENGTH) > place:
            raise top.wrong("layout", "the length before the data")
    elif layout.data_size is None and not layout.tail:
        raise top.wrong("data.bytes", "how long the data is: there is neither length nor tail")


def _span(keys: _Keys, parts: tuple[bytes | Part, ...]) -> Span:
    wanted = keys.text("covers", "")
    words = wanted.split()
    if len(words) == 2:
        first = 0 if words[0] == _START else _place(parts, words[0])
        last = _place(parts, words[1])
        if first is not None and last is not None and first <= last:
            is_own_place = keys.place == f"{Part.CHECKSUM}." and words[1] == Part.CHECKSUM
            return Span(first, last - is_own_place)
    raise keys.wrong("covers", f"two parts of the layout, first and last, found {wanted!r}")


def _place(parts: tuple[bytes | Part, ...], name: str) -> int | None:
    return parts.index(Part(name)) if name in parts else None


def _order(keys: _Keys, layout: Layout) -> OrderForm:
    command = keys.octets("command", "")
    wanted = layout.numbers[Part.COMMAND].size if Part.COMMAND in layout.parts else 0
    if len(command) != wanted:
        raise keys.wrong("command", f"{wanted} bytes in hexadecimal, found {command.hex(' ')!r}")
    pad = keys.octets("pad", "")
    if len(pad) > 1:
        raise keys.wrong("pad", f"one byte in hexadecimal, found {pad.hex(' ')!r}")
    colours = keys.table("colours")
    form = OrderForm(
        command=layout.numbers[Part.COMMAND].read(command) if command else 0,
        data=tuple(_tokens(keys, "data", keys.text("data", ""), Blank)),
        encoding=keys.one_of("encoding", "gb2312", ENCODINGS),
        text_most=keys.number("most", 32, 1, 200),
        text_pad=pad,
        colours={
            colour.value: colours.octets(colour.value, "")
            for colour in Colour
            if colour.value in colours.left
        },
    )
    colours.finish()
    keys.finish()
    return form


def _tokens(keys: _Keys, key: str, text: str, words: type[Word]) -> list[bytes | Word]:
    """Hexadecimal bytes and names; bytes that stand together become one."""
    tokens: list[bytes | Word] = []
    known = {one.value for one in words}
    for word in text.split():
        if word in known:
            tokens.append(words(word))
            continue
        try:
            octet = bytes.fromhex(word)
        except ValueError as error:
            wanted = f"bytes in hexadecimal, {', '.join(sorted(known))}, found {word!r}"
            raise keys.wrong(key, wanted) from error
        if tokens and isinstance(tokens[-1], bytes):
            tokens[-1] += octet
        else:
            tokens.append(octet)
    return tokens


def _meanings(events: _Keys) -> Mapping[bytes, str]:
    found = {}
    for key in list(events.left):
        meaning = events.text(key, "")
        if meaning not in MEANINGS:
            wanted = f"one of {', '.join(sorted(MEANINGS))}, found {meaning!r}"
            raise events.wrong(key, wanted)
        found[events.octets_of(key, key)] = meaning
    return found
