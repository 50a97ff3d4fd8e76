"""What a ticket printer says back: one stream of bytes, six kinds of speech. Pure.

    DLE EOT n reply   1 byte    b & 93 == 12           asked in real time; the asker knows the n
    automatic status  4 bytes   b & 93 == 10, then three with b & 90 == 0
    full status       6 bytes   10 0F, then four with b & 90 == 0    asked with DLE EOT 20
    block             5F 37 …   until NUL              GS I texts; 37 22 id4 = GS ( H "done"
    GS r reply        1 byte    00 03 0C 0F            asked in the buffer's own order
    flow control      11 13                            not speech

A GS r reply looks like the inner bytes of an automatic status, so this is a state machine, and an
automatic status is always taken whole; a second byte 0F, which no automatic status has, makes it a
full one. It never raises: what fits nothing is counted as
noise, and `reset` forgets half a message after a silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from drivers.codec.counters import Counters
from drivers.orders import DeviceCode

_BLOCK_HEADERS = frozenset({0x35, 0x37, 0x3B, 0x3D, 0x5F})
_LONGEST_BLOCK = 80
_SENSOR_REPLIES = frozenset({0x00, 0x03, 0x0C, 0x0F})
_FLOW_CONTROL = frozenset({0x11, 0x13})
_AUTOMATIC_LENGTH = 4
_FULL = b"\x10\x0f"
_FULL_LENGTH = 6
_ASK_FULL = b"\x10\x04\x14"
_IN_MOUTH = 0x20
_PROCESS_DONE = b"\x37\x22"


class Query(IntEnum):
    """The n of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


@dataclass(frozen=True, slots=True)
class RealTimeReply:
    status: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    status: bytes


@dataclass(frozen=True, slots=True)
class FullStatus:
    """Of a printer with a mouth: paper, user, errors that pass, errors that do not."""

    status: bytes

    @property
    def ticket_in_mouth(self) -> bool:
        return bool(self.status[2] & _IN_MOUTH)


@dataclass(frozen=True, slots=True)
class SensorReply:
    """The printer carried out everything before our GS r."""

    status: int


@dataclass(frozen=True, slots=True)
class ProcessDone:
    """The printer finished printing everything before our GS ( H of this name."""

    process_id: str


@dataclass(frozen=True, slots=True)
class Block:
    data: bytes


Reply = RealTimeReply | AutomaticStatus | FullStatus | SensorReply | ProcessDone | Block


class StatusReader:
    def __init__(self) -> None:
        self.noise_bytes = 0
        self._replies = 0
        self._resyncs = 0
        self._partial = bytearray()

    @property
    def counters(self) -> Counters:
        return Counters(self._replies, 0, self.noise_bytes, self._resyncs)

    def feed(self, data: bytes) -> list[Reply]:
        replies: list[Reply] = []
        for byte in data:
            self._take(byte, replies)
        self._replies += len(replies)
        return replies

    def reset(self) -> None:
        self._resyncs += bool(self._partial)
        self.noise_bytes += len(self._partial)
        self._partial.clear()

    def _take(self, byte: int, replies: list[Reply]) -> None:
        if self._partial and not self._continues(byte):
            self.reset()
        if self._partial or byte in _BLOCK_HEADERS or byte & 0x93 == 0x10:
            self._partial.append(byte)
            reply = self._whole()
            if reply is not None:
                self._partial.clear()
                replies.append(reply)
        elif byte & 0x93 == 0x12:
            replies.append(RealTimeReply(byte))
        elif byte in _SENSOR_REPLIES:
            replies.append(SensorReply(byte))
        elif byte not in _FLOW_CONTROL:
            self.noise_bytes += 1

    def _continues(self, byte: int) -> bool:
        if self._partial[0] in _BLOCK_HEADERS:
            return len(self._partial) < _LONGEST_BLOCK and (byte == 0 or 0x20 <= byte <= 0x7E)
        return byte & 0x90 == 0

    def _whole(self) -> Reply | None:
        partial = self._partial
        if partial[0] not in _BLOCK_HEADERS:
            return self._whole_status()
        if partial[-1] != 0:
            return None
        if partial.startswith(_PROCESS_DONE) and len(partial) == 7:
            return ProcessDone(partial[2:6].decode("ascii"))
        return Block(bytes(partial))

    def _whole_status(self) -> Reply | None:
        status = bytes(self._partial)
        if status.startswith(_FULL):
            return FullStatus(status) if len(status) == _FULL_LENGTH else None
        return AutomaticStatus(status) if len(status) == _AUTOMATIC_LENGTH else None


def ask_full() -> bytes:
    return _ASK_FULL


def ask(query: Query) -> bytes:
    return bytes([0x10, 0x04, query])


def codes_of(query: Query, status: int) -> frozenset[DeviceCode]:
    """What one DLE EOT reply tells."""
    match query:
        case Query.PRINTER:
            return _named((status & 0x08, DeviceCode.OFFLINE))
        case Query.OFFLINE_CAUSE:
            return _named(
                (status & 0x04, DeviceCode.COVER_OPEN),
                (status & 0x20, DeviceCode.PAPER_OUT),
                (status & 0x40, DeviceCode.DEVICE_ERROR),
            )
        case Query.ERROR_CAUSE:
            return _named(
                (status & 0x08, DeviceCode.CUTTER_ERROR),
                (status & 0x20, DeviceCode.DEVICE_ERROR),
                (status & 0x40, DeviceCode.HEAD_HOT),
            )
        case Query.PAPER:
            return _named(
                (status & 0x0C, DeviceCode.PAPER_LOW), (status & 0x60, DeviceCode.PAPER_OUT)
            )


def codes_of_automatic(status: bytes) -> frozenset[DeviceCode]:
    first, second, third = status[0], status[1], status[2]
    return summary(
        [
            _named((first & 0x08, DeviceCode.OFFLINE), (first & 0x20, DeviceCode.COVER_OPEN)),
            _named(
                (second & 0x08, DeviceCode.CUTTER_ERROR),
                (second & 0x20, DeviceCode.DEVICE_ERROR),
                (second & 0x40, DeviceCode.HEAD_HOT),
            ),
            _named((third & 0x03, DeviceCode.PAPER_LOW), (third & 0x0C, DeviceCode.PAPER_OUT)),
        ]
    )


def summary(findings: Iterable[frozenset[DeviceCode]]) -> frozenset[DeviceCode]:
    """All findings of one round; "offline" and "error" only where no better cause is known."""
    codes = frozenset[DeviceCode]().union(*findings)
    vague = frozenset({DeviceCode.OFFLINE, DeviceCode.DEVICE_ERROR})
    causes = codes - vague - {DeviceCode.PAPER_LOW}
    if causes:
        codes -= vague
    elif DeviceCode.DEVICE_ERROR in codes:
        codes -= {DeviceCode.OFFLINE}
    if DeviceCode.PAPER_OUT in codes:
        codes -= {DeviceCode.PAPER_LOW}
    return codes


def _named(*bits: tuple[int, DeviceCode]) -> frozenset[DeviceCode]:
    return frozenset(code for bit, code in bits if bit)
