"""A camera's zones in its file, changed one by one: what stands beside the others stays."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import tomlkit
from msgspec import to_builtins
from tomlkit.items import Array, InlineTable

from monitor.cameras.camera import PictureZone

ZONES = "zones"


def put(table: Any, before: Sequence[PictureZone], zones: Sequence[PictureZone]) -> None:  # noqa: ANN401 - as the library has it
    """State these in the camera's table, in which ``before`` stand now."""
    if not zones:
        table.pop(ZONES, None)
        return
    if not isinstance(table.get(ZONES), Array):  # none yet, or tables of their own
        table[ZONES] = tomlkit.array().multiline(multiline=True)
        before = ()
    written: Any = table[ZONES]
    turns = SequenceMatcher(None, before, zones, autojunk=False).get_opcodes()
    for _, begins, ends, first, last in reversed(turns):  # from the end, so that places hold
        was, now = before[begins:ends], zones[first:last]
        if [one.kind for one in was] == [one.kind for one in now]:
            for place, (old, new) in enumerate(zip(was, now, strict=True), begins):
                _change(written[place], old, new)
        else:
            for _ in was:
                del written[begins]
            for place, new in enumerate(now, begins):
                written.insert(place, _whole(new))


def _change(place: Any, old: PictureZone, new: PictureZone) -> None:  # noqa: ANN401 - as above
    if new.polygon != old.polygon:
        place["polygon"] = to_builtins(new.polygon)
    if new.window != old.window:
        place["window"] = new.window
    if not new.window:
        place.pop("window", None)


def _whole(zone: PictureZone) -> InlineTable:
    inline = tomlkit.inline_table()
    inline.update({key: one for key, one in to_builtins(zone).items() if one != ""})
    return inline
