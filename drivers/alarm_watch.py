"""Looks at the devices of a station once a second, and tells which alarms of each are open.

What is told is always all of one device, so that telling it twice does no harm and a station that
was away or began anew puts right whatever the hall believed in the meantime.
"""

import threading
from collections.abc import Callable, Iterable

from drivers.alarms import Alarm, DeviceAlarms
from drivers.bench import Bench

_LOOK_EVERY_S = 1.0


class AlarmWatch:
    def __init__(
        self,
        benches: Callable[[], Iterable[Bench]],
        tell: Callable[[str, list[Alarm]], None],
        steady_ms: Callable[[], int],
    ) -> None:
        """`tell` is called on the watch's thread and must not wait."""
        self._benches = benches
        self._tell = tell
        self._steady_ms = steady_ms
        self._devices: dict[str, DeviceAlarms] = {}
        self._told: dict[str, frozenset[Alarm]] = {}
        self._again = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def tell_again(self) -> None:
        """The hall is back: what it was told may have been lost."""
        self._again.set()

    def look(self) -> None:
        if self._again.is_set():
            self._again.clear()
            self._told.clear()
        for bench in self._benches():
            for device_id, status in bench.health().items():
                alarms = self._devices.setdefault(device_id, DeviceAlarms())
                line = bench.figures(device_id).line
                opened = alarms.look(status, line, self._steady_ms())
                if alarms.is_known and self._told.get(device_id) != opened:
                    self._told[device_id] = opened
                    self._tell(device_id, sorted(opened))

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            self.look()
