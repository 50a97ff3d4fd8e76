"""What every device is given besides its configuration, and the way that its address names.

Two options are common to all kinds: `raw_log_mb` keeps what passes on the line in files as well, at
most so many megabytes of them, and `trace = "redacted"` keeps when and how much passed, never what.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from drivers.errors import DeviceSettingsError
from drivers.memory import MemoryExchange
from drivers.options import Options
from drivers.orders import DeviceConfig, DeviceEvent
from drivers.raw_log import RawLog
from drivers.transport import BadUrl, Tap, Transport, open_transport

_LARGEST_LOG_MB = 1000


class _Trace(StrEnum):
    FULL = "full"
    REDACTED = "redacted"


@dataclass(frozen=True, slots=True)
class Surroundings:
    report: Callable[[DeviceEvent], None]
    now_ms: Callable[[], int]
    exchange: MemoryExchange
    folder: Path | None = None
    """Where files of devices may be kept."""
    wrap: Callable[[Transport], Transport] | None = None
    """What is put into the way to every device, such as `chaos.ChaosTransport`."""
    person_key: Callable[[], bytes] = bytes
    """With which a card's number is hashed; empty while there is none."""

    def tap(self, config: DeviceConfig, *, is_personal: bool = False) -> Tap:
        """The trace of a device; one that is about persons is redacted whatever is configured."""
        options = Options(config)
        trace = options.choice("trace", _Trace.FULL)
        largest_mb = options.number("raw_log_mb", 0, 0, _LARGEST_LOG_MB)
        log = None
        if largest_mb:
            if self.folder is None:
                raise options.wrong(
                    "raw_log_mb", "0: this program keeps no files", "应为 0：本程序不留文件"
                )
            log = RawLog(self.folder / f"{config.id}.log", largest_mb)
        redacted = is_personal or trace is _Trace.REDACTED
        return Tap(self.now_ms, redacted=redacted, keep=log.add if log else None)

    def way_to(self, config: DeviceConfig, tap: Tap) -> Transport:
        try:
            return open_transport(config.url, tap=tap, exchange=self.exchange, wrap=self.wrap)
        except BadUrl as error:
            raise DeviceSettingsError(config.id, "url", str(error), error.zh) from error
