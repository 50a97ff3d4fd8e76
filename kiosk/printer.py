"""The kiosk's own printers, as the hall's facts name them: which one, how it is, and its paper.

Each printer has a bench of its own, so that one with a mistake in its settings does not keep the
others from working. The station may have several; the healthiest is used, a stand-in only while
its first cannot print (see `stand_in.py`).
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.fittings import DeviceFact
from drivers.bench import Bench
from drivers.engineer.page import Held
from drivers.errors import DeviceSettingsError
from drivers.orders import (
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    HealthChanged,
    JobChanged,
    PaperNotTaken,
    PrintJob,
    PrintResult,
)
from drivers.profiles import printer_profiles
from drivers.registry import open_bench
from hall_server.contract.messages.stations import Health
from kiosk.board import NO_PRINTER
from kiosk.messages import PrinterView
from kiosk.stand_in import Layout, Paper

log = logging.getLogger(__name__)
PRINTER_KINDS = frozenset({"escpos", "null"})
TIME_TO_LIVE_MS = 60_000
"""Paper that comes later than this meets nobody any more."""
FIRST_TO_LIVE_MS = 20_000
"""So long a printer that has a stand-in may keep paper waiting; the rest is the stand-in's."""
PAPERS_MAX = 200
USUAL_COLUMNS = 48
_BEST_FIRST = (
    DeviceHealth.OK,
    DeviceHealth.DEGRADED,
    DeviceHealth.UNKNOWN,
    DeviceHealth.OFFLINE,
    DeviceHealth.FAULT,
    DeviceHealth.DISABLED,
)
_CANNOT_PRINT = frozenset({DeviceHealth.OFFLINE, DeviceHealth.FAULT, DeviceHealth.DISABLED})


@dataclass(frozen=True, slots=True)
class _Printer:
    fact: DeviceFact
    bench: Bench

    @property
    def health(self) -> DeviceHealth:
        """How it is now."""
        return self.bench.health()[self.fact.id].health

    @property
    def stands_in_for(self) -> str:
        """The printer whose stand-in it is; empty for one in its own right."""
        return str(self.fact.options.get("stand_in_for", ""))

    def columns(self) -> int:
        """How many columns its paper has."""
        options = self.fact.options
        profile = printer_profiles().get(str(options.get("profile", "")))
        columns = options.get("columns", profile.columns if profile else USUAL_COLUMNS)
        return columns if isinstance(columns, int) else USUAL_COLUMNS


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the printers tell: called on the devices' threads, must not wait."""

    paper: Callable[[str, PrintResult], None]
    health: Callable[[str, Health, list[str], str], None]
    retracted: Callable[[str], None]
    """The printer drew this job's paper back, for nobody took it."""


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
        self._papers: OrderedDict[str, Paper] = OrderedDict()
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

    def submit(self, job_id: str, layout: Layout) -> Paper | None:
        """Give paper to the best printer; None when there is none."""
        printer = self._best()
        if printer is None:
            return None
        with self._lock:
            known = self._papers.get(job_id)
            paper = known or Paper(job_id, layout, self._now_ms() + TIME_TO_LIVE_MS)
            self._papers[job_id] = paper
            while len(self._papers) > PAPERS_MAX:
                self._papers.popitem(last=False)
        if known is None:
            self._give(paper, printer)
        return paper

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

    def _give(self, paper: Paper, printer: _Printer) -> None:
        expires_at_ms = paper.expires_at_ms
        if self._stand_in(printer) is not None:
            expires_at_ms = min(expires_at_ms, self._now_ms() + FIRST_TO_LIVE_MS)
        paper.given_to(printer.fact.id)
        job = PrintJob(paper.job_id, paper.lines(printer.columns()), expires_at_ms)
        paper.held_by(printer.fact.id, printer.bench.submit(job, printer.fact.id))

    def _stand_in(self, first: _Printer) -> _Printer | None:
        """Who prints when that one cannot, if anybody does and is well himself."""
        with self._lock:
            printers = list(self._printers.values())
        able = (one for one in printers if one.stands_in_for == first.fact.id)
        return next((one for one in able if one.health not in _CANNOT_PRINT), None)

    def _job_told(self, device_id: str, job_id: str, result: PrintResult) -> None:
        with self._lock:
            paper = self._papers.get(job_id)
            printer = self._printers.get(device_id)
        if paper is not None and paper.goes_on(result) and self._now_ms() < paper.expires_at_ms:
            stand_in = self._stand_in(printer) if printer is not None else None
            if stand_in is not None:
                log.warning("%s: %s goes to %s", device_id, result, stand_in.fact.id)
                self._give(paper, stand_in)
                return
        self._told.paper(job_id, result)

    def _heard(self, event: DeviceEvent) -> None:
        match event:
            case JobChanged(device_id=device_id, job_id=job_id, result=result):
                self._job_told(device_id, job_id, result)
            case PaperNotTaken(job_id=job_id, retracted=retracted):
                if retracted:
                    self._told.retracted(job_id)
            case HealthChanged(status=status):
                health = Health(status.health.value)
                self._told.health(status.device_id, health, sorted(status.codes), "")
            case _:
                log.debug("not a printer's word: %s", event)


def _rank(printer: _Printer) -> tuple[bool, bool, int]:
    """A stand-in comes before its first only while that one cannot print."""
    health = printer.health
    is_stand_in = printer.stands_in_for != ""
    return health in _CANNOT_PRINT, is_stand_in, _BEST_FIRST.index(health)
