"""The simulated devices as a program runs them: engine, port and threads put together."""

import threading
from collections.abc import Callable

from drivers.simulator.bar_engine import BarEngine, BarFault, LitArea
from drivers.simulator.printer_engine import DOTS_PER_MM, Answer, Fault, PrinterEngine, Snapshot
from drivers.simulator.served import Changes, Served

_IDLE_S = 0.2


class PrinterPlayer:
    """`speed_mm_s` is how fast paper comes out; 0 prints at once, for tests."""

    def __init__(self, host: str, port: int, changes: Changes, speed_mm_s: int) -> None:
        self._engine = PrinterEngine()
        self._changes = changes
        self._speed_mm_s = speed_mm_s
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._served = Served(host, port, self)
        self.port = self._served.port
        self._printing = threading.Thread(target=self._print, daemon=True)

    def start(self) -> None:
        self._served.start()
        self._printing.start()

    def stop(self) -> None:
        self._stopping.set()
        self._served.stop()
        self._printing.join()

    def snapshot(self, since_version: int = -1) -> Snapshot:
        with self._changed:
            return self._engine.snapshot(since_version)

    def set_fault(self, fault: Fault, *, on: bool, after_lines: int | None = None) -> None:
        self._act(lambda engine: engine.set_fault(fault, on=on, after_lines=after_lines))
        if on and fault is Fault.UNPLUGGED:
            self._served.hang_up()

    def load_paper(self) -> None:
        self._act(PrinterEngine.load_paper)

    def clear_faults(self) -> None:
        self._act(PrinterEngine.clear_faults)

    def connected(self, link: int) -> None:
        with self._changed:
            self._engine.connected(link)
        self._changes.touch()

    def disconnected(self, link: int) -> None:
        with self._changed:
            self._engine.disconnected(link)
        self._changes.touch()

    def received(self, link: int, data: bytes) -> None:
        self._act(lambda engine: engine.receive(link, data))

    def has_room(self) -> bool:
        return self._engine.has_room

    def is_noisy(self) -> bool:
        return Fault.NOISE in self._engine.faults

    def is_unplugged(self) -> bool:
        return Fault.UNPLUGGED in self._engine.faults

    def _act(self, act: Callable[[PrinterEngine], list[Answer]]) -> None:
        with self._changed:
            before = self._engine.version
            answers = act(self._engine)
            changed = self._engine.version != before
            self._changed.notify_all()
        self._send(answers)
        if changed:
            self._changes.touch()

    def _print(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._engine.has_work, _IDLE_S)
                if not self._engine.has_work:
                    continue
                answers, dots = self._engine.carry_out_next()
            self._send(answers)
            if dots:
                self._changes.touch()
                if self._speed_mm_s:
                    self._stopping.wait(dots / DOTS_PER_MM / self._speed_mm_s)

    def _send(self, answers: list[Answer]) -> None:
        for answer in answers:
            self._served.send(answer.link, answer.data)


class BarPlayer:
    def __init__(
        self, name: str, host: str, port: int, changes: Changes, now_ms: Callable[[], int]
    ) -> None:
        self.name = name
        self._engine = BarEngine()
        self._changes = changes
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._served = Served(host, port, self)
        self.port = self._served.port

    def start(self) -> None:
        self._served.start()

    def stop(self) -> None:
        self._served.stop()

    def lit(self) -> list[LitArea]:
        with self._lock:
            return self._engine.lit(self._now_ms())

    def fade(self) -> bool:
        """True once after a text went dark by its own time-out."""
        with self._lock:
            return self._engine.fade(self._now_ms())

    def faults(self) -> list[BarFault]:
        with self._lock:
            return sorted(self._engine.faults)

    @property
    def link_count(self) -> int:
        return self._engine.link_count

    def set_fault(self, fault: BarFault, *, on: bool) -> None:
        with self._lock:
            self._engine.set_fault(fault, on=on)
        if on and fault is BarFault.UNPLUGGED:
            self._served.hang_up()
        self._changes.touch()

    def clear_faults(self) -> None:
        with self._lock:
            self._engine.clear_faults()
        self._changes.touch()

    def connected(self, link: int) -> None:
        with self._lock:
            self._engine.connected(link)
        self._changes.touch()

    def disconnected(self, link: int) -> None:
        with self._lock:
            self._engine.disconnected(link)
        self._changes.touch()

    def received(self, link: int, data: bytes) -> None:
        with self._lock:
            before = self._engine.version
            answer = self._engine.receive(link, data, self._now_ms())
            changed = self._engine.version != before
        if answer:
            self._served.send(link, answer)
        if changed:
            self._changes.touch()

    def has_room(self) -> bool:
        return True

    def is_noisy(self) -> bool:
        return BarFault.NOISE in self._engine.faults

    def is_unplugged(self) -> bool:
        return BarFault.UNPLUGGED in self._engine.faults
