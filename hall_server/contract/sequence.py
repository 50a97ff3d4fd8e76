"""Puts what the hall pushes into its order, and notices what is missing. Pure.

A push tells all events after ``since`` up to ``upto``. A receiver stands at a place of its own:

    upto <= place            seen already: nothing new
    since <= place < upto    continues: give the events after the place, move to ``upto``
    place < since            something between is missing: keep it and wait a moment

The client library gives each message to a thread of its own, so that two pushes may overtake each
other by a hair; only when the missing one does not come soon has it been lost, and the hall is read
anew.
"""

from __future__ import annotations

from hall_server.contract.messages.organisation import Push

HELD_MAX = 256


class Sequence:
    """The place reached, and pushes that came too early."""

    def __init__(self, place: int = 0) -> None:
        """Begin at ``place``, the seq of the last snapshot or event taken in; 0 for nothing yet."""
        self.place = place
        self._held: dict[int, Push] = {}

    @property
    def has_gap(self) -> bool:
        """Whether something is held because what goes before it has not come."""
        return bool(self._held)

    def restart(self, place: int) -> list[dict[str, object]]:
        """A snapshot brought us to ``place``: give what was held and goes on from there."""
        self.place = place
        return self._continue()

    def take(self, push: Push) -> list[dict[str, object]]:
        """The events that can be given now, in order, none twice."""
        if push.upto > self.place and len(self._held) < HELD_MAX:
            self._held[push.since] = push
        return self._continue()

    def _continue(self) -> list[dict[str, object]]:
        ready: list[dict[str, object]] = []
        for since in sorted(self._held):
            if since > self.place:
                break
            push = self._held.pop(since)
            ready += [event for event in push.events if _seq(event) > self.place]
            self.place = max(self.place, push.upto)
        return ready


def _seq(event: dict[str, object]) -> int:
    seq = event.get("seq")
    return seq if isinstance(seq, int) else 0
