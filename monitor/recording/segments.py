"""One recorded file: a minute of one camera, written so that a crash costs at most a second.

Fragments of half a second go to the file, by one call, the moment they are complete: the other half
is what its watcher may keep back. Every five seconds the disk is asked to keep them (``sync``, from
another thread). The file is named by when it began and by its run, in UTC:
  ``<camera>/2026/11/28/09/<start ms>_<run>.mp4``
"""

from __future__ import annotations

import io
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av

from monitor.feed.packets import Packet, StreamStart

FRAGMENT_US = 500_000
BUFFER_BYTES = 2**20
"""A fragment goes to the file in one piece: half a second of 16 Mbit/s fits."""
MUXER = {
    # delay_moov: the decoder's configuration is taken from the first key frame.
    "movflags": "delay_moov+empty_moov+default_base_moof",
    "frag_duration": str(FRAGMENT_US),
    "flush_packets": "1",
}
MUXED_AS = {"avc1": "h264", "hvc1": "hevc", "mjpeg": "mjpeg"}
DEFAULT_FRAME_MS = 40


@dataclass(frozen=True)
class Written:
    """What is known of a file once it is closed."""

    t0_ms: int
    t1_ms: int
    bytes: int
    frames: int


def path_of(camera: str, start_ms: int, run: str) -> Path:
    """Where a file belongs, below the folder of recordings."""
    at = datetime.fromtimestamp(start_ms / 1000, UTC)
    return Path(camera, f"{at:%Y/%m/%d/%H}", f"{start_ms}_{run}.mp4")


class SegmentWriter:
    """Opens a file for one stream; ``write`` from one thread, ``sync`` from another."""

    def __init__(self, path: Path, start: StreamStart) -> None:
        """Make the file; raises ``OSError`` where the disk will not have it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.run = start.run
        self._file = io.FileIO(path, "xb")
        self._lock = threading.Lock()
        try:
            self._container = av.open(
                self._file, "w", format="mp4", options=MUXER, buffer_size=BUFFER_BYTES
            )
        except (OSError, av.FFmpegError):
            self._file.close()
            raise
        codec = MUXED_AS[start.codec.partition(".")[0]]
        self._base = Fraction(*start.time_base)
        self._stream = self._container.add_mux_stream(
            codec, width=start.width, height=start.height, time_base=self._base
        )
        self._container.start_encoding()
        # Times are told in the file's own ticks: to have the library convert them costs as much
        # as writing the picture does.
        ticks = self._base / (self._stream.time_base or self._base)
        self._ticks, self._per_tick = ticks.numerator, ticks.denominator
        self._first_dts: int | None = None
        self._last_dts = self._last_step = 0
        self._frames = 0
        self._t0_ms: int | None = None

    @property
    def frames(self) -> int:
        """How many pictures it holds."""
        return self._frames

    def write(self, packet: Packet) -> None:
        """Add one picture; raises ``OSError`` when the disk is full or broken."""
        if self._first_dts is None:
            self._first_dts = packet.dts
        elif packet.dts <= self._last_dts:
            return  # a camera that goes backwards is cut by its watcher, not here
        else:
            self._last_step = packet.dts - self._last_dts
        self._last_dts = packet.dts
        offset_ms = self._ms(packet.dts - self._first_dts)
        began_ms = packet.arrived_at_ms - offset_ms
        self._t0_ms = began_ms if self._t0_ms is None else min(self._t0_ms, began_ms)
        coded = av.Packet(packet.data)
        coded.dts = (packet.dts - self._first_dts) * self._ticks // self._per_tick
        coded.pts = (packet.pts - self._first_dts) * self._ticks // self._per_tick
        coded.is_keyframe = packet.is_key
        coded.stream = self._stream
        self._container.mux_one(coded)
        self._frames += 1

    def sync(self) -> None:
        """Ask the disk to keep what is there."""
        with self._lock:
            if not self._file.closed:
                os.fdatasync(self._file.fileno())

    def close(self) -> Written:
        """Finish the file. What cannot be written any more is lost; what was written stays."""
        with suppress(OSError, av.FFmpegError):
            self._container.close()
        with self._lock:
            descriptor = self._file.fileno()
            length = os.fstat(descriptor).st_size
            with self._file, suppress(OSError):
                os.fdatasync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        t0_ms = self._t0_ms or 0
        lasts = self._last_dts - (self._first_dts or 0) + self._last_step
        return Written(t0_ms, t0_ms + self._ms(lasts), length, self._frames)

    def _ms(self, ticks: int) -> int:
        return ticks * self._base.numerator * 1000 // self._base.denominator
