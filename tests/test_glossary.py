"""The code speaks the words of the glossary: messages, enumerations and tables."""

import importlib
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from config import facts, fittings, values
from hall_server.contract import source
from hall_server.contract.registry import ASKS, EVENTS, READS
from hall_server.database import metadata

ROOT = Path(__file__).parent.parent
GLOSSARY = tomllib.loads((ROOT / "config/glossary.toml").read_text(encoding="utf-8"))
ENTRIES = {name: entry for group in GLOSSARY.values() for name, entry in group.items()}
WORDS = set(ENTRIES) | {entry["past"] for entry in ENTRIES.values() if "past" in entry}


def words_of_messages() -> Iterator[str]:
    for name in (*ASKS, *READS, *EVENTS):
        yield from name.split(".")


def words_of_enumerations() -> Iterator[str]:
    shapes = [
        *source.messages(),
        *vars(facts).values(),
        *vars(fittings).values(),
        *vars(values).values(),
    ]
    for shape in shapes:
        if isinstance(shape, type) and issubclass(shape, StrEnum):
            yield from (member.value for member in shape)


def test_no_word_has_two_entries() -> None:
    names = [name for group in GLOSSARY.values() for name in group]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_tells_both_languages(name: str) -> None:
    entry = ENTRIES[name]
    assert entry.keys() <= {"zh", "means", "past", "not"}
    assert re.search(r"[\u4e00-\u9fff]", entry["zh"])
    assert re.fullmatch(r"[A-Z][ -~]+", entry["means"])


def test_every_message_is_made_of_these_words() -> None:
    assert sorted({*words_of_messages()} - WORDS) == []


def test_every_enumeration_is_made_of_these_words() -> None:
    assert sorted({*words_of_enumerations()} - WORDS) == []


def test_every_table_is_made_of_these_words() -> None:
    for path in ROOT.glob("hall_server/*/tables*.py"):
        importlib.import_module(f"hall_server.{path.parent.name}.{path.stem}")
    parts = {part for table in metadata.tables for part in table.split("_")}
    assert sorted(part for part in parts if part not in WORDS) == []


def test_words_that_were_set_aside_are_not_used() -> None:
    aside = {word for entry in ENTRIES.values() for word in entry.get("not", [])}
    used = {*words_of_messages(), *words_of_enumerations(), *metadata.tables}
    assert aside
    assert aside & used == set()
