"""Which alarms of a device are open: a rule over what it says of itself, with hysteresis. Pure.

An alarm opens when its device says so (the health that is looked at has had its own two looks), and
closes when the device has not said so for a while; no news is no good news, so that nothing closes
while the device is out of reach or was never heard. Out of reach counts after a minute. Checksums
are judged in portions of so many answers, and closed only well below what opened them.
"""

from collections.abc import Iterable
from enum import StrEnum

from drivers.codec.counters import Counters
from drivers.orders import DeviceCode, DeviceHealth, DeviceStatus

_OFFLINE_MS = 60_000
_CLEAR_MS = 5_000
_PORTION = 200
_OPENS_ABOVE, _CLOSES_BELOW = 0.01, 0.005


class Alarm(StrEnum):
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    NOT_TAKEN = "not_taken"
    OFFLINE = "offline"
    CHECKSUM_ERRORS = "checksum_errors"


_SAID_BY = {
    Alarm.PAPER_LOW: {DeviceCode.PAPER_LOW, DeviceCode.PAPER_ENDING},
    Alarm.PAPER_OUT: {DeviceCode.PAPER_OUT},
    Alarm.COVER_OPEN: {DeviceCode.COVER_OPEN},
    Alarm.CUTTER_ERROR: {DeviceCode.CUTTER_ERROR},
    Alarm.NOT_TAKEN: {DeviceCode.NOT_TAKEN},
}
_CLEAR_LATER_MS = {Alarm.NOT_TAKEN: 60_000}  # drawn back after seconds, yet somebody has to know


class DeviceAlarms:
    """One device over time."""

    def __init__(self) -> None:
        self._said_at_ms: dict[Alarm, int] = {}
        self._offline_since_ms: int | None = None
        self._is_offline = False
        self._portion_from: Counters | None = None
        self._has_bad_sums = False
        self.is_known = False
        """Whether anything has been heard of it, so that "no alarm" means something."""

    def look(self, status: DeviceStatus, line: Counters, now_ms: int) -> frozenset[Alarm]:
        """What is open now."""
        self._hear(status, now_ms)
        self._judge(line)
        open_ones = [*self._said_at_ms]
        open_ones += [Alarm.OFFLINE] * self._is_offline
        open_ones += [Alarm.CHECKSUM_ERRORS] * self._has_bad_sums
        return frozenset(open_ones)

    def _hear(self, status: DeviceStatus, now_ms: int) -> None:
        if status.health is DeviceHealth.OFFLINE:
            since_ms = self._offline_since_ms
            self._offline_since_ms = since_ms = now_ms if since_ms is None else since_ms
            self._is_offline = self._is_offline or now_ms - since_ms > _OFFLINE_MS
            self.is_known = self.is_known or self._is_offline
        elif status.health is not DeviceHealth.UNKNOWN:
            self._offline_since_ms, self._is_offline, self.is_known = None, False, True
            self._said(status.codes, now_ms)

    def _said(self, codes: Iterable[DeviceCode], now_ms: int) -> None:
        for alarm, saying in _SAID_BY.items():
            if saying & {*codes}:
                self._said_at_ms[alarm] = now_ms
        self._said_at_ms = {
            alarm: at_ms
            for alarm, at_ms in self._said_at_ms.items()
            if now_ms - at_ms < _CLEAR_LATER_MS.get(alarm, _CLEAR_MS)
        }

    def _judge(self, line: Counters) -> None:
        begun = self._portion_from
        if begun is None or line.frames_ok < begun.frames_ok or line.crc_bad < begun.crc_bad:
            self._portion_from = line  # new, or opened anew
            return
        bad = line.crc_bad - begun.crc_bad
        heard = line.frames_ok - begun.frames_ok + bad
        if heard >= _PORTION:
            share = bad / heard
            above = _CLOSES_BELOW if self._has_bad_sums else _OPENS_ABOVE
            self._has_bad_sums = share > above
            self._portion_from = line
