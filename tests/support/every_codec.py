"""Every reader of bytes in the house, for whoever throws rubbish at it: the one list.

A target takes a stream in portions and returns all that was understood of it. Whatever the bytes,
it must not raise, and for a stream the portions must not matter. `tests/drivers/codec/test_fuzz.py`
holds the list to the registry and to the folder of codecs, so that none is forgotten.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from drivers.codec import bx, bx_e, ddp, modbus, sacn, sam
from drivers.codec.bx_dots import Bitmap
from drivers.codec.bx_frame import FrameReader as BxFrameReader
from drivers.codec.bx_frame import frame as bx_frame
from drivers.codec.escpos_commands import CommandReader
from drivers.codec.escpos_layout import lay_out
from drivers.codec.escpos_paper import VirtualPaper
from drivers.codec.escpos_profile import PrinterProfile
from drivers.codec.escpos_status import StatusReader
from drivers.codec.escpos_text import encode
from drivers.codec.frame import Frame, FrameReader, FrameSpec, Order
from drivers.codec.frame import encode as encode_frame
from drivers.codec.scanned import ScanReader
from drivers.inputs.frame_specs import frame_specs, load_frame_spec
from drivers.orders import Align, Colour, Cut, QrCode, TextLine
from drivers.simulator.card_engine import PEOPLE

Portions = Sequence[bytes]


@dataclass(frozen=True)
class CodecTarget:
    read: Callable[[Portions], object]
    good: tuple[bytes, ...]
    """Streams that it understands, to begin from."""
    kinds: frozenset[str]
    """Kinds of devices whose bytes it reads."""
    modules: frozenset[str]
    """Files of drivers/codec that it goes through."""
    is_stream: bool = field(default=True)
    """False for datagrams, which come whole."""


PROFILE = PrinterProfile("p")
TICKET = encode(
    lay_out(
        (
            TextLine("双江自治县政务服务中心", width=2, height=2, align=Align.CENTRE),
            QrCode("https://x.cn/q/A001", 4, "扫码"),
            Cut(),
        ),
        PROFILE,
    ),
    PROFILE,
) + (
    b"\x1dv0\x00\x02\x00\x03\x00abcdef\x1d8L\x0e\x00\x00\x000p0\x01\x011\x08\x00\x04\x00wxyz"
    b"\x1d(L\x02\x0002\x1b*\x21\x02\x00abcdef\x1dk\x49\x03{BA\x1b$\x20\x00B\x1b\\\xf0\xff\n"
)
QUESTIONS = b"\x10\x04\x01\x1da\xff\x1dr\x01\x1d(H\x06\x000000A7\x1dI\x42\x10\x05\x02"
STATES = b"\x12\x10\x00\x00\x0f\x00\x37\x2200A7\x00_EPSON\x00\x11\x7e\x13"
AREA = bx.Area(0, 0, 0, 192, 16, bx.text_bytes("请A001", Colour.RED), 30)
BX_K = (
    bx.encode(bx.Ping())
    + bx.encode(bx.ShowAreas((AREA,), (1, 2)))
    + bx.encode_answer(bx.Answer(accepted=True))
)
CARD = bx_e.CONTROLLERS["6e1"]
DOTS = Bitmap(21, 3, b"\xa5\x5a\xa8\x5b\xa6\x00\xff\x00\xf8", b"\x01\x02\x08" * 3)
BX_E = (
    bx_e.encode(bx_e.Ping(), CARD)
    + bx_e.encode(bx_e.ShowArea(1, 35, 4, (DOTS, DOTS), 30), CARD)
    + bx_e.encode(bx_e.ShowArea(1, 3, 4, (DOTS,), 30), bx_e.CONTROLLERS["5e1"])
    + bx_e.encode(bx_e.DeleteAreas((1, 2)), CARD)
    + bx_e.encode(bx_e.SetBrightness(7), CARD)
    + bx_e.encode_answer(bx_e.Answer(accepted=False, error=3), CARD)
)
REGISTERS = modbus.ReadRegisters(0, 4)
FOUND = modbus.Found(b"A001\x00\x00\x00\x00")
ASKED = modbus.encode(1, modbus.WriteRegisters(0, FOUND.data)) + modbus.encode(1, REGISTERS)
ANSWERED = modbus.encode_answer(1, modbus.Written(0, 4)) + modbus.encode_answer(1, FOUND)
PIXELS = bytes(range(48)) * 64
CARD_ANSWERS = tuple(
    sam.reply(sam.Status.OK, b"\x01\x00\x04\x00" + one.text()) for one in PEOPLE.values()
)


def portions_of(data: bytes) -> tuple[bytes, list[bytes]]:
    """Of a fuzzer's bytes: a stream, and the same cut where the first four of them say."""
    heads, stream = data[:4], data[4:]
    edges = [0, *sorted(head * len(stream) // 255 for head in heads), len(stream)]
    return stream, [stream[start:end] for start, end in pairwise(edges)]


def try_out(target: CodecTarget, stream: bytes, portions: Portions) -> None:
    """Raises where a reader does, or where the portions matter."""
    whole = target.read([stream])
    if target.is_stream and target.read(portions) != whole:
        raise AssertionError(f"the portions matter: {[part.hex(' ') for part in portions]}")


def _paper(portions: Portions) -> object:
    reader, paper = CommandReader(), VirtualPaper()
    orders = [order for part in portions for order in reader.feed(part)]
    return [mark for order in orders for mark in paper.carry_out(order)]


def _status(portions: Portions) -> object:
    reader = StatusReader()
    found = [reply for part in portions for reply in reader.feed(part)]
    return found, reader.noise_bytes


def _cards(module: Callable[[bytes], object], portions: Portions, *, longest: int = 0) -> object:
    """Framed, and the insides also as they are, for a right checksum seldom comes by chance."""
    reader = BxFrameReader(longest) if longest else BxFrameReader()
    bodies = [body for part in portions for body in reader.feed(part)]
    whole = b"".join(portions)
    if len(whole) < 512:
        bodies += BxFrameReader().feed(bx_frame(whole))
    return [module(body) for body in bodies], reader.counters


def _bx_k_body(body: bytes) -> object:
    return bx.read_request(body), bx.read_answer(body)


def _bx_e_body(body: bytes) -> object:
    return bx_e.read_request(body), bx_e.read_answer(body)


def _modbus_answers(portions: Portions) -> object:
    reader = modbus.AnswerReader(1)
    reader.expect(REGISTERS)
    return [one for part in portions for one in reader.feed(part)], reader.counters


def _modbus_requests(portions: Portions) -> object:
    reader = modbus.RequestReader(1)
    return [one for part in portions for one in reader.feed(part)], reader.counters


def _frames(spec: FrameSpec, portions: Portions) -> object:
    reader = FrameReader(spec.layout)
    frames = [frame for part in portions for frame in reader.feed(part)]
    frames += reader.silence()
    return [(frame, spec.meaning(frame), spec.press_number(frame)) for frame in frames]


def _persons(portions: Portions) -> object:
    reader, told = FrameReader(sam.LAYOUT), []
    frames = [frame for part in portions for frame in reader.feed(part)]
    frames.append(Frame(data=b"\x00\x00\x90\x01\x00\x04\x00" + b"".join(portions)))
    for frame in frames:
        told.append(str(sam.status_of(frame)))
        with suppress(sam.Unreadable):
            card = sam.person_card(sam.card_text(frame), bytes(32))
            assert "*" in card.masked_number
            told.append(card.commitment)
    return told, reader.counters


def _codes(portions: Portions) -> object:
    reader = ScanReader()
    codes = [code for part in portions for code in reader.feed(part)]
    return [*codes, *reader.silence()], reader.counters


def _by_table(name: str) -> CodecTarget:
    spec = load_frame_spec(name)
    orders = (
        spec.order(order, 3, text="请A001号", colour="red")
        for order in Order
        if order in spec.orders
    )
    answers = (
        encode_frame(spec.layout, Frame(3, start[0], start[1:] or b""))
        if spec.layout.has_length
        else encode_frame(spec.layout, Frame(3, 0, start))
        for start in spec.meanings
    )
    kinds = {"frame-bar"} if name == "text-bar" else {name.removeprefix("ff68-")}
    return CodecTarget(
        partial(_frames, spec),
        (b"".join(orders), b"".join(answers)),
        frozenset(kinds),
        frozenset({"frame"}),
    )


def _target(
    read: Callable[[Portions], object], good: bytes, kinds: str, modules: str
) -> CodecTarget:
    return CodecTarget(read, (good,), frozenset(kinds.split()), frozenset(modules.split()))


TARGETS: dict[str, CodecTarget] = {
    "escpos-paper": _target(_paper, TICKET + QUESTIONS, "escpos", "escpos_commands escpos_paper"),
    "escpos-status": _target(_status, STATES, "escpos", "escpos_status"),
    "bx-k": CodecTarget(
        partial(_cards, _bx_k_body),
        (BX_K, *BxFrameReader().feed(BX_K)),
        frozenset({"bx-k"}),
        frozenset({"bx", "bx_frame"}),
    ),
    "bx-e": CodecTarget(
        partial(_cards, _bx_e_body, longest=bx_e.LONGEST_BODY),
        (BX_E, *BxFrameReader(bx_e.LONGEST_BODY).feed(BX_E)),
        frozenset({"bx-e"}),
        frozenset({"bx_e", "bx_frame", "bx_dots"}),
    ),
    "modbus-answers": _target(_modbus_answers, ANSWERED, "modbus-text", "modbus"),
    "modbus-requests": _target(_modbus_requests, ASKED, "modbus-text", "modbus"),
    **{name: _by_table(name) for name in frame_specs()},
    "id-card": CodecTarget(
        _persons, CARD_ANSWERS, frozenset({"id-card"}), frozenset({"sam", "frame"})
    ),
    "scanner": _target(
        _codes, "预约A001\r\n".encode() + "张".encode("gb18030"), "scanner", "scanned"
    ),
    "ddp": CodecTarget(
        lambda portions: ddp.read_packet(b"".join(portions)),
        tuple(ddp.DdpStream().picture(PIXELS)),
        frozenset({"ddp"}),
        frozenset({"ddp"}),
        is_stream=False,
    ),
    "sacn": CodecTarget(
        lambda portions: sacn.read_packet(b"".join(portions)),
        tuple(sacn.SacnStream(sacn.Sender(bytes(16), "x"), 1).picture(PIXELS)),
        frozenset({"sacn"}),
        frozenset({"sacn"}),
        is_stream=False,
    ),
}
