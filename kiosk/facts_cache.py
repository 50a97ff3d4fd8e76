"""The hall's facts as last heard, on this machine's disk: guides stay readable without the hall."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from kiosk.messages import KioskFacts

log = logging.getLogger(__name__)


def load(path: Path) -> KioskFacts | None:
    """What was kept; None when there is nothing, or nothing that this release understands."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=KioskFacts)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        log.warning("kept facts are not understood and will be fetched again: %s", error)
        return None


def keep(path: Path, facts: KioskFacts) -> None:
    """Replace what was kept, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(facts))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
