"""Rate limits: a token bucket for each sender, so that nobody can flood the writer.

They stand before decoding and before the database. Stations have room for a hall's rush; the
public has little. Replays run the hall's clock faster and scale the limits likewise.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from hall_server.access.rules import PERSON_ROLES, STATION_ROLES, Asker
from hall_server.contract.refusals import Refusal

SENDERS_MAX = 4_096
"""Buckets kept; the longest unused is forgotten."""
PER_SECOND = {"person": 20.0, "station": 30.0, "public": 5.0}
BURST = {"person": 60.0, "station": 120.0, "public": 30.0}


class Limits:
    """Buckets of one server process."""

    def __init__(self, rate: int = 1, *, enabled: bool = True) -> None:
        """``rate`` is the hall clock's."""
        self._rate = rate
        self._enabled = enabled
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

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
        key = asker.sender if kind != "public" else f"public:{asker.address}"
        now_s = time.monotonic()
        with self._lock:
            tokens, at_s = self._buckets.pop(key, (BURST[kind], now_s))
            refill = (now_s - at_s) * PER_SECOND[kind] * self._rate
            tokens = min(BURST[kind], tokens + refill)
            allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if allowed else tokens, now_s)
            if len(self._buckets) > SENDERS_MAX:
                self._buckets.popitem(last=False)
        if not allowed:
            raise Refusal("too_many")
