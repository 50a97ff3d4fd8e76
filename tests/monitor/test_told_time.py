"""What time a camera tells in its stream: one that is wrong, one that has none, one that stops."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import monotonic, sleep, time_ns
from typing import Any, cast

import pytest
from gstreamer_camera import GStreamerServer, needed
from played_camera import RunningRecorder, clip
from running_hall import ROOT

from monitor.cameras.clocks import Clocks
from monitor.cameras.told_time import SENSIBLE_US, ToldTime

CAMERA = """
[[cameras]]
id = "{name}"
name = {{ zh = "一" }}
schedule = "never"
address = "{address}"
"""
OFF_S = 40
NEAR_MS = 1_500
WITHIN_S = 40.0


def until(holds: Callable[[], bool]) -> None:
    end_s = monotonic() + WITHIN_S
    while not holds():
        assert monotonic() < end_s
        sleep(0.1)


def test_a_wrong_clock_is_heard_in_the_stream_until_it_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GStreamer's server, which reports every few seconds; one says how long it has been on."""
    needed()
    film: dict[str, object] = {"file": str(clip(tmp_path / "film.mp4")), "codec": "h264"}
    server = GStreamerServer({"told": film, "uptime": {**film, "tells_uptime": True}})
    cameras = '[recording]\nnetworks = ["127.0.0.1/32"]\n' + "".join(
        CAMERA.format(name=name, address=server.address(name)) for name in server.mounts
    )
    recorder, known = RunningRecorder(tmp_path / "data", cameras), Clocks(tmp_path / "data")

    def skew_ms(name: str) -> int:
        return known.skew_ms(name, time_ns() // 1_000_000)

    server.start()
    try:
        with monkeypatch.context() as behind:
            behind.setenv("HALL_LATER_BY_S", str(-OFF_S))
            behind.setenv("PYTHONPATH", f"{ROOT / 'tests/support/other_time'}:{ROOT}")
            recorder.start()
        until(lambda: abs(skew_ms("told") - OFF_S * 1000) < NEAR_MS)
        assert skew_ms("uptime") == 0, "nothing is known of its clock"
        recorder.stop()
        recorder.start()
        until(lambda: abs(skew_ms("told")) < NEAR_MS)
    finally:
        recorder.stop()
        server.kill()


@dataclass
class Reported:
    """A key frame as the library gives it, with the time counted on from the last report."""

    pts: int
    said_us: int

    def has_sidedata(self, _kind: str) -> bool:
        return True

    def get_sidedata(self, _kind: str) -> bytes:
        return struct.pack("=qi4x", self.said_us, 24)


def test_only_what_a_fresh_report_says_is_gone_by() -> None:
    """A camera that reports once and never again would drift away from what it said."""
    told, second = ToldTime(Fraction(1, 90_000)), 1_000_000

    def at_ms(at_s: int, off_us: int = 0) -> int | None:
        packet = Reported(at_s * 90_000, SENSIBLE_US + at_s * second + off_us)
        return told.at_ms(cast("Any", packet))

    began_ms = SENSIBLE_US // 1000
    assert at_ms(10) == began_ms + 10_000
    assert [at_ms(11), at_ms(12, 1), at_ms(13, -1)] == [None] * 3, "counted on, and rounded"
    assert at_ms(14, 300) == began_ms + 14_000
    assert at_ms(15, 300) is None
    assert at_ms(16, -20 * second) is None, "before there were such cameras"
