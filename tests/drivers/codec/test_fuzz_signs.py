"""Seeded damage to what signs are told and answer: no reader raises, no played sign loses its way.

A short slice runs always, twenty times as many under --long. A failure names its seed.
"""

import random

import pytest
from damage import damaged, portions

from drivers.codec import bx_e, modbus
from drivers.codec.bx_dots import Bitmap
from drivers.codec.bx_frame import FrameReader, frame
from drivers.codec.ddp import DdpStream
from drivers.codec.sacn import SacnStream, Sender
from drivers.simulator.bx_e_engine import CardEngine
from drivers.simulator.modbus_engine import ModbusEngine
from drivers.simulator.pixel_engine import PixelEngine

ROUNDS = 150
CARD = bx_e.CONTROLLERS["6e1"]
DOTS = Bitmap(21, 3, b"\xa5\x5a\xa8\x5b\xa6\x00\xff\x00\xf8", b"\x01\x02\x08" * 3)
PING = bx_e.encode(bx_e.Ping(), CARD)
FRAMES = (
    PING
    + bx_e.encode(bx_e.ShowArea(1, 35, 4, (DOTS, DOTS), 30), CARD)
    + bx_e.encode(bx_e.ShowArea(1, 3, 4, (DOTS,), 30), bx_e.CONTROLLERS["5e1"])
    + bx_e.encode(bx_e.DeleteAreas((1, 2)), CARD)
    + bx_e.encode(bx_e.SetBrightness(7), CARD)
    + bx_e.encode_answer(bx_e.Answer(accepted=False, error=3), CARD)
)
READ = modbus.ReadRegisters(0, 4)
ANSWER = modbus.Found(b"A001\x00\x00\x00\x00")
ASKED = modbus.encode(1, modbus.WriteRegisters(0, ANSWER.data)) + modbus.encode(1, READ)
ANSWERED = modbus.encode_answer(1, modbus.Written(0, 4)) + modbus.encode_answer(1, ANSWER)
PIXELS = bytes(range(48)) * 64
PACKETS = DdpStream().picture(PIXELS) + SacnStream(Sender(bytes(16), "x"), 1).picture(PIXELS)


@pytest.fixture
def seeds(campaign_scale: int) -> range:
    return range(ROUNDS * campaign_scale)


def test_frames_of_a_card_without_a_font(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        data = damaged(FRAMES, chance)
        whole, pieces = FrameReader(), FrameReader()
        found = [body for part in portions(data, chance) for body in pieces.feed(part)]
        assert found == whole.feed(data), seed
        assert pieces.counters == whole.counters, seed
        for body in found:
            bx_e.read_request(body)
            bx_e.read_answer(body)


def test_frames_with_a_right_checksum_and_a_wrong_inside(seeds: range) -> None:
    bodies = FrameReader().feed(FRAMES)
    for seed in seeds:
        chance = random.Random(seed)
        (inner,) = FrameReader(bx_e.LONGEST_BODY).feed(
            frame(damaged(chance.choice(bodies), chance))
        )
        bx_e.read_request(inner)
        bx_e.read_answer(inner)


def test_a_played_card(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        card = CardEngine()
        card.connected(1)
        for part in portions(damaged(FRAMES, chance), chance):
            card.receive(1, part, 0)
        card.view(0, -1)
        card.receive(1, b"\xa5", 0)
        assert bx_e.encode_answer(bx_e.Answer(accepted=True), CARD) in card.receive(1, PING, 0), (
            seed
        )


def test_answers_of_a_modbus_bar(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        data = damaged(ANSWERED, chance)
        whole, pieces = modbus.AnswerReader(1), modbus.AnswerReader(1)
        whole.expect(READ)
        pieces.expect(READ)
        found = [answer for part in portions(data, chance) for answer in pieces.feed(part)]
        assert found == whole.feed(data), seed
        assert pieces.counters == whole.counters, seed
        assert set(found) <= {ANSWER} | {
            answer for answer in found if isinstance(answer, modbus.Refused)
        }, seed


def test_a_played_modbus_bar(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        bar = ModbusEngine()
        bar.connected(1)
        for part in portions(damaged(ASKED, chance), chance):
            bar.receive(1, part, 0)
        bar.view(0, -1)
        answer = bar.receive(1, modbus.encode(1, READ), 1_000)  # after a silence
        reader = modbus.AnswerReader(1)
        reader.expect(READ)
        assert len(reader.feed(answer)) == 1, seed


def test_a_played_wall_of_pixels(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        wall = PixelEngine()
        for packet in PACKETS:
            wall.receive(1, damaged(packet, chance), 0)
        wall.view(0, -1)
        for packet in DdpStream().picture(PIXELS):
            wall.receive(1, packet, 0)
        assert wall.pixels(0) == PIXELS, seed
