"""A witness: keeps the newest checkpoint a hall has signed, as a file, to be shown to it again.

Whoever keeps a checkpoint can show later that the ledger before it was cut off or changed, so every
machine in the hall keeps one, the hall server itself too. Nothing is verified here: what is shown
proves itself by its signature, or is refused.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MAX_NOTE_CHARACTERS = 4_096


class Witness:
    """Checkpoints in a folder, the newest of each origin."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when there is something to keep."""
        self._folder = folder

    def keep(self, note: str) -> None:
        """Keep it if none larger of its origin is kept; whole or not at all, durable at once."""
        origin, size = _said_by(note)
        if not origin:
            return
        path = self._folder / f"{re.sub('[^A-Za-z0-9]', '-', origin)}.checkpoint"
        if path.is_file() and _said_by(path.read_text("utf-8"))[1] > size:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def kept(self, name: str = "") -> list[str]:
        """What is kept of origins whose name begins like this, one note for each."""
        notes = (file.read_text("utf-8") for file in sorted(self._folder.glob("*.checkpoint")))
        return [note for note in notes if note.startswith(name)]


def _said_by(note: str) -> tuple[str, int]:
    """The first two lines: origin and size; an unreadable note is the smallest of no origin."""
    origin, _, rest = note[:MAX_NOTE_CHARACTERS].partition("\n")
    size = rest.partition("\n")[0]
    return (origin, int(size)) if re.fullmatch("[0-9]{1,18}", size) else ("", -1)
