"""Packs clips into one archive: see ``manifest.py`` for what is in it.

Nothing is coded anew unless a masked copy is wanted. What it needs of the disk besides the archive
itself is one camera's pictures at a time.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from monitor.cameras.camera import Camera, ZoneKind
from monitor.exporting.chain import chain_of
from monitor.exporting.derived import Marking, derive
from monitor.exporting.manifest import (
    APPROVED,
    ASKED,
    CHAIN,
    MANIFEST,
    README,
    Acts,
    Evidence,
    Exported,
    Manifest,
    Missing,
    Part,
)
from monitor.exporting.readme import readme
from monitor.recording.archive import RECORDINGS
from monitor.recording.clips import Clip, Copied, cues, remux
from monitor.recording.index.archive_index import ArchiveIndex, Segment

COPYING_SHARE = 0.1
"""Of the work on a masked copy: the rest is coding anew."""


@dataclass(frozen=True)
class Wanted:
    """What is to be packed."""

    acts: Acts
    clips: list[Clip]
    cameras: dict[str, Camera]
    masked: bool = False
    station: str = ""
    window: str = ""
    evidence: Evidence = field(default_factory=Evidence)


class Packing:
    """One archive on its way. ``tell`` hears how far it has come, in thousandths."""

    def __init__(
        self,
        data: Path,
        wanted: Wanted,
        packed: zipfile.ZipFile,
        folder: Path,
        tell: Callable[[int], None] = lambda _permille: None,
    ) -> None:
        """``folder`` is for one camera's pictures at a time."""
        self._root, self._wanted, self._packed = data / RECORDINGS, wanted, packed
        self._folder, self._tell = folder, tell
        self._files: dict[str, str] = {}

    def pack(self, index: ArchiveIndex, at_ms: int) -> Manifest:
        """Write everything; the manifest comes last, for it names the rest."""
        wanted = self._wanted
        clips = [self._clip(number, clip) for number, clip in enumerate(wanted.clips)]
        parts = [part for clip in clips for part in clip.segments]
        index.make_seal(at_ms)
        chain = chain_of(index, parts, wanted.station)
        self._write(CHAIN, _json(chain))
        evidence = wanted.evidence
        for name, body, proof in (
            (ASKED, evidence.asked_body, evidence.asked_proof),
            (APPROVED, evidence.approved_body, evidence.approved_proof),
        ):
            if body and proof:
                self._write(f"{name}.json", body.encode())
                self._write(f"{name}.tlog-proof", proof.encode())
        manifest = Manifest(
            t0_ms=min(clip.t0_ms for clip in wanted.clips),
            t1_ms=max(clip.t1_ms for clip in wanted.clips),
            exported_at_ms=at_ms,
            acts=wanted.acts,
            masked=wanted.masked,
            clips=clips,
            sealed=chain.sealed,
            verifier_key=evidence.verifier_key,
            files=self._files,
        )
        self._write(README, readme(manifest).encode())
        self._packed.writestr(MANIFEST, _json(manifest))
        return manifest

    def _clip(self, number: int, clip: Clip) -> Exported:
        masked = self._wanted.masked
        name, copied = "", Copied(clip.t0_ms, "")
        starts_ms = clip.t0_ms
        if clip.segments:
            plain = self._folder / f"{clip.camera}.mp4"
            share = COPYING_SHARE if masked else 1.0
            copied = remux(self._root, clip, plain, self._teller(number, clip, 0.0, share))
            name, starts_ms = plain.name, copied.starts_ms
            if masked:
                name, starts_ms = f"{clip.camera}-derived.mp4", clip.t0_ms
                self._derive(number, clip, plain, copied.starts_ms)
                plain.unlink()
            self._add(self._folder / name)
        self._write(f"{clip.camera}.vtt", cues(clip, starts_ms).encode())
        camera = self._wanted.cameras.get(clip.camera)
        return Exported(
            camera=clip.camera,
            camera_purpose=camera.purpose.value if camera else "",
            file=name,
            sha256=self._files.get(name, ""),
            derived=masked and bool(name),
            pictures_sha256=copied.pictures_sha256,
            starts_ms=starts_ms,
            segments=[_part(segment) for segment in clip.segments],
            gaps=[
                Missing(t0_ms=gap.t0_ms, t1_ms=gap.t1_ms or clip.t1_ms, cause=gap.cause)
                for gap in clip.gaps
            ],
        )

    def _derive(self, number: int, clip: Clip, plain: Path, starts_ms: int) -> None:
        camera = self._wanted.cameras.get(clip.camera)
        place = " ".join(word for word in (self._wanted.window, clip.camera) if word)
        marking = Marking(
            masks=camera.polygons(ZoneKind.MASK) if camera else (),
            place=place,
            number=self._wanted.acts.export_id,
        )
        derive(
            plain,
            self._folder / f"{clip.camera}-derived.mp4",
            marking,
            starts_ms=starts_ms,
            from_ms=clip.t0_ms,
            tell=self._teller(number, clip, COPYING_SHARE, 1.0),
        )

    def _teller(self, number: int, clip: Clip, begins: float, ends: float) -> Callable[[int], None]:
        """Of one camera's work the part between two shares, by the moment it has come to."""
        length_ms = max(1, clip.t1_ms - clip.t0_ms)

        def tell(at_ms: int) -> None:
            done = min(1.0, max(0.0, (at_ms - clip.t0_ms) / length_ms))
            whole = number + begins + (ends - begins) * done
            self._tell(int(1000 * whole / len(self._wanted.clips)))

        return tell

    def _add(self, file: Path) -> None:
        with file.open("rb") as opened:
            self._files[file.name] = hashlib.file_digest(opened, "sha256").hexdigest()
        self._packed.write(file, file.name)
        file.unlink()

    def _write(self, name: str, content: bytes) -> None:
        self._files[name] = hashlib.sha256(content).hexdigest()
        self._packed.writestr(name, content)


def export(
    data: Path,
    wanted: Wanted,
    target: Path,
    *,
    at_ms: int,
    index: ArchiveIndex,
    tell: Callable[[int], None] = lambda _permille: None,
) -> Manifest:
    """Write one archive to ``target``, which must not be there yet."""
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix="export-") as folder,
        zipfile.ZipFile(target, "x") as packed,
    ):
        return Packing(data, wanted, packed, Path(folder), tell).pack(index, at_ms)


def manifest_sha256(file: Path) -> str:
    """Of the manifest inside: what the ledger holds."""
    with zipfile.ZipFile(file) as packed:
        return hashlib.sha256(packed.read(MANIFEST)).hexdigest()


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value))


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
