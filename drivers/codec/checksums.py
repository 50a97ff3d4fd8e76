"""The sums at the end of serial frames. Pure."""

from functools import reduce
from operator import xor


def sum8(data: bytes) -> int:
    return sum(data) & 0xFF


def xor8(data: bytes) -> int:
    return reduce(xor, data, 0)


def crc16(data: bytes, initial: int) -> int:
    """Polynomial 8005, reflected: initial 0 is CRC-16/ARC, FFFF is CRC-16/MODBUS."""
    crc = initial
    for byte in data:
        crc = crc >> 8 ^ _CRC16[(crc ^ byte) & 0xFF]
    return crc


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC16 = tuple(_entry(byte) for byte in range(256))
