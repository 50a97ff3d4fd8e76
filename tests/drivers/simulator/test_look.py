"""The simulators' page in a real browser: whole at every size, in both languages, and alive."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from drivers.orders import (
    Align,
    Colour,
    Cut,
    DeviceConfig,
    PrintJob,
    QrCode,
    Rule,
    ShowText,
    TextLine,
)
from drivers.registry import open_bench
from drivers.simulator.play import Places, Simulator, utc_ms

pytestmark = pytest.mark.browser
ARTIFACTS = Path(__file__).parents[2] / "artifacts"
SIZES = [(1440, 900), (1920, 1080), (1024, 768), (390, 844)]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    places = Places(page_port=0, printer_port=0, bar_port=0, bars=8, speed_mm_s=0)
    simulator = Simulator(places)
    simulator.start()
    printer = f"tcp://127.0.0.1:{simulator.printer.port}"
    devices = [DeviceConfig("p", "escpos", printer, {"profile": "simulator-80"})]
    devices += [
        DeviceConfig(bar.name, "bx-k", f"tcp://127.0.0.1:{bar.port}") for bar in simulator.bars[:3]
    ]
    with contextlib.closing(open_bench(devices, lambda _: None)) as bench:
        for colour, bar in zip(Colour, simulator.bars, strict=False):
            bench.show(ShowText(bar.name, "main", "请A001号到3号窗口", 90_000, colour))
        lines = (
            TextLine("双江自治县政务服务中心", width=2, height=2, align=Align.CENTRE, bold=True),
            Rule(),
            TextLine("A001", width=5, height=5, align=Align.CENTRE, bold=True),
            TextLine("一楼 综合服务区　前面等候 3 人　预计 12–20 分钟"),
            QrCode("https://example.gov.cn/q/A001", 6, "扫码查看排队进度"),
            Cut(),
        )
        assert bench.submit(PrintJob("A001", lines, utc_ms() + 9000), "p").wait(9).reason is None
        yield simulator
    simulator.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, simulator: Simulator) -> Iterator[Page]:
    page = browser.new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    own = f"http://127.0.0.1:{simulator.page_port}/"
    page.on("request", lambda asked: foreign.append(asked.url) if own not in asked.url else None)
    page.goto(own)
    page.wait_for_selector("#tickets .ticket")
    yield page
    page.close()
    assert complaints == []
    assert [url for url in foreign if not url.startswith("data:")] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_falls_off_the_page(page: Page, size: tuple[int, int], language: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("language => localStorage.setItem('language', language)", language)
    page.reload()
    page.wait_for_selector("#tickets .ticket")
    page.wait_for_selector(".bar:nth-child(3)")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.get_attribute("html", "lang") == ("zh-CN" if language == "zh" else "en")
    cut_off = page.evaluate(
        """() => [...document.querySelectorAll('button')]
          .filter((button) => button.scrollWidth > button.clientWidth + 1)
          .map((button) => button.textContent)"""
    )
    assert cut_off == []
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"simulator-{size[0]}x{size[1]}-{language}.png")


def test_unused_bars_are_not_shown(page: Page) -> None:
    page.wait_for_selector(".bar:nth-child(3)")
    assert page.locator(".bar").count() == 3


def test_the_bars_glow_in_their_colours(page: Page) -> None:
    page.wait_for_selector(".bar:nth-child(3)")
    lit = page.evaluate(
        """() => [...document.querySelectorAll('canvas.leds')].map((canvas) => {
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
          let red = 0, green = 0
          for (let i = 0; i < data.length; i += 4) {
            red += data[i] > 200; green += data[i + 1] > 150
          }
          return [red > 100, green > 100]
        })"""
    )
    assert lit == [[True, False], [False, True], [True, True]]


def test_a_fault_button_causes_the_fault_and_shows_it(page: Page, simulator: Simulator) -> None:
    page.click(".printer [data-fault=cover_open]")
    page.wait_for_selector(".printer [data-fault=cover_open][aria-pressed=true]")
    assert page.inner_text(".printer .state") == "上盖打开"
    assert [fault.value for fault in simulator.printer.snapshot().faults] == ["cover_open"]
    page.click(".printer [data-action=clear_faults]")
    page.wait_for_selector(".printer .state[data-level=green]")


def test_paper_comes_out_and_the_newest_ticket_stands_first(
    page: Page, simulator: Simulator
) -> None:
    printer = f"tcp://127.0.0.1:{simulator.printer.port}"
    before = page.locator(".ticket").count()
    device = DeviceConfig("q", "escpos", printer, {"profile": "simulator-80"})
    with contextlib.closing(open_bench([device], lambda _: None)) as bench:
        job = PrintJob("B002", (TextLine("B002", width=5, height=5), Cut()), utc_ms() + 9000)
        assert bench.submit(job, "q").wait(9).reason is None
    page.wait_for_selector(f".ticket:nth-child({before + 1})")
    assert page.text_content(".ticket:first-child .a") == "B002"
    expect(page.locator(".strip")).to_have_css("height", re.compile(r"[1-9]\d+(\.\d+)?px"))
