"""From the hall's facts and its answer to what stands on paper, in the citizen's language. Pure."""

from __future__ import annotations

import msgspec

from config.facts import HallFacts, ItemFact, LimitUnit, Material, QueueFact, Zone
from config.values import Words
from hall_server.contract.messages.queueing import TicketSlip
from kiosk.paper import GuideDoc, Language, TicketDoc

_UNITS = {
    LimitUnit.ON_THE_SPOT: ("当场办结", "on the spot"),
    LimitUnit.HOUR: ("{amount} 小时", "{amount} hours"),
    LimitUnit.WORKING_DAY: ("{amount} 个工作日", "{amount} working days"),
    LimitUnit.CALENDAR_DAY: ("{amount} 个自然日", "{amount} days"),
}


def told(words: Words, language: Language) -> str:
    """The text in this language; Chinese where there is no other."""
    return words.en if language is Language.ENGLISH and words.en else words.zh


def limit_text(amount: int, unit: LimitUnit, language: Language) -> str:
    """A time limit in words; empty when none is stated."""
    if unit is not LimitUnit.ON_THE_SPOT and amount == 0:
        return ""
    return _UNITS[unit][language is Language.ENGLISH].format(amount=amount)


def material_text(material: Material, language: Language) -> str:
    """One document to bring: name, how many, and a note."""
    english = language is Language.ENGLISH
    counts = []
    if material.originals:
        counts.append(f"{material.originals} original" if english else f"原件 {material.originals}")
    if material.copies:
        counts.append(f"{material.copies} copies" if english else f"复印件 {material.copies}")
    if not material.required:
        counts.append("if applicable" if english else "按需提供")
    separator, opening, closing = (", ", " (", ")") if english else ("、", "（", "）")
    text = told(material.name, language)
    text += f"{opening}{separator.join(counts)}{closing}" if counts else ""
    note = told(material.note, language)
    return f"{text} {note}".strip() if note else text


def with_address(slip: TicketSlip, hall_url: str) -> TicketSlip:
    """The slip with a code that a phone can open.

    Where the hall states no public address, it is the one by which this station knows the hall.
    """
    if not slip.follow_url.startswith("/"):
        return slip
    return msgspec.structs.replace(slip, follow_url=hall_url + slip.follow_url)


def ticket_document(slip: TicketSlip, facts: HallFacts, language: Language) -> TicketDoc:
    """The ticket of an answer; facts that were removed meanwhile leave their place empty."""
    item = _item(facts, slip.item_id)
    queue = next((one for one in facts.queues if one.id == slip.queue_id), None)
    zone = zone_of(facts, queue)
    priority = next((one for one in facts.priorities if one.id == slip.priority_id), None)
    footer = next((one.text for one in facts.texts if one.id == "ticket_footer"), Words(""))
    return TicketDoc(
        site=told(facts.site.name, language),
        label=slip.label,
        item=told(item.name, language) if item else "",
        zone=told(zone.name, language) if zone else "",
        floor=zone.floor if zone else 1,
        people_ahead=slip.people_ahead,
        wait_low_minutes=slip.wait_low_minutes,
        wait_high_minutes=slip.wait_high_minutes,
        taken_at_ms=slip.taken_at,
        utc_offset_minutes=facts.site.utc_offset_minutes,
        priority=told(priority.name, language) if priority else "",
        mark=priority.mark if priority else "",
        copy=slip.copy,
        qr=slip.follow_url,
        footer=told(footer, language),
        sample=bool(item and item.sample),
    )


def guide_document(
    item: ItemFact, facts: HallFacts, language: Language, printed_at_ms: int
) -> GuideDoc:
    """The guide of an item."""
    department = next((one for one in facts.departments if one.id == item.department), None)
    return GuideDoc(
        site=told(facts.site.name, language),
        item=told(item.name, language),
        department=told(department.name, language) if department else "",
        materials=tuple(material_text(one, language) for one in item.materials),
        conditions=tuple(told(one, language) for one in item.conditions),
        steps=tuple(told(one, language) for one in item.steps),
        promise=limit_text(item.promise, item.promise_unit, language),
        legal_limit=limit_text(item.legal_limit, item.legal_limit_unit, language),
        fee=told(item.fee, language),
        basis=told(item.basis, language),
        phone=item.phone or facts.site.phone,
        printed_at_ms=printed_at_ms,
        utc_offset_minutes=facts.site.utc_offset_minutes,
        sample=item.sample,
    )


def zone_of(facts: HallFacts, queue: QueueFact | None) -> Zone | None:
    """Where the citizens of a queue wait."""
    if queue is None:
        return None
    return next((zone for zone in facts.zones if zone.id == queue.zone), None)


def _item(facts: HallFacts, item_id: str) -> ItemFact | None:
    return next((item for item in facts.items if item.id == item_id), None)
