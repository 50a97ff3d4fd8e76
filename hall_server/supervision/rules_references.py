"""Who may say what of a picture of an empty seat: pure."""

from __future__ import annotations

from collections.abc import Collection

from hall_server.contract.messages.references import ReferenceState
from hall_server.contract.refusals import Refusal

TRANSITIONS = frozenset(
    {
        (ReferenceState.ASKED, ReferenceState.TAKEN),
        (ReferenceState.ASKED, ReferenceState.REFUSED),
        (ReferenceState.TAKEN, ReferenceState.APPROVED),
        (ReferenceState.TAKEN, ReferenceState.REFUSED),
        (ReferenceState.APPROVED, ReferenceState.REFUSED),
    }
)


def check_step(state: ReferenceState, wanted: ReferenceState) -> None:
    """Refuse what cannot follow."""
    if (state, wanted) not in TRANSITIONS:
        raise Refusal("reference_decided")


def check_approval(by: str, asked_by: str, looked: Collection[str], *, is_same: bool) -> None:
    """Another person, who has looked at this very picture."""
    if by == asked_by:
        raise Refusal("reference_own")
    if not is_same or by not in looked:
        raise Refusal("reference_unseen")
