"""A page in a real browser, and all that must not go wrong on it, measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

SOUND_ALLOWED = "--autoplay-policy=no-user-gesture-required"
ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"

# Pages that are not meant to scroll, and texts cut off without an ellipsis in any page. What moves
# on purpose (a marquee), is hidden, or is leafed through in columns may lie outside.
SPILLED = """(still) => {
  const root = document.scrollingElement;
  const found = [];
  const { scrollWidth, scrollHeight } = root;
  if (scrollWidth > innerWidth + 4) found.push(`page is ${scrollWidth} px wide`);
  if (still && scrollHeight > innerHeight + 4) found.push(`page is ${scrollHeight} px high`);
  for (const element of document.querySelectorAll('body *')) {
    if (!still || element.children.length || !element.textContent.trim()) continue;
    if (element.closest('.notices, .reading, [aria-hidden=true], .hidden-but-read')) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width < 2 || box.height < 2 || style.visibility === 'hidden') continue;
    let scrolls = false;
    for (let up = element.parentElement; up; up = up.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(up);
      if (/auto|scroll/.test(overflowX + overflowY)) scrolls = true;
    }
    if (scrolls) continue;
    const outside = box.left < -4 || box.top < -4 ||
      box.right > innerWidth + 4 || box.bottom > innerHeight + 4;
    if (outside) found.push(`outside: ${element.textContent.trim().slice(0, 30)}`);
  }
  return found;
}"""
# Who touches a label touches what it names.
SMALL_TARGETS = """(least) => [...document.querySelectorAll('button, a[href], input, select')]
  .map((target) => target.closest('label') ?? target)
  .map((target) => [target.textContent.trim(), target.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < least || box.height < least))
  .map(([text, box]) => `${text} ${box.width}×${box.height}`)"""
# Texts too faint on the ground they stand on: of a drawn ground its most favourable colour counts.
FAINT = """(least) => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => colour.slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const groundsOf = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const { backgroundImage, backgroundColor } = getComputedStyle(up);
      if (backgroundImage.includes('url(')) return [];
      const named = `${backgroundImage} ${backgroundColor}`.match(/rgba?\\([^)]*\\)/g) ?? [];
      const solid = named.map(parts).filter(([, , , alpha = 1]) => alpha > 0.9);
      if (solid.length > 0) return solid;
    }
    return [[255, 255, 255]];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.textContent.trim()).join('');
    const seen = element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
    if (!text || !seen) continue;
    if (element.closest('[aria-hidden=true], .hidden-but-read')) continue;
    const { color } = getComputedStyle(element);
    const best = Math.max(...groundsOf(element).map((ground) => ratio(parts(color), ground)));
    if (color.startsWith('rgb') && best > 0 && best < least) {
      faint.push(`${text.slice(0, 20)} ${best.toFixed(1)}`);
    }
  }
  return faint;
}"""
FAINTEST = 3.0
"""What large letters need at least; small ones are held to more by the look's own colours."""
# A sign without a glyph is drawn as the same box as one that no font can have.
TOFU = """() => {
  const paint = (text) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 48;
    const brush = canvas.getContext('2d', { willReadFrequently: true });
    brush.font = `32px ${getComputedStyle(document.body).fontFamily}`;
    brush.fillText(text, 4, 36);
    return canvas.toDataURL();
  };
  const box = paint('\\uFFFF');
  const fields = [...document.querySelectorAll('[placeholder]')].map((field) => field.placeholder);
  const texts = document.body.innerText + fields.join('');
  return [...new Set(texts.replace(/\\s/g, ''))].filter((sign) => paint(sign) === box);
}"""


@dataclass
class Sight:
    """A page, with whatever went wrong on it since it was opened."""

    page: Page
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def picture(self, name: str) -> Path:
        """Keep what it looks like, to be looked at."""
        path = ARTIFACTS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
        return path

    def faults(self, *, still: bool = True, least_target: int = 0) -> dict[str, list[str]]:
        """All that is wrong with it; empty when nothing is. ``still`` pages never scroll."""
        found = {
            "errors": self.errors,
            "strangers": self.strangers,
            "spilled": self.page.evaluate(SPILLED, still),
            "faint": self.page.evaluate(FAINT, FAINTEST),
            "tofu": self.page.evaluate(TOFU),
            "small": self.page.evaluate(SMALL_TARGETS, least_target) if least_target else [],
        }
        return {kind: faults for kind, faults in found.items() if faults}


def room(
    browser: Browser,
    width: int,
    height: int,
    *,
    cookie: str = "",
    of: str = "",
    touch: bool = False,
) -> BrowserContext:
    """A browser window of its own, signed in when a cookie is given."""
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch)
    context.set_default_timeout(30_000)
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": of}])
    return context


def watch(context: BrowserContext, url: str, origins: tuple[str, ...]) -> Sight:
    """Open a page; it may ask only these origins."""
    page = context.new_page()
    sight = Sight(page)

    def asked(address: str) -> None:
        if not address.startswith(origins):
            sight.strangers.append(address)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            sight.errors.append(f"{message.text} {message.location['url']}")

    page.on("pageerror", lambda error: sight.errors.append(str(error)))
    page.on("console", said)
    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))
    page.goto(url)
    return sight
