"""A ticket as a picture: the same rows, dot for dot, and read by a decoder not written here."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.codec.escpos_commands import CommandReader
from drivers.codec.escpos_layout import lay_out, row_dots
from drivers.codec.escpos_paper import CutOnPaper, ImageOnPaper, VirtualPaper
from drivers.codec.escpos_profile import PrinterProfile
from drivers.codec.plain_text import SUBSTITUTE
from drivers.fonts import FontChain, _system_fonts
from drivers.orders import Align, Cut, QrCode, Rule, TextLine
from drivers.raster import Picture

LINES = (
    TextLine("双江自治县政务服务中心", width=2, height=2, align=Align.CENTRE, bold=True),
    Rule(),
    TextLine("A001", width=4, height=4, align=Align.CENTRE),
    TextLine("姓名：张㑇𠮷", align=Align.RIGHT),
    QrCode("https://example.gov.cn/q/A001", 5, "扫码查看"),
)
PROFILE = PrinterProfile("p")


@pytest.fixture(scope="module")
def fonts() -> FontChain:
    chain = FontChain()
    if chain.font_for("号", 24) is None:
        pytest.skip("no Chinese font on this machine")
    return chain


def strips_of(data: bytes) -> list[ImageOnPaper]:
    paper = VirtualPaper(PROFILE.width_dots)
    marks = [mark for order in CommandReader().feed(data) for mark in paper.carry_out(order)]
    assert isinstance(marks[-1], CutOnPaper)
    return [mark for mark in marks if isinstance(mark, ImageOnPaper)]


def joined(strips: list[ImageOnPaper]) -> Image.Image:
    rows = b"".join(strip.rows for strip in strips)
    height = sum(strip.height for strip in strips)
    return Image.frombytes("1", (strips[0].width, height), rows)


def test_the_printed_dots_are_the_drawn_ones(fonts: FontChain) -> None:
    rows = lay_out(LINES, PROFILE)
    drawn = Picture(fonts).draw(rows, PROFILE.width_dots)
    assert drawn.size == (PROFILE.width_dots, sum(map(row_dots, rows)))
    printed = joined(
        strips_of(Picture(fonts).encode([*rows, *lay_out((Cut(),), PROFILE)], PROFILE))
    )
    ink = np.asarray(printed.convert("L")) > 0
    assert np.array_equal(ink, np.asarray(drawn.convert("L")) == 0)
    assert 0.02 < ink.mean() < 0.3


def test_strips_are_small_enough_for_small_printers(fonts: FontChain) -> None:
    rows = lay_out((*LINES, Cut()), PROFILE)
    assert max(strip.height for strip in strips_of(Picture(fonts).encode(rows, PROFILE))) <= 128


def test_the_code_is_read_from_the_dots(fonts: FontChain) -> None:
    drawn = Picture(fonts).draw(lay_out(LINES, PROFILE), PROFILE.width_dots)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(drawn.convert("L")))
    assert text == "https://example.gov.cn/q/A001"


def test_text_stands_where_its_alignment_says(fonts: FontChain) -> None:
    for align, side in ((Align.LEFT, slice(0, 100)), (Align.RIGHT, slice(-100, None))):
        row = lay_out((TextLine("号票", align=align),), PROFILE)
        ink = np.asarray(Picture(fonts).draw(row, PROFILE.width_dots).convert("L")) == 0
        assert ink.any()
        assert ink[:, side].sum() == ink.sum()


def test_a_character_no_font_has_becomes_the_substitute(fonts: FontChain) -> None:
    assert fonts.drawable("\U0010fffd", 24) == SUBSTITUTE
    assert fonts.drawable("号", 24) == "号"
    assert fonts.drawable(" ", 24) == " "


def test_without_a_chinese_font_no_picture_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.fonts._system_fonts", lambda _: ())
    chain = FontChain("/no/such/font.ttf")
    assert not Picture(chain).can_draw()
    assert chain.drawable("号", 24) == SUBSTITUTE


def test_a_system_without_fontconfig_is_asked_for_its_usual_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/no/such/folder")
    found = _system_fonts("10abcd")
    assert all(Path(file).exists() for file, _ in found)
