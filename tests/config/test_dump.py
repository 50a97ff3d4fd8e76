"""What is exported reads back as exactly the same facts, and looks as a profile is kept."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.dump import dump_facts
from config.facts import Article, CategoryFact, HallFacts, OpeningFact, Site, Span, TextFact
from config.fittings import DeviceFact
from config.load import PROFILES, load_profile, profile_names, read_facts
from config.values import Words

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def hall(text: str) -> HallFacts:
    return HallFacts(
        site=Site(id="s", name=Words(text, text)),
        opening=OpeningFact(id="hall", spans=[Span([1, 7], "09:00", "12:00")]),
        devices=[
            DeviceFact(id="d", kind="k", station="s", url="null:", options={text: text, "n": 1})
        ],
        texts=[TextFact(id="hints", text=Words(text))],
        categories=[
            CategoryFact(
                id="c",
                name=Words(text),
                articles=[
                    Article(title=Words(text), body=text * 8, body_en=f"{text}\n{text}"),
                    Article(title=Words(""), body="", sample=True),
                ],
            )
        ],
    )


@given(ANY_TEXT)
@settings(max_examples=200)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    facts = hall(text)
    assert read_facts(dump_facts(facts), "export") == facts


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_is_kept_in_the_form_of_an_export(name: str) -> None:
    text = (PROFILES / f"{name}.toml").read_text(encoding="utf-8")
    head, _, body = text.partition("[site]")
    assert "[site]" + body == dump_facts(load_profile(name))
    assert all(line.startswith("#") for line in head.splitlines() if line)


def test_only_what_is_stated_is_written() -> None:
    text = dump_facts(hall("x"))
    assert "utc_offset_minutes" not in text
    assert 'name = { zh = "x", en = "x" }' in text


def test_several_lines_stay_several_lines() -> None:
    body = "\n".join(["first"] * 80)
    facts = msgspec.structs.replace(
        hall("x"),
        categories=[
            CategoryFact(id="c", name=Words("甲"), articles=[Article(title=Words("乙"), body=body)])
        ],
    )
    assert '[[categories.articles]]\ntitle = { zh = "乙" }\nbody = """\nfirst\n' in dump_facts(
        facts
    )
