"""`quality.toml` is true: every kind of device is held to the level it claims."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import drivers.registry
from drivers import bench
from drivers.kinds import KINDS
from drivers.memory import MemoryExchange
from drivers.orders import DeviceConfig
from drivers.registry import build, known_kinds
from drivers.simulator.kinds import PLAYED
from drivers.surroundings import Surroundings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LEVELS = ("none", "bronze", "silver", "gold")
QUALITY: dict[str, dict[str, Any]] = tomllib.loads(
    Path(drivers.registry.__file__).with_name("quality.toml").read_text(encoding="utf-8")
)


def test_every_kind_that_can_be_configured_has_a_level_and_words() -> None:
    assert sorted(QUALITY) == sorted(known_kinds())
    assert sorted(KINDS) == sorted(known_kinds())


@pytest.mark.parametrize("kind", QUALITY)
def test_it_holds_what_its_level_asks(kind: str) -> None:
    claimed = LEVELS.index(QUALITY[kind]["level"])
    asked = [fault for level in LEVELS[1 : claimed + 1] for fault in missing(level, kind)]
    assert asked == []


@pytest.mark.parametrize("kind", QUALITY)
def test_every_test_that_is_named_is_there(kind: str) -> None:
    table = QUALITY[kind]
    named = [key for key, value in table.items() if "::" in str(value)]
    assert [key for key in named if not has_test(table, key)] == []


@pytest.mark.parametrize("kind", QUALITY)
def test_what_is_not_gold_says_what_it_lacks(kind: str) -> None:
    table = QUALITY[kind]
    assert (table["level"] == "gold") != bool(table.get("lacks"))


@pytest.mark.parametrize("kind", QUALITY)
def test_its_example_is_configured_right(kind: str) -> None:
    assert device(kind) is not None


def test_a_level_that_is_not_kept_is_found_out() -> None:
    assert missing("silver", "null") == ["reconnect: no test", "health: no test"]
    assert missing("gold", "null") == [
        "shows nothing of itself",
        "no decoder",
        "no probe",
        "no chapter in docs/devices.md",
    ]
    assert missing("gold", "scanner") == ["no probe"]
    assert missing("bronze", "null") == ["no vectors", "cannot be played"]


def test_the_readme_tells_every_level_as_it_is() -> None:
    readme = (ROOT / "drivers" / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(rf"`([a-z-]+)` ({'|'.join(LEVELS[1:])})\b", readme))
    levels = {kind: table["level"] for kind, table in QUALITY.items()}
    assert told == {kind: level for kind, level in levels.items() if level != "none"}


def missing(level: str, kind: str) -> list[str]:
    """What this kind lacks for one level, taken by itself."""
    table = QUALITY[kind]
    match level:
        case "bronze":
            vectors = HERE / table.get("vectors", "none")
            faults = {
                "no vectors": vectors.is_file() and "def test_" in vectors.read_text(),
                "cannot be played": kind in {played.words.kind for played in PLAYED},
            }
        case "silver":
            faults = {f"{key}: no test": has_test(table, key) for key in ("reconnect", "health")}
        case _:
            known = KINDS[kind]
            faults = {
                "shows nothing of itself": shows_itself(kind),
                "no decoder": known.explainer is not None,
                "no probe": known.probe is not None,
                "no chapter in docs/devices.md": has_chapter(kind),
            }
    return [fault for fault, holds in faults.items() if not holds]


def has_test(table: Mapping[str, Any], key: str) -> bool:
    file, _, name = table.get(key, "").partition("::")
    path = HERE / file
    return bool(name) and path.is_file() and f"def {name}(" in path.read_text()


def shows_itself(kind: str) -> bool:
    built = device(kind)
    return isinstance(built, bench.TestsItself) and bool(built.self_tests())


def has_chapter(kind: str) -> bool:
    manual = (ROOT / "docs" / "devices.md").read_text(encoding="utf-8")
    return bool(re.search(rf"^## .*`{kind}`", manual, re.MULTILINE))


def device(kind: str) -> object:
    example = dict(QUALITY[kind]["example"])
    config = DeviceConfig("example", kind, example.pop("url"), example)
    return build(config, Surroundings(lambda _: None, lambda: 0, MemoryExchange()))
