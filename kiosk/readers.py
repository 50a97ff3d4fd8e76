"""The kiosk's own readers, as the hall's facts name them: code scanners, identity cards."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.fittings import DeviceFact
from drivers.bench import Bench
from drivers.engineer.page import Held
from drivers.errors import DeviceSettingsError
from drivers.orders import (
    CardRead,
    CardUnreadable,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    HealthChanged,
    Scanned,
)
from drivers.registry import open_bench
from hall_server.contract.messages.stations import Health

log = logging.getLogger(__name__)
CARD_READER = "id-card"
READER_KINDS = frozenset({CARD_READER, "scanner"})


@dataclass(frozen=True, slots=True)
class ReadersTell:
    """Whom the readers tell: called on the devices' threads, must not wait."""

    code: Callable[[Scanned], None]
    card: Callable[[CardRead | CardUnreadable], None]
    health: Callable[[str, Health, list[str], str], None]


class Readers:
    """See the module."""

    def __init__(
        self,
        station_id: str,
        tell: ReadersTell,
        person_key: Callable[[], bytes],
        folder: Path | None = None,
    ) -> None:
        """No reader is open before ``equip``; ``person_key`` hashes numbers inside the driver.

        ``folder`` takes the logs that are asked for: of readers, when and how much, never what.
        """
        self._folder = folder
        self._station_id = station_id
        self._tell = tell
        self._person_key = person_key
        self._lock = threading.Lock()
        self._benches: dict[str, tuple[DeviceFact, Bench]] = {}
        self._refused: list[DeviceSettingsError] = []

    def equip(self, devices: Sequence[DeviceFact]) -> None:
        """Open what the facts name for this station, close what they no longer name."""
        wanted = {
            fact.id: fact
            for fact in devices
            if fact.station == self._station_id and fact.kind in READER_KINDS
        }
        with self._lock:
            for known, (fact, bench) in list(self._benches.items()):
                if wanted.get(known) != fact:
                    del self._benches[known]
                    bench.close()
            self._refused.clear()  # what is still wrong is found so again
            for fact in wanted.values():
                if fact.id not in self._benches:
                    self._open(fact)

    def reads_cards(self) -> bool:
        """Whether a card reader is there and well."""
        with self._lock:
            readers = [one for one in self._benches.values() if one[0].kind == CARD_READER]
        return any(bench.health()[fact.id].health is DeviceHealth.OK for fact, bench in readers)

    def held(self) -> Held:
        """The readers that are open, and what is wrong with the others."""
        with self._lock:
            return Held([bench for _, bench in self._benches.values()], tuple(self._refused))

    def close(self) -> None:
        """End with the program."""
        with self._lock:
            benches, self._benches = self._benches, {}
        for _, bench in benches.values():
            bench.close()

    def _open(self, fact: DeviceFact) -> None:
        config = DeviceConfig(fact.id, fact.kind, fact.url, fact.options)
        try:
            bench = open_bench(
                [config], self._heard, person_key=self._person_key, folder=self._folder
            )
        except DeviceSettingsError as error:
            self._refused.append(error)
            log.warning("reader %s cannot be used: %s", fact.id, error)
            self._tell.health(fact.id, Health.FAULT, ["settings"], str(error)[:200])
            return
        self._benches[fact.id] = (fact, bench)

    def _heard(self, event: DeviceEvent) -> None:
        match event:
            case Scanned():
                self._tell.code(event)
            case CardRead() | CardUnreadable():
                self._tell.card(event)
            case HealthChanged(status=status):
                health = Health(status.health.value)
                self._tell.health(status.device_id, health, sorted(status.codes), "")
            case _:
                log.debug("not a reader's word")
