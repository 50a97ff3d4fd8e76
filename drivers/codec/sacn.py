"""Streaming ACN (ANSI E1.31): pixels as channels of numbered universes, in UDP packets. Pure.

    root     0010 0000 "ASC-E1.17" 000000 | 7 length | 00000004 | sender's id (16)
    framing  7 length | 00000002 | sender's name (64) | priority | 0000 | sequence | options
             | universe
    DMP      7 length | 02 A1 0000 0001 | count (2) | 0, then at most 512 channels

Numbers have their high byte first; a length counts from its own first byte, with 7 in the top four
bits. A universe carries 170 pixels of three channels; two are left unused, so that no pixel is
torn between universes. The end of a stream is said three times with bit 6 of the options; a wall
that hears nothing for 2.5 s knows it too.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

PORT = 5568
LAST_UNIVERSE = 63_999
CHANNELS = 512
CHANNELS_USED = 510
_ROOT = struct.Struct(">HH12sHI16s")
_FRAMING = struct.Struct(">HI64sBHBBH")
_DMP = struct.Struct(">HBBHHHB")
_NAME = b"ASC-E1.17\x00\x00\x00"
_ROOT_DATA, _FRAMING_DATA = 0x0000_0004, 0x0000_0002
_SET_PROPERTY, _ADDRESSES = 0x02, 0xA1
_LENGTH = 0x7000
_TERMINATED = 0x40
_PREAMBLE = 0x0010
_SAID_AT_THE_END = 3
_NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: an id that stays the same, a name to read, and whose picture wins (0 to 200)."""

    cid: bytes
    name: str
    priority: int = 100


@dataclass(frozen=True, slots=True)
class Packet:
    universe: int
    sequence: int
    channels: bytes
    priority: int = 100
    is_terminated: bool = False


class SacnStream:
    """Pictures to packets; it remembers the numbers, which run in each universe by itself."""

    def __init__(self, sender: Sender, first_universe: int) -> None:
        self._sender = sender
        self._first = first_universe
        self._sequences: dict[int, int] = {}

    def picture(self, pixels: bytes) -> list[bytes]:
        return list(self._packets(pixels, is_terminated=False))

    def end(self, pixels: bytes) -> list[bytes]:
        """The last picture, and the word that no other follows."""
        packets = self.picture(pixels)
        for _ in range(_SAID_AT_THE_END):
            packets += self._packets(pixels, is_terminated=True)
        return packets

    def _packets(self, pixels: bytes, *, is_terminated: bool) -> Iterable[bytes]:
        for start in range(0, len(pixels), CHANNELS_USED):
            universe = self._first + start // CHANNELS_USED
            sequence = self._sequences[universe] = (self._sequences.get(universe, -1) + 1) % 256
            channels = pixels[start : start + CHANNELS_USED].ljust(CHANNELS, b"\x00")
            priority = self._sender.priority
            packet = Packet(universe, sequence, channels, priority, is_terminated)
            yield encode(packet, self._sender)


def universe_count(pixels: int) -> int:
    return -(-3 * pixels // CHANNELS_USED)


def encode(packet: Packet, sender: Sender) -> bytes:
    count = len(packet.channels) + 1
    dmp_bytes = _DMP.size + len(packet.channels)
    framing_bytes = _FRAMING.size + dmp_bytes
    root_bytes = _ROOT.size - 16 + framing_bytes  # what stands before its length is not counted
    root = _ROOT.pack(_PREAMBLE, 0, _NAME, _LENGTH | root_bytes, _ROOT_DATA, sender.cid)
    framing = _FRAMING.pack(
        *(_LENGTH | framing_bytes, _FRAMING_DATA, _named(sender.name), packet.priority, 0),
        *(packet.sequence, _TERMINATED if packet.is_terminated else 0, packet.universe),
    )
    dmp = _DMP.pack(_LENGTH | dmp_bytes, _SET_PROPERTY, _ADDRESSES, 0, 1, count, 0)
    return root + framing + dmp + packet.channels


def read_packet(data: bytes) -> Packet | None:
    """None for what brings no channels."""
    if len(data) < _ROOT.size + _FRAMING.size + _DMP.size:
        return None
    preamble, postamble, name, _, root_kind, _ = _ROOT.unpack_from(data)
    framing = _FRAMING.unpack_from(data, _ROOT.size)
    _, framing_kind, _, priority, _, sequence, options, universe = framing
    dmp = _DMP.unpack_from(data, _ROOT.size + _FRAMING.size)
    _, kind, addresses, first, step, count, start_code = dmp
    channels = data[_ROOT.size + _FRAMING.size + _DMP.size :]
    heads = (preamble, postamble, name, root_kind, framing_kind, kind, addresses, first, step)
    wanted = (_PREAMBLE, 0, _NAME, _ROOT_DATA, _FRAMING_DATA, _SET_PROPERTY, _ADDRESSES, 0, 1)
    if heads != wanted or start_code or count != len(channels) + 1 or len(channels) > CHANNELS:
        return None
    return Packet(universe, sequence, channels, priority, bool(options & _TERMINATED))


def _named(name: str) -> bytes:
    """At most 63 bytes, and no character torn."""
    return name.encode()[:_NAME_BYTES].decode(errors="ignore").encode()
