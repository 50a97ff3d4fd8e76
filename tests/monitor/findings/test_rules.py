"""The finding rules: what contradicts what, for how long; and that doubt accuses nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.contract.messages.supervision import FindingRule, Presence
from monitor.analysis.crowd import Fullness
from monitor.analysis.health import Change, HealthTest
from monitor.analysis.seat import Look
from monitor.findings.cameras import CrowdWatch, crowd, unwell
from monitor.findings.limits import LABELLED_DAYS_LEAST, OF_PEOPLE, Limits
from monitor.findings.moments import Declared, Declares, Episode, Moment, Service
from monitor.findings.rules import LOOKS_KEPT, WindowWatch, step
from monitor.findings.words import sentence

T0 = 1_795_395_600_000
PRESENT, ABSENT, UNKNOWN = Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN
OPEN = Declared(Declares.OPEN, since=T0, staff_id="staff-01", hours_since=T0)
LIMITS = Limits()


def at(second: int) -> int:
    return T0 + second * 1000


def look(second: int, presence: Presence, sure_from: int | None = 0) -> Look:
    """``sure_from``: when somebody was last seen by the seat; None: nobody was seen to go."""
    is_absent = presence is ABSENT
    return Look(
        at(second),
        presence,
        differs=0.01,
        reference=0,
        empty_since=at(max(second - 4, 0)) if is_absent else 0,
        sure_since=at(sure_from) if is_absent and sure_from is not None else 0,
    )


def run(
    seconds: int,
    seat: Callable[[int], Presence] | None = None,
    declared: Callable[[int], Declared] = lambda _: OPEN,
    citizen: Callable[[int], Presence] | None = None,
    limits: Limits = LIMITS,
    sure_from: Callable[[int], int | None] = lambda _: 0,
) -> list[Episode]:
    watch, found = WindowWatch(), []
    for second in range(seconds):
        moment = Moment(
            at(second),
            declared(second),
            look(second, seat(second), sure_from(second)) if seat else None,
            look(second, citizen(second)) if citizen else None,
        )
        watch, episodes = step(watch, moment, limits)
        found += episodes
    return found


def rules_of(found: list[Episode]) -> list[FindingRule]:
    return [episode.rule for episode in found]


def always(presence: Presence) -> Callable[[int], Presence]:
    return lambda _: presence


@pytest.mark.parametrize(
    ("declared", "grace_s"),
    [
        (OPEN, 300),
        (replace(OPEN, state=Declares.CALLED), 300),
        (replace(OPEN, state=Declares.CALLED, waiting=2), 180),
        (replace(OPEN, state=Declares.SERVING, waiting=2), 300),
    ],
)
def test_an_empty_seat_is_found_once_after_its_grace(declared: Declared, grace_s: int) -> None:
    assert run(grace_s, always(ABSENT), lambda _: declared) == []
    (found,) = run(grace_s + 600, always(ABSENT), lambda _: declared)
    assert found.rule is FindingRule.VACANCY
    assert (found.begins_at, found.ends_at) == (at(0), at(grace_s))
    assert found.staff_id == "staff-01"
    assert found.tally.absent == found.tally.looks == grace_s + 1
    assert len(found.looks) <= LOOKS_KEPT


@pytest.mark.parametrize(
    "declared",
    [
        replace(OPEN, state=Declares.PAUSED, since=at(10**6)),
        replace(OPEN, state=Declares.CLOSED),
        replace(OPEN, hours_since=0),
    ],
)
def test_who_has_paused_or_closed_or_it_is_not_yet_time_is_not_absent(declared: Declared) -> None:
    assert run(700, always(ABSENT), lambda _: declared) == []


def test_who_has_just_opened_is_absent_only_from_then_on() -> None:
    def opens(second: int) -> Declared:
        return OPEN if second >= 200 else replace(OPEN, state=Declares.CLOSED)

    (found,) = run(900, always(ABSENT), opens)
    assert (found.begins_at, found.ends_at) == (at(200), at(500))


def test_a_passer_by_does_not_end_an_absence_and_somebody_who_stays_does() -> None:
    (found,) = run(400, lambda second: PRESENT if second % 100 in range(50, 55) else ABSENT)
    assert found.ends_at == at(300)
    assert run(450, lambda second: PRESENT if second in range(250, 261) else ABSENT) == []


def empty(second: int) -> Look:
    """Like the empty seat, and too few of them yet to say that nobody is there."""
    return replace(look(second, UNKNOWN), empty_since=at(second), sure_since=at(0))


def found_in(looks: list[Look]) -> list[Episode]:
    watch, found = WindowWatch(), []
    for one in looks:
        watch, episodes = step(watch, Moment(one.at, OPEN, one), LIMITS)
        found += episodes
    return found


def test_who_passes_as_the_grace_ends_puts_it_off_by_no_more_than_they_take() -> None:
    passed = [look(second, PRESENT) for second in range(297, 302)]
    looks = [*(look(second, ABSENT) for second in range(297)), *passed, empty(302)]
    assert found_in(looks[:-1]) == [], "the seat is not seen: it may be who comes back"
    (found,) = found_in(looks)
    assert (found.begins_at, found.ends_at) == (at(0), at(302))


def test_who_passes_as_somebody_goes_does_not_put_the_beginning_off() -> None:
    going = [empty(0), empty(1), *(look(second, PRESENT) for second in range(2, 8))]
    (found,) = found_in([*going, *(look(second, ABSENT, 8) for second in range(8, 500))])
    assert (found.begins_at, found.ends_at) == (at(8), at(308))
    (unseen,) = found_in([*going, *(look(second, ABSENT, None) for second in range(8, 500))])
    assert (unseen.begins_at, unseen.ends_at) == (at(0), at(420))


def test_a_seat_never_seen_empty_for_long_is_no_absence() -> None:
    assert found_in([empty(n) if n % 5 else look(n, PRESENT) for n in range(900)]) == []


def test_where_nobody_was_seen_to_go_the_grace_is_longer() -> None:
    (found,) = run(900, always(ABSENT), sure_from=lambda _: None)
    assert (found.begins_at, found.ends_at) == (at(0), at(420))
    assert dict(found.thresholds)["grace_s"] == 420
    assert run(420, always(ABSENT), sure_from=lambda _: None) == []


def test_who_was_below_the_desk_and_then_goes_is_absent_only_from_then_on() -> None:
    (found,) = run(900, always(ABSENT), sure_from=lambda second: 100 if second >= 100 else None)
    assert (found.begins_at, found.ends_at) == (at(100), at(400))
    assert min(one.at for one in found.looks) >= at(100)


def test_where_people_pass_again_and_again_it_is_found_once_after_the_longer_grace() -> None:
    (found,) = run(1_800, always(ABSENT), sure_from=lambda second: second // 100 * 100)
    assert (found.begins_at, found.ends_at) == (at(0), at(420))


@given(st.integers(min_value=0, max_value=2**32))
def test_unknown_alone_or_unknown_and_present_never_make_a_finding(seed: int) -> None:
    def seat(second: int) -> Presence:
        return PRESENT if (seed >> (second % 32)) & 1 else UNKNOWN

    assert run(400, seat) == []


def test_too_much_doubt_is_no_absence() -> None:
    assert run(900, lambda second: UNKNOWN if second % 4 == 0 else ABSENT) == []
    assert rules_of(run(900, lambda second: UNKNOWN if second % 8 == 0 else ABSENT)) == ["vacancy"]


def test_nobody_is_absent_across_a_gap_in_the_picture() -> None:
    watch, found = WindowWatch(), []
    for second in [*range(200), *range(215, 500)]:
        watch, episodes = step(watch, Moment(at(second), OPEN, look(second, ABSENT)), LIMITS)
        found += episodes
    assert found == []


def test_without_a_seat_zone_there_is_no_absence() -> None:
    assert run(900) == []


def test_a_pause_that_is_too_long_is_found_once() -> None:
    paused = replace(OPEN, state=Declares.PAUSED, since=T0)
    (found,) = run(2000, always(ABSENT), lambda _: paused)
    assert (found.rule, found.detail, found.ends_at) == (FindingRule.LATE, "pause", at(900))


def test_a_window_that_must_open_and_has_not() -> None:
    closed = replace(OPEN, state=Declares.CLOSED, since=T0 - 9, must_open=True, staff_id="")
    (found,) = run(900, None, lambda _: closed)
    assert (found.rule, found.detail, found.ends_at) == (FindingRule.LATE, "late", at(600))
    assert run(900, None, lambda _: replace(closed, must_open=False)) == []
    assert run(900, None, lambda _: replace(closed, since=T0 + 5)) == []  # it was open


def test_people_wait_and_nobody_is_called() -> None:
    waited = replace(OPEN, waiting=3)

    def calls(second: int) -> Declared:
        return replace(waited, state=Declares.CALLED) if second % 170 < 5 else waited

    (found,) = run(500, always(PRESENT), lambda _: waited)
    assert (found.rule, found.begins_at, found.ends_at) == (FindingRule.IDLE, at(0), at(180))
    assert run(500, always(PRESENT), calls) == []


@pytest.mark.parametrize(
    ("citizen", "served_s", "expected"),
    [
        (always(ABSENT), 8, ["empty_call"]),
        (always(ABSENT), 16, []),
        (always(PRESENT), 8, []),
        (lambda second: UNKNOWN if second == 15 else ABSENT, 8, []),
        (None, 8, []),
    ],
)
def test_a_call_that_served_nobody(citizen: Any, served_s: int, expected: list[str]) -> None:
    service = Service(leg_id=7, called_at=at(10), started_at=at(12), ended_at=at(12 + served_s))

    def declared(second: int) -> Declared:
        return replace(OPEN, last_service=service if second > 12 + served_s else None)

    assert rules_of(run(60, always(PRESENT), declared, citizen)) == expected


def test_somebody_outside_opening_hours() -> None:
    night = replace(OPEN, state=Declares.CLOSED, hours_since=0)
    (found,) = run(300, always(PRESENT), lambda _: night)
    assert (found.rule, found.ends_at) == (FindingRule.STAY, at(120))
    assert run(300, lambda second: PRESENT if second % 100 else ABSENT, lambda _: night) == []


def test_a_rule_that_is_off_finds_nothing() -> None:
    assert run(400, always(ABSENT), limits=Limits(off=[FindingRule.VACANCY])) == []


def test_rules_that_speak_of_people_only_observe_until_days_were_labelled() -> None:
    days = [f"2026-11-{day:02d}" for day in range(1, LABELLED_DAYS_LEAST + 1)]
    assert {rule for rule in FindingRule if Limits().is_trial(rule)} == OF_PEOPLE
    assert not any(Limits(labelled_days=days).is_trial(rule) for rule in FindingRule)
    twice = Limits(labelled_days=[*days[1:], days[1]])
    assert twice.is_trial(FindingRule.VACANCY)


def full(
    second: int, share: float, people: int | None = None, *, is_known: bool = True
) -> Fullness:
    return Fullness(at(second), share, is_known, people)


def test_a_crowd_needs_an_area_and_as_many_tickets() -> None:
    for share, waiting, expected in ((0.6, 12, 1), (0.6, 3, 0), (0.3, 12, 0)):
        watch, found = CrowdWatch(), []
        for second in range(300):
            watch, episodes = crowd(watch, full(second, share), waiting, LIMITS)
            found += episodes
        assert len(found) == expected
    watch = CrowdWatch()
    for second in range(300):
        watch, episodes = crowd(watch, full(second, 0.9, is_known=False), 50, LIMITS)
        assert not episodes


@pytest.mark.parametrize(
    ("people", "waiting", "expected"),
    [(15, 12, 1), (14, 12, 0), (15, 3, 0), (None, 12, 0)],
)
def test_where_people_are_counted_the_number_decides_and_is_told(
    people: int | None, waiting: int, expected: int
) -> None:
    watch, found = CrowdWatch(), []
    for second in range(300):
        seen = full(second, 0.9, people, is_known=second < 290)
        watch, episodes = crowd(watch, seen, waiting, Limits(crowd_people=15))
        found += episodes
    assert len(found) == expected
    for one in found:
        assert dict(one.thresholds) == {"crowd_people": 15, "crowd_waiting": 10, "crowd_s": 120}
        said = sentence(one, "", "大厅", 480)
        assert "等候区本单位模型数得约15人、占用约90%，大厅有12张号票等候" in said.zh
        assert "held about 15 people as this site's model counts them and was 90 % full" in said.en


def test_a_share_is_never_told_as_a_number_of_people() -> None:
    share_alone = Episode(FindingRule.CROWD, at(0), at(120), (), share_permille=620, waiting=12)
    said = sentence(share_alone, "", "大厅", 480)
    assert "等候区占用约62%，大厅有12张号票等候" in said.zh
    assert "人" not in said.zh
    assert "people" not in said.en


def test_a_health_test_that_is_raised_is_a_finding() -> None:
    raised = Change(HealthTest.COVERED, is_raised=True, at=at(10), since=at(0))
    (found,) = unwell(raised, LIMITS)
    assert (found.rule, found.detail, found.staff_id) == (FindingRule.CAMERA, "covered", "")
    assert unwell(replace(raised, is_raised=False), LIMITS) == []


@pytest.mark.parametrize("rule", FindingRule)
def test_every_finding_is_said_in_both_languages_and_blames_nobody(rule: FindingRule) -> None:
    detail = {FindingRule.VACANCY: "serving", FindingRule.CAMERA: "moved"}.get(rule, "pause")
    found = Episode(rule, at(0), at(395), (), detail=detail, waiting=3, share_permille=620)
    said = sentence(found, "3", "一号", 480)
    assert said.zh.startswith("09:00:00–09:06:35 ")
    assert said.en.startswith("09:00:00–09:06:35 ")
    assert not any(word in said.zh for word in ("离岗", "脱岗", "违", "旷"))
    assert len(said.zh) <= 300
    assert len(said.en) <= 300


def test_limits_are_read_strictly() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"vacancy_seconds": 3}, Limits)
