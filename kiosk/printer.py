"""The kiosk's own printers, as the hall's facts name them: which one, how it is, and its paper.

Each printer has a bench of its own, so that one with a mistake in its settings does not keep the
others from working. The station may have several; the healthiest is used.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.facts import DeviceFact
from drivers.bench import Bench
from drivers.engineer.page import Held
from drivers.errors import DeviceSettingsError
from drivers.jobs import JobHandle
from drivers.orders import (
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    HealthChanged,
    JobChanged,
    PaperLine,
    PrintJob,
    PrintResult,
)
from drivers.profiles import printer_profiles
from drivers.registry import open_bench
from hall_server.contract.messages.stations import Health
from kiosk.board import NO_PRINTER
from kiosk.messages import PrinterView

log = logging.getLogger(__name__)
PRINTER_KINDS = frozenset({"escpos", "null"})
TIME_TO_LIVE_MS = 60_000
"""Paper that comes later than this meets nobody any more."""
USUAL_COLUMNS = 48
_BEST_FIRST = (
    DeviceHealth.OK,
    DeviceHealth.DEGRADED,
    DeviceHealth.UNKNOWN,
    DeviceHealth.OFFLINE,
    DeviceHealth.FAULT,
    DeviceHealth.DISABLED,
)


@dataclass(frozen=True, slots=True)
class _Printer:
    fact: DeviceFact
    bench: Bench


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the printers tell: called on the devices' threads, must not wait."""

    paper: Callable[[str, PrintResult], None]
    health: Callable[[str, Health, list[str], str], None]


class Printers:
    """See the module."""

    def __init__(
        self, station_id: str, told: Told, now_ms: Callable[[], int], folder: Path | None = None
    ) -> None:
        """No printer is open before ``equip``; ``folder`` takes the logs that are asked for."""
        self._folder = folder
        self._station_id = station_id
        self._told = told
        self._now_ms = now_ms
        self._printers: dict[str, _Printer] = {}
        self._refused: list[DeviceSettingsError] = []
        self._lock = threading.Lock()

    def equip(self, devices: Sequence[DeviceFact]) -> None:
        """Open what the facts name for this station, close what they no longer name."""
        wanted = {
            fact.id: fact
            for fact in devices
            if fact.station == self._station_id and fact.kind in PRINTER_KINDS
        }
        with self._lock:
            gone = [one for one in self._printers.values() if wanted.get(one.fact.id) != one.fact]
            for printer in gone:
                del self._printers[printer.fact.id]
            known = set(self._printers)
            self._refused.clear()  # what is still wrong is found so again below
        for printer in gone:
            printer.bench.close()
        for fact in wanted.values():
            if fact.id not in known:
                self._open(fact)

    def view(self) -> PrinterView:
        """The printer that would be used now."""
        printer = self._best()
        if printer is None:
            return NO_PRINTER
        status = printer.bench.health()[printer.fact.id]
        return PrinterView(
            present=status.health is not DeviceHealth.DISABLED,
            health=Health(status.health.value),
            codes=sorted(status.codes),
        )

    def columns(self) -> int:
        """How many columns the paper has."""
        printer = self._best()
        if printer is None:
            return USUAL_COLUMNS
        options = printer.fact.options
        profile = printer_profiles().get(str(options.get("profile", "")))
        usual = profile.columns if profile else USUAL_COLUMNS
        columns = options.get("columns", usual)
        return columns if isinstance(columns, int) else usual

    def submit(self, job_id: str, lines: tuple[PaperLine, ...]) -> JobHandle | None:
        """Give paper to the best printer; None when there is none."""
        printer = self._best()
        if printer is None:
            return None
        job = PrintJob(job_id, lines, self._now_ms() + TIME_TO_LIVE_MS)
        return printer.bench.submit(job, printer.fact.id)

    def held(self) -> Held:
        """The printers that are open, and what is wrong with the others."""
        with self._lock:
            benches = [printer.bench for printer in self._printers.values()]
            return Held(benches, tuple(self._refused))

    def close(self) -> None:
        """End with the program."""
        with self._lock:
            printers, self._printers = self._printers, {}
        for printer in printers.values():
            printer.bench.close()

    def _open(self, fact: DeviceFact) -> None:
        config = DeviceConfig(fact.id, fact.kind, fact.url, fact.options)
        try:
            bench = open_bench([config], self._heard, now_ms=self._now_ms, folder=self._folder)
        except DeviceSettingsError as error:
            with self._lock:
                self._refused.append(error)
            log.warning("printer %s cannot be used: %s", fact.id, error)
            self._told.health(fact.id, Health.FAULT, ["settings"], str(error)[:200])
            return
        with self._lock:
            self._printers[fact.id] = _Printer(fact, bench)

    def _best(self) -> _Printer | None:
        with self._lock:
            printers = list(self._printers.values())
        return min(printers, key=_rank, default=None)

    def _heard(self, event: DeviceEvent) -> None:
        match event:
            case JobChanged(job_id=job_id, result=result):
                self._told.paper(job_id, result)
            case HealthChanged(status=status):
                health = Health(status.health.value)
                self._told.health(status.device_id, health, sorted(status.codes), "")
            case _:
                log.debug("not a printer's word: %s", event)


def _rank(printer: _Printer) -> int:
    return _BEST_FIRST.index(printer.bench.health()[printer.fact.id].health)
