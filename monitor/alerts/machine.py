"""Whether recorder and analyser run and have room, as the monitor's station sees it.

It outlives both, reads the signs they leave, and tells the hall what somebody has to see to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hall_server.contract.messages.stations import AlertKind
from monitor.alerts import rules
from monitor.alerts.rules import AlertWatch
from monitor.alerts.signs import ANALYSER, RECORDER, AnalyserSign, RecorderSign, sign_in
from monitor.alerts.telling import AsksHall, Teller

LOOK_EVERY_S = 2.0
STOP_S = 5.0


@dataclass(frozen=True, slots=True)
class MachineNow:
    """What recorder and analyser said last; None where they never have."""

    recorder: RecorderSign | None
    analyser: AnalyserSign | None
    is_recorder_alive: bool
    is_analyser_alive: bool


class MachineAlerts:
    """A thread of the monitor's station. ``start`` and ``stop`` once."""

    def __init__(
        self,
        link: AsksHall,
        station_id: str,
        recorder: Path,
        analyser: Path,
        now_ms: Callable[[], int],
        cameras: Path | None = None,
    ) -> None:
        """``recorder`` and ``analyser`` are the two's data folders.

        ``cameras`` is where cameras are stated: while none are, nobody is missed.
        """
        self._cameras = cameras
        self._teller, self._now_ms = Teller(link), now_ms
        self._station_id, self._recorder, self._analyser = station_id, recorder, analyser
        self._watches: dict[str, AlertWatch] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="machine", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; alerts stay open in the hall, which hears soon that this station is gone."""
        self._stopping.set()
        self._thread.join(STOP_S)

    def now(self) -> MachineNow:
        """For whoever asks whether all is well here."""
        at = self._now_ms()
        recorder = sign_in(self._recorder / RECORDER, RecorderSign)
        analyser = sign_in(self._analyser / ANALYSER, AnalyserSign)
        return MachineNow(
            recorder,
            analyser,
            not rules.of_recorder(AlertWatch(), recorder, at)[AlertKind.RECORDER_STOPPED],
            not rules.of_analyser(analyser, at)[AlertKind.ANALYSER_STOPPED],
        )

    def look(self) -> None:
        """Judge, and tell what is new."""
        if self._cameras is not None and not self._cameras.exists():
            return
        at, now = self._now_ms(), self.now()
        watch = self._watches.get(self._station_id, AlertWatch())
        self._tell(self._station_id, rules.of_recorder(watch, now.recorder, at), at)
        name = now.analyser.station if now.analyser else self._analyser.name
        self._tell(name, rules.of_analyser(now.analyser, at), at)

    def _tell(self, device_id: str, bad: Mapping[AlertKind, bool], at: int) -> None:
        watch = rules.step(self._watches.get(device_id, AlertWatch()), bad, at)
        self._watches[device_id] = watch
        self._teller.tell(device_id, watch)

    def _work(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            self.look()
