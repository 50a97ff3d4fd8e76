"""What is gone is accounted for, and what people hold stays: also when the hall is away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from drawn_recording import BEGAN_MS, ended, recorded

from hall_server.contract.messages.exports import HoldView
from monitor.cameras.camera import RecordingRules, read_cameras
from monitor.exporting.exporting import held
from monitor.recording.archive import DAY_MS, Archive, linked
from monitor.recording.forgetting import day_bounds, day_of
from monitor.recording.index.leaving import (
    count_deleted,
    forgotten_told,
    forgotten_untold,
    keep_holds,
)
from monitor.recording.index.tables import SegmentState
from monitor.recording.sealing import account_of

DAYS = 30
LONG_AFTER = BEGAN_MS + 40 * DAY_MS
CAMERAS = read_cameras(
    """
[[cameras]]
id = "a"
name = { zh = "一" }
address = "demo://a"
windows = ["window-1", "window-2"]

[[cameras]]
id = "b"
name = { zh = "二" }
address = "demo://b"
windows = ["window-1"]
""",
    "cameras.toml",
).cameras


@dataclass
class Kept:
    """Two days of one camera: three files, then two."""

    archive: Archive

    def left(self) -> list[int]:
        return [one.t0_ms for one in self.archive.index.segments(["a"])]

    def hold(self, begins_at: int, ends_at: int, until: int = 10 * LONG_AFTER) -> None:
        keep_holds(self.archive.index, {("a", begins_at, ends_at, "诉讼", "1:li", until)}, 1)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    archive = Archive(tmp_path, RecordingRules(retention_days=DAYS), free=lambda _folder: 0.5)
    for began_ms in (0, 60_000, 120_000, DAY_MS, DAY_MS + 60_000):
        ended(recorded(archive, tmp_path, 2, BEGAN_MS + began_ms))
    archive.seal(BEGAN_MS)
    yield Kept(archive)
    archive.index.close()


def test_of_a_day_that_is_gone_the_account_can_be_made_again(kept: Kept) -> None:
    index = kept.archive.index
    kept.archive.forget(BEGAN_MS + DAYS * DAY_MS + DAY_MS // 2)
    assert count_deleted(index, LONG_AFTER) == 3
    assert count_deleted(index, LONG_AFTER) == 0, "counted once"
    (told,) = forgotten_untold(index)
    assert (told.camera, told.day, told.cause) == ("a", day_of(BEGAN_MS), "retention")
    assert (told.files, told.left_over, told.first_place, told.last_place) == (3, 0, 1, 3)
    assert (told.t0_ms, told.t1_ms) == (BEGAN_MS, BEGAN_MS + 122_000)
    # An auditor: from the index's own rows, which are never deleted, the same hash and the chain.
    gone = index.of_chain(told.first_place, told.last_place)
    assert {one.state for one in gone} == {SegmentState.DELETED}
    lines = "".join(f"{one.place} {one.sha256}\n" for one in gone)
    assert told.digest == hashlib.sha256(lines.encode()).hexdigest()
    chain = ""
    for one in index.of_chain():
        chain = linked(chain, one, one.sha256)
        assert one.chain == chain
    assert index.head() == (5, chain), "the head that the ledger holds leads through them"


def test_the_ledger_is_told_until_it_has_it(kept: Kept) -> None:
    index = kept.archive.index
    kept.archive.forget(LONG_AFTER)
    count_deleted(index, LONG_AFTER)
    first, second = forgotten_untold(index)
    assert [one.day for one in (first, second)] == [day_of(BEGAN_MS), day_of(BEGAN_MS + DAY_MS)]
    assert account_of(first) == account_of(first), "the same ask, so that it is recorded once"
    assert account_of(first).request_id != account_of(second).request_id
    forgotten_told(index, first.id, LONG_AFTER)
    assert forgotten_untold(index) == [second]


def test_what_is_held_stays_and_the_account_says_that_something_is_left(kept: Kept) -> None:
    kept.hold(BEGAN_MS + 60_000, BEGAN_MS + 61_000)
    kept.archive.forget(LONG_AFTER)
    assert kept.left() == [BEGAN_MS + 60_000]
    count_deleted(kept.archive.index, LONG_AFTER)
    first, second = forgotten_untold(kept.archive.index)
    assert (first.files, first.left_over) == (2, 1)
    assert (second.files, second.left_over) == (2, 0)
    keep_holds(kept.archive.index, set(), 2)  # lifted
    kept.archive.forget(LONG_AFTER)
    count_deleted(kept.archive.index, LONG_AFTER)
    assert [(one.files, one.left_over) for one in forgotten_untold(kept.archive.index)[2:]] == [
        (1, 0)
    ]


def test_a_hold_is_over_when_its_time_is(kept: Kept) -> None:
    kept.hold(BEGAN_MS, BEGAN_MS + 1_000, until=LONG_AFTER)
    kept.archive.forget(LONG_AFTER)
    assert kept.left() == []


def test_the_halls_holds_are_these_and_no_others_and_a_monitors_own_stay(kept: Kept) -> None:
    index = kept.archive.index
    forever = 10 * LONG_AFTER
    index.hold("a", BEGAN_MS, BEGAN_MS + 1, "own", "console:root", at_ms=1, until_ms=forever)
    one = ("a", BEGAN_MS + 120_000, BEGAN_MS + 121_000, "诉讼", "1:li", forever)
    assert keep_holds(index, {one}, 1)
    assert not keep_holds(index, {one}, 2), "nothing is written while nothing changes"
    assert keep_holds(index, set(), 3)
    kept.archive.forget(LONG_AFTER)
    assert kept.left() == [BEGAN_MS]


def test_disk_and_missing_files_are_told_by_their_cause(kept: Kept) -> None:
    index = kept.archive.index
    for number, cause in ((1, "disk"), (2, "missing"), (3, "disk")):
        index.deleted(number, LONG_AFTER, cause)
    count_deleted(index, LONG_AFTER)
    assert [(one.cause, one.files) for one in forgotten_untold(index)] == [
        ("disk", 2),
        ("missing", 1),
    ]


@pytest.mark.parametrize(
    ("at_ms", "day"),
    [
        (1_795_017_600_000 - 1, "2026-11-18"),
        (1_795_017_600_000, "2026-11-19"),
    ],
)
def test_a_day_is_the_halls(at_ms: int, day: str) -> None:
    assert day_of(at_ms) == day
    begins, ends = day_bounds(day)
    assert begins <= at_ms < ends


def test_a_hold_on_a_window_is_one_on_each_of_its_cameras() -> None:
    told = HoldView(
        hold_id=7,
        window_id="window-1",
        camera_id="",
        begins_at=1,
        ends_at=2,
        until=3,
        note="诉讼",
        made_by="boss",
        made_at=0,
    )
    assert held(CAMERAS, [told]) == {
        ("a", 1, 2, "诉讼", "7:boss", 3),
        ("b", 1, 2, "诉讼", "7:boss", 3),
    }
