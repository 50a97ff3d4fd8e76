"""Frames of any make by their tables: published bytes, both ways, any split, any noise.

Sources of the vectors: 3A … 0A is the example a maker of parking boards (讯鹏) publishes, the four
bytes 05 03 E7 EF that of another maker's number boards; the 68 frame is the "application reset" of
the M-Bus documentation (EN 13757), the same family as the pads' FF 68; the last is the usual
example of MODBUS over a serial line.
"""

import random

import pytest
from damage import damaged, portions
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.checksums import crc16
from drivers.codec.counters import Counters
from drivers.codec.frame import Frame, FrameReader, FrameSpec, Order, encode
from drivers.inputs.frame_specs import (
    MEANINGS,
    FrameSpecError,
    frame_specs,
    load_frame_spec,
    read_frame_spec,
)

PARKING = """
layout = "3A data 01 checksum 0A"
data = {bytes = 3}
checksum = {kind = "sum8", covers = "start checksum"}
"""
BOARD = """
layout = "address data checksum"
data = {bytes = 2}
checksum = {kind = "sum8", covers = "address data"}
"""
M_BUS = """
layout = "68 length length 68 command address data checksum 16"
length = {covers = "command data"}
checksum = {kind = "sum8", covers = "command data"}
"""
MODBUS = """
layout = "address command data checksum"
data = {bytes = 4}
checksum = {kind = "crc16-modbus", covers = "address data"}
"""
OPEN_ENDED = """
layout = "02 address data checksum 03 0D"
data = {most = 20}
checksum = {kind = "xor8", covers = "address data"}
"""
COUNTS_ITSELF = """
layout = "AA length command data checksum"
length = {bytes = 2, order = "little", covers = "start checksum", plus = -1}
checksum = {kind = "crc16-arc", order = "big", covers = "length data"}
"""
PUBLISHED = [
    (PARKING, "3A 00 78 03 01 B6 0A", Frame(0, 0, b"\x00\x78\x03")),
    (BOARD, "05 03 E7 EF", Frame(5, 0, b"\x03\xe7")),
    (M_BUS, "68 04 04 68 53 FE 50 10 B1 16", Frame(0xFE, 0x53, b"\x50\x10")),
    (MODBUS, "01 03 00 00 00 0A C5 CD", Frame(1, 3, b"\x00\x00\x00\x0a")),
]
TABLES = [PARKING, BOARD, M_BUS, MODBUS, OPEN_ENDED, COUNTS_ITSELF]


def spec(text: str) -> FrameSpec:
    return read_frame_spec(text, "pad.toml")


def specs() -> list[FrameSpec]:
    return [*map(load_frame_spec, frame_specs()), *map(spec, TABLES)]


@pytest.mark.parametrize(("table", "vector", "frame"), PUBLISHED)
def test_published_frames_are_read_and_written_byte_for_byte(
    table: str, vector: str, frame: Frame
) -> None:
    layout, data = spec(table).layout, bytes.fromhex(vector)
    reader = FrameReader(layout)
    assert reader.feed(data) == [frame]
    assert reader.counters == Counters(frames_ok=1)
    assert encode(layout, frame) == data


def test_checksums_have_the_values_of_their_catalogue() -> None:
    assert crc16(b"123456789", 0) == 0xBB3D
    assert crc16(b"123456789", 0xFFFF) == 0x4B37


def test_a_pad_of_the_ff68_family_speaks_both_ways() -> None:
    pad = load_frame_spec("ff68-call-pad")
    assert pad.order(Order.POLL, 3) == bytes.fromhex("FF 68 02 02 68 03 01 04 16")
    press = bytes.fromhex("FF 68 03 03 68 03 81 01 85 16")
    (frame,) = FrameReader(pad.layout).feed(press)
    assert (frame.address, pad.meaning(frame)) == (3, "call_next")
    shown = pad.order(Order.SHOW, 3, text="请A001号")
    text = "请A001号".encode("gb2312")
    assert shown[5:-2] == b"\x03\x03" + text
    assert shown[2] == shown[3] == len(text) + 2


def test_five_levels_are_keys_of_the_rating_pad() -> None:
    assert load_frame_spec("ff68-rating-pad").keys == {f"rate:{level}" for level in range(1, 6)}
    assert load_frame_spec("text-bar").keys == frozenset()


def test_the_longest_entry_of_the_table_decides() -> None:
    table = spec(M_BUS + '[events]\n"81" = "idle"\n"81 01" = "recall"\n"81 01 07" = "miss"')
    said = [table.meaning(Frame(1, 0x81, data)) for data in (b"", b"\x01", b"\x01\x07", b"\x02")]
    assert said == ["idle", "recall", "miss", "idle"]
    assert table.meaning(Frame(1, 0x82)) == ""


def test_nothing_in_a_text_ends_a_frame_that_its_tail_ends() -> None:
    bar = load_frame_spec("text-bar")
    text = "请\x0aA001\x1b号\u202e"
    (frame,) = FrameReader(bar.layout).feed(bar.order(Order.SHOW, 7, text=text, colour="red"))
    assert frame == Frame(7, 0, b"\x02" + "请 A001号".encode("gb2312"))
    byte = spec(OPEN_ENDED.replace("03 0D", "A1 03") + '[show]\ndata="text"')
    order = byte.order(Order.SHOW, 1, text="啊A")  # 啊 is B0 A1 in GB 2312: its half is the tail
    (frame,) = FrameReader(byte.layout).feed(order)
    assert b"\xa1\xa1" not in frame.data
    assert frame.data.endswith(b"A")


def test_a_text_is_cut_between_characters_and_filled_up() -> None:
    bar = spec(M_BUS + '[show]\ncommand="07"\ndata="01 text"\nmost=5\npad="20"')
    (frame,) = FrameReader(bar.layout).feed(bar.order(Order.SHOW, 1, text="张三丰"))
    assert frame.data == b"\x01" + "张三".encode("gb2312") + b" "
    (frame,) = FrameReader(bar.layout).feed(bar.order(Order.SHOW, 1, text="㑇𠮷"))
    assert frame.data[1:] == "〓〓".encode("gb2312") + b" "


def test_a_wrong_checksum_is_counted_and_the_next_frame_is_found() -> None:
    reader = FrameReader(spec(M_BUS).layout)
    good = bytes.fromhex(PUBLISHED[2][1])
    bad = good[:-2] + b"\x00\x16"
    assert len(reader.feed(b"\x00\x68" + bad + good)) == 1
    counters = reader.counters
    assert (counters.frames_ok, counters.crc_bad, counters.resyncs) == (1, 1, 1)
    assert counters.noise_bytes == 2 + len(bad)


def test_what_was_begun_and_never_comes_is_given_up_in_silence() -> None:
    reader = FrameReader(spec(M_BUS).layout)
    good = bytes.fromhex(PUBLISHED[2][1])
    claims_more = bytes.fromhex("68 30 30 68")
    assert reader.feed(claims_more + good) == []
    assert reader.silence() == [PUBLISHED[2][2]]
    assert reader.counters == Counters(frames_ok=1, noise_bytes=4, resyncs=1)
    assert reader.feed(good) == [PUBLISHED[2][2]]


@pytest.mark.parametrize("table", specs(), ids=lambda one: one.name)
@given(seed=st.integers(0, 2**32))
def test_any_split_of_a_damaged_stream_gives_the_same_frames(table: FrameSpec, seed: int) -> None:
    chance = random.Random(seed)
    size = table.layout.data_size
    frames = [
        Frame(
            chance.randrange(256) if "address" in table.layout.parts else 0,
            chance.randrange(256) if "command" in table.layout.parts else 0,
            chance.randbytes(chance.randrange(12) if size is None else size),
        )
        for _ in range(4)
    ]
    stream = damaged(b"".join(encode(table.layout, frame) for frame in frames), chance)
    whole, pieces = FrameReader(table.layout), FrameReader(table.layout)
    expected = whole.feed(stream) + whole.silence()
    found = [frame for part in portions(stream, chance) for frame in pieces.feed(part)]
    assert found + pieces.silence() == expected
    assert pieces.counters == whole.counters
    taken = sum(len(encode(table.layout, frame)) for frame in expected)
    assert taken + whole.counters.noise_bytes == len(stream)
    for frame in expected:
        assert table.meaning(frame) in MEANINGS | {""}


@pytest.mark.parametrize("table", specs(), ids=lambda one: one.name)
@given(frame=st.builds(Frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20)))
def test_what_is_written_is_read(table: FrameSpec, frame: Frame) -> None:
    layout = table.layout
    size = len(frame.data) if layout.data_size is None else layout.data_size
    sent = Frame(
        frame.address if "address" in layout.parts else 0,
        frame.command if "command" in layout.parts else 0,
        frame.data.ljust(size, b"\x01")[:size],
    )
    reader = FrameReader(layout)
    heard = reader.feed(encode(layout, sent)) + reader.silence()
    if layout.has_length or layout.data_size is not None:
        assert heard == [sent]
    else:  # binary data may hold a tail that fits; a device of that kind does not send such
        assert heard


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("layout = ", "pad.toml, TOML: "),
        ("", "pad.toml, layout: wanted bytes and parts, data and checksum once at most"),
        ('layout = "FF data data"', "pad.toml, layout: wanted"),
        ('layout = "FF head"', "pad.toml, layout: wanted bytes in hexadecimal, address,"),
        ('layout = "data"', "pad.toml, data.bytes: wanted how long the data is"),
        ('layout = "FF length data 16"', "pad.toml, length.covers: wanted two parts"),
        (
            'layout = "FF length address data 16"\nlength = {covers = "address address"}',
            "pad.toml, length.covers: wanted a span with the data in it",
        ),
        (
            'layout = "FF data length"\nlength = {covers = "data length"}',
            "pad.toml, layout: wanted the length before the data",
        ),
        ('layout = "FF data checksum"', "pad.toml, checksum.kind: wanted one of sum8,"),
        (
            'layout = "FF data checksum"\nchecksum = {kind = "crc32"}',
            "pad.toml, checksum.kind: wanted one of sum8, xor8, crc16-arc, crc16-modbus",
        ),
        (M_BUS + "extra = 1", "pad.toml, extra: wanted nothing: there is no such key"),
        (M_BUS + "[press]\nrepeat = 1", "pad.toml, press.repeat: wanted nothing"),
        (M_BUS + "[press]\nrepeat_ms = 0", "pad.toml, press.repeat_ms: wanted a number from 100"),
        (M_BUS + "[poll]\nevery_ms = true", "pad.toml, poll.every_ms: wanted a number"),
        (M_BUS + "[poll]", "pad.toml, poll.command: wanted 1 bytes in hexadecimal"),
        (M_BUS + "poll = 3", "pad.toml, poll: wanted a table [poll]"),
        (M_BUS + '[events]\n"81" = "next"', "pad.toml, events.81: wanted one of acknowledged,"),
        (M_BUS + '[events]\n"8" = "idle"', "pad.toml, events.8: wanted bytes in hexadecimal"),
        (M_BUS + '[show]\ncommand="01"\ndata="txt"', "pad.toml, show.data: wanted bytes in hex"),
        (M_BUS + '[show]\ncommand="01"\nencoding="big5"', "pad.toml, show.encoding: wanted one of"),
        (M_BUS + '[show]\ncommand="01"\npad="2020"', "pad.toml, show.pad: wanted one byte"),
        (
            M_BUS + '[show]\ncommand="01"\n[show.colours]\nblue="01"',
            "pad.toml, show.colours.blue: wanted nothing",
        ),
    ],
)
def test_a_mistake_names_file_key_and_what_is_wanted(table: str, said: str) -> None:
    with pytest.raises(FrameSpecError) as error:
        spec(table)
    assert str(error.value).startswith(said)


def test_an_unknown_table_names_those_at_hand() -> None:
    with pytest.raises(FrameSpecError, match="wanted one of ff68-call-pad, ff68-rating-pad"):
        load_frame_spec("call-pad")
    with pytest.raises(FrameSpecError, match=r"elsewhere\.toml, file"):
        load_frame_spec("/nowhere/elsewhere.toml")
