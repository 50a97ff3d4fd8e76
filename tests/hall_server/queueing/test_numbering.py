"""Numbers widen instead of coming again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.queueing.numbering import label


@pytest.mark.parametrize(
    ("series", "number", "text"),
    [("A", 1, "A001"), ("A", 999, "A999"), ("A", 1000, "A1000"), ("BC", 42, "BC042")],
)
def test_labels_as_people_see_them(series: str, number: int, text: str) -> None:
    assert label(series, number) == text


@given(st.sampled_from(["A", "B", "AB"]), st.integers(1, 20_000), st.integers(1, 20_000))
def test_different_numbers_never_look_the_same(series: str, one: int, other: int) -> None:
    assert (label(series, one) == label(series, other)) is (one == other)
