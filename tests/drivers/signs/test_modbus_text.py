"""A bar whose registers can be read back: only what stands there is said to be shown."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from bad_cables import Cable
from sign_hall import SignHall, sign_hall

from drivers.codec.sign_text import Encoding
from drivers.orders import Colour, DeviceCode, DeviceHealth
from drivers.signs.modbus_text import BarRegisters
from drivers.simulator.modbus_engine import ModbusEngine, ModbusFault

Hall = SignHall[ModbusEngine]
CALL = "请A001号"


@pytest.fixture
def open_hall(cable: Cable) -> Iterator[Callable[..., Hall]]:
    with ExitStack() as halls:

        def open_one(played: BarRegisters | None = None, /, **options: str | int) -> Hall:
            return halls.enter_context(
                sign_hall(ModbusEngine(played), "modbus-text", cable, **options)
            )

        yield open_one


def text(hall: Hall) -> str:
    with hall.lock:
        return hall.engine.text(hall.now_ms)


def test_a_call_is_acknowledged_when_it_was_read_back(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.show(CALL, order_id="w3:17")
    hall.until(lambda: hall.shown() == [CALL])
    assert text(hall) == CALL
    hall.show("请B2号")
    hall.until(lambda: len(hall.shown()) == 2)
    assert text(hall) == "请B2号"  # nothing of the longer text before it


def test_a_bar_that_says_yes_and_changes_nothing_is_not_believed(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.fault(ModbusFault.STUCK)
    hall.show(CALL)
    hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=8)
    assert hall.codes() == {DeviceCode.DEVICE_ERROR}
    assert hall.shown() == []
    hall.fault(ModbusFault.STUCK, on=False)
    hall.now_ms += 5_000
    hall.until(lambda: hall.shown() == [CALL])
    hall.until(lambda: hall.health() is DeviceHealth.OK, within_s=8)


def test_a_bar_that_refuses(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.fault(ModbusFault.REFUSING)
    hall.show(CALL)
    hall.until(lambda: hall.health() is DeviceHealth.FAULT, within_s=8)
    assert hall.codes() == {DeviceCode.REFUSED}
    assert hall.shown() == []


def test_a_bar_that_lost_its_text_while_the_line_stayed_open_gets_it_again(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.show(CALL)
    hall.until(lambda: hall.shown() == [CALL])
    hall.fault("unplugged")
    hall.fault("unplugged", on=False)
    assert text(hall) == ""
    hall.until(lambda: text(hall) == CALL, within_s=8)
    assert hall.shown() == [CALL]


def test_a_stale_call_is_emptied_where_the_bar_cannot_forget(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.show(CALL, ttl_ms=30_000)
    hall.until(lambda: text(hall) == CALL)
    hall.now_ms += 31_000
    hall.until(lambda: text(hall) == "", within_s=8)
    assert hall.shown() == [CALL]


def test_a_bar_that_cannot_forget_is_emptied_in_the_end_and_at_the_beginning(
    open_hall: Callable[..., Hall], cable: Cable
) -> None:
    hall = open_hall()
    hall.show(CALL)
    hall.until(lambda: text(hall) == CALL)
    hall.bench.close()
    hall.until(lambda: text(hall) == "")
    left_over = ModbusEngine()
    left_over._write(0, "请C9号".encode("gb2312").ljust(8, b"\0"))
    with sign_hall(left_over, "modbus-text", cable) as other:
        other.until(lambda: text(other) == "")
        assert other.shown() == []


def test_a_bar_with_a_time_out_register_forgets_by_itself(open_hall: Callable[..., Hall]) -> None:
    registers = BarRegisters(unit=1, first=0, count=16, timeout=200)
    hall = open_hall(registers, timeout_register=200)
    hall.show(CALL, ttl_ms=30_000)
    hall.until(lambda: text(hall) == CALL)
    hall.bench.close()
    hall.now_ms += 29_000
    assert text(hall) == CALL
    hall.now_ms += 2_000
    assert text(hall) == ""


@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize("low_first", [False, True])
def test_unit_registers_encoding_and_byte_order_are_as_configured(
    open_hall: Callable[..., Hall], encoding: Encoding, low_first: bool
) -> None:
    registers = BarRegisters(7, 4096, 20, encoding, low_first, colour=4000)
    hall = open_hall(
        registers,
        unit=7,
        register=4096,
        registers=20,
        encoding=encoding.value,
        byte_order="low-first" if low_first else "high-first",
        colour_register=4000,
    )
    hall.show("请A001号到3号窗口", colour=Colour.GREEN)
    hall.until(lambda: hall.shown() == ["请A001号到3号窗口"])
    assert text(hall) == "请A001号到3号窗口"
    assert hall.engine.colour() is Colour.GREEN


def test_only_the_latest_waits_and_comes_after_the_link_is_back(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall()
    hall.exchange.leave("sign")
    hall.hang_up()
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE, within_s=8)
    for number in range(300):
        hall.show(f"请A{number:03}号")
    hall.listen()
    hall.until(lambda: hall.shown() == ["请A299号"], within_s=8)
    assert text(hall) == "请A299号"


def test_a_silent_bar_is_offline(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.is_silent = True
    hall.show(CALL)
    hall.until(lambda: hall.health() is DeviceHealth.OFFLINE)
    assert hall.shown() == []
