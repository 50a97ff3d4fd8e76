"""Do the facts of a hall hold together? Pure: every fault at once, with its place.

Each record has already been read strictly, so its own fields are well formed. Here stand the rules
across records: whoever is named exists, window numbers are unique, a queue that takes tickets has
a window. Opening hours have their own file, ``rules_opening``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from config.facts import HallFacts, ItemFact, LimitUnit, RuleFact, RuleKind
from config.faults import Fault
from config.fittings import DisplayKind
from config.kinds import MANY, all_records, records_of, texts_of
from config.values import Fact
from hall_server.organisation.rules_opening import opening_faults

SINGLE_IDS = {"queueing": "queueing", "opening": "hall"}
TEXTS = ("marquee", "hints", "ticket_footer", "kiosk_notice")
PADS = frozenset({"call-pad", "rating-pad"})
LIKE_DIGITS = frozenset("IO")
"""Letters that citizens read as 1 and 0."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CONTROL_BUT_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

References = Iterator[tuple[str, str, str, str]]
"""A record's place, the field, the kind it points into, the id it names."""


def faults_of(facts: HallFacts) -> list[Fault]:
    """Everything that does not hold; empty when the hall may be run with these facts."""
    return [fault for check in CHECKS for fault in check(facts)]


def references(facts: HallFacts) -> References:
    """Everything in the facts that names another record."""
    for queue in facts.queues:
        yield from _named("queues", queue, zone="zones")
    for window in facts.windows:
        yield from _named(
            "windows",
            window,
            zone="zones",
            department="departments",
            queues="queues",
            rules="rules",
        )
    for item in facts.items:
        yield from _named("items", item, department="departments", queue="queues")
    for rule in facts.rules:
        yield from _named("rules", rule, queues="queues", priorities="priorities")
    for person in facts.staff:
        yield from _named("staff", person, department="departments")
    for device in facts.devices:
        yield from _named("devices", device, window="windows")
    for display in facts.displays:
        yield from _named("displays", display, zones="zones", window="windows", device="devices")
    yield from _named("queueing", facts.queueing, appointment_priority="priorities")


def users_of(facts: HallFacts, kind: str, record_id: str) -> list[str]:
    """Places that name a record: why it may not be taken back."""
    named = {
        place for place, _, into, wanted in references(facts) if (into, wanted) == (kind, record_id)
    }
    return sorted(named)


def _named(kind: str, record: Fact, **fields: str) -> References:
    for field, into in fields.items():
        value = getattr(record, field)
        for wanted in value if isinstance(value, list) else [value]:
            if wanted:
                yield f"{kind}/{record.id}", field, into, wanted


def _references_exist(facts: HallFacts) -> Iterator[Fault]:
    known = {kind: {record.id for record in records_of(facts, kind)} for kind in MANY}
    for place, field, into, wanted in references(facts):
        if wanted not in known[into]:
            yield Fault(
                f"{place}.{field}",
                f"{into} 中没有 {wanted}",
                f"there is no {wanted} among {into}",
            )


def _named_once(facts: HallFacts) -> Iterator[Fault]:
    for place, field, values in _lists_of_names(facts):
        if len(set(values)) < len(values):
            yield Fault(f"{place}.{field}", "同一项写了两次", "the same is named twice")


def _lists_of_names(facts: HallFacts) -> Iterator[tuple[str, str, list[str]]]:
    lists: dict[tuple[str, str], list[str]] = {}
    for place, field, _, wanted in references(facts):
        lists.setdefault((place, field), []).append(wanted)
    for (place, field), values in lists.items():
        yield place, field, values


def _ids(facts: HallFacts) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for kind, record in all_records(facts):
        if (kind, record.id) in seen:
            yield Fault(f"{kind}/{record.id}.id", "标识重复", "this id is used twice")
        seen.add((kind, record.id))
        wanted = SINGLE_IDS.get(kind, record.id)
        if record.id != wanted:
            yield Fault(f"{kind}.id", f"标识必须为 {wanted}", f"the id must be {wanted}")


def _texts(facts: HallFacts) -> Iterator[Fault]:
    """No text may carry control characters to a printer, a sign or a voice."""
    for kind, record in all_records(facts):
        for path, text, long in texts_of(record):
            if (CONTROL_BUT_LINES if long else CONTROL).search(text):
                yield Fault(
                    f"{kind}/{record.id}.{path}",
                    "含有不可见的控制字符",
                    "holds control characters that cannot be seen",
                )
        name = getattr(record, "name", None)
        zh = name if isinstance(name, str) else getattr(name, "zh", "x")
        optional = kind in {"windows", "displays"}
        if not optional and not str(zh).strip():
            yield Fault(f"{kind}/{record.id}.name.zh", "名称不能为空", "a name is required")


def _windows(facts: HallFacts) -> Iterator[Fault]:
    by_number: dict[int, str] = {}
    for window in facts.windows:
        other = by_number.setdefault(window.number, window.id)
        if other != window.id:
            yield Fault(
                f"windows/{window.id}.number",
                f"{window.number} 号已是窗口 {other} 的编号",
                f"number {window.number} belongs to window {other}",
            )
    staffed: dict[str, str] = {}
    for person in facts.staff:
        other = staffed.setdefault(person.staff_number, person.id)
        if other != person.id:
            yield Fault(
                f"staff/{person.id}.staff_number",
                f"工号与 {other} 重复",
                f"this number belongs to {other}",
            )


def _queues(facts: HallFacts) -> Iterator[Fault]:
    served = {queue for window in facts.windows for queue in window.queues}
    taking = {item.queue: item.id for item in facts.items if item.queue and not item.hidden}
    for queue in facts.queues:
        if queue.id in taking and queue.id not in served:
            yield Fault(
                f"queues/{queue.id}",
                f"没有窗口办理此队列，而事项 {taking[queue.id]} 在此取号",
                f"no window serves this queue, but item {taking[queue.id]} takes its tickets here",
            )
        if set(queue.series) & LIKE_DIGITS:
            yield Fault(
                f"queues/{queue.id}.series",
                "字母 I、O 容易看成数字 1、0",
                "the letters I and O are read as 1 and 0",
            )


def _items(facts: HallFacts) -> Iterator[Fault]:
    for item in facts.items:
        if item.legal_limit and _days(item) and item.promise > item.legal_limit:
            yield Fault(
                f"items/{item.id}.promise",
                f"承诺时限超过法定时限 {item.legal_limit}",
                f"the promise exceeds the legal limit of {item.legal_limit}",
            )
        at_once = LimitUnit.ON_THE_SPOT
        for field, unit in (("promise", item.promise_unit), ("legal_limit", item.legal_limit_unit)):
            if unit is at_once and getattr(item, field):
                yield Fault(
                    f"items/{item.id}.{field}", "当场办结的时限应为 0", "on the spot means 0"
                )


def _days(item: ItemFact) -> bool:
    """Whether both limits are counted in the same unit and so can be compared."""
    return item.promise_unit is item.legal_limit_unit


def _calling_rules(facts: HallFacts) -> Iterator[Fault]:
    for rule in facts.rules:
        for field in _needed(rule):
            if not getattr(rule, field):
                yield Fault(
                    f"rules/{rule.id}.{field}",
                    "这种规则必须填写此项",
                    "this kind of rule needs it",
                )


def _needed(rule: RuleFact) -> tuple[str, ...]:
    match rule.kind:
        case RuleKind.LONGEST_WAIT:
            return ("queues", "minutes")
        case RuleKind.WAITING_COUNT:
            return ("queues", "count")
        case RuleKind.PRIORITY:
            return ("priorities",)
        case RuleKind.RATIO:
            return ("queues",)


def _priorities(facts: HallFacts) -> Iterator[Fault]:
    for priority in facts.priorities:
        if priority.kiosk and not priority.lead_minutes:
            yield Fault(
                f"priorities/{priority.id}.lead_minutes",
                "取号机上可选的优先类别应有提前的分钟数",
                "a class offered at the kiosk must put its tickets forward",
            )
    queueing = facts.queueing
    if queueing.recall_limit and queueing.miss_after_calls > queueing.recall_limit + 1:
        yield Fault(
            "queueing.miss_after_calls",
            f"最多只能呼叫 {queueing.recall_limit + 1} 次（含重呼）",
            f"there are at most {queueing.recall_limit + 1} calls, recalls included",
        )


def _displays(facts: HallFacts) -> Iterator[Fault]:
    needed = {
        DisplayKind.WINDOW: ("window",),
        DisplayKind.BAR: ("window", "device"),
        DisplayKind.VOICE: ("languages",),
    }
    voices: dict[str, str] = {}
    for display in facts.displays:
        place = f"displays/{display.id}"
        for field in needed.get(display.kind, ()):
            if not getattr(display, field):
                yield Fault(f"{place}.{field}", "这种显示必须填写此项", "this kind needs it")
        screen = display.kind in {DisplayKind.WALL, DisplayKind.WINDOW, DisplayKind.GUIDE}
        if screen and not (display.width and display.height):
            yield Fault(f"{place}.width", "屏幕须有宽和高", "a screen has a width and a height")
        if display.kind is DisplayKind.VOICE:
            for zone in display.zones or [zone.id for zone in facts.zones]:
                other = voices.setdefault(zone, display.id)
                if other != display.id:
                    yield Fault(
                        f"{place}.zones",
                        f"区域 {zone} 已由 {other} 播报，两处同时播报会听不清",
                        f"zone {zone} already hears {other}; two voices at once are not understood",
                    )


def _pads(facts: HallFacts) -> Iterator[Fault]:
    for device in facts.devices:
        if device.kind in PADS and not device.window:
            yield Fault(
                f"devices/{device.id}.window",
                "呼叫器、评价器须指定所在窗口",
                "a pad stands at a window: say which",
            )
    for window in facts.windows:
        keys = [one.key for one in window.keypad]
        if len(set(keys)) < len(keys):
            yield Fault(
                f"windows/{window.id}.keypad", "同一键写了两次", "the same key is named twice"
            )
    queueing = facts.queueing
    if queueing.card_at_kiosk and not queueing.tickets_per_person:
        yield Fault(
            "queueing.tickets_per_person",
            "刷证取号须规定每人可持有的号数",
            "with cards at the kiosk, say how many numbers a person may hold",
        )


def _stand_ins(facts: HallFacts) -> Iterator[Fault]:
    at = {device.id: device.station for device in facts.devices}
    for device in facts.devices:
        first = device.options.get("stand_in_for")
        if first and (first == device.id or at.get(str(first)) != device.station):
            yield Fault(
                f"devices/{device.id}.options.stand_in_for",
                "应为同一终端站的另一台打印机",
                "must be another printer of the same station",
            )


def _known_texts(facts: HallFacts) -> Iterator[Fault]:
    for text in facts.texts:
        if text.id not in TEXTS:
            known = ", ".join(TEXTS)
            yield Fault(f"texts/{text.id}.id", f"可用的文字：{known}", f"known texts: {known}")
    for device in facts.devices:
        scheme, colon, _ = device.url.partition(":")
        if not (colon and scheme.isascii() and scheme.isalnum()):
            yield Fault(
                f"devices/{device.id}.url",
                "应为地址，如 tcp://192.168.1.63:5005",
                "must be an address such as tcp://192.168.1.63:5005",
            )


def _opening(facts: HallFacts) -> Iterator[Fault]:
    yield from opening_faults(facts.opening)


CHECKS: tuple[Callable[[HallFacts], Iterator[Fault]], ...] = (
    _ids,
    _texts,
    _references_exist,
    _named_once,
    _windows,
    _queues,
    _items,
    _calling_rules,
    _priorities,
    _displays,
    _pads,
    _stand_ins,
    _known_texts,
    _opening,
)
