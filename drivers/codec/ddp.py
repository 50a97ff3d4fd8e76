"""Distributed Display Protocol: pixels of a wall in UDP packets, as WLED takes them. Pure.

    40 + push 1 | sequence | 0B = RGB, 8 bits each | 01 = display | offset (4) | length (2) | pixels

Numbers have their high byte first. The last packet of a picture carries the push flag, and the wall
changes as a whole. Packets are numbered 1 to 15 and round again. A picture of more than four would
come round to numbers that WLED takes for late and throws away; such ones are sent unnumbered (0),
which the protocol allows.

Source: 3waylabs.com/ddp (2022-09-05), packet format; the window of numbers is WLED's.
"""

import struct
from dataclasses import dataclass

PORT = 4048
LARGEST = 1440  # bytes of pixels in one packet: 480 pixels, whole ones
_HEADER = struct.Struct(">BBBBIH")
_VERSION_1, _PUSH, _QUERY, _REPLY, _STORAGE, _TIMECODE = 0x40, 0x01, 0x02, 0x04, 0x08, 0x10
_VERSIONS = 0xC0
_RGB = 0x0B
_DISPLAY = 1
_TIMECODE_BYTES = 4
_NUMBERS = 15
_NUMBERED_MOST = 4


@dataclass(frozen=True, slots=True)
class Packet:
    offset: int
    pixels: bytes
    push: bool
    sequence: int = 0


class DdpStream:
    """Pictures to packets; it remembers the last number."""

    def __init__(self) -> None:
        self._sequence = 0

    def picture(self, pixels: bytes) -> list[bytes]:
        starts = range(0, len(pixels), LARGEST)
        is_numbered = len(starts) <= _NUMBERED_MOST
        return [
            encode(
                Packet(
                    offset=start,
                    pixels=pixels[start : start + LARGEST],
                    push=start + LARGEST >= len(pixels),
                    sequence=self._next() if is_numbered else 0,
                )
            )
            for start in starts
        ]

    def end(self, pixels: bytes) -> list[bytes]:
        """The last picture; the protocol has no word for an end."""
        return self.picture(pixels)

    def _next(self) -> int:
        self._sequence = self._sequence % _NUMBERS + 1
        return self._sequence


def encode(packet: Packet) -> bytes:
    flags = _VERSION_1 | (_PUSH if packet.push else 0)
    size = len(packet.pixels)
    head = _HEADER.pack(flags, packet.sequence, _RGB, _DISPLAY, packet.offset, size)
    return head + packet.pixels


def read_packet(data: bytes) -> Packet | None:
    """None for what brings no pixels to a display."""
    if len(data) < _HEADER.size:
        return None
    flags, sequence, _, destination, offset, length = _HEADER.unpack_from(data)
    if flags & _VERSIONS != _VERSION_1 or flags & (_QUERY | _REPLY | _STORAGE):
        return None
    begin = _HEADER.size + (_TIMECODE_BYTES if flags & _TIMECODE else 0)
    if destination != _DISPLAY or len(data) != begin + length:
        return None
    return Packet(offset, data[begin:], bool(flags & _PUSH), sequence & 0x0F)
