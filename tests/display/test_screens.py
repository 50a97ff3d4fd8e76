"""The screens in a real browser, without a hall: what the station has kept, at every size.

So a screen looks that is switched on while the hall is away; the same drawing stands while it is
there, and the pictures are kept to be looked at.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from floor_run import DisplayRun, run_station
from PIL import Image, ImageChops
from playwright.sync_api import Browser, sync_playwright
from screens import OVERLAPPING, SMALL_TARGETS, Screen, open_screen

from config.facts import HallFacts, QueueFact, WindowFact, Zone
from config.load import load_profile
from config.values import Words
from display.keeping import Kept
from hall_server.contract.messages.organisation import LegView, Snapshot, WindowView
from hall_server.contract.messages.queueing import LegState, WindowState

pytestmark = pytest.mark.browser
NOW = 1_795_401_720_000
STATES = ["called", "county", "empty", "paused", "closed"]
NOBODY = "http://127.0.0.1:9"
DRAWN_FOR = [(1920, 1080), (1080, 1920), (1280, 320), (512, 256)]
SCALED = [(1280, 720), (3840, 2160), (3840, 1080), (384, 192)]
WALLS = [
    *((size, state) for size in DRAWN_FOR for state in ("called", "county", "empty", "closed")),
    *((size, "county") for size in SCALED),
]
WINDOWS = [
    *((size, state) for size in ((1280, 800), (800, 1280)) for state in STATES),
    *((size, "county") for size in ((1024, 600), (1280, 720))),
]
GUIDES = [(1080, 1920), (1920, 1080), (1280, 1024)]
LONG_NAMES = ["企业开办与市场准入", "社会保险", "不动产登记与交易", "税务", "公安出入境与户籍"]


def leg(number: int, label: str, state: LegState, queue: str, window: str = "") -> LegView:
    seq = 500 - number if window else 0
    return LegView(
        leg_id=number,
        ticket_id=number,
        version=1,
        label=label,
        state=state,
        item_id="land-registration",
        queue_id=queue,
        priority_id="",
        window_id=window,
        staff_id="",
        to_window_id="",
        to_staff_id="",
        waiting_since=NOW - 600_000,
        place=number,
        place_tie=number,
        called_at=NOW if seq else 0,
        call_count=1 if seq else 0,
        started_at=0,
        held_at=0,
        held_ms=0,
        ended_at=0,
        called_seq=seq,
        note="",
    )


def county_hall(facts: HallFacts) -> HallFacts:
    """The names and numbers a large hall has: long, many, on two floors."""
    zones = [
        Zone(id=sign, name=Words(f"{sign.upper()}区"), floor=1 + (sign == "c")) for sign in "abc"
    ]
    queues = [
        QueueFact(id=f"q{place}", name=Words(name), series="ABCDE"[place], zone="abc"[place % 3])
        for place, name in enumerate(LONG_NAMES)
    ]
    windows = [
        WindowFact(
            id=f"window-{number}", number=number, zone="abc"[number % 3], queues=["q0", "q1"]
        )
        for number in range(1, 38)
    ]
    name = Words("沧源佤族自治县政务服务中心", "Cangyuan Va Autonomous County Service Centre")
    site = msgspec.structs.replace(facts.site, name=name)
    return msgspec.structs.replace(
        facts, site=site, zones=zones, queues=queues, windows=windows, items=facts.items
    )


def kept(state: str) -> Kept:
    facts = load_profile("shuangjiang")
    legs: list[LegView] = []
    views = [
        WindowView(
            window_id="window-3",
            state=WindowState.PAUSED if state == "paused" else WindowState.OPEN,
            staff_id="staff-01",
            since=NOW,
            reason_id="",
        )
    ]
    if state == "county":
        facts = county_hall(facts)
        legs = [
            leg(1, "AB1137", LegState.CALLED, "q0", "window-3"),
            leg(2, "A136", LegState.SERVING, "q0", "window-37"),
            leg(3, "E043", LegState.CALLED, "q4", "window-20"),
            leg(4, "C050", LegState.NO_SHOW, "q2", "window-7"),
            *(leg(n, f"D{n:03}", LegState.SERVED, "q3", "window-16") for n in range(5, 12)),
            *(leg(n, f"A{n}", LegState.WAITING, f"q{n % 5}") for n in range(300, 436)),
        ]
    elif state == "called":
        legs = [
            leg(1, "A037", LegState.CALLED, "general", "window-3"),
            leg(2, "A036", LegState.SERVING, "general", "window-2"),
            leg(3, "B008", LegState.SERVED, "marriage", "window-5"),
            *(leg(n, f"A{n}", LegState.WAITING, "general") for n in range(40, 52)),
        ]
    elif state == "closed":
        views = []
    snapshot = Snapshot(
        seq=600,
        at=NOW,
        clock_rate=1,
        version="0.1.0",
        day="" if state == "closed" else "2026-11-23",
        day_opened_at=0 if state == "closed" else NOW,
        facts_version=1,
        facts=facts,
        windows=views,
        legs=legs,
        devices=[],
    )
    return Kept(heard_at=NOW, snapshot=snapshot)


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, DisplayRun]]:
    """One station for each state, none of which finds a hall."""
    runs = {}
    for state in STATES:
        folder: Path = tmp_path_factory.mktemp(state)
        (folder / "last.json").write_bytes(msgspec.json.encode(kept(state)))
        runs[state] = run_station(NOBODY, folder)
    yield runs
    for run in runs.values():
        run.stop()


@pytest.fixture(scope="module")
def browser(chromium: str, pages: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[list[Screen]]:
    """Screens opened by a test, closed after it."""
    opened: list[Screen] = []
    yield opened
    for screen in opened:
        screen.page.close()


@pytest.mark.parametrize(("size", "state"), WALLS)
def test_the_wall_is_whole_at_every_size(
    stations: dict[str, DisplayRun],
    browser: Browser,
    look: list[Screen],
    size: tuple[int, int],
    state: str,
) -> None:
    origin = stations[state].origin
    width, height = size
    address = f"{origin}/wall?w={width}&h={height}"
    screen = open_screen(browser, address, size, origin, NOBODY, ready=".wall")
    look.append(screen)
    screen.picture(f"wall-{width}x{height}-{state}")
    assert screen.faults() == {}
    assert screen.page.evaluate(OVERLAPPING, ".header, .floor, .notices, .emergency") == []
    assert screen.page.evaluate(OVERLAPPING, ".stage, .list, .waiting, .welcome, .closed") == []
    assert "更新于" in screen.page.inner_text(".header")


@pytest.mark.parametrize(("x", "y", "w", "h"), [(100, 50, 512, 256), (7, 3, 1280, 320)])
def test_the_wall_of_a_sender_stands_in_its_rectangle_to_the_dot(
    stations: dict[str, DisplayRun],
    browser: Browser,
    look: list[Screen],
    x: int,
    y: int,
    w: int,
    h: int,
) -> None:
    origin = stations["called"].origin
    address = f"{origin}/wall?x={x}&y={y}&w={w}&h={h}"
    screen = open_screen(browser, address, (1920, 1080), origin, NOBODY, ready=".wall")
    look.append(screen)
    assert screen.faults() == {}
    shot = Image.open(io.BytesIO(screen.page.screenshot())).convert("RGB")
    around = Image.new("RGB", shot.size, shot.getpixel((1919, 1079)))
    assert ImageChops.difference(shot, around).getbbox() == (x, y, x + w, y + h)


@pytest.mark.parametrize(("size", "state"), WINDOWS)
def test_the_window_screen_is_whole_at_every_size(
    stations: dict[str, DisplayRun],
    browser: Browser,
    look: list[Screen],
    size: tuple[int, int],
    state: str,
) -> None:
    origin = stations[state].origin
    screen = open_screen(
        browser, f"{origin}/window?window=3", size, origin, NOBODY, ready=".screen"
    )
    look.append(screen)
    screen.picture(f"window-{size[0]}x{size[1]}-{state}")
    assert screen.faults() == {}
    assert screen.page.evaluate(OVERLAPPING, ".top, .who, .board, .foot") == []
    said = {"called": "A037", "county": "AB1137", "empty": "欢迎办理", "paused": "暂停服务"}
    assert said.get(state, "暂未开放") in screen.page.inner_text(".board")


def test_a_screen_without_a_window_asks_for_one(
    stations: dict[str, DisplayRun], browser: Browser, look: list[Screen]
) -> None:
    origin = stations["empty"].origin
    screen = open_screen(browser, f"{origin}/window", (1280, 800), origin, NOBODY, ready=".choose")
    look.append(screen)
    assert screen.faults() == {}
    screen.page.click("text=3 >> nth=0")
    screen.page.wait_for_selector(".screen")
    assert "3号窗口" in screen.page.inner_text(".top").replace("\n", "")


PATHS = {
    "home": [],
    "items": [".hero", ".read .tile >> nth=0"],
    "item": [".hero", ".read .tile >> nth=0", ".read .row >> nth=0"],
    "article": [".categories .tile >> nth=0", ".read .row >> nth=0"],
}


@pytest.mark.parametrize("size", GUIDES)
@pytest.mark.parametrize("view", ["zh", "en", "large"])
def test_the_touch_guide_is_whole_wherever_one_reads(
    stations: dict[str, DisplayRun],
    browser: Browser,
    look: list[Screen],
    size: tuple[int, int],
    view: str,
) -> None:
    origin = stations["called"].origin
    address = f"{origin}/guide" + ("?lang=en" if view == "en" else "")
    screen = open_screen(browser, address, size, origin, NOBODY, ready=".band")
    look.append(screen)
    if view == "large":
        screen.page.click(".bar .touch >> nth=0")
    for name, touches in PATHS.items():
        for touch in touches:
            screen.page.click(touch)
        screen.page.wait_for_timeout(250)
        screen.picture(f"guide-{size[0]}x{size[1]}-{view}-{name}")
        assert screen.faults() == {}, name
        assert screen.page.evaluate(SMALL_TARGETS) == [], name
        if touches:
            screen.page.click(".bar .touch >> nth=1")  # home


def test_the_touch_guide_has_ten_categories_and_every_item(
    stations: dict[str, DisplayRun], browser: Browser, look: list[Screen]
) -> None:
    origin = stations["called"].origin
    screen = open_screen(browser, f"{origin}/guide", GUIDES[0], origin, NOBODY, ready=".band")
    look.append(screen)
    assert screen.page.locator(".categories .tile").count() == 10
    screen.page.click(".hero")
    screen.page.locator(".read .note").first.wait_for()
    counts = screen.page.locator(".read .note").all_inner_texts()
    facts = load_profile("shuangjiang")
    shown = [item for item in facts.items if not item.hidden]
    assert sum(int(count.split()[0]) for count in counts) == len(shown)


def test_nobody_reads_any_more_and_the_touch_guide_goes_home(
    stations: dict[str, DisplayRun], browser: Browser, look: list[Screen]
) -> None:
    origin = stations["called"].origin
    page = browser.new_page(viewport={"width": 1080, "height": 1920})
    look.append(Screen(page, ()))
    page.clock.install()
    page.goto(f"{origin}/guide")
    page.click(".hero")
    page.click(".bar .touch:has-text('English')")
    page.clock.run_for(61_000)
    assert "20" in page.inner_text(".asking") or "19" in page.inner_text(".asking")
    page.clock.run_for(25_000)
    assert page.locator(".hero").is_visible()
    assert "办事指南" in page.inner_text(".hero")
