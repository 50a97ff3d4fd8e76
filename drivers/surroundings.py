"""What every device is given besides its configuration, and the way that its address names."""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import DeviceSettingsError
from drivers.memory import MemoryExchange
from drivers.orders import DeviceConfig, DeviceEvent
from drivers.transport import BadUrl, Tap, Transport, open_transport


@dataclass(frozen=True, slots=True)
class Surroundings:
    report: Callable[[DeviceEvent], None]
    now_ms: Callable[[], int]
    exchange: MemoryExchange

    def way_to(self, config: DeviceConfig, tap: Tap) -> Transport:
        try:
            return open_transport(config.url, tap=tap, exchange=self.exchange)
        except BadUrl as error:
            raise DeviceSettingsError(config.id, "url", str(error)) from error
