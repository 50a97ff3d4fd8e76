"""One sign on a bench, and the engine that plays it at the other end of a link in memory."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

from bad_cables import Cable

from drivers.errors import LinkClosed
from drivers.memory import MemoryExchange, MemoryLink
from drivers.orders import (
    Colour,
    DeviceCode,
    DeviceConfig,
    DeviceEvent,
    DeviceHealth,
    ShowText,
    TextShown,
)
from drivers.registry import open_bench


class PlayedSign(Protocol):
    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...
    def receive(self, link: int, data: bytes, now_ms: int) -> bytes: ...
    def set_fault(self, fault: Any, *, on: bool) -> object: ...


Engine = TypeVar("Engine", bound=PlayedSign)


class SignHall(Generic[Engine]):
    def __init__(
        self, engine: Engine, kind: str, cable: Cable, options: dict[str, str | int]
    ) -> None:
        self.exchange = MemoryExchange()
        self.engine = engine
        self.lock = threading.Lock()
        self.links: list[MemoryLink] = []
        self.events: list[DeviceEvent] = []
        self.is_silent = False
        self.now_ms = 1_000_000
        self.listen()
        config = DeviceConfig("b", kind, "memory:sign", options)
        self.bench = open_bench(
            [config],
            self.events.append,
            now_ms=lambda: self.now_ms,
            exchange=self.exchange,
            wrap=cable.wrap,
        )

    def listen(self) -> None:
        self.exchange.listen("sign", self._called)

    def show(
        self,
        text: str,
        ttl_ms: int = 60_000,
        area: str = "main",
        order_id: str = "",
        colour: Colour = Colour.RED,
    ) -> None:
        self.bench.show(ShowText("b", area, text, ttl_ms, colour, order_id))

    def health(self) -> DeviceHealth:
        return self.bench.health()["b"].health

    def codes(self) -> frozenset[DeviceCode]:
        return self.bench.health()["b"].codes

    def shown(self) -> list[str]:
        return [event.order.text for event in self.events if isinstance(event, TextShown)]

    def fault(self, name: str, *, on: bool = True) -> None:
        with self.lock:
            self.engine.set_fault(name, on=on)

    def hang_up(self) -> None:
        while self.links:
            self.links.pop().close()

    def until(self, is_so: Callable[[], bool], within_s: float = 5) -> None:
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.01)

    def _called(self, link: MemoryLink) -> None:
        self.links.append(link)
        threading.Thread(target=self._serve, args=(len(self.links), link), daemon=True).start()

    def _serve(self, number: int, link: MemoryLink) -> None:
        with self.lock:
            self.engine.connected(number)
        try:
            while True:
                data = link.incoming.get(4096, 5)
                if self.is_silent:
                    continue
                with self.lock:
                    answer = self.engine.receive(number, data, self.now_ms)
                link.outgoing.put(answer)
        except LinkClosed:
            with self.lock:
                self.engine.disconnected(number)


@contextmanager
def sign_hall(
    engine: Engine, kind: str, cable: Cable, **options: str | int
) -> Iterator[SignHall[Engine]]:
    hall = SignHall(engine, kind, cable, options)
    try:
        hall.until(lambda: hall.health() is DeviceHealth.OK)
        yield hall
    finally:
        hall.bench.close()
