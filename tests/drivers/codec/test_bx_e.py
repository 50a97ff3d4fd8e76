"""Cards without a font: frames field by field as the maker's manuals list them, and back.

Sources: the maker's "5th" and "6th" manuals of dynamic areas (v1.5, v2.0): the ping byte for byte,
the tables of A7 00, A7 01, A2 07, the answers, the types of controllers, appendix 2 on dots. Where
the sixth's table leaves open what is sent without sound, its Java SDK for dynamic areas decides.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec import bx, bx_e
from drivers.codec.bx_dots import Bitmap, Generation, encode_page, read_page
from drivers.codec.bx_frame import FrameReader, frame
from drivers.codec.counters import Counters

FIVE, SIX = bx_e.CONTROLLERS["5e2"], bx_e.CONTROLLERS["6e1"]
PING = "A5 " * 8 + "FE FF 00 80 F0 00 FE FF 00 00 00 00 05 00 00 00 01 A2 00 00 00 C6 86 5A"
# Ten dots wide, two rows: X X . X . . . . X .  and  . . . . . . . . . X
DOTS = Bitmap(10, 2, bytes.fromhex("D080 0040"))
BOTH = Bitmap(10, 2, bytes.fromhex("D080 0040"), bytes.fromhex("FFC0 0000"))


def body_of(data: bytes) -> bytes:
    (body,) = FrameReader(bx_e.LONGEST_BODY).feed(data)
    return body


def hexadecimal(*fields: str) -> bytes:
    return bytes.fromhex(" ".join(fields))


def test_the_ping_is_the_manuals() -> None:
    assert bx_e.encode(bx_e.Ping(), FIVE) == bytes.fromhex(PING)
    assert bx_e.encode(bx_e.Ping(), SIX) == bytes.fromhex(PING)
    read = bx_e.read_request(body_of(bytes.fromhex(PING)))
    assert read == bx_e.Addressed(0xFFFE, 0xFFFE, bx_e.Ping())


def test_controllers_are_the_manuals() -> None:
    codes = {name: controller.code for name, controller in bx_e.CONTROLLERS.items()}
    five = {"5e1": 0x0154, "5e2": 0x0254, "5e3": 0x0354}
    six = {"6e1": 0x0174, "6e2": 0x0274, "6e3": 0x0374, "6e1x": 0x0474, "6e2x": 0x0574}
    assert codes == five | six
    assert (FIVE.areas_most, SIX.areas_most) == (4, 32)


def test_an_area_of_a_bx_5e_is_the_manuals_table() -> None:
    order = bx_e.ShowArea(2, 3, 16, (DOTS,), timeout_s=90)
    body = body_of(bx_e.encode(order, FIVE, to=7))
    assert body == hexadecimal(
        "07 00",  # DstAddr
        "00 80",  # SrcAddr
        "F0 00",  # ProtocolVer, Reserved
        "54 02",  # DeviceType BX_5E2
        "00 00 00 00",  # Reserved
        "36 00 00 00",  # DataLen
        "01 A7 00",  # RtnReq, CmdGroup, Cmd
        "00 00",  # Reserved
        "2D 00 00 00",  # AreaDataLen: all that follows
        "02",  # AreaId
        "02",  # RunMode: not shown any more after the time-out
        "5A 00",  # Timeout, s
        "00",  # RelateAllPro
        "00 00",  # RelateProNum
        "01",  # ImmePlay: alone
        "00 00 00 00",  # Reserved
        "10",  # AreaType
        "03 00 10 00 0A 00 02 00",  # AreaX, AreaY, AreaWidth, AreaHeight
        "00",  # AreaFFlag: no border
        "01 00",  # PageNum
        "11 00 00 00",  # PageDataLen
        "00 01 00 00",  # PageStyle, DisplayMode still, ClearMode, Speed
        "2C 01",  # StayTime, 10 ms
        "01",  # RepeatTime
        "0A 00",  # ValidLen: the area's width
        "00 00 00 00",  # Reserved
        # PicPageData: x = 3 fills the first byte's top three bits with 1; 3 + 10 fill the second.
        "E5 EF FF F7",
    )


def test_an_area_of_a_bx_6e_is_the_manuals_table() -> None:
    order = bx_e.ShowArea(0, 33, 0, (DOTS, DOTS), timeout_s=0x1234, alone=False)
    body = body_of(bx_e.encode(order, SIX, to=1))
    assert body == hexadecimal(
        "01 00 00 80 F0 00",
        "74 01",  # DeviceType BX-6E1
        "00 00 00 00",
        "78 00 00 00",  # DataLen
        "01 A7 00 00 00",
        "01 00",  # AreaNum
        "5D 00 00 00",  # AreaDataLen: of the parameters
        "00 02 34 12",  # AreaId, RunMode, Timeout
        "01 00 00",  # RelateAllPro, RelateProNum
        "00",  # ImmePlay: beside the programs
        "00 00 00 00 10",  # Reserved, AreaType
        "21 00 00 00 0A 00 02 00",  # AreaX, AreaY, AreaWidth, AreaHeight
        "00",  # AreaFFlag
        "00 00 00",  # BackGroundFlag, Transparency, AreaEqual
        "00",  # SoundFlag
        "00 00 00 00 00",  # Reserved
        "02 00",  # PageNum
        *("1A 00 00 00 00 01 00 00 2C 01 01 0A 00", "00 " * 9),
        *("00 00 00 00", "08 00 00 00"),  # DataOffset, DataLen
        *("1A 00 00 00 00 01 00 00 2C 01 01 0A 00", "00 " * 9),
        *("08 00 00 00", "08 00 00 00"),
        # x = 33 fills the word's top bit: 1 0010 1111 01 1… = 97 BF FF FF, lowest byte first.
        *("FF FF BF 97", "FF FF DF FF") * 2,
    )


def test_two_colours_are_laid_out_as_each_generation_wants() -> None:
    # 5E, appendix 2: first byte red, second green, for the same eight dots.
    assert encode_page(BOTH, 0, Generation.FIVE) == hexadecimal("2F 00 7F 3F", "FF FF BF FF")
    # 6E, appendix 2: all red words, then all green ones; the first dot is bit 31 of the first.
    assert encode_page(BOTH, 0, Generation.SIX) == hexadecimal(
        "FF FF 7F 2F", "FF FF BF FF", "FF FF 3F 00", "FF FF FF FF"
    )


def test_the_manuals_example_of_a_left_edge_off_the_grid() -> None:
    """「左上角起始坐标为（35,0）…第一个字节…应该是111*****」"""
    page = Bitmap(5, 1, b"\xf8")
    assert encode_page(page, 35, Generation.FIVE) == b"\xe0"
    assert encode_page(page, 35, Generation.SIX)[3] == 0xE0


def test_deleting_and_brightness_are_the_manuals_tables() -> None:
    assert body_of(bx_e.encode(bx_e.DeleteAreas((2, 3)), FIVE))[16:] == hexadecimal(
        "01 A7 01 00 00 02 02 03"
    )
    assert body_of(bx_e.encode(bx_e.DeleteAll(), SIX))[16:] == hexadecimal("01 A7 01 00 00 FF")
    brightness = body_of(bx_e.encode(bx_e.SetBrightness(5), SIX))[16:]
    assert brightness == hexadecimal("01 A2 07 31 00 00", "05 " * 48)
    assert len(brightness) - 5 == 0x31


def test_answers_are_the_manuals_tables() -> None:
    assert body_of(bx_e.encode_answer(bx_e.Answer(accepted=True), FIVE))[16:] == hexadecimal(
        "00 A0 00", "00 00", "00 00", "00 00"
    )
    no = bx_e.Answer(accepted=False, error=bx_e.CardError.CONTROLLER_TYPE)
    assert body_of(bx_e.encode_answer(no, FIVE))[16:] == hexadecimal(
        "00 A0 01", "01 00", "11 00", "00 00"
    )
    assert bx_e.read_answer(body_of(bx_e.encode_answer(no, SIX))) == no


def test_an_answer_of_the_text_card_is_none_of_ours() -> None:
    assert bx_e.read_answer(body_of(bx.encode_answer(bx.Answer(accepted=True)))) is None
    assert bx_e.read_request(body_of(bx.encode(bx.Ping()))) is None


bitmaps = st.builds(
    lambda width, height, two, seed: _bitmap(width, height, seed, two=two),
    st.integers(1, 70),
    st.integers(1, 5),
    st.booleans(),
    st.binary(min_size=90, max_size=90),
)


def _bitmap(width: int, height: int, seed: bytes, *, two: bool) -> Bitmap:
    stride = (width + 7) // 8
    spare = (0xFF << (stride * 8 - width)) & 0xFF
    rows = [bytearray(seed[y : y + stride]) for y in range(2 * height)]
    for row in rows:
        row[-1] &= spare
    red, green = b"".join(rows[:height]), b"".join(rows[height:])
    return Bitmap(width, height, red, green if two else b"")


@given(bitmaps, st.integers(0, 100), st.sampled_from(Generation))
def test_dots_come_back(page: Bitmap, x: int, generation: Generation) -> None:
    dots = encode_page(page, x, generation)
    assert read_page(dots, x, page.width, page.height, generation) == page


@given(
    bitmaps,
    st.integers(1, 5),
    st.sampled_from([FIVE, SIX]),
    st.integers(0, 500),
    st.integers(1, 0xFFFF),
    st.booleans(),
)
def test_an_area_comes_back(
    page: Bitmap, pages: int, controller: bx_e.Controller, x: int, timeout_s: int, alone: bool
) -> None:
    order = bx_e.ShowArea(3, x, 8, (page,) * pages, timeout_s, alone=alone)
    body = body_of(bx_e.encode(order, controller, to=1))
    assert bx_e.read_request(body) == bx_e.Addressed(1, controller.code, order)


GOOD = [
    bx_e.encode(bx_e.Ping(), SIX),
    bx_e.encode(bx_e.ShowArea(0, 0, 0, (BOTH,), 30), FIVE),
    bx_e.encode(bx_e.ShowArea(1, 5, 0, (BOTH, DOTS), 30), SIX),
    bx_e.encode(bx_e.DeleteAreas((1,)), SIX),
    bx_e.encode_answer(bx_e.Answer(accepted=True), SIX),
]


@given(st.binary(max_size=200), st.lists(st.integers(1, 40), max_size=30))
def test_any_split_gives_the_same_frames_and_noise_before_is_counted(
    noise: bytes, cuts: list[int]
) -> None:
    stream = noise + b"".join(GOOD)
    whole, pieces = FrameReader(), FrameReader()
    expected = whole.feed(stream)
    found: list[bytes] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        found += pieces.feed(stream[at : at + cut])
        at += cut
    assert found == expected
    assert pieces.counters == whole.counters
    assert expected[-len(GOOD) :] == [body_of(data) for data in GOOD]
    if b"\xa5" not in noise:
        assert whole.counters == Counters(frames_ok=len(GOOD), noise_bytes=len(noise))


@given(st.binary(max_size=400), st.sampled_from(GOOD), st.integers(0, 200))
def test_garbage_never_raises(garbage: bytes, good: bytes, at: int) -> None:
    inner = body_of(good)
    for body in (garbage, inner[:at], inner[:at] + garbage + inner[at:], inner[:16] + garbage):
        bx_e.read_request(body)
        bx_e.read_answer(body)
    for body in FrameReader().feed(frame(garbage) + garbage + b"\xa5" + garbage + b"\x5a"):
        bx_e.read_request(body)


@pytest.mark.parametrize("cut", range(0, 75, 3))
def test_an_area_that_promises_more_than_it_holds_is_refused(cut: int) -> None:
    body = body_of(GOOD[2])
    short = body[: 16 + cut]
    whole = short[:12] + (len(short) - 16).to_bytes(4, "little") + short[16:]
    assert bx_e.read_request(whole) is None or cut <= 5


def test_a_noisy_start_is_let_go_when_it_becomes_too_long() -> None:
    reader = FrameReader(longest=64)
    assert reader.feed(b"\xa5" + bytes(100) + GOOD[0]) == [body_of(GOOD[0])]
    assert reader.counters == Counters(frames_ok=1, noise_bytes=100, resyncs=1)
