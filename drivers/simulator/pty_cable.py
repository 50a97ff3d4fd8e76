"""A simulated device behind a serial port: a pseudo-terminal, one link while a host has it open.

Pulling the plug really closes it, so that the host's port fails as an unplugged one does; plugging
in makes another, with another path. A host that wants one name for all its life is given a link in
the file system, which is made to point at the newest, as /dev/serial/by-id does.
"""

import contextlib
import os
import random
import select
import threading
import tty
from pathlib import Path

from drivers.simulator.played import Playing

_LINK = 1
_LOOK_EVERY_S = 0.2
_NOBODY_S = 0.05
_RECEIVE_BYTES = 4096
_NOISE_BYTES = 24


class PtyCable:
    def __init__(self, path: str, playing: Playing) -> None:
        """`path` is where the link in the file system is to stand; empty for none."""
        self._playing = playing
        self._path = Path(path) if path else None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._noise = random.Random(20260101)  # noqa: S311 — noise that is the same each time
        self._device: int | None = None
        self.url = ""
        self._plug_in()
        self._reading = threading.Thread(target=self._read, name="pty", daemon=True)

    def start(self) -> None:
        self._reading.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._reading.is_alive():
            self._reading.join()
        self.hang_up()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def send(self, link: int, data: bytes) -> None:  # noqa: ARG002 — there is but one
        with self._lock:
            if self._device is not None:
                # A host that does not read its port loses what does not fit, as on a real line.
                with contextlib.suppress(OSError):
                    os.write(self._device, data)

    def hang_up(self) -> None:
        with self._lock:
            if self._device is not None:
                os.close(self._device)
                self._device = None

    def _plug_in(self) -> None:
        device, port = os.openpty()
        tty.setraw(port)
        os.set_blocking(device, False)
        name = os.ttyname(port)
        os.close(port)
        with self._lock:
            self._device = device
        if self._path is None:
            self.url = f"serial://{name}"
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._path.symlink_to(name)
        self.url = f"serial://{self._path}"

    def _read(self) -> None:
        is_open = False
        while not self._stopping.is_set():
            was_open, is_open = is_open, self._look()
            if is_open and not was_open:
                self._playing.connected(_LINK)
            if is_open:
                self._take()
            else:
                if was_open:
                    self._playing.disconnected(_LINK)
                if self._device is None and not self._playing.is_unplugged():
                    self._plug_in()
                self._stopping.wait(_NOBODY_S)
        if is_open:
            self._playing.disconnected(_LINK)

    def _look(self) -> bool:
        """Whether a host has the port open."""
        with self._lock:
            if self._device is None:
                return False
            looking = select.poll()
            looking.register(self._device, select.POLLIN)
            return not any(event & select.POLLHUP for _, event in looking.poll(0))

    def _take(self) -> None:
        if self._playing.is_noisy():
            self.send(_LINK, self._noise.randbytes(_NOISE_BYTES))
        device = self._device
        if device is None or not self._playing.has_room():
            self._stopping.wait(_LOOK_EVERY_S)
            return
        try:
            if not select.select([device], [], [], _LOOK_EVERY_S)[0]:
                return
            with self._lock:
                data = b"" if self._device is None else os.read(self._device, _RECEIVE_BYTES)
        except (OSError, ValueError):
            return  # the plug was pulled, or the host closed its port
        if data:
            self._playing.received(_LINK, data)
