"""The model day: the same by seed, in the proportions it claims."""

from collections import Counter

import day
import pytest

from config.facts import HallFacts
from config.load import load_profile


@pytest.fixture(scope="module")
def facts() -> HallFacts:
    return load_profile("county_typ")


def test_a_seed_is_a_day(facts: HallFacts) -> None:
    assert day.make_day(facts, 7) == day.make_day(facts, 7)
    assert day.make_day(facts, 7) != day.make_day(facts, 8)


def test_a_hall_of_37_windows_has_790_citizens_in_order(facts: HallFacts) -> None:
    visits = day.make_day(facts, 1).visits
    arrivals = [visit.arrives_s for visit in visits]
    assert len(visits) == 790
    assert arrivals == sorted(arrivals)
    assert arrivals[0] >= day.DOORS_S
    assert 35 <= day.busiest(visits) <= 70


def test_proportions_are_those_of_the_model(facts: HallFacts) -> None:
    visits = day.make_day(facts, 3, tickets=20_000).visits
    total = len(visits)
    queues = Counter(visit.queue_id for visit in visits)
    shares = {one.queue_id: one.share for one in day.businesses(facts)}
    assert {queue: count / total for queue, count in queues.items()} == pytest.approx(
        shares, abs=0.01
    )
    assert sum(bool(one.priority_id) for one in visits) / total == pytest.approx(0.05, abs=0.01)
    assert sum(one.onward is not None for one in visits) / total == pytest.approx(0.05, abs=0.01)
    assert 0.08 < sum(one.due_s > 0 for one in visits) / total < 0.12
    assert sum(one.stays_away(60) for one in visits) / total == pytest.approx(0.06, abs=0.01)
    assert sum(one.stays_away(3_000) for one in visits) / total == pytest.approx(0.16, abs=0.01)
    social = sorted(one.errand.service_s for one in visits if one.queue_id == "social")
    assert social[len(social) // 2] == pytest.approx(7 * 60, rel=0.05)


def test_a_cut_day_is_the_beginning_of_the_whole(facts: HallFacts) -> None:
    whole, cut = day.make_day(facts, 1), day.make_day(facts, 1, until_s=10 * day.HOUR_S)
    assert cut.visits == whole.visits[: len(cut.visits)]
    assert 150 < len(cut.visits) < 300
    assert cut.shifts_s == ((9 * day.HOUR_S, 10 * day.HOUR_S),)


@pytest.mark.parametrize("profile", ["shuangjiang", "gengma", "cangyuan"])
def test_any_hall_has_a_day_within_its_hours(profile: str) -> None:
    facts = load_profile(profile)
    visits = day.make_day(facts, 1).visits
    items = {item.id: item.queue for item in facts.items}
    spans = day.giving_spans_s(facts)
    assert len(visits) > 50
    assert all(items[visit.item_id] == visit.queue_id for visit in visits)
    assert all(any(a <= visit.arrives_s < b for a, b in spans) for visit in visits)
