"""An administrator finds a camera, tries it, saves it, and it is recorded; nothing is seen by that.

The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from played_camera import RtspServer, clip
from played_onvif import PASSWORD, Make, PlayedCamera
from playwright.sync_api import Browser, Locator, expect
from running_hall import People
from sights import room, watch
from whole_hall import WholeHall, eventually

from monitor.cameras.camera import load_cameras

pytestmark = pytest.mark.browser
PATIENT_MS = 60_000
SIZES = [((1366, 768), "zh"), ((1920, 1080), "en")]


@pytest.fixture(scope="module")
def cameras(whole: WholeHall) -> Path:
    """The demonstration's own file, its networks on this machine."""
    file = whole.hall.data / "demonstration.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[recording]", '[recording]\nnetworks = ["127.0.0.1/32"]'))
    return file


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    folder = tmp_path_factory.mktemp("clips")
    clip(folder / "avc.mp4", "h264")
    clip(folder / "hevc.mp4", "hevc")
    server = RtspServer(folder)
    server.start()
    yield server
    server.kill()


def ask(search: Locator, camera: PlayedCamera) -> None:
    """Search, then ask the camera, first with a wrong password."""
    search.locator(".find").click()
    expect(search.locator(".count")).to_be_visible(timeout=PATIENT_MS)
    search.locator("form input >> nth=0").fill(camera.address)
    search.locator("input[type=password]").fill("falsch")
    search.locator("form button").click()
    expect(search.locator(".trouble")).to_be_visible(timeout=PATIENT_MS)
    search.locator("input[type=password]").fill(PASSWORD)
    search.locator("form button").click()
    expect(search.locator(".lens")).to_have_count(1, timeout=PATIENT_MS)
    search.locator(".lens button").click()


def fill(form: Locator, camera: PlayedCamera, server: RtspServer, camera_id: str) -> None:
    """What the camera told is in the form; the streams are another server's."""
    names_of = ("address", "sub_address", "device")
    address, sub, device = (form.locator(f"input[name={one}]") for one in names_of)
    expect(address).to_have_value("rtsp://127.0.0.1:554/main?a=1&b=2")
    expect(device).to_have_value(camera.address)
    address.fill(server.address("avc.mp4"))
    sub.fill(server.address("hevc.mp4"))
    names = form.locator(".three input")
    names.nth(0).fill("大门")
    names.nth(2).fill(camera_id)
    form.locator("fieldset input >> nth=0").check()


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_a_camera_is_set_up(
    whole: WholeHall,
    people: People,
    browser: Browser,
    cameras: Path,
    server: RtspServer,
    size: tuple[int, int],
    language: str,
) -> None:
    name = f"set-up-{size[0]}-{language}"
    camera_id = f"door-{language}"
    with (
        PlayedCamera(Make(clock_off_s=40)) as camera,
        room(browser, *size, cookie=people.administrator, of=whole.hall.url) as context,
    ):
        sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
        page = sight.page
        page.click("header .set_up")
        expect(page.locator(".list li").first).to_be_visible(timeout=PATIENT_MS)
        form = page.locator("main > section >> nth=2")
        ask(page.locator("main > section >> nth=1"), camera)
        fill(form, camera, server, camera_id)
        form.locator(".acts button >> nth=0").click()
        expect(form.locator("dl")).to_have_count(2, timeout=PATIENT_MS)
        expect(form.locator(".trouble").first).to_be_visible()
        sight.picture(f"{name}-1-tried")
        form.locator(".acts .primary").click()
        expect(page.locator(".list li", has_text="大门").last).to_be_visible(timeout=PATIENT_MS)
        sight.picture(f"{name}-2-saved")
        stated = {one.id: one for one in load_cameras(cameras).cameras}
        assert f"admin:{PASSWORD}@127.0.0.1" in stated[camera_id].address.text
        assert PASSWORD not in page.content()
        told = [one for one in whole.events("camera.arranged") if one["camera_id"] == camera_id]
        assert [one["act"] for one in told] == ["add"]
        recordings = whole.hall.data / "monitor-1" / "recordings" / camera_id
        eventually(lambda: list(recordings.rglob("*.mp4")), "the new camera is recorded")
        form.locator(".acts .remove").click()
        form.locator(".acts .remove").click()
        expect(page.locator(".list li", has_text="大门")).to_have_count(0, timeout=PATIENT_MS)
        faults = sight.faults()
        assert {kind: found for kind, found in faults.items() if found} == {}


def test_nobody_else_has_the_button(whole: WholeHall, people: People, browser: Browser) -> None:
    for cookie in (people.supervisor, people.auditor):
        with room(browser, 1366, 768, cookie=cookie, of=whole.hall.url) as context:
            sight = watch(context, whole.monitor, whole.origins)
            expect(sight.page.locator("header time, header .time").first).to_be_visible()
            assert sight.page.locator("header .set_up").count() == 0
