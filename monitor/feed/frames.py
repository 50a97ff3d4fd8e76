"""Key frames for the analyser: from the recorder's socket, or out of a folder.

The recorder paints over what is masked before a picture leaves it; pictures in a folder come as
somebody left them there, and are masked by the analyser's own knowledge of the zones alone.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from monitor.cameras.clocks import Clocks
from monitor.cameras.stills import HEIGHT, NO_COLOUR, ROWS, WIDTH, KeyFrame, key_frame
from monitor.feed.packets import Incoming, NotAMessageError, Still, Wanted
from monitor.feed.server import connect

LOOK_EVERY_S = 0.2
RECEIVE_BYTES = 1 << 20
RECONNECT_S = 1.0


class KeyFrames(Protocol):
    """Wherever key frames come from."""

    def take(self, timeout_s: float) -> KeyFrame | None:
        """The next one, or None when none came in time."""


class FeedFrames:
    """From the recorder; a recorder that is away is waited for, and asked again."""

    def __init__(self, recorder: Path) -> None:
        """``recorder`` is the recorder's data folder."""
        self._recorder = recorder
        self._socket: socket.socket | None = None
        self._incoming = Incoming()
        self._frames: deque[KeyFrame] = deque()
        self._clocks = Clocks(recorder)

    def take(self, timeout_s: float) -> KeyFrame | None:
        """The next picture of any camera."""
        if self._frames:
            return self._frames.popleft()
        if self._socket is None and not self._connect(timeout_s):
            return None
        self._receive(timeout_s)
        return self._frames.popleft() if self._frames else None

    @property
    def is_away(self) -> bool:
        """Whether the recorder cannot be reached now."""
        return self._socket is None

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self, timeout_s: float) -> bool:
        try:
            self._socket = connect(self._recorder, Wanted(stills=True))
        except OSError:
            time.sleep(min(RECONNECT_S, timeout_s))
            return False
        self._incoming = Incoming()
        return True

    def _receive(self, timeout_s: float) -> None:
        if self._socket is None:
            return
        self._socket.settimeout(timeout_s)
        try:
            data = self._socket.recv(RECEIVE_BYTES)
            if not data:
                self.close()
            self._frames += (
                key_frame(message, self._clocks.skew_ms(message.camera, message.at_ms))
                for message in self._incoming.feed(data)
                if isinstance(message, Still)
            )
        except TimeoutError:
            return
        except (OSError, NotAMessageError):
            self.close()


class FolderFrames:
    """``<folder>/<camera>/<at>.png`` or ``.jpg``: taken in order of time, then removed."""

    def __init__(self, folder: Path, steady_s: Callable[[], float] = time.monotonic) -> None:
        """The folder may be filled while it is read; names must appear whole (rename)."""
        self._folder = folder
        self._steady_s = steady_s

    def take(self, timeout_s: float) -> KeyFrame | None:
        """The oldest there is."""
        until = self._steady_s() + timeout_s
        while True:
            files = [
                path
                for path in self._folder.glob("*/*")
                if path.suffix in (".png", ".jpg") and path.stem.isdigit()
            ]
            for path in sorted(files, key=lambda one: int(one.stem)):
                frame = _read(path)
                path.unlink(missing_ok=True)
                if frame is not None:
                    return frame
            if self._steady_s() >= until:
                return None
            time.sleep(LOOK_EVERY_S)


def _read(path: Path) -> KeyFrame | None:
    """A picture file as a key frame without colour; None for one that cannot be read."""
    read = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if read is None:
        return None
    picture = np.full((ROWS, WIDTH), NO_COLOUR, np.uint8)
    picture[:HEIGHT] = cv2.resize(read, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return KeyFrame(path.parent.name, int(path.stem), picture)
