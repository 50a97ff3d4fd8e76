"""What there is of a camera between two moments: found, copied unchanged, its times as subtitles.

The clip's own time follows the wall clock: a gap is shown as long as it was, never skipped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av

from monitor.faults import GapCause
from monitor.recording.archive import measured
from monitor.recording.forgetting import HALL_TIME
from monitor.recording.index.archive_index import ArchiveIndex, Gap, Segment
from monitor.recording.index.tables import SegmentState

UNNOTED_GAP_MS = 1500
"""Less than this between two files is the length of a picture, not a gap."""
MS = Fraction(1, 1000)
CAUSES = {
    GapCause.OFFLINE: "摄像机离线 camera offline",
    GapCause.REFUSED: "摄像机拒绝连接 camera refused",
    GapCause.CLOCK: "时钟校正 clock was set",
    GapCause.DISK: "磁盘空间不足 disk full",
    GapCause.BROKEN: "码流损坏 broken stream",
    GapCause.SCHEDULE: "非录像时段 outside recording hours",
    GapCause.STOPPED: "录像程序停止 recorder stopped",
    GapCause.CRASH: "录像程序异常退出 recorder crashed",
    GapCause.UNKNOWN: "没有录像 not recorded",
}


class ChangedPicture(Exception):  # noqa: N818 - what happened to the camera
    """A camera's codec or size changed within the range: two exports are needed."""

    def __init__(self, at_ms: int) -> None:
        """``at_ms`` is when."""
        at = datetime.fromtimestamp(at_ms / 1000, HALL_TIME).isoformat(timespec="seconds")
        super().__init__(
            f"图像格式在 {at} 改变，请分段导出 the picture changed; export in two parts"
        )


@dataclass(frozen=True)
class Clip:
    """What there is of one camera between two moments, and what is missing."""

    camera: str
    t0_ms: int
    t1_ms: int
    segments: list[Segment]
    gaps: list[Gap]


def find(root: Path, index: ArchiveIndex, camera: str, t0_ms: int, t1_ms: int) -> Clip:
    """The files of a camera between two moments, and every stretch that no file shows."""
    segments = []
    for segment in index.segments([camera], t0_ms, t1_ms):
        if segment.state is SegmentState.OPEN:
            path = root / segment.path
            whole_ms = measured(path).duration_ms if path.is_file() else 0
            segment = replace(segment, t1_ms=segment.t0_ms + whole_ms)  # noqa: PLW2901
        if segment.t1_ms > t0_ms:
            segments.append(segment)
    return Clip(
        camera, t0_ms, t1_ms, segments, list(_missing(index, segments, camera, t0_ms, t1_ms))
    )


def _missing(
    index: ArchiveIndex, segments: list[Segment], camera: str, t0_ms: int, t1_ms: int
) -> Iterator[Gap]:
    noted = index.gaps([camera], t0_ms, t1_ms)
    at_ms = t0_ms
    for begins_ms, ends_ms in [*((one.t0_ms, one.t1_ms) for one in segments), (t1_ms, t1_ms)]:
        if begins_ms - at_ms > UNNOTED_GAP_MS:
            yield Gap(camera, at_ms, begins_ms, _cause(noted, at_ms, begins_ms))
        at_ms = max(at_ms, ends_ms)


def _cause(noted: list[Gap], t0_ms: int, t1_ms: int) -> GapCause:
    """The cause of the noted gap that covers most of a stretch."""

    def shared(gap: Gap) -> int:
        return min(t1_ms, gap.t1_ms or t1_ms) - max(t0_ms, gap.t0_ms)

    longest = max(noted, key=shared, default=None)
    return longest.cause if longest and shared(longest) > 0 else GapCause.UNKNOWN


@dataclass(frozen=True)
class Copied:
    """A clip's pictures in one file."""

    starts_ms: int
    """When its first picture was taken."""
    pictures_sha256: str
    """Over the coded pictures alone, one after another, whatever file they stand in."""


def remux(
    root: Path, clip: Clip, target: Path, tell: Callable[[int], None] = lambda _at_ms: None
) -> Copied:
    """Copy the pictures into one file, from the key frame before the range.

    ``tell`` hears how far it has come.
    """
    began_ms: int | None = None
    pictures = hashlib.sha256()
    with av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as out:
        stream: av.VideoStream | None = None
        first: tuple[str, int, int] | None = None
        last = -1
        for segment in clip.segments:
            with av.open(str(root / segment.path)) as file:
                source = file.streams.video[0]
                shape = (source.codec_context.name, source.width, source.height)
                if stream is None:
                    stream, first = out.add_stream_from_template(source), shape
                elif shape != first:
                    raise ChangedPicture(segment.t0_ms)
                for packet, at_ms in _wanted(file.demux(source), segment, clip):
                    began_ms = at_ms if began_ms is None else began_ms
                    shift = at_ms - began_ms
                    lag = int(((packet.pts or 0) - (packet.dts or 0)) * packet.time_base * 1000)
                    last = max(shift, last + 1)
                    packet.dts, packet.pts, packet.time_base = last, last + lag, MS
                    packet.stream = stream
                    pictures.update(packet)
                    out.mux_one(packet)
            tell(segment.t1_ms)
    return Copied(clip.t0_ms if began_ms is None else began_ms, pictures.hexdigest())


def pictures_sha256(file: Path) -> str:
    """As ``Copied`` has it, of a file's pictures."""
    pictures = hashlib.sha256()
    with av.open(str(file)) as opened:
        for packet in opened.demux(video=0):
            if packet.size:
                pictures.update(packet)
    return pictures.hexdigest()


def _wanted(
    packets: Iterable[av.Packet[av.VideoStream]], segment: Segment, clip: Clip
) -> Iterator[tuple[av.Packet[av.VideoStream], int]]:
    """Pictures of the range with their wall times, from the last key frame before it."""
    early: list[tuple[av.Packet[av.VideoStream], int]] = []
    first: int | None = None
    for packet in packets:
        if packet.dts is None:
            continue
        first = packet.dts if first is None else first
        at_ms = segment.t0_ms + int((packet.dts - first) * packet.time_base * 1000)
        if at_ms >= clip.t1_ms:
            return
        if at_ms < clip.t0_ms:
            early = [(packet, at_ms)] if packet.is_keyframe else [*early, (packet, at_ms)]
            continue
        yield from early
        early = []
        yield packet, at_ms


def cues(clip: Clip, starts_ms: int) -> str:
    """The clip's times as WebVTT, counted from its first picture."""
    lines = ["WEBVTT", ""]
    for gap in clip.gaps:
        told = f"缺失 missing: {CAUSES[gap.cause]}"
        lines += _cue(gap.t0_ms - starts_ms, (gap.t1_ms or clip.t1_ms) - starts_ms, told)
    for at_ms in range(starts_ms, clip.t1_ms, 1000):
        if not any(gap.t0_ms <= at_ms < (gap.t1_ms or clip.t1_ms) for gap in clip.gaps):
            told = datetime.fromtimestamp(at_ms / 1000, HALL_TIME).strftime("%Y-%m-%d %H:%M:%S")
            lines += _cue(at_ms - starts_ms, at_ms - starts_ms + 1000, told)
    return "\n".join(lines)


def _cue(from_ms: int, to_ms: int, told: str) -> list[str]:
    if to_ms <= 0:
        return []

    def stamp(ms: int) -> str:
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

    return [f"{stamp(max(0, from_ms))} --> {stamp(to_ms)}", told, ""]
