"""Seeded damage to what pads and readers hear and say: nothing raises, and nothing slips out.

A short slice runs always, twenty times as many under --long. A failure names its seed.
"""

import random

import pytest
from damage import damaged, portions

from drivers.codec import sam
from drivers.codec.frame import FrameReader, Order
from drivers.inputs.frame_specs import load_frame_spec
from drivers.simulator.card_engine import PEOPLE, CardEngine
from drivers.simulator.pad_engine import PadEngine

ROUNDS = 150


@pytest.fixture
def seeds(campaign_scale: int) -> range:
    return range(ROUNDS * campaign_scale)


def test_played_pads_and_readers(seeds: range) -> None:
    pad = load_frame_spec("ff68-call-pad")
    orders = pad.order(Order.POLL, 1) + pad.order(Order.SHOW, 1, text="请A001号")
    orders += load_frame_spec("text-bar").order(Order.SHOW, 2, text="请A001号", colour="red")
    questions = b"".join(map(sam.request, (sam.STATUS, sam.FIND, sam.SELECT, sam.READ)))
    for seed in seeds:
        chance = random.Random(seed)
        pads, cards = PadEngine({1: "ff68-call-pad", 2: "text-bar"}), CardEngine()
        pads.press(chance.choice(sorted(pad.keys)), 1)
        cards.lay(PEOPLE[chance.choice(sorted(PEOPLE))])
        for part in portions(damaged(orders, chance), chance):
            pads.receive(1, part, seed)
        for part in portions(damaged(questions, chance), chance):
            cards.receive(1, part, seed)
        assert set(pads.shown) == {1, 2}, seed
        assert cards.view(seed, -1).rows, seed


def test_a_card_with_a_right_checksum_and_a_wrong_inside(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        text = PEOPLE[chance.choice(sorted(PEOPLE))].text()
        answer = sam.reply(sam.Status.OK, damaged(b"\x01\x00\x04\x00" + text, chance)[:2300])
        for frame in FrameReader(sam.LAYOUT).feed(answer):
            try:
                told = sam.person_card(sam.card_text(frame), bytes(32))
            except sam.Unreadable:
                continue
            assert "*" in told.masked_number, seed
            assert "*" in told.masked_name, seed
