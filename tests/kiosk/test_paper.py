"""What stands on paper, line for line; the expected papers are in tests/golden/paper."""

import os
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from drivers.codec.escpos_layout import lay_out
from drivers.codec.escpos_profile import PrinterProfile
from drivers.orders import Align, Cut, Feed, PaperLine, QrCode, Rule, TextLine
from drivers.profiles import printer_profiles
from hall_server.contract.messages.queueing import TicketSlip
from kiosk.documents import with_address
from kiosk.paper import (
    CODE_BYTES_MOST,
    GuideDoc,
    Language,
    TicketDoc,
    guide_lines,
    local_time,
    ticket_lines,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "paper"
TAKEN_AT_MS = 1_795_398_060_000  # 2026-11-23 01:41 UTC
TICKET = TicketDoc(
    site="双江县行政服务中心",
    label="A001",
    item="土地登记",
    zone="办事大厅",
    floor=1,
    people_ahead=3,
    wait_low_minutes=5,
    wait_high_minutes=12,
    taken_at_ms=TAKEN_AT_MS,
    utc_offset_minutes=480,
    qr="http://127.0.0.1:8080/t/abc#PROMISE",
    footer="请留意叫号。",
)
GUIDE = GuideDoc(
    site="双江县行政服务中心",
    item="土地登记",
    department="国土资源局",
    materials=("申请表（原件 1） 窗口领取，当场填写", "居民身份证（原件 1、复印件 1）"),
    conditions=("所提供的材料真实、有效",),
    steps=("窗口受理", "部门审查", "领取结果"),
    promise="20 个工作日",
    legal_limit="30 个工作日",
    fee="不收费",
    basis="《中华人民共和国土地管理法》",
    phone="0883-0000000",
    printed_at_ms=TAKEN_AT_MS,
    utc_offset_minutes=480,
    sample=True,
)
IN_ENGLISH = replace(
    TICKET,
    site="Shuangjiang County Service Centre",
    item="Land registration",
    zone="Hall",
    footer="",
    priority="Aged 70 or over",
    mark="老",
    copy=1,
)
PAPERS = {
    "ticket-zh-80": ticket_lines(TICKET, Language.CHINESE, 48),
    "ticket-zh-58": ticket_lines(TICKET, Language.CHINESE, 32),
    "ticket-en-80": ticket_lines(IN_ENGLISH, Language.ENGLISH, 48),
    "ticket-zh-priority-sample": ticket_lines(
        replace(TICKET, priority="70 周岁以上老年人", mark="老", copy=1, sample=True, footer=""),
        Language.CHINESE,
        48,
    ),
    "guide-zh-80": guide_lines(GUIDE, Language.CHINESE, 48),
    "guide-en-58": guide_lines(GUIDE, Language.ENGLISH, 32),
}


def shown(line: PaperLine) -> str:
    match line:
        case TextLine():
            size = f"{line.width}x{line.height}" + ("b" if line.bold else "")
            return f"{size:<5}{'^' if line.align is Align.CENTRE else ' '} {line.text}"
        case QrCode():
            return f"QR {line.dots} dots, {line.caption}: {line.payload!r}"
        case Rule():
            return "-" * 32
        case Feed():
            return f"feed {line.lines}"
        case Cut():
            return "cut"


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_is_as_it_was_approved(name: str) -> None:
    text = "\n".join(shown(line) for line in PAPERS[name]) + "\n"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("HALL_APPROVE") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("profile", printer_profiles().values(), ids=lambda one: one.name)
def test_every_printer_can_lay_it_out(name: str, profile: PrinterProfile) -> None:
    rows = lay_out(PAPERS[name], profile)
    assert rows


@pytest.mark.parametrize(
    ("label", "columns", "size"),
    [("A001", 48, 7), ("A1000", 48, 7), ("AB1000", 48, 6), ("A001", 32, 6), ("AB10000", 32, 3)],
)
def test_the_number_is_as_large_as_the_paper_allows(label: str, columns: int, size: int) -> None:
    lines = ticket_lines(replace(TICKET, label=label), Language.CHINESE, columns)
    number = next(one for one in lines if isinstance(one, TextLine) and one.text == label)
    assert (number.width, number.height) == (size, size)
    assert len(label) * size <= columns


@pytest.mark.parametrize(
    ("ahead", "low", "high", "told"),
    [
        (0, 0, 0, "即将叫号"),
        (0, 0, 2, "2 分钟以内"),
        (3, 5, 12, "5 至 12 分钟"),
        (3, 5, 5, "约 5 分钟"),
        (30, 75, 140, "1 至 3 小时"),
        (30, 20, 121, "3 小时以内"),
        (30, 60, 120, "60 至 120 分钟"),
        (3, 0, 0, "暂时无法预计"),
        (3, -1, -1, "暂时无法预计"),
    ],
)
def test_the_range_is_honest(ahead: int, low: int, high: int, told: str) -> None:
    ticket = replace(TICKET, people_ahead=ahead, wait_low_minutes=low, wait_high_minutes=high)
    texts = [one.text for one in ticket_lines(ticket, Language.CHINESE, 48) if hasattr(one, "text")]
    assert f"预计等候：{told}" in texts


def test_a_reprint_says_so_and_keeps_the_number() -> None:
    again = ticket_lines(replace(TICKET, copy=2), Language.CHINESE, 48)
    texts = [one.text for one in again if isinstance(one, TextLine)]
    assert "补打 2" in texts
    assert "A001" in texts


def test_time_is_the_halls_and_crosses_midnight() -> None:
    assert local_time(TAKEN_AT_MS, 480) == "2026-11-23 09:41"
    assert local_time(TAKEN_AT_MS, -600) == "2026-11-22 15:41"


def test_a_long_list_of_documents_stays_readable_as_a_code() -> None:
    long = replace(GUIDE, materials=tuple(f"材料第{number}号证明文件" for number in range(60)))
    code = next(one for one in guide_lines(long, Language.CHINESE, 32) if isinstance(one, QrCode))
    assert len(code.payload.encode()) <= CODE_BYTES_MOST + len("\n…".encode())
    assert code.payload.endswith("…")
    assert "材料第0号证明文件" in code.payload


def test_a_code_without_the_halls_public_address_gets_the_one_the_station_knows() -> None:
    numbers = ("seq", "ticket_id", "leg_id", "job_id", "taken_at", "copy", "people_ahead")
    told = {
        **dict.fromkeys((*numbers, "wait_low_minutes", "wait_high_minutes"), 1),
        **dict.fromkeys(("label", "item_id", "queue_id", "priority_id"), "a"),
        "follow_url": "/t/code#PROMISE",
    }
    slip = msgspec.convert(told, TicketSlip)
    whole = with_address(slip, "http://192.168.1.10:8080")
    assert whole.follow_url == "http://192.168.1.10:8080/t/code#PROMISE"
    assert with_address(whole, "http://elsewhere") == whole
