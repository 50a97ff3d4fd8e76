"""Pixels in sACN packets, byte for byte what the `sacn` library makes of the same picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacn.messages.data_packet import DataPacket

from drivers.codec import sacn

CID = bytes(range(16))
SENDER = sacn.Sender(CID, "Hall 综合屏", 120)


def theirs(packet: sacn.Packet, sender: sacn.Sender) -> bytes:
    """The same packet by the library."""
    made = DataPacket(
        tuple(sender.cid),
        sender.name,
        packet.universe,
        tuple(packet.channels),
        packet.priority,
        packet.sequence,
        streamTerminated=packet.is_terminated,
    )
    return bytes(made.getBytes())


packets = st.builds(
    sacn.Packet,
    universe=st.integers(1, sacn.LAST_UNIVERSE),
    sequence=st.integers(0, 255),
    channels=st.binary(min_size=512, max_size=512),
    priority=st.integers(0, 200),
    is_terminated=st.booleans(),
)


@given(packets)
def test_packets_are_the_librarys_byte_for_byte(packet: sacn.Packet) -> None:
    ours = sacn.encode(packet, SENDER)
    assert ours == theirs(packet, SENDER)
    assert len(ours) == 638
    assert sacn.read_packet(ours) == packet


def test_a_wall_is_split_into_universes_of_whole_pixels() -> None:
    pixels = bytes(n % 251 for n in range(3 * 64 * 16))
    read = [sacn.read_packet(data) for data in sacn.SacnStream(SENDER, 7).picture(pixels)]
    whole = [packet for packet in read if packet is not None]
    assert [packet.universe for packet in whole] == list(range(7, 7 + sacn.universe_count(64 * 16)))
    assert b"".join(packet.channels[:510] for packet in whole)[: len(pixels)] == pixels
    assert all(packet.channels[510:] == b"\0\0" for packet in whole)
    assert {packet.priority for packet in whole} == {120}


@pytest.mark.parametrize(("pixels", "count"), [(1, 1), (170, 1), (171, 2), (340, 2), (1024, 7)])
def test_universes_of_a_wall(pixels: int, count: int) -> None:
    assert sacn.universe_count(pixels) == count
    assert len(sacn.SacnStream(SENDER, 1).picture(bytes(3 * pixels))) == count


def test_each_universe_is_numbered_by_itself_and_round_again() -> None:
    stream = sacn.SacnStream(SENDER, 1)
    numbers = [[data[111] for data in stream.picture(bytes(3 * 171))] for _ in range(258)]
    assert numbers[:2] == [[0, 0], [1, 1]]
    assert numbers[255:] == [[255, 255], [0, 0], [1, 1]]


def test_the_end_is_said_three_times_in_every_universe() -> None:
    read = [sacn.read_packet(data) for data in sacn.SacnStream(SENDER, 1).end(bytes(3 * 171))]
    ends = [(packet.universe, packet.is_terminated) for packet in read if packet is not None]
    assert ends == [(1, False), (2, False), *[(1, True), (2, True)] * 3]


def test_a_long_name_is_cut_between_characters() -> None:
    sender = sacn.Sender(CID, "综" * 40)
    packet = sacn.encode(sacn.Packet(1, 0, bytes(512)), sender)
    assert packet[44:108].rstrip(b"\0").decode() == "综" * 21


@pytest.mark.parametrize("at", [0, 2, 5, 18, 21, 40, 43, 117, 118, 121, 123, 124, 125])
def test_other_packets_are_passed_over(at: int) -> None:
    packet = bytearray(sacn.encode(sacn.Packet(1, 0, bytes(512)), SENDER))
    packet[at] ^= 0x55
    assert sacn.read_packet(bytes(packet)) is None


@given(st.binary(max_size=200), st.integers(0, 638))
def test_garbage_never_raises(garbage: bytes, cut: int) -> None:
    sacn.read_packet(garbage)
    assert sacn.read_packet(sacn.encode(sacn.Packet(1, 0, bytes(512)), SENDER)[:cut]) is None or (
        cut == 638
    )
