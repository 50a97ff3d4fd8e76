"""The kiosk page's screens: the way to each, and what must hold of every one."""

import re
from collections.abc import Callable

from kiosk_scene import NOT_TAKEN, PAPER_OUT, Scene
from playwright.sync_api import Page, expect

from hall_server.contract.link import LinkState
from hall_server.contract.messages.queueing import LegState
from kiosk.messages import CardState, PaperState, PressState

# What must hold of every screen: nothing outside, nothing cut, nothing too small to hit.
LOOK = """() => {
  const faults = [], wide = innerWidth, high = innerHeight;
  const name = (e) => `${e.className} “${e.textContent.trim().slice(0, 20)}”`;
  const buttons = [...document.querySelectorAll('button')]
    .map((e) => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
  for (const [e, r] of buttons) {
    const least = innerHeight < 900 ? 63.5 : 87.5;  // fewer dots on a screen of the same size
    if (r.height < least || r.width < least)
      faults.push(`small ${Math.round(r.width)}x${Math.round(r.height)} ${name(e)}`);
    if (r.left < -1 || r.top < -1 || r.right > wide + 1 || r.bottom > high + 1)
      faults.push(`outside ${name(e)}`);
    for (const c of e.children) {
      const q = c.getBoundingClientRect();
      if (q.bottom > r.bottom + 2 || q.right > r.right + 2 || q.top < r.top - 2)
        faults.push(`spills ${name(e)} ${c.className}`);
    }
  }
  const boxes = document.querySelector('[aria-modal]') ?
    buttons.filter(([e]) => e.closest('[aria-modal]')) : buttons;
  boxes.forEach(([a, r], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const over = Math.min(r.right, q.right) - Math.max(r.left, q.left);
    const under = Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top);
    if (over > 1 && under > 1) faults.push(`overlap ${name(a)} ${name(b)}`);
  }));
  for (const e of document.querySelectorAll('body, main, main *')) {
    const style = getComputedStyle(e);
    if (e.scrollHeight > e.clientHeight + 6 && e.clientHeight > 0
      && /auto|scroll|hidden/.test(style.overflowY) && !e.matches('.hidden-but-read'))
      faults.push(`cut by ${e.scrollHeight - e.clientHeight} ${name(e)}`);
  }
  const middle = document.querySelector('main');
  if (middle.scrollHeight > middle.clientHeight + 2) faults.push('the middle overflows');
  return faults;
}"""
BOXES = """(signs) => {
  const draw = (text) => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    canvas.width = canvas.height = 60;
    pen.font = '40px ' + getComputedStyle(document.body).fontFamily;
    pen.fillText(text, 0, 40);
    return canvas.toDataURL();
  };
  const missing = draw('\\u{10FFFF}');
  return [...signs].filter((sign) => draw(sign) === missing);
}"""

TICKET = "http://127.0.0.1:8080/t/AbCdEfGhIjKlMnOp#receipt"
Steps = Callable[[Page, Scene], None]


def department(page: Page) -> None:
    page.locator("main .tile").first.click()
    expect(page.locator(".row").first).to_be_visible()


def guide(page: Page) -> None:
    department(page)
    page.locator(".read").first.click()
    expect(page.locator(".guide .glance")).to_be_visible()


def number(page: Page) -> None:
    department(page)
    page.locator(".row .take:enabled").first.click()
    expect(page.locator(".result")).to_be_visible()


def home_again(page: Page, scene: Scene) -> None:
    number(page)
    scene.settle(scene.presses[-1].press_id, PaperState.RETRACTED)
    page.locator(".result .done").click()
    expect(
        page.locator(".notice, [role='status']", has_text=re.compile("收回|drawn"))
    ).to_be_visible()


def elder(page: Page) -> None:
    page.locator("footer .touch").first.click()
    expect(page.locator(".action").first).to_be_visible()


def enquire(page: Page, place: int = 0) -> None:
    page.locator(".enquire .tile").nth(place).click()
    expect(page.locator("main .title").first).to_be_visible()


def article(page: Page) -> None:
    enquire(page)
    page.locator("main .row").first.click()
    expect(page.locator(".paragraph").first).to_be_visible()


def priority(page: Page) -> None:
    department(page)
    page.locator(".priority").click()
    expect(page.locator("[aria-modal]")).to_be_visible()


def card(page: Page, scene: Scene, laid: CardState | None = None) -> None:
    department(page)
    page.locator(".row .take:enabled").first.click()
    expect(page.locator("[aria-modal]")).to_be_visible()
    if laid:
        scene.lay_card("card-of-a-citizen", laid)
        expect(page.locator(".told")).to_contain_text(re.compile("重新放置|lay it again"))


def code(page: Page, scene: Scene, text: str) -> None:
    scene.hold_code(f"scan-{len(scene.scans):08}", text)
    expect(page.locator(".screen.place, .screen.result")).to_be_visible()


def elder_into(page: Page, place: int, then: Callable[[Page], None] | None = None) -> None:
    elder(page)
    page.locator(".action").nth(place).click()
    expect(page.locator("main .tile").first).to_be_visible()
    if then:
        then(page)


def elder_place(page: Page, scene: Scene) -> None:
    elder(page)
    code(page, scene, TICKET)


# A way through the page, and the scene that is played meanwhile.
SCREENS: dict[str, tuple[dict[str, object], Steps]] = {
    "home": ({}, lambda _page, _scene: None),
    "items": ({}, lambda page, _: department(page)),
    "guide": ({}, lambda page, _: guide(page)),
    "priority": ({}, lambda page, _: priority(page)),
    "category": ({}, lambda page, _: enquire(page)),
    "article": ({}, lambda page, _: article(page)),
    "printed": ({}, lambda page, _: number(page)),
    "printing": ({"paper": PaperState.PRINTING}, lambda page, _: number(page)),
    "no_paper": ({"paper": PaperState.FAILED}, lambda page, _: number(page)),
    "uncertain": ({"paper": PaperState.UNCERTAIN}, lambda page, _: number(page)),
    "refused": ({"press": PressState.REFUSED}, lambda page, _: number(page)),
    "pending": ({"press": PressState.PENDING}, lambda page, _: number(page)),
    "place": ({}, lambda page, scene: code(page, scene, TICKET)),
    "place_called": (
        {"place": LegState.CALLED},
        lambda page, scene: code(page, scene, TICKET),
    ),
    "place_no_window": (
        {"has_window": False},
        lambda page, scene: code(page, scene, TICKET),
    ),
    "checked_in": ({}, lambda page, scene: code(page, scene, "booked-for-nine-o-clock")),
    "strange_code": ({}, lambda page, scene: code(page, scene, "6923450657713")),
    "card": ({"cards": True}, card),
    "card_unreadable": (
        {"cards": True},
        lambda page, scene: card(page, scene, CardState.UNREADABLE),
    ),
    "card_away": ({"cards": True, "reads_cards": False}, card),
    "help": ({}, lambda page, _: page.locator("footer .call").click()),
    "closed": ({"refusal": "hall_closed"}, lambda _page, _scene: None),
    "lost": ({"link": LinkState.LOST}, lambda _page, _scene: None),
    "stranger": ({"link": LinkState.NOT_ENROLLED}, lambda _page, _scene: None),
    "paper_out": ({"printer": PAPER_OUT}, lambda _page, _scene: None),
    "not_taken": ({"printer": NOT_TAKEN}, lambda _page, _scene: None),
    "retracted": ({"paper": PaperState.RETRACTED}, lambda page, _: number(page)),
    "retracted_at_home": ({"paper": PaperState.RETRACTED}, home_again),
    "starting": ({"knows": False, "link": LinkState.STARTING}, lambda _page, _scene: None),
    "elder_home": ({}, lambda page, _: elder(page)),
    "elder_departments": ({}, lambda page, _: elder_into(page, 0)),
    "elder_items": ({}, lambda page, _: elder_into(page, 0, department)),
    "elder_guide": ({}, lambda page, _: elder_into(page, 0, guide)),
    "elder_printed": ({}, lambda page, _: elder_into(page, 0, number)),
    "elder_no_paper": (
        {"paper": PaperState.FAILED},
        lambda page, _: elder_into(page, 0, number),
    ),
    "elder_place": (
        {},
        elder_place,
    ),
    "elder_card": (
        {"cards": True},
        lambda page, scene: elder_into(page, 0, lambda inner: card(inner, scene)),
    ),
    "elder_categories": ({}, lambda page, _: elder_into(page, 2)),
}
