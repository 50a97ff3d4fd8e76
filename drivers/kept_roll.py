"""The count of a printer's paper, kept in a file of its station across restarts."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from drivers.roll import PaperLeft, PaperUse, left, renewed, used

log = logging.getLogger(__name__)


class KeptRoll:
    """Counted on the printer's thread, renewed on an engineer's: one lock for both."""

    def __init__(self, path: Path | None, roll_m: int, now_ms: Callable[[], int]) -> None:
        """Without a path it is forgotten at the end."""
        self._path = path
        self._roll_m = roll_m
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._use = _read(path)

    @property
    def use(self) -> PaperUse:
        return self._use

    def left(self) -> PaperLeft | None:
        return left(self._use, self._roll_m, self._now_ms())

    def used(self, millimetres: int, cuts: int) -> None:
        with self._lock:
            self._keep(used(self._use, millimetres, cuts, self._now_ms()))

    def renewed(self) -> None:
        with self._lock:
            self._keep(renewed(self._use, self._now_ms()))

    def _keep(self, use: PaperUse) -> None:
        """Never in the way of the printer: a full disk loses the count, not the ticket."""
        self._use = use
        if self._path is None:
            return
        new = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(msgspec.json.encode(use))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            log.warning("the count of paper is not kept: %s", error)


def _read(path: Path | None) -> PaperUse:
    if path is None or not path.is_file():
        return PaperUse()
    try:
        return msgspec.json.decode(path.read_bytes(), type=PaperUse)
    except (OSError, msgspec.DecodeError) as error:
        log.warning("the count of paper begins anew: %s: %s", path, error)
        return PaperUse()
