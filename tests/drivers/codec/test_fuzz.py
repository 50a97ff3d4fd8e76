"""Seeded damage to good streams: bits flipped, bytes lost, doubled and swapped, for every decoder.

A short slice runs always, twenty times as many under --long. A failure names its seed.
"""

import random

import pytest
from damage import damaged, portions

from drivers.codec import bx
from drivers.codec.bx_frame import FrameReader, frame
from drivers.codec.escpos_commands import CommandReader
from drivers.codec.escpos_layout import lay_out
from drivers.codec.escpos_paper import Mark, VirtualPaper
from drivers.codec.escpos_profile import PrinterProfile
from drivers.codec.escpos_status import StatusReader
from drivers.codec.escpos_text import encode
from drivers.orders import Align, Colour, Cut, QrCode, TextLine
from drivers.simulator.drawing import draw_ticket
from drivers.simulator.printer_engine import PrinterEngine

ROUNDS = 150
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
ANSWERS = b"\x12\x10\x00\x00\x0f\x00\x37\x2200A7\x00_EPSON\x00\x11\x7e\x13"
FRAMES = (
    bx.encode(bx.Ping())
    + bx.encode(
        bx.ShowAreas((bx.Area(0, 0, 0, 192, 16, bx.text_bytes("请A001", Colour.RED), 30),), (1, 2))
    )
    + bx.encode_answer(bx.Answer(accepted=True))
)


@pytest.fixture
def seeds(campaign_scale: int) -> range:
    return range(ROUNDS * campaign_scale)


def test_paper(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        data = damaged(TICKET, chance)
        whole, pieces = _marks([data]), _marks(portions(data, chance))
        assert whole == pieces, seed
        assert draw_ticket(whole, 576).endswith("</svg>"), seed


def test_answers_of_a_printer(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        data = damaged(ANSWERS, chance)
        whole, pieces = StatusReader(), StatusReader()
        found = [reply for part in portions(data, chance) for reply in pieces.feed(part)]
        assert found == whole.feed(data), seed
        assert pieces.noise_bytes == whole.noise_bytes, seed


def test_frames_of_a_bar(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        data = damaged(FRAMES, chance)
        whole, pieces = FrameReader(), FrameReader()
        found = [body for part in portions(data, chance) for body in pieces.feed(part)]
        assert found == whole.feed(data), seed
        for body in found:
            bx.read_request(body)
            bx.read_answer(body)


def test_frames_with_a_right_checksum_and_a_wrong_inside(seeds: range) -> None:
    bodies = FrameReader().feed(FRAMES)
    for seed in seeds:
        chance = random.Random(seed)
        body = damaged(chance.choice(bodies), chance)
        (inner,) = FrameReader().feed(frame(body))
        assert inner == body, seed
        bx.read_request(inner)
        bx.read_answer(inner)


def test_a_played_printer(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        engine = PrinterEngine()
        engine.connected(1)
        for part in portions(damaged(TICKET + QUESTIONS, chance), chance):
            engine.receive(1, part)
            while engine.has_work:
                engine.carry_out_next()
        assert engine.has_room, seed


def _marks(parts: list[bytes]) -> list[Mark]:
    reader, paper = CommandReader(), VirtualPaper()
    orders = [order for part in parts for order in reader.feed(part)]
    return [mark for order in orders for mark in paper.carry_out(order)]
