"""``python -m monitor.clip``: what a window's cameras recorded between two moments, as one archive.

    <camera>.mp4     the pictures as the camera coded them, nothing coded anew
    <camera>.vtt     for each second its time of day; for each gap, why pictures are missing
    manifest.json    which recorded files they are from, with hashes and places in the chain

The clip's own time follows the wall clock: a gap is shown as long as it was, never skipped.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import av
import msgspec
from msgspec import Struct

from hall_server.contract.version import VERSION
from monitor.cameras.camera import load_cameras
from monitor.faults import GapCause
from monitor.recording.archive import INDEX, RECORDINGS, measured
from monitor.recording.index.archive_index import ArchiveIndex, Gap, Segment
from monitor.recording.index.tables import SegmentState

UNNOTED_GAP_MS = 1500
"""Less than this between two files is the length of a picture, not a gap."""
MS = Fraction(1, 1000)
HALL_TIME = timezone(timedelta(hours=8))
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


class Part(Struct, frozen=True, kw_only=True):
    """A file of the archive that a clip is from. ``sha256`` is empty while it is being written."""

    path: str
    t0_ms: int
    t1_ms: int
    sha256: str
    place: int | None
    chain: str
    recovered: bool


class Missing(Struct, frozen=True, kw_only=True):
    """A stretch without pictures."""

    t0_ms: int
    t1_ms: int
    cause: GapCause


class Exported(Struct, frozen=True, kw_only=True):
    """One camera's part of an export."""

    camera: str
    file: str
    sha256: str
    segments: list[Part]
    gaps: list[Missing]


class Manifest(Struct, frozen=True, kw_only=True):
    """What an export holds, for whoever is given it."""

    t0_ms: int
    t1_ms: int
    exported_at_ms: int
    exported_by: str
    reason: str
    clips: list[Exported]
    version: str = VERSION


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


def remux(root: Path, clip: Clip, target: Path) -> int:
    """Copy the pictures into one file, from the key frame before the range; when that was."""
    began_ms: int | None = None
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
                    out.mux_one(packet)
    return clip.t0_ms if began_ms is None else began_ms


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


def export(
    data: Path, clips: list[Clip], target: Path, *, by: str, reason: str, at_ms: int
) -> Manifest:
    """Write clips and manifest into one zip; nothing is coded anew."""
    root, told = data / RECORDINGS, []
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as folder,
        zipfile.ZipFile(target, "x") as packed,
    ):
        for clip in clips:
            file = Path(folder, f"{clip.camera}.mp4")
            sha256, starts_ms = "", clip.t0_ms
            if clip.segments:
                starts_ms = remux(root, clip, file)
                with file.open("rb") as video:
                    sha256 = hashlib.file_digest(video, "sha256").hexdigest()
                packed.write(file, file.name)
            packed.writestr(f"{clip.camera}.vtt", cues(clip, starts_ms))
            told.append(
                Exported(
                    camera=clip.camera,
                    file=file.name if clip.segments else "",
                    sha256=sha256,
                    segments=[_part(segment) for segment in clip.segments],
                    gaps=[
                        Missing(t0_ms=gap.t0_ms, t1_ms=gap.t1_ms or clip.t1_ms, cause=gap.cause)
                        for gap in clip.gaps
                    ],
                )
            )
        manifest = Manifest(
            t0_ms=min(clip.t0_ms for clip in clips),
            t1_ms=max(clip.t1_ms for clip in clips),
            exported_at_ms=at_ms,
            exported_by=by,
            reason=reason,
            clips=told,
        )
        packed.writestr("manifest.json", msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _part(segment: Segment) -> Part:
    return Part(
        path=segment.path,
        t0_ms=segment.t0_ms,
        t1_ms=segment.t1_ms,
        sha256=segment.sha256,
        place=segment.place,
        chain=segment.chain,
        recovered=segment.recovered,
    )


def moment(text: str) -> int:
    """``2026-11-28T09:00:00`` on the hall's wall clock, or with an offset of its own; in ms."""
    told = datetime.fromisoformat(text)
    return int((told if told.tzinfo else told.replace(tzinfo=HALL_TIME)).timestamp() * 1000)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.clip", description=__doc__)
    parser.add_argument("window", help="a window's identifier")
    parser.add_argument("begin", type=moment)
    parser.add_argument("end", type=moment)
    parser.add_argument("target", type=Path, help="the zip to write; it must not be there yet")
    parser.add_argument("--cameras", type=Path, required=True, help="TOML file of the cameras")
    parser.add_argument("--data", type=Path, default=Path("data/monitor-1"))
    parser.add_argument("--by", default="console", help="who exports")
    parser.add_argument("--reason", required=True, help="why; stands in the manifest")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Export what a window's cameras recorded."""
    options = parse(arguments)
    stated = load_cameras(options.cameras).cameras
    cameras = [camera.id for camera in stated if options.window in camera.windows]
    if not cameras or options.end <= options.begin:
        sys.stderr.write("✗ 没有摄像机或时段无效 no such camera, or no such stretch of time\n")
        return 1
    index = ArchiveIndex(options.data / INDEX)
    root = options.data / RECORDINGS
    clips = [find(root, index, camera, options.begin, options.end) for camera in cameras]
    index.close()
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    try:
        export(
            *(options.data, clips, options.target),
            by=options.by,
            reason=options.reason,
            at_ms=now_ms,
        )
    except ChangedPicture as changed:
        options.target.unlink()
        sys.stderr.write(f"✗ {changed}\n")
        return 1
    sys.stdout.write(f"{options.target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
