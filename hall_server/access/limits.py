"""Rate limits: a token bucket for each sender, so that nobody can flood the writer.

They stand before decoding and before the database. Stations have room for a hall's rush; the
public has little. Replays run the hall's clock faster and scale the limits likewise.
"""

from __future__ import annotations

from hall_server.access.rules import PERSON_ROLES, STATION_ROLES, Asker
from hall_server.arrivals import Pace
from hall_server.contract.refusals import Refusal

PER_SECOND = {"person": 20.0, "station": 30.0, "public": 5.0}
BURST = {"person": 60.0, "station": 120.0, "public": 30.0}


class Limits:
    """Buckets of one server process."""

    def __init__(self, rate: int) -> None:
        """``rate`` is the hall clock's; 0 sets no limit."""
        self._enabled = rate > 0
        self._paces = {kind: Pace(PER_SECOND[kind] * rate, BURST[kind]) for kind in PER_SECOND}

    def check(self, asker: Asker) -> None:
        """Take one token. Raises Refusal ``too_many`` when the bucket is empty."""
        if not self._enabled:
            return
        kind = (
            "person"
            if asker.roles & PERSON_ROLES
            else "station"
            if asker.roles & STATION_ROLES
            else "public"
        )
        if not self._paces[kind].take(asker.address if kind == "public" else asker.sender):
            raise Refusal("too_many")
