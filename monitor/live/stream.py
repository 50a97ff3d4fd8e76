"""Moving pictures for whoever looks: each camera is read and made into fragments once, for all.

    ┌ kind 1 │ length 4 │ taken at, UTC ms 8 │ place in the stream, ms 4 ┬ content ┐   big-endian

Before its first fragment, and again where a stream begins anew or too much was missed, a viewer is
given the codec and the head. Nobody is waited for: each viewer has a bounded queue, and where that
is full all of it is dropped and the next key frame awaited. The recorder is read only while
somebody looks.
"""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

import av

from monitor.cameras.camera import Camera
from monitor.feed.packets import (
    Incoming,
    Message,
    NotAMessageError,
    Packet,
    Quality,
    StreamEnd,
    StreamStart,
    Wanted,
)
from monitor.live.fragments import Fragment, LiveMuxer, is_playable

VIEWERS_MOST = 32
CAMERAS_MOST = 16
"""Looked at in motion at a time; each is a reader of the recorder's, which has 24 places."""
QUEUE_MESSAGES, QUEUE_BYTES = 24, 8 * 2**20
GROUP_BYTES_MOST = 4 * 2**20
RECEIVE_BYTES = 1 << 20
RECEIVE_S, RECONNECT_S = 0.5, 1.0
HEADER = struct.Struct(">BIQI")

log = logging.getLogger(__name__)


class Kind(IntEnum):
    """What a message holds."""

    CODEC = 1
    """As browsers name it, in ASCII."""
    HEAD = 2
    """``ftyp moov``; empty for a stream that browsers cannot play."""
    FRAGMENTS = 3
    """One or more times ``moof mdat``."""


def message(kind: Kind, content: bytes, at_ms: int = 0, media_ms: int = 0) -> bytes:
    """A message as it stands on the wire."""
    return HEADER.pack(kind, len(content), at_ms, media_ms) + content


@dataclass(frozen=True)
class Head:
    """What a viewer must have before the fragments of a run."""

    run: str = ""
    data: bytes = b""


NO_HEAD = Head()


class Viewer:
    """One who looks: what waits for it, and the head it was given last."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._head = NO_HEAD
        self._change = threading.Condition()
        self._is_over = False

    def offer(self, head: Head, fragments: bytes, *, is_key: bool) -> None:
        """Fragments of the stream that ``head`` begins; wanted only where they can be played."""
        with self._change:
            is_anew = self._head != head
            if is_anew and not is_key:
                return
            data = head.data + fragments if is_anew else fragments
            if len(self._queue) >= QUEUE_MESSAGES or self._bytes + len(data) > QUEUE_BYTES:
                self._queue.clear()
                self._bytes, self._head = 0, NO_HEAD
                return
            self._head = head
            self._queue.append(data)
            self._bytes += len(data)
            self._change.notify()

    def take(self, timeout_s: float) -> bytes | None:
        """What comes next; empty when nothing came in time, None when nothing will any more."""
        with self._change:
            self._change.wait_for(lambda: self._queue or self._is_over, timeout_s)
            if self._is_over:
                return None
            data = self._queue.popleft() if self._queue else b""
            self._bytes -= len(data)
            return data

    def close(self) -> None:
        """Nothing more will come."""
        with self._change:
            self._is_over = True
            self._change.notify()


class Channel:
    """One camera in motion. A thread reads the recorder for as long as there are viewers."""

    def __init__(self, camera: Camera, open_line: Callable[[Wanted], socket.socket]) -> None:
        """``open_line`` connects to the recorder, or raises ``OSError``."""
        quality = Quality.SUB if camera.sub_address else Quality.MAIN
        self._wanted = Wanted(cameras=(camera.id,), qualities=(quality,))
        self._open_line = open_line
        self._lock = threading.Lock()
        self._viewers: set[Viewer] = set()
        self._is_over = threading.Event()
        self._muxer: LiveMuxer | None = None
        self._head = NO_HEAD
        self._group: list[Fragment] = []
        self._group_bytes = 0
        threading.Thread(target=self._run, name=f"live {camera.id}", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether nothing will come from here any more."""
        return self._is_over.is_set()

    def add(self, viewer: Viewer) -> None:
        """Let somebody look, from the last key frame on."""
        with self._lock:
            self._viewers.add(viewer)
            if self.is_over:
                viewer.close()
            elif self._group:
                viewer.offer(self._head, _joined(self._group), is_key=True)
            elif self._head.run and not self._muxer:
                viewer.offer(self._head, b"", is_key=True)

    def remove(self, viewer: Viewer) -> None:
        """Somebody has gone; with the last of them all ends."""
        with self._lock:
            self._viewers.discard(viewer)
            if not self._viewers:
                self._is_over.set()

    def close(self) -> None:
        """Send all viewers away."""
        self._is_over.set()
        with self._lock:
            for viewer in self._viewers:
                viewer.close()

    def _run(self) -> None:
        try:
            while not self._is_over.is_set():
                self._read()
                self._is_over.wait(RECONNECT_S)
        except av.FFmpegError as error:
            log.warning("%s: no live picture: %s", self._wanted.cameras[0], error)
        finally:
            self.close()
            self._end()

    def _read(self) -> None:
        """Read the recorder until it hangs up, or nobody looks."""
        try:
            line = self._open_line(self._wanted)
        except OSError:
            return
        incoming = Incoming()
        with line:
            line.settimeout(RECEIVE_S)
            while not self._is_over.is_set():
                try:
                    data = line.recv(RECEIVE_BYTES)
                    if not data:
                        break
                    self._hear(incoming.feed(data))
                except TimeoutError:
                    continue
                except (OSError, NotAMessageError):
                    break
        self._end()

    def _hear(self, messages: Iterable[Message]) -> None:
        for heard in messages:
            match heard:
                case StreamStart():
                    self._end()
                    self._begin(heard)
                case Packet() if self._muxer and heard.run == self._muxer.start.run:
                    self._give(self._muxer, heard)
                case StreamEnd():
                    self._end()

    def _begin(self, start: StreamStart) -> None:
        if is_playable(start):
            self._muxer = LiveMuxer(start)
            return
        with self._lock:
            self._head = _head(start, b"")
            for viewer in self._viewers:
                viewer.offer(self._head, b"", is_key=True)

    def _end(self) -> None:
        muxer, self._muxer = self._muxer, None
        with self._lock:
            self._head = NO_HEAD
            self._group.clear()
            self._group_bytes = 0
        if muxer:
            muxer.close()

    def _give(self, muxer: LiveMuxer, packet: Packet) -> None:
        fragment = muxer.add(packet)
        if fragment is None:
            return
        with self._lock:
            if not self._head.run:
                self._head = _head(muxer.start, muxer.head)
            self._keep(fragment)
            data = _joined([fragment])
            for viewer in self._viewers:
                viewer.offer(self._head, data, is_key=fragment.is_key)

    def _keep(self, fragment: Fragment) -> None:
        """For whoever comes next; a group too large to be kept is not begun with."""
        if fragment.is_key:
            self._group.clear()
            self._group_bytes = 0
        elif not self._group:
            return
        self._group.append(fragment)
        self._group_bytes += len(fragment.data)
        if self._group_bytes > GROUP_BYTES_MOST:
            self._group.clear()


def _joined(fragments: list[Fragment]) -> bytes:
    """Fragments as one message, which tells the time of the last."""
    last = fragments[-1]
    content = b"".join(one.data for one in fragments)
    return message(Kind.FRAGMENTS, content, last.at_ms, last.media_ms)


def _head(start: StreamStart, head: bytes) -> Head:
    codec = message(Kind.CODEC, start.codec.encode())
    return Head(start.run, codec + message(Kind.HEAD, head))


class LiveStreams:
    """All cameras in motion. ``stop`` once; the rest from any thread."""

    def __init__(self, open_line: Callable[[Wanted], socket.socket]) -> None:
        """``open_line`` connects to the recorder, or raises ``OSError``."""
        self._open_line = open_line
        self._lock = threading.Lock()
        self._channels: dict[str, Channel] = {}
        self._viewers: dict[Viewer, Channel] = {}

    def look(self, camera: Camera) -> Viewer | None:
        """Begin to look; None where as many look as may."""
        viewer = Viewer()
        with self._lock:
            self._channels = {name: one for name, one in self._channels.items() if not one.is_over}
            is_new = camera.id not in self._channels
            if len(self._viewers) >= VIEWERS_MOST:
                return None
            if is_new and len(self._channels) >= CAMERAS_MOST:
                return None
            if is_new:
                self._channels[camera.id] = Channel(camera, self._open_line)
            channel = self._viewers[viewer] = self._channels[camera.id]
            channel.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Look no more."""
        with self._lock:
            self._viewers.pop(viewer).remove(viewer)

    def stop(self) -> None:
        """Send everybody away."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
