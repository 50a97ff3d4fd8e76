"""Which cameras the analyser watches and how, as one TOML file states it.

    [[cameras]]
    id = "camera-1"
    window = "window-1"
    seat = [[0.30, 0.20], [0.60, 0.20], [0.60, 0.75], [0.30, 0.75]]
    citizen = [[0.55, 0.40], [0.95, 0.40], [0.95, 1.00], [0.55, 1.00]]
    masks = [[[0.0, 0.0], [0.2, 0.0], [0.2, 0.3], [0.0, 0.3]]]

    [cameras.limits]
    vacancy_s = 300

Zones are corners in shares of the picture. One camera may stand here several times, once for each
of the windows it sees, with different names of the view.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hall_server.contract.messages.base import Identifier, OptionalIdentifier
from monitor.detectors import ModelSettings
from monitor.findings.limits import Limits

Share = Annotated[float, Meta(ge=0, le=1)]
Corners = Annotated[list[tuple[Share, Share]], Meta(min_length=3, max_length=24)]
OptionalCorners = Annotated[list[tuple[Share, Share]], Meta(max_length=24)]


class UnfitFileError(Exception):
    """The file cannot be used; the message names it, the key and what is wanted."""


class WatchedView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera as the analyser sees it: at most one window, its zones, its limits."""

    id: Identifier
    """The camera whose key frames these are."""
    name: str = ""
    window: OptionalIdentifier = ""
    must_open: bool = False
    """The window is expected to open with the hall (F2)."""
    seat: OptionalCorners = []
    citizen: OptionalCorners = []
    """Where a citizen stands or sits while being served."""
    waiting: OptionalCorners = []
    masks: list[Corners] = []
    """Parts that are looked at by nobody: blackened on stills, left out of every comparison."""
    limits: Limits = Limits()


class Watched(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    cameras: Annotated[list[WatchedView], Meta(min_length=1, max_length=64)]
    detector: list[ModelSettings] = []
    """At most one model of the site's own; see ``detectors.py``."""


def load(path: Path) -> Watched:
    """Read the file. Raises UnfitFileError naming what is wrong and where."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        return msgspec.convert(told, Watched)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UnfitFileError(f"{path}: {error}") from error
