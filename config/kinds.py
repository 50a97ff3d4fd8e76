"""The kinds of fact by their name in a file: which struct, and whether there is one or many.

Pure: facts are never changed, a change gives new ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from config import facts as shapes
from config import fittings
from config.facts import HallFacts
from config.values import Fact

SINGLE: dict[str, type[Fact]] = {
    "site": shapes.Site,
    "queueing": shapes.QueueingRules,
    "opening": shapes.OpeningFact,
}
"""Kinds of which a hall has exactly one record."""

MANY: dict[str, type[Fact]] = {
    "zones": shapes.Zone,
    "departments": shapes.Department,
    "queues": shapes.QueueFact,
    "windows": shapes.WindowFact,
    "items": shapes.ItemFact,
    "priorities": shapes.PriorityFact,
    "rules": shapes.RuleFact,
    "reasons": shapes.ReasonFact,
    "staff": shapes.StaffFact,
    "displays": fittings.DisplayFact,
    "devices": fittings.DeviceFact,
    "texts": shapes.TextFact,
    "categories": shapes.CategoryFact,
}

KINDS: dict[str, type[Fact]] = SINGLE | MANY


def records_of(facts: HallFacts, kind: str) -> list[Fact]:
    """The records of one kind in their order."""
    value = getattr(facts, kind)
    return [value] if kind in SINGLE else list(value)


def all_records(facts: HallFacts) -> Iterator[tuple[str, Fact]]:
    """Every record with its kind, in the order of a file."""
    for kind in KINDS:
        for record in records_of(facts, kind):
            yield kind, record


def with_record(facts: HallFacts, kind: str, record: Fact) -> HallFacts:
    """The facts once this record is stated: in the place of its namesake, or as the last."""
    if kind in SINGLE:
        return msgspec.structs.replace(facts, **{kind: record})
    records = records_of(facts, kind)
    places = [place for place, known in enumerate(records) if known.id == record.id]
    if places:
        records[places[0]] = record
    else:
        records.append(record)
    return msgspec.structs.replace(facts, **{kind: records})


def without_record(facts: HallFacts, kind: str, record_id: str) -> HallFacts:
    """The facts once this record is taken back."""
    left = [record for record in records_of(facts, kind) if record.id != record_id]
    return msgspec.structs.replace(facts, **{kind: left})


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, str, bool]]:
    """Every text in a record: where it stands, what it says, whether it may have several lines."""
    match value:
        case str():
            leaf = path.rsplit(".", 1)[-1]
            yield path, value, leaf in {"body", "body_en"}
        case list():
            for place, one in enumerate(value):
                yield from texts_of(one, f"{path}[{place}]")
        case dict():
            for key, one in value.items():
                yield from texts_of(key, f"{path}.{key}")
                yield from texts_of(one, f"{path}.{key}")
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from texts_of(getattr(value, name), f"{path}.{name}" if path else name)
