"""Who may decide what of a finding, and when a rule has been wrong too often: pure.

A finding is new, then confirmed or dismissed by a supervisor whom it does not concern; what was
confirmed may still be dismissed, never the other way. Only a confirmed finding that is no trial may
count in anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from hall_server.contract.messages.supervision import FindingState
from hall_server.contract.refusals import Refusal

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
RATED_DAYS = 7
LOOK_MOST_MS = 12 * HOUR_MS
TRANSITIONS = frozenset(
    {
        (FindingState.NEW, FindingState.CONFIRMED),
        (FindingState.NEW, FindingState.DISMISSED),
        (FindingState.CONFIRMED, FindingState.DISMISSED),
    }
)


@dataclass(frozen=True, slots=True)
class Span:
    """A camera and a time that somebody wants to see, or may see."""

    camera_id: str
    begins_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How often a rule was wrong on a camera: numerator and denominator."""

    dismissed: int
    days: int

    @property
    def are_too_many(self) -> bool:
        """More than one a day."""
        return self.dismissed > self.days


def false_alarms(dismissed: int, since: int, now_ms: int) -> FalseAlarms:
    """``dismissed`` of what was reported since, or in the last week if that is shorter.

    The days count from the first finding, so a rule that begins badly is muted on its first day.
    """
    days = -(-(now_ms - since) // DAY_MS)
    return FalseAlarms(dismissed, min(max(days, 1), RATED_DAYS))


def rated_since(since: int, now_ms: int) -> int:
    """From when on false alarms count."""
    return max(since, now_ms - RATED_DAYS * DAY_MS)


def check_decision(state: FindingState, wanted: FindingState, *, is_own: bool) -> None:
    """Refuse a decision that cannot follow, or that somebody makes about themselves."""
    if is_own:
        raise Refusal("finding_own")
    if (state, wanted) not in TRANSITIONS:
        raise Refusal("finding_decided")


def may_count(state: FindingState, *, trial: bool) -> bool:
    """Whether duty and cards may take notice of it."""
    return state is FindingState.CONFIRMED and not trial


def check_span(wanted: Span, now_ms: int) -> None:
    """Refuse a look that is no time, is not yet, or is half a day at once."""
    length_ms = wanted.ends_at - wanted.begins_at
    if not 0 < length_ms <= LOOK_MOST_MS or wanted.begins_at > now_ms:
        raise Refusal("look_span", hours=LOOK_MOST_MS // HOUR_MS)


def is_within(wanted: Span, clip: Span) -> bool:
    """Whether a look keeps to a finding's clip."""
    return (
        wanted.camera_id == clip.camera_id
        and clip.begins_at <= wanted.begins_at
        and wanted.ends_at <= clip.ends_at
    )
