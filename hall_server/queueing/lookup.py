"""The hall's facts by id, made once per state of the facts: what every act of queueing looks up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from config.facts import (
    HallFacts,
    ItemFact,
    PriorityFact,
    QueueFact,
    QueueingRules,
    ReasonKind,
    RuleFact,
    StaffFact,
    WindowFact,
)
from config.opening import Calendar
from config.values import Fact
from hall_server.contract.refusals import Refusal
from hall_server.queueing.forecast import Pace, first_pace
from hall_server.queueing.legs import queue_line, window_line
from hall_server.queueing.rules import MINUTE_MS, check_note

PRINTER_KIND = "escpos"
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Beside:
    """Whatever bears upon the wait in one queue, because a window of that queue serves it too."""

    lines: tuple[str, ...]
    """Lines of its queues and of the windows of these; none named where every queue is of them."""
    windows: frozenset[str]
    """Windows that serve any of these queues."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Facts by id; asking for what is not there is a refusal."""

    site_id: str
    public_url: str
    rules: QueueingRules
    calendar: Calendar
    windows: Mapping[str, WindowFact]
    queues: Mapping[str, QueueFact]
    items: Mapping[str, ItemFact]
    priorities: Mapping[str, PriorityFact]
    calling_rules: Mapping[str, RuleFact]
    reasons: Mapping[str, ReasonKind]
    staff: Mapping[str, StaffFact]
    classes: tuple[str, ...]
    """Priority classes, the ordinary one (empty) first."""
    leads_ms: Mapping[str, int]
    windows_of: Mapping[str, tuple[str, ...]]
    """Windows that serve each queue."""
    serves: Mapping[str, frozenset[str]]
    """Queues that each window serves."""
    beside: Mapping[str, Beside]
    """For each queue that a window serves."""
    first_paces: Mapping[str, Pace]
    """What is expected of each queue until its calls have been measured."""
    printers: tuple[tuple[str, str], ...]
    """Window (empty for a printer of the hall) and station of every ticket printer."""

    def printing_station(self, window_id: str) -> str:
        """Whose printer is this window's own, else its zone's, else the hall's, else the first.

        Empty where there is none.
        """
        zones = {one.id: one.zone for one in self.windows.values()}
        zone = zones.get(window_id, "")

        def distance(printer: tuple[str, str]) -> int:
            at, _station = printer
            if window_id and at == window_id:
                return 0
            if zone and zones.get(at, "") == zone:
                return 1
            return 3 if at else 2

        return min(self.printers, key=distance, default=("", ""))[1]

    def window(self, window_id: str) -> WindowFact:
        """The window, or a refusal."""
        return _known(self.windows.get(window_id), "window_unknown", window=window_id)

    def queue(self, queue_id: str) -> QueueFact:
        """The queue, or a refusal; a queue nobody serves takes nobody in."""
        queue = _known(self.queues.get(queue_id), "queue_unknown", queue=queue_id)
        if queue_id not in self.windows_of:
            raise Refusal("queue_without_window")
        return queue

    def item(self, item_id: str) -> ItemFact:
        """The item, or a refusal."""
        return _known(self.items.get(item_id), "item_unknown", item=item_id)

    def item_with_queue(self, item_id: str) -> tuple[ItemFact, QueueFact]:
        """An item that gives tickets, and its queue."""
        item = self.item(item_id)
        if item.hidden:
            raise Refusal("item_hidden")
        if not item.queue:
            raise Refusal("item_without_queue")
        return item, self.queue(item.queue)

    def check_reason(self, reason_id: str, kind: ReasonKind, note: str) -> None:
        """Refuse a reason that does not belong to this act, or a note unfit for the ledger.

        None given is fine.
        """
        if reason_id and self.reasons.get(reason_id) is not kind:
            raise Refusal("reason_unknown")
        check_note(note)


def lookup(facts: HallFacts) -> Lookup:
    """The lookup of these facts; made anew only when the facts are others."""
    return _made(_Identity(facts))


class _Identity:
    """Facts as a key: equal only to themselves, and kept alive while their lookup is."""

    __slots__ = ("facts",)

    def __init__(self, facts: HallFacts) -> None:
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.facts is self.facts

    def __hash__(self) -> int:
        return id(self.facts)


@lru_cache(maxsize=4)
def _made(key: _Identity) -> Lookup:
    facts = key.facts
    windows_of: dict[str, tuple[str, ...]] = {}
    for window in facts.windows:
        for queue_id in window.queues:
            windows_of[queue_id] = (*windows_of.get(queue_id, ()), window.id)
    serves = {window.id: frozenset(window.queues) for window in facts.windows}
    printers = tuple(
        (device.window, device.station)
        for device in facts.devices
        if device.kind == PRINTER_KIND and not device.options.get("stand_in_for")
    )
    return Lookup(
        site_id=facts.site.id,
        public_url=facts.site.public_url.rstrip("/"),
        rules=facts.queueing,
        calendar=Calendar(facts.opening, facts.site.utc_offset_minutes),
        windows={one.id: one for one in facts.windows},
        queues={one.id: one for one in facts.queues},
        items={one.id: one for one in facts.items},
        priorities={one.id: one for one in facts.priorities},
        calling_rules={one.id: one for one in facts.rules},
        reasons={one.id: one.kind for one in facts.reasons},
        staff={one.id: one for one in facts.staff},
        classes=("", *(one.id for one in facts.priorities)),
        leads_ms={one.id: one.lead_minutes * MINUTE_MS for one in facts.priorities},
        windows_of=windows_of,
        serves=serves,
        beside={queue_id: _beside(queue_id, windows_of, serves) for queue_id in windows_of},
        first_paces={one.id: first_pace(one.service_minutes) for one in facts.queues},
        printers=printers,
    )


def _beside(
    queue_id: str, windows_of: Mapping[str, tuple[str, ...]], serves: Mapping[str, frozenset[str]]
) -> Beside:
    own = windows_of[queue_id]
    queues = sorted({queue for window_id in own for queue in serves[window_id]})
    windows = frozenset(window_id for queue in queues for window_id in windows_of[queue])
    if len(queues) == len(windows_of):
        return Beside((), windows)
    lines = (*map(queue_line, queues), *map(window_line, sorted(windows)))
    return Beside(lines, windows)


def _known(fact: F | None, code: str, **names: str) -> F:
    if fact is None:
        raise Refusal(code, **names)
    return fact
