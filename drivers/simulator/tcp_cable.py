"""A simulated device behind a TCP port.

A connection past the limit is closed at once, as a small printer would refuse it.
"""

import contextlib
import random
import socket
import threading
from functools import partial

from drivers.simulator.played import Playing

_MOST_LINKS = 8
_RECEIVE_BYTES = 4096
_LOOK_EVERY_S = 0.2
_NOISE_BYTES = 24


class TcpCable:
    def __init__(self, host: str, port: int, playing: Playing) -> None:
        self._playing = playing
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"tcp://{host}:{self.port}"
        self._links: dict[int, socket.socket] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._next_link = 0
        self._noise = random.Random(20260101)  # noqa: S311 — noise that is the same each time
        self._accepting = threading.Thread(target=self._accept, name="tcp", daemon=True)

    def start(self) -> None:
        self._accepting.start()

    def stop(self) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a caller
        self._listener.close()
        if self._accepting.is_alive():
            self._accepting.join(_LOOK_EVERY_S)
        self.hang_up()

    def send(self, link: int, data: bytes) -> None:
        with self._lock:
            connection = self._links.get(link)
        if connection is None:
            return
        try:
            connection.sendall(data)
        except OSError:
            self._close(link)

    def hang_up(self) -> None:
        with self._lock:
            links = list(self._links)
        for link in links:
            self._close(link)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed by `stop`
                return
            self._welcome(connection)

    def _welcome(self, connection: socket.socket) -> None:
        with self._lock:
            has_place = len(self._links) < _MOST_LINKS and not self._playing.is_unplugged()
            if has_place:
                self._next_link += 1
                self._links[self._next_link] = connection
            link = self._next_link
        if not has_place:
            connection.close()
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(_LOOK_EVERY_S)
        self._playing.connected(link)
        read = partial(self._read, link, connection)
        threading.Thread(target=read, name="tcp link", daemon=True).start()

    def _read(self, link: int, connection: socket.socket) -> None:
        with connection:
            try:
                while not self._stopping.is_set() and self._take(link, connection):
                    pass
            except OSError:
                pass  # the host is gone: the same as its hanging up
            with self._lock:
                self._links.pop(link, None)
        self._playing.disconnected(link)

    def _take(self, link: int, connection: socket.socket) -> bool:
        """One look at the line; False when the host hung up."""
        if self._playing.is_noisy():
            connection.sendall(self._noise.randbytes(_NOISE_BYTES))
        if not self._playing.has_room():
            self._stopping.wait(_LOOK_EVERY_S)
            return True
        try:
            data = connection.recv(_RECEIVE_BYTES)
        except TimeoutError:
            return True
        if data:
            self._playing.received(link, data)
        return bool(data)

    def _close(self, link: int) -> None:
        """End a link from this side; its reader closes the socket."""
        with self._lock:
            connection = self._links.pop(link, None)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
