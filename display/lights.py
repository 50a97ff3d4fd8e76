"""The bars and pads of this station, one bench per cable: a change or a fault leaves the rest.

Devices come from the hall's facts and change with them. Those on one line (RS-485) are opened
together, for only one program can have the line. What cannot be opened as it is stated is told as
a fault of that device, with the reason.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from config.fittings import DeviceFact
from display.bars import Bars, acknowledged
from display.director import Face
from drivers.bench import Bench
from drivers.engineer.page import Held
from drivers.errors import DeviceSettingsError, UnknownDevice
from drivers.orders import (
    DeviceConfig,
    DeviceEvent,
    DeviceStatus,
    HealthChanged,
    KeyPressed,
    ShowText,
    TextShown,
)
from drivers.registry import cable_of, open_bench

Tell = Callable[[str, str, list[str], str], None]
"""Device, health, codes and a sentence."""

log = logging.getLogger(__name__)


class Lights:
    """See the module. What it is given to call is called on the devices' threads."""

    def __init__(
        self,
        on_shown: Callable[[str, int], None],
        on_health: Tell,
        steady_ms: Callable[[], int],
        on_key: Callable[[KeyPressed], None] = lambda _key: None,
        folder: Path | None = None,
    ) -> None:
        """``folder`` takes the logs that a device's configuration asks for."""
        self._folder = folder
        self._on_shown = on_shown
        self._on_key = on_key
        self._on_health = on_health
        self._steady_ms = steady_ms
        self._guard = threading.Lock()
        self._stated: dict[str, list[DeviceFact]] = {}
        """Cable → its devices."""
        self._benches: dict[str, Bench] = {}
        self._refused: dict[str, DeviceSettingsError] = {}
        self._bars = Bars()

    def arrange(self, devices: Iterable[DeviceFact]) -> None:
        """Open what is new, close what is gone, open anew what has changed."""
        wanted: dict[str, list[DeviceFact]] = {}
        for device in devices:
            wanted.setdefault(cable_of(_config(device)), []).append(device)
        with self._guard:
            for cable, before in list(self._stated.items()):
                if wanted.get(cable) != before:
                    self._close(cable)
            for cable, stated in wanted.items():
                if cable not in self._stated:
                    self._open(cable, stated)

    def assert_faces(self, faces: Iterable[Face]) -> None:
        """Bring every bar to its face, and keep it there."""
        with self._guard:
            self._bars, orders = self._bars.orders(faces, self._steady_ms())
            for order in orders:
                if not self._show(order):
                    log.warning("a display names a device that shows nothing: %s", order.device)

    def show_on_pad(self, order: ShowText) -> None:
        """Tell whoever pressed a key what became of it, where the pad has a display."""
        with self._guard:
            self._show(order)

    @property
    def devices(self) -> frozenset[str]:
        """The devices that are open."""
        return frozenset(self._benches)

    def health(self) -> list[DeviceStatus]:
        """What is known of every device now."""
        with self._guard:
            return [status for bench in self._all() for status in bench.health().values()]

    def held(self) -> Held:
        """The devices that are open, and what is wrong with the others."""
        with self._guard:
            return Held(self._all(), list(self._refused.values()))

    def close(self) -> None:
        """Let go of all devices. What a bar shows goes out by itself."""
        with self._guard:
            for cable in list(self._stated):
                self._close(cable)

    def _all(self) -> list[Bench]:
        """Each bench once: devices on one line share theirs."""
        return list({id(bench): bench for bench in self._benches.values()}.values())

    def _show(self, order: ShowText) -> bool:
        """False when the device is there and shows nothing."""
        bench = self._benches.get(order.device)
        if bench is None:
            return True
        try:
            bench.show(order)
        except UnknownDevice:
            return False
        return True

    def _open(self, cable: str, devices: list[DeviceFact]) -> None:
        """Whoever cannot be opened as stated is left out, and the rest of the line works."""
        self._stated[cable] = devices
        configs = [_config(device) for device in devices]
        while configs:
            try:
                bench = open_bench(configs, self._hear, folder=self._folder)
            except DeviceSettingsError as error:
                log.warning("device %s cannot be opened: %s", error.device_id, error)
                self._refused[error.device_id] = error
                self._on_health(error.device_id, "fault", ["bad_settings"], str(error))
                configs = [config for config in configs if config.id != error.device_id]
            else:
                self._benches |= dict.fromkeys((config.id for config in configs), bench)
                return

    def _close(self, cable: str) -> None:
        gone = {device.id for device in self._stated.pop(cable)}
        self._refused = {one: error for one, error in self._refused.items() if one not in gone}
        benches = {id(bench): bench for one in gone if (bench := self._benches.pop(one, None))}
        for bench in benches.values():
            bench.close()
        self._bars = Bars(
            {
                display_id: before
                for display_id, before in self._bars.asserted.items()
                if before.face.device_id not in gone
            }
        )

    def _hear(self, event: DeviceEvent) -> None:
        match event:
            case TextShown(order=order):
                display_id, seq = acknowledged(order)
                if seq:
                    self._on_shown(display_id, seq)
            case HealthChanged(status=status):
                codes = sorted(str(code) for code in status.codes)
                self._on_health(status.device_id, str(status.health), codes, "")
            case KeyPressed():
                self._on_key(event)
            case _:
                pass


def _config(device: DeviceFact) -> DeviceConfig:
    return DeviceConfig(device.id, device.kind, device.url, device.options)
