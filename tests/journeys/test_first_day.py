"""One citizen from the kiosk's glass to the clerk's last key, through all five programs.

Everything is done as people do it: touches, typing, function keys. What the hall then does stands
on paper, on bars, on screens, in a loudspeaker and in the ledger.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from running_hall import People
from sights import Sight, room, watch
from whole_hall import WholeHall, eventually

pytestmark = pytest.mark.browser
PATIENT_MS = 30_000
DEPARTMENT, ITEM = "国土资源局", "land-registration"
NEW_PASSWORD = "Clerk-2026!"
TOUCHES_MOST = 3


@dataclass
class Floor:
    """The hall with its screens switched on."""

    whole: WholeHall
    people: People
    browser: Browser
    contexts: list[BrowserContext]

    def open(self, url: str, width: int, height: int, **more: Any) -> Sight:
        context = room(self.browser, width, height, **more)
        self.contexts.append(context)
        return watch(context, url, self.whole.origins)

    def desk(self, clerk: str, window: int) -> Sight:
        """A clerk's console, seated at an open window."""
        cookie = self.people.clerks[clerk]
        sight = self.open(self.whole.console, 1366, 768, cookie=cookie, of=self.whole.hall.url)
        sit_down(sight.page, window)
        return sight

    def facts(self) -> dict[str, Any]:
        read = self.whole.hall.read("facts.read", cookie=self.people.administrator)
        return dict(read["facts"])

    def label_of_next(self) -> str:
        return str(self.whole.take(ITEM)["label"])


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    """Two clerks; recalls need no patience here, so that a test need not have it."""
    made = whole.hall.people(["staff-02", "staff-03"])
    rules = whole.hall.read("facts.read", cookie=made.administrator)["facts"]["queueing"]
    body = msgspec.json.encode({**rules, "recall_gap_s": 1, "miss_after_s": 1}).decode()
    whole.hall.must("fact.save", {"kind": "queueing", "body": body}, cookie=made.administrator)
    return made


@pytest.fixture
def floor(whole: WholeHall, people: People, browser: Browser) -> Iterator[Floor]:
    contexts: list[BrowserContext] = []
    yield Floor(whole, people, browser, contexts)
    for context in contexts:
        context.close()


def sit_down(page: Page, window: int) -> None:
    chosen = page.locator(".choose button", has=page.locator(f"b.number:text-is('{window}')"))
    desk = page.locator(".stage")
    expect(chosen.or_(desk)).to_be_visible(timeout=PATIENT_MS)
    if chosen.is_visible():
        chosen.click()
    opens = page.locator(".actions .main", has_text="上岗")
    ready = page.locator(".actions .main", has_text="呼叫下一位")
    expect(opens.or_(ready)).to_be_visible(timeout=PATIENT_MS)
    if opens.is_visible():
        opens.click()
    expect(ready).to_be_enabled(timeout=PATIENT_MS)


def headline(page: Page) -> Locator:
    return page.locator(".stage .headline")


def says(page: Page, text: str) -> None:
    expect(headline(page)).to_contain_text(text, timeout=PATIENT_MS)


def on_desk(page: Page, label: str) -> None:
    expect(page.locator(".stage .label")).to_have_text(label, timeout=PATIENT_MS)


def row(page: Page, tab: str, label: str) -> Locator:
    page.get_by_role("tab", name=re.compile(f"^{tab}")).click()
    return page.locator(".line li", has=page.locator(f".label:text-is('{label}')"))


def take_by_touch(floor: Floor) -> tuple[str, int]:
    """At the kiosk's glass: department, item, 取号; the number, and how often it was touched."""
    glass = floor.open(f"{floor.whole.kiosk}/", 1080, 1920, touch=True)
    touched = 0
    for target in (
        glass.page.locator("button.tile", has_text=DEPARTMENT),
        glass.page.locator(".read").first,
        glass.page.locator("button.take"),
    ):
        expect(target).to_be_enabled(timeout=PATIENT_MS)
        target.tap()
        touched += 1
    label = glass.page.locator(".stub .label")
    expect(label).to_have_text(re.compile(r"^\w\d{3}$"), timeout=PATIENT_MS)
    expect(glass.page.locator(".paper.printed")).to_be_visible(timeout=PATIENT_MS)
    glass.picture("journey-kiosk-number")
    assert glass.faults(least_target=88) == {}
    return str(label.text_content()).strip(), touched


def link_on_paper(whole: WholeHall, label: str) -> str:
    """The follow page's address on the paper with this number."""

    def found() -> str:
        for marks in whole.papers():
            if any(mark.get("text", "").strip() == label for mark in marks):
                return next(str(mark["text"]) for mark in marks if mark["kind"] == "qr")
        return ""

    return eventually(found, f"paper with {label}")


def sign_in_by_typing(floor: Floor) -> Sight:
    """A new clerk with a one-time password: types it, chooses an own one, takes window 1."""
    ask = {"account": "staff-01", "roles": ["clerk"], "staff_id": "staff-01"}
    made = floor.whole.hall.must("account.create", ask, cookie=floor.people.security)
    desk = floor.open(floor.whole.console, 1366, 768)
    page = desk.page
    page.locator("input[autocomplete=username]").press_sequentially("staff-01")
    page.locator("input[type=password]").press_sequentially(made["password"])
    page.keyboard.press("Enter")
    fields = page.locator("input[autocomplete=new-password]")
    expect(fields).to_have_count(2, timeout=PATIENT_MS)
    for one in (fields.nth(0), fields.nth(1)):
        one.press_sequentially(NEW_PASSWORD)
    page.keyboard.press("Enter")
    sit_down(page, 1)
    return desk


def test_from_the_glass_to_the_ledger(floor: Floor) -> None:
    whole = floor.whole
    wall = floor.open(f"{whole.display}/wall?voice=1", 1920, 1080)
    screen = floor.open(f"{whole.display}/window?window=1", 1280, 800)
    sounds: list[str] = []
    wall.page.on("response", lambda answer: sounds.append(answer.url))
    expect(wall.page.locator(".wall")).to_be_visible(timeout=PATIENT_MS)
    expect(screen.page.locator(".screen")).to_be_visible(timeout=PATIENT_MS)

    label, touches = take_by_touch(floor)
    assert touches <= TOUCHES_MOST

    phone = floor.open(link_on_paper(whole, label), 390, 844)
    expect(phone.page.locator("main")).to_contain_text(label, timeout=PATIENT_MS)
    phone.page.get_by_role("button", name="核对我的号票").click()
    expect(phone.page.locator(".verdict.kept")).to_contain_text("已记入台账", timeout=PATIENT_MS)
    phone.picture("journey-follow")

    desk = sign_in_by_typing(floor)
    desk.page.keyboard.press("F2")
    pressed_s = time.monotonic()
    on_desk(desk.page, label)
    expect(wall.page.locator(".single-label")).to_have_text(label, timeout=PATIENT_MS)
    expect(screen.page.locator(".board-label")).to_have_text(label, timeout=PATIENT_MS)
    print(f"F2 → wall and window screen: {time.monotonic() - pressed_s:.2f} s")
    eventually(lambda: [text for text in whole.lit() if label in text], "the bar of the window")
    wall.picture("journey-wall")
    screen.picture("journey-window")
    eventually(lambda: [url for url in sounds if url.endswith(".wav")], "a sound for the wall")
    eventually(lambda: whole.events("announcement.spoken"), "the word that it was heard")

    desk.page.keyboard.press("F7")
    says(desk.page, "办理")
    desk.picture("journey-console-serving")
    desk.page.keyboard.press("F8")
    expect(desk.page.locator(".tally dd").first).to_have_text("1", timeout=PATIENT_MS)
    chain_of_one_citizen(whole, label)
    for sight in (wall, screen, desk):
        assert sight.faults() == {}
    assert phone.faults(still=False) == {}


def chain_of_one_citizen(whole: WholeHall, label: str) -> None:
    """What must stand in the ledger, each after the other, with its proofs."""
    (taken,) = [event for event in whole.events("ticket.taken") if event["label"] == label]
    ticket = {"ticket_id": taken["ticket_id"]}

    def about(kind: str) -> list[dict[str, Any]]:
        return [event for event in whole.events(kind) if ticket.items() <= event.items()]

    steps = ["ticket.called", "ticket.started", "ticket.finished"]
    seqs = [taken["seq"], *(about(kind)[0]["seq"] for kind in steps)]
    assert seqs == sorted(set(seqs))
    called = about("ticket.called")[0]["seq"]
    printed = eventually(
        lambda: [e for e in whole.events("print.reported") if e["state"] == "confirmed"],
        "its paper",
    )
    assert printed[0]["seq"] > taken["seq"]
    shown = [e["display_id"] for e in whole.events("display.shown") if e["shown_seq"] == called]
    assert any("wall" in display for display in shown), shown
    spoken = whole.events("announcement.spoken")
    assert [event["spoken"] for event in spoken][:1] == [True], spoken


def test_every_act_of_a_desk_by_keyboard(floor: Floor) -> None:
    whole = floor.whole
    page = floor.desk("staff-02", 2).page
    first, second = floor.label_of_next(), floor.label_of_next()

    page.keyboard.press("F2")
    on_desk(page, first)
    page.keyboard.press("F10")  # too early: nobody is missed after one call
    assert not whole.events("ticket.missed")
    recall(page)
    expect(page.get_by_role("button", name=re.compile("^过号"))).to_be_enabled(timeout=PATIENT_MS)
    page.keyboard.press("F10")
    expect(page.locator(".stage .label")).to_have_count(0, timeout=PATIENT_MS)
    row(page, "过号", first).get_by_role("button", name="恢复").click()
    expect(row(page, "等候", first)).to_be_visible(timeout=PATIENT_MS)

    page.keyboard.press("F2")
    on_desk(page, second)
    page.keyboard.press("F7")
    says(page, "办理")
    page.keyboard.press("F6")
    choose_first_reason(page)
    held = row(page, "挂起", second)
    held.get_by_role("button", name="继续办理").click()
    on_desk(page, second)
    send_to_window_3_and_back(floor, page, second)


def recall(page: Page) -> None:
    """F3 as soon as the gap between calls has passed."""
    button = page.get_by_role("button", name=re.compile("^重呼"))
    expect(button).to_be_enabled(timeout=PATIENT_MS)
    page.keyboard.press("F3")
    expect(page.locator(".headline .count")).to_be_visible(timeout=PATIENT_MS)


def choose_first_reason(page: Page) -> None:
    expect(page.locator("dialog .reasons")).to_be_visible(timeout=PATIENT_MS)
    page.keyboard.press("1")
    expect(page.locator("dialog")).to_have_count(0, timeout=PATIENT_MS)


def send_to_window_3_and_back(floor: Floor, page: Page, label: str) -> None:
    """F4: to window 3 at once, and back here when it is done there."""
    other = floor.desk("staff-03", 3).page
    page.keyboard.press("F4")
    sheet = page.locator("dialog .transfer")
    sheet.get_by_role("tab", name="窗口").click()
    sheet.locator("li", has_text=re.compile(r"^\s*3\b")).locator("label").click()
    sheet.locator(".return").click()
    sheet.locator(".places label").first.click()
    sheet.locator(".primary").click()
    expect(page.locator("dialog")).to_have_count(0, timeout=PATIENT_MS)

    other.bring_to_front()
    expect(row(other, "等候", label)).to_be_visible(timeout=PATIENT_MS)
    other.keyboard.press("F2")
    on_desk(other, label)
    other.keyboard.press("F7")
    says(other, "办理")
    other.keyboard.press("F8")
    page.bring_to_front()
    expect(row(page, "等候", label)).to_be_visible(timeout=PATIENT_MS)
    kinds = ("ticket.missed", "ticket.brought_back", "ticket.held", "ticket.resumed")
    assert [len(floor.whole.events(kind)) for kind in kinds] == [1, 1, 1, 1]
    assert len(floor.whole.events("ticket.transferred")) >= 1


def test_the_rarer_acts_of_a_desk(floor: Floor) -> None:
    whole = floor.whole
    page = floor.desk("staff-02", 2).page
    mine = [floor.label_of_next() for _ in range(4)]
    chosen = mine[1]

    row(page, "等候", chosen).get_by_role("button", name="呼叫").click()
    choose_first_reason(page)
    on_desk(page, chosen)
    page.keyboard.press("F7")
    says(page, "办理")
    press(page, "加办事项")
    page.locator("dialog .items li button").first.click()
    eventually(lambda: whole.events("ticket.item_added"), "a further item")
    finish(page)
    assert next_one(page) == chosen, "the further item comes next at this window"
    page.keyboard.press("F7")
    finish(page)

    while (not_ready := next_one(page)) not in mine:  # whom other stories have left behind
        page.keyboard.press("F7")
        finish(page)
    press(page, "延后")
    page.locator("dialog li button").first.click()
    expect(row(page, "等候", not_ready)).to_be_visible(timeout=PATIENT_MS)
    leaves = next_one(page)
    assert leaves != not_ready
    press(page, "作废")
    choose_first_reason(page)
    expect(page.locator(".stage .label")).to_have_count(0, timeout=PATIENT_MS)

    press(page, "直接办理")
    page.locator("dialog .items li button").first.click()
    on_desk(page, "Z001")
    finish(page)
    chosen_calls = [one for one in whole.events("ticket.called") if one["mode"] == "chosen"]
    assert [(one["label"], bool(one["reason_id"])) for one in chosen_calls] == [(chosen, True)]
    for kind, label in (
        ("ticket.item_added", chosen),
        ("ticket.moved_back", not_ready),
        ("ticket.cancelled", leaves),
    ):
        assert whole.events(kind)[-1]["label"] == label, kind


def press(page: Page, act: str) -> None:
    button = page.locator(".actions").get_by_role("button", name=re.compile(f"^{act}"))
    expect(button).to_be_enabled(timeout=PATIENT_MS)
    button.click()


def next_one(page: Page) -> str:
    """F2 as soon as there is somebody to call; the number."""
    expect(page.locator(".actions .main", has_text="呼叫下一位")).to_be_enabled(timeout=PATIENT_MS)
    page.keyboard.press("F2")
    expect(page.locator(".stage .label")).to_be_visible(timeout=PATIENT_MS)
    return page.locator(".stage .label").inner_text().strip()


def finish(page: Page) -> None:
    expect(page.locator("dialog")).to_have_count(0, timeout=PATIENT_MS)
    done = page.locator(".actions .main", has_text="办结")
    expect(done).to_be_enabled(timeout=PATIENT_MS)
    done.click()
    expect(page.locator(".stage .label")).to_have_count(0, timeout=PATIENT_MS)


def test_a_clerk_reprints_a_ticket_and_reads_what_became_of_it(floor: Floor) -> None:
    whole = floor.whole
    floor.label_of_next()
    desk = floor.desk("staff-02", 2)
    page = desk.page
    page.keyboard.press("F2")
    says(page, "正在呼叫")
    label = page.locator(".stage .label").inner_text()
    paper = page.locator(".stage .paper")
    notices = page.locator(".notices li")
    expect(paper).to_have_count(0)
    again = page.get_by_role("button", name="补打号票")
    again.click()
    expect(paper).to_have_text("补打 1：取号机 kiosk-1 已打印", timeout=PATIENT_MS)
    expect(notices).to_have_text(f"{label} 补打 1：取号机 kiosk-1 已打印")
    assert any("补打 1" in str(mark.get("text")) for mark in whole.papers()[-1])
    desk.picture("journey-console-reprinted")

    whole.at_printer(fault="paper_out", on=True)
    again.click()
    expect(paper).to_have_text("补打 2：取号机 kiosk-1 没有打印（缺纸）", timeout=PATIENT_MS)
    desk.picture("journey-console-no-paper")
    whole.at_printer(action="load_paper")
    page.reload()
    expect(paper).to_have_text("补打 2：取号机 kiosk-1 没有打印（缺纸）", timeout=PATIENT_MS)

    before = len(whole.papers())
    page.get_by_role("button", name="代取号").click()
    page.locator("dialog .items li button").first.click()
    expect(notices.last).to_contain_text("号票：取号机 kiosk-1 已打印", timeout=PATIENT_MS)
    assert len(whole.papers()) == before + 1
    page.keyboard.press("F7")
    says(page, "办理")
    page.keyboard.press("F8")
    expect(page.locator(".stage .label")).to_have_count(0, timeout=PATIENT_MS)
    assert desk.faults() == {}
