"""``python -m monitor.taking``: 座位现在无人 — ask for a reference picture, and approve one.

    python -m monitor.taking ask     --data DATA --camera camera-1 --light noon --by 张三
    python -m monitor.taking approve --data DATA --camera camera-1 --light noon --by 李四
    python -m monitor.taking list    --data DATA --camera camera-1

``ask`` leaves a word for the running analyser, which takes the next key frames of that camera. The
picture is used only after a second person has looked at it and approved.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from hall_server.contract.messages.base import Identifier
from monitor.analysis.picture import Frame
from monitor.cameras.stills import KeyFrame
from monitor.findings import references

FRAMES = 9
NO_MARKS: Mapping[str, str] = {}


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody stands in the hall and says that the seat is empty now."""

    camera_id: Identifier
    light: Identifier
    taken_by: str
    reference_id: int = 0
    """By which the hall knows it; 0: asked for by command."""


class Takings:
    """The analyser's side: gathers key frames for whoever has asked."""

    def __init__(self, folder: Path, marks: Mapping[str, str] = NO_MARKS) -> None:
        """``folder`` is the references' own, ``marks`` those of the cameras' zones."""
        self._folder, self._marks = folder, marks
        self._gathered: dict[str, list[Frame]] = {}
        self._approvals = self._approved()

    def offer(self, frame: KeyFrame) -> bool:
        """Take a key frame if it is wanted; True when a reference is complete."""
        path = _word(self._folder, frame.camera)
        if not path.is_file():
            self._gathered.pop(frame.camera, None)
            return False
        gathered = self._gathered.setdefault(frame.camera, [])
        gathered.append(frame.gray)
        if len(gathered) < FRAMES:
            return False
        wanted = asked(self._folder, frame.camera)
        del self._gathered[frame.camera]
        if wanted is None:
            return False
        references.take(
            self._folder,
            wanted.camera_id,
            wanted.light,
            gathered,
            frame.at_ms,
            wanted.taken_by,
            reference_id=wanted.reference_id,
            zones=self._marks.get(frame.camera, ""),
        )
        path.unlink(missing_ok=True)
        return True

    def has_new_approval(self) -> bool:
        """Whether somebody has approved a reference since the last time."""
        before, self._approvals = self._approvals, self._approved()
        return before != self._approvals

    def _approved(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self._folder.glob("*/approved")}


def ask(folder: Path, wanted: Wanted) -> None:
    """Leave the word for the analyser."""
    path = _word(folder, wanted.camera_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(wanted))
    fresh.replace(path)


def approve(folder: Path, camera_id: str, light: str, by: str, at: int) -> None:
    """Approve the newest of that light, and let the analyser know."""
    references.approve(folder, camera_id, light, by, at)
    changed(folder, camera_id)


def changed(folder: Path, camera_id: str) -> None:
    """Let the analyser know that other references count from now on."""
    (folder / camera_id / "approved").touch()


def asked(folder: Path, camera_id: str) -> Wanted | None:
    """What still waits to be taken."""
    try:
        return msgspec.json.decode(_word(folder, camera_id).read_bytes(), type=Wanted)
    except (OSError, msgspec.DecodeError):
        return None


def forget(folder: Path, camera_id: str) -> None:
    """It is wanted no more."""
    _word(folder, camera_id).unlink(missing_ok=True)


def _word(folder: Path, camera_id: str) -> Path:
    return folder / camera_id / "wanted"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.taking", description=__doc__)
    parser.add_argument("act", choices=("ask", "approve", "list"))
    parser.add_argument("--data", type=Path, default=Path("data/analyser-1"))
    parser.add_argument("--camera", required=True)
    parser.add_argument("--light", default="noon", help="morning, noon, lamps, infrared …")
    parser.add_argument("--by", default="", help="who says so")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Do one of the three."""
    options = parse(arguments)
    folder = options.data / "references"
    try:
        match options.act:
            case "ask":
                word = {"camera_id": options.camera, "light": options.light, "taken_by": options.by}
                ask(folder, msgspec.convert(word, Wanted))
            case "approve":
                now_ms = time.time_ns() // 1_000_000
                approve(folder, options.camera, options.light, options.by, now_ms)
            case _:
                for note in references.notes(folder, options.camera):
                    sys.stdout.write(f"{msgspec.json.encode(note).decode()}\n")
    except (references.UnfitReferenceError, msgspec.ValidationError) as error:
        sys.exit(f"✗ {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
