"""A recorder that begins on a disk without a free byte: it makes room, or stays and says so."""

from collections.abc import Iterator
from os import statvfs
from pathlib import Path
from time import monotonic, sleep, time_ns

import av
import pytest
from drawn_recording import ended, recorded
from played_camera import Listener, RunningRecorder
from small_disk import fill, small_disk

from monitor.alerts.signs import RECORDER, RecorderSign, leave, sign_in
from monitor.cameras import placed
from monitor.cameras.camera import RecordingRules
from monitor.faults import GapCause
from monitor.feed.packets import Packet
from monitor.recording.archive import DAY_MS, Archive, linked
from monitor.recording.index.archive_index import FOR_EVER_MS, ArchiveIndex
from monitor.recording.index.tables import SegmentState

CAMERA = '[[cameras]]\nid = "a"\nname = { zh = "一" }\naddress = "demo://a"\nschedule = "always"\n'
OLD, OLD_S = 4, 20
WITHIN_S = 30.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "monitor-1", "3m") as folder:
        yield folder


def recorded_before(disk: Path, *, held: int) -> RunningRecorder:
    """A recorder that was stopped; it had recorded on four days, of which the first are held."""
    archive = Archive(disk, RecordingRules(), free=lambda _folder: 0.5)
    first_ms = time_ns() // 60_000_000_000 * 60_000 - OLD * DAY_MS
    for day in range(OLD):
        ended(recorded(archive, disk, OLD_S, first_ms + day * DAY_MS))
    archive.seal(first_ms)
    until_ms = first_ms + held * DAY_MS - 1
    archive.index.hold("a", 0, until_ms, "投诉", "staff:li", at_ms=0, until_ms=FOR_EVER_MS)
    archive.index.close()
    leave(disk / RECORDER, RecorderSign(at=1, retention_days=30))
    return RunningRecorder(disk, CAMERA)


def filled(disk: Path) -> int:
    """Since when there has not been a byte."""
    fill(disk / "ballast")
    assert statvfs(disk).f_bavail == 0
    return time_ns() // 1_000_000


def wait_until_recording(index: ArchiveIndex, since_ms: int) -> None:
    end_s = monotonic() + WITHIN_S
    while all(one.t0_ms < since_ms for one in index.segments(["a"])):
        assert monotonic() < end_s
        sleep(0.1)


def assert_all_is_there_and_plays(disk: Path, index: ArchiveIndex) -> None:
    chain = ""
    for segment in index.of_chain():
        chain = linked(chain, segment, segment.sha256)
        assert chain == segment.chain
    for segment in index.segments(["a"]):
        with av.open(str(disk / "recordings" / segment.path)) as file:
            assert list(file.decode(video=0))


@pytest.mark.parametrize("was_killed", [False, True])
def test_it_deletes_the_oldest_that_nobody_holds_and_records(disk: Path, was_killed: bool) -> None:
    recorder = recorded_before(disk, held=1)
    if was_killed:
        recorder.start()
        listener = Listener(disk)
        for _ in range(16):
            listener.wait_for(Packet, "a", WITHIN_S)
        recorder.kill()
        listener.close()
    full_ms = filled(disk)
    recorder.start()
    Listener(disk).close()
    index = recorder.index()
    wait_until_recording(index, full_ms)
    recorder.stop()
    known, there = index.of_chain(), index.segments(["a"])
    gone = [one for one in known if one.state is SegmentState.DELETED]
    assert known[0] in there, "it is held"
    assert gone == known[1 : 1 + len(gone)], "the oldest first"
    assert {one.deleted_for for one in gone} == {"disk"}
    assert 0 < len(gone) < OLD - 1, "no more than was needed"
    assert_all_is_there_and_plays(disk, index)
    assert [one.recovered for one in there].count(True) == was_killed
    causes = [gap.cause for gap in index.gaps(["a"], full_ms - DAY_MS // 2)]
    assert (GapCause.CRASH in causes) is was_killed
    index.close()


def test_with_all_held_it_stays_says_so_and_records_when_there_is_room(disk: Path) -> None:
    recorder = recorded_before(disk, held=OLD + 1)
    full_ms = filled(disk)
    recorder.start()
    listener = Listener(disk)
    listener.wait_for(Packet, "a", WITHIN_S)
    end_s = monotonic() + WITHIN_S
    while not ((sign := sign_in(disk / RECORDER, RecorderSign)) and sign.at > full_ms):
        assert monotonic() < end_s
        sleep(0.1)
    assert sign.is_full, "which the station tells the hall"
    assert "暂不能录像 nothing can be recorded yet" in recorder.log()
    (disk / "ballast").unlink()
    index = recorder.index()
    wait_until_recording(index, full_ms)
    listener.drain()
    listener.wait_for(Packet, "a", WITHIN_S)
    listener.close()
    recorder.stop()
    assert [one.state for one in index.of_chain()[:OLD]] == [SegmentState.SEALED] * OLD
    assert_all_is_there_and_plays(disk, index)
    assert placed.read(disk), "noted when there was room"
    index.close()
