"""The same request again: its first answer word for word, but never a secret a second time."""

from typing import Any

from hall_server.contract.messages.access import Role, StationInvite
from hall_server.contract.messages.organisation import SnapshotRead
from hall_server.contract.messages.queueing import AppointmentBook

HALF_AN_HOUR_MS = 1_800_000


def test_an_appointment_asked_for_again_has_its_code(hall: Any) -> None:
    clerk = hall.person("li", Role.CLERK)
    facts = hall.read("hall.snapshot", clerk, SnapshotRead()).facts
    item = next(one for one in facts.items if one.queue)
    ask = AppointmentBook(
        request_id="booking-0001",
        item_id=item.id,
        day="2026-11-23",
        at_ms=hall.clock.now_ms() + HALF_AN_HOUR_MS,
    )
    first = hall.ask("appointment.book", clerk, ask)
    assert first.code
    assert hall.ask("appointment.book", clerk, ask) == first


def test_an_invitation_is_told_once(hall: Any) -> None:
    administrator = hall.person("wang", Role.ADMINISTRATOR)
    ask = StationInvite(request_id="inviting-0001", station_id="kiosk-9", role=Role.KIOSK)
    first = hall.ask("station.invite", administrator, ask)
    again = hall.ask("station.invite", administrator, ask)
    assert first.code
    assert (again.code, again.seq) == ("", first.seq)
