"""Devices of a configuration opened here and now: how they are, and what they can show."""

import time
from collections.abc import Iterator, Sequence

from drivers.bench import Bench
from drivers.control.station import device_lines
from drivers.engineer.told import told_of
from drivers.orders import DeviceConfig, DeviceHealth
from drivers.registry import open_bench, utc_ms
from drivers.self_test import TestReport

_SETTLED_S = 0.2


def watched(devices: Sequence[DeviceConfig], seconds: float) -> Iterator[str]:
    """Open all, give them so long to answer, and tell how each is."""
    bench = open_bench(devices, lambda _: None)
    try:
        _settle(bench, seconds)
        for device in told_of("", [bench], (), utc_ms()).devices:
            yield from device_lines(device)
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


def _settle(bench: Bench, seconds: float) -> None:
    """Until every device has said something, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(_SETTLED_S)
        if all(one.health is not DeviceHealth.UNKNOWN for one in bench.health().values()):
            return
