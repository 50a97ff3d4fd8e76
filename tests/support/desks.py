"""A hall with clerks, a monitor, and a browser that looks at the pages of staff and of phones."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep, time_ns
from typing import Any

from playwright.sync_api import Page
from running_hall import PASSWORD, People, RunningHall, free_port

from monitor.pages import MonitorServer, Premises
from monitor.station import Settings, Station

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
NINE_O_CLOCK = 1_795_482_000_000
RATE = 20
WITHIN_S = 20.0

# What no page may do: be wider than its screen, or let a text be cut off where nothing scrolls. A
# phone's page scrolls as a whole, a desk's never.
SPILLED = """(scrollsAsWhole) => {
  const wrong = [];
  const root = document.documentElement;
  const wider = root.scrollWidth - innerWidth;
  if (wider > 1) wrong.push(`page wider by ${wider}`);
  const scrolls = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return true;
    }
    return false;
  };
  for (const element of document.querySelectorAll('#app *')) {
    if (element.children.length || !element.textContent.trim()) continue;
    if (element.closest('.hidden-but-read, option, title, .notices')) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const style = getComputedStyle(element);
    const outside = box.left < -1 || box.right > innerWidth + 1 ||
      (!scrollsAsWhole && !scrolls(element) && (box.top < -1 || box.bottom > innerHeight + 1));
    const clipped = style.display !== 'inline' && style.textOverflow !== 'ellipsis' &&
      element.scrollWidth > element.clientWidth + 2;
    if (outside || clipped) wrong.push(`${element.className}: ${element.textContent.trim()}`);
  }
  return wrong;
}"""


@dataclass
class House:
    """Where everything is, and whoever works there."""

    hall: RunningHall
    people: People
    monitor_url: str
    items: list[str]

    def ask(self, clerk: str, name: str, **body: object) -> dict[str, Any]:
        """A clerk's ask by HTTP."""
        return self.hall.must(name, dict(body), cookie=self.people.clerks[clerk])

    def legs(self) -> list[dict[str, Any]]:
        """All legs of the day."""
        legs = self.hall.read("hall.snapshot", cookie=self.people.supervisor)["legs"]
        return [dict(leg) for leg in legs]

    @contextmanager
    def away(self) -> Iterator[None]:
        """The hall does not answer for a while."""
        process = self.hall.process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)


@contextmanager
def open_house(folder: Path, clerks: list[str], pages: Path) -> Iterator[House]:
    """A hall whose clock runs faster, with its day open, and a monitor."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    clock = ["--clock-start", str(NINE_O_CLOCK), "--clock-rate", str(RATE)]
    devices = ["--simulated-devices-from", str(free_port())]
    arguments = [*clock, *devices, "--origin", origin, "--pages", str(pages), "--no-limits"]
    hall = RunningHall(folder / "hall", free_port(), arguments).start()
    settings = Settings(hall.url, "monitor-1", folder / "monitor", origin)
    station = Station(settings, lambda: time_ns() // 1_000_000)
    server = MonitorServer(("127.0.0.1", port), Premises(station, pages))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        people = hall.people(clerks)
        eventually(lambda: hall.read("hall.snapshot", cookie=people.supervisor)["day"])
        facts = hall.read("facts.read", cookie=people.supervisor)["facts"]
        items = [item["id"] for item in facts["items"] if item["queue"] == "general"]
        yield House(hall, people, origin, items)
    finally:
        server.shutdown()
        server.server_close()
        hall.stop()


def eventually(holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait until this holds."""
    deadline_s = monotonic() + within_s
    while not holds():
        assert monotonic() < deadline_s, "it did not come to pass in time"
        sleep(0.05)


def sign_in(page: Page, account: str) -> None:
    """Through the page's own form."""
    page.fill("input[autocomplete=username]", account)
    page.fill("input[autocomplete=current-password]", PASSWORD)
    page.click("form .go")


def barriers(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]
