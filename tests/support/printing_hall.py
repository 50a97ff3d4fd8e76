"""A bench with one ticket printer, and the played printer at the other end of a link in memory."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from bad_cables import Cable

from drivers.bench import Bench
from drivers.codec.escpos_paper import TextOnPaper
from drivers.errors import LinkClosed
from drivers.jobs import JobHandle
from drivers.memory import MemoryExchange, MemoryLink
from drivers.orders import (
    Cut,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    JobChanged,
    JobState,
    PrintJob,
    PrintResult,
    QrCode,
    TextLine,
)
from drivers.registry import open_bench
from drivers.simulator.played import Answer
from drivers.simulator.printer_engine import PrinterEngine


class Partner:
    """The played printer at the other end of a link in memory."""

    def __init__(self, exchange: MemoryExchange) -> None:
        self.engine = PrinterEngine()
        self.lock = threading.Lock()
        self.received = bytearray()
        self._links: dict[int, MemoryLink] = {}
        self._calls = 0
        exchange.listen("printer", self._called)

    def hang_up(self) -> None:
        for link in list(self._links.values()):
            link.close()

    def act(self, act: Callable[[PrinterEngine], list[Answer]]) -> None:
        with self.lock:
            self._deliver(act(self.engine))
            self._print()

    def say(self, data: bytes) -> None:
        """Bytes that the printer says unasked."""
        with self.lock:
            for link in self._links.values():
                link.outgoing.put(data)

    def texts(self) -> list[str]:
        with self.lock:
            marks = [mark for ticket in self.engine.snapshot().tickets for mark in ticket.marks]
        return [mark.text for mark in marks if isinstance(mark, TextOnPaper)]

    def _called(self, link: MemoryLink) -> None:
        self._calls += 1
        self._links[self._calls] = link
        threading.Thread(target=self._serve, args=(self._calls, link), daemon=True).start()

    def _serve(self, number: int, link: MemoryLink) -> None:
        with self.lock:
            self.engine.connected(number)
        try:
            while True:
                data = link.incoming.get(4096, 5)
                self.received += data
                with self.lock:
                    self._deliver(self.engine.receive(number, data))
                    self._print()
        except LinkClosed:
            with self.lock:
                self.engine.disconnected(number)
                del self._links[number]

    def _print(self) -> None:
        while self.engine.has_work:
            answers, _ = self.engine.carry_out_next()
            self._deliver(answers)

    def _deliver(self, answers: list[Answer]) -> None:
        for answer in answers:
            if answer.link in self._links:
                self._links[answer.link].outgoing.put(answer.data)


class Hall:
    """A bench with one printer, everything it told, and the partner it speaks to."""

    def __init__(self, cable: Cable, folder: Path | None = None, **options: str | int) -> None:
        self.exchange = MemoryExchange()
        self.partner = Partner(self.exchange)
        self.events: list[DeviceEvent] = []
        self.now_ms = 1_000_000
        config = DeviceConfig(
            "p", "escpos", "memory:printer", {"profile": "simulator-80", **options}
        )
        self.bench: Bench = open_bench(
            [config],
            self.events.append,
            now_ms=lambda: self.now_ms,
            exchange=self.exchange,
            wrap=cable.wrap,
            folder=folder,
        )

    def print(self, job_id: str = "j1", text: str = "A001") -> PrintResult:
        return self.submit(job_id, text).wait(8)

    def submit(self, job_id: str = "j1", text: str = "A001", ttl_ms: int = 60_000) -> JobHandle:
        lines = (TextLine(text), QrCode("https://x.cn"), TextLine("请留意叫号"), Cut())
        return self.bench.submit(PrintJob(job_id, lines, self.now_ms + ttl_ms), "p")

    def health(self) -> DeviceHealth:
        return self.bench.health()["p"].health

    def states(self, job_id: str) -> list[JobState]:
        changes = [event for event in self.events if isinstance(event, JobChanged)]
        return [change.result.state for change in changes if change.job_id == job_id]

    def until(self, is_so: Callable[[], bool], within_s: float = 6) -> None:
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.01)
