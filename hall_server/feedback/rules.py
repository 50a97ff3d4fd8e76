"""When a rating counts: pure.

A pad does not know who presses it. It is taken for the citizen whose service has just ended here:
not while somebody is being served, who might rate the one before, and not after a while.
"""

from __future__ import annotations

from hall_server.contract.refusals import Refusal


def check_moment(
    *, is_serving: bool, ended_at: int | None, is_rated: bool, now_ms: int, within_s: int
) -> None:
    """Refuse a rating that could be meant for another service, or is the second of one."""
    if is_serving:
        raise Refusal("rating_early")
    if ended_at is None or now_ms - ended_at > within_s * 1000:
        raise Refusal("rating_nobody")
    if is_rated:
        raise Refusal("rating_given")
