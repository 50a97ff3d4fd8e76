"""The rating page of a window in a real browser, beside a real hall: five faces, once a service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from floor_run import Floor, eventually
from playwright.sync_api import Browser, expect, sync_playwright
from running_hall import request_id
from screens import SMALL_TARGETS, Screen, open_screen
from voice_page import post

pytestmark = pytest.mark.browser
TABLETS = [(1280, 800), (800, 1280), (1024, 600)]


@pytest.fixture(scope="module")
def browser(chromium: str, pages: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def rating_page(floor: Floor, browser: Browser, size: tuple[int, int], path: str) -> Screen:
    origin, hall = floor.display.origin, floor.hall.url
    allowed = (origin, hall, hall.replace("http", "ws"))
    return open_screen(browser, f"{origin}{path}", size, *allowed, ready=".rating, .blank")


def given(floor: Floor) -> list[dict[str, Any]]:
    return floor.events("rating.given")


@pytest.mark.parametrize("size", TABLETS)
def test_a_citizen_touches_a_face_when_served(
    floor: Floor, browser: Browser, size: tuple[int, int]
) -> None:
    before = len(given(floor))
    screen = rating_page(floor, browser, size, "/rating?window=2")
    page, name = screen.page, f"rating-{size[0]}x{size[1]}"
    label, _ = floor.call_somebody(1)
    leg = next(leg for leg in floor.legs() if leg["label"] == label)
    floor.clerk("ticket.start", {"leg_id": leg["leg_id"]}, 1)
    expect(page.locator(".hint")).to_contain_text("请在办结后评价")
    expect(page.locator(".level").first).to_be_disabled()
    screen.picture(f"{name}-serving")
    floor.clerk("ticket.finish", {"leg_id": leg["leg_id"]}, 1)
    expect(page.locator(".level").first).to_be_enabled()
    assert page.evaluate(SMALL_TARGETS) == []
    assert screen.faults() == {}
    screen.picture(name)
    page.locator(".level", has_text="非常满意").click()
    expect(page.locator(".told")).to_contain_text("谢谢您的评价")
    screen.picture(f"{name}-thanks")
    rating = given(floor)[before]
    assert (rating["leg_id"], rating["level"], rating["source"]) == (leg["leg_id"], 5, "display")
    expect(page.locator(".level").first).to_be_visible(timeout=8_000)
    page.locator(".level", has_text="不满意").first.click()
    expect(page.locator(".told")).to_contain_text("您已评价")
    assert len(given(floor)) == before + 1
    page.close()


def test_a_page_without_a_window_says_what_is_wanted(floor: Floor, browser: Browser) -> None:
    screen = rating_page(floor, browser, TABLETS[0], "/rating")
    expect(screen.page.locator(".blank")).to_contain_text("/rating?window=3")
    screen.page.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"press_id": "press-00", "window_id": "window-2", "level": 6}, 400),
        ({"press_id": "press-00", "window_id": "window-2"}, 400),
        ({"press_id": "p", "window_id": "window-2", "level": 5}, 400),
        ({"press_id": "press-00", "window_id": "../x", "level": 5}, 400),
    ],
)
def test_what_is_no_rating_is_refused(floor: Floor, body: object, status: int) -> None:
    assert post(floor.display.origin, "/rate", body)[0] == status


def test_a_window_that_is_none_and_a_double_touch(floor: Floor) -> None:
    before = len(given(floor))
    nowhere = {"press_id": request_id(), "window_id": "window-99", "level": 5}
    status, told = post(floor.display.origin, "/rate", nowhere)
    assert status == 200
    assert msgspec.json.decode(told)["refused"]["code"] == "window_unknown"
    label, _ = floor.call_somebody(2)
    floor.serve_and_finish(label, 2)
    touch = {"press_id": request_id(), "window_id": "window-3", "level": 4}
    answers = [post(floor.display.origin, "/rate", touch)[1] for _ in range(2)]
    assert [msgspec.json.decode(answer) for answer in answers] == [{"refused": None}] * 2
    eventually(lambda: len(given(floor)) == before + 1)
