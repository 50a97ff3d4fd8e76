"""Devices of a station come from the facts, change with them, and tell what is wrong with them."""

from collections.abc import Iterator

import pytest
from floor_run import eventually

from config.fittings import DeviceFact
from display.director import Face
from display.hall_time import HallTime
from display.lights import Lights
from drivers.orders import Colour
from drivers.simulator.play import Places, Simulator


class Told:
    """What the devices have said."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, int]] = []
        self.health: list[tuple[str, str, list[str]]] = []

    def on_shown(self, display_id: str, seq: int) -> None:
        self.shown.append((display_id, seq))

    def on_health(self, device_id: str, health: str, codes: list[str], detail: str) -> None:
        assert detail or health != "fault" or codes != ["bad_settings"]
        self.health.append((device_id, health, codes))


@pytest.fixture
def bars() -> Iterator[Simulator]:
    simulator = Simulator(Places(page_port=0, printer_port=0, bar_port=0, bars=2))
    simulator.start()
    yield simulator
    simulator.stop()


def bar(port: int, **options: str | int) -> DeviceFact:
    return DeviceFact(
        id="led",
        kind="bx-k",
        station="display-1",
        url=f"tcp://127.0.0.1:{port}",
        options=dict(options),
    )


def call(text: str = "请A001号") -> Face:
    return Face("bar-1", "led", text, Colour.RED, 120_000, shown_seq=7)


def test_a_bar_that_moves_to_another_address_is_opened_anew(bars: Simulator) -> None:
    told = Told()
    lights = Lights(told.on_shown, told.on_health, lambda: 0)
    try:
        lights.arrange([bar(bars.bars[0].port)])
        lights.assert_faces([call()])
        eventually(lambda: [lit.text for lit in bars.bars[0].lit()] == ["请A001号"])
        lights.arrange([bar(bars.bars[1].port)])
        lights.assert_faces([call()])
        eventually(lambda: [lit.text for lit in bars.bars[1].lit()] == ["请A001号"])
        eventually(lambda: told.shown == [("bar-1", 7), ("bar-1", 7)])
        lights.arrange([])
        assert lights.devices == frozenset()
        lights.assert_faces([call()])
    finally:
        lights.close()
    assert ("led", "ok", []) in told.health


@pytest.mark.parametrize(
    "device",
    [
        bar(5005, brightness=3),
        DeviceFact(id="led", kind="bx-unheard-of", station="display-1", url="tcp://127.0.0.1:1"),
        DeviceFact(id="led", kind="bx-k", station="display-1", url="nowhere"),
        DeviceFact(id="led", kind="bx-e", station="display-1", url="tcp://127.0.0.1:1"),
    ],
)
def test_a_device_that_cannot_be_opened_as_stated_is_told_as_faulty(device: DeviceFact) -> None:
    told = Told()
    lights = Lights(told.on_shown, told.on_health, lambda: 0)
    lights.arrange([device])
    lights.assert_faces([call()])
    lights.arrange([device])
    lights.close()
    assert told.health == [("led", "fault", ["bad_settings"])]


def test_a_printer_named_by_a_bars_display_does_not_stop_the_others(bars: Simulator) -> None:
    told = Told()
    lights = Lights(told.on_shown, told.on_health, lambda: 0)
    printer = DeviceFact(
        id="printer",
        kind="escpos",
        station="display-1",
        url=f"tcp://127.0.0.1:{bars.printer.port}",
        options={"profile": "simulator-80"},
    )
    try:
        lights.arrange([printer, bar(bars.bars[0].port)])
        lights.assert_faces([Face("bar-9", "printer", "请", Colour.RED, 60_000), call()])
        eventually(lambda: [lit.text for lit in bars.bars[0].lit()] == ["请A001号"])
    finally:
        lights.close()


def test_the_halls_time_goes_on_by_a_steady_clock() -> None:
    steady = [1_000]
    time = HallTime(lambda: steady[0])
    time.told(50_000, 60)
    steady[0] += 10
    assert time.now_ms() == 50_600
    assert time.real_ms(60_000) == 1_000
    time.heard(40_000)
    assert time.now_ms() == 50_600
    time.heard(90_000)
    assert time.now_ms() == 90_000
