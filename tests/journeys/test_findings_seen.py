"""A finding from the drawn camera of a running demonstration to the eyes of those it concerns.

The clerk of a drawn camera leaves while the window is declared open; the supervisor sees before,
then and after beside the empty seat, the clerk concerned sees them too and answers, the supervisor
confirms. The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from running_hall import ROOT, People
from sights import room, watch
from whole_hall import WholeHall, children, eventually, whole_hall

from monitor.findings import references

pytestmark = pytest.mark.browser
PATIENT_MS = 60_000
FOUND_WITHIN_S = 300.0
RULES = """
[limits]
vacancy_s = 10
vacancy_waiting_s = 10
vacancy_serving_s = 10
vacancy_unsure_s = 0
doubtful_permille = 500
"""
"""A machine that is busy with other tests may miss the very pictures in which somebody goes."""
UNPLUGGED = """
[[cameras]]
id = "gate"
name = { zh = "大门", en = "Gate" }
address = "rtsp://127.0.0.1:9/none"
"""
SHOWN = "main.findings .picture.shown img"


@pytest.fixture(scope="module")
def whole(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHall]:
    """A demonstration whose clerks leave their seats twice a minute."""
    folder = tmp_path_factory.mktemp("seen")
    stated = (ROOT / "config/cameras/demonstration.toml").read_text(encoding="utf-8")
    short = stated.replace("demo://window-1", "demo://window-1?round_s=36&away_s=20")
    short = short.replace("demo://window-2", "demo://window-2?clerk=never&citizens=never")
    short = short.replace("[recording]", '[recording]\nnetworks = ["127.0.0.0/8"]')
    (folder / "cameras.toml").write_text(short + UNPLUGGED, encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    words = ["--cameras", str(folder / "cameras.toml"), "--rules", str(folder / "rules.toml")]
    with whole_hall(folder / "data", *words) as started:
        yield started


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    made = whole.hall.people(["staff-01"])
    clerk = made.clerks["staff-01"]
    whole.hall.must("window.open", {"window_id": "window-1"}, cookie=clerk)
    return made


@pytest.fixture(scope="module")
def finding(whole: WholeHall, people: People) -> int:
    """The oldest finding of an empty seat; nobody but the analyser has done anything for it."""

    def found() -> int | None:
        told = whole.hall.read("finding.list", cookie=people.supervisor)["findings"]
        mine = [one["finding_id"] for one in told if one["rule"] == "vacancy"]
        return min(mine) if mine else None

    return eventually(found, "a finding of the analyser", FOUND_WITHIN_S)


def choose(page: Page, whole: WholeHall, people: People, finding: int) -> None:
    page.click("header .findings")
    told = whole.hall.read("finding.list", cookie=people.supervisor)["findings"]
    place = [one["finding_id"] for one in told].index(finding)
    page.click(f"main.findings .list li:nth-child({place + 1}) button")
    expect(page.locator(".detail .sentence")).to_be_visible()


@pytest.mark.parametrize(("size", "language"), [((1366, 768), "zh"), ((1920, 1080), "en")])
def test_a_supervisor_sees_before_then_and_after_beside_the_empty_seat(
    whole: WholeHall,
    people: People,
    finding: int,
    browser: Browser,
    size: tuple[int, int],
    language: str,
) -> None:
    looks = len(whole.events("camera.looked"))
    with room(browser, *size, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang={language}", whole.origins)
        page = sight.page
        choose(page, whole, people, finding)
        expect(page.locator(SHOWN)).to_have_count(4, timeout=PATIENT_MS)
        expect(page.locator(".pictures figcaption").last).to_contain_text(
            {"zh": "演示绘制", "en": "drawn"}[language]
        )
        expect(page.locator(".pictures polygon.seat")).to_have_count(4)
        page.wait_for_timeout(300)
        sight.picture(f"seen-{size[0]}-{language}-1-finding")
        page.uncheck(".pictures input[type=checkbox]")
        expect(page.locator(".pictures polygon")).to_have_count(0)
        page.click(".pictures figure:nth-child(2) button")
        expect(page.locator("dialog[open] .picture.shown img")).to_be_visible()
        sight.picture(f"seen-{size[0]}-{language}-2-large")
        page.keyboard.press("Escape")
        assert sight.faults() == {}
    (look,) = whole.events("camera.looked")[looks:]
    assert look["finding_id"] == finding
    assert look["note"] in {"核实发现", "To judge the finding"}


def test_the_clerk_sees_and_answers_and_the_supervisor_confirms(
    whole: WholeHall, people: People, finding: int, browser: Browser
) -> None:
    clerk = people.clerks["staff-01"]
    with room(browser, 1366, 768, cookie=clerk, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.console}?lang=zh", whole.origins)
        page = sight.page
        page.click("header .findings")
        mine = page.locator("dialog .findings li").last  # the oldest
        mine.locator("button.look").click()
        expect(mine.locator(".picture.shown img")).to_have_count(4, timeout=PATIENT_MS)
        page.wait_for_timeout(300)
        sight.picture("seen-1366-zh-3-clerk")
        mine.locator("form input").fill("去库房取表格")
        mine.locator("form button").click()
        expect(page.locator("text=我的说明：去库房取表格")).to_be_visible()
        assert sight.faults() == {}
    with room(browser, 1366, 768, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        page = sight.page
        choose(page, whole, people, finding)
        expect(page.locator(".detail")).to_contain_text("去库房取表格")
        page.click(".detail .confirm")
        expect(page.locator(".detail")).to_contain_text("已确认")
        assert sight.faults() == {}
    (told,) = whole.events("finding.confirmed")
    assert told["finding_id"] == finding


def test_a_changed_picture_is_shown_as_changed_and_never_as_evidence(
    whole: WholeHall, people: People, finding: int, browser: Browser
) -> None:
    seen = whole.hall.read("finding.read", cookie=people.supervisor, finding_id=finding)
    first, second = seen["evidence"]["stills"][:2]
    kept = whole.hall.data / "analyser-1"
    (kept / first["name"]).write_bytes((kept / second["name"]).read_bytes())
    (kept / second["name"]).unlink()
    with room(browser, 1366, 768, cookie=people.supervisor, of=whole.hall.url) as context:
        page = watch(context, f"{whole.monitor}/?lang=zh", whole.origins).page
        choose(page, whole, people, finding)
        expect(page.locator(".picture.changed")).to_contain_text("图片已改变", timeout=PATIENT_MS)
        expect(page.locator(".picture.gone")).to_contain_text("图片已不在")
        expect(page.locator(SHOWN)).to_have_count(2)
        page.wait_for_timeout(300)
        page.screenshot(path=str(ROOT / "tests/artifacts/seen-1366-zh-4-changed.png"))


def in_use(whole: WholeHall, camera: str) -> set[str]:
    """The lights of the references that the analyser compares with."""
    found = references.approved(whole.hall.data / "analyser-1/references", camera)
    return {one.note.light for one in found}


def test_an_empty_seat_is_asked_for_by_one_and_approved_by_another(
    whole: WholeHall, people: People, browser: Browser
) -> None:
    assert in_use(whole, "window-2") == {"demonstration"}
    with room(browser, 1366, 768, cookie=people.administrator, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        page = sight.page
        page.click("header .references")
        camera = page.locator("main.references article", has_text="2号窗口")
        camera.locator("select").select_option("lamps")
        camera.locator("button.ask").click()
        expect(camera.locator("tr.taken")).to_contain_text("待核准", timeout=PATIENT_MS)
        assert camera.locator("button.look").count() == 0, "an administrator does not look"
        sight.picture("seen-1366-zh-6-asked")
        assert sight.faults() == {}
    assert in_use(whole, "window-2") == {"demonstration"}
    with room(browser, 1920, 1080, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=en", whole.origins)
        page = sight.page
        page.click("header .findings")
        page.click("main.findings .seats")
        camera = page.locator("main.references article", has_text="Window 2")
        camera.locator("tr.taken button.look").click()
        expect(camera.locator(".picture.shown img")).to_be_visible(timeout=PATIENT_MS)
        assert camera.locator(".warning").count() == 0, "it looks as the one in use"
        page.wait_for_timeout(300)
        sight.picture("seen-1920-en-7-look")
        camera.locator("button.approve").click()
        expect(camera.locator("tbody tr:first-child .state.used")).to_be_visible()
        assert sight.faults() == {}
    eventually(lambda: "lamps" in in_use(whole, "window-2"), "the analyser has heard it")
    (told,) = whole.events("reference.approved")
    assert (told["camera_id"], told["light"]) == ("window-2", "lamps")


def alerts_of(whole: WholeHall, kind: str) -> list[str]:
    told = whole.events(kind)
    return [one["device_id"] for one in told if one["alert"] == "analyser_stopped"]


def test_an_analyser_that_is_killed_is_seen_and_started_again(
    whole: WholeHall, people: People, browser: Browser
) -> None:
    eventually(lambda: whole.get(f"{whole.monitor}/healthz")["cameras"]["analyser"], "it runs")
    eventually(lambda: whole.events("device.alerted"), "the camera at the gate is missed", 120)
    whole.launcher.send_signal(signal.SIGSTOP)  # nobody starts it again
    (number,) = [one for one, words in children(whole.launcher.pid) if "monitor.findings" in words]
    os.kill(number, signal.SIGKILL)
    with room(browser, 1366, 768, cookie=people.supervisor, of=whole.hall.url) as context:
        sight = watch(context, f"{whole.monitor}/?lang=zh", whole.origins)
        alerts = sight.page.locator(".alerts")
        expect(alerts).to_contain_text("分析程序未运行", timeout=PATIENT_MS * 2)
        expect(alerts).to_contain_text("摄像机 大门 没有画面")
        assert not whole.get(f"{whole.monitor}/healthz")["cameras"]["analyser"]
        sight.picture("seen-1366-zh-5-killed")
        assert sight.faults() == {}
        whole.let_it_start_again()
        expect(alerts).not_to_contain_text("分析程序未运行", timeout=PATIENT_MS * 2)
    assert (
        alerts_of(whole, "device.alerted") == alerts_of(whole, "device.cleared") == ["analyser-1"]
    )
