"""Messages of feedback: what citizens say of a service (好差评)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from hall_server.contract.messages.base import Ask, Event, OptionalIdentifier, Whole

RatingLevel = Annotated[int, Meta(ge=1, le=5)]
"""5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意."""


class RatingSource(StrEnum):
    """Where a citizen rated."""

    RATING_PAD = "rating_pad"
    """Keys at the window (评价器)."""
    DISPLAY = "display"
    """The rating page of a display station."""


class RatingGive(Ask, frozen=True, kw_only=True):
    """A citizen rates (评价) the service that has just ended at a window, once.

    Either the pad that was pressed or the window whose page was touched.
    """

    level: RatingLevel
    device_id: OptionalIdentifier = ""
    window_id: OptionalIdentifier = ""


class RatingGiven(Event, frozen=True, kw_only=True, tag="rating.given"):
    """A service was rated."""

    ticket_id: Whole
    leg_id: Whole
    window_id: str
    staff_id: str
    item_id: str
    level: RatingLevel
    source: RatingSource
