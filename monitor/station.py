"""The monitor's line to the hall: enrolled like every station, so that its page is let in.

The page hears the hall by itself; here is only known whether the hall is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from config.facts import HallFacts
from config.opening import Calendar
from hall_server.contract.link import Link, LinkStatus
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from monitor.alerts.machine import MachineAlerts
from monitor.feed.packets import CALENDAR
from monitor.lookback.seeks import Telling

if TYPE_CHECKING:
    from monitor.exporting.exporting import Exporting
    from monitor.recording.sealing import Sealing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a monitor must know before it has met the hall."""

    hall_url: str
    station_id: str
    data: Path
    origin: str
    code: str = ""
    code_file: Path | None = None
    cameras: Path | None = None
    """The recorder's cameras; without them nothing is exported."""
    analyser: Path | None = None
    """The analyser's data folder, where there are cameras on this machine."""


class Station:
    """See the module. ``start`` once, ``stop`` once."""

    def __init__(self, settings: Settings, now_ms: Callable[[], int]) -> None:
        """``now_ms`` is this machine's wall clock, which the hall compares with its own."""
        self.settings = settings
        settings.data.mkdir(parents=True, exist_ok=True)
        self._link = Link(
            settings.hall_url,
            settings.data / "station.key",
            settings.station_id,
            settings.origin,
            self._heard_snapshot,
            self._heard_event,
            self._heard_state,
            now_ms=now_ms,
            code=settings.code,
            code_file=settings.code_file,
        )
        self._now_ms = now_ms
        self._beside: list[Sealing | Exporting | Telling] = []
        self.machine = (
            MachineAlerts(
                self._link,
                settings.station_id,
                settings.data,
                settings.analyser,
                now_ms,
                settings.cameras,
            )
            if settings.analyser
            else None
        )
        """None where no cameras are."""

    def start(self) -> None:
        """Begin; the hall may come later."""
        self._link.start()
        if self.machine:
            self.machine.start()

    def stop(self) -> None:
        """Hang up."""
        if self.machine:
            self.machine.stop()
        for one in self._beside:
            one.stop()
        self._link.stop()

    @property
    def status(self) -> LinkStatus:
        """How the station stands with the hall."""
        return self._link.status

    def _heard_snapshot(self, snapshot: Snapshot) -> None:
        log.info("the hall stands at seq %s", snapshot.seq)
        self._keep_calendar(snapshot.facts)
        if not self._beside:
            self._start_beside()

    def _start_beside(self) -> None:
        """What speaks for the archive, in threads of its own."""
        # The archive's database library is slow to load, and nobody has to wait for it.
        from monitor.exporting.exporting import Exporting  # noqa: PLC0415
        from monitor.recording.sealing import Sealing  # noqa: PLC0415

        told = self.settings
        self._beside.append(Sealing(told.data, self._link, self._now_ms))
        self._beside.append(Telling(told.data, self._link))
        if told.cameras is not None:
            who = (told.data, told.cameras, told.station_id)
            self._beside.append(Exporting(*who, self._link, self._now_ms))
        for one in self._beside:
            one.start()

    def _keep_calendar(self, facts: HallFacts) -> None:
        """Leave the hall's opening hours where the recorder looks for them.

        On a full disk it goes by those it has; that must not end the line by which this is told.
        """
        offset = facts.site.utc_offset_minutes
        calendar = Calendar(opening=facts.opening, utc_offset_minutes=offset)
        fresh = self.settings.data / f"{CALENDAR}.new"
        try:
            fresh.write_bytes(msgspec.json.encode(calendar))
            fresh.replace(self.settings.data / CALENDAR)
        except OSError as error:
            log.warning("%s: %s", fresh, error)

    def _heard_event(self, event: Event) -> None:
        log.debug("seq %s", event.seq)

    def _heard_state(self, status: LinkStatus) -> None:
        log.info("link %s %s", status.state.value, status.en)
