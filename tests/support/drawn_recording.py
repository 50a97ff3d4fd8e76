"""A camera's packets as its watcher gives them, drawn and coded as quickly as the machine can."""

from pathlib import Path

from monitor.cameras.camera import Camera, read_cameras
from monitor.cameras.demo_scene import FRAME_MS, SceneCoder, Story
from monitor.faults import GapCause
from monitor.feed.packets import Packet, Quality, StreamEnd, StreamStart
from monitor.feed.server import Feed
from monitor.recording.archive import Archive
from monitor.recording.recording import Recording

BEGAN_MS = 1_795_000_020_000
"""The beginning of a minute."""


def camera() -> Camera:
    text = '[[cameras]]\nid="a"\nname={zh="一"}\naddress="demo://a"\nschedule="always"\n'
    return read_cameras(text, "cameras.toml").cameras[0]


def start(run: str = "0000aaaa") -> StreamStart:
    return StreamStart(
        camera="a",
        run=run,
        quality=Quality.MAIN,
        codec="avc1.42c016",
        width=640,
        height=360,
        extradata=b"",
        time_base=(1, 1000),
    )


def packets(seconds: int, began_ms: int = BEGAN_MS, run: str = "0000aaaa") -> list[Packet]:
    coder = SceneCoder(Story("a", "always"))
    return [
        Packet(
            camera="a",
            run=run,
            quality=Quality.MAIN,
            arrived_at_ms=one.pts or 0,
            monotonic_ms=(one.pts or 0) - BEGAN_MS,
            pts=one.pts or 0,
            dts=one.dts or 0,
            is_key=one.is_keyframe,
            data=bytes(one),
        )
        for at_ms in range(began_ms, began_ms + seconds * 1000, FRAME_MS)
        for one in coder.coded(at_ms)
    ]


def recorded(archive: Archive, folder: Path, seconds: int, began_ms: int = BEGAN_MS) -> Recording:
    """A camera that has sent for so long and has not stopped."""
    recording = Recording(camera(), archive, Feed(folder), lambda _at: True)
    run = f"{began_ms // 1000 % 2**32:08x}"
    recording.started(start(run))
    for packet in packets(seconds, began_ms, run):
        recording.packet(packet)
    return recording


def is_recording(recording: Recording) -> bool:
    return recording._open is not None


def ended(recording: Recording, run: str = "0000aaaa") -> None:
    end = StreamEnd(
        camera="a", run=run, quality=Quality.MAIN, at_ms=0, cause=GapCause.OFFLINE.value
    )
    recording.ended(end)
