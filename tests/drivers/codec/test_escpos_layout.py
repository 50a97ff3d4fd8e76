"""Lines that fit the paper: Chinese breaking rules, and nothing lost."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.escpos_layout import (
    CutRow,
    FeedRow,
    QrRow,
    TextRow,
    Unprintable,
    column_count,
    lay_out,
    wrap,
)
from drivers.codec.escpos_profile import PrinterProfile
from drivers.orders import Align, Cut, Feed, QrCode, Rule, TextLine

WIDE = PrinterProfile("wide")
NARROW = PrinterProfile("narrow", width_dots=384, columns=32)
HALL_TEXT = st.text(alphabet="请到窗口，。）（《》A001 -办理、wait", max_size=120)


def test_a_line_of_chinese_is_counted_in_two_columns() -> None:
    assert wrap("政" * 20, 20) == ["政" * 10, "政" * 10]


def test_no_row_begins_with_a_closing_mark() -> None:
    assert wrap("一二三四五，六七", 10) == ["一二三四", "五，六七"]


def test_no_row_ends_with_an_opening_mark() -> None:
    assert wrap("一二三四（五六", 10) == ["一二三四", "（五六"]


def test_words_and_numbers_stay_whole() -> None:
    assert wrap("请A001号到3号窗口", 6) == ["请A001", "号到3", "号窗口"]
    assert wrap("please wait here", 8) == ["please", "wait", "here"]


def test_an_unbreakable_word_is_cut_rather_than_lost() -> None:
    assert wrap("https://example.gov.cn", 8) == ["https://", "example.", "gov.cn"]


def test_an_empty_line_is_still_a_line() -> None:
    assert wrap("", 48) == [""]
    assert lay_out((TextLine("\u202e"),), WIDE) == (TextRow(""),)


@given(HALL_TEXT, st.integers(2, 48))
def test_every_row_fits_and_nothing_is_lost(text: str, columns: int) -> None:
    rows = wrap(text, columns)
    assert all(column_count(row) <= columns for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


def test_magnified_text_has_fewer_columns() -> None:
    rows = lay_out((TextLine("双江自治县政务服务中心欢迎您", width=2, height=2),), WIDE)
    assert [row.text for row in rows if isinstance(row, TextRow)] == [
        "双江自治县政务服务中心欢",
        "迎您",
    ]


def test_a_document_becomes_rows() -> None:
    rows = lay_out((Rule(), Feed(3), QrCode("A", 6, "扫码"), Cut()), NARROW)
    assert rows == (
        TextRow("─" * 16, align=Align.CENTRE),
        FeedRow(3),
        QrRow(b"A", 6, 21),
        TextRow("扫码", align=Align.CENTRE),
        CutRow(),
    )


@pytest.mark.parametrize("length", [1, 14, 15, 122, 123, 300, 666, 667, 1500, 2331])
def test_the_size_of_a_code_is_known_beforehand(length: int) -> None:
    wide = PrinterProfile("plotter", width_dots=1248)
    row = lay_out((QrCode("x" * length, 3),), wide)[0]
    drawn = segno.make_qr(b"x" * length, error="m", mode="byte", boost_error=False)
    assert isinstance(row, QrRow)
    assert row.modules == drawn.symbol_size(border=0)[0]


def test_a_long_code_gets_smaller_dots_rather_than_falling_off_the_paper() -> None:
    row = lay_out((QrCode("x" * 300, 8),), NARROW)[0]
    assert isinstance(row, QrRow)
    assert row.dots == 4
    assert row.dots * (row.modules + 8) <= NARROW.width_dots


@pytest.mark.parametrize(
    "line",
    [
        QrCode("x" * 2332),
        QrCode("\x1b"),
        TextLine("A", width=9),
        TextLine("A", height=0),
        TextLine("字" * 20_000),
    ],
)
def test_what_no_printer_could_print_is_refused(line: TextLine | QrCode) -> None:
    with pytest.raises(Unprintable):
        lay_out((line,), NARROW)


def test_paper_too_narrow_for_a_code_or_a_character_is_said() -> None:
    slip = PrinterProfile("slip", width_dots=192, columns=16)
    with pytest.raises(Unprintable, match="slip: a QR code of 141 modules is too wide"):
        lay_out((QrCode("x" * 1400),), slip)
    with pytest.raises(Unprintable, match="slip: no Chinese character fits at width 8"):
        lay_out((TextLine("字", width=8),), PrinterProfile("slip", columns=8))
