"""Checks an export and names what does not fit: its own files, its chain, and the hall's ledger.

What an archive says of itself proves only that nothing was changed since; that a hall has sealed
and approved it is proved by the hall's key, held from elsewhere, and by its ledger.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import av
import msgspec

from monitor.exporting import chain as links
from monitor.exporting.manifest import APPROVED, ASKED, CHAIN, MANIFEST, Chain, Manifest
from monitor.recording.clips import pictures_sha256

VERIFY = Path(__file__).resolve().parents[2] / "hall-verify"
VERIFY_S = 600


class Verdict(IntEnum):
    """As ``hall-verify`` ends."""

    TRUE = 0
    WRONG = 1
    CANNOT_TELL = 2


@dataclass(frozen=True)
class Remark:
    """What does not fit, or cannot be told; a sentence in both languages."""

    verdict: Verdict
    sentence: str


class Event(msgspec.Struct, frozen=True):
    """As much of an event of the ledger as is compared."""

    type: str
    seq: int
    actor: str = ""
    export_id: int = 0
    note: str = ""
    begins_at: int = 0
    ends_at: int = 0
    purpose: str = ""
    sha256: str = ""
    place: int = 0
    chain: str = ""
    station_id: str = ""


def check(file: Path, key: str = "", ledger: Path | None = None) -> list[Remark]:
    """Everything that does not fit, or cannot be told; an empty list is good."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(file) as packed:
                packed.extractall(folder)
            root = Path(folder)
            manifest = msgspec.json.decode((root / MANIFEST).read_bytes(), type=Manifest)
            chain = msgspec.json.decode((root / CHAIN).read_bytes(), type=Chain)
        except (OSError, zipfile.BadZipFile, msgspec.DecodeError) as error:
            return [_wrong(f"无法读取 cannot be read: {error}")]
        return [
            *_files(root, manifest),
            *_pictures(root, manifest),
            *_chain(manifest, chain),
            *_acts(root, manifest, key),
            *(_ledger(root, manifest, ledger, key) if ledger else ()),
        ]


def verdict(remarks: list[Remark]) -> Verdict:
    """The worst of them: what is wrong weighs more than what cannot be told."""
    found = {one.verdict for one in remarks}
    return next((one for one in (Verdict.WRONG, Verdict.CANNOT_TELL) if one in found), Verdict.TRUE)


def _wrong(sentence: str) -> Remark:
    return Remark(Verdict.WRONG, sentence)


def _open(sentence: str) -> Remark:
    return Remark(Verdict.CANNOT_TELL, sentence)


def _files(root: Path, manifest: Manifest) -> Iterator[Remark]:
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(manifest.files.keys() - there):
        yield _wrong(f"{name}: 缺少 is missing")
    for name in sorted(there - manifest.files.keys()):
        yield _wrong(f"{name}: 清单中没有 is not in the manifest")
    for name in sorted(there & manifest.files.keys()):
        with (root / name).open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != manifest.files[name]:
                yield _wrong(f"{name}: 内容被改动 was changed")


def _pictures(root: Path, manifest: Manifest) -> Iterator[Remark]:
    """Of what was copied unchanged; a derived copy is another film by its nature."""
    for clip in manifest.clips:
        if clip.file and manifest.files.get(clip.file) != clip.sha256:
            yield _wrong(f"{clip.file}: 清单自相矛盾 the manifest contradicts itself")
        if clip.file and not clip.derived and (root / clip.file).is_file():
            try:
                found = pictures_sha256(root / clip.file)
            except av.FFmpegError as error:
                yield _wrong(f"{clip.file}: 无法播放 cannot be played: {error}")
                continue
            if found != clip.pictures_sha256:
                yield _wrong(f"{clip.file}: 画面与清单不符 its pictures are not those recorded")


def _chain(manifest: Manifest, chain: Chain) -> Iterator[Remark]:
    yield from (_wrong(fault) for fault in links.faults(manifest, chain))
    for clip in manifest.clips:
        for part in clip.segments:
            if part.place is None:
                yield _open(f"{part.path}: 导出时尚未封存 was not sealed yet when exported")


def _acts(root: Path, manifest: Manifest, key: str) -> Iterator[Remark]:
    acts = manifest.acts
    if not acts.export_id:
        yield _open("由本机命令制作，没有申请和批准 made by a command: nobody asked or approved")
        return
    if not key:
        yield _open("没有给出大厅公钥（--key） the hall's key was not given (--key)")
    span = {"begins_at": manifest.t0_ms, "ends_at": manifest.t1_ms, "purpose": acts.purpose}
    asked = {"seq": acts.export_id, "note": acts.reason, "actor": f"staff:{acts.asked_by}", **span}
    approved = {
        "seq": acts.approved_seq,
        "note": acts.approval,
        "actor": f"staff:{acts.approved_by}",
        "export_id": acts.export_id,
    }
    if acts.asked_by == acts.approved_by:
        yield _wrong("申请人与批准人相同 one person asked and approved")
    yield from _act(root, ASKED, "export.asked", asked, key)
    yield from _act(root, APPROVED, "export.approved", approved, key)


def _act(root: Path, name: str, kind: str, wanted: dict[str, object], key: str) -> Iterator[Remark]:
    body, proof = root / f"{name}.json", root / f"{name}.tlog-proof"
    if not (body.is_file() and proof.is_file()):
        yield _open(f"{kind}: 包内没有台账证明 the archive holds no proof of it")
        return
    try:
        event = msgspec.json.decode(body.read_bytes(), type=Event)
    except msgspec.DecodeError as error:
        yield _wrong(f"{kind}: 台账原文无法读取 its words cannot be read: {error}")
        return
    if event.type != kind:
        yield _wrong(f"{name}.json: 不是 is not {kind}")
    for field, value in wanted.items():
        if getattr(event, field) != value:
            yield _wrong(f"{kind}: {field} 与清单不符 is not what the manifest says")
    if key:
        yield from _verified(kind, "proof", str(proof), "--body", str(body), "--key", key)


def _verified(what: str, *words: str) -> Iterator[Remark]:
    """What ``hall-verify`` says, unless it says that all is well."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(VERIFY), *words],
        capture_output=True,
        text=True,
        timeout=VERIFY_S,
        check=False,
    )
    if done.returncode:
        told = " ".join((done.stdout or done.stderr).split())
        wrong = done.returncode == Verdict.WRONG
        yield Remark(Verdict.WRONG if wrong else Verdict.CANNOT_TELL, f"{what}: {told}")


def _ledger(root: Path, manifest: Manifest, folder: Path, key: str) -> Iterator[Remark]:
    """Whether the hall's ledger, exported, tells of this very manifest and of its seal."""
    if key:
        yield from _verified("台账 ledger", "export", str(folder), "--key", key)
    sha256 = hashlib.sha256((root / MANIFEST).read_bytes()).hexdigest()
    events = [*_events(folder, "export.made", "recording.sealed")]
    made = [one.sha256 for one in events if one.export_id == manifest.acts.export_id]
    if manifest.acts.export_id and not made:
        yield _open("台账导出中没有制作记录 the ledger's export does not tell that it was made")
    elif made and sha256 not in made:
        yield _wrong("清单与台账记录的哈希不符 the manifest is not the one in the ledger")
    seal = manifest.sealed
    if seal is None:
        return
    heads = {one.chain for one in events if one.place == seal.place and one.chain}
    if not heads:
        yield _open(f"台账导出中没有第 {seal.place} 环的封存 the ledger has no such seal")
    elif seal.chain not in heads:
        yield _wrong(f"第 {seal.place} 环与台账封存不符 is sealed as another in the ledger")


def _events(folder: Path, *kinds: str) -> Iterator[Event]:
    for path in sorted((folder / "events").glob("*.ndjson")):
        with path.open("rb") as lines:
            for line in lines:
                if any(f'"{kind}"'.encode() in line for kind in kinds):
                    event = msgspec.json.decode(line, type=Event)
                    if event.type in kinds:
                        yield event
