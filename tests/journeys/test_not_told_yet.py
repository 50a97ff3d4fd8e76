"""What a supervisor's page says before it knows: that it is reading, never that there is nothing.

Answers of the hall and of the recordings are held back in the browser; the programs are the real
ones. The pictures are kept in tests/artifacts, to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect
from running_hall import People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually

from hall_server.contract.messages.supervision import Evidence, FindingRule, HealthProof

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
SIZE = (1366, 768)
TIMELINE = "**/lookback/**/timeline?*"
PATIENCE_MS = 800
"""Long enough for a page to say something wrong, too short for its own patience to end."""


@dataclass
class Held:
    """Reads of one kind that a page has sent and that the hall has not got yet."""

    kind: str
    waiting: list[Callable[[], None]] = field(default_factory=list)
    is_open: bool = False

    def between(self, page: WebSocketRoute) -> None:
        """Stand on the line between a page and its hall."""
        hall = page.connect_to_server()

        def said(message: str | bytes) -> None:
            if self.is_open or f'"{self.kind}"' not in str(message):
                hall.send(message)
            else:
                self.waiting.append(lambda: hall.send(message))

        page.on_message(said)

    def release(self) -> None:
        """Let the hall have them, and all to come."""
        self.is_open = True
        for send in self.waiting:
            send()


@pytest.fixture(scope="module")
def label(whole: WholeHall, people: People) -> str:
    """A number that has been called at window 1, where a camera records."""
    clerk = {"cookie": people.clerks["staff-01"]}
    eventually(lambda: [*whole.hall.data.glob("monitor-1/recordings/window-1/**/*.mp4")], "a film")
    whole.hall.must("window.open", {"window_id": "window-1"}, **clerk)
    label = str(whole.take("land-registration")["label"])
    whole.hall.must("ticket.call_next", {"window_id": "window-1"}, **clerk)
    return label


def held(context: BrowserContext, kind: str) -> Held:
    line = Held(kind)
    context.route_web_socket("**/socket.io/**", line.between)
    return line


def came(page: Page, asked: Sequence[object]) -> None:
    """Wait until the page has asked; only a page that is waited for lets its asks through."""
    deadline_s = monotonic() + PATIENT_MS / 1_000
    while not asked:
        assert monotonic() < deadline_s, "the page does not ask"
        page.wait_for_timeout(50)


def opened(whole: WholeHall, context: BrowserContext) -> Sight:
    return watch(context, f"{whole.monitor}/?lang=zh", whole.origins)


def report(whole: WholeHall, people: People, folder: Path) -> None:
    """A finding, so that there is something that a page could deny."""
    token = whole.hall.station("analyser-2", "monitor", people.administrator, folder)[0]
    now = whole.hall.read("hall.snapshot", cookie=people.supervisor)["at"]
    evidence = Evidence(
        rule=FindingRule.VACANCY,
        rule_version=1,
        camera_id="window-1",
        window_id="window-1",
        staff_id="",
        begins_at=now - 60_000,
        ends_at=now - 30_000,
        clip_begins_at=now - 70_000,
        clip_ends_at=now - 20_000,
        thresholds=[],
        declared=[],
        health=HealthProof(looks=1, unwell=0, unknown=0),
        zh="1号窗口声明为办理中，座位无人",
        en="Window 1 was declared serving; nobody was in the seat",
    )
    body = {"key": "not-told-yet", "evidence": msgspec.to_builtins(evidence)}
    whole.hall.must("finding.report", body, token=token)


def test_findings_are_not_denied_before_they_are_read(
    whole: WholeHall, people: People, browser: Browser, tmp_path: Path
) -> None:
    report(whole, people, tmp_path)
    with room(browser, *SIZE, cookie=people.supervisor, of=whole.hall.url) as context:
        line = held(context, "finding.list")
        sight = opened(whole, context)
        listed = sight.page.locator("main.findings .list .body")
        sight.page.click("header .findings")
        came(sight.page, line.waiting)
        sight.page.wait_for_timeout(PATIENCE_MS)
        expect(listed).to_have_text("正在读取…")
        sight.picture("not-told-findings")
        line.release()
        expect(listed).to_contain_text("座位无人", timeout=PATIENT_MS)
        assert sight.faults() == {}


def test_empty_seats_are_not_denied_before_they_are_read(
    whole: WholeHall, people: People, browser: Browser
) -> None:
    boss = people.supervisor
    drawn = eventually(
        lambda: whole.hall.read("reference.list", cookie=boss)["references"], "drawn references"
    )
    assert {one["state"] for one in drawn} == {"approved"}
    with room(browser, *SIZE, cookie=boss, of=whole.hall.url) as context:
        line = held(context, "reference.list")
        sight = opened(whole, context)
        listed = sight.page.locator("main.references .body")
        sight.page.click("header .findings")
        sight.page.click("main.findings .seats")
        came(sight.page, line.waiting)
        sight.page.wait_for_timeout(PATIENCE_MS)
        expect(listed).to_have_text("正在读取…")
        sight.picture("not-told-empty-seats")
        line.release()
        expect(listed.locator("tbody tr").first).to_be_visible(timeout=PATIENT_MS)
        assert sight.faults() == {}


def test_what_happened_is_not_denied_and_a_film_not_given_is_asked_for_again(
    whole: WholeHall, people: People, label: str, browser: Browser
) -> None:
    with room(browser, *SIZE, cookie=people.supervisor, of=whole.hall.url) as context:
        line, asked = held(context, "recording.course"), list[Route]()
        context.route(TIMELINE, lambda route: asked.append(route))  # noqa: PLW0108 - Playwright marks what it calls, and a bound method takes no mark
        sight = opened(whole, context)
        page = sight.page
        page.click("header .lookback")
        page.fill(".number-form input", label)
        page.click(".number-form button")
        expect(page.locator(".side")).to_contain_text("正在读取经过…")
        page.wait_for_timeout(PATIENCE_MS)
        expect(page.locator(".side")).not_to_contain_text("没有呼叫")
        sight.picture("not-told-course")
        line.release()
        expect(page.locator(".side li").first).to_contain_text("呼叫", timeout=PATIENT_MS)

        page.click(".why .reasons button >> nth=0")
        shown = page.locator("main.lookback > section").last
        came(page, asked)
        expect(shown).to_contain_text("正在取录像…")
        asked.pop().abort()
        expect(shown).to_contain_text("录像服务无法连接，正在重试")
        sight.picture("not-told-timeline")
        assert sight.faults().keys() <= {"errors"}, "the browser tells of the broken answer itself"
        came(page, asked)
        asked.pop().continue_()
        context.unroute(TIMELINE)
        expect(page.locator(".screen time")).to_be_visible(timeout=PATIENT_MS)
        expect(shown).not_to_contain_text("正在重试")
        sight.picture("not-told-timeline-given")
