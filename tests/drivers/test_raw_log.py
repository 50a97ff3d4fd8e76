"""What passed on a line, as text: read in again it is the same, and the file stays small."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.raw_log import RawLog, entries_of, line_of
from drivers.transport import Direction, TapEntry

ENTRY = TapEntry(1_795_495_330_123, Direction.SENT, b"\x1b@\x1c&\xba\xc5", 6, 1)


def test_a_line_is_readable() -> None:
    assert line_of(ENTRY) == "2026-11-24T04:42:10.123Z > 1b40 1c26 bac5"


@given(
    st.integers(0, 4_000_000_000_000),
    st.sampled_from([Direction.SENT, Direction.RECEIVED]),
    st.binary(max_size=300),
    st.integers(0, 50_000),
)
def test_a_log_read_in_again_is_the_same(
    at_ms: int, direction: Direction, data: bytes, more: int
) -> None:
    entry = TapEntry(at_ms, direction, data, len(data) + more, 1)
    assert list(entries_of([line_of(entry)])) == [entry]


def test_notes_and_hidden_bytes() -> None:
    note = TapEntry(0, Direction.NOTE, "拔掉 \nthe plug".encode(), 15, 1)
    (again,) = entries_of([line_of(note)])
    assert again.data.decode() == "拔掉  the plug"
    assert line_of(TapEntry(0, Direction.RECEIVED, b"", 18, 1)).endswith("< (18 bytes)")


def test_a_line_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="line 2: wanted TIME < HEX, found '<html>'"):
        list(entries_of(["", "<html>"]))
    with pytest.raises(ValueError, match="line 1"):
        list(entries_of(["2026-11-24T04:42:10.123Z > 1g"]))


def test_the_files_never_grow_past_what_is_allowed(tmp_path: Path) -> None:
    log = RawLog(tmp_path / "devices" / "k1.log", 1)
    whole = [TapEntry(at, Direction.SENT, bytes([at % 256]) * 4000, 4000, at) for at in range(200)]
    for entry in whole:
        log.add(entry)
    newer, older = tmp_path / "devices" / "k1.log", tmp_path / "devices" / "k1.log.1"
    assert newer.stat().st_size + older.stat().st_size <= 1_000_000
    lines = older.read_text().splitlines() + newer.read_text().splitlines()
    read = list(entries_of(lines))
    assert [entry.data for entry in read] == [entry.data for entry in whole[-len(read) :]]
    assert len(read) > 50


def test_a_disk_that_takes_nothing_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "devices").write_text("not a folder")
    RawLog(tmp_path / "devices" / "k1.log", 1).add(ENTRY)
