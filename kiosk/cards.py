"""The identity card on the reader: shown masked, good for one number, forgotten soon.

The driver gives a keyed hash and no number. It stays in this station's memory under an id of its
own, which is all the page gets; when a number is taken with it, or after a minute, it is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.orders import CardRead, CardUnreadable
from hall_server.contract.link import new_request_id
from kiosk.messages import CardShown, CardState

KEPT_S = 60.0


@dataclass(frozen=True, slots=True)
class _Card:
    shown: CardShown
    commitment: str
    at_s: float


class Cards:
    """See the module. Any thread may tell, show and take."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        """``steady_s`` is a steady clock."""
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._card: _Card | None = None

    def told(self, event: CardRead | CardUnreadable) -> None:
        """The reader has seen a card; the newest is the one that counts."""
        name, number, commitment = "", "", ""
        if isinstance(event, CardRead):
            card = event.card
            name, number, commitment = card.masked_name, card.masked_number, card.commitment
        state = CardState.READ if commitment else CardState.UNREADABLE
        shown = CardShown(card_id=new_request_id(), state=state, name=name, number=number)
        with self._lock:
            self._card = _Card(shown, commitment, self._steady_s())

    def shown(self) -> CardShown | None:
        """What the page may see of it."""
        with self._lock:
            card = self._present()
            return card.shown if card else None

    def take(self, card_id: str) -> str:
        """Who a number is taken for; empty when this card is not there any more."""
        with self._lock:
            card = self._present()
            if card is None or card.shown.card_id != card_id:
                return ""
            self._card = None
            return card.commitment

    def forget(self) -> None:
        """Cards are not asked for any more, or the key that hashed this one is gone."""
        with self._lock:
            self._card = None

    def _present(self) -> _Card | None:
        if self._card is not None and self._steady_s() - self._card.at_s > KEPT_S:
            self._card = None
        return self._card
