"""Configuration to devices: what is wrong is named before anything is opened."""

import pytest

from drivers.errors import DeviceSettingsError, UnknownDevice
from drivers.orders import (
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    JobState,
    PrintJob,
    ShowText,
    TextLine,
)
from drivers.profiles import printer_profiles
from drivers.registry import open_bench


def ignore(event: DeviceEvent) -> None:
    del event


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        (DeviceConfig("p1", "laser", "null:"), "'p1', kind: wanted one of bx-e, bx-k"),
        (DeviceConfig("p1", "escpos", "bluetooth:1"), "'p1', url: wanted tcp://host:port"),
        (DeviceConfig("p1", "escpos", "usb:1"), "'p1', url: wanted usb://067b:2303"),
        (DeviceConfig("p1", "escpos", "tcp://h:99999"), "'p1', url: wanted a port"),
        (DeviceConfig("p1", "escpos", "tcp://printer"), "'p1', url: wanted tcp://host:port"),
        (DeviceConfig("p1", "escpos", "serial:?baud=9600"), "'p1', url: wanted serial"),
        (DeviceConfig("p1", "escpos", "serial:COM3?baud=fast"), "'p1', url: wanted baud"),
        (DeviceConfig("p1", "escpos", "serial:COM3?speed=1"), "'p1', url: wanted baud=…, parity"),
        (
            DeviceConfig("p1", "escpos", "null:", {"profile": "hp"}),
            "'p1', options.profile: wanted one of custom-presenter-80, epson-80",
        ),
        (
            DeviceConfig("p1", "escpos", "null:", {"confirmation": "maybe"}),
            "'p1', options.confirmation: wanted one of process_id, gs_r, poll, none, found 'maybe'",
        ),
        (
            DeviceConfig("p1", "escpos", "null:", {"columns": 4}),
            "'p1', options.columns: wanted a number from 16 to 96, found 4",
        ),
        (
            DeviceConfig("b1", "bx-k", "tcp://h:5005", {"area.foot": "0,0,x,16"}),
            "'b1', options.area.foot: wanted x,y,width,height, found '0,0,x,16'",
        ),
        (
            DeviceConfig("b1", "bx-k", "tcp://h:5005", {"ttl": 120}),
            "'b1', options.ttl: wanted nothing: this kind of device has no such option",
        ),
        (DeviceConfig("n", "null", "null:", {"font": "x"}), "'n', options.font: wanted nothing"),
    ],
)
def test_a_mistake_names_device_key_and_what_is_wanted(config: DeviceConfig, wanted: str) -> None:
    with pytest.raises(DeviceSettingsError) as refusal:
        open_bench([config], ignore)
    assert wanted in str(refusal.value)


def test_a_name_given_twice_is_refused() -> None:
    twin = DeviceConfig("n", "null", "null:")
    with pytest.raises(DeviceSettingsError, match="found it twice"):
        open_bench([twin, twin], ignore)


def test_profiles_are_whole() -> None:
    profiles = printer_profiles()
    assert profiles["generic-58"].columns == 32
    for name, profile in profiles.items():
        assert profile.name == name
        assert profile.columns * 12 <= profile.width_dots


def test_a_null_device_takes_orders_and_claims_nothing() -> None:
    bench = open_bench([DeviceConfig("n", "null", "null:")], ignore)
    handle = bench.submit(PrintJob("j1", (TextLine("A001"),), 0), "n")
    bench.show(ShowText("n", "main", "A001", 1000))
    assert handle.wait(0).state is JobState.SENT
    assert bench.health()["n"].health is DeviceHealth.DISABLED
    assert bench.trace("n") == ()
    bench.close()


def test_an_order_for_nobody_is_the_callers_mistake() -> None:
    bench = open_bench([DeviceConfig("b1", "bx-k", "memory:nobody")], ignore)
    with pytest.raises(UnknownDevice, match="'b1' on this bench that prints"):
        bench.submit(PrintJob("j1", (), 0), "b1")
    with pytest.raises(UnknownDevice, match="'b2'"):
        bench.show(ShowText("b2", "main", "A001", 1000))
    with pytest.raises(UnknownDevice, match="has an area 'foot'"):
        bench.show(ShowText("b1", "foot", "A001", 1000))
    with pytest.raises(UnknownDevice):
        bench.trace("b2")
    bench.close()
