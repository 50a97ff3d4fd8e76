"""What a camera costs: a drawn clip recorded, and looked at once a second, beside reading it alone.

The clip is full HD at 25 pictures a second with a key frame each second and grain over it, about
4 Mbit/s, in a transport stream, so that it comes as a camera's does. Processor time only; it is
read as fast as it can be. The floor is the library's own demultiplexing of the same file.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from monitor.cameras.camera import RecordingRules, read_cameras
from monitor.cameras.demo_scene import SceneCoder, Story, drawn, scene_at
from monitor.cameras.watcher import mono_ms
from monitor.faults import GapCause
from monitor.feed.packets import Packet, Quality, Still, StreamEnd, StreamStart
from monitor.feed.server import Feed
from monitor.recording.archive import Archive
from monitor.recording.recording import Recording

SIZE, RATE, SECONDS, ROUNDS = (1920, 1080), 25, 8, 3
CAMERA = '[[cameras]]\nid="a"\nname={zh="一"}\naddress="demo://a"\nschedule="always"\n'
AddRow = Callable[[str, str, str], None]


class Watched(Feed):
    """A feed whose pictures somebody always wants."""

    def wants_stills(self, camera: str) -> bool:
        return bool(camera)

    def still(self, still: Still) -> None:
        pass


def measure(add_row: AddRow) -> None:
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        clip = filmed(Path(folder, "clip.ts"))
        rate = clip.stat().st_size * 8 / SECONDS / 1e6
        floor = least(lambda: read(clip))
        alone = least(lambda: record(clip, Feed))
        looked = least(lambda: record(clip, Watched))
    shown = f"1080p{RATE}, {rate:.1f} Mbit/s"
    add_row(f"camera read, not decoded: {shown}", share(floor), "")
    add_row("camera recorded", share(alone), f"{alone / floor:.1f} × reading")
    add_row(
        "camera recorded and looked at each second",
        share(looked),
        f"{looked / floor:.1f} × reading",
    )
    began = time.process_time()
    coder = SceneCoder(Story("a"))
    for number in range(80):
        coder.coded(number * 125)
    add_row(
        "drawn camera of the demonstration", share((time.process_time() - began) * SECONDS / 10), ""
    )


def share(cpu_s: float) -> str:
    return f"{cpu_s / SECONDS * 100:.2f} % of a core"


def least(work: Callable[[], None]) -> float:
    """The best of a few rounds, in seconds of the processor."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def filmed(path: Path) -> Path:
    grain = np.random.default_rng(1)
    with av.open(str(path), "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.gop_size, stream.bit_rate = RATE, 4_000_000
        stream.codec_context.max_b_frames = 0
        stream.options = {"preset": "ultrafast"}
        noise = grain.integers(0, 12, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
        for number in range(SECONDS * RATE):
            picture = cv2.resize(drawn("a", scene_at(Story("a", "always"), number * 40)), SIZE)
            picture = cv2.add(picture, np.roll(noise, number * 7, axis=1))
            frame = av.VideoFrame.from_ndarray(np.asarray(picture, np.uint8), "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def read(clip: Path) -> None:
    with av.open(str(clip)) as container:
        for packet in container.demux(video=0):
            packet.size  # noqa: B018 - the floor is to have it


def record(clip: Path, feed: type[Feed]) -> None:
    with tempfile.TemporaryDirectory(prefix="hall-") as folder, av.open(str(clip)) as container:
        stream = container.streams.video[0]
        archive = Archive(Path(folder), RecordingRules())
        camera = read_cameras(CAMERA, "bench").cameras[0]
        recording = Recording(camera, archive, feed(Path(folder)), lambda _at: True)
        recording.started(
            StreamStart(
                camera="a",
                run="0",
                quality=Quality.MAIN,
                codec="avc1",
                width=SIZE[0],
                height=SIZE[1],
                extradata=b"",
                time_base=(1, 90000),
            )
        )
        for packet in container.demux(stream):
            if packet.dts is not None:
                recording.packet(
                    Packet(
                        camera="a",
                        run="0",
                        quality=Quality.MAIN,
                        arrived_at_ms=packet.dts // 90,
                        monotonic_ms=mono_ms(),
                        pts=packet.pts or 0,
                        dts=packet.dts,
                        is_key=packet.is_keyframe,
                        data=bytes(packet),
                    )
                )
        recording.ended(
            StreamEnd(camera="a", run="0", quality=Quality.MAIN, at_ms=0, cause=GapCause.STOPPED)
        )
        archive.index.close()
