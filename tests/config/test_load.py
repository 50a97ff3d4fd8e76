"""Facts are read strictly: every fault is told with its place and what is wanted."""

from pathlib import Path

import pytest

from config.facts import ReasonKind, WindowFact
from config.faults import FaultyFactsError
from config.load import load_facts, load_profile, read_facts, read_record

SMALL = """
[site]
id = "small"
name = { zh = "小厅" }

[opening]
id = "hall"
spans = [{ weekdays = [1], start = "09:00", end = "12:00" }]
"""


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FaultyFactsError) as refused:
        read_facts(text, "hall.toml")
    assert str(refused.value).startswith("hall.toml: ")
    return [(fault.where, fault.en) for fault in refused.value.faults]


def test_a_small_file_is_enough() -> None:
    facts = read_facts(SMALL, "hall.toml")
    assert facts.site.name.zh == "小厅"
    assert facts.queueing.recall_limit == 3


@pytest.mark.parametrize(
    ("added", "where", "wanted"),
    [
        ('[[windows]]\nid = "w1"\nnumber = "1"\nzone = "a"', "windows/w1.number", "whole number"),
        ('[[windows]]\nid = "w1"\nzone = "a"', "windows/w1.number", "number is required"),
        ('[[windows]]\nid = "w1"\nnumber = 0\nzone = "a"', "windows/w1.number", "at least 1"),
        ('[[windows]]\nnumber = 1\nzone = "a"', "windows[0].id", "id is required"),
        ('[[windows]]\nid = "W1"\nnumber = 1\nzone = "a"', "windows/W1.id", "an identifier"),
        (
            '[[zones]]\nid = "a"\nname = { zh = "甲" }\ncolour = "red"',
            "zones/a.colour",
            "no such key",
        ),
        ('[[texts]]\nid = "hints"\ntext = { zh = 3 }', "texts/hints.text.zh", "a text in quotes"),
        ('[[reasons]]\nid = "r"\nkind = "rest"\nname = { zh = "休" }', "reasons/r.kind", "pause"),
        ('[windows]\nid = "w1"', "windows", "[[windows]]"),
        ('[[counters]]\nid = "c"', "counters", "no such kind"),
        ('[[queues]]\nid = "q"\nname = { zh = "甲" }\nseries = "a"', "queues/q.series", "capital"),
    ],
)
def test_a_fault_names_its_place_and_what_is_wanted(added: str, where: str, wanted: str) -> None:
    [(place, sentence)] = faults_of(f"{SMALL}\n{added}\n")
    assert place == where
    assert wanted in sentence


def test_all_faults_are_told_at_once() -> None:
    added = '[[zones]]\nid = "a"\n\n[[zones]]\nid = "b"\nname = { zh = "乙" }\nfloor = "x"\n'
    places = [where for where, _ in faults_of(SMALL + added)]
    assert places == ["zones/a.name", "zones/b.floor"]


def test_what_every_hall_needs_is_asked_for() -> None:
    assert [where for where, _ in faults_of("")] == ["site", "opening"]


def test_broken_syntax_is_told_with_its_line() -> None:
    [(where, sentence)] = faults_of("[site]\nid = = 3\n")
    assert where == "line 2"
    assert "column" in sentence


def test_every_fault_speaks_chinese_too() -> None:
    with pytest.raises(FaultyFactsError) as refused:
        read_record("windows", '{"id": "w1", "number": true, "zone": "a"}')
    assert refused.value.faults[0].zh == "应为整数，现为true 或 false"


def test_a_record_from_a_form() -> None:
    record = read_record("windows", '{"id": "w1", "number": 3, "zone": "a"}')
    assert record == WindowFact(id="w1", number=3, zone="a")


def test_a_form_that_is_not_json_is_refused() -> None:
    with pytest.raises(FaultyFactsError, match="JSON"):
        read_record("windows", "{")


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_facts(path).site.id == "small"


def test_a_profile_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_profile(str(path)).site.id == "small"


def test_an_unknown_profile_is_told_with_those_at_hand() -> None:
    with pytest.raises(FaultyFactsError, match="shuangjiang"):
        load_profile("nowhere")


def test_an_enumeration_is_told_with_its_values() -> None:
    with pytest.raises(FaultyFactsError) as refused:
        read_record("reasons", '{"id": "r", "kind": "rest", "name": {"zh": "休"}}')
    assert all(kind.value in refused.value.faults[0].en for kind in ReasonKind)
