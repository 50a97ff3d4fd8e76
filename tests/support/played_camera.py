"""Cameras to record: clips of the drawn scene, and somebody else's RTSP server that shows them."""

import signal
import subprocess
import sys
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, TypeVar

import av
import cv2
import numpy as np
from running_hall import free_port

from monitor.cameras.demo_scene import FRAME_MS, HEIGHT, WIDTH, Story, drawn, scene_at
from monitor.feed.packets import Incoming, Message, Quality, Wanted
from monitor.feed.server import connect
from monitor.recording.index.archive_index import ArchiveIndex

SERVE = """
import asyncio, sys
from aio_rtsp_toolkit.server import serve
asyncio.run(serve(sys.argv[1], "127.0.0.1", int(sys.argv[2])))
"""
M = TypeVar("M", bound=Message)
ENCODERS: dict[str, Literal["libx264", "libx265"]] = {"h264": "libx264", "hevc": "libx265"}


def clip(path: Path, codec: str = "h264", seconds: int = 30, group_s: int = 1) -> Path:
    """A recorded scene, a key frame each so many seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(ENCODERS[codec], rate=Fraction(1000, FRAME_MS))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.gop_size = group_s * 1000 // FRAME_MS
        stream.codec_context.max_b_frames = 0
        quiet = {"x265-params": "log-level=none:keyint=8"} if codec == "hevc" else {}
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", **quiet}
        for number in range(seconds * 1000 // FRAME_MS):
            picture = drawn("clip", scene_at(Story("clip", "always"), number * FRAME_MS))
            planar = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
            frame = av.VideoFrame.from_ndarray(planar, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(FRAME_MS, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class RtspServer:
    """The server as a process that can be stopped, frozen, killed and started again."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """It shows what lies in ``folder``."""
        self.folder, self.port = folder, port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, "-c", SERVE, str(self.folder), str(self.port)]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def address(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{name}?play_count=0"

    def tell(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


class RunningRecorder:
    """``python -m monitor.recorder`` as it runs in a hall."""

    def __init__(self, data: Path, cameras: str) -> None:
        """``cameras`` is the text of its file."""
        self.data = data
        self.file = data.with_suffix(".toml")
        self.file.write_text(cameras, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RunningRecorder":
        words = ["--cameras", str(self.file), "--data", str(self.data)]
        with self.data.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "monitor.recorder", *words], stdout=log, stderr=log
            )
        return self

    def state(self, cameras: str) -> None:
        """Other cameras from now on, written as an editor does: a new file in the place."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(cameras, encoding="utf-8")
        fresh.replace(self.file)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(20) == 0, self.log()

    def log(self) -> str:
        return self.data.with_suffix(".log").read_text()

    def index(self) -> ArchiveIndex:
        return ArchiveIndex(self.data / "index.db")


class Listener:
    """Reads a recorder's feed."""

    def __init__(self, data: Path, wanted: Wanted | None = None, within_s: float = 20.0) -> None:
        """Waits for the socket."""
        end_s = monotonic() + within_s
        while True:
            with suppress(OSError):
                self._line = connect(data, wanted or Wanted(qualities=(Quality.MAIN,)))
                break
            assert monotonic() < end_s, "no feed"
            sleep(0.05)
        self._line.settimeout(0.2)
        self._incoming = Incoming()
        self._waiting: list[Message] = []

    def wait_for(self, kind: type[Message], camera: str, within_s: float) -> float:
        """How long until such a message came; what came before it of other cameras stays."""
        began_s = monotonic()
        while True:
            for place, message in enumerate(self._waiting):
                if isinstance(message, kind) and getattr(message, "camera", "") == camera:
                    del self._waiting[place]
                    return monotonic() - began_s
            assert monotonic() - began_s < within_s, f"no {kind.__name__} of {camera}"
            with suppress(TimeoutError):
                self._waiting += self._incoming.feed(self._line.recv(2**20))

    def wait(self, kind: type[M], within_s: float) -> M:
        """The next message of a kind, of whichever camera."""
        end_s = monotonic() + within_s
        while monotonic() < end_s:
            while self._waiting:
                message = self._waiting.pop(0)
                if isinstance(message, kind):
                    return message
            self._waiting += self.more(self._incoming)
        raise AssertionError(f"no {kind.__name__}")

    def more(self, incoming: Incoming) -> list[Message]:
        """What has come since; nothing after a fifth of a second without."""
        try:
            return list(incoming.feed(self._line.recv(2**20)))
        except TimeoutError:
            return []

    def hear(self) -> None:
        """Keep what comes."""
        self._waiting += self.more(self._incoming)

    def waiting(self, camera: str) -> list[Message]:
        """What has come of a camera and nobody waited for."""
        return [one for one in self._waiting if getattr(one, "camera", "") == camera]

    def drain(self) -> None:
        """Forget what has come so far."""
        self._waiting.clear()
        with suppress(TimeoutError):
            while True:
                self._line.settimeout(0.01)
                list(self._incoming.feed(self._line.recv(2**20)))
        self._line.settimeout(0.2)

    def close(self) -> None:
        self._line.close()
