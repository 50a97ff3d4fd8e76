"""What may reach a device of a text that a person typed."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.plain_text import clean


def test_commands_in_a_name_are_only_missing() -> None:
    assert clean("张\x1b@三\x10\x04\x01") == "张@三"
    assert clean("李\u202e四\u200b\ufeff") == "李四"
    assert clean("王\ud83d五") == "王五"


def test_line_breaks_and_odd_spaces_become_spaces() -> None:
    assert clean("一\r\n二\t三\u2028四\u00a0五\u3000六") == "一  二 三 四 五\u3000六"


def test_letters_are_composed() -> None:
    assert clean("e\u0301") == "é"


@given(st.text())
def test_nothing_that_controls_is_left(text: str) -> None:
    left = {unicodedata.category(character) for character in clean(text)}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}
