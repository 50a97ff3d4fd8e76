"""The bar's frames against published ones, byte for byte, and against noise.

Sources of the vectors: the 5E ping is from the maker's dynamic-area manual (BX-5E); the K frames
are quoted from the maker's BX-5K/6K user protocol (v1.4, 2021-02) in public third-party code; the
real-time area also stands on deanled.cn, there with a width that its CRC does not fit.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec import bx
from drivers.codec.bx_frame import FrameReader, frame
from drivers.codec.checksums import crc16
from drivers.codec.counters import Counters
from drivers.orders import Colour

LEAD = "A5" * 8
K_HEADER = "01 00 00 80 00 00 00 00 00 00 FE 02"
PING = f"{LEAD} {K_HEADER} 05 00 A2 00 01 00 00 68 F8 5A"
CLEAR = f"{LEAD} {K_HEADER} 05 00 A3 10 01 00 00 51 F8 5A"
OPEN_FILE = f"{LEAD} {K_HEADER} 0E 00 A1 05 01 00 00 01 50 30 30 30 49 00 00 00 E2 16 5A"
LOCK = f"{LEAD} {K_HEADER} 0B 00 A3 04 01 06 00 00 01 50 30 30 30 42 6A 5A"
UNLOCK = f"{LEAD} {K_HEADER} 0B 00 A3 04 01 06 00 00 00 50 30 30 30 7F AA 5A"
REAL_TIME_AREA = (
    f"{LEAD} {K_HEADER} 32 00 A3 06 01 2D 00 00 01 29 00 00 00 00 00 00 18 00 20 00 00 00 00 02 00"
    " 00 00 00 02 02 03 00 04 05 0E 00 00 00 30 31 32 33 34 35 51 52 53 54 54 56 27 42 A8 7D 5A"
)
FIVE_E_PING = f"{LEAD} FE FF 00 80 F0 00 FE FF 00 00 00 00 05 00 00 00 01 A2 00 00 00 C6 86 5A"
ALL_VECTORS = [PING, CLEAR, OPEN_FILE, LOCK, UNLOCK, REAL_TIME_AREA, FIVE_E_PING]

PUBLISHED_AREA = bx.Area(
    area_id=0,
    x=0,
    y=0,
    width=192,
    height=32,
    text=b"012345QRSTTV'B",
    timeout_s=2,
    run_mode=bx.RunMode.LOOP,
    single_line=2,
    wrap=2,
    display=bx.DisplayMode.LEFT,
    speed=4,
    stay=5,
)


@pytest.mark.parametrize("vector", ALL_VECTORS)
def test_every_published_frame_is_read_whole(vector: str) -> None:
    data = bytes.fromhex(vector)
    reader = FrameReader()
    bodies = reader.feed(data)
    assert bodies == [data[8:-3]]
    assert reader.counters == Counters(frames_ok=1)
    assert frame(bodies[0]) == data


def test_requests_are_the_published_bytes() -> None:
    assert bx.encode(bx.Ping()) == bytes.fromhex(PING)
    assert bx.encode(bx.ClearScreen()) == bytes.fromhex(CLEAR)
    assert bx.encode(bx.ShowAreas((PUBLISHED_AREA,))) == bytes.fromhex(REAL_TIME_AREA)


def test_published_requests_are_understood() -> None:
    def request(vector: str) -> bx.Request | None:
        return bx.read_request(FrameReader().feed(bytes.fromhex(vector))[0])

    assert request(PING) == bx.Ping()
    assert request(CLEAR) == bx.ClearScreen()
    assert request(REAL_TIME_AREA) == bx.ShowAreas((PUBLISHED_AREA,))
    assert request(LOCK) == bx.OtherRequest(0xA3, 0x04)
    assert request(FIVE_E_PING) is None


def test_a_wrong_width_is_told_from_its_checksum() -> None:
    reader = FrameReader()
    wrong = bytes.fromhex(REAL_TIME_AREA.replace("18 00 20 00", "80 00 20 00"))
    assert reader.feed(wrong) == []
    assert reader.counters == Counters(crc_bad=1, noise_bytes=len(wrong) - 8)


def test_crc_is_arc() -> None:
    assert crc16(b"123456789", 0) == 0xBB3D  # the check value in the catalogue of CRCs


def test_stale_calls_vanish_by_the_card_itself() -> None:
    area = bx.Area(0, 0, 0, 192, 16, bx.text_bytes("请A001号到3号窗口", Colour.RED), timeout_s=90)
    body = FrameReader().feed(bx.encode(bx.ShowAreas((area,))))[0]
    request = bx.read_request(body)
    assert isinstance(request, bx.ShowAreas)
    assert request.areas[0].run_mode == bx.RunMode.UNTIL_TIMEOUT
    assert request.areas[0].timeout_s == 90
    assert bx.plain_text(request.areas[0].text) == ("请A001号到3号窗口", Colour.RED)


def test_reserved_field_can_be_left_at_zero() -> None:
    frame = bx.encode(bx.ShowAreas((PUBLISHED_AREA,)), length_in_reserved=False)
    body = FrameReader().feed(frame)[0]
    assert body[14:19] == b"\xa3\x06\x01\x00\x00"
    assert bx.read_request(body) == bx.ShowAreas((PUBLISHED_AREA,))


def test_positions_off_the_grid_of_eight_are_given_in_pixels() -> None:
    area = bx.Area(3, 12, 0, 100, 16, b"A", timeout_s=1)
    body = FrameReader().feed(bx.encode(bx.ShowAreas((area,))))[0]
    assert body[24:26] == (12 | 0x8000).to_bytes(2, "little")
    assert bx.read_request(body) == bx.ShowAreas((area,))


def test_text_cannot_command_the_card() -> None:
    assert bx.text_bytes(r"\C2张三\FO003", Colour.RED) == (
        b"\\C1" + "＼C2张三＼FO003".encode("gb2312")
    )


def test_characters_the_card_lacks_become_a_substitute() -> None:
    assert bx.plain_text(bx.text_bytes("张㑇𠮷€·—", Colour.GREEN))[0].startswith("张〓〓〓")
    assert "〓" not in bx.plain_text(bx.text_bytes("①号·—（）", Colour.GREEN))[0]


@given(st.text())
def test_any_text_is_pairs_of_high_bytes_or_plain_ascii(text: str) -> None:
    data = bx.text_bytes(text, Colour.YELLOW)
    assert data.startswith(b"\\C3")
    assert b"\\" not in data[3:]
    assert all(byte >= 0x20 for byte in data)
    data.decode("gb2312")


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=30))
def test_any_split_gives_the_same_frames(noise: bytes, cuts: list[int]) -> None:
    stream = noise + b"".join(bytes.fromhex(vector) for vector in ALL_VECTORS)
    whole = FrameReader()
    expected = whole.feed(stream)
    pieces = FrameReader()
    found: list[bytes] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        found += pieces.feed(stream[at : at + cut])
        at += cut
    assert found == expected
    assert pieces.counters == whole.counters
    assert len(expected) >= len(ALL_VECTORS)


@given(st.binary(max_size=400))
def test_noise_never_raises(noise: bytes) -> None:
    reader = FrameReader()
    for body in reader.feed(noise + b"\xa5" + noise + b"\x5a"):
        bx.read_request(body)
        bx.read_answer(body)
    body = frame(noise)
    for inner in FrameReader().feed(body):
        bx.read_request(inner)
        bx.read_answer(inner)
        assert inner == noise


@given(st.booleans(), st.integers(0, 255))
def test_answers_come_back(accepted: bool, error: int) -> None:
    answer = bx.Answer(accepted=accepted, error=error)
    assert bx.read_answer(FrameReader().feed(bx.encode_answer(answer))[0]) == answer
