"""Texts as pictures: as large as they fit, whole, and never torn where it would mislead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from drivers.fonts import FontChain
from drivers.signs.picture import Painter

PAINTER = Painter(FontChain())
pytestmark = pytest.mark.skipif(
    not PAINTER.can_draw(), reason="no Chinese font that fontconfig knows"
)


class NoFonts(FontChain):
    def font_for(self, character: str, dots: int) -> ImageFont.FreeTypeFont | None:
        del character, dots
        return None


def box(image: Image.Image) -> tuple[int, int, int, int]:
    found = image.getbbox()
    assert found is not None, "nothing is lit"
    return found


def test_a_short_call_fills_the_sign() -> None:
    (page,) = PAINTER.pages("请A001号", 192, 32)
    left, top, right, bottom = box(page)
    assert bottom - top >= 26
    assert right - left >= 120


def test_the_usual_call_stands_whole_on_the_usual_bar() -> None:
    (page,) = PAINTER.pages("请A001号到3号窗口办理", 192, 16)
    left, top, right, bottom = box(page)
    assert left >= 4
    assert right <= 188
    assert bottom - top >= 14


def test_two_lines_are_used_where_they_make_the_letters_larger() -> None:
    (page,) = PAINTER.pages("双江自治县政务服务中心", 128, 64)
    left, top, right, bottom = box(page)
    assert bottom - top > 2 * 16
    assert right - left > 64


def test_a_long_text_becomes_pages() -> None:
    pages = PAINTER.pages("综合服务一窗口 王小明 暂停服务", 128, 16)
    assert len(pages) == 2
    assert all(page.size == (128, 16) and page.mode == "1" for page in pages)
    assert box(pages[0]) != box(pages[1])


def test_a_number_is_not_torn_to_make_it_larger() -> None:
    (page,) = PAINTER.pages("A001", 48, 64)
    _, top, _, bottom = box(page)
    assert bottom - top <= 24  # one line of small letters, though two of large ones had room


def test_letters_are_narrower_where_that_saves_a_page() -> None:
    (page,) = PAINTER.pages("请A001号", 64, 16)
    assert box(page)[2] - box(page)[0] > 56


def test_the_same_text_is_drawn_once() -> None:
    assert PAINTER.pages("请A001号", 64, 16) is PAINTER.pages("请A001号", 64, 16)


def test_without_a_font_nothing_can_be_drawn() -> None:
    assert not Painter(NoFonts()).can_draw()


def test_what_no_font_has_is_drawn_as_its_substitute() -> None:
    (missing,) = PAINTER.pages("\U0010fff0", 16, 16)
    (substitute,) = PAINTER.pages("〓", 16, 16)
    assert missing.tobytes() == substitute.tobytes()


@settings(max_examples=60)
@given(st.text(max_size=40), st.integers(8, 200), st.integers(8, 70))
def test_any_text_fits_any_sign(text: str, width: int, height: int) -> None:
    pages = PAINTER.pages(text, width, height)
    assert 1 <= len(pages) <= 8
    assert all(page.size == (width, height) for page in pages)


@pytest.mark.parametrize("nasty", ["\x1b", "\u202e", "\u2066", "\x00", "\ufeff", "\x9b", "\x07"])
def test_what_could_be_a_command_leaves_no_trace(nasty: str) -> None:
    (page,) = PAINTER.pages(f"请{nasty}A001号", 128, 16)
    (plain,) = PAINTER.pages("请A001号", 128, 16)
    assert page.tobytes() == plain.tobytes()
