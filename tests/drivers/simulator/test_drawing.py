"""The drawing of a ticket: every character in its cell, codes that scan, pictures dot for dot."""

import io
import re
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.codec.escpos_commands import CommandReader
from drivers.codec.escpos_paper import ImageOnPaper, Mark, QrOnPaper, VirtualPaper
from drivers.orders import Align
from drivers.simulator.drawing import draw_ticket, picture_png

SVG = "{http://www.w3.org/2000/svg}"


def marks_of(data: bytes) -> list[Mark]:
    paper = VirtualPaper()
    return [mark for order in CommandReader().feed(data) for mark in paper.carry_out(order)]


def drawn(data: bytes) -> ET.Element:
    return ET.fromstring(draw_ticket(marks_of(data), 576))  # noqa: S314 — our own drawing


def test_characters_stand_in_the_printer_s_cells() -> None:
    texts = drawn(b"\x1d!\x11" + "号A1".encode("gbk") + b"\n").findall(f"{SVG}text")
    assert [text.text for text in texts] == ["号", "A1"]
    assert [text.get("x") for text in texts] == ["12", "6 18"]
    assert texts[1].get("transform") == "translate(80 24) scale(2 2)"


def test_a_centred_line_stands_in_the_middle() -> None:
    (text,) = drawn(b"\x1ba\x01AA\n").findall(f"{SVG}text")
    assert text.get("transform") == f"translate({32 + (576 - 24) // 2} 30) scale(1 1)"


def test_a_rare_character_keeps_the_places_of_those_behind_it() -> None:
    (text,) = drawn("𠮷号\n".encode("gb18030")).findall(f"{SVG}text")
    assert text.get("x") == "12 12 36"


@given(st.text(alphabet="<>&\"' 号A", max_size=20))
def test_what_is_printed_cannot_break_the_page(text: str) -> None:
    root = drawn(text.encode("gb18030") + b"\n")
    assert "".join(each.text or "" for each in root.iter(f"{SVG}text")) == text


@pytest.mark.parametrize(
    ("payload", "leads_to"),
    [
        ("https://example.gov.cn/q/A001?a=1&b=2#<x>", "https://example.gov.cn/q/A001?a=1&b=2#<x>"),
        ("javascript:alert(1)", None),
        ("土地登记\n所需材料", None),
    ],
)
def test_a_click_on_a_code_opens_what_it_leads_to(payload: str, leads_to: str | None) -> None:
    code = QrOnPaper(payload, 4, "M", Align.CENTRE)
    link = ET.fromstring(draw_ticket([code], 576)).find(f"{SVG}a")  # noqa: S314 — our own
    assert (link.get("href") if link is not None else None) == leads_to


@pytest.mark.parametrize("dots", [3, 6])
def test_the_drawn_code_scans(dots: int) -> None:
    code = QrOnPaper("https://example.gov.cn/q/A001#k3Vf8sQ2", dots, "M", Align.CENTRE)
    path = ET.fromstring(draw_ticket([code], 576)).find(f".//{SVG}path")  # noqa: S314 — our own
    assert path is not None
    places = re.findall(r"M(\d+) (\d+)", path.get("d", ""))
    side = max(int(x) for x, _ in places) + 9
    image = np.full((side, side), 255, np.uint8)
    for x, y in places:
        image[int(y) + 4, int(x) + 4] = 0
    large = cv2.resize(image, None, fx=dots, fy=dots, interpolation=cv2.INTER_NEAREST)
    assert cv2.QRCodeDetector().detectAndDecode(large)[0] == code.payload


def test_a_code_too_large_for_any_symbol_is_left_out() -> None:
    assert "<path" not in draw_ticket([QrOnPaper("x" * 4000, 3, "H", Align.LEFT)], 576)


def test_pictures_keep_their_dots() -> None:
    image = ImageOnPaper(16, 2, b"\xf0\x0f\x00\xff", Align.LEFT)
    pixels = np.asarray(Image.open(io.BytesIO(picture_png(image))))
    assert (pixels[0] == 0).tolist() == [True] * 4 + [False] * 8 + [True] * 4
    assert (pixels[1] == 0).sum() == 8


def test_underline_and_inverse_are_drawn() -> None:
    root = drawn(b"\x1dB\x01A\x1dB\x00\x1b-\x01B\n")
    assert len(root.findall(f"{SVG}rect")) == 2
    first = root.find(f"{SVG}text")
    assert first is not None
    assert first.get("class") == "a i"
