"""``python -m monitor.exporting JOB.json``: makes one export and says how far it is.

A program of its own, so that it may be slow, use at most one core, and fall over without taking
the station along. It ends when whoever started it is gone. Until the last line is written there is
no archive under its name: a new start begins anew.

    {"permille":120}          {"made":{…}}          {"failure":"disk"}
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
import sys
import threading
import time
from pathlib import Path

import av
import msgspec

from hall_server.contract.messages.exports import CopyKind, ExportFailure
from monitor.cameras.camera import load_cameras
from monitor.exporting.manifest import EXPORTS, Acts, Job, Made, Word, made_file, zip_file
from monitor.exporting.package import Wanted, export, manifest_sha256
from monitor.recording.archive import INDEX, PURGE_SHARE, RECORDINGS
from monitor.recording.clips import ChangedPicture, Clip, find
from monitor.recording.index.archive_index import ArchiveIndex

NICE = 19
COPIES, COPIES_MASKED = 2, 3
"""What it takes of the disk at most, in lengths of what was recorded."""

log = logging.getLogger(__name__)


def say(word: Word) -> None:
    """To the station."""
    sys.stdout.write(msgspec.json.encode(word).decode() + "\n")
    sys.stdout.flush()


def end_with_parent() -> None:
    """The station holds the other end of our input; when it is gone, so are we."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def has_room(data: Path, clips: list[Clip], *, masked: bool) -> bool:
    """Whether an export leaves the disk enough that no recording has to go for it."""
    length = sum(segment.bytes for clip in clips for segment in clip.segments)
    disk = shutil.disk_usage(data)
    needed = length * (COPIES_MASKED if masked else COPIES)
    return disk.free - needed >= disk.total * PURGE_SHARE


def acts_of(job: Job) -> Acts:
    """As the manifest tells them."""
    asked = job.export
    return Acts(
        export_id=asked.export_id,
        purpose=asked.purpose,
        reason=asked.note,
        asked_by=asked.asked_by,
        asked_at_ms=asked.asked_at,
        approved_by=asked.decided_by,
        approved_at_ms=asked.decided_at,
        approved_seq=asked.decided_seq,
        approval=asked.decision,
    )


def make(job: Job, now_ms: int) -> Word:
    """Make it, or tell why not."""
    asked, data = job.export, Path(job.data)
    stated = {one.id: one for one in load_cameras(Path(job.cameras_file)).cameras}
    index = ArchiveIndex(data / INDEX)
    try:
        root, span = data / RECORDINGS, (asked.begins_at, asked.ends_at)
        clips = [find(root, index, camera, *span) for camera in job.cameras]
        masked = asked.copy is CopyKind.MASKED
        if not any(clip.segments for clip in clips):
            return Word(failure=ExportFailure.NOTHING)
        if not has_room(data, clips, masked=masked):
            return Word(failure=ExportFailure.DISK)
        wanted = Wanted(
            acts=acts_of(job),
            clips=clips,
            cameras=stated,
            masked=masked,
            station=job.station_id,
            window=asked.window_id,
            evidence=job.evidence,
        )
        return Word(made=_packed(data, wanted, index, now_ms))
    except ChangedPicture:
        return Word(failure=ExportFailure.CHANGED)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return Word(failure=ExportFailure.DISK)
    finally:
        index.close()


def _packed(data: Path, wanted: Wanted, index: ArchiveIndex, now_ms: int) -> Made:
    told = -1

    def tell(permille: int) -> None:
        nonlocal told
        if permille // 10 > told // 10:
            told = permille
            say(Word(permille=permille))

    target = zip_file(data, wanted.acts.export_id)
    fresh = target.with_suffix(".part")
    manifest = export(data, wanted, fresh, at_ms=now_ms, index=index, tell=tell)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    fresh.replace(target)
    made = Made(
        sha256=manifest_sha256(target),
        file_sha256=whole,
        bytes=target.stat().st_size,
        gaps=sum(len(clip.gaps) for clip in manifest.clips),
    )
    note = made_file(data, wanted.acts.export_id)
    fresh = note.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(made))
    fresh.replace(note)
    return made


def main(arguments: list[str]) -> int:
    """Make what the file says."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    end_with_parent()
    os.nice(NICE)
    av.logging.set_level(av.logging.PANIC)
    (file,) = arguments
    job = msgspec.json.decode(Path(file).read_bytes(), type=Job)
    clear(Path(job.data), job.export.export_id)
    word = make(job, time.time_ns() // 1_000_000)
    if word.made is None:
        clear(Path(job.data), job.export.export_id)
    say(word)
    return 0


def clear(data: Path, export_id: int) -> None:
    """Take away what an earlier try has left."""
    for left in (data / EXPORTS).glob(f"{export_id}.*"):
        if left.suffixes[-2:] != [".job", ".json"]:
            left.unlink()
    for left in (data / EXPORTS).glob("export-*"):
        shutil.rmtree(left, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
