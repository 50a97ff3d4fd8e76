"""The recorder's process: killed without warning, asked to stop, given cameras it cannot open."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic, sleep, time_ns

import av
import pytest
from played_camera import Listener, RunningRecorder, clip

from monitor.cameras.stills import key_frame
from monitor.faults import GapCause
from monitor.feed.packets import Incoming, Packet, Quality, Still, StreamEnd, StreamStart, Wanted
from monitor.recording.archive import DAY_MS
from monitor.recording.index.leaving import forgotten_untold

CAMERA = """
[[cameras]]
id = "window-1"
name = { zh = "一" }
address = "demo://window-1"
schedule = "always"
zones = [{ kind = "mask", polygon = [[0, 0], [1, 0], [1, 0.1], [0, 0.1]] }]
"""
LOST_MOST_MS = 1000 + 250
"""A fragment of one second, and two pictures on their way between camera and file."""


def test_a_killed_recorder_loses_a_second_at_most(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = 30 if request.config.getoption("--long") else 3
    random, arrived = Random(7), []
    recorder = RunningRecorder(tmp_path / "data", CAMERA)
    for _ in range(kills):
        recorder.start()
        listener = Listener(tmp_path / "data")
        last_ms = listen(listener, 2.0 + random.random())
        recorder.kill()
        listener.close()
        arrived.append(last_ms)
    recorder.start()
    listener = Listener(tmp_path / "data")
    listener.wait_for(StreamStart, "window-1", 20)
    listener.close()
    recorder.stop()
    index = recorder.index()
    segments, gaps = index.segments(["window-1"]), index.gaps(["window-1"])
    index.close()
    for last_ms in arrived:
        kept_ms = max((one.t1_ms for one in segments if one.t0_ms <= last_ms), default=0)
        assert last_ms - kept_ms <= LOST_MOST_MS, (last_ms, segments)
    for segment in segments:
        with av.open(str(tmp_path / "data/recordings" / segment.path)) as file:
            assert list(file.decode(video=0))
    assert [gap.cause for gap in gaps].count(GapCause.CRASH) == kills
    assert all(one.sha256 and one.chain for one in segments)


def listen(listener: Listener, seconds: float) -> int:
    """The moment of the last picture that came in this time, and in any case of one second."""
    listener.wait_for(StreamStart, "window-1", 20)
    incoming, last_ms, first_ms = Incoming(), 0, 0
    end_s = monotonic() + seconds
    while monotonic() < end_s or last_ms - first_ms < 1500:
        for message in listener.more(incoming):
            if isinstance(message, Packet):
                first_ms = first_ms or message.arrived_at_ms
                last_ms = message.arrived_at_ms
    return last_ms


def test_a_camera_is_added_changed_and_removed_while_the_others_are_recorded(
    tmp_path: Path,
) -> None:
    """What it costs the others: not a picture. The changed one begins a new run."""
    recorder = RunningRecorder(tmp_path / "data", CAMERA).start()
    listener = Listener(tmp_path / "data")
    try:
        listener.wait_for(StreamStart, "window-1", 20)
        other = CAMERA.replace("window-1", "window-2")
        recorder.state(CAMERA + other)
        began_s = listener.wait_for(StreamStart, "window-2", 20)
        assert began_s < 10
        recorder.state(CAMERA + "[[cameras]]\nid = 5")  # a slip of the editor
        end_s = monotonic() + 20
        while "未采用" not in recorder.log():
            assert monotonic() < end_s
            sleep(0.05)
        recorder.state(CAMERA + other.replace("0.1", "0.2"))
        listener.wait_for(StreamEnd, "window-2", 20)
        listener.wait_for(StreamStart, "window-2", 20)
        recorder.state(CAMERA.replace("一", "改名"))
        listener.wait_for(StreamEnd, "window-2", 20)
        heard = listener.waiting("window-1")
    finally:
        listener.close()
        recorder.stop()
    kinds = {type(one) for one in heard}
    assert kinds == {Packet}, "the first camera never began again"
    arrived = [one.arrived_at_ms for one in heard if isinstance(one, Packet)]
    assert max(b - a for a, b in pairwise(arrived)) < 1_000, "eight pictures a second"
    index = recorder.index()
    assert [gap.cause for gap in index.gaps(["window-1"])] == [GapCause.STOPPED]
    assert {gap.cause for gap in index.gaps(["window-2"])} == {GapCause.STOPPED}
    index.close()


def test_changed_rules_are_gone_by_while_it_records(tmp_path: Path) -> None:
    """Kept for fewer days: what is older goes at once, and is accounted for."""
    recorder = RunningRecorder(tmp_path / "data", CAMERA)
    began_ms = time_ns() // 1_000_000 - 10 * DAY_MS
    old = tmp_path / "data/recordings/window-1/old.mp4"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"pictures")
    index = recorder.index()
    row = index.segment_began("window-1", "0000bbbb", "window-1/old.mp4", began_ms)
    index.segment_ended(row, began_ms, began_ms + 60_000, 8)
    index.sealed(row, "ab" * 32, 1, "cd" * 32)
    recorder.start()
    listener = Listener(tmp_path / "data")
    try:
        listener.wait_for(StreamStart, "window-1", 20)
        listener.wait_for(Packet, "window-1", 20)
        assert old.exists()
        recorder.state("[recording]\nretention_days = 5\n" + CAMERA)
        end_s = monotonic() + 20
        while not (told := forgotten_untold(index)):
            assert monotonic() < end_s
            listener.hear()
        listener.hear()
        heard = {type(one) for one in listener.waiting("window-1")}
    finally:
        listener.close()
        recorder.stop()
        index.close()
    assert [(one.cause, one.files) for one in told] == [("retention", 1)]
    assert not old.exists()
    assert heard == {Packet}, "recorded on without a break"


def test_where_cameras_may_be_is_gone_by_as_well(tmp_path: Path) -> None:
    """An address that may not be opened any more is let go of."""
    clip(tmp_path / "clip.mp4", seconds=20)
    camera = CAMERA.replace("demo://window-1", "file:///clip.mp4")
    rules = f'[recording]\nfiles = "{tmp_path}"\n'
    recorder = RunningRecorder(tmp_path / "data", rules + camera).start()
    listener = Listener(tmp_path / "data")
    try:
        listener.wait_for(StreamStart, "window-1", 20)
        recorder.state(camera)
        listener.wait_for(StreamEnd, "window-1", 20)
        end_s = monotonic() + 20
        while "clip.mp4" not in recorder.log():
            assert monotonic() < end_s
            sleep(0.05)
    finally:
        listener.close()
        recorder.stop()


def test_a_recorder_waits_for_its_first_camera(tmp_path: Path) -> None:
    recorder = RunningRecorder(tmp_path / "data", CAMERA)
    recorder.file.unlink()
    recorder.start()
    end_s = monotonic() + 20
    while "尚无" not in recorder.log():
        assert monotonic() < end_s
        sleep(0.05)
    recorder.state(CAMERA)
    listener = Listener(tmp_path / "data")
    listener.wait_for(StreamStart, "window-1", 20)
    listener.close()
    assert os.getpriority(os.PRIO_PROCESS, recorder.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    recorder.stop()


def test_pictures_are_masked_and_a_slow_reader_hinders_nobody(tmp_path: Path) -> None:
    recorder = RunningRecorder(tmp_path / "data", CAMERA).start()
    try:
        sleeper = Listener(tmp_path / "data", Wanted(qualities=(Quality.MAIN,), stills=True))
        reader = Listener(tmp_path / "data", Wanted(qualities=(), stills=True))
        stills = [reader.wait(Still, 20) for _ in range(3)]
        assert [one.camera for one in stills] == ["window-1"] * 3
        shown = key_frame(stills[-1])
        assert shown.gray[:30].max() <= 20, "the mask covers the clock"
        assert shown.gray[100:].max() > 100
        sleeper.close()
        reader.close()
    finally:
        recorder.stop()
    assert not (tmp_path / "data/feed.sock").exists()


@pytest.mark.parametrize("text", ["[[cameras]]\nid = 5", "nonsense"])
def test_a_faulty_file_is_told_and_not_tried_again(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text(text)
    words = [sys.executable, "-m", "monitor.recorder", "--cameras", str(file)]
    done = subprocess.run([*words, "--data", str(tmp_path)], capture_output=True, check=False)
    assert done.returncode == os.EX_CONFIG
    assert "cameras.toml: " in done.stderr.decode()


def test_a_machine_without_video_libraries_is_told(tmp_path: Path) -> None:
    (tmp_path / "av.py").write_text("raise ImportError('libxcb.so.1')")
    file = tmp_path / "cameras.toml"
    file.write_text(CAMERA)
    words = [sys.executable, "-m", "monitor.recorder", "--cameras", str(file)]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{Path.cwd()}"}
    done = subprocess.run(words, capture_output=True, env=environment, check=False)
    assert done.returncode == os.EX_CONFIG
    assert "libxcb.so.1" in done.stderr.decode()


def test_where_a_camera_may_not_be_is_a_gap_with_its_cause(tmp_path: Path) -> None:
    text = CAMERA.replace("demo://window-1", "rtsp://root:geheim@169.254.169.254/latest")
    recorder = RunningRecorder(tmp_path / "data", text).start()
    end_s = monotonic() + 20
    while "169.254.169.254" not in recorder.log():
        assert monotonic() < end_s
        sleep(0.05)
    recorder.stop()
    assert "geheim" not in recorder.log()
    index = recorder.index()
    assert [gap.cause for gap in index.gaps(["window-1"])] == [GapCause.REFUSED]
    index.close()
