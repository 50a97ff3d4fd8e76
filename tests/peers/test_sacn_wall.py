"""The `sacn` library's receiver as the wall: our stream arrives, wins or gives way, and ends."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import NAMESPACE_OID, uuid5

import pytest
import sacn
from running_hall import free_port
from sacn.messages.data_packet import DataPacket

from drivers.bench import Bench
from drivers.codec.sacn import CHANNELS_USED, universe_count
from drivers.fonts import FontChain
from drivers.orders import Colour, DeviceConfig, DeviceEvent, DeviceHealth, ShowText, TextShown
from drivers.registry import open_bench
from drivers.signs.picture import Painter

WIDTH, HEIGHT, FIRST = 64, 16, 21
UNIVERSES = range(FIRST, FIRST + universe_count(WIDTH * HEIGHT))


class Wall:
    """What the receiver holds of each universe, and which streams it thinks alive."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.channels: dict[int, bytes] = {}
        self.packets: list[DataPacket] = []
        self.ended: list[int] = []
        self._receiver = sacn.sACNreceiver(bind_address="127.0.0.1", bind_port=port)
        for universe in UNIVERSES:
            self._receiver.register_listener("universe", self._heard, universe=universe)
        self._receiver.register_listener("availability", self._changed)
        self._receiver.start()

    def pixels(self) -> bytes:
        parts = (self.channels.get(universe, b"")[:CHANNELS_USED] for universe in UNIVERSES)
        return b"".join(parts)[: 3 * WIDTH * HEIGHT]

    def close(self) -> None:
        self._receiver.stop()

    def _heard(self, packet: DataPacket) -> None:
        self.packets.append(packet)
        self.channels[packet.universe] = bytes(packet.dmxData)

    def _changed(self, universe: int | None = None, changed: str = "", *_: object) -> None:
        if changed == "timeout" and universe is not None:
            self.ended.append(universe)


@pytest.fixture
def wall() -> Iterator[Wall]:
    wall = Wall(free_port())
    yield wall
    wall.close()


@contextmanager
def bench(wall: Wall, events: list[DeviceEvent], **more: str | int) -> Iterator[Bench]:
    options: dict[str, str | int] = {"width": WIDTH, "height": HEIGHT, "universe": FIRST, **more}
    config = DeviceConfig("wall-1", "sacn", f"udp://127.0.0.1:{wall.port}", options)
    opened = open_bench([config], events.append)
    try:
        yield opened
    finally:
        opened.close()


def until(is_so: Callable[[], bool], within_s: float = 5) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def picture(text: str, colour: tuple[int, int, int]) -> bytes:
    (page,) = Painter(FontChain()).pages(text, WIDTH, HEIGHT)
    dots = page.convert("L").tobytes()
    return bytes(level if dot else 0 for dot in dots for level in colour)


def test_a_call_arrives_pixel_for_pixel_and_the_stream_ends(wall: Wall) -> None:
    events: list[DeviceEvent] = []
    with bench(wall, events, priority=150, refresh_ms=100) as opened:
        opened.show(ShowText("wall-1", "main", "请A001号", 60_000, Colour.YELLOW, "w:1"))
        until(lambda: wall.pixels() == picture("请A001号", (255, 255, 0)))
        packet = wall.packets[-1]
        assert (packet.priority, packet.sourceName) == (150, "Hall wall-1")
        assert bytes(packet.cid) == uuid5(NAMESPACE_OID, "hall:wall-1").bytes
        assert wall.ended == []
        assert opened.health()["wall-1"].health is DeviceHealth.UNKNOWN  # it never says a word
    until(lambda: set(wall.ended) == set(UNIVERSES), within_s=2)  # said, not timed out
    assert not any(wall.pixels())
    assert [event for event in events if isinstance(event, TextShown)] == []


def test_the_latest_call_wins_and_a_stale_one_goes_dark(wall: Wall) -> None:
    with bench(wall, [], refresh_ms=100) as opened:
        for number in range(50):
            opened.show(ShowText("wall-1", "main", f"A{number:03}", 60_000))
        until(lambda: wall.pixels() == picture("A049", (255, 0, 0)))
        opened.show(ShowText("wall-1", "main", "B001", 700))
        until(lambda: wall.pixels() == picture("B001", (255, 0, 0)))
        until(lambda: not any(wall.pixels()), within_s=3)
        assert wall.ended == []  # dark, and still held


def test_a_picture_that_stays_is_sent_again_so_that_it_stays(wall: Wall) -> None:
    with bench(wall, []) as opened:
        opened.show(ShowText("wall-1", "main", "A001", 60_000))
        until(lambda: any(wall.pixels()))
        time.sleep(3)  # longer than the 2.5 s after which a receiver gives a stream up
        assert wall.ended == []


def test_a_stream_that_breaks_off_is_given_up_by_the_wall_itself(wall: Wall) -> None:
    send(wall, priority=100, level=7)
    until(lambda: set(wall.pixels()) == {7})
    until(lambda: set(wall.ended) == set(UNIVERSES))


def test_somebody_of_more_weight_keeps_the_wall(wall: Wall) -> None:
    send(wall, priority=190, level=7)
    until(lambda: set(wall.pixels()) == {7})
    with bench(wall, [], priority=100, refresh_ms=50) as opened:
        opened.show(ShowText("wall-1", "main", "A001", 60_000))
        for sequence in range(1, 5):
            time.sleep(0.3)
            send(wall, priority=190, level=7, sequence=sequence)
        assert set(wall.pixels()) == {7}
        until(lambda: wall.pixels() == picture("A001", (255, 0, 0)))  # when the other has gone


def send(wall: Wall, priority: int, level: int, sequence: int = 0) -> None:
    """Another sender's picture, made by the library."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for universe in UNIVERSES:
            channels = (level,) * 512
            packet = DataPacket((9,) * 16, "other", universe, channels, priority, sequence)
            other.sendto(bytes(packet.getBytes()), ("127.0.0.1", wall.port))
