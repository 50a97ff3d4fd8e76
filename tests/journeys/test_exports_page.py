"""Exports in a real browser: one asks, another approves, the monitor makes, it is saved.

The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desks import barriers
from drawn_recording import BEGAN_MS
from export_office import Office, open_office
from playwright.sync_api import Browser, Page, WebSocketRoute, expect
from sights import Sight, room, watch

from monitor.exporting.check import Verdict, check, verdict
from monitor.recording.forgetting import HALL_TIME

pytestmark = pytest.mark.browser
PATIENT_MS = 90_000
BIG, SMALL = (1920, 1080), (1366, 768)


@pytest.fixture(scope="module")
def office(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    assert pages.is_dir()
    with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


def at(shift_ms: int) -> datetime:
    return datetime.fromtimestamp((BEGAN_MS + shift_ms) / 1000, HALL_TIME)


def look(
    browser: Browser,
    office: Office,
    cookie: str,
    size: tuple[int, int],
    lang: str,
    carry: Callable[[WebSocketRoute], None] | None = None,
) -> Sight:
    context = room(browser, *size, cookie=cookie, of=office.hall.url)
    if carry is not None:
        context.route_web_socket("**", carry)
    door = f"http://127.0.0.1:{office.door}"
    origins = (office.hall.url, office.page, door, office.hall.url.replace("http", "ws"), "data:")
    sight = watch(context, f"{office.page}/?lang={lang}", origins)
    sight.page.click("header .exports")
    sight.page.wait_for_selector("main.exports .wish")
    return sight


def wish(page: Page, note: str) -> None:
    page.select_option("[name=place]", "window:window-1")
    page.fill("[name=day]", at(0).strftime("%Y-%m-%d"))
    page.fill("[name=from]", at(1_000).strftime("%H:%M:%S"))
    page.fill("[name=to]", at(5_000).strftime("%H:%M:%S"))
    page.fill("[name=note]", note)


def well(sight: Sight) -> None:
    assert sight.faults() == {}
    assert barriers(sight.page) == []


def test_an_administrator_has_no_such_page(office: Office, browser: Browser) -> None:
    context = room(browser, *SMALL, cookie=office.people.administrator, of=office.hall.url)
    page = context.new_page()
    page.goto(office.page)
    page.wait_for_selector(".overview .figures")
    assert page.locator("header .exports").count() == 0
    context.close()


@pytest.mark.parametrize(("copy", "size", "lang"), [("plain", SMALL, "zh"), ("masked", BIG, "en")])
def test_two_people_and_a_monitor(
    office: Office,
    browser: Browser,
    tmp_path: Path,
    copy: str,
    size: tuple[int, int],
    lang: str,
) -> None:
    name = f"exports-{size[0]}-{lang}"
    asker = look(browser, office, office.people.auditor, size, lang)
    page = asker.page
    asker.picture(f"{name}-1-empty")
    wish(page, "群众投诉 11 月 18 日窗口无人，核实当时情况")
    page.check(f"[name=copy][value={copy}]")
    asker.picture(f"{name}-2-wish")
    well(asker)
    page.click(".wish button.primary:not([disabled])")
    page.wait_for_selector(".detail p.own")
    why = {"zh": "投诉核查：群众投诉", "en": "Complaint: 群众投诉"}[lang]
    expect(page.locator(".detail .why")).to_contain_text(why)
    assert page.locator(".detail .approve").count() == 0, "nobody decides about their own"

    decider = look(browser, office, office.people.supervisor, size, lang)
    decider.page.click("main.exports .list li:first-child button")
    expect(decider.page.locator(".detail .approve")).to_be_disabled()
    decider.page.fill(".detail form input", "情况属实，同意导出")
    decider.picture(f"{name}-3-decide")
    well(decider)
    decider.page.click(".detail .approve:not([disabled])")
    decider.page.wait_for_selector(".detail progress, .list li.made:first-child")

    page.wait_for_selector(".list li.made:first-child", timeout=PATIENT_MS)
    page.wait_for_selector(".detail .fetch:not([disabled])")
    page.wait_for_timeout(350)  # what comes in has come to rest
    asker.picture(f"{name}-4-made")
    well(asker)
    with page.expect_download() as saving:
        page.click(".detail .fetch")
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    told = office.events("export.made")[-1]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == told["file_sha256"]
    key = office.hall.read("ledger.checkpoint")["verifier_key"]
    assert verdict(check(file, key)) is Verdict.TRUE, check(file, key)
    assert len(office.events("export.downloaded")) == len(office.events("export.made"))
    expect(decider.page.locator(".detail")).to_contain_text({"zh": "只有申请人"}.get(lang, "Only"))
    for sight in (asker, decider):
        sight.page.context.close()


def test_a_refusal_and_a_failure_are_told_with_their_reasons(
    office: Office, browser: Browser
) -> None:
    refused, failing = office.ask(), office.ask(begins_at=BEGAN_MS - 60_000, ends_at=BEGAN_MS - 1)
    told = {"export_id": refused, "note": "理由不充分"}
    office.hall.must("export.refuse", told, cookie=office.people.supervisor)
    office.approve(failing)
    office.ended(failing)
    sight = look(browser, office, office.people.auditor, SMALL, "zh")
    sight.page.click(".list li.failed button >> nth=0")
    expect(sight.page.locator(".detail .failure")).to_have_text("该时段没有录像")
    sight.picture("exports-1366-zh-5-failed")
    sight.page.click(".list li.refused button >> nth=0")
    expect(sight.page.locator(".detail")).to_contain_text("理由不充分")
    well(sight)
    sight.page.context.close()


def test_recordings_are_kept_and_let_go(office: Office, browser: Browser) -> None:
    sight = look(browser, office, office.people.supervisor, SMALL, "zh")
    page = sight.page
    wish(page, "行政诉讼，保全证据")
    page.check("[name=keeps]")
    page.click(".wish button.primary:not([disabled])")
    page.wait_for_selector(".holds .hold")
    page.wait_for_timeout(350)  # what comes in has come to rest
    sight.picture("exports-1366-zh-6-hold")
    well(sight)
    page.click(".holds button")
    page.fill(".holds input", "案件已结")
    page.click(".holds button:not([disabled])")
    page.wait_for_selector(".holds", state="detached")
    assert [one["note"] for one in office.events("recording.lifted")] == ["案件已结"]
    page.context.close()


class Line:
    """The page's own line to the hall, which may break."""

    def __init__(self) -> None:
        self.is_broken = False
        self._open: list[WebSocketRoute] = []

    def carry(self, line: WebSocketRoute) -> None:
        if self.is_broken:
            line.close()
        else:
            line.connect_to_server()
            self._open.append(line)

    def breaks(self) -> None:
        self.is_broken = True
        while self._open:
            self._open.pop().close()


def test_without_the_hall_the_page_says_so_and_comes_back(office: Office, browser: Browser) -> None:
    line = Line()
    sight = look(browser, office, office.people.auditor, SMALL, "zh", line.carry)
    wish(sight.page, "断线时不能申请")
    expect(sight.page.locator(".wish button.primary")).to_be_enabled()
    line.breaks()
    sight.page.wait_for_selector(".connection", timeout=PATIENT_MS)
    expect(sight.page.locator(".wish button.primary")).to_be_disabled()
    sight.picture("exports-1366-zh-7-away")
    line.is_broken = False
    expect(sight.page.locator(".wish button.primary")).to_be_enabled(timeout=PATIENT_MS)
    sight.page.context.close()
