"""Console, supervisor's page and phone page in a real browser, at every size and in both languages.

The pictures are kept in tests/artifacts, to be looked at.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

import pytest
from desks import SPILLED, House, barriers, eventually, open_house, sign_in
from playwright.sync_api import Browser, Page, sync_playwright
from screens import ARTIFACTS, TOFU

pytestmark = pytest.mark.browser
CLERKS = ["staff-01", "staff-02", "staff-03"]
SMALL_DESK = (1366, 768)
DESKS = [(SMALL_DESK, "zh"), (SMALL_DESK, "en"), ((1920, 1080), "zh")]
PHONES = [((390, 844), "zh"), ((360, 640), "en")]


@pytest.fixture(scope="module")
def house(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), CLERKS, pages) as house:
        yield house


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    rooted = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=rooted)
        yield browser
        browser.close()


@dataclass
class Look:
    """A page at a size, with whatever went wrong on it."""

    page: Page
    name: str
    allowed: tuple[str, ...]
    scrolls: bool = False
    errors: list[str] = field(default_factory=list)

    def watch(self) -> "Look":
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        return self

    def _asked(self, url: str) -> None:
        if not url.startswith((*self.allowed, "data:", "blob:")):
            self.errors.append(f"a stranger was asked: {url}")

    def keep(self, state: str) -> None:
        """Keep the picture; nothing may be spilled, unreadable or broken."""
        self.page.wait_for_timeout(350)  # what comes in has come to rest
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(ARTIFACTS / f"{self.name}-{state}.png"))
        found = {
            "spilled": self.page.evaluate(SPILLED, self.scrolls),
            "tofu": self.page.evaluate(TOFU),
            "errors": self.errors,
        }
        assert {kind: wrong for kind, wrong in found.items() if wrong} == {}, state


def console(house: House, browser: Browser, clerk: str, size: tuple[int, int], lang: str) -> Look:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    look = Look(page, f"console-{size[0]}-{lang}", (house.hall.url,)).watch()
    page.goto(f"{house.hall.url}/console?lang={lang}")
    sign_in(page, clerk)
    page.wait_for_selector(".choose, .stage")
    return look


def sit_down(look: Look, number: int) -> None:
    """At the window with this number, open."""
    if look.page.query_selector(".choose"):
        look.page.click(f".choose li:nth-child({number}) button")
    if look.page.query_selector(".stage.closed"):
        look.page.click(".actions .main")
    look.page.wait_for_selector(".stage.free")


@pytest.mark.parametrize(("size", "lang"), DESKS)
def test_a_clerk_serves_by_keys_alone(
    house: House, browser: Browser, size: tuple[int, int], lang: str
) -> None:
    for item in house.items[:4]:
        house.ask("staff-03", "ticket.take", item_id=item)
    look = console(house, browser, "staff-01", size, lang)
    page = look.page
    look.keep("1-choose")
    sit_down(look, 1)
    look.keep("2-free")
    page.keyboard.press("F2")
    page.wait_for_selector(".stage.called")
    look.keep("3-called")
    page.keyboard.press("F7")
    page.wait_for_selector(".stage.serving")
    look.keep("4-serving")
    assert barriers(page) == []
    page.keyboard.press("F4")
    page.wait_for_selector("dialog[open]")
    look.keep("5-transfer")
    page.keyboard.press("Escape")
    page.keyboard.press("F6")
    page.wait_for_selector("dialog[open]")
    look.keep("6-hold")
    page.keyboard.press("1")
    page.wait_for_selector(".stage.free")
    page.click(".tabs button:nth-child(2)")
    look.keep("7-held")
    page.click(".line .acts button")
    page.wait_for_selector(".stage.serving")
    page.keyboard.press("F8")
    page.wait_for_selector(".stage.free")
    page.keyboard.press("F9")
    page.keyboard.press("1")
    page.wait_for_selector(".stage.paused")
    look.keep("8-paused")
    page.keyboard.press("F9")
    page.wait_for_selector(".stage.free")
    page.click("header .on-blue:nth-of-type(2)")
    page.wait_for_selector(".stage.closed")
    page.close()


def test_a_clerk_serves_with_a_numeric_keypad(house: House, browser: Browser) -> None:
    for item in house.items[:2]:
        house.ask("staff-03", "ticket.take", item_id=item)
    look = console(house, browser, "staff-03", SMALL_DESK, "zh")
    page = look.page
    sit_down(look, 3)
    page.keyboard.press("/")  # of the big keyboard: looks for a ticket
    page.keyboard.press("NumpadAdd")  # types there, and calls nobody
    assert page.evaluate("document.activeElement.value") == "+"
    page.evaluate("document.activeElement.value = ''; document.activeElement.blur()")
    page.keyboard.press("NumpadAdd")
    page.wait_for_selector(".stage.called")
    page.keyboard.press("NumpadEnter")
    page.wait_for_selector(".stage.serving")
    page.keyboard.press("F1")
    page.wait_for_selector("dialog[open] .keypad")
    look.keep("keypad-help")
    page.keyboard.press("NumpadDecimal")  # a dialog is open: nothing is finished behind it
    page.keyboard.press("Escape")
    assert page.query_selector(".stage.serving")
    page.keyboard.press("NumpadDecimal")
    page.wait_for_selector(".stage.free")
    page.keyboard.press("NumpadDivide")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("1")
    page.wait_for_selector(".stage.paused")
    page.keyboard.press("NumpadDivide")
    page.wait_for_selector(".stage.free")
    page.click("header .on-blue:nth-of-type(2)")
    page.wait_for_selector(".stage.closed")
    page.close()


def test_two_presses_at_once_call_one_citizen(house: House, browser: Browser) -> None:
    for item in house.items[:3]:
        house.ask("staff-03", "ticket.take", item_id=item)
    look = console(house, browser, "staff-02", SMALL_DESK, "zh")
    sit_down(look, 2)
    before = sum(leg["call_count"] for leg in house.legs())
    press = "window.dispatchEvent(new KeyboardEvent('keydown', {key: 'F2', cancelable: true}))"
    look.page.evaluate(f"{press}; {press}; {press}")
    look.page.wait_for_selector(".stage.called")
    sleep(0.5)
    assert sum(leg["call_count"] for leg in house.legs()) == before + 1
    assert look.page.locator(".notices li").count() == 0
    look.page.keyboard.press("F7")
    look.page.wait_for_selector(".stage.serving")
    look.page.keyboard.press("F8")
    look.page.wait_for_selector(".stage.free")
    look.page.close()


def test_f5_reads_the_hall_again_and_keeps_the_page(house: House, browser: Browser) -> None:
    look = console(house, browser, "staff-02", SMALL_DESK, "zh")
    sit_down(look, 2)
    look.page.evaluate("window.stays = true")
    look.page.keyboard.press("F5")
    look.page.wait_for_timeout(1_000)
    assert look.page.evaluate("window.stays") is True
    look.page.close()


def test_a_refusal_is_said_in_the_clerks_language(house: House, browser: Browser) -> None:
    for leg in house.legs():
        if leg["state"] == "waiting":
            house.ask("staff-03", "ticket.cancel", ticket_id=leg["ticket_id"])
    for lang, sentence in (("zh", "目前无人等候"), ("en", "Nobody is waiting")):
        look = console(house, browser, "staff-02", SMALL_DESK, lang)
        sit_down(look, 2)
        look.page.keyboard.press("F2")
        look.page.wait_for_selector(".notices li")
        assert look.page.inner_text(".notices li") == sentence
        look.keep("refused")
        look.page.close()


def test_while_the_hall_is_away_the_desk_stays_and_nothing_is_done_twice(
    house: House, browser: Browser
) -> None:
    house.ask("staff-03", "ticket.take", item_id=house.items[0])
    look = console(house, browser, "staff-02", SMALL_DESK, "zh")
    sit_down(look, 2)
    look.page.keyboard.press("F2")
    look.page.wait_for_selector(".stage.called")
    with house.away():
        look.page.keyboard.press("F7")  # sent, not answered: kept until the hall is back
        look.page.wait_for_selector(".connection", timeout=30_000)
        look.keep("away")
        assert "更新于" in look.page.inner_text(".connection")
        assert look.page.locator(".actions .main").is_disabled()
    look.page.wait_for_selector(".stage.serving", timeout=30_000)
    eventually(lambda: look.page.query_selector(".connection") is None)
    look.page.keyboard.press("F8")
    look.page.wait_for_selector(".stage.free")
    look.page.close()


@pytest.mark.parametrize(("size", "lang"), DESKS)
def test_the_supervisor_sees_the_hall(
    house: House, browser: Browser, size: tuple[int, int], lang: str
) -> None:
    slip = house.ask("staff-03", "ticket.take", item_id=house.items[1])
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    look = Look(page, f"monitor-{size[0]}-{lang}", (house.monitor_url, house.hall.url)).watch()
    page.goto(f"{house.monitor_url}/?lang={lang}")
    sign_in(page, "supervisor")
    page.wait_for_selector(".overview .figures")
    page.wait_for_timeout(1_200)
    look.keep("overview")
    assert barriers(page) == []
    assert page.locator(".windows li").count() == 11
    house.ask("staff-03", "ticket.cancel", ticket_id=slip["ticket_id"])
    page.close()


def test_the_supervisors_page_is_not_for_clerks(house: House, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(house.monitor_url)
    sign_in(page, "staff-03")
    page.wait_for_selector("text=此页面供督查人员")
    assert page.locator(".overview").count() == 0
    page.close()


@pytest.mark.parametrize(("size", "lang"), PHONES)
def test_a_phone_follows_a_ticket_to_its_end(
    house: House, browser: Browser, size: tuple[int, int], lang: str
) -> None:
    slip = house.ask("staff-03", "ticket.take", item_id=house.items[2])
    code, _, promise = slip["follow_url"].partition("/t/")[2].partition("#")
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, has_touch=True)
    look = Look(page, f"follow-{size[0]}-{lang}", (house.hall.url,), scrolls=True).watch()
    page.goto(f"{house.hall.url}/t/{code}?lang={lang}#{promise}")
    page.wait_for_selector(".state.waiting")
    look.keep("1-waiting")
    page.click(".receipt .button")
    page.wait_for_selector(".verdict.kept")
    look.keep("2-kept")
    assert barriers(page) == []
    house.ask("staff-03", "window.open", window_id="window-3")
    house.ask("staff-03", "ticket.call", window_id="window-3", **choosing(house, slip))
    page.wait_for_selector(".state.called", timeout=15_000)
    look.keep("3-called")
    house.ask("staff-03", "ticket.start", leg_id=slip["leg_id"])
    house.ask("staff-03", "ticket.finish", leg_id=slip["leg_id"])
    page.wait_for_selector(".state.served", timeout=15_000)
    look.keep("4-served")
    page.close()
    house.ask("staff-03", "window.close", window_id="window-3")


def choosing(house: House, slip: dict[str, object]) -> dict[str, object]:
    facts = house.hall.read("facts.read", cookie=house.people.supervisor)["facts"]
    reason = next(fact["id"] for fact in facts["reasons"] if fact["kind"] == "choose")
    return {"leg_id": slip["leg_id"], "reason_id": reason}


def test_a_forged_promise_is_told_plainly(house: House, browser: Browser) -> None:
    slip = house.ask("staff-03", "ticket.take", item_id=house.items[2])
    code, _, promise = slip["follow_url"].partition("/t/")[2].partition("#")
    forged = promise[:60] + ("A" if promise[60] != "A" else "B") + promise[61:]
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{house.hall.url}/t/{code}#{forged}")
    page.click(".receipt .button")
    page.wait_for_selector(".verdict.wrong")
    assert "核对不一致" in page.inner_text(".verdict")
    page.close()


@pytest.mark.parametrize(("size", "lang"), PHONES)
def test_a_phone_says_that_no_window_serves_any_more(
    house: House, browser: Browser, size: tuple[int, int], lang: str
) -> None:
    slip = house.ask("staff-03", "ticket.take", item_id=house.items[2])
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    look = Look(page, f"follow-{size[0]}-{lang}", (house.hall.url,), scrolls=True).watch()
    stated = house.hall.read("facts.read", cookie=house.people.supervisor)["facts"]
    items = [one for one in stated["items"] if one["queue"] == "general"]
    hidden = [{**one, "hidden": True} for one in items]
    bare = [{**one, "queues": [*{*one["queues"]} - {"general"}]} for one in stated["windows"]]
    restate(house, items=hidden, windows=bare)
    code = slip["follow_url"].partition("/t/")[2]
    page.goto(f"{house.hall.url}/t/{code.partition('#')[0]}?lang={lang}")
    expected = {"zh": "目前没有窗口办理这项业务", "en": "No window serves this at present"}
    page.wait_for_selector(f"text={expected[lang]}")
    look.keep("no-window")
    assert barriers(page) == []
    restate(house, windows=stated["windows"], items=items)
    page.wait_for_selector(".next, .ahead", timeout=15_000)
    page.close()
    house.ask("staff-03", "ticket.cancel", ticket_id=slip["ticket_id"])


def restate(house: House, **kinds: list[dict[str, object]]) -> None:
    for kind, records in kinds.items():
        for record in records:
            said = {"kind": kind, "body": json.dumps(record)}
            house.hall.must("fact.save", said, cookie=house.people.administrator)


def test_an_unknown_ticket_says_so(house: House, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    look = Look(page, "follow-390-zh", (house.hall.url,)).watch()
    page.goto(f"{house.hall.url}/t/nobodyhasthiscode")
    page.wait_for_selector("text=没有找到这张号票")
    look.keep("unknown")
    page.close()
