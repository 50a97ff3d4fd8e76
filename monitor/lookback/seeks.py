"""Which places in recordings were asked for, on their way to the hall's ledger.

    <data>/seeks/<ns>.seek   one place, written before its picture is given
    <data>/seeks/<ns>.ask    several, as they are told to the hall until it has answered

The door writes, the monitor's station tells: only it has a line to the hall. The page is not asked
to tell on itself. What goes on where the last film ended is no seek. Where too many are untold
nothing more is shown: a look without its line would be worse than none.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from hall_server.contract.admission import Admission
from hall_server.contract.link import Link, LinkDown
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.lookback import CameraSeek, Seek
from hall_server.contract.refusals import Refusal

FOLDER = "seeks"
UNTOLD_MOST = 2_000
AT_ONCE = 64
TELL_EVERY_S = 2.0
GOES_ON_MS = {"film": 0, "still": 10_000}
"""Stills leap where films are played; a film goes on exactly where its last part ended."""
LOOKS_MOST = 256
SHORTAGE = 503
"""The hall cannot now; it may well be able to later."""

log = logging.getLogger(__name__)


class TooManyUntold(Exception):  # noqa: N818 - what has come about
    """The hall has not been told for so long that nothing more may be shown."""


class Seeks:
    """What the door notes; from any thread."""

    def __init__(self, data: Path) -> None:
        """The folder is made with the first note."""
        self._folder = data / FOLDER
        self._lock = threading.Lock()
        self._ends_at: dict[tuple[int, str, str], int] = {}

    def note(self, admission: Admission, camera_id: str, what: str, at: int, ends_at: int) -> None:
        """Somebody is about to be given what was recorded from ``at`` to ``ends_at``."""
        key = (admission.look, camera_id, what)
        with self._lock:
            before = self._ends_at.pop(key, None)
            if before is None or not before <= at <= before + GOES_ON_MS[what]:
                self._keep(Seek(look=admission.look, camera_id=camera_id, at=at))
            self._ends_at[key] = ends_at
            while len(self._ends_at) > LOOKS_MOST:
                del self._ends_at[next(iter(self._ends_at))]

    def _keep(self, seek: Seek) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in self._folder.glob("*.seek")) >= UNTOLD_MOST:
            raise TooManyUntold
        write(self._folder / f"{time.time_ns():020}.seek", msgspec.json.encode(seek))


def write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)


class Telling:
    """A thread of the station that tells the hall. ``start`` and ``stop`` once."""

    def __init__(self, data: Path, link: Link) -> None:
        """Nothing is there until the door has noted something."""
        self._folder, self._link = data / FOLDER, link
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="seeks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what has not been told is told next time."""
        self._stopping.set()
        self._thread.join(TELL_EVERY_S * 2)

    def _work(self) -> None:
        while not self._stopping.wait(TELL_EVERY_S):
            tell(self._folder, lambda ask: self._link.ask("camera.seek", ask, Accepted))


def tell(folder: Path, ask: Callable[[CameraSeek], object]) -> None:
    """Tell what was noted, bundled, until the line breaks; a repeat has the same request id."""
    bundle(folder)
    for path in sorted(folder.glob("*.ask")):
        try:
            _tell_one(msgspec.json.decode(path.read_bytes(), type=CameraSeek), ask)
        except (LinkDown, Refusal) as error:
            log.debug("seeks not told yet: %s", error)
            return
        path.unlink()


def _tell_one(told: CameraSeek, ask: Callable[[CameraSeek], object]) -> None:
    """Where the hall refuses some of a bundle, the rest of it still arrives."""
    try:
        ask(told)
    except Refusal as refusal:
        if refusal.status == SHORTAGE:
            raise
        if len(told.seeks) == 1:
            log.warning("a seek was refused: %s %s", told.seeks[0], refusal)
            return
        for number, seek in enumerate(told.seeks):
            _tell_one(CameraSeek(request_id=f"{told.request_id}-{number}", seeks=[seek]), ask)


def bundle(folder: Path) -> None:
    """Make asks of single notes; a power cut between the two tells some of them twice."""
    noted = sorted(folder.glob("*.seek"))
    for first in range(0, len(noted), AT_ONCE):
        paths = noted[first : first + AT_ONCE]
        seeks = []
        for path in paths:
            with suppress(msgspec.DecodeError):  # nobody but we write here; a disk may spoil it
                seeks.append(msgspec.json.decode(path.read_bytes(), type=Seek))
        if seeks:
            name = hashlib.sha256(msgspec.json.encode([path.name for path in paths])).hexdigest()
            ask = CameraSeek(request_id=f"seek-{name[:32]}", seeks=seeks)
            write(folder / f"{paths[0].stem}.ask", msgspec.json.encode(ask))
        for path in paths:
            path.unlink()
