"""Devices of a configuration opened here and now: how they are, and what they can show."""

import time
from collections.abc import Iterator, Sequence

from drivers.bench import Bench
from drivers.figures import DeviceFigures
from drivers.kinds import KINDS
from drivers.orders import DeviceConfig, DeviceHealth, DeviceStatus
from drivers.registry import open_bench
from drivers.self_test import TestReport, Verdict
from drivers.words import CODES, HEALTH, Words

_LAMPS = {
    DeviceHealth.OK: "●",
    DeviceHealth.DEGRADED: "◐",
    DeviceHealth.UNKNOWN: "?",
    DeviceHealth.DISABLED: "–",
}
_SETTLED_S = 0.2
VERDICTS = {
    Verdict.PASSED: Words("通过", "passed"),
    Verdict.LOOK: Words("请人看", "look at it"),
    Verdict.FAILED: Words("未通过", "failed"),
}


def watched(devices: Sequence[DeviceConfig], seconds: float) -> Iterator[str]:
    """Open all, give them so long to answer, and tell how each is."""
    bench = open_bench(devices, lambda _: None)
    try:
        _settle(bench, seconds)
        for device_id, status in bench.health().items():
            yield from status_lines(status, bench.figures(device_id))
    finally:
        bench.close()


def tested(device: DeviceConfig, names: Sequence[str], seconds: float) -> Iterator[TestReport]:
    """Open one device and have it show these tests; all it has when none is named."""
    bench = open_bench([device], lambda _: None)
    try:
        _settle(bench, seconds)
        for name in names or [test.name for test in bench.self_tests(device.id)]:
            yield bench.self_test(device.id, name)
    finally:
        bench.close()


def status_lines(status: DeviceStatus, figures: DeviceFigures) -> Iterator[str]:
    kind = KINDS.get(status.kind)
    name = f"{kind.zh} {kind.en}" if kind else status.kind
    health = HEALTH[status.health]
    yield f"{_LAMPS.get(status.health, '✗')} {status.device_id}  {name}  {health.zh} {health.en}"
    for code in sorted(status.codes):
        words = CODES[code]
        yield f"    {words.zh}：{words.zh_advice}   {words.en}: {words.en_advice}"
    if status.detail:
        yield f"    {status.detail}"
    line = figures.line
    yield (
        f"    任务 jobs {figures.jobs} · 帧 frames {line.frames_ok} · 校验错 sums {line.crc_bad}"
        f" · 乱码 noise {line.noise_bytes} · 重连 reconnects {figures.reconnects}"
    )


def _settle(bench: Bench, seconds: float) -> None:
    """Until every device has said something, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(_SETTLED_S)
        if all(one.health is not DeviceHealth.UNKNOWN for one in bench.health().values()):
            return
