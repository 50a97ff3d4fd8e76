"""The pictures of the README: a living hall, looked at by a browser, at half size.

Run it after the pages changed, with nothing else to do on the machine:

    ./hall test --collect-only -q >/dev/null      # sets up what is missing
    PYTHONPATH=.:tests/support .venv/bin/python tests/journeys/pictures.py [NAME ...]

It starts a hall of its own on a Tuesday morning, lets citizens take numbers and clerks serve some
of them, and writes docs/pictures/*.png, or only those that are named.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from running_hall import ROOT, People
from sights import SOUND_ALLOWED, room, watch
from whole_hall import WholeHall, built_pages, eventually, whole_hall

PICTURES = ROOT / "docs" / "pictures"
LARGEST_BYTES = 150_000
HALF_PAST_TEN_S = 1_795_487_400
"""Tuesday, 24 November 2026, 10:30 in Beijing."""
FOUND_WITHIN_S = 150.0
RULES = """
[limits]
vacancy_s = 10
vacancy_serving_s = 10
vacancy_unsure_s = 0
"""
"""A drawn clerk who leaves the seat twice a minute is found soon."""
CLERKS = [f"staff-{number:02}" for number in range(1, 6)]
ITEMS = ["land-registration", "homestead", "org-code", "metrology", "marriage", "land-archive"]


@dataclass
class Studio:
    """A living hall and a camera."""

    whole: WholeHall
    people: People
    browser: Browser
    wanted: list[str]
    """Names of pictures; empty: all."""

    def wants(self, *names: str) -> bool:
        """Whether one of these is to be taken."""
        return not self.wanted or bool({*names} & {*self.wanted})

    def shoot(
        self,
        name: str,
        url: str,
        size: tuple[int, int],
        *,
        cookie: str = "",
        prepare: Callable[[Page], None] | None = None,
    ) -> None:
        """Open, let it come to rest, keep it at half size in few colours."""
        if not self.wants(name):
            return
        context = room(self.browser, *size, cookie=cookie, of=self.whole.hall.url)
        page = watch(context, url, self.whole.origins).page
        page.wait_for_load_state("load")
        page.wait_for_timeout(1_500)
        if prepare:
            prepare(page)
            page.wait_for_timeout(1_500)
        keep(page.screenshot(), PICTURES / f"{name}.png")
        context.close()


def keep(picture: bytes, path: Path) -> None:
    """Write a picture at half size, with as many colours as its size allows."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    half = whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    for colours in (256, 128, 64, 32):
        few = half.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return
    raise ValueError(f"{path.name} is too large")


def live(whole: WholeHall) -> People:
    """Clerks sit down, citizens come, some are served, one is being called."""
    people = whole.hall.people(CLERKS)
    for number, clerk in enumerate(CLERKS, start=1):
        ask(whole, people, clerk, "window.open", window_id=f"window-{number}")
    for turn in range(9):
        whole.take(ITEMS[turn % len(ITEMS)], "elderly" if turn == 5 else "")
    for number, clerk in enumerate(CLERKS, start=1):
        leg = call(whole, people, clerk, number)
        ask(whole, people, clerk, "ticket.start", leg_id=leg)
        if number <= 3:
            ask(whole, people, clerk, "ticket.finish", leg_id=leg)
    for turn in range(7):
        whole.take(ITEMS[turn % len(ITEMS)])
    ask(whole, people, "staff-01", "ticket.start", leg_id=call(whole, people, "staff-01", 1))
    call(whole, people, "staff-02", 2)
    return people


def call(whole: WholeHall, people: People, clerk: str, number: int) -> int:
    return int(ask(whole, people, clerk, "ticket.call_next", window_id=f"window-{number}"))


def ask(whole: WholeHall, people: People, clerk: str, name: str, **body: object) -> int:
    answer = whole.hall.must(name, body, cookie=people.clerks[clerk])
    return int(answer.get("leg_id", 0))


def stated(folder: Path) -> list[str]:
    """The demonstration's cameras, the clerk of the first often away; words for the launcher."""
    cameras = (ROOT / "config/cameras/demonstration.toml").read_text(encoding="utf-8")
    often = cameras.replace("demo://window-1", "demo://window-1?round_s=36&away_s=20")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cameras.toml").write_text(often, encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    return ["--cameras", str(folder / "cameras.toml"), "--rules", str(folder / "rules.toml")]


def shoot_cameras(studio: Studio) -> None:
    """What of cameras supervisors and administrators see."""
    whole, people, size = studio.whole, studio.people, (1366, 768)
    boss, keeper = people.supervisor, people.administrator
    studio.shoot("zones", whole.monitor, size, cookie=keeper, prepare=draw)
    if studio.wants("finding", "lookback", "export"):
        eventually(lambda: found(studio), "a finding of the analyser", FOUND_WITHIN_S)
    if studio.wants("export"):
        ask_export(studio)
    studio.shoot("cameras", whole.monitor, size, cookie=boss, prepare=look)
    studio.shoot("finding", whole.monitor, size, cookie=boss, prepare=open_finding)
    studio.shoot("lookback", whole.monitor, size, cookie=boss, prepare=look_back)
    studio.shoot("export", whole.monitor, size, cookie=boss, prepare=open_export)


def found(studio: Studio) -> bool:
    told = studio.whole.hall.read("finding.list", cookie=studio.people.supervisor)["findings"]
    return any(one["rule"] == "vacancy" for one in told)


def ask_export(studio: Studio) -> None:
    """An auditor asks; the supervisor has yet to decide."""
    ends_at = studio.whole.hall.read("hall.snapshot", cookie=studio.people.supervisor)["at"]
    asked = {
        "window_id": "window-1",
        "camera_id": "",
        "begins_at": ends_at - 60_000,
        "ends_at": ends_at,
        "purpose": "complaint",
        "copy": "masked",
        "note": "群众反映窗口无人，核实当时情况",
    }
    studio.whole.hall.must("export.ask", asked, cookie=studio.people.auditor)


def draw(page: Page) -> None:
    page.click("header .set_up")
    page.click(".list li button >> nth=0")
    page.click(".draw")
    page.click(".draws .take")
    page.wait_for_selector(".stage img")
    page.click(".zones li .pick >> nth=0")


def look(page: Page) -> None:
    page.click("header .cameras")
    page.click(".why .reasons button >> nth=0")
    page.locator(".tile img").nth(1).wait_for()


def open_finding(page: Page) -> None:
    page.click("header .findings")
    page.click("main.findings .list li button:has-text('座位无人') >> nth=-1")
    page.locator(".picture.shown img").nth(3).wait_for()


def look_back(page: Page) -> None:
    open_finding(page)
    page.click(".detail .clip")
    page.click(".why .reasons button >> nth=1")
    page.wait_for_selector(".screen time")


def open_export(page: Page) -> None:
    page.click("header .exports")
    page.click("main.exports .list li button >> nth=0")


def shoot_all(studio: Studio) -> None:
    whole, people = studio.whole, studio.people
    studio.shoot("kiosk", f"{whole.kiosk}/", (1080, 1920))
    studio.shoot("console", whole.console, (1366, 768), cookie=people.clerks["staff-02"])
    studio.shoot("wall", f"{whole.display}/wall", (1920, 1080))
    studio.shoot("window", f"{whole.display}/window?window=2", (1280, 800))
    studio.shoot("guide", f"{whole.display}/guide", (1920, 1080))
    studio.shoot("simulator", f"{whole.simulator}/", (1366, 900))
    studio.shoot(
        "admin", f"{whole.admin}#/items/marriage", (1366, 768), cookie=people.administrator
    )
    studio.shoot("monitor", f"{whole.monitor}/", (1920, 1080), cookie=people.supervisor)
    studio.shoot("follow", newest_link(whole), (390, 844), prepare=check_receipt)
    shoot_cameras(studio)


def check_receipt(page: Page) -> None:
    page.get_by_role("button", name="核对我的号票").click()


def newest_link(whole: WholeHall) -> str:
    marks = eventually(whole.papers, "paper")[-1]
    return next(str(mark["text"]) for mark in marks if mark["kind"] == "qr")


def at_half_past_ten() -> None:
    """Let every program that is started from here believe so."""
    os.environ["PYTHONPATH"] = str(ROOT / "tests" / "support" / "other_time")
    os.environ["HALL_LATER_BY_S"] = str(HALF_PAST_TEN_S - int(time.time()))


def main(wanted: list[str]) -> int:
    """Take the pictures."""
    built_pages()
    at_half_past_ten()
    known = ("chromium", "chromium-headless-shell")
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, known)), "")
    folder = Path(tempfile.mkdtemp(prefix="hall-"))
    try:
        with whole_hall(folder / "data", *stated(folder)) as whole, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium or None, args=["--no-sandbox", SOUND_ALLOWED]
            )
            shoot_all(Studio(whole, live(whole), browser, wanted))
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
