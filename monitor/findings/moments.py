"""What the rules look at, one second at a time: what a window declares, and what its zones show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hall_server.contract.messages.supervision import DeclaredRow, FindingRule, Presence
from monitor.analysis.seat import Look


class Declares(StrEnum):
    """What the hall says of a window."""

    OPEN = "open"
    CALLED = "called"
    SERVING = "serving"
    PAUSED = "paused"
    CLOSED = "closed"


STAFFED = frozenset({Declares.OPEN, Declares.CALLED, Declares.SERVING})


@dataclass(frozen=True, slots=True)
class Service:
    """A service that has ended at the window."""

    leg_id: int
    called_at: int
    started_at: int
    ended_at: int


@dataclass(frozen=True, slots=True)
class Declared:
    """A window as the hall tells it, at the hall's time."""

    state: Declares
    since: int
    staff_id: str = ""
    waiting: int = 0
    """How many wait for one of its queues."""
    last_service: Service | None = None
    hours_since: int = 0
    """Since when the hall's opening hours run; 0: outside them."""
    must_open: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One second at one window."""

    at: int
    declared: Declared
    seat: Look | None = None
    citizen: Look | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many looks a span of time had, and what they were worth."""

    looks: int = 0
    absent: int = 0
    present: int = 0
    unknown: int = 0
    unwell: int = 0

    def with_look(self, look: Look, *, is_well: bool) -> Tally:
        """One look more; one that is empty without being sure yet of an absence is no doubt."""
        return Tally(
            self.looks + 1,
            self.absent + (look.presence is Presence.ABSENT),
            self.present + (look.presence is Presence.PRESENT),
            self.unknown + (look.presence is Presence.UNKNOWN and not look.empty_since),
            self.unwell + (not is_well),
        )


@dataclass(frozen=True, slots=True)
class Episode:
    """What a rule has found: a finding before it is put into words and pictures."""

    rule: FindingRule
    begins_at: int
    ends_at: int
    thresholds: tuple[tuple[str, int], ...]
    declared: tuple[DeclaredRow, ...] = ()
    staff_id: str = ""
    looks: tuple[Look, ...] = ()
    tally: Tally = field(default_factory=Tally)
    detail: str = ""
    """Which of several kinds: a health test, or ``pause`` of the second rule."""
    share_permille: int = 0
    people: int | None = None
    """In the zone, where they are counted."""
    waiting: int = 0
