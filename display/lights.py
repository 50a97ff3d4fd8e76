"""The bars of this station, one bench per device: a change or a fault of one leaves the rest.

Devices come from the hall's facts and change with them. What cannot be opened as it is stated is
told as a fault of that device, with the reason.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from config.facts import DeviceFact
from display.bars import Bars, acknowledged
from display.director import Face
from drivers.bench import Bench
from drivers.errors import DeviceSettingsError, UnknownDevice
from drivers.orders import DeviceConfig, DeviceEvent, DeviceStatus, HealthChanged, TextShown
from drivers.registry import open_bench

Tell = Callable[[str, str, list[str], str], None]
"""Device, health, codes and a sentence."""

log = logging.getLogger(__name__)


class Lights:
    """See the module. ``on_shown`` and ``on_health`` are called on the devices' threads."""

    def __init__(
        self,
        on_shown: Callable[[str, int], None],
        on_health: Tell,
        steady_ms: Callable[[], int],
    ) -> None:
        self._on_shown = on_shown
        self._on_health = on_health
        self._steady_ms = steady_ms
        self._guard = threading.Lock()
        self._stated: dict[str, DeviceFact] = {}
        self._benches: dict[str, Bench] = {}
        self._bars = Bars()

    def arrange(self, devices: Iterable[DeviceFact]) -> None:
        """Open what is new, close what is gone, open anew what has changed."""
        wanted = {device.id: device for device in devices}
        with self._guard:
            for device_id, before in list(self._stated.items()):
                if wanted.get(device_id) != before:
                    self._close(device_id)
            for device_id, device in wanted.items():
                if device_id not in self._stated:
                    self._open(device)

    def assert_faces(self, faces: Iterable[Face]) -> None:
        """Bring every bar to its face, and keep it there."""
        with self._guard:
            self._bars, orders = self._bars.orders(faces, self._steady_ms())
            for order in orders:
                bench = self._benches.get(order.device)
                if bench is None:
                    continue
                try:
                    bench.show(order)
                except UnknownDevice as error:
                    log.warning("a display names a device that shows nothing: %s", error)

    @property
    def devices(self) -> frozenset[str]:
        """The devices that are open."""
        return frozenset(self._benches)

    def health(self) -> list[DeviceStatus]:
        """What is known of every device now."""
        with self._guard:
            return [
                status for bench in self._benches.values() for status in bench.health().values()
            ]

    def close(self) -> None:
        """Let go of all devices. What a bar shows goes out by itself."""
        with self._guard:
            for device_id in list(self._stated):
                self._close(device_id)

    def _open(self, device: DeviceFact) -> None:
        self._stated[device.id] = device
        config = DeviceConfig(device.id, device.kind, device.url, device.options)
        try:
            self._benches[device.id] = open_bench([config], self._hear)
        except DeviceSettingsError as error:
            log.warning("device %s cannot be opened: %s", device.id, error)
            self._on_health(device.id, "fault", ["bad_settings"], str(error))

    def _close(self, device_id: str) -> None:
        del self._stated[device_id]
        bench = self._benches.pop(device_id, None)
        if bench is not None:
            bench.close()
        self._bars = Bars(
            {
                display_id: before
                for display_id, before in self._bars.asserted.items()
                if before.face.device_id != device_id
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
            case _:
                pass
