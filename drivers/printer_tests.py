"""What a ticket printer prints to show that it works. Pure: lines for paper, and what to look for.

The page of characters is sent as the printer's own font has to print it, rare ones too, whatever
the profile says of that font: a box or a wrong character shows that the profile promises too much.
"""

from collections.abc import Callable

from drivers.codec.escpos_profile import PrinterProfile
from drivers.orders import Align, Cut, Feed, PaperLine, QrCode, Rule, TextLine
from drivers.self_test import SelfTest

_QR_PAYLOAD = "HALL SELF TEST 政务大厅自检 0123456789"

PAGE = SelfTest(
    "page",
    "整页",
    "whole page",
    "字符、标尺、二维码、浓度、切纸，一次全部打印",
    "characters, ruler, QR code, density and cut, all at once",
)
PRINTER_TESTS = (
    PAGE,
    SelfTest(
        "charset",
        "字符",
        "characters",
        "各行应无方框与错字，否则 font_set 应设为其上一行的名称",
        "no box and no wrong one in any line; else set font_set to the line above",
    ),
    SelfTest(
        "ruler",
        "标尺",
        "ruler",
        "数字正好排满一行，两端竖线都可见",
        "the digits fill exactly one line, both end marks are seen",
    ),
    SelfTest("qr", "二维码", "QR code", "手机应能扫出文字", "a phone reads the text"),
    SelfTest(
        "density",
        "浓度",
        "density",
        "黑条均匀，没有白色竖线",
        "even black bars without white streaks",
    ),
    SelfTest("cut", "切纸", "cut", "纸应切断", "the paper is cut"),
)


def paper_of(name: str, device_id: str, profile: PrinterProfile) -> tuple[PaperLine, ...]:
    """The paper of one test; the name is one of `PRINTER_TESTS`."""
    wanted = _PARTS if name == PAGE.name else {name: _PARTS[name]}
    body = [line for part in wanted.values() for line in part(profile)]
    title = TextLine("设备自检 SELF TEST", width=2, height=2, align=Align.CENTRE, bold=True)
    made_for = TextLine(f"{device_id} · {profile.name}", align=Align.CENTRE)
    return (title, made_for, Rule(), *body, Feed(1), Cut())


def _characters(profile: PrinterProfile) -> list[PaperLine]:
    return [
        TextLine("gb2312   一二三四 零壹贰 ①②③ 请到窗口办理"),
        TextLine("gbk      镕 喆 〇 祎 囍 ▁▃▅▇"),
        TextLine("gb18030  㑇 㔾 𠮷 䶮"),
        TextLine(f"现设 font_set = {profile.font_set}", bold=True),
        TextLine("某行有方框或错字：改为上一行的名称。A box or a wrong one: set the line above."),
        Rule(),
    ]


def _ruler(profile: PrinterProfile) -> list[PaperLine]:
    columns = profile.columns
    digits = "".join(str(column % 10) for column in range(1, columns - 1))
    return [
        TextLine(f"|{digits}|"),
        TextLine(f"应为一整行，{columns} 列 one line of {columns} columns"),
        Rule(),
    ]


def _code(profile: PrinterProfile) -> list[PaperLine]:  # noqa: ARG001 — alike for all
    return [QrCode(_QR_PAYLOAD, 6, _QR_PAYLOAD), Rule()]


def _density(profile: PrinterProfile) -> list[PaperLine]:
    bar = "■" * (profile.columns // 2)
    return [
        TextLine(bar),
        TextLine(bar, bold=True),
        TextLine("■□" * (profile.columns // 4)),
        Rule(),
    ]


def _cut(profile: PrinterProfile) -> list[PaperLine]:
    told = "切刀 cutter" if profile.cutter else "无切刀，撕纸 no cutter, tear"
    return [TextLine(told, align=Align.CENTRE)]


_PARTS: dict[str, Callable[[PrinterProfile], list[PaperLine]]] = {
    "charset": _characters,
    "ruler": _ruler,
    "qr": _code,
    "density": _density,
    "cut": _cut,
}
