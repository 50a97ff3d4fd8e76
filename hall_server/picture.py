"""The picture of the hall as of now, and what led to it, cut to what their reader may see."""

from __future__ import annotations

import msgspec

from config.facts import HallFacts
from hall_server.access.rules import Asker
from hall_server.audience import Audience, Body, audience_of, view
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.ledger import EventsRead, EventsView
from hall_server.contract.messages.organisation import PaperView, Snapshot
from hall_server.contract.version import VERSION
from hall_server.database import Reading
from hall_server.ledger.service import bodies_after, head_of
from hall_server.queueing import printing
from hall_server.queueing.service import picture as queueing_picture
from hall_server.stations.service import device_states, open_alerts


def picture(reading: Reading, asker: Asker, clock_rate: int) -> Snapshot:
    """One consistent look: everything is read in one transaction."""
    audience = audience_of(asker.roles)
    day, windows, legs = queueing_picture(reading)
    if audience is not Audience.STAFF:
        legs = [msgspec.structs.replace(leg, note="", to_staff_id="") for leg in legs]
        windows = [msgspec.structs.replace(window, reason_id="") for window in windows]
    return Snapshot(
        seq=head_of(reading.connection),
        at=reading.now_ms,
        clock_rate=clock_rate,
        version=VERSION,
        day=day.day if day else "",
        day_opened_at=day.opened_at if day else 0,
        facts_version=reading.facts_version,
        facts=_facts_for(reading.facts, audience),
        windows=windows,
        legs=legs,
        devices=[] if audience is Audience.PUBLIC else device_states(reading.connection),
        alerts=open_alerts(reading.connection) if audience is Audience.STAFF else [],
        papers=_papers_for(reading, asker, audience),
    )


def history(reading: Reading, asker: Asker, read: EventsRead) -> EventsView:
    """Events of the ledger in order. An auditor sees all, others what is pushed to them."""
    rows = bodies_after(reading.connection, read.after, read.limit)
    bodies: list[Body] = [msgspec.json.decode(body) for _, body in rows]
    if Role.AUDITOR not in asker.roles:
        audience = audience_of(asker.roles)
        bodies = [seen for body in bodies if (seen := view(body, audience)) is not None]
    head = head_of(reading.connection)
    return EventsView(upto=rows[-1][0] if rows else read.after, head=head, events=bodies)


def _papers_for(reading: Reading, asker: Asker, audience: Audience) -> list[PaperView]:
    if audience is Audience.PUBLIC:
        return []
    return printing.ordered(reading, asker.station_id if audience is Audience.STATION else "")


def _facts_for(facts: HallFacts, audience: Audience) -> HallFacts:
    if audience is not Audience.PUBLIC:
        return facts
    return msgspec.structs.replace(facts, devices=[], rules=[])
