"""The last picture of the hall, kept for the screens: what they show while the hall is away.

Only what the public may see is kept and served; it survives a restart of this program, so that a
wall which is switched on during an outage still shows the last calls and says how old they are.
"""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.mirror import Picture
from hall_server.contract.version import VERSION


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The picture, and the hall's time when it was last known to be true."""

    heard_at: int
    snapshot: Snapshot


class Keeper:
    """One file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._bytes = self._read()
        self._written_seq = -1

    def latest(self) -> bytes:
        """JSON of ``Kept``; empty when nothing was ever heard."""
        return self._bytes

    def keep(self, picture: Picture, heard_at: int) -> None:
        """Remember this picture; written to disk when something has happened since."""
        kept = Kept(heard_at=heard_at, snapshot=public_snapshot(picture))
        with self._guard:
            self._bytes = msgspec.json.encode(kept)
            if picture.seq == self._written_seq:
                return
            beside = self._path.with_suffix(".new")
            beside.write_bytes(self._bytes)
            beside.replace(self._path)
            self._written_seq = picture.seq

    def _read(self) -> bytes:
        try:
            found = self._path.read_bytes()
            msgspec.json.decode(found, type=Kept)
        except (FileNotFoundError, msgspec.DecodeError):
            return b""
        return found


def public_snapshot(picture: Picture) -> Snapshot:
    """The picture without what a station knows and the public does not."""
    facts = msgspec.structs.replace(picture.facts, devices=[], rules=[])
    return Snapshot(
        seq=picture.seq,
        at=picture.at,
        clock_rate=picture.clock_rate,
        version=VERSION,
        day=picture.day,
        day_opened_at=picture.day_opened_at,
        facts_version=picture.facts_version,
        facts=facts,
        windows=[msgspec.structs.replace(view, reason_id="") for view in picture.windows.values()],
        legs=[
            msgspec.structs.replace(leg, note="", to_staff_id="") for leg in picture.legs.values()
        ],
        devices=[],
    )


def make_folder(path: Path) -> Path:
    """The station's own folder, closed to other users."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path
