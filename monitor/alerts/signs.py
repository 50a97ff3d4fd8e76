"""Signs of life: a small file that recorder and analyser write anew every few seconds.

Who wants to know whether they run reads it; a process that hangs writes none, whatever its sockets
still say.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

RECORDER, ANALYSER = "recorder.json", "analyser.json"
EVERY_MS = 5_000


class RecorderSign(Struct, frozen=True, kw_only=True):
    """The recorder works, and how it stands with the disk."""

    at: int
    retention_days: int
    days_fit: float | None = None
    """How many days of recordings there is room for; None before a day has been recorded."""
    is_purging: bool = False
    """Recordings go before their time, for want of room."""
    is_full: bool = False
    """Nothing is recorded."""


class AnalyserSign(Struct, frozen=True, kw_only=True):
    """The analyser works."""

    at: int
    station: str


S = TypeVar("S", bound=Struct)
log = logging.getLogger(__name__)


class Keeper:
    """Leaves a sign every few seconds, from the very loop that must not stand still."""

    def __init__(self, file: Path, sign: Callable[[int], Struct]) -> None:
        """``sign`` makes one of the time it is handed."""
        self._file, self._sign, self._left_at = file, sign, 0

    def look(self, now_ms: int) -> None:
        """Leave one if it is time; a disk that takes none at all stops nothing."""
        if now_ms - self._left_at >= EVERY_MS:
            self._left_at = now_ms
            try:
                leave(self._file, self._sign(now_ms))
            except OSError as error:
                log.warning("%s: %s", self._file, error)


def leave(file: Path, sign: Struct) -> None:
    """Whole, or on a full disk over the last one, which takes no room: it is the sign of just that.

    Raises ``OSError`` where the disk will not have it.
    """
    told, fresh = msgspec.json.encode(sign), file.with_suffix(".new")
    try:
        fresh.write_bytes(told)
        fresh.replace(file)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        with file.open("rb+", buffering=0) as last:
            last.write(told.ljust(file.stat().st_size))


def sign_in(file: Path, kind: type[S]) -> S | None:
    """The last one that was left; None where there is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None
