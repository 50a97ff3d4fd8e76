"""What of cameras and of the monitor's own machine somebody has to see to: pure.

    a camera's health ─┐                                  ┌─ told to the hall (device.alert), once
    signs of life ─────┼─► what is bad now ─► patience ───┤
    room on the disk ──┘                                  └─ over, once

Each alert is raised only when its cause has lasted, and is over only when it has been gone for a
while: what comes and goes is told once. What is not known changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hall_server.contract.messages.stations import AlertKind
from monitor.alerts.signs import AnalyserSign, RecorderSign


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a cause must last before it is told, and be gone before it is over."""

    raise_ms: int
    clear_ms: int


OWN = Patience(0, 0)
"""The health test has had its own patience."""
PATIENCE: Mapping[AlertKind, Patience] = {
    AlertKind.CAMERA_OFFLINE: Patience(60_000, 10_000),
    AlertKind.FROZEN: OWN,
    AlertKind.COVERED: OWN,
    AlertKind.DEFOCUSED: OWN,
    AlertKind.MOVED: OWN,
    AlertKind.DARK: OWN,
    AlertKind.CLOCK_SKEW: OWN,
    AlertKind.RECORDER_STOPPED: Patience(30_000, 5_000),
    AlertKind.ANALYSER_STOPPED: Patience(30_000, 5_000),
    AlertKind.DISK_SHORT: Patience(60_000, 60_000),
    AlertKind.RECORDING_STOPPED: Patience(0, 60_000),
}
ALIVE_MS = 15_000
"""A sign is left every few seconds; an older one is none."""
ENOUGH_AGAIN = 1.1
"""The disk is long enough again only with a tenth more than what is stated."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One alert: since when its cause has been there or gone, and whether it is told."""

    is_bad: bool = False
    since: int = 0
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class AlertWatch:
    """All alerts of one camera or machine."""

    causes: Mapping[AlertKind, Cause] = field(default_factory=dict)

    @property
    def told(self) -> frozenset[AlertKind]:
        """What is open."""
        return frozenset(kind for kind, cause in self.causes.items() if cause.is_told)

    @property
    def is_settled(self) -> bool:
        """Whether something is known, and nothing waits out its patience."""
        causes = self.causes.values()
        return bool(causes) and all(cause.is_bad == cause.is_told for cause in causes)


def step(watch: AlertWatch, bad: Mapping[AlertKind, bool], at: int) -> AlertWatch:
    """One look on; an alert that ``bad`` does not name stays as it is."""
    causes = dict(watch.causes)
    for kind, is_bad in bad.items():
        before = causes.get(kind, Cause(since=at))
        now = before if before.is_bad == is_bad else replace(before, is_bad=is_bad, since=at)
        patience = PATIENCE[kind].raise_ms if is_bad else PATIENCE[kind].clear_ms
        if now.is_told != is_bad and at - now.since >= patience:
            now = replace(now, is_told=is_bad)
        causes[kind] = now
    return AlertWatch(causes)


def of_analyser(sign: AnalyserSign | None, at: int) -> dict[AlertKind, bool]:
    """Whether the analyser runs."""
    return {AlertKind.ANALYSER_STOPPED: sign is None or at - sign.at > ALIVE_MS}


def of_recorder(watch: AlertWatch, sign: RecorderSign | None, at: int) -> dict[AlertKind, bool]:
    """Whether the recorder runs and has room; with what it said long ago nothing is judged."""
    is_stopped = sign is None or at - sign.at > ALIVE_MS
    bad = {AlertKind.RECORDER_STOPPED: is_stopped}
    if sign is None or is_stopped:
        return bad
    bad[AlertKind.RECORDING_STOPPED] = sign.is_full
    # Before a day has been recorded only a purge is known of, and then also that it is over.
    if sign.days_fit is not None or sign.is_purging or AlertKind.DISK_SHORT in watch.causes:
        wanted = float(sign.retention_days)
        if AlertKind.DISK_SHORT in watch.told:
            wanted *= ENOUGH_AGAIN
        is_short = sign.days_fit is not None and sign.days_fit < wanted
        bad[AlertKind.DISK_SHORT] = sign.is_purging or is_short
    return bad
