"""An administrator draws zones on a camera's own picture: into the file, onto the stills.

What was approved for the zones before is used no more.

The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from running_hall import People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually

from monitor.cameras.camera import Camera, PictureZone, ZoneKind, load_cameras
from monitor.findings import references

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
CAMERA, FREE = "window-1", "window-2"
MASKED = (0.05, 0.05, 0.25, 0.3)
"""Of the picture: left, top, right and under edge."""
BLACK, STEP = 20, 0.005
STILL = """async ([url, token]) => {
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return answer.ok ? btoa(String.fromCharCode(...bytes)) : '';
}"""


@pytest.fixture(scope="module")
def file(whole: WholeHall) -> Path:
    """The demonstration's own, with a word of the engineer's beside a zone."""
    path = whole.hall.data / "demonstration.toml"
    text = path.read_text(encoding="utf-8")
    line = '  { kind = "counter", window = "window-1"'
    path.write_text(text.replace(line, f"  # 台面 by Li\n{line}", 1), encoding="utf-8")
    return path


def camera(file: Path, camera_id: str) -> Camera:
    return next(one for one in load_cameras(file).cameras if one.id == camera_id)


def zones(file: Path, kind: ZoneKind) -> list[PictureZone]:
    return [one for one in camera(file, CAMERA).zones if one.kind is kind]


def opened(sight: Sight, camera_id: str) -> Locator:
    """The page on which this camera's zones are drawn, with a picture."""
    page = sight.page
    page.click("header .set_up")
    page.locator(".list li button", has_text=f"demo://{camera_id}").click()
    page.click(".draw")
    draws = page.locator(".draws")
    draws.locator(".take").click()
    expect(draws.locator(".stage img")).to_be_visible(timeout=PATIENT_MS)
    return draws


def drag(page: Page, draws: Locator, corner: int, to: tuple[float, float]) -> None:
    """By mouse, from where the corner is to these shares of the picture."""
    box = draws.locator(".stage").bounding_box()
    held = draws.locator(".corner").nth(corner).bounding_box()
    assert box
    assert held
    page.mouse.move(held["x"] + held["width"] / 2, held["y"] + held["height"] / 2)
    page.mouse.down()
    x, y = box["x"] + to[0] * box["width"], box["y"] + to[1] * box["height"]
    page.mouse.move(x - 5, y - 5)
    page.mouse.move(x, y)
    page.mouse.up()


def is_saved(draws: Locator) -> None:
    """What is drawn is what is stated: there is no step back any more."""
    expect(draws.locator(".undo")).to_be_disabled(timeout=PATIENT_MS)


def brightest(picture: bytes) -> int:
    """In the middle of where the mask was drawn."""
    whole = Image.open(io.BytesIO(picture)).convert("L")
    left, top, right, under = MASKED
    wide, high = whole.size
    box = ((left + 0.02) * wide, (top + 0.02) * high, (right - 0.02) * wide, (under - 0.02) * high)
    _, highest = whole.crop(box).getextrema()
    assert isinstance(highest, int | float)
    return int(highest)


def shown(draws: Locator) -> bytes:
    """The picture that is drawn on."""
    source = draws.locator(".stage img").get_attribute("src") or ""
    return base64.b64decode(source.partition("base64,")[2])


def test_a_mask_is_drawn_saved_and_covers_what_supervisors_see(
    whole: WholeHall, people: People, browser: Browser, file: Path
) -> None:
    with room(browser, 1366, 768, cookie=people.administrator, of=whole.hall.url) as context:
        sight = watch(context, whole.monitor, whole.origins)
        page = sight.page
        draws = opened(sight, CAMERA)
        assert brightest(shown(draws)) > BLACK
        told = [one for one in whole.events("camera.arranged") if one["act"] == "picture"]
        assert [one["camera_id"] for one in told] == [CAMERA]
        draws.locator(".kinds .mask").click()
        drag(page, draws, 0, (0.95, 0.48))
        expect(draws.locator("aside [role=alert]")).to_contain_text("“遮挡”的边线交叉或相接")
        expect(draws.locator(".save")).to_be_disabled()
        sight.picture("zones-1366-0-crossed")
        left, top, right, under = MASKED
        for corner, to in enumerate([(left, top), (right, top), (right, under), (left, under)]):
            drag(page, draws, corner, to)
        sight.picture("zones-1366-1-mask")
        faults = sight.faults()
        draws.locator(".save").click()
        is_saved(draws)
        (mask,) = zones(file, ZoneKind.MASK)
        drawn = [share for corner in mask.polygon for share in corner]
        wanted = [left, top, right, top, right, under, left, under]
        assert drawn == pytest.approx(wanted, abs=0.003)
        assert "# 台面 by Li" in file.read_text(encoding="utf-8")
        draws.locator(".take").click()
        eventually(lambda: brightest(shown(draws)) <= BLACK, "nor does the administrator see it")
        sight.picture("zones-1366-2-masked")
    assert {kind: found for kind, found in faults.items() if found} == {}
    asked = {"camera_ids": [CAMERA], "note": "日常巡查"}
    token = whole.hall.must("camera.admit", asked, cookie=people.supervisor)["token"]
    with room(browser, 1366, 768, cookie=people.supervisor, of=whole.hall.url) as context:
        page = watch(context, whole.monitor, whole.origins).page
        live = page.request.get(f"{whole.monitor}/session.json").json()["live_url"]

        def covered() -> bool:
            coded = page.evaluate(STILL, [f"{live}/stills/{CAMERA}", token])
            return bool(coded) and brightest(base64.b64decode(coded)) <= BLACK

        eventually(covered, "the recorder masks its stills")
    folder = whole.hall.data / "analyser-1/references"
    mark = references.mark_of(camera(file, CAMERA).zones)
    eventually(lambda: references.approved(folder, CAMERA, mark), "its drawn reference is anew")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_a_corner_goes_where_it_is_dragged_in_large_type(
    whole: WholeHall, people: People, browser: Browser, size: tuple[int, int]
) -> None:
    with room(browser, *size, cookie=people.administrator, of=whole.hall.url) as context:
        sight = watch(context, whole.monitor, whole.origins)
        sight.page.get_by_role("button", name="大字").click()
        draws = opened(sight, CAMERA)
        draws.locator(".zones li .pick").first.click()
        drag(sight.page, draws, 0, (0.3, 0.4))
        sight.picture(f"zones-{size[0]}-4-large")
        stage, corner = draws.locator(".stage"), draws.locator(".corner").first
        box, held = stage.bounding_box(), corner.bounding_box()
        assert box
        assert held
        x, y = held["x"] + held["width"] / 2, held["y"] + held["height"] / 2
        assert x == pytest.approx(box["x"] + 0.3 * box["width"], abs=1)
        assert y == pytest.approx(box["y"] + 0.4 * box["height"], abs=1)
        assert sight.faults() == {}


def test_by_keys_and_back_again(
    whole: WholeHall, people: People, browser: Browser, file: Path
) -> None:
    before = zones(file, ZoneKind.SEAT)[0].polygon
    with room(browser, 1920, 1080, cookie=people.administrator, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=en", whole.origins)
        page = sight.page
        draws = opened(sight, CAMERA)
        draws.locator(".zones li .pick").first.click()
        draws.locator(".corner").first.focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowLeft"):
            page.keyboard.press(key)
        page.keyboard.press("Control+z")
        page.keyboard.press("Insert")
        expect(draws.locator(".corner")).to_have_count(5)
        expect(draws.locator(".corner").nth(1)).to_be_focused()
        page.keyboard.press("ArrowUp")
        sight.picture("zones-1920-en-1-keys")
        faults = sight.faults()
        draws.locator(".save").click()
        is_saved(draws)
        polygon = zones(file, ZoneKind.SEAT)[0].polygon
        moved = (before[0][0] + STEP, before[0][1] + 2 * STEP)
        assert polygon[0] == pytest.approx(moved)
        assert polygon[1] == pytest.approx(
            ((moved[0] + before[1][0]) / 2, (moved[1] + before[1][1]) / 2 - STEP), abs=1e-4
        )
        assert polygon[2:] == before[1:]
        draws.locator(".corner").nth(1).focus()
        page.keyboard.press("Delete")
        expect(draws.locator(".corner")).to_have_count(4)
        draws.locator(".back").click()
        expect(draws.locator(".back")).to_contain_text("again")
        draws.locator(".back").click()
        expect(page.locator(".draws")).to_have_count(0)
        assert zones(file, ZoneKind.SEAT)[0].polygon == polygon, "given up, not saved"
    assert {kind: found for kind, found in faults.items() if found} == {}


def test_by_finger_and_what_was_approved_for_other_zones_is_used_no_more(
    whole: WholeHall, people: People, browser: Browser, file: Path
) -> None:
    approve_a_reference(whole, people)
    context = room(browser, 1366, 768, cookie=people.administrator, of=whole.hall.url, touch=True)
    with context:
        sight = watch(context, whole.monitor, whole.origins)
        draws = opened(sight, FREE)
        draws.locator(".zones li .pick").first.tap()
        swipe(sight.page, draws.locator(".corner").nth(2), by=(20, -30))
        expect(draws.locator(".unfit")).to_contain_text("1 张空座参考")
        sight.picture("zones-1366-3-unfit")
        assert keeps_its_touch(draws.locator(".corner").nth(2)), "the next tap would be swallowed"
        sight.page.route("**/set-up/save", lambda asked: asked.abort())
        draws.locator(".save").tap()
        expect(draws.locator("footer [role=alert]")).to_contain_text("没有保存：监控端没有应答")
        expect(draws.locator(".undo")).to_be_enabled()
        sight.picture("zones-1366-3-unsaved")
        sight.page.unroute("**/set-up/save")
        with file.open("a", encoding="utf-8") as stated:
            stated.write("# by Wang\n")
        draws.locator(".save").tap()
        expect(draws.locator("footer [role=alert]")).to_contain_text("刚被他人修改")
        draws.locator(".save").tap()
        is_saved(draws)
        assert "# by Wang" in file.read_text(encoding="utf-8")

    def refused() -> dict[str, Any] | None:
        listed = whole.hall.read("reference.list", cookie=people.supervisor)["references"]
        found = [one for one in listed if one["camera_id"] == FREE and one["light"] == "noon"]
        return found[0] if found[0]["state"] == "refused" else None

    told = eventually(refused, "the analyser tells the hall that it does not fit", 60)
    assert "区域已修改" in told["decision"]
    assert told["decided_by"].startswith("station:")


def keeps_its_touch(held: Locator) -> bool:
    """Whether the browser is told that what moves over it is no fling of the page."""
    moving = "new TouchEvent('touchmove', { cancelable: true, bubbles: true })"
    return bool(held.evaluate(f"held => !held.dispatchEvent({moving})"))


def swipe(page: Page, held: Locator, by: tuple[int, int]) -> None:
    """One finger, from the middle of it so far."""
    box = held.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    places = [("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0)]
    for kind, share in places:
        point = {"x": x + share * by[0], "y": y + share * by[1]}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def approve_a_reference(whole: WholeHall, people: People) -> None:
    """One person asks, the analyser takes it, another looks and approves."""
    asked = {"camera_id": FREE, "light": "noon"}
    named = whole.hall.must("reference.ask", asked, cookie=people.administrator)
    number = {"reference_id": named["reference_id"]}

    def taken() -> dict[str, Any] | None:
        listed = whole.hall.read("reference.list", cookie=people.supervisor)["references"]
        found = [one for one in listed if one["reference_id"] == number["reference_id"]]
        return found[0] if found[0]["state"] == "taken" else None

    sha256 = eventually(taken, "the picture is taken", 60)["sha256"]
    looked = {**number, "note": "核对"}
    whole.hall.must("reference.look", looked, cookie=people.supervisor)
    whole.hall.must("reference.approve", {**number, "sha256": sha256}, cookie=people.supervisor)
