"""Gives the recorder's streams to whoever connects to its Unix socket; see ``packets.py``.

Nobody here is waited for. Each reader has a thread and a bounded queue; where that is full, what
comes is dropped for this reader until the next key frame of its stream finds room again.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path

from monitor.feed.packets import (
    FEED,
    Incoming,
    NotAMessageError,
    Packet,
    Quality,
    Still,
    StreamEnd,
    StreamStart,
    Wanted,
    encoded,
)

QUEUE_MESSAGES, QUEUE_BYTES = 1024, 16 * 2**20
READERS_MOST = 24
HELLO_S, SEND_S = 5.0, 10.0

log = logging.getLogger(__name__)
Stream = tuple[str, Quality]


class Reader:
    """One connection: what it wants, what waits for it, and which streams it has lost."""

    def __init__(self, line: socket.socket, wanted: Wanted) -> None:
        """``line`` is closed by ``write_all``."""
        self.line, self.wanted = line, wanted
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._flowing: set[Stream] = set()
        self._change = threading.Condition()
        self._over = False

    def wants(self, camera: str, quality: Quality | None) -> bool:
        """Whether this concerns it; stills have no quality."""
        if self.wanted.cameras and camera not in self.wanted.cameras:
            return False
        return self.wanted.stills if quality is None else quality in self.wanted.qualities

    def offer_packet(self, packet: Packet, data: bytes) -> None:
        """A picture: dropped with all that follow it, up to a key frame, where there is no room."""
        stream = (packet.camera, packet.quality)
        if stream in self._flowing or packet.is_key:
            if self.offer(data):
                self._flowing.add(stream)
            else:
                self._flowing.discard(stream)

    def forget(self, stream: Stream) -> None:
        """The stream begins anew or is over."""
        self._flowing.discard(stream)

    def offer(self, data: bytes) -> bool:
        """Put it in the queue if there is room."""
        with self._change:
            room = len(self._queue) < QUEUE_MESSAGES and self._bytes + len(data) <= QUEUE_BYTES
            if room and not self._over:
                self._queue.append(data)
                self._bytes += len(data)
                self._change.notify()
            return room

    def must_take(self, data: bytes) -> None:
        """A beginning or an end: a reader that has no room even for this is sent away."""
        if not self.offer(data):
            self.close()

    def close(self) -> None:
        """Send away."""
        with self._change:
            self._over = True
            self._change.notify()

    def write_all(self) -> None:
        """Send what is in the queue until the reader has gone or is sent away."""
        with self.line, suppress(OSError):
            while True:
                with self._change:
                    self._change.wait_for(lambda: self._queue or self._over)
                    if self._over:
                        return
                    data = self._queue.popleft()
                    self._bytes -= len(data)
                self.line.sendall(data)


class Feed:
    """The socket and its readers. ``start`` once, ``stop`` once; the rest from any thread."""

    def __init__(self, folder: Path) -> None:
        """The socket is ``feed.sock`` in this folder."""
        self._path = folder / FEED
        self._lock = threading.Lock()
        self._readers: list[Reader] = []
        self._running: dict[Stream, StreamStart] = {}
        self._listening: socket.socket | None = None

    def start(self) -> None:
        """Listen. What an earlier recorder left of its socket is taken away."""
        self._path.unlink(missing_ok=True)
        listening = self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(self._path) as short:
            listening.bind(short)
        self._path.chmod(0o600)
        listening.listen(READERS_MOST)
        threading.Thread(target=self._accept, args=(listening,), name="feed", daemon=True).start()

    def stop(self) -> None:
        """Send all readers away."""
        self._path.unlink(missing_ok=True)
        if self._listening:
            with self._listening, suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for reader in self._readers:
                reader.close()

    def wants(self, camera: str, quality: Quality | None) -> bool:
        """Whether anybody reads this stream; without a quality, pictures of its key frames."""
        with self._lock:
            return any(reader.wants(camera, quality) for reader in self._readers)

    def started(self, start: StreamStart) -> None:
        """A run has begun."""
        stream = (start.camera, start.quality)
        with self._lock:
            self._running[stream] = start
            self._tell(stream, encoded(start))

    def ended(self, end: StreamEnd) -> None:
        """A run is over."""
        stream = (end.camera, end.quality)
        with self._lock:
            self._running.pop(stream, None)
            self._tell(stream, encoded(end))

    def packet(self, packet: Packet) -> None:
        """A picture."""
        with self._lock:
            wanting = [one for one in self._readers if one.wants(packet.camera, packet.quality)]
            if wanting:
                data = encoded(packet)
                for reader in wanting:
                    reader.offer_packet(packet, data)

    def still(self, still: Still) -> None:
        """A key frame's picture."""
        data = encoded(still)
        with self._lock:
            for reader in self._readers:
                if reader.wants(still.camera, None):
                    reader.offer(data)

    def _tell(self, stream: Stream, data: bytes) -> None:
        for reader in self._readers:
            if reader.wants(*stream):
                reader.forget(stream)
                reader.must_take(data)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            serve = partial(self._serve, line)
            threading.Thread(target=serve, name="feed line", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        """One reader from its wish to its end, in a thread of its own."""
        wanted = _wish(line)
        if wanted is None:
            line.close()
            return
        reader = Reader(line, wanted)
        line.settimeout(SEND_S)
        with self._lock:
            if len(self._readers) >= READERS_MOST:
                log.warning("too many readers")
                line.close()
                return
            self._readers.append(reader)
            for stream, start in self._running.items():
                if reader.wants(*stream):
                    reader.must_take(encoded(start))
        reader.write_all()
        with self._lock:
            self._readers.remove(reader)


def _wish(line: socket.socket) -> Wanted | None:
    """What the other side asks for; None for one that says nothing, or nonsense."""
    incoming = Incoming()
    line.settimeout(HELLO_S)
    try:
        while data := line.recv(4096):
            for message in incoming.feed(data):
                return message if isinstance(message, Wanted) else None
    except (OSError, NotAMessageError):
        return None
    return None


class _short:  # noqa: N801 - used as a word
    """A path that fits into a socket's address, however deep the folder lies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)

    def __enter__(self) -> str:
        return f"/proc/self/fd/{self._folder}/{self._path.name}"

    def __exit__(self, *_: object) -> None:
        os.close(self._folder)


def connect(folder: Path, wanted: Wanted) -> socket.socket:
    """A line to the recorder whose data are in this folder, its wish told; raises ``OSError``."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(folder / FEED) as short:
            line.connect(short)
        line.sendall(encoded(wanted))
    except OSError:
        line.close()
        raise
    return line
