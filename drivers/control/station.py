"""A station that runs and holds its devices, asked through its own device page."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import msgspec

from drivers.engineer.told import AllTold, Figures, Report, Told
from drivers.orders import DeviceHealth
from drivers.self_test import Verdict
from drivers.words import Words

_WITHIN_S = 20.0
_LAMPS = {
    DeviceHealth.OK: "●",
    DeviceHealth.DEGRADED: "◐",
    DeviceHealth.UNKNOWN: "?",
    DeviceHealth.DISABLED: "–",
}
_VERDICTS = {
    Verdict.PASSED: Words("通过", "passed"),
    Verdict.LOOK: Words("请人看", "look at it"),
    Verdict.FAILED: Words("未通过", "failed"),
}
_ANSWERS = {
    HTTPStatus.UNAUTHORIZED: "密钥不对 that is not its key",
    HTTPStatus.NOT_FOUND: "没有这台设备，或它没有这一项 no such device, or it has no such thing",
}


class StationError(Exception):
    """Told to a person: it does not answer, or says no."""


class RunningStation:
    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def status(self, device: str = "") -> Iterator[str]:
        told = msgspec.json.decode(self._ask("devices.json"), type=AllTold)
        for one in told.devices:
            if device in {"", one.id}:
                yield from device_lines(one)

    def self_test(self, device: str, test: str) -> Report:
        order = msgspec.json.encode({"device": device, "test": test})
        return msgspec.json.decode(self._ask("self-test", order), type=Report)

    def new_roll(self, device: str) -> None:
        self._ask("new-roll", msgspec.json.encode({"device": device}))

    def _ask(self, path: str, body: bytes | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = Request(f"{self._url}/engineer/{path}", body, headers)  # noqa: S310 — as given
        try:
            with urlopen(request, timeout=_WITHIN_S) as answer:  # noqa: S310
                told: bytes = answer.read()
                return told
        except HTTPError as error:
            raise StationError(_ANSWERS.get(HTTPStatus(error.code), str(error))) from error
        except (URLError, TimeoutError) as error:
            raise StationError(f"{self._url} 没有应答 does not answer: {error}") from error


def device_lines(device: Told) -> Iterator[str]:
    lamp = _LAMPS.get(DeviceHealth(device.health), "✗")
    kind, health = f"{device.kind_zh} {device.kind_en}", f"{device.health_zh} {device.health_en}"
    yield f"{lamp} {device.id}  {kind}  {health}"
    for matter in device.matters:
        advice_zh = f"：{matter.zh_advice}" if matter.zh_advice else ""
        advice_en = f": {matter.en_advice}" if matter.en_advice else ""
        yield f"    {matter.zh}{advice_zh}   {matter.en}{advice_en}"
    if device.detail:
        yield f"    {device.detail}"
    figures = device.figures
    yield (
        f"    任务 jobs {figures.jobs} · 帧 frames {figures.frames_ok} · 校验错 sums"
        f" {figures.crc_bad} · 乱码 noise {figures.noise_bytes} · 重连 reconnects"
        f" {figures.reconnects}"
    )
    if figures.paper_mm is not None:
        yield f"    {_paper(figures)}"


def _paper(figures: Figures) -> str:
    told = f"用纸 paper {figures.paper_mm / 1000:.1f} m" if figures.paper_mm is not None else ""
    told += f" · 切纸 cuts {figures.cuts}"
    if figures.left_mm is not None:
        told += f" · 余纸 left {figures.left_mm / 1000:.1f} m, {figures.left_tickets} 张 tickets"
    return told if figures.left_hours is None else f"{told}, {figures.left_hours} 小时 hours"


def report_line(report: Report) -> str:
    verdict = _VERDICTS[Verdict(report.verdict)]
    sign = "✗" if report.verdict == Verdict.FAILED else "✓"
    return f"{sign} {report.name}  {verdict.zh} {verdict.en}  {report.zh}   {report.en}"
