"""What time a camera says it has, in the sender reports of its stream (RTCP, RFC 3550 § 6.4.1).

A report ties the stream's times to a clock; the library counts on from the last one and hands the
time on beside each picture. Only what a fresh report says is gone by: what is counted on for hours
is a quartz, and no clock. A camera may also send the time since it was started: no such time lies
after ``SENSIBLE_US``.
"""

from __future__ import annotations

import struct
from fractions import Fraction

import av

SENSIBLE_US = 946_684_800_000_000
"""The year 2000: no camera sends H.264 by a clock that is right and earlier."""
SAME_US = 2
"""Rounding."""


class ToldTime:
    """Of one stream; asked for its key frames in order."""

    def __init__(self, time_base: Fraction) -> None:
        """``time_base`` is the stream's."""
        self._us_per_tick = time_base * 1_000_000
        self._tied_us = 0

    def at_ms(self, packet: av.Packet[av.VideoStream]) -> int | None:
        """When this picture was filmed, by the camera's clock; None where nothing new is known."""
        if packet.pts is None or not packet.has_sidedata("prft"):
            return None
        (said_us,) = struct.unpack_from("=q", bytes(packet.get_sidedata("prft")))
        tied_us = said_us - int(packet.pts * self._us_per_tick)
        is_fresh = abs(tied_us - self._tied_us) > SAME_US
        self._tied_us = tied_us
        return said_us // 1000 if is_fresh and said_us > SENSIBLE_US else None
