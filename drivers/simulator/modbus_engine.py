"""The text bar on Modbus that is played: a memory of registers, of which some are lit as text.

It can do what is worst in a bar: say yes and keep its old text (`stuck`). The time is handed in. No
threads and no sockets here.
"""

from collections.abc import Sequence
from enum import StrEnum

from drivers.codec import modbus
from drivers.orders import Colour
from drivers.signs.modbus_text import BarRegisters
from drivers.simulator.bar_engine import AreasView, AreaView
from drivers.simulator.sign_engine import SignEngine, seconds_left

_FAILURE = 4  # exception codes of the protocol
_NO_SUCH_FUNCTION = 1
_NO_SUCH_REGISTER = 2
_LAST_REGISTER = 0xFFFF
_SILENCE_MS = 100  # a real bar gives up half a frame after 4; ours is fed by other threads
_COLOURS = {1: Colour.RED, 2: Colour.GREEN, 3: Colour.YELLOW}
_DOTS_WIDE, _DOTS_HIGH = 192, 16
_CODECS = {"unicode": "utf-16-be"}


class ModbusFault(StrEnum):
    REFUSING = "refusing"
    STUCK = "stuck"  # says yes, and changes nothing


class ModbusEngine(SignEngine):
    def __init__(self, registers: BarRegisters | None = None) -> None:
        super().__init__()
        self.registers = registers or BarRegisters(unit=1, first=0, count=16)
        self._memory: dict[int, int] = {}
        self._dark_at_ms: int | None = None
        self._readers: dict[int, modbus.RequestReader] = {}
        self._heard_ms = 0

    def connected(self, link: int) -> None:
        self._readers[link] = modbus.RequestReader(self.registers.unit)

    def disconnected(self, link: int) -> None:
        self._readers.pop(link, None)

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:
        """What came over one link; the bytes that answer it."""
        reader = self._readers[link]
        if now_ms - self._heard_ms > _SILENCE_MS:
            reader.silence()
        self._heard_ms = now_ms
        answers = (self._obey(request, now_ms) for request in reader.feed(data))
        return b"".join(modbus.encode_answer(self.registers.unit, answer) for answer in answers)

    def text(self, now_ms: int) -> str:
        """What is to be seen now."""
        if self._dark_at_ms is not None and self._dark_at_ms <= now_ms:
            return ""
        data = self._read(self.registers.first, self.registers.count)
        if self.registers.low_byte_first:
            data = b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))
        name = _CODECS.get(self.registers.encoding, self.registers.encoding)
        return data.decode(name, "replace").rstrip("\x00")

    def colour(self) -> Colour:
        register = self.registers.colour
        return _COLOURS.get(self._memory.get(register or -1, 0), Colour.RED)

    def tick(self, now_ms: int) -> bytes:
        if self._dark_at_ms is not None and self._dark_at_ms <= now_ms:
            self._dark_at_ms = None
            self._write(self.registers.first, bytes(2 * self.registers.count))
            self.version += 1
        return b""

    def lose_power(self) -> None:
        self._memory.clear()
        self._dark_at_ms = None

    def view(self, now_ms: int, since_version: int) -> AreasView:  # noqa: ARG002 — it is small
        """As a bar with letters of its own, so that the page draws it like one."""
        text = self.text(now_ms)
        left = seconds_left(self._dark_at_ms, now_ms)
        area = AreaView(0, 0, 0, _DOTS_WIDE, _DOTS_HIGH, text, self.colour(), False, left)  # noqa: FBT003
        return AreasView([area] if text else [])

    def _obey(self, request: modbus.Request | modbus.OtherRequest, now_ms: int) -> modbus.Answer:
        match request:
            case modbus.OtherRequest(function):
                return modbus.Refused(function, _NO_SUCH_FUNCTION)
            case modbus.ReadRegisters(first, count):
                if not 0 < count <= modbus.MOST_REGISTERS or first + count > _LAST_REGISTER + 1:
                    return modbus.Refused(modbus.READ, _NO_SUCH_REGISTER)
                return modbus.Found(self._read(first, count))
            case modbus.WriteRegisters(first, data):
                if ModbusFault.REFUSING in self.faults:
                    return modbus.Refused(modbus.WRITE, _FAILURE)
                count = len(data) // 2
                if first + count > _LAST_REGISTER + 1:
                    return modbus.Refused(modbus.WRITE, _NO_SUCH_REGISTER)
                if ModbusFault.STUCK not in self.faults:
                    self._write(first, data)
                    self._start_time_out(range(first, first + count), now_ms)
                    self.version += 1
                return modbus.Written(first, count)

    def _start_time_out(self, written: Sequence[int], now_ms: int) -> None:
        if self.registers.timeout in written:
            seconds = self._memory.get(self.registers.timeout or 0, 0)
            self._dark_at_ms = now_ms + seconds * 1000 if seconds else None

    def _read(self, first: int, count: int) -> bytes:
        values = (self._memory.get(register, 0) for register in range(first, first + count))
        return b"".join(value.to_bytes(2, "big") for value in values)

    def _write(self, first: int, data: bytes) -> None:
        for at in range(0, len(data), 2):
            self._memory[first + at // 2] = int.from_bytes(data[at : at + 2], "big")
