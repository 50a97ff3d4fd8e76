"""More cameras than the hall lets in to at once, and large letters; nothing is cut off.

Two cameras are drawn, one sends H.265 by somebody else's RTSP server, which this browser does not
play, and the others are unplugged. The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from played_camera import RtspServer, clip
from playwright.sync_api import Browser, expect
from running_hall import ROOT, People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually, whole_hall

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
CAMERAS, PLUGGED, PAGE, LARGE_PAGE = 70, 3, 36, 20
UNPLUGGED = """
[[cameras]]
id = "hall-{n}"
name = {{ zh = "{n}号 不动产登记综合受理", en = "Real estate registration desk {n}" }}
address = "rtsp://127.0.0.1:9/{n}"
"""
HIGH_EFFICIENCY = """
[[cameras]]
id = "hall-3"
name = {{ zh = "3号 不动产登记综合受理", en = "Real estate registration desk 3" }}
address = "{address}"
"""
STILL = """() => {
  const picture = document.querySelector('.tile img');
  if (!picture?.complete) return null;
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 90;
  const brush = canvas.getContext('2d');
  brush.drawImage(picture, 0, 0, 160, 90);
  return [...brush.getImageData(0, 0, 160, 90).data];
}"""
LETTERS = "localStorage.setItem('hall.monitor.large', 'yes')"


@pytest.fixture(scope="module")
def whole(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHall]:
    folder = tmp_path_factory.mktemp("many")
    stated = (ROOT / "config/cameras/demonstration.toml").read_text(encoding="utf-8")
    stated = stated.replace("[recording]", '[recording]\nnetworks = ["127.0.0.0/8"]')
    clip(folder / "clip.mp4", "hevc")
    server = RtspServer(folder)
    server.start()
    stated += HIGH_EFFICIENCY.format(address=server.address("clip.mp4"))
    stated += "".join(UNPLUGGED.format(n=number) for number in range(4, CAMERAS + 1))
    (folder / "cameras.toml").write_text(stated, encoding="utf-8")
    try:
        with whole_hall(folder / "data", "--cameras", str(folder / "cameras.toml")) as started:
            yield started
    finally:
        server.kill()


def well(sight: Sight) -> None:
    assert sight.faults() == {}


def test_each_page_is_a_look_at_its_own_cameras(
    whole: WholeHall, people: People, browser: Browser
) -> None:
    with room(browser, 1366, 768, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, whole.monitor, whole.origins)
        page = sight.page
        page.click("header .cameras")
        page.click(".why .reasons button >> nth=0")
        expect(page.locator(".tile")).to_have_count(PAGE, timeout=PATIENT_MS)
        expect(page.locator(".tile img")).to_have_count(PLUGGED, timeout=PATIENT_MS)
        sight.picture("many-1366-zh-1-first")
        well(sight)
        page.locator(".tile").first.focus()
        page.keyboard.press("PageDown")
        expect(page.locator(".pages")).to_contain_text("第 2 页，共 2 页")
        expect(page.locator(".tile")).to_have_count(CAMERAS - PAGE)
        expect(page.locator(".tile").first).to_be_focused()
        page.keyboard.press("PageDown")  # there is none
        page.locator(".pages button").first.click()
        expect(page.locator(".tile img")).to_have_count(PLUGGED, timeout=PATIENT_MS)
    looks = eventually(
        lambda: whole.events("camera.admitted")[2:] and whole.events("camera.admitted"),
        "three looks",
    )
    asked = [one["camera_ids"] for one in looks]
    assert [len(one) for one in asked] == [PAGE, CAMERAS - PAGE, PAGE]
    assert len({*asked[0], *asked[1]}) == CAMERAS
    assert {one["note"] for one in looks} == {"日常巡查"}


@pytest.mark.parametrize(
    ("size", "language", "why"),
    [
        ((1366, 768), "zh", "只显示静态画面：此浏览器不能播放 H.265"),
        ((1920, 1080), "en", "Stills only: this browser cannot play H.265"),
    ],
)
def test_what_the_browser_does_not_play_is_shown_by_stills_that_say_so(
    whole: WholeHall,
    people: People,
    browser: Browser,
    size: tuple[int, int],
    language: str,
    why: str,
) -> None:
    with room(browser, *size, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
        page = sight.page
        page.click("header .cameras")
        page.click(".why .reasons button >> nth=0")
        tile = page.locator('.tile[data-camera="hall-3"]')
        tile.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".tile")).to_have_count(1)
        expect(tile.locator("img")).to_be_visible(timeout=PATIENT_MS)
        expect(tile.locator(".stills")).to_have_text(why)
        expect(tile.locator(".live")).to_have_count(0)
        first = page.evaluate(STILL)
        for _ in range(2):
            expect(tile.locator("time")).not_to_have_text(tile.locator("time").inner_text())
        eventually(lambda: page.evaluate(STILL) not in (first, None), "another picture")
        sight.picture(f"high-efficiency-{size[0]}-{language}")
        well(sight)


@pytest.mark.parametrize(("size", "language"), [((1366, 768), "en"), ((1920, 1080), "zh")])
def test_in_large_letters_nothing_is_cut_off(
    whole: WholeHall, people: People, browser: Browser, size: tuple[int, int], language: str
) -> None:
    name = f"large-{size[0]}-{language}"
    address = f"{whole.monitor}/?lang={language}"
    with room(browser, *size, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, address, whole.origins)
        page = sight.page
        before = page.locator("header .findings").bounding_box()
        page.click("header .letters")
        after = page.locator("header .findings").bounding_box()
        assert before
        assert after
        assert after["height"] == pytest.approx(1.25 * before["height"], abs=1)
        for view in ("findings", "lookback", "exports"):
            page.click(f"header .{view}")
            page.wait_for_selector(f"main.{view}")
            sight.picture(f"{name}-{view}")
            well(sight)
        page.click("header .cameras")
        page.click(".why .reasons button >> nth=0")
        expect(page.locator(".tile")).to_have_count(LARGE_PAGE, timeout=PATIENT_MS)
        sight.picture(f"{name}-cameras")
        well(sight)
    with room(browser, *size, cookie=people.administrator, of=whole.hall.url) as context:
        context.add_init_script(LETTERS)  # it is remembered
        sight = watch(context, address, whole.origins)
        page = sight.page
        page.click("header .set_up")
        page.locator(".list li button").first.click()
        sight.picture(f"{name}-set-up")
        well(sight)
        page.click(".draw")
        sight.picture(f"{name}-zones")
        well(sight)
