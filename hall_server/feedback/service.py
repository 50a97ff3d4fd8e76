"""Use cases of feedback: a citizen rates (好差评) the service that has just ended at a window."""

from __future__ import annotations

from sqlalchemy import insert, select

from hall_server.access.rules import Asker
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.feedback import RatingGive, RatingGiven, RatingSource
from hall_server.contract.messages.queueing import LegState
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.feedback.rules import check_moment
from hall_server.feedback.tables import rating
from hall_server.queueing import days, legs, pads
from hall_server.queueing.lookup import lookup


def give(tx: Transaction, asker: Asker, ask: RatingGive) -> Accepted:
    """Rate the last service of the window, once and soon after it."""
    window_id, source = _place(tx, asker, ask)
    day = days.open_day(tx)
    leg = legs.last_served(tx.connection, day.day_id, window_id)
    present = legs.at_window(tx.connection, window_id)
    check_moment(
        is_serving=present is not None and present.state is LegState.SERVING,
        ended_at=leg.ended_at if leg else None,
        is_rated=leg is not None and _is_rated(tx, leg.leg_id),
        now_ms=tx.now_ms,
        within_s=lookup(tx.facts).rules.rating_within_s,
    )
    if leg is None:
        raise Refusal("rating_nobody")
    event = tx.record(
        RatingGiven(
            ticket_id=leg.ticket_id,
            leg_id=leg.leg_id,
            window_id=window_id,
            staff_id=leg.staff_id,
            item_id=leg.item_id,
            level=ask.level,
            source=source,
        )
    )
    tx.connection.execute(
        insert(rating).values(
            leg_id=leg.leg_id,
            window_id=window_id,
            staff_id=leg.staff_id,
            item_id=leg.item_id,
            level=ask.level,
            source=source,
            at=tx.now_ms,
        )
    )
    return Accepted(seq=event.seq)


def _place(tx: Transaction, asker: Asker, ask: RatingGive) -> tuple[str, RatingSource]:
    """The window that is rated, by its pad or by its page."""
    if not ask.device_id:
        return lookup(tx.facts).window(ask.window_id).id, RatingSource.DISPLAY
    pad = pads.own_pad(tx, asker, ask.device_id, pads.RATING_PAD)
    tx.actor = pads.actor(pad)
    return pad.window, RatingSource.RATING_PAD


def _is_rated(tx: Transaction, leg_id: int) -> bool:
    found = select(rating.c.leg_id).where(rating.c.leg_id == leg_id)
    return tx.connection.execute(found).one_or_none() is not None
