"""Profiles say what their source says, and show plainly what is made up."""

import pytest

from config.facts import HallFacts, ReasonKind
from config.fittings import DisplayKind
from config.load import load_profile, profile_names

COUNTIES = ("shuangjiang", "gengma", "cangyuan")
CATEGORIES = (
    "阳光政府 走进{} 中心概况 招商引资 政务动态 服务指南 法律法规 便民服务 政务公开 视频点播"
)
NORMALLY_WORKING = ["工商局", "民政局", "卫生局", "计生局", "安监局"]


@pytest.fixture(params=profile_names())
def facts(request: pytest.FixtureRequest) -> HallFacts:
    return load_profile(request.param)


def units(facts: HallFacts) -> list[str]:
    """Units that have sent staff: the centre's own windows are not one of them."""
    return [unit.name.zh for unit in facts.departments if unit.id != "centre"]


@pytest.mark.parametrize(
    ("name", "windows", "departments", "staff", "floors"),
    [
        ("shuangjiang", 11, 10, 13, 1),
        ("gengma", 19, 17, 30, 1),
        ("cangyuan", 25, 24, 31, 4),
        ("county_typ", 37, 7, 37, 1),
    ],
)
def test_the_size_of_a_hall(
    name: str, windows: int, departments: int, staff: int, floors: int
) -> None:
    facts = load_profile(name)
    assert [window.number for window in facts.windows] == list(range(1, windows + 1))
    assert len(units(facts)) == departments
    assert len(facts.staff) == staff
    assert len({zone.floor for zone in facts.zones}) == floors


def test_the_smallest_hall_has_a_window_for_complaints_and_shares_the_rest() -> None:
    facts = load_profile("shuangjiang")
    assert facts.windows[-1].name.zh == "投诉监督窗口"
    assert sum("general" in window.queues for window in facts.windows) == len(units(facts))


def test_the_units_of_gengma_bear_their_names() -> None:
    assert {"县发改局", "县国土资源局", "县总工会", "耿马镇", "鑫源水业公司"} <= set(
        units(load_profile("gengma"))
    )


def test_only_the_five_units_that_the_source_names_go_without_a_mark() -> None:
    names = units(load_profile("cangyuan"))
    assert [name for name in names if not name.startswith("示例")] == NORMALLY_WORKING


def test_whatever_is_made_up_says_so(facts: HallFacts) -> None:
    assert all(item.sample for item in facts.items)
    assert all(person.sample and person.name.startswith("示例·") for person in facts.staff)
    assert all(person.staff_number.startswith("示例") for person in facts.staff)
    assert all(not phone or "示例" in phone for phone in (facts.site.phone,))


@pytest.mark.parametrize("name", COUNTIES)
def test_the_ten_categories_each_have_something_to_read(name: str) -> None:
    facts = load_profile(name)
    place = facts.site.name.zh[:2]
    assert [category.name.zh for category in facts.categories] == CATEGORIES.format(place).split()
    assert all(category.articles for category in facts.categories)
    for category in facts.categories:
        assert all(article.body and article.body_en for article in category.articles)


@pytest.mark.parametrize("name", COUNTIES)
def test_every_department_offers_items_with_documents_and_steps(name: str) -> None:
    facts = load_profile(name)
    for department in facts.departments:
        items = [item for item in facts.items if item.department == department.id]
        assert 3 <= len(items) <= 6, department.id
        assert all(item.steps and item.conditions and item.queue for item in items)
        assert all(item.name.en and item.name.zh for item in items)


def test_every_act_of_a_clerk_finds_its_reasons(facts: HallFacts) -> None:
    assert {reason.kind for reason in facts.reasons} == set(ReasonKind)


def test_priorities_can_be_chosen_and_appointments_count(facts: HallFacts) -> None:
    offered = {priority.id for priority in facts.priorities if priority.kiosk}
    assert {"soldier", "elderly", "disabled", "expecting"} <= offered
    assert facts.queueing.appointment_priority == "appointment"
    assert not facts.opening.always_open


def test_every_zone_is_shown_and_spoken_for(facts: HallFacts) -> None:
    for kind in (DisplayKind.WALL, DisplayKind.VOICE):
        shown = [set(one.zones) for one in facts.displays if one.kind is kind]
        assert all(any(not zones or zone.id in zones for zones in shown) for zone in facts.zones)


@pytest.mark.parametrize("name", COUNTIES)
def test_every_window_has_its_screen_and_bar(name: str) -> None:
    facts = load_profile(name)
    for kind in (DisplayKind.WINDOW, DisplayKind.BAR):
        at = [display.window for display in facts.displays if display.kind is kind]
        assert at == [window.id for window in facts.windows]
    urls = [device.url for device in facts.devices]
    assert len(set(urls)) == len(urls)
