"""The program that makes an export: clear failures, a kill at any moment, and no orphan."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import av
import msgspec
import pytest
from drawn_recording import BEGAN_MS, ended, recorded
from small_disk import small_disk

from hall_server.contract.messages.exports import (
    CopyKind,
    ExportFailure,
    ExportPurpose,
    ExportState,
    ExportSummary,
)
from monitor.cameras.camera import RecordingRules
from monitor.exporting import __main__ as maker
from monitor.exporting.check import Verdict, check, verdict
from monitor.exporting.manifest import EXPORTS, Evidence, Job, Made, Word, job_file, made_file
from monitor.recording.archive import Archive

CAMERAS = """
[[cameras]]
id = "a"
name = { zh = "一" }
address = "demo://a"
windows = ["window-1"]
"""
WITHIN_S = 60.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A monitor's data with fourteen seconds of one camera."""
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, tmp_path, 14))
    archive.seal(BEGAN_MS)
    archive.index.close()
    (tmp_path / "cameras.toml").write_text(CAMERAS)
    (tmp_path / EXPORTS).mkdir()
    return tmp_path


def job(data: Path, copy: CopyKind = CopyKind.PLAIN, shift_ms: int = 0) -> Job:
    asked = ExportSummary(
        export_id=7,
        state=ExportState.APPROVED,
        window_id="window-1",
        camera_id="",
        begins_at=BEGAN_MS + shift_ms,
        ends_at=BEGAN_MS + shift_ms + 14_000,
        purpose=ExportPurpose.COMPLAINT,
        copy=copy,
        note="核实投诉",
        asked_by="shen",
        asked_at=BEGAN_MS,
        decided_by="boss",
        decided_at=BEGAN_MS + 1,
        decided_seq=9,
        decision="同意",
        station_id="",
        permille=0,
        failure="",
        made_at=0,
        sha256="",
        file_sha256="",
        bytes=0,
        gaps=0,
        downloads=0,
        expires_at=2 * BEGAN_MS,
    )
    return Job(
        export=asked,
        cameras=["a"],
        cameras_file=str(data / "cameras.toml"),
        data=str(data),
        station_id="monitor-1",
        evidence=Evidence(),
    )


def start(data: Path, wanted: Job) -> subprocess.Popen[str]:
    file = job_file(data, 7)
    file.write_bytes(msgspec.json.encode(wanted))
    words = [sys.executable, "-m", "monitor.exporting", str(file)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def words_of(process: subprocess.Popen[str]) -> list[Word]:
    assert process.stdout is not None
    told = [msgspec.json.decode(line, type=Word) for line in process.stdout]
    process.communicate()
    return told


def test_it_says_how_far_it_is_and_what_came_of_it(data: Path) -> None:
    process = start(data, job(data, CopyKind.MASKED))
    told = words_of(process)
    assert process.returncode == 0
    steps = [word.permille for word in told[:-1]]
    assert steps == sorted(steps)
    assert len(steps) > 20
    made = told[-1].made
    assert made == msgspec.json.decode(made_file(data, 7).read_bytes(), type=Made)
    left = {path.name for path in (data / EXPORTS).iterdir()}
    assert left == {"7.job.json", "7.made.json", "7.zip"}
    assert verdict(check(data / EXPORTS / "7.zip")) is Verdict.CANNOT_TELL, "no key was given"


def test_killed_in_the_midst_it_begins_anew_and_leaves_nothing(data: Path) -> None:
    process = start(data, job(data, CopyKind.MASKED))
    assert process.stdout is not None
    assert process.stdout.readline(), "it has begun"
    process.kill()
    process.communicate()
    assert not (data / EXPORTS / "7.zip").exists(), "nothing half made has its name"
    assert any((data / EXPORTS).glob("export-*")), "it was killed in the midst"
    assert words_of(start(data, job(data, CopyKind.MASKED)))[-1].made is not None
    left = {path.name for path in (data / EXPORTS).iterdir()}
    assert left == {"7.job.json", "7.made.json", "7.zip"}
    with zipfile.ZipFile(data / EXPORTS / "7.zip") as opened:
        assert opened.testzip() is None


def test_it_ends_with_whoever_started_it(data: Path) -> None:
    """Also when that one was killed: the only sign is the end of its input."""
    file = job_file(data, 7)
    file.write_bytes(msgspec.json.encode(job(data)))
    child = "import time, monitor.exporting.__main__ as m; m.end_with_parent(); time.sleep(600)"
    parent = (
        "import subprocess, sys, time\n"
        f"made = subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE)\n"
        "print(made.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert started.stdout is not None
    number = int(started.stdout.readline())
    os.kill(started.pid, signal.SIGKILL)
    started.communicate()
    deadline_s = time.monotonic() + WITHIN_S
    while Path(f"/proc/{number}").exists() and "Z" not in state_of(number):
        assert time.monotonic() < deadline_s, "an orphan goes on"
        time.sleep(0.05)


def state_of(number: int) -> str:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_nothing_recorded_is_said_plainly(data: Path) -> None:
    (word,) = words_of(start(data, job(data, shift_ms=-3_600_000)))
    assert word == Word(failure=ExportFailure.NOTHING)
    assert [path.name for path in (data / EXPORTS).iterdir()] == ["7.job.json"]


def test_recordings_never_go_for_an_export(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = shutil.disk_usage(data)
    full = disk._replace(free=disk.total // 10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)
    assert maker.make(job(data), BEGAN_MS) == Word(failure=ExportFailure.DISK)
    assert not (data / EXPORTS / "7.zip").exists()


def test_a_picture_that_changed_is_said_plainly(data: Path) -> None:
    archive = Archive(data, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, data, 2, BEGAN_MS + 60_000))
    archive.seal(BEGAN_MS)
    (later,) = archive.index.segments(["a"], BEGAN_MS + 60_000)
    archive.index.close()
    in_another_size(archive.root / later.path)
    wanted = job(data, shift_ms=50_000)
    both = msgspec.structs.replace(wanted.export, begins_at=BEGAN_MS)
    (*_, word) = words_of(start(data, msgspec.structs.replace(wanted, export=both)))
    assert word == Word(failure=ExportFailure.CHANGED)
    assert [path.name for path in (data / EXPORTS).iterdir()] == ["7.job.json"]


def in_another_size(file: Path) -> None:
    fresh = file.with_suffix(".new.mp4")
    with av.open(str(fresh), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=8)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(8):
            frame = av.VideoFrame(320, 180, "yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    fresh.replace(file)


@pytest.mark.parametrize("copy", CopyKind)
def test_a_disk_that_fills_in_the_midst_is_said_plainly(data: Path, copy: CopyKind) -> None:
    """There was room when it began; then a real disk has none. Nothing half made stays."""
    with small_disk(data / EXPORTS, "96k") as disk:
        process = start(data, job(data, copy))
        told = words_of(process)
        left = [path.name for path in disk.iterdir()]
    assert told, "it ended without a word"
    assert told[-1] == Word(failure=ExportFailure.DISK)
    assert process.returncode == 0
    assert left == ["7.job.json"]
