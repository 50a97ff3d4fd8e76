"""What every device with a lane of its own does alike; a kind adds the words it is told in."""

from collections.abc import Callable
from typing import Any

from drivers.codec.counters import Counters
from drivers.figures import DeviceFigures
from drivers.kept_roll import KeptRoll
from drivers.lane import Lane
from drivers.orders import DeviceStatus
from drivers.transport import Direction, Tap, TapEntry


class OnLane:
    def __init__(
        self,
        lane: Lane[Any],
        tap: Tap,
        line: Callable[[], Counters],
        roll: KeptRoll | None = None,
    ) -> None:
        """`line` is how the decoder fares, `roll` what a printer has used."""
        self._lane = lane
        self._tap = tap
        self._counters = line
        self._roll = roll

    def status(self) -> DeviceStatus:
        return self._lane.status()

    def trace(self) -> tuple[TapEntry, ...]:
        return self._tap.entries()

    def figures(self) -> DeviceFigures:
        return DeviceFigures(
            jobs=self._lane.jobs,
            reconnects=self._lane.reconnects,
            bytes_sent=self._tap.bytes_passed(Direction.SENT),
            bytes_received=self._tap.bytes_passed(Direction.RECEIVED),
            line=self._counters(),
            paper=self._roll.use if self._roll else None,
            paper_left=self._roll.left() if self._roll else None,
        )

    def start(self) -> None:
        self._lane.start()

    def ask_to_stop(self) -> None:
        self._lane.ask_to_stop()

    def join(self) -> None:
        self._lane.join()
