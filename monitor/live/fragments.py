"""A camera's packets as browsers play them: fragmented MP4, made without decoding anything.

    ftyp moov │ moof mdat │ moof mdat │ …    a fragment holds about a tenth of a second

A fragment leaves with the picture after it, and at every key frame, so that whoever comes later can
begin there. Each knows when its first picture was taken and where on the stream's own scale.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import av

from monitor.feed.packets import Packet, StreamStart
from monitor.recording.fragments import boxes
from monitor.recording.segments import MUXED_AS

BUNDLE_US = 100_000
MUXER = {
    # delay_moov: the decoder's configuration is taken from the first key frame.
    "movflags": "delay_moov+empty_moov+default_base_moof+frag_keyframe",
    "frag_duration": str(BUNDLE_US),
    "flush_packets": "1",
}


@dataclass(frozen=True)
class Fragment:
    """Some pictures that belong together; one that ``is_key`` can be played without any before."""

    at_ms: int
    """When its first picture was taken, UTC."""
    media_ms: int
    """Where its first picture stands in the stream, counted from the stream's beginning."""
    is_key: bool
    data: bytes


class _Written:
    """What the library writes, kept until it is taken."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        """As files have it; this one cannot be wound back, so that nothing is rewritten."""
        self._data += data
        return len(data)

    def take(self) -> bytes:
        """All that has come since it was last taken."""
        taken = bytes(self._data)
        self._data.clear()
        return taken


def is_playable(start: StreamStart) -> bool:
    """Whether browsers can be given this stream at all; JPEG pictures are no video to them."""
    return not start.codec.startswith("mjpeg")


class LiveMuxer:
    """One run of one camera; ``add`` raises ``FFmpegError`` for what no player could be given."""

    def __init__(self, start: StreamStart) -> None:
        """Nothing is written before the first key frame."""
        self.start = start
        self.head = b""
        """What a player is given first; empty until the first fragment is there."""
        self._written = _Written()
        self._container = av.open(self._written, "w", format="mp4", options=MUXER)
        self._base = Fraction(*start.time_base)
        self._stream = self._container.add_mux_stream(
            MUXED_AS[start.codec.partition(".")[0]],
            width=start.width,
            height=start.height,
            time_base=self._base,
        )
        self._first_dts = self._last_dts = 0
        self._pending: Packet | None = None

    def add(self, packet: Packet) -> Fragment | None:
        """Take one picture; the fragment before it, if that is complete now."""
        if self._pending is None:
            if not packet.is_key:
                return None
            self._pending = packet
            self._first_dts = packet.dts
        elif packet.dts <= self._last_dts:
            return None
        self._last_dts = packet.dts
        coded = av.Packet(packet.data)
        coded.dts = packet.dts - self._first_dts
        coded.pts = packet.pts - self._first_dts
        coded.time_base = self._base
        coded.is_keyframe = packet.is_key
        coded.stream = self._stream
        self._container.mux_one(coded)
        written = self._written.take()
        if not written:
            return None
        begins = next(box.start for box in boxes(written, 0, len(written)) if box.kind == b"moof")
        self.head = self.head or written[:begins]
        first, self._pending = self._pending, packet
        media_ms = int((first.pts - self._first_dts) * self._base * 1000)
        return Fragment(first.arrived_at_ms, media_ms, first.is_key, written[begins:])

    def close(self) -> None:
        """Let the library go; what it still writes is nobody's."""
        with suppress(OSError, av.FFmpegError):
            self._container.close()
