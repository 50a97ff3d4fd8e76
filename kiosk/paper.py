"""What stands on a citizen's paper: the ticket, and an item's guide (一次性告知单). Pure.

A document is what the paper has to tell; its lines are how, in the words of ``drivers.orders``.
Wrapping, fonts and control bytes are the driver's: whatever a name contains, it stays text. Only
the big number's size is chosen here, because it has to fit the paper in one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from drivers.orders import Align, Cut, Feed, PaperLine, QrCode, Rule, TextLine

WIDE_COLUMNS = 42
"""Paper of 80 mm has 42 or 48 columns, of 58 mm 30 or 32."""
NUMBER_SIZE_MOST = 7
NUMBER_SHARE = 0.75
"""How much of the paper's width the number may fill."""


HOURS_FROM_MINUTES = 120
"""Beyond this a citizen thinks in hours; rounded outwards, so that the promise holds."""


class Language(StrEnum):
    """Languages that paper is printed in."""

    CHINESE = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class TicketDoc:
    """All that a ticket tells; every text is in its language already."""

    site: str
    label: str
    item: str
    zone: str
    floor: int
    people_ahead: int
    wait_low_minutes: int
    wait_high_minutes: int
    taken_at_ms: int
    utc_offset_minutes: int
    priority: str = ""
    mark: str = ""
    copy: int = 0
    qr: str = ""
    footer: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class GuideDoc:
    """An item's guide, to take home: what to bring, how long, how much."""

    site: str
    item: str
    department: str
    materials: tuple[str, ...]
    conditions: tuple[str, ...]
    steps: tuple[str, ...]
    promise: str
    legal_limit: str
    fee: str
    basis: str
    phone: str
    printed_at_ms: int
    utc_offset_minutes: int
    sample: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """Fixed words of paper in one language."""

    ticket: str
    your_number: str
    priority: str
    reprint: str
    wait_at: str
    floor: str
    nobody_ahead: str
    people_ahead: str
    wait: str
    wait_exact: str
    wait_within: str
    wait_between: str
    wait_hours: str
    wait_hours_within: str
    wait_unknown: str
    soon: str
    taken_at: str
    scan: str
    listen: str
    sample: str
    guide: str
    department: str
    materials: str
    conditions: str
    steps: str
    promise: str
    legal_limit: str
    fee: str
    basis: str
    phone: str
    printed_at: str
    scan_guide: str


_WORDS = {
    Language.CHINESE: _Words(
        ticket="取号凭证",
        your_number="您的号码",
        priority="优先{priority}",
        reprint="补打 {copy}",
        wait_at="等候区域：{place}",
        floor="{floor} 楼",
        nobody_ahead="前面等候：无人",
        people_ahead="前面等候：{people} 人",
        wait="预计等候：{range}",
        wait_exact="约 {high} 分钟",
        wait_within="{high} 分钟以内",
        wait_between="{low} 至 {high} 分钟",
        wait_hours="{low} 至 {high} 小时",
        wait_hours_within="{high} 小时以内",
        wait_unknown="暂时无法预计",
        soon="即将叫号",
        taken_at="取号时间：{time}",
        scan="手机扫码查看排队进度、核验凭证",
        listen="请留意语音和屏幕叫号，过号请到咨询台。",
        sample="示例内容，仅供演示",
        guide="一次性告知单",
        department="受理部门：{department}",
        materials="所需材料",
        conditions="办理条件",
        steps="办理流程",
        promise="承诺时限：{promise}",
        legal_limit="法定时限：{limit}",
        fee="收费：{fee}",
        basis="依据：{basis}",
        phone="咨询电话：{phone}",
        printed_at="打印时间：{time}",
        scan_guide="手机扫码保存材料清单",
    ),
    Language.ENGLISH: _Words(
        ticket="Queue ticket",
        your_number="Your number",
        priority="Priority {priority}",
        reprint="Reprint {copy}",
        wait_at="Please wait at: {place}",
        floor="Floor {floor}",
        nobody_ahead="Ahead of you: nobody",
        people_ahead="Ahead of you: {people}",
        wait="Expected wait: {range}",
        wait_exact="about {high} min",
        wait_within="within {high} min",
        wait_between="{low} to {high} min",
        wait_hours="{low} to {high} hours",
        wait_hours_within="within {high} hours",
        wait_unknown="cannot be told now",
        soon="you are called shortly",
        taken_at="Taken at: {time}",
        scan="Scan to follow the queue and check this ticket",
        listen="Please watch the screens. If you miss your call, ask at the desk.",
        sample="Sample content for demonstration",
        guide="What you need, told once and in full",
        department="Department: {department}",
        materials="Documents to bring",
        conditions="Conditions",
        steps="Steps",
        promise="Time promised: {promise}",
        legal_limit="Legal limit: {limit}",
        fee="Fee: {fee}",
        basis="Legal basis: {basis}",
        phone="Enquiries: {phone}",
        printed_at="Printed at: {time}",
        scan_guide="Scan to keep the list of documents",
    ),
}


def ticket_lines(doc: TicketDoc, language: Language, columns: int) -> tuple[PaperLine, ...]:
    """The ticket on paper of so many columns."""
    return tuple(_ticket(doc, _WORDS[language], columns))


def guide_lines(doc: GuideDoc, language: Language, columns: int) -> tuple[PaperLine, ...]:
    """The guide on paper of so many columns."""
    return tuple(_guide(doc, _WORDS[language], columns))


def _range(doc: TicketDoc, words: _Words) -> str:
    """The honest range in words: never a single false minute, never a range nobody knows."""
    low, high = doc.wait_low_minutes, doc.wait_high_minutes
    if low < 0 or high < 0 or (high == 0 and doc.people_ahead):
        return words.wait_unknown
    if high == 0:
        return words.soon
    if high > HOURS_FROM_MINUTES:
        hours = (low // 60, -(-high // 60))
        told = words.wait_hours if hours[0] else words.wait_hours_within
        return told.format(low=hours[0], high=hours[1])
    if low == high:
        return words.wait_exact.format(high=high)
    return (words.wait_between if low else words.wait_within).format(low=low, high=high)


def local_time(at_ms: int, utc_offset_minutes: int) -> str:
    """The hall's wall-clock time, to the minute."""
    zone = timezone(timedelta(minutes=utc_offset_minutes))
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M")


def _ticket(doc: TicketDoc, words: _Words, columns: int) -> Iterator[PaperLine]:
    yield _head(doc.site)
    yield _centre(words.ticket)
    yield Rule()
    yield _centre(words.your_number)
    yield _number(doc.label, columns)
    if doc.priority:
        marked = f"【{doc.mark}】{doc.priority}" if doc.mark else doc.priority
        yield _strong(words.priority.format(priority=marked))
    if doc.copy:
        yield _strong(words.reprint.format(copy=doc.copy))
    yield Rule()
    yield TextLine(doc.item, height=2, bold=True)
    place = " ".join(filter(None, (words.floor.format(floor=doc.floor), doc.zone)))
    yield TextLine(words.wait_at.format(place=place))
    ahead = words.people_ahead if doc.people_ahead else words.nobody_ahead
    yield TextLine(ahead.format(people=doc.people_ahead))
    yield TextLine(words.wait.format(range=_range(doc, words)), bold=True)
    time = local_time(doc.taken_at_ms, doc.utc_offset_minutes)
    yield TextLine(words.taken_at.format(time=time))
    yield Rule()
    if doc.qr:
        yield QrCode(doc.qr, dots=_module_dots(columns), caption=words.scan)
    yield _centre(doc.footer or words.listen)
    yield from _end(words, sample=doc.sample)


def _guide(doc: GuideDoc, words: _Words, columns: int) -> Iterator[PaperLine]:
    yield _head(doc.site)
    yield _centre(words.guide)
    yield Rule()
    yield TextLine(doc.item, height=2, bold=True)
    yield TextLine(words.department.format(department=doc.department))
    yield from _list(words.materials, doc.materials)
    yield from _list(words.conditions, doc.conditions)
    yield from _list(words.steps, doc.steps)
    yield Rule()
    facts = (
        (words.promise.format(promise=doc.promise), doc.promise),
        (words.legal_limit.format(limit=doc.legal_limit), doc.legal_limit),
        (words.fee.format(fee=doc.fee), doc.fee),
        (words.basis.format(basis=doc.basis), doc.basis),
        (words.phone.format(phone=doc.phone), doc.phone),
    )
    yield from (TextLine(text) for text, told in facts if told)
    time = local_time(doc.printed_at_ms, doc.utc_offset_minutes)
    yield TextLine(words.printed_at.format(time=time))
    if doc.materials:
        yield Rule()
        payload = _materials_in_code(doc, words)
        yield QrCode(payload, dots=_module_dots(columns), caption=words.scan_guide)
    yield from _end(words, sample=doc.sample)


CODE_BYTES_MOST = 400
"""More makes the modules too fine for the narrow paper and an old phone."""


def _materials_in_code(doc: GuideDoc, words: _Words) -> str:
    """The list itself, readable without any network; what does not fit is left to the paper."""
    text = f"{doc.item}\n{words.materials}"
    for number, material in enumerate(doc.materials, 1):
        longer = f"{text}\n{number}. {material}"
        if len(longer.encode()) > CODE_BYTES_MOST:
            return f"{text}\n…"
        text = longer
    return text


def _list(title: str, entries: tuple[str, ...]) -> Iterator[PaperLine]:
    if not entries:
        return
    yield Rule()
    yield TextLine(title, bold=True)
    for number, entry in enumerate(entries, 1):
        yield TextLine(f"{number}. {entry}")


def _end(words: _Words, *, sample: bool) -> Iterator[PaperLine]:
    if sample:
        yield _strong(words.sample)
    yield Feed()
    yield Cut()


def _head(text: str) -> TextLine:
    return TextLine(text, height=2, align=Align.CENTRE, bold=True)


def _strong(text: str) -> TextLine:
    return TextLine(text, align=Align.CENTRE, bold=True)


def _centre(text: str) -> TextLine:
    return TextLine(text, align=Align.CENTRE)


def _number(label: str, columns: int) -> TextLine:
    size = int(columns * NUMBER_SHARE / max(len(label), 1))
    size = max(2, min(NUMBER_SIZE_MOST, size))
    return TextLine(label, width=size, height=size, align=Align.CENTRE, bold=True)


def _module_dots(columns: int) -> int:
    return 5 if columns >= WIDE_COLUMNS else 4
