"""What a printer says back, taken apart whatever the portions it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.escpos_status import (
    AutomaticStatus,
    Block,
    FullStatus,
    ProcessDone,
    Query,
    RealTimeReply,
    Reply,
    SensorReply,
    StatusReader,
    ask,
    codes_of,
    codes_of_automatic,
    summary,
)
from drivers.orders import DeviceCode

NO_CODES = frozenset[DeviceCode]()
REPLIES: list[tuple[bytes, Reply]] = [
    (b"\x12", RealTimeReply(0x12)),
    (b"\x7e", RealTimeReply(0x7E)),
    (b"\x00", SensorReply(0x00)),
    (b"\x0f", SensorReply(0x0F)),
    (b"\x10\x00\x00\x0f", AutomaticStatus(b"\x10\x00\x00\x0f")),
    (b"\x38\x08\x0f\x0f", AutomaticStatus(b"\x38\x08\x0f\x0f")),
    (b"\x10\x0f\x20\x00\x00\x00", FullStatus(b"\x10\x0f\x20\x00\x00\x00")),
    (b"_TM-T88V\x00", Block(b"_TM-T88V\x00")),
    (b"\x37\x2212AB\x00", ProcessDone("12AB")),
    (b"\x37\x25\x00", Block(b"\x37\x25\x00")),
]


@pytest.mark.parametrize(("data", "reply"), REPLIES)
def test_each_kind_of_speech_is_known(data: bytes, reply: Reply) -> None:
    reader = StatusReader()
    assert reader.feed(data) == [reply]
    assert reader.noise_bytes == 0


def test_the_inside_of_an_automatic_status_is_not_taken_for_a_sensor_reply() -> None:
    replies = StatusReader().feed(b"\x10\x00\x00\x0f\x00")
    assert replies == [AutomaticStatus(b"\x10\x00\x00\x0f"), SensorReply(0)]


def test_flow_control_is_not_speech() -> None:
    reader = StatusReader()
    assert reader.feed(b"\x11\x12\x13\x11") == [RealTimeReply(0x12)]
    assert reader.noise_bytes == 0


def test_half_a_status_is_noise_after_a_silence() -> None:
    reader = StatusReader()
    assert reader.feed(b"\x10\x00") == []
    reader.reset()
    assert reader.noise_bytes == 2
    assert reader.feed(b"\x00") == [SensorReply(0)]


def test_a_status_that_breaks_off_does_not_swallow_the_next_reply() -> None:
    reader = StatusReader()
    assert reader.feed(b"\x10\x00\x12") == [RealTimeReply(0x12)]
    assert reader.noise_bytes == 2


def test_a_block_without_an_end_is_given_up() -> None:
    reader = StatusReader()
    assert reader.feed(b"_" + b"A" * 200) == []
    assert 79 <= reader.noise_bytes <= 201


@given(
    st.lists(st.one_of(st.sampled_from([data for data, _ in REPLIES]), st.binary(max_size=8))),
    st.lists(st.integers(1, 9), max_size=40),
)
def test_any_split_gives_the_same_replies(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)
    whole, pieces = StatusReader(), StatusReader()
    expected = whole.feed(stream)
    found: list[Reply] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        found += pieces.feed(stream[at : at + cut])
        at += cut
    assert found == expected
    assert pieces.noise_bytes == whole.noise_bytes


@given(st.binary(max_size=2000))
def test_noise_never_raises_and_every_byte_is_accounted_for(noise: bytes) -> None:
    reader = StatusReader()
    replies = reader.feed(noise)
    reader.reset()
    flow_control_most = sum(byte in {0x11, 0x13} for byte in noise)
    spoken = sum(_length(reply) for reply in replies)
    assert len(noise) - flow_control_most <= spoken + reader.noise_bytes <= len(noise)


def _length(reply: Reply) -> int:
    match reply:
        case RealTimeReply() | SensorReply():
            return 1
        case AutomaticStatus():
            return 4
        case FullStatus():
            return 6
        case ProcessDone():
            return 7
        case Block(data):
            return len(data)


@pytest.mark.parametrize("length", range(1, 6))
def test_part_of_a_full_status_tells_nothing_of_the_mouth(length: int) -> None:
    reader = StatusReader()
    assert reader.feed(b"\x10\x0f\x20\x00\x00\x00"[:length]) == []
    assert reader.feed(b"\x12") == [RealTimeReply(0x12)]
    assert reader.noise_bytes == length


def test_the_question_is_the_published_one() -> None:
    assert ask(Query.PAPER) == b"\x10\x04\x04"


@pytest.mark.parametrize(
    ("query", "status", "codes"),
    [
        (Query.PRINTER, 0x12, set()),
        (Query.PRINTER, 0x16, set()),  # the drawer's pin says nothing of the printer
        (Query.PRINTER, 0x1A, {DeviceCode.OFFLINE}),
        (Query.OFFLINE_CAUSE, 0x16, {DeviceCode.COVER_OPEN}),
        (Query.OFFLINE_CAUSE, 0x32, {DeviceCode.PAPER_OUT}),
        (Query.OFFLINE_CAUSE, 0x52, {DeviceCode.DEVICE_ERROR}),
        (Query.ERROR_CAUSE, 0x1A, {DeviceCode.CUTTER_ERROR}),
        (Query.ERROR_CAUSE, 0x32, {DeviceCode.DEVICE_ERROR}),
        (Query.ERROR_CAUSE, 0x52, {DeviceCode.HEAD_HOT}),
        (Query.PAPER, 0x1E, {DeviceCode.PAPER_LOW}),
        (Query.PAPER, 0x72, {DeviceCode.PAPER_OUT}),
    ],
)
def test_bits_have_their_meaning(query: Query, status: int, codes: set[DeviceCode]) -> None:
    assert codes_of(query, status) == codes


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (b"\x10\x00\x00\x0f", set()),
        (b"\x38\x00\x00\x0f", {DeviceCode.COVER_OPEN}),
        (b"\x18\x00\x0f\x0f", {DeviceCode.PAPER_OUT}),
        (b"\x10\x00\x03\x0f", {DeviceCode.PAPER_LOW}),
        (b"\x18\x08\x00\x0f", {DeviceCode.CUTTER_ERROR}),
        (b"\x18\x20\x00\x0f", {DeviceCode.DEVICE_ERROR}),
        (b"\x18\x40\x00\x0f", {DeviceCode.HEAD_HOT}),
        (b"\x18\x00\x00\x0f", {DeviceCode.OFFLINE}),
    ],
)
def test_automatic_status_tells_the_cause(status: bytes, codes: set[DeviceCode]) -> None:
    assert codes_of_automatic(status) == codes


def test_a_cause_is_told_rather_than_its_consequence() -> None:
    offline, cover = frozenset({DeviceCode.OFFLINE}), frozenset({DeviceCode.COVER_OPEN})
    assert summary([offline, cover]) == cover
    assert summary([offline, NO_CODES]) == offline
    error = frozenset({DeviceCode.DEVICE_ERROR})
    assert summary([offline, error]) == error
    low = frozenset({DeviceCode.PAPER_LOW})
    assert summary([offline, low]) == offline | low
