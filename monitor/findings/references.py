"""Pictures of the empty seat (空座参考): taken by one person, approved by another, with hashes.

    <data>/references/<camera>/<light>-<at>.png    the picture, grey, as the analyser compares it
    <data>/references/<camera>/<light>-<at>.json   who took it and when, its hash, who approved it

A false reference is the one thing that could make the analyser accuse somebody, so whoever says
座位现在无人 is not the one who approves, and a file that does not hash to its note is not used.
Nor is one that was taken for other zones: its masks were painted elsewhere, and nobody has looked
whether the seat that is watched now was empty then.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np
from msgspec import Struct

from hall_server.contract.messages.base import Identifier
from hall_server.contract.messages.supervision import Sha256, Still
from monitor.analysis.picture import Frame
from monitor.cameras.camera import PictureZone, ZoneKind

FRAMES_LEAST = 5
PARTS = 8
"""Across and down."""
UNLIKE_LEVEL = 24
"""Grey levels by which a point is clearly another, the grain smoothed away."""


class UnfitReferenceError(Exception):
    """A reference cannot be taken, approved or used; the message says why, in both languages."""


class ReferenceNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a reference besides the picture."""

    camera_id: Identifier
    light: Identifier
    """``morning``, ``noon``, ``lamps``, ``infrared`` … as the site calls it."""
    at: int
    taken_by: str
    sha256: Sha256
    approved_by: str = ""
    approved_at: int = 0
    reference_id: int = 0
    """By which the hall knows it; 0: one that was taken by command, or drawn."""
    differs: int = 0
    """By how much a part of it is unlike the one approved before, in thousandths."""
    is_refused: bool = False
    zones: str = ""
    """The camera's zones when it was taken, see ``mark_of``; empty: not known."""

    @property
    def name(self) -> str:
        """Of the picture, below the references' folder."""
        return f"{self.camera_id}/{self.light}-{self.at}.png"


@dataclass(frozen=True, eq=False)
class Reference:
    """A picture with its note."""

    note: ReferenceNote
    frame: Frame

    @property
    def still(self) -> Still:
        """As evidence names it."""
        name = f"references/{self.note.name}"
        return Still(at=self.note.at, name=name, sha256=self.note.sha256)


def mark_of(zones: Sequence[PictureZone]) -> str:
    """Alike for the same zones in any order; the counter is compared with nothing."""
    seen = [one for one in zones if one.kind is not ZoneKind.COUNTER]
    told = sorted(msgspec.json.encode((one.kind, one.polygon)) for one in seen)
    return hashlib.sha256(b"\n".join(told)).hexdigest()


def fits(note: ReferenceNote, mark: str) -> bool:
    """Whether it was taken for these zones, as far as that is known."""
    return not mark or note.zones in ("", mark)


def adopt(folder: Path, camera_id: str, mark: str) -> None:
    """Those of an earlier release do not say for which zones they were taken: for those of now."""
    for note in notes(folder, camera_id):
        if not note.zones:
            _write_note(folder, msgspec.structs.replace(note, zones=mark))


def take(
    folder: Path,
    camera_id: str,
    light: str,
    frames: Sequence[Frame],
    at: int,
    taken_by: str,
    *,
    reference_id: int = 0,
    zones: str = "",
) -> ReferenceNote:
    """Keep the median of some key frames: whoever walked through is in none of it."""
    if len(frames) < FRAMES_LEAST:
        raise UnfitReferenceError(
            f"至少需要 {FRAMES_LEAST} 帧画面 at least {FRAMES_LEAST} key frames"
        )
    middle = np.median(np.stack(frames), axis=0).astype(np.uint8)
    content = encoded(middle)
    note = msgspec.convert(
        {
            "camera_id": camera_id,
            "light": light,
            "at": at,
            "taken_by": taken_by,
            "sha256": hashlib.sha256(content).hexdigest(),
            "reference_id": reference_id,
            "differs": _differs(folder, camera_id, middle),
            "zones": zones,
        },
        ReferenceNote,
    )
    (folder / camera_id).mkdir(parents=True, exist_ok=True)
    _write(folder / note.name, content)
    _write_note(folder, note)
    return note


def encoded(frame: Frame) -> bytes:
    """A picture as it is kept."""
    done, content = cv2.imencode(".png", frame)
    if not done:
        raise UnfitReferenceError("画面无法保存 the picture cannot be encoded")
    return content.tobytes()


def approve(folder: Path, camera_id: str, light: str, approved_by: str, at: int) -> ReferenceNote:
    """A second person has looked at the newest picture of that light: nobody is in it."""
    waiting = [note for note in notes(folder, camera_id) if note.light == light]
    if not waiting:
        raise UnfitReferenceError("没有这样的参考画面 there is no such reference")
    note = max(waiting, key=lambda one: one.at)
    if not approved_by or approved_by == note.taken_by:
        raise UnfitReferenceError("须由另一人核准 somebody else must approve it")
    _read(folder, note)
    approved = msgspec.structs.replace(note, approved_by=approved_by, approved_at=at)
    _write_note(folder, approved)
    return approved


def settle(folder: Path, note: ReferenceNote, approved_by: str, at: int) -> None:
    """The hall has heard a second person approve this very one. Raises UnfitReferenceError."""
    _read(folder, note)
    _write_note(folder, msgspec.structs.replace(note, approved_by=approved_by, approved_at=at))


def refuse(folder: Path, note: ReferenceNote) -> None:
    """It is not used, or no more."""
    _write_note(folder, msgspec.structs.replace(note, is_refused=True))


def difference(one: Frame, other: Frame) -> int:
    """How many thousandths are clearly unlike in the part where the most are.

    Somebody in the seat changes little of the picture, and most of a part of it.
    """
    blurred = [cv2.GaussianBlur(frame, (9, 9), 0) for frame in (one, other)]
    unlike = (cv2.absdiff(*blurred) > UNLIKE_LEVEL).astype(np.float32)
    parts = cv2.resize(unlike, (PARTS, PARTS), interpolation=cv2.INTER_AREA)
    return round(float(parts.max()) * 1000)


def _differs(folder: Path, camera_id: str, frame: Frame) -> int:
    """From the most alike of those in use; 0 where there is none."""
    try:
        known = approved(folder, camera_id)
    except UnfitReferenceError:
        return 0
    same = [one.frame for one in known if one.frame.shape == frame.shape]
    return min((difference(one, frame) for one in same), default=0)


def approved(folder: Path, camera_id: str, mark: str = "") -> list[Reference]:
    """The newest approved picture of each light, of those that fit the zones of this mark.

    Raises UnfitReferenceError for one that was changed since.
    """
    newest: dict[str, ReferenceNote] = {}
    for note in notes(folder, camera_id):
        is_used = note.approved_by and not note.is_refused and fits(note, mark)
        if is_used and note.at >= newest.get(note.light, note).at:
            newest[note.light] = note
    return [Reference(note, _read(folder, note)) for note in newest.values()]


def notes(folder: Path, camera_id: str) -> list[ReferenceNote]:
    """All that were taken for a camera, oldest first."""
    found = [
        msgspec.json.decode(path.read_bytes(), type=ReferenceNote)
        for path in (folder / camera_id).glob("*.json")
    ]
    return sorted(found, key=lambda note: note.at)


def _read(folder: Path, note: ReferenceNote) -> Frame:
    try:
        content = (folder / note.name).read_bytes()
    except OSError as error:
        raise UnfitReferenceError(f"参考画面缺失 the picture is missing: {note.name}") from error
    if hashlib.sha256(content).hexdigest() != note.sha256:
        raise UnfitReferenceError(f"参考画面被改动 the picture was changed: {note.name}")
    frame = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    if frame is None:
        raise UnfitReferenceError(f"参考画面无法读取 the picture cannot be read: {note.name}")
    return np.asarray(frame, np.uint8)


def _write_note(folder: Path, note: ReferenceNote) -> None:
    _write((folder / note.name).with_suffix(".json"), msgspec.json.encode(note))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
