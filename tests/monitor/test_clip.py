"""A clip holds the pictures as they were coded and tells every gap; the command packs one."""

import hashlib
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import av
import pytest
from drawn_recording import BEGAN_MS, ended, recorded

from monitor.cameras.camera import RecordingRules
from monitor.exporting.check import Verdict
from monitor.faults import GapCause
from monitor.recording.archive import Archive
from monitor.recording.clips import cues, find, pictures_sha256, remux
from monitor.recording.fragments import boxes


def samples(path: Path) -> list[bytes]:
    with av.open(str(path)) as file:
        return [bytes(packet) for packet in file.demux(video=0) if packet.size]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Five seconds, a gap of ten, five seconds; and a recorder still at work."""
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, tmp_path, 5))
    ended(recorded(archive, tmp_path, 5, BEGAN_MS + 15_000))
    archive.seal(BEGAN_MS)
    return archive


def test_pictures_are_copied_and_gaps_are_told(archive: Archive, tmp_path: Path) -> None:
    clip = find(archive.root, archive.index, "a", BEGAN_MS + 1500, BEGAN_MS + 18_000)
    assert [(gap.t0_ms, gap.t1_ms, gap.cause) for gap in clip.gaps] == [
        (BEGAN_MS + 5000, BEGAN_MS + 15_000, GapCause.OFFLINE)
    ]
    video = tmp_path / "a.mp4"
    copied = remux(archive.root, clip, video)
    first, second = (samples(archive.root / one.path) for one in clip.segments)
    wanted = [*first[8:], *second[:24]]
    assert samples(video) == wanted, "from the key frame before, unchanged"
    assert copied.starts_ms == BEGAN_MS + 1000
    whole = hashlib.sha256(b"".join(wanted)).hexdigest()
    assert copied.pictures_sha256 == pictures_sha256(video) == whole
    with av.open(str(video)) as file:
        times = [float(frame.time or 0) for frame in file.decode(video=0)]
    assert times[0] == 0.0
    assert max(after - before for before, after in pairwise(times)) == 10.125
    text = cues(clip, copied.starts_ms)
    assert "缺失 missing: 摄像机离线 camera offline" in text
    assert "00:00:04.000 --> 00:00:14.000" in text
    archive.index.close()


def test_what_is_still_being_recorded_is_found(archive: Archive, tmp_path: Path) -> None:
    live = recorded(archive, tmp_path, 4, BEGAN_MS + 60_000)
    clip = find(archive.root, archive.index, "a", BEGAN_MS + 60_000, BEGAN_MS + 62_000)
    assert [one.sha256 for one in clip.segments] == [""]
    assert clip.gaps == []
    ended(live)
    archive.index.close()


def test_nothing_recorded_is_a_gap_without_a_cause(archive: Archive) -> None:
    clip = find(archive.root, archive.index, "a", BEGAN_MS - 9000, BEGAN_MS - 5000)
    assert clip.segments == []
    assert [gap.cause for gap in clip.gaps] == [GapCause.UNKNOWN]
    assert "没有录像" in cues(clip, clip.t0_ms)
    archive.index.close()


def test_the_command_exports_a_window(archive: Archive, tmp_path: Path) -> None:
    archive.index.close()
    cameras = tmp_path / "cameras.toml"
    cameras.write_text('[[cameras]]\nid="a"\nname={zh="一"}\naddress="demo://a"\nwindows=["w1"]\n')
    target = tmp_path / "out.zip"
    moments = ["2026-11-18T11:07:00+00:00", "2026-11-18T11:07:04+00:00"]
    words = [sys.executable, "-m", "monitor.clip", "w1", *moments, str(target)]
    words += ["--cameras", str(cameras), "--data", str(tmp_path), "--reason", "检查"]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    with zipfile.ZipFile(target) as packed:
        wanted = {"a.mp4", "a.vtt", "chain.json", "README.txt", "manifest.json"}
        assert set(packed.namelist()) == wanted
        data = packed.read("a.mp4")
    assert {box.kind for box in boxes(data, 0, len(data))} >= {b"moov", b"mdat"}
    check = [sys.executable, "-m", "monitor.clip", "--check", str(target)]
    done = subprocess.run(check, capture_output=True, check=False)
    assert done.returncode == Verdict.CANNOT_TELL, "whole, and nobody approved it"
    assert "没有申请和批准" in done.stdout.decode()
