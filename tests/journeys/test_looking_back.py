"""A ticket is taken, called and finished; later a supervisor finds it and sees the film of it.

The hall, its recorder and its drawn cameras really run, and Chromium really plays. What moment the
picture shows is read from the clock that the drawn camera paints into it. The pictures are kept in
tests/artifacts, to be looked at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from running_hall import People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually

from monitor.cameras.demo_scene import drawn, scene_at

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
SIZES = [((1366, 768), "zh"), ((1920, 1080), "en")]
WORK_S = 14
STRIP = 34
"""Rows of the picture into which the drawn camera writes its clock."""
POINTS = """(rows) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  brush.drawImage(document.querySelector('.screen video'), 0, 0, 640, 360);
  const { data } = brush.getImageData(0, 0, 640, rows);
  return [...data].filter((_, place) => place % 4 === 1);
}"""


@dataclass(frozen=True)
class Served:
    """A number and its times, by the ledger."""

    label: str
    called_at: int
    finished_at: int


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    return whole.hall.people(["staff-01"])


@pytest.fixture(scope="module")
def served(whole: WholeHall, people: People) -> Served:
    """A001 is called and served at window 1 while its camera records."""
    clerk = {"cookie": people.clerks["staff-01"]}
    eventually(lambda: [*whole.hall.data.glob("monitor-1/recordings/window-1/**/*.mp4")], "a film")
    time.sleep(12)  # what the clip begins with, before the call
    whole.hall.must("window.open", {"window_id": "window-1"}, **clerk)
    label = whole.take("land-registration")["label"]
    leg = whole.hall.must("ticket.call_next", {"window_id": "window-1"}, **clerk)["leg_id"]
    time.sleep(2)
    whole.hall.must("ticket.start", {"leg_id": leg}, **clerk)
    time.sleep(WORK_S)
    whole.hall.must("ticket.finish", {"leg_id": leg}, **clerk)
    time.sleep(12)
    (called,) = whole.events("ticket.called")
    (finished,) = whole.events("ticket.finished")
    return Served(label, called["at"], finished["at"])


def shown_at(page: Page) -> int:
    return int(page.locator(".screen time").get_attribute("data-at") or 0)


def find(sight: Sight, label: str) -> None:
    page = sight.page
    page.click("header .lookback")
    page.fill(".number-form input", label.lower())
    page.click(".number-form button")
    page.wait_for_selector(".why .reasons button")


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_from_a_number_to_its_film(
    whole: WholeHall,
    people: People,
    served: Served,
    browser: Browser,
    size: tuple[int, int],
    language: str,
) -> None:
    name = f"lookback-{size[0]}-{language}"
    with room(browser, *size, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
        page = sight.page
        page.click("header .lookback")
        sight.picture(f"{name}-1-choose")
        page.click("header .lookback")
        find(sight, served.label)
        sight.picture(f"{name}-2-why")
        looks = len(whole.events("camera.looked"))
        page.click(".why .reasons button >> nth=0")
        expect(page.locator(".screen time")).to_be_visible(timeout=PATIENT_MS)
        looked = whole.events("camera.looked")[looks:]
        assert [one["camera_id"] for one in looked] == ["window-1"]
        assert looked[0]["begins_at"] == served.called_at - 10_000
        assert looked[0]["ends_at"] == served.finished_at + 10_000
        begun = shown_at(page)
        assert served.called_at - 1_500 <= begun <= served.called_at + 8_000, "at the call"
        eventually(lambda: shown_at(page) > begun + 1_000, "a film that goes on")
        stop_and_read(page)
        page.wait_for_timeout(400)
        sight.picture(f"{name}-3-film")
        faults = sight.faults()
        seek(whole, page, served)
        assert faults == {}


def painted_at(page: Page, near_ms: int) -> int:
    """When the camera says its picture was taken: the time whose drawing is most like it."""
    points = page.evaluate(POINTS, STRIP)
    seen = np.array(points, np.int16).reshape(STRIP, 640)

    def unlike(at_ms: int) -> float:
        picture = drawn("window-1", scene_at("window-1", "", at_ms))[:STRIP, :, 1]
        return float(np.abs(seen - picture.astype(np.int16)).mean())

    begins = near_ms // 100 * 100 - 5_000
    return min(range(begins, begins + 10_000, 100), key=unlike)


def stop_and_read(page: Page) -> int:
    """The moment that the page tells, which is the one that stands in the picture."""
    page.locator(".player").focus()
    page.keyboard.press("k")
    page.wait_for_timeout(500)  # a last frame may be on its way
    told = shown_at(page)
    assert abs(painted_at(page, told) - told) <= 200
    page.keyboard.press("l")
    return told


def seek(whole: WholeHall, page: Page, served: Served) -> None:
    """By the bar and by the list; each stands in the ledger under its look."""
    box = page.locator(".bar").bounding_box()
    assert box is not None
    page.locator(".bar").click(position={"x": box["width"] * 0.1, "y": box["height"] / 2})
    clip_ms = served.finished_at - served.called_at + 20_000
    wanted = served.called_at - 10_000 + round(clip_ms * 0.1)
    eventually(lambda: abs(shown_at(page) - wanted) < 4_000, "the moment of the click")
    stop_and_read(page)
    page.click("text=/办结|Finished/")
    eventually(lambda: abs(shown_at(page) - served.finished_at) < 4_000, "the finish")
    assert stop_and_read(page) >= served.finished_at - 200
    look = whole.events("camera.looked")[-1]

    def told() -> list[int]:
        found = [one for one in whole.events("camera.sought") if one["look"] == look["seq"]]
        return sorted(moment for one in found for moment in one["moments"])

    eventually(lambda: len(told()) == 3, "three places in the ledger")
    clicked, called, finished = told()
    assert abs(clicked - wanted) < 1_000
    assert (called, finished) == (served.called_at, served.finished_at)


def test_nobody_else_looks_back(whole: WholeHall, people: People, browser: Browser) -> None:
    with room(browser, 1366, 768, cookie=people.administrator, of=whole.hall.url) as context:
        sight = watch(context, whole.monitor, whole.origins)
        expect(sight.page.locator("header .time").first).to_be_visible()
        assert sight.page.locator("header .lookback").count() == 0
