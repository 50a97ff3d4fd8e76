"""Who may ask for recordings, who may decide, and when an export or a hold is over: pure.

    asked ──approve──► approved ──make──► made ──┐
      │ └──refuse──► refused      └─fail─► failed ├──expire──► expired
      └───────────── (approved, made) ────────────┘

Nobody decides about their own: neither with the same account nor with another account of the same
member of staff.
"""

from __future__ import annotations

from dataclasses import dataclass

from hall_server.contract.messages.exports import ExportState
from hall_server.contract.refusals import Refusal

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EXPORT_MOST_MS = 4 * HOUR_MS
OPEN_FOR_MS = 7 * DAY_MS
"""For deciding, for making, and for fetching."""
OPEN_MOST = 50
HOLD_MOST_DAYS = 31
HOLD_UNTIL_DAYS = 366
HOLDS_MOST = 100

TRANSITIONS = frozenset(
    {
        (ExportState.ASKED, ExportState.APPROVED),
        (ExportState.ASKED, ExportState.REFUSED),
        (ExportState.APPROVED, ExportState.MADE),
        (ExportState.APPROVED, ExportState.FAILED),
        (ExportState.ASKED, ExportState.EXPIRED),
        (ExportState.APPROVED, ExportState.EXPIRED),
        (ExportState.MADE, ExportState.EXPIRED),
    }
)
OPEN = frozenset({ExportState.ASKED, ExportState.APPROVED, ExportState.MADE})
HOLDING = frozenset({ExportState.ASKED, ExportState.APPROVED})
"""What an export names is kept until it is made."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by account and, where they are of the staff, by their record."""

    account: str
    staff_id: str


def is_same(one: Person, other: Person) -> bool:
    """Whether these are one person for all we know."""
    return one.account == other.account or bool(one.staff_id and one.staff_id == other.staff_id)


def check_place(window_id: str, camera_id: str) -> None:
    """Refuse what names neither or both."""
    if bool(window_id) == bool(camera_id):
        raise Refusal("export_place")


def check_span(begins_at: int, ends_at: int, now_ms: int) -> None:
    """Refuse a time that is none, too long or not over yet."""
    if not 0 < ends_at - begins_at <= EXPORT_MOST_MS or ends_at > now_ms:
        raise Refusal("export_span", hours=EXPORT_MOST_MS // HOUR_MS)


def check_move(state: ExportState, wanted: ExportState) -> None:
    """Refuse what cannot follow."""
    if (state, wanted) not in TRANSITIONS:
        raise Refusal("export_decided")


def check_decision(
    state: ExportState, wanted: ExportState, expires_at: int, now_ms: int, *, is_own: bool
) -> None:
    """Refuse a decision about one's own export, a second one, and one that comes too late."""
    if is_own:
        raise Refusal("export_own")
    check_move(state, wanted)
    if now_ms >= expires_at:
        raise Refusal("export_lapsed")


def check_download(state: ExportState, expires_at: int, now_ms: int, *, is_asker: bool) -> None:
    """Only whoever asked, only what was made, only in time."""
    if not is_asker:
        raise Refusal("export_not_yours")
    if state is ExportState.EXPIRED or (state is ExportState.MADE and now_ms >= expires_at):
        raise Refusal("export_lapsed")
    if state is not ExportState.MADE:
        raise Refusal("export_not_made")


def check_expiry(state: ExportState, expires_at: int, now_ms: int) -> None:
    """Refuse to end what is over already, or not yet."""
    check_move(state, ExportState.EXPIRED)
    if now_ms < expires_at:
        raise Refusal("export_running")


def check_hold(begins_at: int, ends_at: int, until: int, now_ms: int) -> None:
    """Refuse a hold of no time, of everything, or for ever."""
    is_short = 0 < ends_at - begins_at <= HOLD_MOST_DAYS * DAY_MS
    if not is_short or not now_ms < until <= now_ms + HOLD_UNTIL_DAYS * DAY_MS:
        raise Refusal("hold_span", days=HOLD_MOST_DAYS, most=HOLD_UNTIL_DAYS)
