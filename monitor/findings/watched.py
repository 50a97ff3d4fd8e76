"""What is watched and how: the cameras' zones, with the limits that the site states beside them.

A camera that shows several windows is watched once for each. The second file is optional; without
it every rule has its defaults, and those that speak of people only observe:

    [limits]
    pause_s = 1200

    [windows.window-1]
    must_open = true

    [windows.window-1.limits]
    vacancy_s = 240

    [[detector]]
    file = "models/people.onnx"
    sha256 = "…"
    licence = "Apache-2.0"
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from config.values import Identifier
from monitor.cameras.camera import Camera, ZoneKind
from monitor.cameras.polygon import Polygon
from monitor.findings.detectors import ModelSettings
from monitor.findings.limits import Limits


class UnfitFileError(Exception):
    """The file cannot be used; the message names it, the key and what is wanted."""


class WindowRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is particular to a window."""

    must_open: bool = False
    """It is expected to open with the hall (F2)."""
    limits: dict[str, Any] = {}
    """Of ``Limits``, those that differ here."""


class FindingRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    limits: Limits = Limits()
    windows: dict[Identifier, WindowRules] = {}
    detector: Annotated[list[ModelSettings], Meta(max_length=1)] = []
    """At most one model of the site's own; see ``detectors.py``."""
    standing_detector: bool = False
    """OpenCV's own detector of standing bodies instead, where this build has it."""


@dataclass(frozen=True, slots=True)
class WatchedView:
    """A camera with one of its windows, or with none."""

    camera_id: str
    name: str
    window: str = ""
    must_open: bool = False
    seat: Sequence[Polygon] = ()
    citizen: Sequence[Polygon] = ()
    waiting: Sequence[Polygon] = ()
    masks: Sequence[Polygon] = ()
    limits: Limits = field(default_factory=Limits)


def load_rules(path: Path | None) -> FindingRules:
    """Read the file; None: the defaults. Raises UnfitFileError naming what is wrong and where."""
    if path is None:
        return FindingRules()
    try:
        rules = msgspec.convert(tomllib.loads(path.read_text("utf-8")), FindingRules)
        stated = [_limits(rules, one) for one in (WindowRules(), *rules.windows.values())]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UnfitFileError(f"{path}: {error}") from error
    if any(limits.crowd_people for limits in stated) and not rules.detector:
        said = "只有本单位的模型才数人 people are counted only by a [[detector]] of the site's own"
        raise UnfitFileError(f"{path}: crowd_people: {said}")
    return rules


def views_of(camera: Camera, rules: FindingRules) -> list[WatchedView]:
    """One for each window; the waiting zone is watched with the first of them only."""
    return [
        WatchedView(
            camera_id=camera.id,
            name=camera.name.zh,
            window=window,
            must_open=stated.must_open,
            seat=camera.polygons(ZoneKind.SEAT, window),
            citizen=camera.polygons(ZoneKind.CITIZEN, window),
            waiting=() if number else camera.polygons(ZoneKind.WAITING),
            masks=camera.polygons(ZoneKind.MASK),
            limits=_limits(rules, stated),
        )
        for number, window in enumerate(camera.windows or ("",))
        for stated in [rules.windows.get(window, WindowRules())]
    ]


def _limits(rules: FindingRules, window: WindowRules) -> Limits:
    return msgspec.convert({**msgspec.to_builtins(rules.limits), **window.limits}, Limits)
