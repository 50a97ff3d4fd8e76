"""Chinese paper as bytes: golden runs, substitutes, and nothing of a text that could command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.escpos_commands import Command, CommandReader, Order, Text
from drivers.codec.escpos_layout import lay_out
from drivers.codec.escpos_paper import QrOnPaper, TextOnPaper, VirtualPaper
from drivers.codec.escpos_profile import BufferClearing, Confirmation, FontSet, PrinterProfile
from drivers.codec.escpos_text import ask_when_done, clear_remains, covers, cut, encode, uncovered
from drivers.codec.plain_text import clean
from drivers.orders import Align, Cut, Feed, PaperLine, QrCode, Rule, TextLine

PROFILE = PrinterProfile("p", font_set=FontSet.GB2312)
PLAIN_LOOK = b"\x1ba\x00\x1bE\x00\x1c!\x00\x1d!\x00"


def encoded(*lines: PaperLine, profile: PrinterProfile = PROFILE) -> bytes:
    return encode(lay_out(lines, profile), profile)


def orders_in(data: bytes) -> list[Order]:
    reader = CommandReader()
    orders = reader.feed(data)
    reader.reset()
    assert reader.noise_bytes == 0
    return orders


def test_chinese_and_ascii_are_told_apart_for_the_printer() -> None:
    assert encoded(TextLine("请A001号")) == (
        b"\x1b@\x1cS\x00\x00\x1c." + PLAIN_LOOK + b"\x1c&\xc7\xeb\x1c.A001\x1c&\xba\xc5\x1c.\n"
    )


def test_magnified_chinese_is_told_twice() -> None:
    line = TextLine("号", width=2, height=3, align=Align.CENTRE, bold=True)
    assert encoded(line).endswith(
        b"\x1ba\x01\x1bE\x01\x1c!\x0c\x1d!\x12\x1b3\x4e\x1c&\xba\xc5\x1c.\n\x1b2"
    )


def test_a_code_stands_in_the_middle_with_white_round_it() -> None:
    data = encoded(QrCode("https://x.cn/1", 5))
    assert data.endswith(
        b"\x1bJ\x14\x1ba\x01\x1b2\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x05\x1d(k\x03\x001E1"
        b"\x1d(k\x11\x001P0https://x.cn/1\x1d(k\x03\x001Q0\x1bJ\x14"
    )


def test_cut_feed_and_rule() -> None:
    assert encoded(Feed(3), Cut()).endswith(b"\x1bd\x03\x1dVB\x00")
    assert cut(PrinterProfile("p", cutter=False)) == b"\x1bd\x05"
    assert encoded(Rule()).count("─".encode("gbk")) == 24


def test_questions_after_the_cut() -> None:
    assert ask_when_done(Confirmation.PROCESS_ID, "00A7") == b"\x1d(H\x06\x000000A7"
    assert ask_when_done(Confirmation.GS_R, "") == b"\x1dr\x01"
    assert ask_when_done(Confirmation.POLL, "") == ask_when_done(Confirmation.NONE, "") == b""
    with pytest.raises(ValueError, match="wanted 4 printable ASCII"):
        ask_when_done(Confirmation.PROCESS_ID, "A\x1b01")


@pytest.mark.parametrize(
    ("clearing", "data"),
    [
        (BufferClearing.DLE_ENQ, b"\x10\x05\x02"),
        (BufferClearing.DLE_DC4, b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"),
        (BufferClearing.NONE, b""),
    ],
)
def test_remains_are_thrown_away_as_the_make_knows_it(
    clearing: BufferClearing, data: bytes
) -> None:
    assert clear_remains(PrinterProfile("p", clearing=clearing)) == data


@pytest.mark.parametrize(
    ("character", "sets"),
    [
        ("号", {FontSet.GB2312, FontSet.GBK, FontSet.GB18030}),
        ("①", {FontSet.GB2312, FontSet.GBK, FontSet.GB18030}),
        ("·", {FontSet.GB2312, FontSet.GBK, FontSet.GB18030}),
        ("—", {FontSet.GB2312, FontSet.GBK, FontSet.GB18030}),
        ("镕", {FontSet.GBK, FontSet.GB18030}),  # of a prime minister's name: not in GB2312
        ("㑇", {FontSet.GB18030}),
        ("𠮷", {FontSet.GB18030}),
    ],
)
def test_what_a_font_covers(character: str, sets: set[FontSet]) -> None:
    assert {font_set for font_set in FontSet if covers(font_set, character)} == sets


def test_a_character_the_font_lacks_is_named_and_never_sent() -> None:
    rows = lay_out((TextLine("张㑇𠮷，A"),), PROFILE)
    assert uncovered(rows, PROFILE) == {"㑇", "𠮷"}
    assert "张〓〓，".encode("gbk") in encode(rows, PROFILE)


def test_a_printer_of_gb18030_gets_the_four_byte_codes() -> None:
    rich = PrinterProfile("rich", font_set=FontSet.GB18030)
    assert b"\x1c&\x82\x30\x8b\x32" not in encoded(TextLine("㑇"), profile=PROFILE)
    assert "㑇".encode("gb18030") in encoded(TextLine("㑇"), profile=rich)


@given(
    st.text(max_size=60),
    st.text(max_size=60).filter(lambda text: clean(text) != ""),
    st.sampled_from(FontSet),
)
def test_no_text_from_outside_reaches_the_printer_as_a_command(
    text: str, payload: str, font_set: FontSet
) -> None:
    """Whatever is in the data, the commands are those of a document with harmless data."""
    profile = PrinterProfile("p", font_set=font_set)
    wild = encoded(TextLine(text), QrCode(payload), Cut(), profile=profile)
    rows = max(1, len(lay_out((TextLine(text),), profile)))
    tame = encoded(*[TextLine("号")] * rows, QrCode("A"), Cut(), profile=profile)
    expected = [_shape(order) for order in orders_in(tame) if not _is_run_mark(order)]
    found = [_shape(order) for order in orders_in(wild) if not _is_run_mark(order)]
    assert found == expected
    texts = b"".join(order.data for order in orders_in(wild) if isinstance(order, Text))
    assert all(byte >= 0x20 and byte != 0x7F for byte in texts)
    stored = [o.data for o in orders_in(wild) if isinstance(o, Command) and o.data[3:4] == b"P"]
    assert stored[0][5:].decode() == clean(payload)
    assert all(byte >= 0x20 for byte in stored[0][5:])


def _is_run_mark(order: Order) -> bool:
    return isinstance(order, Text) or order.name in {b"\x1c&", b"\x1c."}


def _shape(order: Order) -> tuple[bytes, bytes]:
    assert isinstance(order, Command)
    if order.name == b"\x1d(k":
        return order.name, order.data[2:4]
    return order.name, b"" if order.name == b"\x1bJ" else order.data


@given(st.text(alphabet="请到窗口办理A001 ,。-", max_size=80), st.sampled_from(Align))
def test_paper_reads_what_was_meant(text: str, align: Align) -> None:
    paper = VirtualPaper()
    marks = [
        mark
        for order in orders_in(encoded(TextLine(text, align=align), QrCode("https://x.cn/号")))
        for mark in paper.carry_out(order)
    ]
    lines = [mark.text for mark in marks if isinstance(mark, TextOnPaper)]
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")
    assert [mark.payload for mark in marks if isinstance(mark, QrOnPaper)] == ["https://x.cn/号"]
