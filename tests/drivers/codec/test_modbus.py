"""Registers on a serial line, against the examples of the published protocol, and against noise.

Vectors: MODBUS Application Protocol V1.1b3, 6.3 (read holding registers) and 6.12 (write multiple
registers), put into frames for unit 0x11; the sums were computed by an implementation of its own
kind, bit by bit as the serial guide's appendix draws it.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec import modbus
from drivers.codec.counters import Counters

UNIT = 0x11
WRITE = modbus.WriteRegisters(0x0001, bytes.fromhex("000A 0102"))
READ = modbus.ReadRegisters(0x006B, 3)
FOUND = modbus.Found(bytes.fromhex("022B 0000 0064"))


def sealed(hexadecimal: str) -> bytes:
    """With the sum, computed as the guide's flow chart says."""
    data = bytes.fromhex(hexadecimal)
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            carry = crc & 1
            crc >>= 1
            crc ^= 0xA001 if carry else 0
    return data + bytes([crc & 0xFF, crc >> 8])


def test_requests_are_the_published_bytes() -> None:
    assert modbus.encode(UNIT, WRITE) == sealed("11 10 0001 0002 04 000A 0102")
    assert modbus.encode(UNIT, READ) == sealed("11 03 006B 0003")


def test_answers_are_the_published_bytes() -> None:
    assert modbus.encode_answer(UNIT, modbus.Written(1, 2)) == sealed("11 10 0001 0002")
    assert modbus.encode_answer(UNIT, FOUND) == sealed("11 03 06 022B 0000 0064")
    assert modbus.encode_answer(UNIT, modbus.Refused(0x03, 2)) == sealed("11 83 02")


def test_a_frame_that_is_often_quoted() -> None:
    """Unit 1, read ten registers from 0: C5 CD stands in many makers' manuals."""
    assert modbus.encode(1, modbus.ReadRegisters(0, 10)) == bytes.fromhex("01 03 0000 000A C5CD")


def test_requests_are_understood_by_the_played_bar() -> None:
    reader = modbus.RequestReader(UNIT)
    stream = modbus.encode(UNIT, WRITE) + modbus.encode(UNIT, READ) + sealed("11 06 0001 0003")
    assert reader.feed(stream) == [WRITE, READ, modbus.OtherRequest(0x06)]
    assert reader.counters == Counters(frames_ok=3)


answers = st.sampled_from([(WRITE, modbus.Written(1, 2)), (READ, FOUND)]) | st.sampled_from(
    [(READ, modbus.Refused(modbus.READ, 4)), (WRITE, modbus.Refused(modbus.WRITE, 4))]
)


@given(answers, st.binary(max_size=120), st.binary(max_size=40), st.lists(st.integers(1, 9)))
def test_any_split_gives_the_same_answer_and_noise_is_counted(
    talk: tuple[modbus.Request, modbus.Answer], before: bytes, after: bytes, cuts: list[int]
) -> None:
    request, answer = talk
    frame = modbus.encode_answer(UNIT, answer)
    stream = before + frame + after
    whole, pieces = modbus.AnswerReader(UNIT), modbus.AnswerReader(UNIT)
    whole.expect(request)
    pieces.expect(request)
    expected = whole.feed(stream)
    found: list[modbus.Answer] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        found += pieces.feed(stream[at : at + cut])
        at += cut
    assert found == expected == [answer]
    assert pieces.counters == whole.counters
    assert whole.counters.frames_ok == 1
    assert whole.counters.noise_bytes == len(before) + len(after)


def test_our_own_echo_is_no_answer() -> None:
    """Some RS-485 converters send back what they are given."""
    reader = modbus.AnswerReader(UNIT)
    reader.expect(WRITE)
    echo = modbus.encode(UNIT, WRITE)
    assert reader.feed(echo) == []
    assert reader.feed(modbus.encode_answer(UNIT, modbus.Written(1, 2))) == [modbus.Written(1, 2)]
    assert reader.counters.noise_bytes == len(echo)


def test_what_was_not_asked_is_no_answer() -> None:
    reader = modbus.AnswerReader(UNIT)
    reader.expect(READ)
    for other in (modbus.Written(1, 2), modbus.Found(bytes(4)), modbus.Refused(modbus.WRITE, 1)):
        assert reader.feed(modbus.encode_answer(UNIT, other)) == []
    assert reader.feed(modbus.encode_answer(UNIT + 1, FOUND)) == []
    assert reader.feed(modbus.encode_answer(UNIT, FOUND)) == [FOUND]
    assert reader.feed(modbus.encode_answer(UNIT, FOUND)) == []  # it was answered already


@given(st.integers(0, 7), st.integers(0, 10))
def test_a_flipped_bit_is_found_out(bit: int, at: int) -> None:
    frame = bytearray(modbus.encode_answer(UNIT, FOUND))
    frame[at] ^= 1 << bit
    reader = modbus.AnswerReader(UNIT)
    reader.expect(READ)
    assert reader.feed(bytes(frame)) == []
    assert reader.counters.frames_ok == 0
    assert reader.counters.noise_bytes == len(frame) - len(reader._pending)


@given(st.binary(max_size=300))
def test_garbage_never_raises(garbage: bytes) -> None:
    reader, bar = modbus.AnswerReader(UNIT), modbus.RequestReader(UNIT)
    reader.expect(READ)
    reader.feed(garbage)
    bar.feed(garbage)
    bar.silence()
    assert bar.feed(modbus.encode(UNIT, READ)) == [READ]


@pytest.mark.parametrize("size", [0, 3, 5, 255])
def test_a_write_whose_numbers_disagree_is_no_request(size: int) -> None:
    wrong = sealed(f"11 10 0001 0002 {size:02X} 000A 0102")
    assert modbus.RequestReader(UNIT).feed(wrong) == []
