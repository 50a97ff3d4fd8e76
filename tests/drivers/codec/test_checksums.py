"""The checksums against published values.

The check values of "123456789" are the catalogue's (reveng); the table is the one printed in
appendix 1 of the maker's BX-5E manual, of which some entries are copied here; the Modbus frame is
the example of "MODBUS over serial line" (02 07, CRC 41 12).
"""

from drivers.codec.checksums import crc16


def test_catalogue() -> None:
    assert crc16(b"123456789", 0) == 0xBB3D
    assert crc16(b"123456789", 0xFFFF) == 0x4B37


def test_the_table_of_the_manual() -> None:
    printed = {0: 0x0000, 1: 0xC0C1, 2: 0xC181, 15: 0x0440, 16: 0xCC01, 128: 0xA001, 255: 0x4040}
    for byte, entry in printed.items():
        assert crc16(bytes([byte]), 0) == entry


def test_the_example_of_the_modbus_guide() -> None:
    assert crc16(b"\x02\x07", 0xFFFF).to_bytes(2, "little") == b"\x41\x12"
