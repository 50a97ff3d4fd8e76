"""Modbus RTU as far as a text bar needs it: registers are written, and read back. Pure.

    write    unit | 10 | first (2) | count (2) | bytes | registers | CRC
    written  unit | 10 | first (2) | count (2) | CRC
    read     unit | 03 | first (2) | count (2) | CRC
    found    unit | 03 | bytes | registers | CRC
    no       unit | function + 80 | reason | CRC

Numbers have their high byte first, only the CRC (CRC-16/MODBUS) its low byte. No byte marks where a
frame begins; silence does, which a converter between networks may swallow. So the answers are read
by what was asked: `AnswerReader` looks for the two beginnings the next answer can have, and nothing
that came before or after it can be mistaken for it.

Source: MODBUS Application Protocol V1.1b3, 6.3 and 6.12; MODBUS over serial line V1.02.
"""

from dataclasses import dataclass

from drivers.codec.checksums import crc16
from drivers.codec.counters import Counters

READ, WRITE = 0x03, 0x10
MOST_REGISTERS = 123  # that one frame can write
_NO = 0x80
_SUM_BYTES = 2
_SHORTEST = 5  # unit, function, one byte, sum


@dataclass(frozen=True, slots=True)
class WriteRegisters:
    """`data` holds two bytes for each register."""

    first: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ReadRegisters:
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class OtherRequest:
    function: int


@dataclass(frozen=True, slots=True)
class Written:
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    function: int
    reason: int


Request = WriteRegisters | ReadRegisters
Answer = Written | Found | Refused


def encode(unit: int, request: Request) -> bytes:
    match request:
        case WriteRegisters(first, data):
            body = _numbers(first, len(data) // 2) + bytes([len(data)]) + data
            return _frame(unit, WRITE, body)
        case ReadRegisters(first, count):
            return _frame(unit, READ, _numbers(first, count))


def encode_answer(unit: int, answer: Answer) -> bytes:
    """What the bar sends; for its simulator."""
    match answer:
        case Written(first, count):
            return _frame(unit, WRITE, _numbers(first, count))
        case Found(data):
            return _frame(unit, READ, bytes([len(data)]) + data)
        case Refused(function, reason):
            return _frame(unit, function | _NO, bytes([reason]))


class AnswerReader:
    """The answer to what was asked last; everything else is counted as noise."""

    def __init__(self, unit: int) -> None:
        self.counters = Counters()
        self._unit = unit
        self._begins: dict[bytes, int] = {}  # how the answer can begin, and how long it is then
        self._pending = b""
        self._is_lost = False

    def expect(self, request: Request) -> None:
        function = WRITE if isinstance(request, WriteRegisters) else READ
        no = bytes([self._unit, function | _NO])
        self._pending = b""
        self._begins = {no: _SHORTEST}
        match request:
            case WriteRegisters(first, data):
                begin = bytes([self._unit, WRITE]) + _numbers(first, len(data) // 2)
                self._begins[begin] = len(begin) + _SUM_BYTES
            case ReadRegisters(_, count):
                begin = bytes([self._unit, READ, 2 * count])
                self._begins[begin] = len(begin) + 2 * count + _SUM_BYTES

    def reset(self) -> None:
        """The link is a new one, and nothing has been asked on it."""
        self._pending = b""
        self._begins = {}

    def feed(self, data: bytes) -> list[Answer]:
        self._pending += data
        answers: list[Answer] = []
        while self._pending:
            length = self._length()
            if length > len(self._pending):
                break
            whole = self._pending[:length]
            if length and _fits(whole):
                answers.append(_answer(whole))
                self._begins = {}
                self._pending = self._pending[length:]
                self._is_lost = False
                self.counters += Counters(frames_ok=1)
            else:
                self._skip(has_bad_sum=bool(length))
        return answers

    def _length(self) -> int:
        """Of the answer that begins here; 0 when none can."""
        for begin, length in self._begins.items():
            if begin.startswith(self._pending[: len(begin)]):
                return length
        return 0

    def _skip(self, *, has_bad_sum: bool) -> None:
        self._pending = self._pending[1:]
        resync = not self._is_lost
        self._is_lost = True
        self.counters += Counters(crc_bad=has_bad_sum, noise_bytes=1, resyncs=resync)


class RequestReader:
    """What a bar is asked; for its simulator. `silence` ends what was begun."""

    def __init__(self, unit: int) -> None:
        self.counters = Counters()
        self._unit = unit
        self._pending = b""

    def feed(self, data: bytes) -> list[Request | OtherRequest]:
        self._pending += data
        requests: list[Request | OtherRequest] = []
        while len(self._pending) >= _SHORTEST + 3:
            length = self._length()
            if length > len(self._pending):
                break
            whole = self._pending[:length]
            if length and _fits(whole):
                requests.append(_request(whole))
                self._pending = self._pending[length:]
                self.counters += Counters(frames_ok=1)
            else:
                self._pending = self._pending[1:]
                self.counters += Counters(crc_bad=bool(length), noise_bytes=1)
        return requests

    def silence(self) -> None:
        if self._pending:
            self.counters += Counters(noise_bytes=len(self._pending), resyncs=1)
            self._pending = b""

    def _length(self) -> int:
        unit, function, *_ = self._pending
        if unit != self._unit or function & _NO:
            return 0
        if function != WRITE:
            return _SHORTEST + 3  # the other functions a bar may be asked are as long as a read
        count, size = int.from_bytes(self._pending[4:6], "big"), self._pending[6]
        is_sound = 0 < count <= MOST_REGISTERS and size == 2 * count
        return 7 + size + _SUM_BYTES if is_sound else 0


def _frame(unit: int, function: int, body: bytes) -> bytes:
    checked = bytes([unit, function]) + body
    return checked + crc16(checked, 0xFFFF).to_bytes(_SUM_BYTES, "little")


def _fits(whole: bytes) -> bool:
    return crc16(whole[:-_SUM_BYTES], 0xFFFF).to_bytes(_SUM_BYTES, "little") == whole[-_SUM_BYTES:]


def _numbers(first: int, count: int) -> bytes:
    return first.to_bytes(2, "big") + count.to_bytes(2, "big")


def _answer(whole: bytes) -> Answer:
    function = whole[1]
    if function & _NO:
        return Refused(function & ~_NO, whole[2])
    if function == READ:
        return Found(whole[3:-_SUM_BYTES])
    return Written(int.from_bytes(whole[2:4], "big"), int.from_bytes(whole[4:6], "big"))


def _request(whole: bytes) -> Request | OtherRequest:
    first, count = int.from_bytes(whole[2:4], "big"), int.from_bytes(whole[4:6], "big")
    match whole[1]:
        case function if function == READ:
            return ReadRegisters(first, count)
        case function if function == WRITE:
            return WriteRegisters(first, whole[7:-_SUM_BYTES])
        case function:
            return OtherRequest(function)
