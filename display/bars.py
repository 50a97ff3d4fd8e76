"""Which faces must go to their bars now: the changed ones at once, the others before they fade.

A bar's card forgets a text when its time to live is over. The station therefore repeats every face
at half of that time while it hears the hall, and stops repeating calls when it does not: then the
card goes dark by itself. Pure: the station's steady clock is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from display.director import Face
from drivers.orders import ShowText


@dataclass(frozen=True, slots=True)
class Asserted:
    """A face and when it was last sent."""

    face: Face
    at_ms: int


@dataclass(frozen=True, slots=True)
class Bars:
    """What has been sent to every bar, by display."""

    asserted: Mapping[str, Asserted] = field(default_factory=dict)

    def orders(self, faces: Iterable[Face], now_ms: int) -> tuple[Bars, list[ShowText]]:
        """The orders that bring every bar to its face, and the state after they were given."""
        kept: dict[str, Asserted] = {}
        orders = []
        for face in faces:
            before = self.asserted.get(face.display_id)
            if before is None or needs_sending(face, before, now_ms):
                orders.append(show_text(face))
                before = Asserted(face, now_ms)
            kept[face.display_id] = before
        return Bars(kept), orders


def needs_sending(face: Face, before: Asserted, now_ms: int) -> bool:
    """Changed, or half gone. Darkness needs no repeating: a dark card stays dark."""
    if face != before.face:
        return True
    return bool(face.text) and now_ms - before.at_ms >= face.time_to_live_ms // 2


def show_text(face: Face) -> ShowText:
    return ShowText(
        device=face.device_id,
        area="main",
        text=face.text,
        time_to_live_ms=face.time_to_live_ms,
        colour=face.colour,
        order_id=f"{face.display_id}:{face.shown_seq}",
    )


def acknowledged(order: ShowText) -> tuple[str, int]:
    """The display and the call that a card's acknowledgement of this order proves; 0 for none."""
    display_id, _, seq = order.order_id.rpartition(":")
    return display_id, int(seq)
