"""The screens beside the real hall: a call is seen within a second, spoken, and proved."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from floor_run import Floor, eventually
from playwright.sync_api import Browser, Page, expect, sync_playwright
from screens import ARTIFACTS, Screen, open_screen

pytestmark = pytest.mark.browser
SEEN_WITHIN_S = 1.0


@pytest.fixture(scope="module")
def browsers(chromium: str, pages: Path) -> Iterator[dict[str, Browser]]:
    """A browser as a hall starts it, and one that wants to be touched before it sounds."""
    with sync_playwright() as playwright:
        launch = playwright.chromium.launch
        free = "--autoplay-policy=no-user-gesture-required"
        shy = "--autoplay-policy=document-user-activation-required"
        made = {
            "free": launch(executable_path=chromium, args=["--no-sandbox", free]),
            "shy": launch(executable_path=chromium, args=["--no-sandbox", shy]),
        }
        yield made
        for browser in made.values():
            browser.close()


def live(floor: Floor, browser: Browser, path: str, ready: str, size: tuple[int, int]) -> Screen:
    origin = floor.display.origin
    hall = floor.hall.url
    allowed = (origin, hall, hall.replace("http", "ws"))
    return open_screen(browser, f"{origin}{path}", size, *allowed, ready=ready)


def spoken(floor: Floor, seq: int) -> list[tuple[bool, str]]:
    events = floor.events("announcement.spoken")
    return [(event["spoken"], event["reason"]) for event in events if event["called_seq"] == seq]


def shown(floor: Floor, seq: int) -> set[str]:
    events = floor.events("display.shown")
    return {event["display_id"] for event in events if event["shown_seq"] == seq}


def test_a_call_stands_on_every_screen_within_a_second_and_is_proved(
    floor: Floor, browsers: dict[str, Browser]
) -> None:
    wall = live(floor, browsers["free"], "/wall", ".wall", (1920, 1080))
    window = live(floor, browsers["free"], "/window?window=1", ".screen", (1280, 800))
    assert "欢迎光临" in wall.page.inner_text(".floor")
    expect(window.page.locator(".board")).to_contain_text("欢迎办理")
    called_s = monotonic()
    label, seq = floor.call_somebody()
    expect(wall.page.locator(".single-label")).to_have_text(label)
    expect(window.page.locator(".board-label")).to_have_text(label)
    assert monotonic() - called_s < SEEN_WITHIN_S + 1.0  # both, with the call itself, on a busy PC
    eventually(lambda: shown(floor, seq) == {"wall-1", "screen-1", "bar-1"})
    assert wall.faults() == window.faults() == {}
    wall.picture("live-wall-called")
    floor.serve_and_finish(label)
    expect(window.page.locator(".board")).to_contain_text("欢迎办理")
    for screen in (wall, window):
        screen.page.close()


def test_calls_that_come_at_once_share_the_wall_and_none_is_lost(
    floor: Floor, browsers: dict[str, Browser]
) -> None:
    wall = live(floor, browsers["free"], "/wall", ".wall", (1920, 1080))
    expect(wall.page.locator(".header-stale")).to_have_count(0)  # heard the hall, not the cache
    calls = [floor.call_somebody(place) for place in range(4)]
    for label, _ in calls:
        expect(wall.page.locator(f".floor :text-is('{label}')").first).to_be_visible()
    expect(wall.page.locator(".several-call")).to_have_count(3, timeout=15_000)
    wall.page.wait_for_timeout(700)
    assert wall.faults() == {}
    wall.picture("live-wall-several")
    eventually(lambda: all("wall-1" in shown(floor, seq) for _, seq in calls))
    for place, (label, _) in enumerate(calls):
        floor.serve_and_finish(label, place)
    wall.page.close()


def test_nobody_is_sent_to_a_window_for_a_number_that_has_been_let_go(
    floor: Floor, browsers: dict[str, Browser]
) -> None:
    served, _ = floor.call_somebody()
    floor.serve_and_finish(served)
    wall = live(floor, browsers["free"], "/wall", ".wall", (1920, 1080))
    gone, _ = floor.call_somebody()
    expect(wall.page.locator(".single-label")).to_have_text(gone)
    ticket_id = next(leg["ticket_id"] for leg in floor.legs() if leg["label"] == gone)
    floor.clerk("ticket.cancel", {"ticket_id": ticket_id, "note": "家中有事"})
    expect(wall.page.locator(".single-label")).to_have_text(served)
    expect(wall.page.locator(".stage-title")).to_contain_text("最近呼叫")
    wall.picture("live-wall-after-cancel")
    assert wall.faults() == {}
    wall.page.close()


def test_a_page_speaks_the_call_and_the_ledger_has_it(
    floor: Floor, browsers: dict[str, Browser]
) -> None:
    wall = live(floor, browsers["free"], "/wall?voice=1", ".wall", (1920, 1080))
    expect(wall.page.locator(".sound-mark")).to_have_text("语音播报")
    label, seq = floor.call_somebody()
    eventually(lambda: spoken(floor, seq), within_s=30)
    assert spoken(floor, seq) == [(True, "")]
    assert wall.errors == []
    floor.serve_and_finish(label)
    wall.page.close()


def test_a_browser_that_may_not_sound_asks_for_one_touch(
    floor: Floor, browsers: dict[str, Browser]
) -> None:
    eventually(lambda: not players(floor))
    page = browsers["shy"].new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{floor.display.origin}/wall?voice=hall")
    eventually(lambda: seen_untouched(page, ".sound-button"))
    assert not players(floor), "a page that may not sound does not offer to speak"
    page.screenshot(path=str(ARTIFACTS / "live-wall-enable-sound.png"))
    button = page.get_by_text("启用声音")
    button.click()
    eventually(lambda: players(floor))
    expect(button).to_have_count(0)
    page.close()


def players(floor: Floor) -> list[str]:
    """The pages that offer to speak."""
    line = floor.display.station.voices._lines.get("voice-1")
    return list(line.players) if line else []


def seen_untouched(page: Page, selector: str) -> bool:
    """Look without touching: whatever Playwright evaluates counts as the user's touch."""
    session = page.context.new_cdp_session(page)
    look = f"document.querySelector({selector!r}) !== null"
    told = session.send("Runtime.evaluate", {"expression": look, "userGesture": False})
    session.detach()
    return told["result"]["value"] is True


def test_when_the_hall_is_away_the_last_calls_stay_and_say_how_old_they_are(
    floor: Floor, browsers: dict[str, Browser]
) -> None:
    """The last test: it ends the hall."""
    label, _ = floor.call_somebody()
    wall = live(floor, browsers["free"], "/wall", ".wall", (1920, 1080))
    expect(wall.page.locator(".single-label")).to_have_text(label)
    last = floor.display.station.settings.data / "last.json"
    eventually(lambda: label.encode() in last.read_bytes())
    floor.hall.stop()
    stays_with_its_age(wall.page, label)
    wall.page.reload()
    stays_with_its_age(wall.page, label)
    wall.picture("live-wall-hall-away")
    wall.page.close()


def stays_with_its_age(page: Page, label: str) -> None:
    expect(page.locator(".header-stale")).to_contain_text("更新于", timeout=20_000)
    expect(page.locator(".single-label")).to_have_text(label)
