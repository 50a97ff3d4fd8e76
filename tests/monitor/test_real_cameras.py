"""Cameras as they are: an RTSP server of somebody else that is frozen, killed and started again.

It serves H.264 and H.265 over TCP. What is recorded is decoded at the end, and what is missing
stands in the index with its cause.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from loose_cable import SlowCable
from played_camera import Listener, RtspServer, RunningRecorder, clip

from monitor.faults import GapCause
from monitor.feed.packets import Packet, Quality, Still, StreamEnd, StreamStart, Wanted

OFFLINE_WITHIN_S, BACK_WITHIN_S = 6.0, 10.0
SLACK_S = 2.0
"""For a machine that is busy with other tests."""
CAMERAS = """
[recording]
networks = ["127.0.0.1/32"]

[[cameras]]
id = "avc"
name = {{ zh = "一" }}
address = "{avc}"
sub_address = "{avc}"

[[cameras]]
id = "hevc"
name = {{ zh = "二" }}
address = "{hevc}"
"""
ONE = CAMERAS.partition('[[cameras]]\nid = "hevc"')[0].replace('sub_address = "{avc}"\n', "")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    folder = tmp_path / "clips"
    folder.mkdir()
    clip(folder / "avc.mp4", "h264")
    clip(folder / "hevc.mp4", "hevc")
    server = RtspServer(folder)
    server.start()
    yield server
    server.tell(signal.SIGCONT)
    server.kill()


def test_cameras_that_freeze_die_and_come_back(server: RtspServer, tmp_path: Path) -> None:
    addresses = {name: server.address(f"{name}.mp4") for name in ("avc", "hevc")}
    recorder = RunningRecorder(tmp_path / "data", CAMERAS.format(**addresses)).start()
    wanted = Wanted(qualities=(Quality.MAIN,), stills=True)
    listener = Listener(tmp_path / "data", wanted)
    try:
        for camera in addresses:
            listener.wait_for(StreamStart, camera, 20)
            listener.wait_for(Still, camera, 10)
        listener.drain()
        server.tell(signal.SIGSTOP)
        assert listener.wait_for(StreamEnd, "avc", 20) < OFFLINE_WITHIN_S + SLACK_S
        listener.wait_for(StreamEnd, "hevc", 10)  # let go sooner, it would only have paused
        server.tell(signal.SIGCONT)
        assert listener.wait_for(StreamStart, "avc", 30) < BACK_WITHIN_S + SLACK_S
        listener.wait_for(Packet, "avc", 5)
        listener.drain()
        server.kill()
        assert listener.wait_for(StreamEnd, "avc", 20) < OFFLINE_WITHIN_S + SLACK_S
        server.start()
        assert listener.wait_for(StreamStart, "avc", 30) < BACK_WITHIN_S + SLACK_S
        listener.wait_for(StreamStart, "hevc", 20)
        listener.wait_for(Packet, "hevc", 5)
    finally:
        listener.close()
        recorder.stop()
    log = recorder.log()
    assert "play_count" not in log, log
    index = recorder.index()
    for camera, codec in (("avc", "h264"), ("hevc", "hevc")):
        segments = index.segments([camera])
        assert len(segments) >= 3, log
        for segment in segments:
            with av.open(str(tmp_path / "data/recordings" / segment.path)) as file:
                stream = file.streams.video[0]
                frames = list(file.decode(stream))
                assert stream.codec_context.name == codec
            assert frames
            assert frames[0].key_frame
        gaps = index.gaps([camera])
        assert [gap.cause for gap in gaps][-1] is GapCause.STOPPED
        offline = [gap for gap in gaps if gap.cause is GapCause.OFFLINE and gap.t1_ms]
        assert len(offline) >= 2, gaps
        for before, gap in zip(segments, gaps, strict=False):
            assert abs(before.t1_ms - gap.t0_ms) <= 1, "what is missing begins where a file ends"
    index.close()


def test_a_slow_camera_is_opened_and_a_quick_one_missed_in_time_all_the_same(
    server: RtspServer, tmp_path: Path
) -> None:
    """The try after one that took too long is given longer; that is not kept for ever."""
    cable = SlowCable(server.port, 3.0)
    address = server.address("avc.mp4").replace(f":{server.port}/", f":{cable.port}/")
    recorder = RunningRecorder(tmp_path / "data", ONE.format(avc=address)).start()
    listener = Listener(tmp_path / "data")
    try:
        listener.wait_for(StreamStart, "avc", 30)
        listener.wait_for(Packet, "avc", 10)
        assert "cannot be opened" in recorder.log(), "the first try was too short"
        cable.hang_up()
        listener.wait_for(StreamEnd, "avc", 20)
        assert listener.wait_for(StreamStart, "avc", 30) < BACK_WITHIN_S + SLACK_S
        assert recorder.log().count("cannot be opened") == 1, "how slow it is is known"
        cable.hold_s = 0.0
        cable.hang_up()
        listener.wait_for(StreamEnd, "avc", 20)
        listener.wait_for(StreamStart, "avc", 30)
        listener.wait_for(Packet, "avc", 10)
        listener.drain()
        cable.deaf.set()
        assert listener.wait_for(StreamEnd, "avc", 20) < OFFLINE_WITHIN_S + SLACK_S
    finally:
        cable.plug_in()
        listener.close()
        recorder.stop()
        cable.close()
