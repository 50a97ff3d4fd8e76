"""A ticket is taken, called and finished; later a supervisor finds it and sees the film of it.

The hall, its recorder and its drawn cameras really run, and Chromium really plays. What moment the
picture shows is read from the clock that the drawn camera paints into it. The pictures are kept in
tests/artifacts, to be looked at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from desks import barriers
from playwright.sync_api import Browser, Page, expect
from running_hall import People
from sights import ARTIFACTS, Sight, room, watch
from whole_hall import WholeHall, eventually

from hall_server.contract.messages.supervision import Evidence, FindingRule, HealthProof
from monitor.cameras.demo_scene import Story, drawn, scene_at

pytestmark = pytest.mark.browser
LATE_MOST_MS = 1_000
PATIENT_MS = 30_000
SIZES = [((1366, 768), "zh"), ((1920, 1080), "en")]
WORK_S = 14
STRIP = 34
"""Rows of the picture into which the drawn camera writes its clock."""
POINTS = """(rows) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const shown = document.querySelector('.screen img') ?? document.querySelector('.screen video');
  brush.drawImage(shown, 0, 0, 640, 360);
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
        picture = drawn("window-1", scene_at(Story("window-1"), at_ms))[:STRIP, :, 1]
        return float(np.abs(seen - picture.astype(np.int16)).mean())

    begins = near_ms // 100 * 100 - 5_000
    return min(range(begins, begins + 10_000, 100), key=unlike)


def stop_and_read(page: Page) -> int:
    """The moment that the page tells, which is the one that stands in the picture."""
    page.locator(".player").focus()
    page.keyboard.press("k")
    # The last frame may still be on its way to the screen. A recording's time is when a picture
    # came; where other tests share the machine the drawn camera is late by up to half a second.
    eventually(
        lambda: abs(painted_at(page, shown_at(page)) - shown_at(page)) <= LATE_MOST_MS,
        "the moment in the picture is the moment told",
    )
    told = shown_at(page)
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


def reported(whole: WholeHall, people: People, served: Served, folder: Path) -> int:
    """A finding about staff-01 at window 1 while A001 was served."""
    token = whole.hall.station("analyser-1", "monitor", people.administrator, folder)[0]
    evidence = Evidence(
        rule=FindingRule.VACANCY,
        rule_version=1,
        camera_id="window-1",
        window_id="window-1",
        staff_id="staff-01",
        begins_at=served.called_at + 3_000,
        ends_at=served.finished_at,
        clip_begins_at=served.called_at - 5_000,
        clip_ends_at=served.finished_at + 5_000,
        thresholds=[],
        declared=[],
        health=HealthProof(looks=1, unwell=0, unknown=0),
        zh="1号窗口声明为办理中，座位无人",
        en="Window 1 was declared serving; nobody was in the seat",
    )
    body = {"key": "vacancy-journey", "evidence": msgspec.to_builtins(evidence)}
    return int(whole.hall.must("finding.report", body, token=token)["finding_id"])


def test_a_clerk_sees_the_clip_of_their_own_finding(
    whole: WholeHall, people: People, served: Served, browser: Browser, tmp_path: Path
) -> None:
    finding_id = reported(whole, people, served, tmp_path)
    clerk = people.clerks["staff-01"]
    with room(browser, 1366, 768, cookie=clerk, of=whole.hall.url) as context:
        desk = watch(context, f"{whole.console}?lang=zh", whole.origins)
        desk.page.click("header .findings")
        with context.expect_page() as opened:
            desk.page.click("dialog[open] .clip")
        page = opened.value
        page.wait_for_selector(".why .reasons button")
        assert page.locator(".side").count() == 0, "nothing else can be chosen"
        page.click(".why .reasons button >> nth=1")
        expect(page.locator(".screen time")).to_be_visible(timeout=PATIENT_MS)
        assert stop_and_read(page) >= served.called_at + 2_000
        page.screenshot(path=ARTIFACTS / "lookback-clerk.png")
        looked = whole.events("camera.looked")[-1]
        assert (looked["actor"], looked["finding_id"]) == ("staff:staff-01", finding_id)
        page.goto(f"{whole.monitor}/?finding={finding_id + 1_000}")
        expect(page.locator("main.lookback .empty")).to_be_visible()
    with room(browser, 1366, 768, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=en", whole.origins)
        sight.page.click("header .findings")
        sight.page.click("main.findings .list li:first-child button")
        sight.page.click(".detail .clip")
        sight.page.click(".why .reasons button >> nth=1")
        expect(sight.page.locator(".screen time")).to_be_visible(timeout=PATIENT_MS)
        expect(sight.page.locator(".bar s")).to_have_count(1)
        sight.page.wait_for_timeout(500)
        sight.picture("lookback-finding-en")
        assert barriers(sight.page) == []


def test_a_window_and_a_time_with_what_is_missing(
    whole: WholeHall, people: People, served: Served, browser: Browser
) -> None:
    """The hour before now: the recorder was not there yet for most of it, and the bar says so."""
    with room(browser, 1920, 1080, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        page = sight.page
        page.click("header .lookback")
        page.click(".window-form .button")
        page.wait_for_selector(".why .reasons button")
        expect(page.locator(".side li")).not_to_have_count(0)
        page.click(".why .reasons button >> nth=2")
        expect(page.locator(".bar .gap").first).to_be_visible()
        expect(page.locator(".screen .told")).to_contain_text("没有录像")
        page.click(f".side li:has-text('{served.label}'):has-text('开始办理')")
        expect(page.locator(".screen time")).to_be_visible(timeout=PATIENT_MS)
        for _ in range(4):
            page.keyboard.press("+")
        page.wait_for_timeout(500)
        sight.picture("lookback-window-1920-zh")
        assert abs(shown_at(page) - served.called_at) < 15_000
        assert sight.faults() == {}
        page.keyboard.press(" ")
        page.wait_for_timeout(500)
        before = shown_at(page)
        page.keyboard.press("ArrowRight")
        eventually(lambda: abs(before + 5_000 - shown_at(page)) < 400, "five seconds on")
        page.keyboard.press("Escape")
        expect(page.locator("main.lookback")).to_have_count(0)


def test_a_browser_that_cannot_play_the_coding_is_shown_stills(
    whole: WholeHall, people: People, served: Served, browser: Browser
) -> None:
    """As one that knows no H.265 is: it says so plainly, and the picture's time is still true."""
    with room(browser, 1366, 768, cookie=people.auditor, of=whole.hall.url) as context:
        context.add_init_script("MediaSource.isTypeSupported = () => false")
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        page = sight.page
        find(sight, served.label)
        page.click(".why .reasons button >> nth=0")
        expect(page.locator(".screen img")).to_be_visible(timeout=PATIENT_MS)
        expect(page.locator(".screen .note")).to_contain_text("不能播放这种编码（avc1.")
        begun = shown_at(page)
        assert served.called_at - 1_500 <= begun <= served.called_at + 8_000
        eventually(lambda: shown_at(page) > begun + 1_500, "another still")
        stop_and_read(page)
        sight.picture("lookback-stills-1366-zh")
        assert sight.faults() == {}
        assert whole.events("camera.looked")[-1]["actor"] == "staff:auditor"


def test_nobody_else_looks_back(whole: WholeHall, people: People, browser: Browser) -> None:
    with room(browser, 1366, 768, cookie=people.administrator, of=whole.hall.url) as context:
        sight = watch(context, whole.monitor, whole.origins)
        expect(sight.page.locator("header .time").first).to_be_visible()
        assert sight.page.locator("header .lookback").count() == 0
