"""May a number be given now: pure, by the opening calendar (开放日历) and the queueing rules."""

from __future__ import annotations

from config.facts import QueueingRules
from config.opening import MINUTE_MS, Calendar


def issue_refusal(
    calendar: Calendar, rules: QueueingRules, *, now_ms: int, expected_ms: int
) -> str:
    """Code of why no ticket is given now, or nothing.

    ``expected_ms`` is how long a newcomer would wait, in open time. A citizen who would more likely
    than not still wait when the hall closes is told so at the kiosk rather than at the door.
    """
    if not calendar.gives_tickets(now_ms, rules):
        return "hall_closed"
    closes_at = calendar.closes_at(now_ms)
    if closes_at is None:
        return ""
    if now_ms >= closes_at - rules.stop_before_close_minutes * MINUTE_MS:
        return "closing_soon"
    open_ms = calendar.open_ms_between(now_ms, closes_at)
    if rules.stop_when_full and expected_ms > open_ms:
        return "day_full"
    return ""
