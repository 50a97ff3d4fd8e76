"""A network cable that a test can unplug, or let carry only one way: a TCP relay on loopback."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from time import sleep

CHUNK = 65_536


class LooseCable:
    """Relays ``port`` to ``target_port``. ``deaf`` drops what the far side answers."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.deaf = threading.Event()
        self.plugged = threading.Event()
        self.plugged.set()
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._closing = False
        self._run(self._accept)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def unplug(self) -> None:
        """Every connection breaks, and none is made."""
        self.plugged.clear()
        self.hang_up()

    def plug_in(self) -> None:
        self.deaf.clear()
        self.plugged.set()

    def hang_up(self) -> None:
        """Every connection breaks; new ones are made."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._closing = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in list(self._threads):
            thread.join(5)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]  # any of ours
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self.plugged.is_set():
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._ends += [near, far]
            self._run(self._carry, near, far, None)
            self._run(self._carry, far, near, self.deaf)

    def _carry(
        self, source: socket.socket, sink: socket.socket, dropping: threading.Event | None
    ) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if dropping is None or not dropping.is_set():
                    sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class SlowCable(LooseCable):
    """To a camera that takes ``hold_s`` to describe its streams (RTSP); all else is quick."""

    def __init__(self, target_port: int, hold_s: float) -> None:
        self.hold_s = hold_s
        super().__init__(target_port)

    def _carry(
        self, source: socket.socket, sink: socket.socket, dropping: threading.Event | None
    ) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if dropping is not None and b"application/sdp" in data:
                    sleep(self.hold_s)
                if dropping is None or not dropping.is_set():
                    sink.sendall(data)
        super()._carry(source, sink, dropping)
