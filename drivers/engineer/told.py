"""What the device page is told, as it stands on the wire: plain structs, both languages."""

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from drivers.bench import Bench
from drivers.codec.explained import Explainer, Said
from drivers.errors import DeviceSettingsError
from drivers.figures import DeviceFigures
from drivers.kinds import KINDS, OF_STATIONS
from drivers.orders import DeviceStatus
from drivers.self_test import SelfTest, TestReport
from drivers.transport import Direction, TapEntry
from drivers.words import CODES, HEALTH


class Pair(msgspec.Struct, frozen=True):
    zh: str
    en: str


class Matter(msgspec.Struct, frozen=True):
    """What is the matter, and what to do about it."""

    code: str
    zh: str
    en: str
    zh_advice: str = ""
    en_advice: str = ""


class Figures(msgspec.Struct, frozen=True):
    jobs: int = 0
    reconnects: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    frames_ok: int = 0
    crc_bad: int = 0
    noise_bytes: int = 0
    resyncs: int = 0
    paper_mm: int | None = None
    cuts: int | None = None
    roll_mm: int | None = None
    """Used of this roll; what is left is foretold where a roll's length is configured."""
    left_mm: int | None = None
    left_tickets: int | None = None
    left_hours: float | None = None


class Test(msgspec.Struct, frozen=True):
    name: str
    zh: str
    en: str
    seen_zh: str
    seen_en: str


class Report(msgspec.Struct, frozen=True):
    name: str
    verdict: str
    zh: str
    en: str


class Told(msgspec.Struct, frozen=True):
    """One device. `since_s` and `ok_s` are seconds ago, so that clocks need not agree."""

    id: str
    kind: str
    kind_zh: str
    kind_en: str
    health: str
    health_zh: str
    health_en: str
    matters: list[Matter]
    detail: str
    since_s: int
    ok_s: int | None
    figures: Figures
    tests: list[Test]


class AllTold(msgspec.Struct, frozen=True):
    station: str
    devices: list[Told]


class Frame(msgspec.Struct, frozen=True):
    number: int
    at_ms: int
    way: str
    hex: str
    length: int
    said: list[Pair]


class Frames(msgspec.Struct, frozen=True):
    newest: int
    frames: list[Frame]


def told_of(
    station: str, benches: Iterable[Bench], refused: Sequence[DeviceSettingsError], now_ms: int
) -> AllTold:
    devices = [
        _told(status, bench.figures(name), bench.self_tests(name), now_ms)
        for bench in benches
        for name, status in bench.health().items()
    ]
    devices += [_refused(error) for error in refused]
    return AllTold(station, sorted(devices, key=lambda one: in_order(one.id)))


def in_order(name: str) -> list[int | str]:
    """What puts ``led-2`` before ``led-10``: texts and numbers in turn."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", name)]


def report_of(report: TestReport) -> Report:
    return Report(report.name, report.verdict, report.zh, report.en)


def frames_of(
    entries: Sequence[TapEntry],
    kind: str,
    since: int,
    own: Callable[[], Explainer] | None = None,
) -> Frames:
    """The frames after that number; all are read, for a decoder has to hear what came before.

    `own` are the words of the device itself, where its kind does not say enough.
    """
    known = KINDS.get(kind)
    words = own or (known.explainer if known else None)
    explainer = words() if words else None
    frames: list[Frame] = []
    for entry in entries:
        said: list[Said] = []
        if entry.direction is Direction.NOTE:
            text = entry.data.decode(errors="replace")
            said = [Said(text, text)]
        elif explainer is not None and entry.data:
            is_sent = entry.direction is Direction.SENT
            said = explainer.sent(entry.data) if is_sent else explainer.received(entry.data)
        if len(entry.data) < entry.length and words:
            explainer = words()  # the rest was not kept: what follows begins anew
        if entry.number > since:
            frames.append(_frame(entry, said))
    return Frames(entries[-1].number if entries else since, frames)


def _told(
    status: DeviceStatus, figures: DeviceFigures, tests: tuple[SelfTest, ...], now_ms: int
) -> Told:
    kind = (KINDS | OF_STATIONS).get(status.kind)
    health = HEALTH[status.health]
    return Told(
        id=status.device_id,
        kind=status.kind,
        kind_zh=kind.zh if kind else status.kind,
        kind_en=kind.en if kind else status.kind,
        health=status.health,
        health_zh=health.zh,
        health_en=health.en,
        matters=[Matter(code, *CODES[code]) for code in sorted(status.codes)],
        detail=status.detail,
        since_s=max(0, (now_ms - status.since_ms) // 1000),
        ok_s=None if status.last_ok_ms is None else max(0, (now_ms - status.last_ok_ms) // 1000),
        figures=_figures(figures),
        tests=[Test(one.name, one.zh, one.en, one.zh_seen, one.en_seen) for one in tests],
    )


def _refused(error: DeviceSettingsError) -> Told:
    """A device that could not even be opened, because its configuration is wrong."""
    matter = Matter(
        "bad_settings", f"{error.key}：{error.wanted_zh}", f"{error.key}: {error.wanted}"
    )
    return Told(
        id=error.device_id,
        kind="",
        kind_zh="—",
        kind_en="—",
        health="fault",
        health_zh="配置错误",
        health_en="wrong configuration",
        matters=[matter],
        detail="",
        since_s=0,
        ok_s=None,
        figures=Figures(),
        tests=[],
    )


def _figures(figures: DeviceFigures) -> Figures:
    line, paper, left = figures.line, figures.paper, figures.paper_left
    return Figures(
        jobs=figures.jobs,
        reconnects=figures.reconnects,
        bytes_sent=figures.bytes_sent,
        bytes_received=figures.bytes_received,
        frames_ok=line.frames_ok,
        crc_bad=line.crc_bad,
        noise_bytes=line.noise_bytes,
        resyncs=line.resyncs,
        paper_mm=paper.millimetres if paper else None,
        cuts=paper.cuts if paper else None,
        roll_mm=paper.roll_mm if paper else None,
        left_mm=left.millimetres if left else None,
        left_tickets=left.tickets if left else None,
        left_hours=left.hours if left else None,
    )


def _frame(entry: TapEntry, said: list[Said]) -> Frame:
    data = "" if entry.direction is Direction.NOTE else entry.data.hex(" ")
    pairs = [Pair(zh, en) for zh, en in said]
    return Frame(entry.number, entry.at_ms, entry.direction, data, entry.length, pairs)
