"""Seeded damage to what played devices are told: none raises, none loses its way.

A short slice runs always, twenty times as many under --long. A failure names its seed.
"""

import random

import pytest
from damage import damaged, portions
from every_codec import ASKED, BX_E, CARD, PIXELS, QUESTIONS, REGISTERS, TICKET

from drivers.codec import bx_e, modbus
from drivers.codec.ddp import DdpStream
from drivers.codec.escpos_commands import CommandReader
from drivers.codec.escpos_paper import VirtualPaper
from drivers.codec.sacn import SacnStream, Sender
from drivers.simulator.bx_e_engine import CardEngine
from drivers.simulator.drawing import draw_ticket
from drivers.simulator.modbus_engine import ModbusEngine
from drivers.simulator.pixel_engine import PixelEngine
from drivers.simulator.printer_engine import PrinterEngine

ROUNDS = 150
PING = bx_e.encode(bx_e.Ping(), CARD)
PACKETS = DdpStream().picture(PIXELS) + SacnStream(Sender(bytes(16), "x"), 1).picture(PIXELS)


@pytest.fixture
def seeds(campaign_scale: int) -> range:
    return range(ROUNDS * campaign_scale)


def test_paper_can_be_drawn(seeds: range) -> None:
    for seed in seeds:
        data = damaged(TICKET, random.Random(seed))
        paper = VirtualPaper()
        marks = [mark for order in CommandReader().feed(data) for mark in paper.carry_out(order)]
        assert draw_ticket(marks, 576).endswith("</svg>"), seed


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


def test_a_played_card(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        card = CardEngine()
        card.connected(1)
        for part in portions(damaged(BX_E, chance), chance):
            card.receive(1, part, 0)
        card.view(0, -1)
        card.receive(1, b"\xa5", 0)
        assert bx_e.encode_answer(bx_e.Answer(accepted=True), CARD) in card.receive(1, PING, 0), (
            seed
        )


def test_a_played_modbus_bar(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        bar = ModbusEngine()
        bar.connected(1)
        for part in portions(damaged(ASKED, chance), chance):
            bar.receive(1, part, 0)
        bar.view(0, -1)
        answer = bar.receive(1, modbus.encode(1, REGISTERS), 1_000)  # after a silence
        reader = modbus.AnswerReader(1)
        reader.expect(REGISTERS)
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
