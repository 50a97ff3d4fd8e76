"""Every rule across records: broken once on a real profile, and named at its place."""

from collections.abc import Callable

import msgspec
import pytest

from config.facts import HallFacts, LimitUnit, OpeningException, RuleFact, RuleKind, Span, TextFact
from config.fittings import DeviceFact, DisplayFact, DisplayKind, KeypadKey, PadKey
from config.kinds import all_records, with_record, without_record
from config.load import load_profile, profile_names
from config.values import Fact, Words
from hall_server.organisation.rules import faults_of, users_of

HALL = load_profile("shuangjiang")
replace = msgspec.structs.replace
Change = Callable[[HallFacts], HallFacts]


def restated(kind: str, record_id: str, **fields: object) -> Change:
    """A profile in which one record says something else."""

    def change(facts: HallFacts) -> HallFacts:
        record = {(k, r.id): r for k, r in all_records(facts)}[kind, record_id]
        return with_record(facts, kind, replace(record, **fields))

    return change


def added(kind: str, record: Fact) -> Change:
    return lambda facts: replace(facts, **{kind: [*getattr(facts, kind), record]})


def opened(**fields: object) -> Change:
    return restated("opening", "hall", **fields)


PAD = DeviceFact(id="pad-1", kind="call-pad", station="display-1", url="null:")
SPARE = DeviceFact(
    id="printer-2",
    kind="escpos",
    station="kiosk-2",  # printer-1 is at another station
    url="null:",
    options={"stand_in_for": "printer-1"},
)
PLUS = KeypadKey(key="+", means=PadKey.CALL_NEXT)
MORNING = Span([1], "09:00", "12:00")
BROKEN: list[tuple[Change, str]] = [
    (added("zones", HALL.zones[0]), "zones/hall.id"),
    (restated("site", "shuangjiang", name=Words(" ")), "site/shuangjiang.name.zh"),
    (restated("site", "shuangjiang", phone="1\x1b@"), "site/shuangjiang.phone"),
    (restated("texts", "hints", text=Words("一\n二")), "texts/hints.text.zh"),
    (lambda facts: replace(facts, opening=replace(facts.opening, id="x")), "opening.id"),
    (restated("windows", "window-1", zone="attic"), "windows/window-1.zone"),
    (restated("windows", "window-1", number=2), "windows/window-2.number"),
    (restated("windows", "window-1", queues=["general", "general"]), "windows/window-1.queues"),
    (restated("windows", "window-11", queues=[]), "queues/complaints"),
    (restated("queues", "general", series="IO"), "queues/general.series"),
    (restated("items", "marriage", queue="nowhere"), "items/marriage.queue"),
    (added("devices", PAD), "devices/pad-1.window"),
    (added("devices", replace(PAD, window="window-99")), "devices/pad-1.window"),
    (added("devices", SPARE), "devices/printer-2.options.stand_in_for"),
    (restated("windows", "window-1", keypad=[PLUS, PLUS]), "windows/window-1.keypad"),
    (restated("queueing", "queueing", card_at_kiosk=True), "queueing.tickets_per_person"),
    (restated("items", "homestead", promise=31), "items/homestead.promise"),
    (restated("items", "marriage", promise=1), "items/marriage.promise"),
    (restated("rules", "long-wait", minutes=0), "rules/long-wait.minutes"),
    (added("rules", RuleFact(id="r", name=Words("甲"), kind=RuleKind.RATIO)), "rules/r.queues"),
    (
        added("rules", RuleFact(id="r", name=Words("甲"), kind=RuleKind.PRIORITY)),
        "rules/r.priorities",
    ),
    (restated("priorities", "elderly", lead_minutes=0), "priorities/elderly.lead_minutes"),
    (restated("queueing", "queueing", miss_after_calls=9), "queueing.miss_after_calls"),
    (restated("staff", "staff-01", staff_number="示例002"), "staff/staff-02.staff_number"),
    (restated("displays", "bar-1", device=""), "displays/bar-1.device"),
    (restated("displays", "wall-1", width=0), "displays/wall-1.width"),
    (restated("displays", "voice-1", languages=[]), "displays/voice-1.languages"),
    (added("displays", DisplayFact(id="v", kind=DisplayKind.VOICE)), "displays/v.zones"),
    (added("texts", TextFact(id="joke", text=Words("笑"))), "texts/joke.id"),
    (restated("devices", "printer-1", url="printer"), "devices/printer-1.url"),
    (opened(spans=[Span([1], "12:00", "09:00")]), "opening.spans[0].end"),
    (opened(spans=[Span([], "09:00", "12:00")]), "opening.spans[0].weekdays"),
    (opened(spans=[MORNING, Span([1, 2], "11:59", "13:00")]), "opening.spans[1]"),
    (opened(market_days=["2026-02-30"]), "opening.market_days[0]"),
    (opened(market_spans=[]), "opening.market_spans"),
    (
        opened(exceptions=[OpeningException("2026-01-01", Words("甲"))] * 2),
        "opening.exceptions[1].day",
    ),
]


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_holds_together(name: str) -> None:
    assert faults_of(load_profile(name)) == []


@pytest.mark.parametrize(("change", "where"), BROKEN, ids=[where for _, where in BROKEN])
def test_a_broken_rule_is_named_at_its_place(change: Change, where: str) -> None:
    faults = faults_of(change(HALL))
    assert [fault.where for fault in faults] == [where]
    assert faults[0].zh != faults[0].en


def test_spans_that_touch_do_not_overlap() -> None:
    spans = [MORNING, Span([1], "12:00", "13:00"), Span([2], "09:00", "12:00")]
    assert faults_of(opened(spans=spans)(HALL)) == []


def test_limits_in_different_units_are_not_compared() -> None:
    change = restated("items", "homestead", promise=31, promise_unit=LimitUnit.HOUR)
    assert faults_of(change(HALL)) == []


def test_articles_may_have_lines() -> None:
    assert any("\n" in article.body for c in HALL.categories for article in c.articles)


def test_whoever_is_named_cannot_go_unseen() -> None:
    """For every record: removing it breaks the hall exactly when somebody names it."""
    for kind, record in all_records(HALL):
        if kind in {"site", "queueing", "opening"}:
            continue
        users = users_of(HALL, kind, record.id)
        missing = {
            fault.where
            for fault in faults_of(without_record(HALL, kind, record.id))
            if f" {record.id} " in fault.en
        }
        assert bool(users) == bool(missing), (kind, record.id)
