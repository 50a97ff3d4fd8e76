"""A simulated device behind a UDP port: whoever sends to it is a link, until others crowd it out.

Pulling the plug closes the port, so that a host on the same machine is told that nobody is there.
"""

import contextlib
import random
import socket
import threading
from collections import OrderedDict

from drivers.simulator.played import Playing

_MOST_LINKS = 8
_LOOK_EVERY_S = 0.2
_RECEIVE_BYTES = 65_535
_NOISE_BYTES = 24


class UdpCable:
    def __init__(self, host: str, port: int, playing: Playing) -> None:
        self._playing = playing
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._noise = random.Random(20260101)  # noqa: S311 — noise that is the same each time
        self._links: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._next_link = 0
        self._address = (host, port)
        self._socket: socket.socket | None = self._plug_in()
        self._address = self._socket.getsockname()[:2]
        self.url = f"udp://{host}:{self._address[1]}"
        self._reading = threading.Thread(target=self._read, name="udp", daemon=True)

    def start(self) -> None:
        self._reading.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._reading.is_alive():
            self._reading.join()
        self.hang_up()

    def send(self, link: int, data: bytes) -> None:
        with self._lock:
            place = next((place for place, number in self._links.items() if number == link), None)
            if place is not None and self._socket is not None:
                with contextlib.suppress(OSError):  # nobody is told of a datagram that was lost
                    self._socket.sendto(data, place)

    def hang_up(self) -> None:
        with self._lock:
            gone = list(self._links.values())
            self._links.clear()
            if self._socket is not None:
                self._socket.close()
                self._socket = None
        for link in gone:
            self._playing.disconnected(link)

    def _plug_in(self) -> socket.socket:
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            port.bind(self._address)
        except OSError:
            port.close()
            raise
        port.settimeout(_LOOK_EVERY_S)
        return port

    def _read(self) -> None:
        while not self._stopping.is_set():
            port = self._socket
            if port is None:
                if not self._playing.is_unplugged():
                    self._socket = self._plug_in()
                self._stopping.wait(_LOOK_EVERY_S / 4)
                continue
            self._make_noise()
            try:
                data, place = port.recvfrom(_RECEIVE_BYTES)
            except OSError:
                continue  # nothing came, or the plug was pulled
            self._playing.received(self._link_of(place), data)

    def _make_noise(self) -> None:
        if self._playing.is_noisy():
            with self._lock:
                links = list(self._links.values())
            for link in links:
                self.send(link, self._noise.randbytes(_NOISE_BYTES))

    def _link_of(self, place: tuple[str, int]) -> int:
        """The link of this sender; a new one may take the place of the one unheard for longest."""
        gone: int | None = None
        with self._lock:
            link = self._links.get(place)
            is_new = link is None
            if link is None:
                self._next_link += 1
                link = self._links[place] = self._next_link
            self._links.move_to_end(place)
            if len(self._links) > _MOST_LINKS:
                _, gone = self._links.popitem(last=False)
        if gone is not None:
            self._playing.disconnected(gone)
        if is_new:
            self._playing.connected(link)
        return link
