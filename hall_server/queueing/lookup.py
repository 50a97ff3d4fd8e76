"""The hall's facts by id, made once per state of the facts: what every act of queueing looks up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from config.facts import (
    Fact,
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
from hall_server.contract.refusals import Refusal
from hall_server.queueing.rules import MINUTE_MS, check_note

PRINTER_KIND = "escpos"
F = TypeVar("F", bound=Fact)


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
    printing_station: str
    """Station with the hall's first ticket printer; empty where there is none."""

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
    printers = [device.station for device in facts.devices if device.kind == PRINTER_KIND]
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
        printing_station=printers[0] if printers else "",
    )


def _known(fact: F | None, code: str, **names: str) -> F:
    if fact is None:
        raise Refusal(code, **names)
    return fact
