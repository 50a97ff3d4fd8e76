"""What is played on this machine, and the orders its page or a test may give."""

import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from drivers.simulator.bar_engine import BarFault
from drivers.simulator.players import BarPlayer, PrinterPlayer
from drivers.simulator.printer_engine import Fault
from drivers.simulator.served import Changes

_MOST_WATCHERS = 16

Kind = TypeVar("Kind", bound=StrEnum)


class FaultOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device: str
    fault: str = ""
    on: bool = True
    after_lines: int | None = None
    action: str = ""


class BadOrder(ValueError):  # noqa: N818 — answered as 400, with the sentence
    """Says what was wanted."""


class Stage:
    """All that is played here, and who watches."""

    def __init__(
        self,
        printer: PrinterPlayer,
        bars: Sequence[BarPlayer],
        changes: Changes,
        now_ms: Callable[[], int],
    ) -> None:
        self.printer = printer
        self.bars = bars
        self.changes = changes
        self.now_ms = now_ms
        self.stopping = threading.Event()
        self.watchers = threading.BoundedSemaphore(_MOST_WATCHERS)

    def obey(self, order: FaultOrder) -> None:
        if order.device == "printer":
            self._obey_printer(order)
            return
        bar = next((bar for bar in self.bars if bar.name == order.device), None)
        if bar is None:
            known = ", ".join(["printer", *(bar.name for bar in self.bars)])
            raise BadOrder(f"device: wanted one of {known}, found {order.device!r}")
        if order.action == "clear_faults":
            bar.clear_faults()
        else:
            bar.set_fault(_one_of(BarFault, order.fault), on=order.on)

    def _obey_printer(self, order: FaultOrder) -> None:
        match order.action:
            case "load_paper":
                self.printer.load_paper()
            case "clear_faults":
                self.printer.clear_faults()
            case "":
                fault = _one_of(Fault, order.fault)
                self.printer.set_fault(fault, on=order.on, after_lines=order.after_lines)
            case _:
                raise BadOrder(f"action: wanted load_paper or clear_faults, found {order.action!r}")


def _one_of(kinds: type[Kind], name: str) -> Kind:
    try:
        return kinds(name)
    except ValueError as error:
        known = ", ".join(kind.value for kind in kinds)
        raise BadOrder(f"fault: wanted one of {known}, found {name!r}") from error
