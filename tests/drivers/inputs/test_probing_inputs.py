"""Pads and card readers are known by their answers; words tell nothing of a code or a card."""

import pytest
from played_line import played_line

from drivers.codec import sam
from drivers.codec.explained import Said
from drivers.codec.inputs_explained import CardExplainer, ScanExplainer
from drivers.control.talking import probed
from drivers.kinds import KINDS
from drivers.simulator.card_engine import PEOPLE, CardEngine, CardFault
from drivers.simulator.pad_engine import PadEngine
from drivers.simulator.played import SILENT


@pytest.mark.parametrize(
    ("kind", "table"), [("call-pad", "ff68-call-pad"), ("rating-pad", "ff68-rating-pad")]
)
def test_a_pad_is_found_at_its_address(kind: str, table: str) -> None:
    with played_line(PadEngine({5: table})) as line:
        found = probed(line.url, kind)
    assert found is not None
    assert found.kind == kind
    assert [said.zh for said in found.told] == [f"表：{table}", "地址 5：无按键"]


@pytest.mark.parametrize(
    ("fault", "told"), [("", "its module: done"), (CardFault.NOT_AUTHORISED, "not authorised")]
)
def test_a_card_reader_tells_how_its_module_is(fault: str, told: str) -> None:
    engine = CardEngine()
    engine.faults |= {fault} - {""}
    with played_line(engine) as line:
        found = probed(line.url, "id-card")
    assert found is not None
    assert told in found.told[0].en


@pytest.mark.parametrize("kind", ["call-pad", "id-card"])
def test_nobody_is_taken_for_nobody(kind: str) -> None:
    engine = PadEngine({9: "ff68-call-pad"}) if kind == "call-pad" else CardEngine()
    engine.faults.add(SILENT)
    with played_line(engine) as line:
        assert probed(line.url, kind) is None


def test_a_code_is_told_by_its_length_alone() -> None:
    explainer = ScanExplainer()
    assert explainer.received("预约A001".encode()) == []
    assert explainer.received(b"\r\n") == [Said("一个码，6 字", "a code of 6 letters")]
    assert explainer.sent(b"x") == [Said("1 字节无法识别", "1 bytes of noise")]


def test_a_card_is_told_by_its_having_been_read_alone() -> None:
    engine, explainer = CardEngine(), CardExplainer()
    engine.lay(PEOPLE["zhang"])
    told = []
    for command in (sam.STATUS, sam.FIND, sam.SELECT, sam.READ):
        asked = sam.request(command)
        told += [said.zh for said in explainer.sent(asked)]
        told += [said.zh for said in explainer.received(engine.receive(1, asked, 0))]
    assert told == ["询问状态", "成功", "寻卡", "有卡", "选卡", "成功", "读卡", "成功"]
    assert explainer.counters.frames_ok == 4


@pytest.mark.parametrize("kind", [kind for kind, known in KINDS.items() if known.explainer])
def test_no_explainer_raises_on_what_makes_no_sense(kind: str) -> None:
    make = KINDS[kind].explainer
    assert make is not None
    explainer = make()
    explainer.received(bytes(range(256)) * 12)
    explainer.sent(bytes(range(256)) * 12)
