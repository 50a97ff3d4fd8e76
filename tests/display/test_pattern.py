"""The test pattern of an LED wall in a real browser, dot for dot, wherever its rectangle is.

The sender of an LED wall takes a rectangle of the screen; what is one dot beside it is not seen.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from floor_run import DisplayRun, run_station
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from screens import ARTIFACTS

pytestmark = pytest.mark.browser
NOBODY = "http://127.0.0.1:9"
SCREEN = (1920, 1080)
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
CYAN, MAGENTA = (0, 255, 255), (255, 0, 255)
BARS = [WHITE, YELLOW, CYAN, GREEN, MAGENTA, RED, BLUE, BLACK]
PLACES = [
    (0, 0, 512, 256),
    (100, 50, 1280, 320),
    (7, 3, 192, 96),
    (0, 0, 1920, 1080),
    (1, 1, 96, 48),
]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DisplayRun]:
    run = run_station(NOBODY, tmp_path_factory.mktemp("pattern"))
    yield run
    run.stop()


@pytest.fixture(scope="module")
def browser(chromium: str, pages: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def looked_at(page: Page, name: str) -> Image.Image:
    ARTIFACTS.mkdir(exist_ok=True)
    data = page.screenshot(path=str(Path(ARTIFACTS, f"{name}.png")))
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize(("x", "y", "w", "h"), PLACES)
def test_the_pattern_stands_in_its_rectangle_dot_for_dot(
    station: DisplayRun, browser: Browser, x: int, y: int, w: int, h: int
) -> None:
    page = browser.new_page(viewport={"width": SCREEN[0], "height": SCREEN[1]})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{station.origin}/pattern?x={x}&y={y}&w={w}&h={h}")
    page.wait_for_selector(f'canvas[aria-label="{w}×{h} @ {x},{y}"]')
    screen = looked_at(page, f"pattern-{w}x{h}")
    page.close()
    assert errors == []
    image = screen.crop((x, y, x + w, y + h))
    assert_border(screen, image, x, y)
    assert_corners(image)
    assert_bars(image)
    assert_single_dots(image)
    assert_texts(image)


def assert_border(screen: Image.Image, image: Image.Image, x: int, y: int) -> None:
    """One white dot all round, black within and without."""
    w, h = image.size
    border = [image.getpixel((at, edge)) for at in range(w) for edge in (0, h - 1)]
    border += [image.getpixel((edge, at)) for at in range(h) for edge in (0, w - 1)]
    assert set(border) == {WHITE}
    assert {image.getpixel((at, 1)) for at in range(1, w - 1)} == {BLACK}
    outside = screen.copy()
    outside.paste(BLACK, (x, y, x + w, y + h))
    assert outside.getbbox() is None


def assert_corners(image: Image.Image) -> None:
    w, h = image.size
    size = min(32, max(3, min(w, h) // 8))
    left, right, top, bottom = 2, w - 2 - size, 2, h - 2 - size
    corners = {(left, top): RED, (right, top): GREEN, (right, bottom): BLUE, (left, bottom): YELLOW}
    for (at_x, at_y), colour in corners.items():
        mark = image.crop((at_x, at_y, at_x + size, at_y + size))
        assert mark.getcolors() == [(size * size, colour)]


def assert_bars(image: Image.Image) -> None:
    """Eight colours from edge to edge, then greys that only become lighter."""
    w, h = image.size
    size = min(32, max(3, min(w, h) // 8))
    bottom = h - 2 - size
    bars, greys = int(bottom * 0.55), int(bottom * 0.82)
    middle = (bars + greys) // 2
    row = [image.getpixel((at, middle)) for at in range(2, w - 2)]
    assert [colour for at, colour in enumerate(row) if not at or row[at - 1] != colour] == BARS
    ramp = [image.getpixel((at, greys + 1)) for at in range(2, w - 2)]
    levels = [level for at, level in enumerate(ramp) if not at or ramp[at - 1] != level]
    assert levels == [(level, level, level) for level in range(0, 256, 17)]


def assert_single_dots(image: Image.Image) -> None:
    """Nothing is blurred: dots beside each other are white and black, and nothing between."""
    w, h = image.size
    size = min(32, max(3, min(w, h) // 8))
    left = 2 + size + 2
    field = image.crop((left, h - 2 - size, w - left, h - 2))
    assert {colour for _, colour in field.getcolors() or []} == {BLACK, WHITE}
    middle = (left + w - left) // 2 - left
    row = [field.getpixel((at, 0)) for at in range(field.width)]
    assert all(row[at] != row[at + 1] for at in range(middle - 1))
    assert all(row[at] != row[at + 1] for at in range(middle, field.width - 1))
    last = field.width - 1
    assert field.getpixel((last, 0)) != field.getpixel((last, 1))


def assert_texts(image: Image.Image) -> None:
    """The size between the upper corners, and a sample below it where there is room."""
    w, h = image.size
    size = min(32, max(3, min(w, h) // 8))
    title = image.crop((2 + size + 2, 2, w - 2 - size - 2, int((h - 2 - size) * 0.55) - 1))
    box = title.getbbox()
    assert box is not None
    assert box[3] - box[1] >= 7
    if h >= 96:
        sample = image.crop((3, 2 + size + 2, w // 3, int((h - 2 - size) * 0.55) - 1))
        assert sample.getbbox() is not None


def test_without_a_size_the_pattern_fills_the_screen(station: DisplayRun, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 640, "height": 360})
    page.goto(f"{station.origin}/pattern")
    page.wait_for_selector('canvas[aria-label="640×360 @ 0,0"]')
    assert page.locator("#scaled").is_hidden()
    page.close()


def test_a_screen_that_is_zoomed_is_told_so(station: DisplayRun, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 600}, device_scale_factor=1.25)
    page = context.new_page()
    page.goto(f"{station.origin}/pattern?w=512&h=256")
    page.wait_for_selector("#scaled:not([hidden])")
    assert "125%" in page.inner_text("#scaled")
    context.close()
