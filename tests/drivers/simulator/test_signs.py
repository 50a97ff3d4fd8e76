"""Every sign that is played, over a real port or line, by the driver that is configured for it."""

import base64
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from drivers.bench import Bench
from drivers.fonts import FontChain
from drivers.orders import Colour, DeviceConfig, DeviceEvent, ShowText, TextShown
from drivers.registry import open_bench
from drivers.signs.picture import Painter
from drivers.simulator.play import Places, Simulator

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
CALL = "请A001号"
MORE = ("bx-e:e-1@tcp:0", "modbus-text:m-1@pty", "ddp:d-1@udp:0", "sacn:s-1@udp:0")
OPTIONS: dict[str, dict[str, str | int]] = {
    "e-1": {"controller": "6e1", "width": 192, "height": 32, "colours": "two"},
    "m-1": {},
    "d-1": {"width": 64, "height": 16, "refresh_ms": 100},
    "s-1": {"width": 64, "height": 16, "refresh_ms": 100},
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    places = Places(page_port=0, printer_port=0, bar_port=0, speed_mm_s=0, more=MORE)
    simulator = Simulator(places)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def events() -> list[DeviceEvent]:
    return []


@pytest.fixture
def bench(simulator: Simulator, events: list[DeviceEvent]) -> Iterator[Bench]:
    configs = [
        DeviceConfig(player.name, player.words.kind, player.url, OPTIONS[player.name])
        for player in simulator.players
        if player.name in OPTIONS
    ]
    bench = open_bench(configs, events.append)
    yield bench
    bench.close()


def shown(events: list[DeviceEvent]) -> set[str]:
    """Who said that the call is to be seen."""
    return {event.device_id for event in events if isinstance(event, TextShown)}


def view(simulator: Simulator, name: str) -> object:
    return next(p for p in simulator.players if p.name == name).shown(-1).view


def picture(simulator: Simulator, name: str) -> Image.Image:
    address = str(getattr(view(simulator, name), "picture", ""))
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB")


def until(is_so: Callable[[], bool], within_s: float = 15) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def drawn(width: int, height: int) -> Image.Image:
    """The call as it should be seen, in green."""
    (page,) = Painter(FontChain()).pages(CALL, width, height)
    dark = Image.new("L", page.size)
    return Image.merge("RGB", (dark, page.convert("L"), dark))


def test_each_shows_a_call_and_only_those_that_answer_say_so(
    simulator: Simulator, bench: Bench, events: list[DeviceEvent]
) -> None:
    for name in OPTIONS:
        bench.show(ShowText(name, "main", CALL, 60_000, Colour.GREEN, name))
    until(lambda: picture(simulator, "e-1").tobytes() == drawn(192, 32).tobytes())
    for name in ("d-1", "s-1"):
        until(lambda name=name: picture(simulator, name).tobytes() == drawn(64, 16).tobytes())  # type: ignore[misc]
    until(lambda: [area.text for area in getattr(view(simulator, "m-1"), "areas", [])] == [CALL])
    until(lambda: shown(events) == {"e-1", "m-1"})  # the bar is read back after it has lit up
    time.sleep(0.5)
    assert shown(events) == {"e-1", "m-1"}


def test_pixel_walls_go_dark_when_their_sender_ends(simulator: Simulator, bench: Bench) -> None:
    for name in ("d-1", "s-1"):
        bench.show(ShowText(name, "main", CALL, 60_000))
        until(lambda name=name: picture(simulator, name).getbbox() is not None)  # type: ignore[misc]
    bench.close()
    for name in ("d-1", "s-1"):
        until(lambda name=name: picture(simulator, name).getbbox() is None, within_s=2)  # type: ignore[misc]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_their_dots(
    simulator: Simulator, bench: Bench, chromium: str, language: str
) -> None:
    for name in OPTIONS:
        bench.show(ShowText(name, "main", CALL, 60_000, Colour.GREEN, name))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(f"localStorage.setItem('language', '{language}')")
        page.goto(f"http://127.0.0.1:{simulator.page_port}/")
        for kind, width in (("bx-e", 192), ("ddp", 64), ("sacn", 64)):
            page.wait_for_function(
                """([kind, width]) =>
                  document.querySelector(`#kind-${kind} img`)?.naturalWidth === width""",
                arg=[kind, width],
            )
        page.wait_for_selector("#kind-modbus-text canvas")
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"simulator-signs-{language}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440
        browser.close()
    assert complaints == []
