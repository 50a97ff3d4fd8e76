"""The citizen's page in a real Chromium: every state, size, view and language, looked at, touched.

The station behind it plays scenes; the page cannot tell. Pictures go to tests/artifacts/kiosk.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from kiosk_scene import PAPER_OUT, Scene, playing
from kiosk_screens import (
    BOXES,
    LOOK,
    SCREENS,
    TICKET,
    card,
    code,
    department,
    elder_into,
    guide,
    number,
    priority,
)
from playwright.sync_api import Browser, Request, expect, sync_playwright

from hall_server.contract.link import LinkState
from kiosk.messages import CardState, PaperState, PressState

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "tests" / "artifacts" / "kiosk"
LOW_SCREENS = ("home", "departments", "items", "guide", "printed")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {
    "portrait": (1080, 1920),
    "wide": (1920, 1080),
    "square": (1280, 1024),
    "notebook": (1366, 768),
}


@pytest.fixture(scope="module")
def browser(chromium: str, pages: Path) -> Iterator[Browser]:
    assert (pages / "kiosk/web/index.html").is_file()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Scene, str]]:
    with playing("shuangjiang") as stage:
        yield stage


class Seen:
    """A page, what went wrong in it, and what it asked for from elsewhere."""

    def __init__(
        self, browser: Browser, url: str, size: str, language: str, *, own_time: bool = False
    ) -> None:
        width, height = SIZES[size]
        self.faults: list[str] = []
        self.page = browser.new_page(viewport={"width": width, "height": height}, has_touch=True)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.faults.append(message.text) if message.type == "error" else None,
        )
        self._own = urlsplit(url).netloc
        self.page.on("request", self._only_own)
        if own_time:
            self.page.clock.install()
        self.page.goto(url + ("?lang=en" if language == "en" else ""))
        expect(self.page.locator("footer")).to_be_visible()

    def _only_own(self, request: Request) -> None:
        target = urlsplit(request.url)
        if target.netloc not in {self._own, ""}:
            self.faults.append(f"asks {target.netloc}")


@pytest.fixture
def open_page(browser: Browser, stage: tuple[Scene, str]) -> Iterator[Callable[..., Seen]]:
    opened: list[Seen] = []

    def open_(size: str = "portrait", language: str = "zh", *, own_time: bool = False) -> Seen:
        opened.append(Seen(browser, stage[1], size, language, own_time=own_time))
        return opened[-1]

    stage[0].play()
    yield open_
    for seen in opened:
        seen.page.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_fits_and_can_be_hit(
    open_page: Callable[..., Seen], stage: tuple[Scene, str], size: str, language: str
) -> None:
    scene, url = stage
    seen = open_page(size, language)
    wrong: dict[str, list[str]] = {}
    signs: set[str] = set()
    for name, (setting, steps) in SCREENS.items():
        scene.play(**setting)  # type: ignore[arg-type]  # the table's settings are the scene's
        seen.page.goto(url + ("?lang=en" if language == "en" else ""))
        settled = ".starting" if name == "starting" else "main .tile, main .hero"
        expect(seen.page.locator(settled).first).to_be_visible()
        try:
            steps(seen.page, scene)
        except AssertionError as error:
            wrong[name] = [str(error)[:200]]
            continue
        seen.page.wait_for_timeout(200)  # the last picture has come, the leafing has ended
        seen.page.screenshot(path=PICTURES / f"{name}-{size}-{language}.png")
        signs.update(seen.page.locator("body").inner_text())
        faults = seen.page.evaluate(LOOK)
        if faults:
            wrong[name] = faults
    assert wrong == {}
    assert seen.faults == []
    drawn = sorted(sign for sign in signs if sign.isprintable() and not sign.isspace())
    assert len(drawn) > 50
    assert seen.page.evaluate(BOXES, ["\U0010fffe"]), "the check itself is not blind"
    assert seen.page.evaluate(BOXES, drawn) == [], "signs the screen's font does not have"


@pytest.mark.parametrize("profile", ["gengma", "cangyuan"])
@pytest.mark.parametrize("size", SIZES)
def test_larger_halls_fit_as_well(browser: Browser, size: str, profile: str) -> None:
    with playing(profile) as (_, url):
        for language in ("zh", "en"):
            seen = Seen(browser, url, size, language)
            expect(seen.page.locator("main .tile").first).to_be_visible()
            assert seen.page.evaluate(LOOK) == []
            seen.page.screenshot(path=PICTURES / f"{profile}-{size}-{language}.png")
            if seen.page.locator(".hero").count():
                seen.page.locator(".hero").first.click()
                expect(seen.page.locator(".screen > .title")).to_be_visible()
                seen.page.wait_for_timeout(200)
                assert seen.page.evaluate(LOOK) == []
            assert seen.faults == []
            seen.page.close()


def test_low_reach_keeps_every_button_in_the_lower_part(open_page: Callable[..., Seen]) -> None:
    page = open_page("portrait").page
    page.get_by_role("button", name="低位操作").click()
    high = SIZES["portrait"][1]
    for name in LOW_SCREENS:
        match name:
            case "departments":
                page.locator(".hero").first.click()
            case "items":
                page.locator("main .tile").first.click()
            case "guide":
                page.locator(".read").first.click()
            case "printed":
                page.locator(".ticket .take").click()
            case _:
                pass
        page.wait_for_timeout(350)
        page.screenshot(path=PICTURES / f"low_{name}-portrait-zh.png")
        assert page.evaluate(LOOK) == [], name
        tops = [
            box["y"] for button in page.locator("button").all() if (box := button.bounding_box())
        ]
        assert min(tops) > high * 0.52, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_takes_three_touches_at_most(
    open_page: Callable[..., Seen], stage: tuple[Scene, str], language: str
) -> None:
    page = open_page("portrait", language).page
    page.locator("main .tile").first.click()
    page.locator(".read").first.click()
    expect(page.locator(".glance")).to_be_visible()
    page.locator(".ticket .take").click()
    expect(page.locator(".label")).to_have_text("A018")
    assert stage[0].presses[-1].language == language


def test_a_double_touch_is_one_press(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    scene = stage[0]
    page = open_page().page
    department(page)
    before = len(scene.presses)
    page.locator(".row .take:enabled").first.dblclick()
    expect(page.locator(".label")).to_have_text("A018")
    assert len({press.press_id for press in scene.presses[before:]}) == 1


def test_a_result_goes_home_by_itself_and_leaves_nothing(open_page: Callable[..., Seen]) -> None:
    page = open_page(own_time=True).page
    priority(page)
    page.locator(".choice").first.click()
    page.locator(".row .take:enabled").first.click()
    expect(page.locator(".label")).to_have_text("A018")
    page.clock.run_for(9_000)
    expect(page.locator(".take.panel")).to_be_visible()
    assert "A018" not in page.content()
    department(page)
    expect(page.locator(".priority")).to_contain_text("优先人群")


def test_nobody_there_asks_first_and_then_forgets(open_page: Callable[..., Seen]) -> None:
    page = open_page("portrait", "en", own_time=True).page
    department(page)
    page.clock.run_for(61_000)
    dialog = page.locator("[role=alertdialog]")
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".row").first).to_be_visible()
    page.clock.run_for(61_000)
    expect(dialog).to_be_visible()
    page.screenshot(path=PICTURES / "idle-portrait-en.png")
    assert page.evaluate(LOOK) == []
    page.clock.run_for(31_000)
    expect(page.locator(".take.panel")).to_contain_text("取号办理")


def test_the_elder_view_waits_three_times_as_long(open_page: Callable[..., Seen]) -> None:
    page = open_page(own_time=True).page
    elder_into(page, 0)
    page.clock.run_for(150_000)
    expect(page.locator("[role=alertdialog]")).to_be_hidden()
    page.clock.run_for(32_000)
    expect(page.locator("[role=alertdialog]")).to_be_visible()


def test_a_pending_number_appears_when_the_hall_has_answered(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    scene = stage[0]
    scene.play(press=PressState.PENDING)
    page = open_page().page
    number(page)
    expect(page.locator(".told")).to_contain_text("正在与大厅确认")
    scene.settle(scene.presses[-1].press_id, PaperState.PRINTED)
    expect(page.locator(".label")).to_have_text("A018")
    expect(page.locator(".paper")).to_contain_text("请取走号票")


def test_paper_that_fails_is_replaced_by_the_screen_and_can_be_tried_again(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    stage[0].play(paper=PaperState.FAILED, printer=PAPER_OUT)
    page = open_page().page
    expect(page.locator(".notice.warn")).to_contain_text("缺纸")
    number(page)
    expect(page.locator(".code svg")).to_be_visible()
    page.get_by_role("button", name="重新打印").click()
    expect(page.locator(".marks")).to_contain_text("补打 1")


def test_without_the_hall_guides_can_be_read_but_no_number_taken(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    page = open_page().page
    expect(page.locator(".sum")).to_be_visible()
    stage[0].play(link=LinkState.LOST)
    expect(page.locator(".notice.warn")).to_contain_text("暂时不能取号")
    guide(page)
    expect(page.locator(".ticket .take")).to_be_disabled()
    stage[0].play()
    expect(page.locator(".ticket .take")).to_be_enabled()


def test_a_number_for_the_card_that_is_laid_now_and_for_no_earlier_one(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    scene = stage[0]
    scene.play(cards=True)
    scene.lay_card("card-of-the-one-before")
    page = open_page().page
    before = len(scene.presses)
    card(page, scene)
    page.wait_for_timeout(1_500)
    assert len(scene.presses) == before
    scene.lay_card("card-unreadable", CardState.UNREADABLE)
    expect(page.locator(".told")).to_contain_text("没有读出")
    scene.lay_card("card-of-this-citizen")
    expect(page.locator(".told")).to_contain_text("张* 533***********123X")
    expect(page.locator(".label")).to_have_text("A018")
    assert [one.card_id for one in scene.presses[before:]] == ["card-of-this-citizen"]


def test_without_a_reader_the_desk_is_named_and_nothing_is_taken(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    scene = stage[0]
    scene.play(cards=True, reads_cards=False)
    page = open_page("portrait", "en").page
    before = len(scene.presses)
    card(page, scene)
    expect(page.locator(".told")).to_contain_text("at the desk")
    page.get_by_role("button", name="Back").last.click()
    expect(page.locator("[aria-modal]")).to_be_hidden()
    assert len(scene.presses) == before


def test_a_scanner_that_types_opens_the_place_and_touches_no_button(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    scene = stage[0]
    page = open_page().page
    department(page)
    page.locator(".row .take:enabled").first.focus()
    before = len(scene.presses)
    type_as_a_scanner = """(text) => {
      for (const key of [...text, 'Enter'])
        document.activeElement.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(type_as_a_scanner, TICKET)
    expect(page.locator(".place .label")).to_have_text("A018")
    expect(page.locator(".place")).to_contain_text("等候中")
    page.evaluate(type_as_a_scanner, "6923450657713")
    expect(page.locator(".place")).to_contain_text("这不是本大厅的号票或预约码")
    assert [one.text for one in scene.scans[-2:]] == [TICKET, "6923450657713"]
    assert len(scene.presses) == before


def test_a_code_of_the_station_s_own_scanner_is_acted_on_once(
    open_page: Callable[..., Seen], stage: tuple[Scene, str]
) -> None:
    scene = stage[0]
    page = open_page(own_time=True).page
    before = len(scene.scans)
    code(page, scene, TICKET)
    scene.lay_card("another-change-of-the-state")
    expect(page.locator(".place .label")).to_have_text("A018")
    page.clock.run_for(16_000)
    expect(page.locator(".take.panel")).to_be_visible()
    assert "A018" not in page.content()
    code(page, scene, "booked-for-nine-o-clock")
    expect(page.locator(".result .label")).to_have_text("A018")
    assert len(scene.scans) == before + 2


def test_samples_are_marked(open_page: Callable[..., Seen]) -> None:
    page = open_page().page
    guide(page)
    expect(page.locator(".guide .sample")).to_have_text("示例")


def test_long_texts_are_leafed_through_to_their_end(open_page: Callable[..., Seen]) -> None:
    page = open_page("square").page
    guide(page)
    place = page.locator(".guide .pager .place")
    pages = int(re.sub(r".*/\s*", "", place.inner_text()))
    assert pages > 1
    for _ in range(pages - 1):
        page.locator(".guide .pager .leaf").nth(1).click()
    expect(page.locator(".guide .pager .leaf").nth(1)).to_be_disabled()
    page.wait_for_timeout(400)
    box = page.locator(".sources > div").last.bounding_box()
    frame = page.locator(".guide .frame").bounding_box()
    assert box is not None
    assert frame is not None
    assert frame["x"] <= box["x"] + 1
    assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1


@pytest.mark.parametrize(
    "name", ["home", "items", "guide", "printed", "lost", "elder_home", "place", "card"]
)
def test_names_roles_and_contrast_hold(
    open_page: Callable[..., Seen], stage: tuple[Scene, str], name: str
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed")
    setting, steps = SCREENS[name]
    stage[0].play(**setting)  # type: ignore[arg-type]  # the table's settings are the scene's
    seen = open_page()
    expect(seen.page.locator("main .tile, main .hero").first).to_be_visible()
    steps(seen.page, stage[0])
    seen.page.wait_for_timeout(300)
    seen.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = seen.page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa']}).then((told) => told.violations.map("
        "(v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' | ')}`))"
    )
    assert found == []
