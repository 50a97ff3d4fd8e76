"""What becomes of one camera's packets: files for the archive, streams and pictures for readers.

A new file begins at the first key frame of each minute, whenever a run begins, and when the hour to
record comes; the file before it ends there. Whatever the disk does, live pictures go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import av

from monitor.cameras.camera import Camera, Schedule, ZoneKind
from monitor.cameras.stills import KeyFrame, StillDecoder
from monitor.faults import CameraFault, GapCause
from monitor.feed.packets import Packet, Quality, StreamEnd, StreamStart
from monitor.feed.server import Feed
from monitor.recording.archive import Archive, OpenSegment, Room
from monitor.recording.index.archive_index import IndexFault

SEGMENT_MS = 60_000
DISK_RETRY_MS = 10_000

log = logging.getLogger(__name__)


def clock_is_synchronised() -> bool:
    """Whether the machine's time service says so."""
    return Path("/run/systemd/timesync/synchronized").exists()


class Recording:
    """One camera. Called by its watchers, main and sub, each holding its own lock."""

    def __init__(
        self, camera: Camera, archive: Archive, feed: Feed, is_hour: Callable[[int], bool]
    ) -> None:
        """``is_hour`` says whether a moment is to be recorded by the opening calendar."""
        self._camera, self._archive, self._feed, self._is_hour = camera, archive, feed, is_hour
        self._start: StreamStart | None = None
        self._open: OpenSegment | None = None
        self._minute = -1
        self._retry_mono_ms = 0
        self._hindered_by: GapCause | None = None
        self._decoder: StillDecoder | None = None
        self._seen_by = Quality.SUB if camera.sub_address else Quality.MAIN
        self._masks = camera.polygons(ZoneKind.MASK)

    def is_awaited(self, quality: Quality) -> bool:
        """Whether somebody reads the stream as it comes."""
        return self._feed.wants(self._camera.id, quality)

    def started(self, start: StreamStart) -> None:
        """A run begins."""
        if start.quality is Quality.MAIN:
            self._start, self._minute = start, -1
        if start.quality is self._seen_by:
            self._decoder = StillDecoder(start.codec)
        self._feed.started(start)

    def packet(self, packet: Packet) -> None:
        """Record it, give it on, and look at it where somebody wants pictures."""
        if packet.quality is Quality.MAIN:
            self._record(packet)
        self._feed.packet(packet)
        if packet.is_key and packet.quality is self._seen_by:
            self._look(packet)

    def ended(self, end: StreamEnd) -> None:
        """The run is over; so is its file."""
        if end.quality is Quality.MAIN:
            self._close(GapCause(end.cause))
            self._start = None
        self._feed.ended(end)

    def unheard(self, quality: Quality, fault: CameraFault, at_ms: int) -> None:
        """Nothing can be heard: a gap from here, unless one is open already."""
        if quality is Quality.MAIN:
            self._gap(at_ms, fault.cause)

    def _gap(self, at_ms: int, cause: GapCause) -> None:
        if self._camera.schedule is Schedule.NEVER:
            return
        try:
            self._archive.index.gap_began(self._camera.id, at_ms, cause)
        except IndexFault as error:
            log.warning("%s: %s", self._camera.id, error)

    def _look(self, packet: Packet) -> None:
        """Decode this one picture, if anybody wants pictures of the camera."""
        if self._decoder and self._feed.wants(packet.camera, None):
            picture = self._decoder.picture(packet.data, self._masks)
            if picture is not None:
                frame = KeyFrame(packet.camera, packet.arrived_at_ms, picture)
                self._feed.still(frame.still)

    def _record(self, packet: Packet) -> None:
        minute = packet.arrived_at_ms // SEGMENT_MS
        if packet.is_key and (minute != self._minute or not self._open):
            self._turn(packet, minute)
        if self._open:
            try:
                self._open.writer.write(packet)
            except (OSError, av.FFmpegError) as error:
                self._refused(packet, error)

    def _turn(self, packet: Packet, minute: int) -> None:
        """Begin a file at this key frame, if one is to be; the one before ends."""
        cause = self._hindered(packet)
        self._close(cause)
        if cause is not self._hindered_by:
            self._hindered_by = cause
            if cause:
                self._gap(packet.arrived_at_ms, cause)
        if cause or self._start is None or packet.monotonic_ms < self._retry_mono_ms:
            return
        try:
            self._open = self._archive.begin(self._start, packet.arrived_at_ms)
            if self._minute == -1:
                self._note_run(packet)
            self._minute = minute
        except (OSError, av.FFmpegError, IndexFault) as error:
            self._refused(packet, error)

    def _hindered(self, packet: Packet) -> GapCause | None:
        """Why nothing is recorded now."""
        match self._camera.schedule:
            case Schedule.NEVER:
                return GapCause.SCHEDULE
            case Schedule.OPENING if not self._is_hour(packet.arrived_at_ms):
                return GapCause.SCHEDULE
            case _:
                return GapCause.DISK if self._archive.room is Room.FULL else None

    def _refused(self, packet: Packet, error: Exception) -> None:
        log.warning("%s: 无法录像 cannot record: %s", self._camera.id, error)
        self._retry_mono_ms = packet.monotonic_ms + DISK_RETRY_MS
        is_disk = isinstance(error, OSError | IndexFault)
        self._close(GapCause.DISK if is_disk else GapCause.BROKEN)

    def _close(self, cause: GapCause | None) -> None:
        opened, self._open = self._open, None
        if opened:
            self._archive.end(opened, cause)

    def _note_run(self, packet: Packet) -> None:
        if self._start:
            self._archive.index.run_began(
                self._start,
                packet.arrived_at_ms,
                packet.monotonic_ms,
                clock_synchronised=clock_is_synchronised(),
            )
