"""Signs from configuration: a mistake is refused by device, key and what is wanted."""

import pytest

from drivers.errors import DeviceSettingsError, UnknownDevice
from drivers.orders import DeviceConfig, ShowText
from drivers.registry import open_bench

Given = dict[str, str | int]
FOUR_MORE: Given = {f"area.{n}": f"0,{16 * n},64,16" for n in range(1, 5)}
BAD: list[tuple[str, Given, str]] = [
    ("bx-k", {"reserved": "maybe"}, "options.reserved: wanted one of length, zero"),
    ("bx-k", {"substitute": "〓〓"}, "options.substitute: wanted one character of GB2312"),
    ("bx-k", {"substitute": "㑇"}, "options.substitute: wanted one character of GB2312"),
    ("bx-e", {}, "options.controller: wanted the type printed on the card, one of 5e1, 5e2"),
    ("bx-e", {"controller": "6q1"}, "options.controller: wanted the type printed on the card"),
    ("bx-e", {"controller": "5e1", **FOUR_MORE}, "options.area.…: wanted at most 4 areas on a 5e1"),
    (
        "bx-e",
        {"controller": "6e1", "area.foot": "0,16,64,16", "programs": "stop"},
        "options.programs: wanted run: of several areas",
    ),
    ("bx-e", {"controller": "6e1", "colours": "three"}, "options.colours: wanted one of one, two"),
    ("bx-e", {"controller": "6e1", "brightness": 16}, "options.brightness: wanted a number from 0"),
    ("bx-e", {"controller": "6e1", "address": 0}, "options.address: wanted a number from 1 to"),
    ("bx-e", {"controller": "6e1", "substitute": "*"}, "options.substitute: wanted nothing"),
    ("modbus-text", {"unit": 0}, "options.unit: wanted a number from 1 to 247, found 0"),
    ("modbus-text", {"register": -1}, "options.register: wanted a number from 0 to 65535"),
    ("modbus-text", {"registers": 124}, "options.registers: wanted a number from 1 to 123"),
    ("modbus-text", {"encoding": "latin1"}, "options.encoding: wanted one of gb2312, gbk, unicode"),
    (
        "modbus-text",
        {"byte_order": "big"},
        "options.byte_order: wanted one of high-first, low-first",
    ),
    ("modbus-text", {"colour_register": "4000"}, "options.colour_register: wanted a number"),
    (
        "modbus-text",
        {"width": 64},
        "options.width: wanted nothing: this kind of device has no such",
    ),
    ("ddp", {"width": 4}, "options.width: wanted a number from 8 to 1024, found 4"),
    ("ddp", {"wiring": "snake"}, "options.wiring: wanted one of rows, zigzag, found 'snake'"),
    ("ddp", {"refresh_ms": 5000}, "options.refresh_ms: wanted a number from 50 to 1000"),
    ("ddp", {"universe": 1}, "options.universe: wanted nothing"),
    ("sacn", {"universe": 0}, "options.universe: wanted a number from 1 to 63999"),
    ("sacn", {"universe": 63_999, "width": 64}, "options.universe: wanted room for the wall"),
    ("sacn", {"priority": 201}, "options.priority: wanted a number from 0 to 200"),
]


@pytest.mark.parametrize(("kind", "options", "wanted"), BAD)
def test_a_mistake_is_refused_by_name(kind: str, options: Given, wanted: str) -> None:
    config = DeviceConfig("s1", kind, "memory:nobody", options)
    with pytest.raises(DeviceSettingsError) as refusal:
        open_bench([config], lambda _: None)
    assert f"device 's1', {wanted}" in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("bx-k", {"substitute": "*"}),
        ("bx-e", {"controller": "5e3", "colours": "two", "brightness": 0, "address": 7}),
        ("modbus-text", {"unit": 247, "timeout_register": 0, "substitute": "？"}),
        ("ddp", {"width": 1024, "height": 256, "wiring": "zigzag", "brightness": 1}),
        ("sacn", {"universe": 63_990, "width": 64, "height": 16}),
    ],
)
def test_what_is_right_is_opened_and_only_its_own_areas_are_known(
    kind: str, options: Given
) -> None:
    bench = open_bench([DeviceConfig("s1", kind, "memory:nobody", options)], lambda _: None)
    try:
        bench.show(ShowText("s1", "main", "请A001号", 1_000))
        with pytest.raises(UnknownDevice, match="has an area 'foot'"):
            bench.show(ShowText("s1", "foot", "请A001号", 1_000))
    finally:
        bench.close()
