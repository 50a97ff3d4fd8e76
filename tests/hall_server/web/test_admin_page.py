"""The administration page in a real browser, against a real hall: what an administrator does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from running_hall import PASSWORD, People, RunningHall, free_port

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[3]
ARTIFACTS = ROOT / "tests/artifacts/admin"
SIZES = [(1366, 768), (1920, 1080)]
VIEWS = [
    *("site", "zones", "departments", "opening", "windows/window-9", "queues/general"),
    *("matrix", "priorities/elderly", "rules/long-wait", "reasons", "queueing", "items/marriage"),
    *("categories/centre", "texts/ticket_footer", "staff/staff-01", "displays/voice-1"),
    *("devices/printer-1", "stations", "accounts", "transfer"),
]


@pytest.fixture(scope="module")
def hall(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    arguments = ["--pages", str(pages)]
    running = RunningHall(tmp_path_factory.mktemp("hall"), free_port(), arguments).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def people(hall: RunningHall) -> People:
    return hall.people(["staff-01"])


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


class Desk:
    """One person's browser; whatever goes wrong in it fails the test."""

    def __init__(self, context: BrowserContext, hall: RunningHall, cookie: str) -> None:
        self.context = context
        self.hall = hall
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": hall.url}])
        self.page = self.open()

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"page error: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("request", lambda request: self.check_address(request.url))
        return page

    def check_address(self, address: str) -> None:
        own = (self.hall.url, self.hall.url.replace("http:", "ws:"), "data:", "blob:")
        assert address.startswith(own), f"left the hall: {address}"

    def go(self, view: str, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(f"{self.hall.url}/admin#/{view}")
        expect(page.locator(".office-nav a[aria-current]")).to_be_visible()
        return page

    def save(self, page: Page | None = None) -> None:
        page = page or self.page
        page.locator(".editor-foot .primary").click()
        page.locator("dialog.changes .primary").click()
        expect(page.locator("dialog.changes")).to_have_count(0)


OpenDesk = Callable[..., Desk]


@pytest.fixture
def desk(browser: Browser, hall: RunningHall, people: People) -> Iterator[OpenDesk]:
    """Open desks: ``desk("administrator")`` is signed in; all are closed after the test."""
    contexts: list[BrowserContext] = []

    def open_desk(role: str, width: int = 1366, height: int = 768) -> Desk:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        return Desk(context, hall, getattr(people, role))

    yield open_desk
    for context in contexts:
        context.close()


def test_a_fault_stands_at_its_field_and_nothing_can_be_saved(desk: OpenDesk) -> None:
    page = desk("administrator").go("windows/window-9")
    page.locator("#field-number").fill("8")
    expect(page.locator(".form-field.faulty .form-fault")).to_contain_text("window-8")
    expect(page.locator(".editor-foot .primary")).to_be_disabled()
    page.locator("#field-number").fill("9")
    expect(page.locator(".form-field.faulty")).to_have_count(0)


def test_what_changes_is_read_before_it_is_saved(
    desk: OpenDesk, hall: RunningHall, people: People
) -> None:
    here = desk("administrator")
    page = here.go("queues/complaints")
    page.locator("#field-service_minutes").fill("7")
    page.locator(".editor-foot .primary").click()
    rows = page.locator("dialog.changes tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(re.compile("预计办理分钟.*8.*7", re.DOTALL))
    page.locator("dialog.changes .primary").click()
    expect(page.locator(".editor-foot .tone-good")).to_be_visible()
    facts = hall.read("facts.read", cookie=people.administrator)["facts"]
    assert [q["service_minutes"] for q in facts["queues"] if q["id"] == "complaints"] == [7]


def test_a_new_record_is_made_copied_and_removed(desk: OpenDesk) -> None:
    here = desk("administrator")
    page = here.go("zones")
    page.locator(".list-head .primary").click()
    page.locator("#field-name").fill("二楼")
    here.save()
    expect(page.locator(".list-row[aria-current]")).to_contain_text("二楼")
    page.locator(".editor-foot .quiet").click()
    here.save()
    expect(page.locator(".list-row", has_text="二楼")).to_have_count(2)
    for left in (1, 0):
        page.locator(".list-row", has_text="二楼").first.click()
        page.locator(".editor-foot .danger").click()
        expect(page.locator(".list-row", has_text="二楼")).to_have_count(left)


def test_a_refused_removal_names_who_stands_in_the_way(desk: OpenDesk) -> None:
    page = desk("administrator").go("queues/marriage")
    page.locator(".editor-foot .danger").click()
    note = page.locator(".note.bad")
    expect(note).to_contain_text("民政局")
    expect(note).not_to_contain_text("window-9")


def test_another_administrators_change_is_taken_in_and_ones_own_kept(desk: OpenDesk) -> None:
    here = desk("administrator")
    first, second = here.go("staff/staff-02"), here.go("staff/staff-02", here.open())
    first.locator("#field-name").fill("示例·甲")
    second.locator("#field-staff_number").fill("示例902")
    here.save(second)
    expect(first.locator(".note.warn")).to_be_visible()
    expect(first.locator("#field-staff_number")).to_have_value("示例902")
    expect(first.locator("#field-name")).to_have_value("示例·甲")
    here.save(first)
    expect(second.locator("#field-name")).to_have_value("示例·甲")


def test_a_queue_is_given_to_a_window_by_touching_a_square(
    desk: OpenDesk, hall: RunningHall, people: People
) -> None:
    page = desk("administrator").go("matrix")
    cell = page.locator("tbody tr").first.locator(".cell").last
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    page.locator(".editor-foot .primary").click()
    expect(page.locator(".editor-foot .primary")).to_be_disabled()
    facts = hall.read("facts.read", cookie=people.administrator)["facts"]
    assert facts["windows"][0]["queues"] == ["general", "complaints"]


def test_a_file_is_tried_before_it_replaces_anything(desk: OpenDesk, tmp_path: Path) -> None:
    page = desk("administrator").go("transfer")
    with page.expect_download() as download:
        page.locator(".card").first.locator("button").click()
    text = download.value.path().read_text(encoding="utf-8")
    choose = page.locator("input[type=file]")
    bad, good = tmp_path / "bad.toml", tmp_path / "good.toml"
    bad.write_text(text.replace("number = 3", 'number = "3"'), encoding="utf-8")
    good.write_text(text.replace("环保局", "环境保护局"), encoding="utf-8")
    choose.set_input_files(bad)
    expect(page.locator(".fault-line")).to_contain_text("windows/window-3.number")
    choose.set_input_files(good)
    expect(page.locator(".transfer-changed")).to_contain_text("3")
    page.locator("button.danger").click()
    expect(page.locator("[role=status] .tone-good")).to_be_visible()
    choose.set_input_files(good)
    expect(page.locator(".card .tone-good")).to_be_visible()


def test_a_photograph_is_uploaded_and_seen(desk: OpenDesk, tmp_path: Path) -> None:
    here = desk("administrator")
    page = here.go("staff/staff-03")
    Image.new("RGB", (1200, 1600), "teal").save(tmp_path / "photo.jpg")
    page.locator("#field-photo").set_input_files(tmp_path / "photo.jpg")
    shown = page.locator(".photo img")
    expect(shown).to_have_attribute("src", re.compile(r"^/uploads/[0-9a-f]{64}\.jpg$"))
    assert shown.evaluate("image => image.decode().then(() => image.naturalHeight)") == 800
    here.save()


def test_the_security_administrator_keeps_accounts_and_nothing_else(
    desk: OpenDesk, hall: RunningHall
) -> None:
    page = desk("security").go("accounts")
    expect(page.locator(".office-nav a")).to_have_count(2)
    page.locator(".table-head .primary").click()
    page.locator("dialog input").first.fill("wang")
    page.locator("dialog .chip").nth(3).click()
    expect(page.locator("dialog .chip").nth(4)).to_be_disabled()
    page.locator("dialog .chip").nth(3).click()
    page.locator("dialog .chip").first.click()
    make = page.locator("dialog footer .primary")
    expect(make).to_be_disabled()
    expect(page.locator("dialog")).to_contain_text("窗口人员须指定对应人员")
    page.locator("dialog select").select_option("staff-02")
    make.click()
    expect(page.locator("code.secret")).to_have_text(re.compile(r"\S{12,}"))
    expect(page.locator("tbody tr", has_text="wang")).to_be_visible()
    cookie = hall.sign_in("wang", page.locator("code.secret").inner_text())
    hall.must("window.open", {"window_id": "window-3"}, cookie=cookie)
    own = page.locator("tbody tr", has=page.get_by_role("rowheader", name="security"))
    expect(own).to_contain_text("您的账号")
    expect(own.get_by_role("button")).to_have_count(0)


def test_everybody_begins_with_what_is_theirs(desk: OpenDesk, hall: RunningHall) -> None:
    for role, title in (
        ("security", "账号与角色"),
        ("auditor", "台账"),
        ("administrator", "站点信息"),
    ):
        page = desk(role).page
        page.goto(f"{hall.url}/admin")
        expect(page.locator(".view-head h1")).to_have_text(title)


def test_on_the_first_day_the_administrator_begins_with_the_separate_ones(
    browser: Browser, tmp_path: Path
) -> None:
    young = RunningHall(tmp_path / "hall", free_port()).start()
    try:
        account, password = (young.data / "first-password.txt").read_text().split()
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{young.url}/admin")
        page.locator("input[autocomplete=username]").fill(account)
        page.locator("input[type=password]").fill(password)
        page.locator("form .primary").click()
        expect(page.locator("form")).to_contain_text("至少 8 位，含字母、数字、符号中的两种以上")
        page.locator("input[autocomplete=current-password]").fill(password)
        for field in page.locator("input[autocomplete=new-password]").all():
            field.fill(PASSWORD)
        page.locator("form .primary").click()
        expect(page.locator(".view-head h1")).to_have_text("账号与角色")
        expect(page.locator(".note.warn")).to_contain_text("请先建立安全管理员和审计员")
        context.close()
    finally:
        young.stop()


def test_the_auditor_reads_everything_and_changes_nothing(desk: OpenDesk) -> None:
    here = desk("auditor")
    page = here.go("ledger")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator(".note-text")).to_contain_text("—")
    here.go("items/marriage")
    expect(page.locator("#field-name")).to_have_attribute("readonly", "")
    expect(page.locator(".editor-foot")).to_have_count(0)


def test_signing_in_by_hand_and_out_again(
    browser: Browser, hall: RunningHall, people: People
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{hall.url}/admin")
    for password in ("wrong", PASSWORD):
        page.locator("input[autocomplete=username]").fill("auditor")
        page.locator("input[type=password]").fill(password)
        page.locator("button.primary").click()
        if password == "wrong":
            expect(page.locator(".note.bad")).to_be_visible()
    page.locator(".head-act").last.click()
    expect(page.locator("input[autocomplete=username]")).to_be_visible()
    context.close()


def test_a_clerk_is_shown_the_way_to_the_console(
    browser: Browser, hall: RunningHall, people: People
) -> None:
    context = browser.new_context()
    page = context.new_page()
    name, _, value = people.clerks["staff-01"].partition("=")
    context.add_cookies([{"name": name, "value": value, "url": hall.url}])
    page.goto(f"{hall.url}/admin")
    expect(page.locator("a[href='/console']")).to_be_visible()
    context.close()


def test_a_lost_hall_is_told_and_nothing_typed_is_lost(desk: OpenDesk) -> None:
    here = desk("administrator")
    page = here.go("departments/land")
    page.locator("#field-name").fill("国土局")
    expect(page.locator(".editor-foot .tone-good")).to_be_visible()
    here.context.set_offline(True)
    page.locator(".editor-foot .primary").click()
    page.locator("dialog.changes .primary").click()
    expect(page.locator("dialog.changes .note.bad")).to_be_visible()
    here.context.set_offline(False)
    page.locator("dialog.changes .primary").last.click()
    expect(page.locator(".list-row[aria-current]")).to_contain_text("国土局")


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_view_is_whole(desk: OpenDesk, width: int, height: int, language: str) -> None:
    here = desk("administrator", width, height)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    here.page.goto(f"{here.hall.url}/admin?lang={language}")
    for view in VIEWS:
        here.page.evaluate("view => { location.hash = '#/' + view }", view)
        expect(here.page.locator(".office-main > *").nth(1)).to_be_visible()
        here.page.wait_for_timeout(60)
        name = view.replace("/", "-")
        here.page.screenshot(path=ARTIFACTS / f"{name}-{width}-{language}.png")
        spilled = here.page.evaluate(
            """() => [...document.querySelectorAll('.office, .office-main, .editor-body, .list,'
                + '.editor-foot, .preview, .card')]
                .filter((e) => e.scrollWidth > e.clientWidth + 1)
                .map((e) => e.className)"""
        )
        assert spilled == [], f"{view} spills over in {spilled}"
