"""A day of a camera whose clock is off, through watcher, recording and index; only time is played.

A picture a second, each a key frame; the index is held against when they came.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from played_camera import clip

from monitor.cameras import watcher as watching
from monitor.cameras.camera import Address, RecordingRules, read_cameras
from monitor.cameras.sources import Coded, Source, open_source
from monitor.cameras.watcher import Watcher
from monitor.faults import GapCause
from monitor.feed.packets import Quality
from monitor.feed.server import Feed
from monitor.recording.archive import RECORDINGS, Archive
from monitor.recording.recording import Recording

MIDNIGHT_MS = 1_795_363_200_000
BASE = Fraction(1, 90_000)
STEP_MS = 1_000
OFF_MOST_MS = 250
CAMERA = """
[[cameras]]
id = "a"
name = { zh = "一" }
address = "demo://a"
schedule = "always"
"""


@pytest.mark.parametrize("millionths", [500, -500])
def test_a_day_of_drift_stays_in_the_index_where_it_was(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    millionths: int,
) -> None:
    hours = 24 if request.config.getoption("--long") else 3
    clip(tmp_path / "a.mp4", "h264", 2)
    clips = RecordingRules(files=str(tmp_path))
    played = open_source(Address("file:///a.mp4"), clips)
    key = next(one for one in played.packets if one.is_key)
    played.close()
    now_ms = [0]

    source = Source("h264", played.name, 640, 360, b"", BASE, iter(()), lambda: None)
    monkeypatch.setattr(watching, "mono_ms", lambda: now_ms[0])
    archive, camera = Archive(tmp_path / "data", RecordingRules()), read_cameras(CAMERA, "x")
    recording = Recording(camera.cameras[0], archive, Feed(tmp_path), lambda _at: True)
    watcher = Watcher(
        *("a", Quality.MAIN, Address("demo://a"), RecordingRules(), recording),
        wall=lambda: MIDNIGHT_MS + now_ms[0],
    )
    for number in range(hours * 3600):
        now_ms[0] = number * STEP_MS + number % 7  # the network's jitter
        stated = round(number * STEP_MS * (1 + millionths / 1e6) * 90)
        watcher._heard(
            source, Coded(stated, stated, 0, is_key=True, data=key.data, came_ms=now_ms[0])
        )
    watcher._end(GapCause.STOPPED)
    segments = archive.index.segments(["a"])
    assert abs(len(segments) - hours * 60) <= 1
    assert [gap.cause for gap in archive.index.gaps(["a"])] == [GapCause.STOPPED]
    assert segments[0].t0_ms - MIDNIGHT_MS < OFF_MOST_MS
    for one, following in pairwise(segments):
        assert abs(following.t0_ms - one.t1_ms) <= OFF_MOST_MS
        assert abs((one.t0_ms - MIDNIGHT_MS + 30_000) % 60_000 - 30_000) <= OFF_MOST_MS
    for segment in (segments[0], segments[len(segments) // 2], segments[-1]):
        with av.open(str(tmp_path / "data" / RECORDINGS / segment.path)) as file:
            times = [one.dts * one.time_base for one in file.demux(video=0) if one.dts is not None]
        lasts_ms = float(times[-1] - times[0]) * 1000 + STEP_MS
        assert abs(lasts_ms - (segment.t1_ms - segment.t0_ms)) <= OFF_MOST_MS
    archive.index.close()
