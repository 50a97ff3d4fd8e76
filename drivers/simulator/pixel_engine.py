"""The wall of pixels that is played: takes DDP or sACN packets, never answers, fades when unheard.

As a real one it keeps what it was sent in a buffer, shows it when a picture is whole, and goes dark
when nothing comes any more. The time is handed in. No threads and no sockets here.
"""

from drivers.codec import ddp, sacn
from drivers.codec.counters import Counters

_DATA_LOSS_MS = 2_500  # E1.31's own time-out, and WLED's default


class PixelEngine:
    def __init__(self, width: int = 64, height: int = 16, first_universe: int = 1) -> None:
        self.width, self.height = width, height
        self.faults: set[str] = set()
        self.version = 0
        self.counters = Counters()
        self.is_ended = False
        """The sender said that no more will come."""
        self._first_universe = first_universe
        self._buffer = bytearray(3 * width * height)
        self._lit = bytes(self._buffer)
        self._heard_ms = -_DATA_LOSS_MS
        self._priority = 0

    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 — all share one
        """One datagram; there is never an answer."""
        packet = ddp.read_packet(data) or sacn.read_packet(data)
        match packet:
            case ddp.Packet():
                self._put(packet.offset, packet.pixels)
                if packet.push:
                    self._light()
                self._hear(now_ms)
            case sacn.Packet():
                self._take(packet, now_ms)
            case None:
                self.counters += Counters(noise_bytes=len(data))
        return b""

    def pixels(self, now_ms: int) -> bytes:
        """What is to be seen now: red, green, blue, row by row."""
        is_lost = now_ms - self._heard_ms >= _DATA_LOSS_MS
        return bytes(len(self._lit)) if is_lost else self._lit

    def tick(self, now_ms: int) -> bytes:
        if any(self._lit) and now_ms - self._heard_ms >= _DATA_LOSS_MS:
            self._lit = bytes(len(self._lit))
            self.version += 1
        return b""

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — it has no actions
        return b""

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> bytes:  # noqa: ARG002
        if on:
            self.faults.add(fault)
        else:
            self.faults.discard(fault)
        if on and fault == "unplugged":
            self._lit = bytes(len(self._lit))
        self.version += 1
        return b""

    def clear_faults(self) -> bytes:
        self.faults.clear()
        self.version += 1
        return b""

    def _take(self, packet: sacn.Packet, now_ms: int) -> None:
        is_lost = now_ms - self._heard_ms >= _DATA_LOSS_MS
        if packet.priority < self._priority and not is_lost:
            return  # somebody of more weight is heard
        self._priority = packet.priority
        if packet.is_terminated:
            self.is_ended = True
            self._heard_ms = now_ms - _DATA_LOSS_MS
            self._priority = 0
            self.tick(now_ms)
            return
        offset = (packet.universe - self._first_universe) * sacn.CHANNELS_USED
        if offset >= 0:
            self._put(offset, packet.channels[: sacn.CHANNELS_USED])
            self._light()
        self._hear(now_ms)

    def _put(self, offset: int, pixels: bytes) -> None:
        room = len(self._buffer)
        if offset < room:
            part = pixels[: room - offset]
            self._buffer[offset : offset + len(part)] = part

    def _light(self) -> None:
        if self._lit != self._buffer:
            self._lit = bytes(self._buffer)
            self.version += 1

    def _hear(self, now_ms: int) -> None:
        self.is_ended = False
        self._heard_ms = now_ms
        self.counters += Counters(frames_ok=1)
