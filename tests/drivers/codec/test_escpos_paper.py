"""The virtual paper: reads any portions alike, never raises, and shows what a printer would."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.escpos_commands import Command, CommandReader, Text
from drivers.codec.escpos_layout import lay_out
from drivers.codec.escpos_paper import (
    CutOnPaper,
    Gap,
    ImageOnPaper,
    Mark,
    QrOnPaper,
    TextOnPaper,
    VirtualPaper,
)
from drivers.codec.escpos_profile import PrinterProfile
from drivers.codec.escpos_text import encode
from drivers.orders import Align, Cut, QrCode, Rule, TextLine

TICKET = encode(
    lay_out(
        (
            TextLine("双江自治县政务服务中心", width=2, height=2, align=Align.CENTRE),
            Rule(),
            TextLine("A001", width=4, height=4, bold=True),
            QrCode("https://x.cn/q/A001", 4, "扫码"),
            Cut(),
        ),
        PrinterProfile("p"),
    ),
    PrinterProfile("p"),
)
PICTURE = b"\x1dv0\x00\x02\x00\x03\x00" + bytes(range(1, 7))


def marks_of(data: bytes | Iterable[bytes]) -> list[Mark]:
    reader, paper = CommandReader(), VirtualPaper()
    portions = [data] if isinstance(data, bytes) else data
    orders = [order for portion in portions for order in reader.feed(portion)]
    return [mark for order in orders for mark in paper.carry_out(order)]


def texts_of(data: bytes) -> list[str]:
    return [mark.text for mark in marks_of(data) if isinstance(mark, TextOnPaper)]


def test_a_ticket_is_read_with_its_looks() -> None:
    marks = [mark for mark in marks_of(TICKET) if not isinstance(mark, Gap)]
    title, rule, number, code, caption, cut = marks
    assert isinstance(title, TextOnPaper)
    assert (title.text, title.align, title.dots) == ("双江自治县政务服务中心", Align.CENTRE, 54)
    assert (title.runs[0].look.width, title.runs[0].look.height) == (2, 2)
    assert isinstance(rule, TextOnPaper)
    assert rule.text == "─" * 24
    assert isinstance(number, TextOnPaper)
    assert (number.text, number.runs[0].look.bold, number.runs[0].dots) == ("A001", True, 192)
    assert code == QrOnPaper("https://x.cn/q/A001", 4, "M", Align.CENTRE)
    assert isinstance(caption, TextOnPaper)
    assert cut == CutOnPaper()


@given(st.lists(st.integers(1, 30), max_size=60))
def test_any_split_gives_the_same_paper(cuts: list[int]) -> None:
    stream = TICKET + PICTURE + TICKET
    portions = []
    at = 0
    for cut in [*cuts, len(stream)]:
        portions.append(stream[at : at + cut])
        at += cut
    assert marks_of(portions) == marks_of(stream)


@given(st.binary(max_size=600))
def test_noise_never_raises(noise: bytes) -> None:
    reader, paper = CommandReader(), VirtualPaper()
    for order in [*reader.feed(noise), *reader.feed(b"\n" + noise)]:
        paper.carry_out(order)
    reader.reset()
    assert len(marks_of(noise)) <= len(noise) * 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(k", b"\x1d(L", b"\x1dv0"]),
            st.binary(max_size=12),
        ),
        max_size=20,
    )
)
def test_commands_of_any_content_never_raise(parts: list[tuple[bytes, bytes]]) -> None:
    marks_of(b"".join(lead + rest for lead, rest in parts) + b"\n")


def test_the_sizes_of_commands_are_those_of_the_published_set() -> None:
    stream = (
        b"\x1b@\x1bp\x00\x32\x32\x1bc3\x0f\x1dV\x00\x1dVB\x10\x1d*\x01\x01" + bytes(8)
        + b"\x1b*\x21\x02\x00" + bytes(6) + b"\x1bD\x08\x10\x00\x1dk\x04ABC\x00\x1dk\x49\x03{BA"
        + b"\x10\x04\x01\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x1de\x03\x05\x1de\x05"
    )  # fmt: skip
    reader = CommandReader()
    orders = reader.feed(stream)
    assert all(isinstance(order, Command) for order in orders)
    assert len(orders) == 15
    assert reader.noise_bytes == 0


def test_an_unknown_command_is_passed_over_and_counted() -> None:
    reader = CommandReader()
    assert reader.feed(b"\x1b\x06A\x00\x07") == [Text(b"A")]
    assert reader.noise_bytes == 4


def test_a_length_no_printer_could_hold_is_noise() -> None:
    reader = CommandReader()
    orders = reader.feed(b"\x1d8L\xff\xff\xff\x7f" + b"A" * 10 + b"\n")
    assert Command(b"\n") in orders
    assert reader.noise_bytes > 0


def test_the_buffer_of_half_commands_is_forgotten_on_a_hang_up() -> None:
    reader = CommandReader()
    reader.feed(b"\x1dv0\x00\x48\x00")
    reader.reset()
    assert reader.noise_bytes == 6
    assert reader.feed(b"A") == [Text(b"A")]


def test_pictures_are_kept_dot_for_dot() -> None:
    assert marks_of(b"\x1ba\x01" + PICTURE) == [
        ImageOnPaper(16, 3, bytes(range(1, 7)), Align.CENTRE)
    ]


def test_columns_of_dots_become_rows() -> None:
    column = b"\x80\x00\x01"  # the first and the last of 24 dots
    (image,) = marks_of(b"\x1b*\x21\x01\x00" + column)
    assert isinstance(image, ImageOnPaper)
    assert (image.width, image.height) == (8, 24)
    assert image.rows == b"\x80" + bytes(22) + b"\x80"


def test_stored_graphics_are_printed_when_asked() -> None:
    store = b"\x1d(L\x0e\x000p0\x01\x011\x08\x00\x04\x00" + b"\xaa\x55\xaa\x55"
    assert marks_of(store) == []
    assert marks_of(store + b"\x1d(L\x02\x0002") == [
        ImageOnPaper(8, 4, b"\xaa\x55\xaa\x55", Align.LEFT)
    ]


def test_a_long_line_wraps_at_the_paper_s_edge() -> None:
    assert texts_of("号".encode("gbk") * 30 + b"\n") == ["号" * 24, "号" * 6]


def test_places_on_a_line_become_spaces() -> None:
    assert texts_of(b"A\x1b$\x78\x00B\n") == ["A         B"]


def test_line_spacing_and_feeds_take_paper() -> None:
    gaps = [mark.dots for mark in marks_of(b"\n\x1b3\x40\n\x1b2\x1bd\x02\x1bJ\x10") if
            isinstance(mark, Gap)]  # fmt: skip
    assert gaps == [30, 64, 60, 16]


def test_a_chinese_character_may_come_in_two_portions() -> None:
    code = "号".encode("gbk")
    marks = marks_of([code[:1], code[1:] + b"\n"])
    assert [mark.text for mark in marks if isinstance(mark, TextOnPaper)] == ["号"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1c.\x1bt\x00caf\x82\n", "café"),  # code page 437
        (b"\x1c.\x1bt\x01\x95\x96\n", "─│"),  # the line-drawing characters of page 1
        (b"\x1c&" + "①号".encode("gbk") + b"\x1c.1\n", "①号1"),
        ("㑇𠮷".encode("gb18030") + b"\n", "㑇𠮷"),
    ],
)
def test_modes_and_pages(data: bytes, text: str) -> None:
    assert texts_of(data) == [text]


def test_dress_is_put_on_and_off() -> None:
    (line,) = marks_of(
        b"\x1b!\x38A\x1b!\x00\x1dB\x01B\x1dB\x00\x1b-\x01C\x1b-\x00\x1c!\x0c\xba\xc5\n"
    )
    assert isinstance(line, TextOnPaper)
    looks = [(run.text, run.look) for run in line.runs]
    assert [text for text, _ in looks] == ["A", "B", "C", "号"]
    assert (looks[0][1].width, looks[0][1].height, looks[0][1].bold) == (2, 2, True)
    assert looks[1][1].inverted
    assert looks[2][1].underline
    assert (looks[3][1].width, looks[3][1].height) == (2, 2)
