"""Our virtual paper reads what others print: receiptline and python-escpos."""

import subprocess
from pathlib import Path

import pytest
from escpos.printer import Dummy
from PIL import Image

from drivers.codec.escpos_commands import CommandReader
from drivers.codec.escpos_paper import (
    CutOnPaper,
    ImageOnPaper,
    Mark,
    QrOnPaper,
    TextOnPaper,
    VirtualPaper,
)
from drivers.orders import Align

ROOT = Path(__file__).parents[2]
DOCUMENT = """^^^双江政务服务中心
请保管好您的号票①
^^^^A001
|事项|社保卡补办、换领|
---
前面等候 3 人 |①号窗口
{code:https://example.gov.cn/q/A001;option:qrcode,4,M}
=
"""
WITHIN_S = 20


def read(data: bytes) -> list[Mark]:
    reader, paper = CommandReader(), VirtualPaper()
    marks = [mark for order in reader.feed(data) for mark in paper.carry_out(order)]
    assert reader.noise_bytes == 0
    return marks


def texts(marks: list[Mark]) -> list[str]:
    return [mark.text for mark in marks if isinstance(mark, TextOnPaper)]


@pytest.fixture
def receiptline(node: str) -> list[str]:
    if not (ROOT / "node_modules" / "receiptline").is_dir():
        pytest.skip("receiptline is not installed: run `./hall test`, which brings it")
    return [node, str(ROOT / "tests" / "peers" / "receiptline.mjs")]


@pytest.mark.parametrize("command", ["escpos", "epson", "generic"])
def test_receiptline_s_ticket_is_read(receiptline: list[str], command: str) -> None:
    done = subprocess.run(
        [*receiptline, command, "42"],
        input=DOCUMENT.encode(),
        capture_output=True,
        timeout=WITHIN_S,
        check=True,
    )
    marks = read(done.stdout)
    lines = [line.split() for line in texts(marks)]
    assert lines[:2] == [["双江政务服务中心"], ["请保管好您的号票①"]]
    assert ["A001"] in lines
    assert ["事项", "社保卡补办、换领"] in lines
    assert ["前面等候", "3", "人", "①号窗口"] in lines
    title = next(mark for mark in marks if isinstance(mark, TextOnPaper))
    assert (title.runs[0].look.width, title.runs[0].look.height) == (2, 2)
    assert sum(isinstance(mark, ImageOnPaper) for mark in marks) == 1  # it draws its code itself
    assert isinstance(marks[-1], CutOnPaper)


def test_python_escpos_s_ticket_is_read() -> None:
    printer = Dummy()
    printer.hw("INIT")
    printer.set(align="center", custom_size=True, width=2, height=2, bold=True)
    printer.textln("双江政务服务中心")
    printer.set(align="left", custom_size=True, width=1, height=1, bold=False)
    printer.textln("请保管好您的号票")
    printer.qr("https://example.gov.cn/q/A001", native=True, size=5)
    printer.cut()
    marks = read(printer.output)
    assert texts(marks) == ["双江政务服务中心", "请保管好您的号票"]
    title = next(mark for mark in marks if isinstance(mark, TextOnPaper))
    assert (title.align, title.runs[0].look.width, title.runs[0].look.bold) == (
        Align.CENTRE,
        2,
        True,
    )
    codes = [mark for mark in marks if isinstance(mark, QrOnPaper)]
    assert [(code.payload, code.module_dots) for code in codes] == [
        ("https://example.gov.cn/q/A001", 5)
    ]
    assert isinstance(marks[-1], CutOnPaper)


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_python_escpos_s_pictures_are_kept_dot_for_dot(
    way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = Image.new("1", (64, 48), 1)
    for place in range(48):
        picture.putpixel((place, place), 0)
        picture.putpixel((63 - place // 2, place), 0)
    printer = Dummy()
    printer.image(picture, impl=way)
    capsys.readouterr()  # it remarks that its default profile has no width
    strips = [mark for mark in read(printer.output) if isinstance(mark, ImageOnPaper)]
    dots = Image.frombytes("1", (64, 48), b"".join(strip.rows for strip in strips))
    ink = [(x, y) for y in range(48) for x in range(64) if dots.getpixel((x, y))]
    wanted = [(x, y) for y in range(48) for x in range(64) if not picture.getpixel((x, y))]
    assert ink == wanted
