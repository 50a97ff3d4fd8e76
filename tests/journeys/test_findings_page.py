"""Findings in a real browser: a supervisor reads the evidence, dismisses one and confirms one.

The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from desks import SPILLED, House, barriers, open_house, sign_in
from playwright.sync_api import Browser, Page, sync_playwright
from screens import ARTIFACTS, TOFU

from hall_server.contract.messages.supervision import (
    DeclaredRow,
    Evidence,
    FindingRule,
    HealthProof,
    Presence,
    Score,
    Still,
    Threshold,
)

pytestmark = pytest.mark.browser
SCREENS = [((1366, 768), "zh"), ((1366, 768), "en"), ((1920, 1080), "zh")]

THRESHOLDS = {
    "zh": ["座位无人达 5 分钟", "有人出现不足 10 秒的，按路过计"],
    "en": ["Seat empty for 5 minutes", "Whoever is seen for less than 10 seconds has passed by"],
}


@pytest.fixture(scope="module")
def house(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), ["staff-01"], pages) as house:
        yield house


@pytest.fixture(scope="module")
def token(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An analyser that has signed on."""
    now_ms = house.hall.read("hall.snapshot", cookie=house.people.supervisor)["at"]
    folder: Path = tmp_path_factory.mktemp("analyser")
    administrator = house.people.administrator
    return house.hall.station("analyser-1", "monitor", administrator, folder, now_ms)[0]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    rooted = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=rooted)
        yield browser
        browser.close()


def evidence(camera: str) -> Evidence:
    began = 1_795_482_725_000
    return Evidence(
        rule=FindingRule.VACANCY,
        rule_version=1,
        camera_id=camera,
        window_id="window-1",
        staff_id="staff-01",
        begins_at=began,
        ends_at=began + 395_000,
        clip_begins_at=began - 10_000,
        clip_ends_at=began + 405_000,
        thresholds=[Threshold(name="grace_s", value=300), Threshold(name="bridge_s", value=10)],
        declared=[DeclaredRow(at=began, state="serving", staff_id="staff-01", waiting=3)],
        scores=[
            Score(at=began + n * 12_000, differs=10 + n, moves=2, presence=Presence.ABSENT)
            for n in range(32)
        ],
        stills=[Still(at=began, name="findings/a/1.jpg", sha256="ab" * 32)] * 3,
        reference=[Still(at=began - 9, name="references/camera-1/noon-1.png", sha256="cd" * 32)],
        health=HealthProof(looks=396, unwell=0, unknown=4),
        zh="09:12:05–09:18:40 1号窗口声明为办理中，座位画面与空座参考一致（差异至多0.04），"
        "期间无动作",
        en="09:12:05–09:18:40 window 1 was declared serving; the seat looked as its empty reference"
        " does (differing by 0.04 at most), nothing moved",
        trial=True,
    )


def report(house: House, token: str, key: str, camera: str) -> None:
    body = {"key": key, "evidence": msgspec.to_builtins(evidence(camera))}
    house.hall.must("finding.report", body, token=token)


def keep(page: Page, name: str) -> None:
    page.wait_for_timeout(350)  # what comes in has come to rest
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTIFACTS / f"{name}.png"))
    assert page.evaluate(SPILLED) == []
    assert page.evaluate(TOFU) == []


@pytest.mark.parametrize(("size", "lang"), SCREENS)
def test_a_supervisor_reads_and_decides(
    house: House, token: str, browser: Browser, size: tuple[int, int], lang: str
) -> None:
    name = f"findings-{size[0]}-{lang}"
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{house.monitor_url}/?lang={lang}")
    sign_in(page, "supervisor")
    page.click("header .findings")
    page.wait_for_selector("main.findings")
    before = page.locator("main.findings .list li").count()
    cameras = [f"{name}-{number}" for number in (1, 2, 2, 2)]
    for number, camera in enumerate(cameras):
        report(house, token, f"vacancy-{name}-{number}", camera)
    page.wait_for_selector(f"main.findings .list li:nth-child({before + 4})")
    page.click("main.findings .list li:nth-child(4) button")
    page.wait_for_selector(".detail svg rect")
    thresholds = page.locator(".detail .threshold")
    assert thresholds.all_inner_texts() == THRESHOLDS[lang]
    assert thresholds.first.get_attribute("title") == "grace_s = 300"
    keep(page, f"{name}-1-evidence")
    assert barriers(page) == []
    page.click(".detail .confirm")
    page.wait_for_selector(".list li:nth-child(4).confirmed")
    for place in (2, 3):
        page.click(f"main.findings .list li:nth-child({place}) button")
        page.wait_for_selector(f".list li:nth-child({place}) button[aria-pressed='true']")
        page.wait_for_selector(".detail .dismiss[disabled]")
        page.fill(".detail form input", "有人在座，系误判")
        page.click(".detail .dismiss:not([disabled])")
        page.wait_for_selector(f".list li:nth-child({place}).dismissed")
    page.wait_for_selector(".muted p")
    keep(page, f"{name}-2-muted")
    page.fill(".muted input", "已重新取参考画面")
    page.click(".muted button:not([disabled])")
    page.wait_for_selector(".muted", state="detached")
    assert errors == []
    page.close()
    auditor = house.people.auditor
    kinds = [
        event["type"]
        for event in house.hall.read("events.read", cookie=auditor, after=0, limit=500)["events"]
    ]
    assert {"finding.confirmed", "finding.muted", "finding.unmuted"} <= {*kinds}


def test_an_administrator_keeps_and_does_not_look(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(house.monitor_url)
    sign_in(page, "admin")
    page.wait_for_selector(".overview .figures")
    assert page.locator("header .findings").count() == 0
    page.close()


def test_the_clerk_concerned_may_answer_and_the_page_shows_it(
    house: House, token: str, browser: Browser
) -> None:
    report(house, token, "vacancy-answered", "camera-9")
    listed = house.hall.read("finding.list", cookie=house.people.clerks["staff-01"])["findings"]
    newest = listed[0]["finding_id"]
    desk = browser.new_page(viewport={"width": 1366, "height": 768})
    desk.goto(f"{house.hall.url}/console?lang=zh")
    sign_in(desk, "staff-01")
    desk.click("header .findings")
    desk.wait_for_selector("dialog[open] .findings li")
    keep(desk, "console-findings-1366-zh")
    assert barriers(desk) == []
    desk.fill("dialog .findings li:first-child input", "去库房取表格")
    desk.click("dialog .findings li:first-child form button")
    desk.wait_for_selector("text=我的说明：去库房取表格")
    desk.close()
    assert house.hall.read("finding.read", cookie=house.people.supervisor, finding_id=newest)[
        "summary"
    ]["answer"]
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(house.monitor_url)
    sign_in(page, "supervisor")
    page.click("header .findings")
    page.click("main.findings .list li:first-child button")
    page.wait_for_selector("text=去库房取表格")
    page.close()
