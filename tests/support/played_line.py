"""A played device on a pseudo-terminal: to the program that opens it, a serial port."""

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class PlayedEngine(Protocol):
    def receive(self, link: int, data: bytes, now_ms: int) -> bytes: ...


class PlayedLine:
    """``url`` is what goes into a configuration; ``say`` sends what the device says unasked."""

    def __init__(self, engine: PlayedEngine) -> None:
        self.engine = engine
        self.lock = threading.Lock()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.url = f"serial://{os.ttyname(self._slave)}?baud=115200"
        self._is_open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def act(self, act: Callable[[], bytes]) -> None:
        """Do something to the engine; what it says of it goes out."""
        with self.lock:
            said = act()
        self.say(said)

    def say(self, data: bytes, portion: int = 4096) -> None:
        for at in range(0, len(data), portion):
            os.write(self._master, data[at : at + portion])

    def close(self) -> None:
        """Pull the plug."""
        if not self._is_open:
            return
        self._is_open = False
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def _serve(self) -> None:
        while self._is_open:
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            data = os.read(self._master, 4096)
            with self.lock:
                answer = self.engine.receive(1, data, time.monotonic_ns() // 1_000_000)
            self.say(answer)


@contextmanager
def played_line(engine: PlayedEngine) -> Iterator[PlayedLine]:
    line = PlayedLine(engine)
    try:
        yield line
    finally:
        line.close()
