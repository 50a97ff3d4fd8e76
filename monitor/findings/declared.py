"""What the hall declares of a window, out of the picture that snapshot and events give: pure."""

from __future__ import annotations

from config.opening import Calendar
from hall_server.contract.messages.organisation import LegView
from hall_server.contract.messages.queueing import LegState, WindowState
from hall_server.contract.mirror import Picture
from monitor.findings.moments import Declared, Declares, Service


def declared_of(
    picture: Picture, window_id: str, at: int, *, must_open: bool = False
) -> Declared | None:
    """The window at the hall's time ``at``; None where the hall has no such window."""
    fact = picture.window_fact(window_id)
    if fact is None:
        return None
    view = picture.windows.get(window_id)
    state, since = Declares.CLOSED, 0
    if view is not None:
        state, since = _state(picture, window_id, view.state), view.since
    return Declared(
        state=state,
        since=since,
        staff_id=view.staff_id if view is not None else "",
        waiting=sum(_waits_for(leg, window_id, fact.queues) for leg in picture.legs.values()),
        last_service=_last_service(picture, window_id),
        hours_since=hours_since(picture, at),
        must_open=must_open,
    )


def hours_since(picture: Picture, at: int) -> int:
    """When the opening hours that run at ``at`` began; 0 outside them, or on no service day.

    A day that was opened later began then: before that no window could open.
    """
    if not picture.day:
        return 0
    facts = picture.facts
    calendar = Calendar(facts.opening, facts.site.utc_offset_minutes)
    spans = calendar.spans_of(calendar.local_day(at))
    began = next((begin for begin, end in spans if begin <= at < end), 0)
    return began and max(began, picture.day_opened_at)


def _state(picture: Picture, window_id: str, state: WindowState) -> Declares:
    if state is not WindowState.OPEN:
        return Declares(state.value)
    leg = picture.at_window(window_id)
    if leg is None:
        return Declares.OPEN
    return Declares.SERVING if leg.state is LegState.SERVING else Declares.CALLED


def _waits_for(leg: LegView, window_id: str, queues: list[str]) -> bool:
    if leg.state is not LegState.WAITING or leg.to_window_id not in ("", window_id):
        return False
    return leg.to_window_id == window_id or leg.queue_id in queues


def _last_service(picture: Picture, window_id: str) -> Service | None:
    served = [
        leg
        for leg in picture.legs.values()
        if leg.state is LegState.SERVED and leg.window_id == window_id and leg.started_at
    ]
    if not served:
        return None
    last = max(served, key=lambda leg: leg.ended_at)
    return Service(last.leg_id, last.called_at, last.started_at, last.ended_at)
