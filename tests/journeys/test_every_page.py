"""Each page at its sizes in both languages: whole, readable, and at home in its own hall.

The kiosk's page is proved in tests/kiosk, the floor's screens in tests/display, the administration
page in tests/hall_server/web, the simulators' in tests/drivers; here stand the others, in a hall
where people wait and are served.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from running_hall import People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
TARGET_PX = 36
"""On a phone and its narrowest line of text."""
THUMB_PX = 44
PHONE = (390, 844)
OFFICES = [(1366, 768), (1920, 1080)]
LANGUAGES = ["zh", "en"]


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    """A clerk with a citizen before them, and a line behind."""
    made = whole.hall.people(["staff-01"])
    clerk = {"cookie": made.clerks["staff-01"]}
    whole.hall.must("window.open", {"window_id": "window-1"}, **clerk)
    for item in ("land-registration", "homestead", "marriage", "land-archive"):
        whole.take(item)
    called = whole.hall.must("ticket.call_next", {"window_id": "window-1"}, **clerk)
    whole.hall.must("ticket.start", {"leg_id": called["leg_id"]}, **clerk)
    return made


def judge(sight: Sight, name: str, *, still: bool = True, least_target: int = 0) -> None:
    """Let it come to rest, keep its picture, and find nothing wrong."""
    sight.page.evaluate("document.fonts.ready")
    sight.page.wait_for_timeout(250)
    sight.picture(f"page-{name}")
    assert sight.faults(still=still, least_target=least_target) == {}, name


def sheet(key: str) -> Callable[[Page], None]:
    """Open a dialog of the console by its key."""

    def open_it(page: Page) -> None:
        expect(page.locator(".stage .label")).to_be_visible(timeout=PATIENT_MS)
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible(timeout=PATIENT_MS)

    return open_it


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", OFFICES)
def test_the_console(
    whole: WholeHall, people: People, browser: Browser, size: tuple[int, int], language: str
) -> None:
    name = f"console-{size[0]}x{size[1]}-{language}"
    with room(browser, *size) as stranger:
        door = watch(stranger, f"{whole.console}?lang={language}", whole.origins)
        expect(door.page.locator("input[type=password]")).to_be_visible(timeout=PATIENT_MS)
        judge(door, f"{name}-door")
    clerk = people.clerks["staff-01"]
    with room(browser, *size, cookie=clerk, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.console}?lang={language}", whole.origins)
        expect(sight.page.locator(".stage .label")).to_be_visible(timeout=PATIENT_MS)
        judge(sight, f"{name}-serving")
        for key in ("F1", "F4", "F6"):
            sheet(key)(sight.page)
            judge(sight, f"{name}-{key}")
            sight.page.keyboard.press("Escape")
            expect(sight.page.locator("dialog")).to_have_count(0, timeout=PATIENT_MS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", OFFICES)
def test_the_supervisors_room(
    whole: WholeHall, people: People, browser: Browser, size: tuple[int, int], language: str
) -> None:
    with room(browser, *size, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
        expect(sight.page.locator("body")).to_contain_text("A001", timeout=PATIENT_MS)
        judge(sight, f"monitor-{size[0]}x{size[1]}-{language}")


@pytest.mark.parametrize(("language", "letters"), [("zh", "standard"), ("en", "large")])
def test_the_supervisors_room_on_a_phone(
    whole: WholeHall, people: People, browser: Browser, language: str, letters: str
) -> None:
    for who, cookie in (("boss", people.supervisor), ("keeper", people.administrator)):
        with room(browser, *PHONE, cookie=cookie, of=whole.hall.url, touch=True) as context:
            sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
            page = sight.page
            if letters == "large":
                page.locator("header .letters").tap()
            name = f"phone-{who}-{language}-{letters}"
            expect(page.locator("main.hall")).to_contain_text("A001", timeout=PATIENT_MS)
            judge(sight, f"{name}-hall", still=False, least_target=THUMB_PX)
            ways = page.locator("header .way")
            expect(ways).to_have_count(4 if who == "boss" else 2)
            for way in range(ways.count()):
                ways.nth(way).tap()
                expect(page.locator("main:not(.hall)")).to_be_visible(timeout=PATIENT_MS)
                judge(sight, f"{name}-{way}", still=False, least_target=THUMB_PX)
            if who == "keeper":
                page.locator(".list li button").first.tap()
                expect(page.locator(".draw")).to_be_in_viewport()
                page.locator(".draw").tap()
                expect(page.locator(".stage")).to_be_in_viewport()
                judge(sight, f"{name}-zones", still=False, least_target=THUMB_PX)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone(whole: WholeHall, people: People, browser: Browser, language: str) -> None:
    marks = eventually(whole.papers, "paper")[-1]
    link = next(str(mark["text"]) for mark in marks if mark["kind"] == "qr")
    with room(browser, *PHONE, touch=True) as context:
        sight = watch(context, link, whole.origins)
        expect(sight.page.locator("main")).to_contain_text(
            re.compile(r"[A-Z]\d{3}"), timeout=PATIENT_MS
        )
        if language == "en":
            sight.page.get_by_role("button", name="English").tap()
        judge(sight, f"follow-{language}", still=False, least_target=TARGET_PX)
