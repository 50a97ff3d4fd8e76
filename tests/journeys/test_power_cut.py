"""The hall server dies while people wait: every page says so plainly, and goes on afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually

pytestmark = pytest.mark.browser
PATIENT_MS = 40_000
ITEM = "land-registration"
DEPARTMENT = "国土资源局"


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


def test_the_hall_dies_and_comes_back(
    whole: WholeHall, browser: Browser, contexts: list[BrowserContext]
) -> None:
    def show(url: str, width: int, height: int, cookie: str = "") -> Sight:
        contexts.append(room(browser, width, height, cookie=cookie, of=whole.hall.url))
        return watch(contexts[-1], url, whole.origins)

    clerk = whole.hall.people(["staff-01"]).clerks["staff-01"]
    whole.hall.must("window.open", {"window_id": "window-1"}, cookie=clerk)
    wall = show(f"{whole.display}/wall", 1920, 1080)
    glass = show(f"{whole.kiosk}/", 1080, 1920)
    desk = show(whole.console, 1366, 768, clerk)
    main = desk.page.locator(".actions .main")
    expect(main).to_contain_text("呼叫下一位", timeout=PATIENT_MS)
    first, second = (str(whole.take(ITEM)["label"]) for _ in range(2))
    press_next_twice(desk.page, first)
    assert len(whole.events("ticket.called")) == 1
    expect(wall.page.locator(".single-label")).to_have_text(first, timeout=PATIENT_MS)

    whole.kill_the_hall()
    expect(wall.page.locator(".header")).to_contain_text("更新于", timeout=PATIENT_MS)
    expect(wall.page.locator(".single-label")).to_have_text(first)
    notice = glass.page.locator(".notice.warn")
    expect(notice).to_contain_text("暂时不能取号", timeout=PATIENT_MS)
    read_a_guide(glass.page)
    expect(main).to_be_disabled(timeout=PATIENT_MS)
    for sight, name in ((wall, "wall"), (glass, "kiosk"), (desk, "console")):
        sight.picture(f"journey-hall-away-{name}")

    whole.let_it_start_again()
    eventually(whole.kiosk_is_up, "the kiosk gives numbers again", PATIENT_MS / 1000)
    expect(notice).to_have_count(0, timeout=PATIENT_MS)
    expect(wall.page.locator(".header")).not_to_contain_text("更新于", timeout=PATIENT_MS)
    expect(main).to_be_enabled(timeout=PATIENT_MS)
    for key in ("F7", "F8", "F2"):
        expect(main.locator("kbd")).to_have_text(key, timeout=PATIENT_MS)
        expect(main).to_be_enabled(timeout=PATIENT_MS)
        desk.page.keyboard.press(key)
    expect(desk.page.locator(".stage .label")).to_have_text(second, timeout=PATIENT_MS)
    expect(wall.page.locator(".stage")).to_contain_text(second, timeout=PATIENT_MS)
    assert str(whole.take(ITEM)["label"]) not in {first, second}


def press_next_twice(page: Page, label: str) -> None:
    """A hurried hand: twice by mouse and twice by key; one number is called."""
    main = page.locator(".actions .main")
    expect(main).to_be_enabled(timeout=PATIENT_MS)
    main.dblclick()
    page.keyboard.press("F2")
    page.keyboard.press("F2")
    expect(page.locator(".stage .label")).to_have_text(label, timeout=PATIENT_MS)


def read_a_guide(page: Page) -> None:
    """Guides are the station's own copy: they stay readable while no number can be had."""
    page.locator("button.tile", has_text=DEPARTMENT).click()
    page.locator(".read").first.click()
    expect(page.locator("article.guide")).to_be_visible(timeout=PATIENT_MS)
    expect(page.locator("button.take")).to_be_disabled()
