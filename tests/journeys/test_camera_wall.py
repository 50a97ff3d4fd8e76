"""A supervisor says why, sees the drawn cameras live beside what their windows do, and it is kept.

The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from running_hall import People
from sights import room, watch
from whole_hall import WholeHall, eventually

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
BEHIND_S = 2.0
FILM = """() => {
  const video = document.querySelector('.tile video');
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 90;
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  brush.drawImage(video, 0, 0, 160, 90);
  const { buffered, currentTime: at_s } = video;
  return {
    at_s,
    behind_s: buffered.end(buffered.length - 1) - at_s,
    points: [...brush.getImageData(0, 0, 160, 90).data],
  };
}"""
SIZES = [((1366, 768), "zh"), ((1920, 1080), "en")]


@dataclass(frozen=True)
class Film:
    """What the page's video shows now."""

    at_s: float
    behind_s: float
    points: list[int]


def film(page: Page) -> Film:
    found = page.evaluate(FILM)
    return Film(found["at_s"], found["behind_s"], found["points"])


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    made = whole.hall.people(["staff-01"])
    clerk = {"cookie": made.clerks["staff-01"]}
    whole.hall.must("window.open", {"window_id": "window-1"}, **clerk)
    whole.take("land-registration")
    whole.hall.must("ticket.call_next", {"window_id": "window-1"}, **clerk)
    return made


def times(page: Page) -> list[str]:
    return page.locator(".tile time").all_inner_texts()


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_the_cameras_live(
    whole: WholeHall, people: People, browser: Browser, size: tuple[int, int], language: str
) -> None:
    name = f"cameras-{size[0]}-{language}"
    with room(browser, *size, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
        page = sight.page
        page.click("header .cameras")
        page.wait_for_selector(".why .reasons button")
        sight.picture(f"{name}-1-why")
        before = len(whole.events("camera.admitted"))
        page.click(".why .reasons button >> nth=0")
        expect(page.locator(".tile img")).to_have_count(2, timeout=PATIENT_MS)
        expect(page.locator(".tile >> nth=0")).to_contain_text("A001")
        first = times(page)
        eventually(lambda: times(page)[0] != first[0], "a later picture")
        page.wait_for_timeout(300)
        sight.picture(f"{name}-2-wall")
        told = whole.events("camera.admitted")[before:]
        assert [one["camera_ids"] for one in told] == [["window-1", "window-2"]]
        assert [one["note"] for one in told] == [{"zh": "日常巡查", "en": "Daily round"}[language]]
        page.locator(".tile >> nth=0").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator(".tile")).to_have_count(1)
        expect(page.locator(".tile .live")).to_be_visible(timeout=PATIENT_MS)
        begun = film(page)
        eventually(lambda: film(page).at_s > begun.at_s + 1, "a film that goes on")
        assert film(page).points != begun.points, "the picture has changed"
        assert film(page).behind_s < BEHIND_S
        sight.picture(f"{name}-3-large")
        page.keyboard.press("ArrowLeft")
        expect(page.locator('.tile[data-camera="window-1"] .live')).to_be_visible(
            timeout=PATIENT_MS
        )
        faults = sight.faults()
        page.keyboard.press("Escape")
        expect(page.locator(".tile")).to_have_count(2)
        page.keyboard.press("Escape")
        expect(page.locator("main.cameras")).to_have_count(0)
        page.wait_for_timeout(500)  # what was on its way has come
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(2_500)
        assert [url for url in asked if "/stills/" in url or "/live/" in url] == [], "nobody looks"
        assert faults == {}


def test_nobody_else_has_the_button(whole: WholeHall, people: People, browser: Browser) -> None:
    for cookie in (people.administrator, people.auditor):
        with room(browser, 1366, 768, cookie=cookie, of=whole.hall.url) as context:
            sight = watch(context, whole.monitor, whole.origins)
            expect(sight.page.locator("header time, header .time").first).to_be_visible()
            assert sight.page.locator("header .cameras").count() == 0
