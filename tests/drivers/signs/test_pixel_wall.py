"""A wall of pixels: the picture in its colour, as the strip is wired, no brighter than allowed."""

from collections.abc import Iterator
from socket import AF_INET, SOCK_DGRAM, socket
from time import monotonic, sleep

import pytest

from drivers.codec import ddp
from drivers.fonts import FontChain
from drivers.orders import Colour, DeviceCode, DeviceConfig, DeviceHealth, ShowText
from drivers.registry import open_bench
from drivers.signs.picture import PAGE_MS, Painter
from drivers.signs.pixel_wall import PixelWall, WallSettings, Wiring
from drivers.signs.texts import SignTask
from drivers.signs.worker import UNHEARD, Talk, found_wrong
from drivers.simulator.pixel_engine import PixelEngine

WIDTH, HEIGHT = 64, 16
PAINTER = Painter(FontChain())


def pixels(settings: WallSettings, text: str, colour: Colour, now_ms: int = 0) -> bytes:
    """What a wall of this size would show."""
    make = PixelWall(ddp.DdpStream(), settings, PAINTER)
    engine = PixelEngine(settings.width, settings.height)
    for packet in make.show(SignTask(ShowText("w", "main", text, 1, colour), 1), now_ms):
        engine.receive(1, packet, 0)
    return engine.pixels(0)


def dots(text: str, page: int = 0) -> list[int]:
    return list(PAINTER.pages(text, WIDTH, HEIGHT)[page].convert("L").tobytes())


@pytest.mark.parametrize(
    ("colour", "lit"),
    [(Colour.RED, (255, 0, 0)), (Colour.GREEN, (0, 255, 0)), (Colour.YELLOW, (255, 255, 0))],
)
def test_colours(colour: Colour, lit: tuple[int, int, int]) -> None:
    shown = pixels(WallSettings(WIDTH, HEIGHT), "A001", colour)
    assert shown == bytes(part if dot else 0 for dot in dots("A001") for part in lit)


def test_brightness_bounds_every_pixel() -> None:
    shown = pixels(WallSettings(WIDTH, HEIGHT, brightness=40), "A001", Colour.YELLOW)
    assert max(shown) == 102


def test_each_second_row_is_turned_where_the_strip_runs_zigzag() -> None:
    rows = pixels(WallSettings(WIDTH, HEIGHT), "A001", Colour.GREEN)
    zigzag = pixels(WallSettings(WIDTH, HEIGHT, Wiring.ZIGZAG), "A001", Colour.GREEN)
    for y in range(HEIGHT):
        row = [rows[3 * (y * WIDTH + x) + 1] for x in range(WIDTH)]
        turned = [zigzag[3 * (y * WIDTH + x) + 1] for x in range(WIDTH)]
        assert turned == (row[::-1] if y % 2 else row)


def test_a_long_text_is_leafed_through() -> None:
    settings = WallSettings(WIDTH, HEIGHT)
    text = "综合服务窗口暂停服务"
    first, second = (pixels(settings, text, Colour.GREEN, at) for at in (0, PAGE_MS))
    assert list(first[1::3]) == dots(text, 0)
    assert list(second[1::3]) == dots(text, 1)


def test_no_text_is_darkness_that_is_sent_too() -> None:
    make = PixelWall(ddp.DdpStream(), WallSettings(WIDTH, HEIGHT), PAINTER)
    packets = list(make.show(SignTask(ShowText("w", "main", "", 1), 1), 0))
    assert b"".join(packet[10:] for packet in packets) == bytes(3 * WIDTH * HEIGHT)


def finding(talk: Talk[None]) -> object:
    found: list[object] = []

    def listen() -> Iterator[bytes]:
        found.append((yield from talk))

    list(listen())
    return found[0]


def test_nothing_is_ever_claimed() -> None:
    class NoFonts(Painter):
        def can_draw(self) -> bool:
            return False

    task = SignTask(ShowText("w", "main", "A001", 1), 1)
    wall = PixelWall(ddp.DdpStream(), WallSettings(WIDTH, HEIGHT), PAINTER)
    assert finding(wall.show(task, 0)) == finding(wall.check(0)) == finding(wall.greet()) == UNHEARD
    blind = PixelWall(ddp.DdpStream(), WallSettings(WIDTH, HEIGHT), NoFonts(FontChain()))
    assert finding(blind.show(task, 0)) == found_wrong(DeviceCode.UNPRINTABLE)


def test_a_wall_goes_dark_when_it_hears_nothing_more() -> None:
    engine = PixelEngine(WIDTH, HEIGHT)
    for packet in ddp.DdpStream().picture(bytes([9]) * (3 * WIDTH * HEIGHT)):
        engine.receive(1, packet, 1_000)
    assert any(engine.pixels(3_499))
    assert not any(engine.pixels(3_500))


def shown_at(wall: socket, wanted: bytes) -> None:
    """Waits until what arrives there draws this."""
    engine = PixelEngine(WIDTH, HEIGHT)
    deadline_s = monotonic() + 10
    while engine.pixels(0) != wanted:
        assert monotonic() < deadline_s, "the picture did not come"
        engine.receive(1, wall.recv(2_048), 0)


@pytest.mark.parametrize("kind", ["ddp", "sacn"])
def test_a_wall_that_was_away_shows_the_text_at_the_next_refresh(kind: str) -> None:
    """UDP has no link to lose: coming back is hearing the picture again, without a new order."""
    with socket(AF_INET, SOCK_DGRAM) as wall:
        wall.settimeout(10)
        wall.bind(("127.0.0.1", 0))
        port = wall.getsockname()[1]
        options = {"width": WIDTH, "height": HEIGHT, "refresh_ms": 100}
        config = DeviceConfig("w", kind, f"udp://127.0.0.1:{port}", options)
        bench = open_bench([config], lambda _: None)
        wanted = pixels(WallSettings(WIDTH, HEIGHT), "A001", Colour.RED)
        try:
            bench.show(ShowText("w", "main", "A001", 60_000, Colour.RED))
            shown_at(wall, wanted)
            wall.close()
            sleep(0.5)  # several refreshes go to a port that nobody has
            with socket(AF_INET, SOCK_DGRAM) as again:
                again.settimeout(10)
                again.bind(("127.0.0.1", port))
                shown_at(again, wanted)
            assert bench.health()["w"].health is not DeviceHealth.OK  # it never answers
        finally:
            bench.close()
