"""More cameras than the hall lets in to at once, and large letters; nothing is cut off.

Two cameras are drawn, the others are unplugged. The pictures are kept in tests/artifacts, to be
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from running_hall import ROOT, People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually, whole_hall

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
CAMERAS, PAGE, LARGE_PAGE = 70, 36, 20
UNPLUGGED = """
[[cameras]]
id = "hall-{n}"
name = {{ zh = "{n}号 不动产登记综合受理", en = "Real estate registration desk {n}" }}
address = "rtsp://127.0.0.1:9/{n}"
"""
LETTERS = "localStorage.setItem('hall.monitor.large', 'yes')"


@pytest.fixture(scope="module")
def whole(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHall]:
    folder = tmp_path_factory.mktemp("many")
    stated = (ROOT / "config/cameras/demonstration.toml").read_text(encoding="utf-8")
    stated = stated.replace("[recording]", '[recording]\nnetworks = ["127.0.0.0/8"]')
    stated += "".join(UNPLUGGED.format(n=number) for number in range(3, CAMERAS + 1))
    (folder / "cameras.toml").write_text(stated, encoding="utf-8")
    with whole_hall(folder / "data", "--cameras", str(folder / "cameras.toml")) as started:
        yield started


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
        expect(page.locator(".tile img")).to_have_count(2, timeout=PATIENT_MS)
        sight.picture("many-1366-zh-1-first")
        well(sight)
        page.locator(".tile").first.focus()
        page.keyboard.press("PageDown")
        expect(page.locator(".pages")).to_contain_text("第 2 页，共 2 页")
        expect(page.locator(".tile")).to_have_count(CAMERAS - PAGE)
        expect(page.locator(".tile").first).to_be_focused()
        page.keyboard.press("PageDown")  # there is none
        page.locator(".pages button").first.click()
        expect(page.locator(".tile img")).to_have_count(2, timeout=PATIENT_MS)
    looks = eventually(
        lambda: whole.events("camera.admitted")[2:] and whole.events("camera.admitted"),
        "three looks",
    )
    asked = [one["camera_ids"] for one in looks]
    assert [len(one) for one in asked] == [PAGE, CAMERAS - PAGE, PAGE]
    assert len({*asked[0], *asked[1]}) == CAMERAS
    assert {one["note"] for one in looks} == {"日常巡查"}


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
