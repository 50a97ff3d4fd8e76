"""Texts in the encoding of a sign's font: nothing that commands, nothing that misleads."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.plain_text import can_stand_in, gb2312_bytes
from drivers.codec.sign_text import Encoding, shortened, text_bytes

CODECS = {Encoding.GB2312: "gb2312", Encoding.GBK: "gbk", Encoding.UNICODE: "utf-16-be"}
NASTY = ["\x1b[2J", "\\C1", r"\FO001", "\x85", "\u202e", "\u2066", "\x00", "\x9b31m", "\ufeff"]


@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize("nasty", NASTY)
def test_control_sequences_are_neutralised(encoding: Encoding, nasty: str) -> None:
    sent = text_bytes(f"请{nasty}A001号", encoding).decode(CODECS[encoding])
    assert all(ord(sign) >= 0x20 and sign != "\\" for sign in sent)
    assert not any("\x7f" <= sign <= "\x9f" for sign in sent)
    assert sent.startswith("请")
    assert sent.endswith("A001号")


@given(st.text(), st.sampled_from(Encoding))
def test_no_text_at_all_can_command_or_crash(text: str, encoding: Encoding) -> None:
    sent = text_bytes(text, encoding).decode(CODECS[encoding])
    for sign in sent:
        assert sign != "\\"
        assert unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}


def test_what_gb2312_lacks_becomes_the_substitute_that_was_chosen() -> None:
    assert gb2312_bytes("张㑇𠮷€").decode("gb2312") == "张〓〓〓"
    assert gb2312_bytes("张㑇", "？").decode("gb2312") == "张？"
    assert text_bytes("张㑇𠮷", Encoding.GBK, "*").decode("gbk") == "张*" + "*"
    assert text_bytes("张㑇𠮷", Encoding.UNICODE).decode("utf-16-be") == "张㑇〓"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("〓", True),
        ("*", True),
        ("口", True),
        ("", False),
        ("㑇", False),
        ("〓〓", False),
        ("\n", False),
    ],
)
def test_a_substitute_is_one_character_the_font_has(text: str, is_one: bool) -> None:
    assert can_stand_in(text) is is_one


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("请A001号", 8, "请A001号"),
        ("请A001号到12号窗口", 19, "请A001号到12号窗口"),
        ("请A001号到12号窗口", 14, "请A001号到12…"),
        ("请A001号到12号窗口", 13, "请A001号到…"),
        ("请A001号到12号窗口", 7, "请…"),
        ("综合服务窗口 王小明", 16, "综合服务窗口 …"),
        ("A001", 3, "…"),
        ("A001", 1, ""),
    ],
)
def test_what_is_too_long_ends_before_a_number_it_would_tear(
    text: str, room: int, shown: str
) -> None:
    assert shortened(text, Encoding.GB2312, room).decode("gb2312") == shown


@given(st.text(max_size=30), st.sampled_from(Encoding), st.integers(0, 40))
def test_there_is_always_room(text: str, encoding: Encoding, room: int) -> None:
    data = shortened(text, encoding, room)
    assert len(data) <= room
    data.decode(CODECS[encoding])
