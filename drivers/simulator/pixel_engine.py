"""The wall of pixels that is played: takes DDP or sACN packets, never answers, fades when unheard.

As a real one it keeps what it was sent in a buffer, shows it when a picture is whole, and goes dark
when nothing comes any more. The time is handed in. No threads and no sockets here.
"""

from PIL import Image

from drivers.codec import ddp, sacn
from drivers.codec.counters import Counters
from drivers.simulator.played import Row
from drivers.simulator.sign_engine import SignEngine
from drivers.simulator.sign_view import PictureView, picture_view

_DATA_LOSS_MS = 2_500  # E1.31's own time-out, and WLED's default


class PixelEngine(SignEngine):
    """It can be given another size by the action `size`, such as 128x32."""

    def __init__(self, width: int = 64, height: int = 16, first_universe: int = 1) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.counters = Counters()
        self.is_ended = False
        """The sender said that no more will come."""
        self._first_universe = first_universe
        self._buffer = bytearray(3 * width * height)
        self._lit = bytes(self._buffer)
        self._heard_ms = -_DATA_LOSS_MS
        self._priority = 0
        self._told = ""

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
        state = self._state(now_ms)
        if state != self._told:
            self._told = state
            self.version += 1
        return b""

    def lose_power(self) -> None:
        self._lit = bytes(len(self._lit))

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — it has only one
        self.width, self.height = (int(number) for number in value.split("x"))
        self._buffer = bytearray(3 * self.width * self.height)
        self._lit = bytes(self._buffer)
        self.version += 1
        return b""

    def view(self, now_ms: int, since_version: int) -> PictureView:  # noqa: ARG002 — it is small
        size = self.width, self.height
        rows = [
            Row("点阵", "Pixels", f"{self.width}×{self.height}"),
            Row("收到的数据包", "Packets heard", str(self.counters.frames_ok)),
            Row("发送方", "Sender", self._state(now_ms)),
        ]
        return picture_view(Image.frombytes("RGB", size, self.pixels(now_ms)), rows)

    def _state(self, now_ms: int) -> str:
        if self.is_ended:
            return "已结束 ended"
        is_lost = now_ms - self._heard_ms >= _DATA_LOSS_MS
        return "无信号 nothing heard" if is_lost else "正在发送 sending"

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
