"""Everything played on one machine, started and stopped together."""

import threading
import time
from dataclasses import dataclass

from drivers.simulator.page import PageServer
from drivers.simulator.players import BarPlayer, PrinterPlayer
from drivers.simulator.served import Changes
from drivers.simulator.stage import Stage

_FADE_EVERY_S = 0.25
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Places:
    """Where things listen; port 0 takes a free one. Bars stand on `bar_port` and the next ones."""

    host: str = "127.0.0.1"
    page_port: int = 8084
    printer_port: int = 9100
    bar_port: int = 5005
    bars: int = 1
    speed_mm_s: int = 120


class Simulator:
    def __init__(self, places: Places) -> None:
        changes = Changes()
        host = places.host
        self.printer = PrinterPlayer(host, places.printer_port, changes, places.speed_mm_s)
        self.bars = [
            BarPlayer(
                f"bar-{number + 1}",
                host,
                places.bar_port + number if places.bar_port else 0,
                changes,
                utc_ms,
            )
            for number in range(places.bars)
        ]
        self._stage = Stage(self.printer, self.bars, changes, utc_ms)
        self._page = PageServer(host, places.page_port, self._stage)
        self.page_port: int = self._page.server_address[1]
        self._changes = changes
        self._threads = [
            threading.Thread(target=self._page.serve_forever, args=(_LOOK_EVERY_S,), daemon=True),
            threading.Thread(target=self._fade, daemon=True),
        ]

    def start(self) -> None:
        self.printer.start()
        for bar in self.bars:
            bar.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stage.stopping.set()
        self._changes.touch()
        self._page.shutdown()
        self._page.server_close()
        for bar in self.bars:
            bar.stop()
        self.printer.stop()
        for thread in self._threads:
            thread.join()

    def _fade(self) -> None:
        """Tell the pages when a bar's text went dark by its own time-out."""
        while not self._stage.stopping.wait(_FADE_EVERY_S):
            if any(bar.fade() for bar in self.bars):
                self._changes.touch()


def utc_ms() -> int:
    return time.time_ns() // 1_000_000
