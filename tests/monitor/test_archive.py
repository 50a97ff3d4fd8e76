"""The archive: files cut at every kind of byte, the chain, retention, holds, quota, a full disk."""

from collections.abc import Iterator
from itertools import pairwise
from os import statvfs
from pathlib import Path
from random import Random

import av
import pytest
from drawn_recording import BEGAN_MS, camera, ended, is_recording, packets, recorded, start
from msgspec import structs
from small_disk import small_disk

from monitor.cameras.camera import RecordingRules, Schedule
from monitor.cameras.demo_scene import FRAME_MS
from monitor.faults import GapCause
from monitor.feed.server import Feed
from monitor.recording.archive import DAY_MS, Archive, Room, linked, room_at
from monitor.recording.fragments import boxes, whole_part
from monitor.recording.index.tables import SegmentState
from monitor.recording.recording import DISK_RETRY_MS, Recording


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: 0.5)
    yield archive
    archive.index.close()


def test_a_file_each_minute_and_one_chain_over_all(archive: Archive, tmp_path: Path) -> None:
    ended(recorded(archive, tmp_path, 130))
    archive.seal(BEGAN_MS)
    segments = archive.index.segments(["a"])
    assert [segment.t0_ms - BEGAN_MS for segment in segments] == [0, 60_000, 120_000]
    assert all(before.t1_ms == after.t0_ms for before, after in pairwise(segments))
    chain = ""
    for segment in archive.index.of_chain():
        assert segment.state is SegmentState.SEALED
        chain = linked(chain, segment, segment.sha256)
        assert chain == segment.chain
    assert archive.index.head() == (3, chain)
    archive.index.make_seal(BEGAN_MS)
    archive.index.make_seal(BEGAN_MS)
    (seal,) = archive.index.seals_untold()
    assert (seal.place, seal.chain) == (3, chain)
    archive.index.seal_told(3, BEGAN_MS)
    assert archive.index.seals_untold() == []


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    archive = Archive(folder, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, folder, 4))
    (segment,) = archive.index.segments(["a"])
    archive.index.close()
    return (archive.root / segment.path).read_bytes()


def test_a_cut_at_any_byte_leaves_whole_fragments(whole_file: bytes) -> None:
    """Around every box's border, where lengths and names are cut, and anywhere."""
    found = list(boxes(whole_file, 0, len(whole_file)))
    near = {box.end + step for box in found for step in range(-17, 18)}
    anywhere = Random(1).sample(range(len(whole_file)), 300)
    for at in sorted({*near, *anywhere, 0, 1, 7, 8}):
        cut = whole_file[:at]
        whole = whole_part(cut)
        halves = [box.end for box in found if box.kind == b"mdat" and box.end <= len(cut)]
        is_all = len(cut) == len(whole_file)  # a file that was closed ends with its table (mfra)
        assert whole.length == (len(cut) if is_all else halves[-1] if halves else 0), at
        assert (whole.fragments, whole.duration_ms) == (len(halves), len(halves) * 500), at
        assert whole_part(cut[: whole.length]) == whole


def test_what_a_crash_left_is_cut_indexed_and_plays(archive: Archive, tmp_path: Path) -> None:
    killed = recorded(archive, tmp_path, 5)
    (segment,) = archive.index.in_state(SegmentState.OPEN)
    path = archive.root / segment.path
    with path.open("ab") as file:
        file.write(b"\0\0\1\0moof half of it")
    lost = archive.root / "a/2026/01/01/00" / f"{BEGAN_MS - 60_000}_0000cccc.mp4"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(path.read_bytes())
    empty = lost.with_name(f"{BEGAN_MS - 120_000}_0000dddd.mp4")
    empty.write_bytes(b"\0\0")
    assert archive.recover(BEGAN_MS) == 3
    assert not empty.exists()
    found = archive.index.segments(["a"])
    assert [(one.recovered, one.t1_ms - one.t0_ms) for one in found] == [(True, 4500)] * 2
    with av.open(str(path)) as file:
        assert len(list(file.decode(video=0))) == 4500 // FRAME_MS
    assert archive.index.gaps(["a"])[0].cause is GapCause.CRASH
    assert archive.recover(BEGAN_MS) == 0, "once is enough"
    assert killed._open is not None
    killed._open.writer.close()


def test_retention_spares_what_is_held_and_proves_what_went(tmp_path: Path) -> None:
    archive = Archive(tmp_path, RecordingRules(retention_days=30), free=lambda _folder: 0.5)
    for day in range(3):
        ended(recorded(archive, tmp_path, 2, BEGAN_MS + day * DAY_MS))
    archive.seal(BEGAN_MS)
    first, second, third = archive.index.segments(["a"])
    archive.index.hold(
        "a", second.t0_ms, second.t1_ms, "投诉", "staff:li", at_ms=BEGAN_MS, until_ms=2**52
    )
    later_ms = BEGAN_MS + 31 * DAY_MS + 60_000
    archive.forget(later_ms)
    assert archive.index.segments(["a"]) == [second, third]
    assert not (archive.root / first.path).exists()
    archive.forget(later_ms + 90 * DAY_MS)
    assert archive.index.segments(["a"]) == [second]
    gone = [one for one in archive.index.of_chain() if one.state is SegmentState.DELETED]
    assert [(one.sha256, one.deleted_for, one.deleted_at_ms) for one in gone] == [
        (first.sha256, "retention", later_ms),
        (third.sha256, "retention", later_ms + 90 * DAY_MS),
    ]
    archive.forget(2**52 + 1)
    assert archive.index.segments(["a"]) == [], "a hold ends when it says"
    archive.index.close()


def test_the_quota_takes_the_oldest_first_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = Archive(tmp_path, RecordingRules(megabytes_most=1), free=lambda _folder: 0.5)
    for minute in range(3):
        ended(recorded(archive, tmp_path, 2, BEGAN_MS + minute * 60_000))
    archive.seal(BEGAN_MS)
    newest = archive.index.segments(["a"])[-1]
    archive.index.segment_ended(newest.id, newest.t0_ms, newest.t1_ms, 999_000)
    archive.forget(BEGAN_MS + DAY_MS)
    assert [segment.id for segment in archive.index.segments(["a"])] == [newest.id]
    assert "less than 30 days" in caplog.text
    archive.index.close()


@pytest.mark.parametrize(
    ("share", "room"),
    [(0.16, Room.ENOUGH), (0.14, Room.LOW), (0.09, Room.PURGING), (0.02, Room.FULL)],
)
def test_what_a_share_of_the_disk_means(share: float, room: Room) -> None:
    assert room_at(share) is room


def test_a_full_disk_stops_files_but_nothing_else_and_ends(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        archive = Archive(disk, RecordingRules(), free=lambda _folder: 0.5)
        ended(recorded(archive, tmp_path, 3))
        stuffing = disk / "stuffing"
        told = statvfs(disk)
        stuffing.write_bytes(b"x" * (told.f_bavail * told.f_frsize - 60_000))
        minute_ms = BEGAN_MS + 60_000
        recording = Recording(camera(), archive, Feed(tmp_path), lambda _at: True)
        recording.started(start())
        sent = packets(40, minute_ms)
        for packet in sent[:160]:
            recording.packet(packet)
        assert not is_recording(recording), "the disk has refused"
        stuffing.unlink()
        again = [one for one in sent[160:] if one.monotonic_ms >= 0]
        for packet in again:
            recording.packet(packet)
        assert is_recording(recording), "it is tried again after ten seconds"
        ended(recording)
        archive.seal(minute_ms)
        segments = archive.index.segments(["a"])
        assert segments[0].t0_ms == BEGAN_MS
        assert segments[-1].t1_ms == minute_ms + 40_000
        for segment in segments:
            with av.open(str(archive.root / segment.path)) as file:
                assert list(file.decode(video=0))
        assert [gap.cause for gap in archive.index.gaps(["a"])][1] is GapCause.DISK
        archive.index.close()
    assert DISK_RETRY_MS == 10_000


def test_below_three_percent_nothing_is_recorded_and_the_gap_says_why(tmp_path: Path) -> None:
    shares = [0.5]
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: shares[0])
    recording = recorded(archive, tmp_path, 2)
    shares[0] = 0.02
    archive.look_for_room(BEGAN_MS)
    for packet in packets(4, BEGAN_MS + 60_000):
        recording.packet(packet)
    assert not is_recording(recording)
    shares[0] = 0.5
    archive.look_for_room(BEGAN_MS)
    for packet in packets(4, BEGAN_MS + 120_000):
        recording.packet(packet)
    ended(recording)
    (gap, _) = archive.index.gaps(["a"])
    assert (gap.cause, gap.t1_ms) == (GapCause.DISK, BEGAN_MS + 120_000)
    archive.index.close()


def test_only_opening_hours_are_recorded_and_the_rest_is_a_gap(tmp_path: Path) -> None:
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: 0.5)
    opens_ms, closes_ms = BEGAN_MS + 3000, BEGAN_MS + 60_000
    by_hours = structs.replace(camera(), schedule=Schedule.OPENING)
    recording = Recording(
        by_hours, archive, Feed(tmp_path), lambda at_ms: opens_ms <= at_ms < closes_ms
    )
    recording.started(start())
    for packet in packets(70):
        recording.packet(packet)
    ended(recording)
    (segment,) = archive.index.segments(["a"])
    assert (segment.t0_ms, segment.t1_ms) == (opens_ms, closes_ms)
    gaps = [(gap.t0_ms, gap.t1_ms, gap.cause) for gap in archive.index.gaps(["a"])]
    assert gaps == [
        (BEGAN_MS, opens_ms, GapCause.SCHEDULE),
        (closes_ms, None, GapCause.SCHEDULE),
    ]
    archive.index.close()
