"""The device page in a real browser: signed out, well, unwell, empty, cut off; in every size."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from engineer_run import Place, running_place
from playwright.sync_api import Browser, Page, expect, sync_playwright

from drivers.errors import DeviceSettingsError
from drivers.orders import Cut, PrintJob, ShowText, TextLine
from drivers.simulator.play import utc_ms

pytestmark = pytest.mark.browser
ARTIFACTS = Path(__file__).parents[2] / "artifacts"
SIZES = [(1440, 900), (1920, 1080), (1024, 768), (390, 844)]
WRONG = DeviceSettingsError(
    "bar-9",
    "options.width",
    "wanted a number from 8 to 4096, found 1",
    "应为 8 到 4096 的整数，现为 1",
)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with running_place(tmp_path, refused=[WRONG]) as place:
        bench = place.held.benches[0]
        bench.show(ShowText("bar-3", "main", "请A001号到3号窗口", 60_000))
        job = PrintJob("j", (TextLine("请A001号"), Cut()), utc_ms() + 5000)
        bench.submit(job, "kiosk-1-printer").wait(5)
        yield place


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    yield page
    page.close()
    refused = "Failed to load resource"  # the browser's own word for 401, 403 and a lost link
    assert [line for line in complaints if refused not in line] == []


def sign_in(page: Page, place: Place, device: str = "") -> None:
    page.goto(f"{place.url}#{device}")
    page.fill("#key", place.key)
    page.keyboard.press("Enter")
    page.wait_for_selector("#main:not([hidden])")


def shoot(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"engineer-{name}.png")


def test_a_new_roll_is_told_by_a_button_and_only_printers_have_one(
    page: Page, place: Place
) -> None:
    sign_in(page, place, "kiosk-1-printer")
    expect(page.locator(".figures", has_text="还可打印")).to_be_visible()
    before = place.device("kiosk-1-printer")["figures"]["roll_mm"]
    assert before > 0
    page.click("#new-roll")
    expect(page.get_by_text("已重新计数")).to_be_visible()
    expect(page.locator(".tile", has_text="本卷已用").locator("dd")).to_have_text("0.0 米")
    shoot(page, "roll")
    page.click("[data-id='bar-3']")
    expect(page.locator("#new-roll")).to_be_hidden()


def test_whoever_has_no_key_sees_no_device(page: Page, place: Place) -> None:
    page.goto(place.url)
    page.wait_for_selector("#sign-in:not([hidden])")
    expect(page.locator("#main")).to_be_hidden()
    page.fill("#key", "guess")
    page.click("#sign-in button")
    expect(page.locator("#wrong")).to_have_text("密钥不对。")
    shoot(page, "sign-in-zh")
    assert "bar-3" not in page.content()
    sign_in(page, place)
    assert place.key not in page.content()
    page.reload()
    page.wait_for_selector("#main:not([hidden])")  # the cookie is kept


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_falls_off_the_page(
    page: Page, place: Place, size: tuple[int, int], language: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.add_init_script(f"localStorage.setItem('language', '{language}')")
    place.printer.set_fault("paper_out", on=True)
    sign_in(page, place, "kiosk-1-printer")
    expect(page.locator(".matters")).to_contain_text("装纸" if language == "zh" else "load paper")
    page.wait_for_selector("tbody tr:nth-child(8)")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.get_attribute("html", "lang") == ("zh-CN" if language == "zh" else "en")
    cut_off = page.evaluate(
        """() => [...document.querySelectorAll('button, a, .tile dd')]
          .filter((one) => one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.textContent)"""
    )
    assert cut_off == []
    shoot(page, f"{size[0]}x{size[1]}-{language}")


def test_a_bar_s_line_is_read_in_words(page: Page, place: Place) -> None:
    sign_in(page, place, "bar-3")
    expect(page.locator(".how .state")).to_have_text("正常")
    expect(page.locator("tbody")).to_contain_text("显示 区域 0「请A001号到3号窗口」red 60 秒")
    expect(page.locator("tbody")).to_contain_text("已接受")
    shoot(page, "bar-zh")
    page.click("#language")
    expect(page.locator("tbody")).to_contain_text('show area 0 "请A001号到3号窗口" red 60 s')
    expect(page.locator(".how .state")).to_have_text("well")
    page.click("text=Pause")
    first = page.inner_text("tbody tr:first-child .time")
    page.wait_for_timeout(3500)
    assert page.inner_text("tbody tr:first-child .time") == first
    page.click("text=Go on")
    expect(page.locator("tbody tr:first-child .time")).not_to_have_text(first)


def test_a_self_test_is_run_by_its_button_and_its_word_stays(page: Page, place: Place) -> None:
    sign_in(page, place, "kiosk-1-printer")
    page.click("[data-test=ruler]")
    report = page.locator(".test", has=page.locator("[data-test=ruler]")).locator(".report")
    expect(report).to_have_text("通过 · 打印机已证实")
    assert len(place.printer.snapshot().tickets) == 2
    page.wait_for_timeout(1500)
    expect(report).to_have_text("通过 · 打印机已证实")
    shoot(page, "self-test-zh")
    place.printer.set_fault("cover_open", on=True)
    page.click("[data-test=cut]")
    expect(page.locator("[data-verdict=failed]")).to_have_text("未通过 · 没有打印：上盖打开")


def test_a_device_configured_wrong_stands_in_the_list_with_what_is_wanted(
    page: Page, place: Place
) -> None:
    sign_in(page, place, "bar-9")
    expect(page.locator(".matters")).to_have_text("options.width：应为 8 到 4096 的整数，现为 1")
    expect(page.locator(".tests")).to_have_text("此类设备没有自检。")
    expect(page.locator(".frames .empty")).to_be_visible()
    shoot(page, "wrong-zh")


def test_a_lost_station_is_said_and_what_was_known_stays(page: Page, place: Place) -> None:
    sign_in(page, place, "bar-3")
    expect(page.locator("#link")).to_have_text("已连接")
    place.stop_serving()
    expect(page.locator("#link")).to_contain_text("连接中断", timeout=15_000)
    expect(page.locator(".line")).to_have_count(3)
    shoot(page, "lost-zh")


def test_a_station_without_devices_says_so(page: Page, tmp_path: Path) -> None:
    with running_place(tmp_path, empty=True) as place:
        sign_in(page, place)
        expect(page.locator("#none")).to_be_visible()
        shoot(page, "empty-zh")


def test_the_log_is_a_file(page: Page, place: Place) -> None:
    sign_in(page, place, "bar-3")
    with page.expect_download() as download:
        page.click("text=下载记录")
    assert download.value.suggested_filename == "bar-3.log"
    assert " > a5a5" in Path(download.value.path()).read_text()


def test_a_device_is_chosen_by_keyboard(page: Page, place: Place) -> None:
    sign_in(page, place, "bar-3")
    page.focus(".line[data-id=kiosk-1-printer]")
    page.keyboard.press("Enter")
    expect(page.locator(".how h2")).to_have_text("kiosk-1-printer")
    page.wait_for_timeout(1300)  # the list is drawn anew, and the focus stays
    assert page.evaluate("document.activeElement.dataset.id") == "kiosk-1-printer"
