"""Text bars on Modbus RTU: the text stands in registers and is read back, so it is known.

Only what was read back is said to be shown; a bar that acknowledges and keeps its old text is found
out at once. What it shows is looked at again with every check, and set right where it has changed.

A bar without a register for a time-out cannot forget by itself. It is emptied when its text is
stale, when the link opens and when this program ends in good order; if the program dies, the last
text stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.codec import modbus
from drivers.codec.counters import Counters
from drivers.codec.plain_text import SUBSTITUTE
from drivers.codec.sign_text import Encoding, shortened
from drivers.orders import Colour, DeviceCode
from drivers.signs.texts import SignTask
from drivers.signs.worker import ANSWERED, Talk, found_wrong

_COLOURS = {Colour.RED: 1, Colour.GREEN: 2, Colour.YELLOW: 3}
_LONGEST_TIMEOUT_S = 65_535


@dataclass(frozen=True, slots=True)
class BarRegisters:
    """Where in a bar's registers things stand; None where it has no such register."""

    unit: int
    first: int
    count: int
    encoding: Encoding = Encoding.GB2312
    low_byte_first: bool = False
    colour: int | None = None
    timeout: int | None = None
    substitute: str = SUBSTITUTE


class ModbusText:
    answers = True

    def __init__(self, registers: BarRegisters) -> None:
        self._registers = registers
        self._reader = modbus.AnswerReader(registers.unit)
        self._shown: tuple[bytes, int] | None = None  # what should stand there, and until when

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    def feed(self, data: bytes) -> list[modbus.Answer]:
        return self._reader.feed(data)

    def reset(self) -> None:
        self._reader.reset()
        self._shown = None

    def greet(self) -> Talk[modbus.Answer]:
        return self.check(0)

    def check(self, now_ms: int) -> Talk[modbus.Answer]:
        answer = yield self._frame(self._read())
        if not isinstance(answer, modbus.Found):
            return found_wrong(DeviceCode.REFUSED)
        if self._shown is not None and now_ms < self._shown[1] and answer.data != self._shown[0]:
            return found_wrong(DeviceCode.DEVICE_ERROR)
        return ANSWERED

    def show(self, task: SignTask, now_ms: int) -> Talk[modbus.Answer]:
        data = self._data(task.order.text)
        self._shown = None
        for request in self._writings(task, data, now_ms):
            answer = yield self._frame(request)
            if isinstance(answer, modbus.Refused):
                return found_wrong(DeviceCode.REFUSED)
        answer = yield self._frame(self._read())
        if answer != modbus.Found(data):
            return found_wrong(DeviceCode.DEVICE_ERROR)
        self._shown = data, task.expires_at_ms
        return ANSWERED

    def farewell(self) -> Iterable[bytes]:
        if self._registers.timeout is None:
            yield self._frame(modbus.WriteRegisters(self._registers.first, self._data("")))

    def _writings(self, task: SignTask, data: bytes, now_ms: int) -> Iterable[modbus.Request]:
        registers = self._registers
        if registers.colour is not None:
            colour = _COLOURS[task.order.colour]
            yield modbus.WriteRegisters(registers.colour, colour.to_bytes(2, "big"))
        if registers.timeout is not None:
            seconds = min(task.seconds_left(now_ms), _LONGEST_TIMEOUT_S)
            yield modbus.WriteRegisters(registers.timeout, seconds.to_bytes(2, "big"))
        yield modbus.WriteRegisters(registers.first, data)

    def _read(self) -> modbus.ReadRegisters:
        return modbus.ReadRegisters(self._registers.first, self._registers.count)

    def _frame(self, request: modbus.Request) -> bytes:
        self._reader.expect(request)
        return modbus.encode(self._registers.unit, request)

    def _data(self, text: str) -> bytes:
        """As long as the registers, so that nothing of a longer text before it stays."""
        registers = self._registers
        room = 2 * registers.count
        data = shortened(text, registers.encoding, room, registers.substitute).ljust(room, b"\x00")
        if not registers.low_byte_first:
            return data
        return bytes(byte for at in range(0, room, 2) for byte in (data[at + 1], data[at]))
