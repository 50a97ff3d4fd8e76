"""Raw bytes in words: in whatever portions they come, nothing falls and nothing is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec import bx, modbus
from drivers.codec.escpos_explained import EscposExplainer
from drivers.codec.explained import Explainer
from drivers.codec.signs_explained import BxKExplainer, ModbusExplainer
from drivers.kinds import KINDS
from drivers.orders import Colour

EXPLAINERS = [kind.explainer for kind in KINDS.values() if kind.explainer is not None]


@pytest.mark.parametrize("make", EXPLAINERS)
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=60)), max_size=12))
def test_nothing_makes_it_fall(make: type[Explainer], portions: list[tuple[bool, bytes]]) -> None:
    explainer = make()
    for is_sent, data in portions:
        for said in explainer.sent(data) if is_sent else explainer.received(data):
            assert said.zh
            assert said.en


def test_an_answer_is_told_by_its_question() -> None:
    line = EscposExplainer()
    line.sent(b"\x10\x04\x02")
    assert line.received(b"\x32")[0].en == "DLE EOT 2 = 32 paper_out"
    line.sent(b"\x10\x04\x01")  # and no answer to it
    line.sent(b"\x10\x04\x04")
    assert line.received(b"\x12")[0].en == "DLE EOT 4 = 12 well"
    assert line.received(b"\x12")[0].en == "DLE EOT = 12 (not asked)"


def test_a_ticket_in_portions() -> None:
    line = EscposExplainer()
    whole = b"\x1b@\x1c&" + "请A".encode("gbk") + b"\n\x1dVB\x00\x1d(H\x06\x00001234"
    told = [said.en for byte in whole for said in line.sent(bytes([byte]))]
    assert told[:2] == ["ESC @ initialise", "FS & into Chinese"]
    assert told[-2:] == ["GS V 42 00 cut", "GS (H 06 00 30 30 31 32 33 34 tell when done"]
    assert [said.zh for said in line.received(b"\x37\x221234\x00\x5f_EPSON\x00")] == [
        "打印完成 1234",
        "应答「_EPSON」",
    ]


def test_a_call_on_a_bar() -> None:
    line = BxKExplainer()
    area = bx.Area(0, 0, 0, 192, 16, bx.text_bytes("请A001号", Colour.RED), 60)
    (said,) = line.sent(bx.encode(bx.ShowAreas((area,))))
    assert said == ("显示 区域 0「请A001号」red 60 秒", 'show area 0 "请A001号" red 60 s')
    assert line.received(b"\x00\x01" + bx.encode_answer(bx.Answer(accepted=False, error=3))) == [
        ("拒绝，错误 3", "refused, error 3"),
        ("2 字节无法识别", "2 bytes of noise"),
    ]
    assert line.counters.frames_ok == 1


def test_a_bar_on_modbus_is_told_by_what_was_asked() -> None:
    line = ModbusExplainer()
    told = line.sent(modbus.encode(7, modbus.WriteRegisters(0, "A001".encode("gb2312"))))
    assert told == [("7 号站：0 起写「A001」", 'unit 7: 0 = "A001"')]
    assert line.received(modbus.encode_answer(7, modbus.Written(0, 2)))[0].en == "wrote 2 at 0"
    line.sent(modbus.encode(7, modbus.ReadRegisters(0, 2)))
    assert line.received(modbus.encode_answer(7, modbus.Found(b"A002")))[0].zh == "读到「A002」"
    assert line.counters.frames_ok == 2
