"""What every screen of the floor must keep, measured in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from sights import FAINT, FAINTEST

ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"

# Texts that lie outside the screen, or are cut off without an ellipsis. What is hidden, runs as a
# marquee, or is leafed through in columns may do so.
CUT_OFF = """() => {
  const cut = [];
  for (const element of document.querySelectorAll('#app *')) {
    if (element.children.length || !element.textContent.trim()) continue;
    if (element.closest('.notices, .reading')) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const style = getComputedStyle(element);
    const outside = box.left < -4 || box.top < -4 ||
      box.right > innerWidth + 4 || box.bottom > innerHeight + 4;
    const clipped = style.display !== 'inline' && style.textOverflow !== 'ellipsis' &&
      style.display !== 'flow-root' && element.scrollWidth > element.clientWidth + 2;
    if (outside || clipped) cut.push(element.className + ': ' + element.textContent.trim());
  }
  return cut;
}"""
OVERLAPPING = """(selector) => {
  const parts = [...document.querySelectorAll(selector)].filter((part) => part.offsetHeight);
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const wrong = [];
  for (let one = 0; one < boxes.length; one += 1) {
    for (let other = one + 1; other < boxes.length; other += 1) {
      const [a, b] = [boxes[one], boxes[other]];
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2) {
        wrong.push(parts[one].className + ' / ' + parts[other].className);
      }
    }
  }
  return wrong;
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button')]
  .map((button) => [button.textContent.trim(), button.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 88 || box.height < 88))
  .map(([text, box]) => `${text} ${box.width}×${box.height}`)"""
TOFU = """() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 24;
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  brush.font = `20px ${getComputedStyle(document.body).fontFamily}`;
  const paint = (text) => {
    brush.clearRect(0, 0, 24, 24);
    brush.fillText(text, 2, 20);
    return brush.getImageData(0, 0, 24, 24).data.join();
  };
  const box = paint('\\u{10FFFD}');
  const signs = new Set(document.querySelector('#app').textContent.replace(/\\s/g, ''));
  return [...signs].filter((sign) => paint(sign) === box);
}"""


@dataclass
class Screen:
    """A page, with whatever went wrong on it."""

    page: Page
    allowed: tuple[str, ...]
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def picture(self, name: str) -> None:
        """Keep what it looks like, to be looked at."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(ARTIFACTS / f"{name}.png"))

    def faults(self) -> dict[str, list[str]]:
        """All that is wrong with it; empty when nothing is."""
        found = {
            "errors": self.errors,
            "strangers": self.strangers,
            "cut off": self.page.evaluate(CUT_OFF),
            "faint": self.page.evaluate(FAINT, FAINTEST),
            "tofu": self.page.evaluate(TOFU),
        }
        return {kind: faults for kind, faults in found.items() if faults}


def open_screen(
    browser: Browser, address: str, size: tuple[int, int], *allowed: str, ready: str
) -> Screen:
    """Open a page at a size; it may ask only the addresses that are allowed."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height})
    screen = Screen(page, allowed)
    page.on("pageerror", lambda error: screen.errors.append(str(error)))
    page.on("request", lambda request: _watch(screen, request.url))
    page.goto(address)
    page.wait_for_selector(ready)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)  # what comes in has come to rest
    return screen


def _watch(screen: Screen, url: str) -> None:
    if not url.startswith((*screen.allowed, "data:", "blob:")):
        screen.strangers.append(url)
