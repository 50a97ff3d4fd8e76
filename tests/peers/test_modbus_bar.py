"""pymodbus, a Modbus not written here, as the text bar at the end of a serial line.

Two pseudo-terminals stand for the two ends of the cable. Whatever pymodbus holds in its registers
is what is to be seen; whatever it does not understand it does not answer.
"""

import asyncio
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.codec import modbus
from drivers.orders import (
    Colour,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    ShowText,
    TextShown,
)
from drivers.registry import open_bench

UNIT, FIRST, COUNT, COLOUR = 17, 100, 16, 90


class Cable:
    """What one end is told comes out at the other."""

    def __init__(self) -> None:
        self._far, self._near = pty.openpty(), pty.openpty()
        for master, end in (self._far, self._near):
            tty.setraw(master)
            tty.setraw(end)
        self.bar, self.host = os.ttyname(self._far[1]), os.ttyname(self._near[1])
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        one, other = self._far[0], self._near[0]
        while not self._stopping.is_set():
            for end in select.select([one, other], [], [], 0.1)[0]:
                os.write(other if end == one else one, os.read(end, 4096))

    def close(self) -> None:
        self._stopping.set()
        self._thread.join()
        for descriptor in (*self._far, *self._near):
            os.close(descriptor)


class Bar:
    """pymodbus at work on a thread of its own."""

    def __init__(self, port: str) -> None:
        self.requests: list[int] = []
        self.registers: list[int] = []
        self._loop = asyncio.new_event_loop()
        self._port = port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])
        self._thread.start()
        assert self._ready.wait(5)

    def text(self) -> str:
        data = b"".join(register.to_bytes(2, "big") for register in self.registers)
        return data.decode("gb2312").rstrip("\0")

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        memory = [SimData(COLOUR, count=FIRST + COUNT - COLOUR, datatype=DataType.REGISTERS)]
        device = SimDevice(id=UNIT, simdata=memory, action=self._watch)
        server = ModbusSerialServer(
            device, port=self._port, baudrate=115_200, trace_pdu=self._trace
        )
        await server.serve_forever(background=True)
        self._ready.set()
        await self._stop.wait()
        await server.shutdown()  # type: ignore[no-untyped-call]  # the library's own gap
        await asyncio.sleep(0.1)  # what was asked last is still answered by a task of its own
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _watch(
        self,
        function: int,  # noqa: ARG002 — the library's form
        start: int,
        address: int,
        count: int,
        current: list[int],
        written: list[int] | list[bool] | None,
    ) -> None:
        """Asked before each access: what will stand in the registers after it."""
        after = list(current)
        if written is not None:
            after[address - start : address - start + count] = map(int, written)
        self.registers = after[FIRST - start : FIRST - start + COUNT]

    def _trace(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            self.requests.append(pdu.function_code)
        return pdu


def until(is_so: Callable[[], bool], within_s: float = 8) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


@pytest.fixture
def line() -> Iterator[tuple[Bar, str]]:
    cable = Cable()
    bar = Bar(cable.bar)
    yield bar, f"serial://{cable.host}?baud=115200"
    bar.close()
    cable.close()


@contextmanager
def bench(url: str, events: list[DeviceEvent]) -> Iterator[Callable[..., None]]:
    options: dict[str, str | int] = {"unit": UNIT, "register": FIRST, "registers": COUNT}
    config = DeviceConfig("b", "modbus-text", url, {**options, "colour_register": COLOUR})
    opened = open_bench([config], events.append)

    def show(text: str, ttl_ms: int = 60_000) -> None:
        opened.show(ShowText("b", "main", text, ttl_ms, Colour.GREEN, text))

    try:
        until(lambda: opened.health()["b"].health is DeviceHealth.OK)
        yield show
    finally:
        opened.close()


def shown(events: list[DeviceEvent]) -> list[str]:
    return [event.order.text for event in events if isinstance(event, TextShown)]


def test_a_text_stands_in_the_registers_of_pymodbus_and_is_read_back(
    line: tuple[Bar, str],
) -> None:
    bar, url = line
    events: list[DeviceEvent] = []
    with bench(url, events) as show:
        show("请A001号到3号窗口")
        until(lambda: shown(events) == ["请A001号到3号窗口"])
        assert bar.text() == "请A001号到3号窗口"
        assert modbus.WRITE in bar.requests
        assert modbus.READ in bar.requests
        show("暂停服务")
        until(lambda: len(shown(events)) == 2)
        assert bar.text() == "暂停服务"
    until(lambda: bar.text() == "")


def test_a_stale_text_is_taken_out_of_the_registers(line: tuple[Bar, str]) -> None:
    bar, url = line
    events: list[DeviceEvent] = []
    with bench(url, events) as show:
        show("请A001号", ttl_ms=500)
        until(lambda: shown(events) == ["请A001号"])
        until(lambda: bar.text() == "", within_s=3)


def test_registers_that_pymodbus_does_not_have_are_refused(line: tuple[Bar, str]) -> None:
    _, url = line
    options: dict[str, str | int] = {"unit": UNIT, "register": 500, "registers": COUNT}
    opened = open_bench([DeviceConfig("b", "modbus-text", url, options)], lambda _: None)
    try:
        until(lambda: opened.health()["b"].codes == {DeviceCode.REFUSED})
    finally:
        opened.close()
