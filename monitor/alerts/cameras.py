"""Which alerts of cameras are open, as the analyser sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hall_server.contract.messages.stations import AlertKind
from monitor.alerts import rules
from monitor.alerts.rules import AlertWatch
from monitor.alerts.telling import AsksHall, Teller
from monitor.analysis.health import HealthTest

OF_TESTS: Mapping[HealthTest, AlertKind] = {
    HealthTest.FROZEN: AlertKind.FROZEN,
    HealthTest.COVERED: AlertKind.COVERED,
    HealthTest.DEFOCUSED: AlertKind.DEFOCUSED,
    HealthTest.MOVED: AlertKind.MOVED,
    HealthTest.DARK: AlertKind.DARK,
    HealthTest.CLOCK_SKEW: AlertKind.CLOCK_SKEW,
}
"""Being offline is counted here, also of a camera that was never heard."""
SILENT_MS = 5_000


def of_camera(
    raised: frozenset[HealthTest], heard_at: int, at: int, *, is_blind: bool
) -> dict[AlertKind, bool]:
    """What is bad of a camera that was last heard ``heard_at``, or never (0).

    ``is_blind``: nothing comes from the recorder at all, so nothing is known of any camera.
    """
    if is_blind:
        return {}
    is_silent = at - heard_at >= SILENT_MS
    bad = {AlertKind.CAMERA_OFFLINE: is_silent}
    if not is_silent:
        bad |= {kind: test in raised for test, kind in OF_TESTS.items()}
    return bad


@dataclass(frozen=True, slots=True)
class CameraNow:
    """How a camera is, as its first view sees it."""

    raised: frozenset[HealthTest]
    heard_at: int


class CameraAlerts:
    """Of all cameras of one analyser. Called from one thread."""

    def __init__(self, link: AsksHall) -> None:
        """Nothing is known of any camera yet."""
        self._teller = Teller(link)
        self._watches: dict[str, AlertWatch] = {}

    def look(self, cameras: Mapping[str, CameraNow], at: int, *, is_blind: bool) -> None:
        """Judge, and tell what is new."""
        for camera_id, now in cameras.items():
            bad = of_camera(now.raised, now.heard_at, at, is_blind=is_blind)
            watch = rules.step(self._watches.get(camera_id, AlertWatch()), bad, at)
            self._watches[camera_id] = watch
            self._teller.tell(camera_id, watch)
