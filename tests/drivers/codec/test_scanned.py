"""Codes of a serial scanner: line by line, ended as its maker likes, in either Chinese."""

import random

import pytest
from damage import portions
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec.counters import Counters
from drivers.codec.scanned import LONGEST_CODE, ScanReader

CODE = "https://hall.example/t/abcdefghijklmnop#receipt"


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\n", b"\n\r\n"])
def test_any_ending_ends_a_code(ending: bytes) -> None:
    reader = ScanReader()
    assert reader.feed((CODE.encode() + ending) * 2) == [CODE, CODE]
    assert reader.silence() == []
    assert reader.counters == Counters(frames_ok=2)


def test_without_an_ending_a_pause_ends_it() -> None:
    reader = ScanReader()
    assert reader.feed(CODE.encode()) == []
    assert reader.silence() == [CODE]
    assert reader.silence() == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_in_either_encoding(encoding: str) -> None:
    assert ScanReader().feed("预约 张三𠮷\r".encode(encoding)) == ["预约 张三𠮷"]


def test_what_is_no_text_and_what_is_too_long_is_counted_and_left() -> None:
    reader = ScanReader()
    assert reader.feed(b"\xff\xff\xff\r") == []
    assert reader.counters.noise_bytes == 3
    assert reader.feed(b"a" * (LONGEST_CODE + 1) + b"\rA001\r") == ["A001"]
    assert reader.counters.noise_bytes == 3 + LONGEST_CODE
    assert reader.feed(b"a" * LONGEST_CODE + b"\r") == ["a" * LONGEST_CODE]


@given(st.binary(max_size=200), st.integers(0, 2**32))
def test_any_split_gives_the_same_codes(stream: bytes, seed: int) -> None:
    whole, pieces = ScanReader(), ScanReader()
    expected = whole.feed(stream) + whole.silence()
    parts = portions(stream, random.Random(seed))
    assert [code for part in parts for code in pieces.feed(part)] + pieces.silence() == expected
    assert pieces.counters == whole.counters
