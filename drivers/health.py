"""From findings to health, and from failures to patience. Pure.

A lamp that flickers is not believed: health changes when two checks in a row agree, or at once when
the finding is certain (a hang-up, a job the printer itself refused) or nothing was known before.
After a failure a device is tried again later and later, with a little chance in it so that twenty
bars that lost one switch do not all call at the same instant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.orders import DeviceCode, DeviceHealth, DeviceStatus

_AGREEING_CHECKS = 2
_OFFLINE = frozenset({DeviceCode.OFFLINE, DeviceCode.LINK_LOST})
_DEGRADED = frozenset({DeviceCode.PAPER_LOW, DeviceCode.PAPER_ENDING, DeviceCode.NOT_TAKEN})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `answered` is whether the device itself spoke."""

    answered: bool
    codes: frozenset[DeviceCode] = field(default_factory=frozenset)
    certain: bool = False
    detail: str = ""

    @property
    def health(self) -> DeviceHealth:
        if self.codes & _OFFLINE:
            return DeviceHealth.OFFLINE
        if not self.answered:
            return DeviceHealth.UNKNOWN
        if self.codes - _DEGRADED:
            return DeviceHealth.FAULT
        return DeviceHealth.DEGRADED if self.codes else DeviceHealth.OK


class HealthRecord:
    """One device's status over time."""

    def __init__(self, device_id: str, kind: str, now_ms: int, *, disabled: bool = False) -> None:
        health = DeviceHealth.DISABLED if disabled else DeviceHealth.UNKNOWN
        self.status = DeviceStatus(device_id, kind, health, frozenset(), now_ms, None)
        self._suspected: Finding | None = None
        self._agreeing = 0

    def add(self, finding: Finding, now_ms: int) -> DeviceStatus | None:
        """The new status when it changed, else None."""
        status = self.status
        if status.health is DeviceHealth.DISABLED:
            return None
        if (finding.health, finding.codes) == (status.health, status.codes):
            self._suspected, self._agreeing = None, 0
            self.status = replace(status, detail=finding.detail)
            self._note_ok(now_ms)
            return None
        same_suspicion = self._suspected is not None and finding.codes == self._suspected.codes
        self._agreeing = self._agreeing + 1 if same_suspicion else 1
        self._suspected = finding
        nothing_known = status.health is DeviceHealth.UNKNOWN
        if not (finding.certain or nothing_known or self._agreeing >= _AGREEING_CHECKS):
            return None
        self._suspected, self._agreeing = None, 0
        since_ms = status.since_ms if finding.health is status.health else now_ms
        self.status = replace(
            status,
            health=finding.health,
            codes=finding.codes,
            since_ms=since_ms,
            detail=finding.detail,
        )
        self._note_ok(now_ms)
        return self.status

    def _note_ok(self, now_ms: int) -> None:
        if self.status.health in {DeviceHealth.OK, DeviceHealth.DEGRADED}:
            self.status = replace(self.status, last_ok_ms=now_ms)


class Backoff:
    """Seconds to wait before the next try: 0.5, 1, 2 … 30, each 20 % more or less by chance."""

    def __init__(
        self, chance: Callable[[], float], first_s: float = 0.5, most_s: float = 30
    ) -> None:
        self._chance = chance
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def next_s(self) -> float:
        wait_s = self._next_s
        self._next_s = min(self._next_s * 2, self._most_s)
        return wait_s * (0.8 + 0.4 * self._chance())

    def reset(self) -> None:
        self._next_s = self._first_s
