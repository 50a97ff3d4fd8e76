"""Pixels in DDP packets: the published field table, other people's packets, WLED's own rule.

Sources: the field table and sizes of 3waylabs.com/ddp (2022-09-05); the packet `41 01 0D 01 …` from
the documentation of the Rust crate ddp-rs 1.3 (`Packet::from_bytes`); `41 01 0B 01 …` from a
light's firmware that speaks like WLED; which numbers WLED takes for late from its own handler.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec import ddp


def test_the_header_is_the_published_table() -> None:
    packet = ddp.Packet(offset=0x00010203, pixels=b"\x0a\x14\x1e", push=False, sequence=7)
    assert ddp.encode(packet) == bytes.fromhex(
        "40"  # VV = 01, no timecode, no storage, no reply, no query, no push
        "07"  # sequence
        "0B"  # C 0, R 0, type 001 = RGB, size 3 = 8 bits
        "01"  # default output device
        "00010203"  # offset, MSB first
        "0003"  # length, MSB first
        "0A141E"
    )


@pytest.mark.parametrize(
    ("published", "pixels"),
    [
        ("41 01 0D 01 00000000 0003 FF0000", "FF0000"),
        ("41 01 0B 01 00000000 0003 0A141E", "0A141E"),
    ],
)
def test_other_peoples_packets_are_read(published: str, pixels: str) -> None:
    read = ddp.read_packet(bytes.fromhex(published))
    assert read == ddp.Packet(0, bytes.fromhex(pixels), push=True, sequence=1)


def test_ours_is_the_packet_of_the_firmwares_tests() -> None:
    (packet,) = ddp.DdpStream().picture(bytes.fromhex("0A141E"))
    assert packet == bytes.fromhex("41 01 0B 01 00000000 0003 0A141E")


def test_a_picture_is_cut_into_packets_and_pushed_by_the_last() -> None:
    pixels = bytes(range(256)) * 12
    packets = [ddp.read_packet(data) for data in ddp.DdpStream().picture(pixels)]
    assert [(p.offset, len(p.pixels), p.push) for p in packets if p] == [
        (0, 1440, False),
        (1440, 1440, False),
        (2880, 192, True),
    ]
    assert b"".join(packet.pixels for packet in packets if packet) == pixels
    assert all(len(data) <= 10 + 1440 for data in ddp.DdpStream().picture(pixels))


def wled_drops(sequence: int, last_pushed: int) -> bool:
    """Which numbers WLED takes for parts of a picture that is over."""
    if not last_pushed or not sequence:
        return False
    if last_pushed > 5:
        return last_pushed - 5 < sequence < last_pushed
    return sequence > 10 + last_pushed or sequence < last_pushed


@pytest.mark.parametrize("size", [1, 1440, 1441, 4 * 1440, 4 * 1440 + 3, 40 * 1440])
def test_wled_drops_no_packet_of_ours(size: int) -> None:
    stream, last_pushed = ddp.DdpStream(), 0
    for _ in range(40):
        for data in stream.picture(bytes(size)):
            packet = ddp.read_packet(data)
            assert packet is not None
            assert 0 <= packet.sequence <= 15
            assert not wled_drops(packet.sequence, last_pushed)
            if packet.push and packet.sequence:
                last_pushed = packet.sequence


def test_numbers_run_from_1_to_15_and_never_through_0() -> None:
    stream = ddp.DdpStream()
    numbers = [stream.picture(bytes(3))[0][1] for _ in range(31)]
    assert numbers == [*range(1, 16), *range(1, 16), 1]


@pytest.mark.parametrize(
    "other",
    [
        "",
        "41 01 0B 01 00000000 00",  # cut off
        "01 01 0B 01 00000000 0000",  # another version
        "43 01 0B 01 00000000 0000",  # a question
        "44 01 0B FB 00000000 0002 7B7D",  # an answer
        "41 01 0B FA 00000000 0002 7B7D",  # settings
        "41 01 0B 01 00000000 0003 FF00",  # shorter than it says
        "41 01 0B 01 00000000 0001 FF00",  # longer than it says
    ],
)
def test_what_brings_no_pixels_is_passed_over(other: str) -> None:
    assert ddp.read_packet(bytes.fromhex(other)) is None


def test_a_timecode_is_passed_over() -> None:
    timed = bytes.fromhex("51 02 0B 01 00000000 0003 00000001 0A141E")
    assert ddp.read_packet(timed) == ddp.Packet(0, b"\x0a\x14\x1e", push=True, sequence=2)


@given(st.binary(max_size=60), st.binary(max_size=4000))
def test_garbage_never_raises_and_pictures_come_back(garbage: bytes, pixels: bytes) -> None:
    ddp.read_packet(garbage)
    packets = [ddp.read_packet(data) for data in ddp.DdpStream().picture(pixels)]
    assert b"".join(packet.pixels for packet in packets if packet) == pixels
    assert [packet.push for packet in packets if packet] == [False] * (len(packets) - 1) + [
        True
    ] * (len(packets) > 0)
