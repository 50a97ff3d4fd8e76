"""Who may see what of an event: pure masking before anything is pushed.

Default deny: an event that stands in no row here reaches staff only. The public sees numbers,
windows and states, never reasons, notes, accounts or addresses.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from hall_server.contract.messages.access import Role

Body: TypeAlias = dict[str, object]


class Audience(StrEnum):
    """The three circles an event is pushed to."""

    PUBLIC = "public"
    """Pages in the hall: walls, window screens, kiosks' and guides' pages."""
    STATION = "station"
    """Programs in the hall: what the public sees, their devices and their papers."""
    STAFF = "staff"


HIDDEN_FIELDS = frozenset({"actor", "note", "reason_id", "to_staff_id", "station_id"})
PUBLIC_EVENTS = frozenset(
    {
        "day.opened",
        "day.closed",
        "ticket.taken",
        "ticket.item_added",
        "ticket.called",
        "ticket.recalled",
        "ticket.started",
        "ticket.finished",
        "ticket.missed",
        "ticket.brought_back",
        "ticket.moved_back",
        "ticket.held",
        "ticket.resumed",
        "ticket.transferred",
        "ticket.cancelled",
        "ticket.unserved",
        "window.opened",
        "window.closed",
        "window.paused",
        "window.resumed",
        "fact.saved",
        "fact.removed",
        "facts.imported",
    }
)
ONLY_THAT_IT_CHANGED = frozenset({"fact.saved", "fact.removed", "facts.imported"})
"""Whoever hears it reads the facts again: what is stated is not what everybody may see, nor what a
demonstration lays over it."""
STAFF_ONLY_THAT_IT_CHANGED = frozenset(
    {
        *("finding.reported", "finding.confirmed", "finding.dismissed", "finding.answered"),
        *("finding.muted", "finding.unmuted"),
        *("export.asked", "export.approved", "export.refused", "export.made", "export.failed"),
        *("export.expired", "recording.held", "recording.lifted"),
    }
)
"""For those it concerns: whoever hears of a finding or an export reads what is theirs to see."""
STATION_EVENTS = PUBLIC_EVENTS | {"device.changed", "print.queued"}
AUDITOR_ONLY = frozenset(
    {
        *("account.sign_in_failed", "account.signed_in", "account.signed_out"),
        *("camera.looked", "camera.admitted", "camera.sought", "camera.arranged"),
        *("export.downloaded", "recording.forgotten"),
    }
)
"""Recorded, read by auditors through ``events.read``, pushed to nobody."""


def audience_of(roles: frozenset[Role]) -> Audience:
    """The widest circle these roles belong to."""
    if roles & {Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR}:
        return Audience.STAFF
    if roles & {Role.KIOSK, Role.DISPLAY, Role.MONITOR}:
        return Audience.STATION
    return Audience.PUBLIC


def view(body: Body, audience: Audience) -> Body | None:
    """The event as this circle may see it, or None when it may not see it at all."""
    kind = str(body["type"])
    if kind in AUDITOR_ONLY:
        return None
    if kind in ONLY_THAT_IT_CHANGED:
        told = ("type", "seq", "at", "version")
        return {name: body[name] if name in told else "" for name in body}
    if audience is Audience.STAFF:
        if kind in STAFF_ONLY_THAT_IT_CHANGED:
            shown = ("type", "seq", "at", "finding_id", "export_id", "hold_id")
            # Blank, not absent, each in its own kind.
            return {name: at if name in shown else type(at)() for name, at in body.items()}
        return body
    if kind not in (STATION_EVENTS if audience is Audience.STATION else PUBLIC_EVENTS):
        return None
    hidden = HIDDEN_FIELDS - {"station_id"} if kind == "print.queued" else HIDDEN_FIELDS
    # Blank, not absent: a receiver decodes the event strictly as the contract states it.
    return {name: "" if name in hidden else value for name, value in body.items()}
