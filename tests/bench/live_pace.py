"""How late a picture is in a browser, and what live pictures cost: the real page, the real door.

A film of 720p at 25 pictures a second, with grain over half of it, is coded here, each picture with
its own time drawn into it as black and white blocks, and given to the door in the recorder's place.
A real browser plays it on the supervisor's page; a script beside it reads the blocks back as each
picture is shown. Coding is part of what is measured; a camera's own delay and the network are not.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import sync_playwright
from sights import SOUND_ALLOWED, room, watch
from whole_hall import WholeHall, built_pages, children, whole_hall

from config.launch import LIVE_OFFSET
from monitor.feed.packets import Packet, Quality, StreamEnd, StreamStart
from monitor.feed.server import Feed

CAMERA, RUN, RATE = "window-1", "0000aaaa", 25
WIDTH, HEIGHT, BITS = 1280, 720, 24
ROUND = 2**BITS
PICTURES, VIEWERS, SPELL_S = 300, 30, 10.0
AddRow = Callable[[str, str, str], None]
READ_BACK = """([count, bits]) => new Promise((resolve) => {
  const video = document.querySelector('.tile video');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bits * 4, 4];
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const late = [];
  const read = () => {
    const now = Date.now() % 2 ** bits;
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const points = brush.getImageData(0, 1, canvas.width, 1).data;
    let shown = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      shown = shown * 2 + (points[(bit * 4 + 2) * 4] > 127 ? 1 : 0);
    }
    late.push((now - shown + 2 ** bits) % 2 ** bits);
    if (late.length < count) video.requestVideoFrameCallback(read);
    else resolve(late);
  };
  video.requestVideoFrameCallback(read);
})"""


def measure(add_row: AddRow) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium"))), None)
    if browser is None:
        print("  no Chromium: live pictures are left out")
        return
    built_pages()
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        data = Path(folder, "whole")
        with whole_hall(data) as whole, filming(whole, data):
            cookie = whole.hall.people([]).supervisor
            late_ms = sorted(seen_in(browser, whole, cookie))
            p95 = late_ms[int(len(late_ms) * 0.95)]
            shown = f"p50 {statistics.median(late_ms):.0f} ms, p95 {p95} ms"
            add_row(f"live picture, coded → shown: 720p{RATE}", shown, "")
            asked = {"camera_ids": [CAMERA], "note": "bench"}
            word = str(whole.hall.must("camera.admit", asked, cookie=cookie)["token"])
            one, rate = cost(whole, word, 1)
            add_row(f"live door, 1 viewer, {rate:.1f} Mbit/s", f"{one * 100:.1f} % of a core", "")
            many, rate = cost(whole, word, VIEWERS)
            told = f"live door, {VIEWERS} viewers, {rate:.1f} Mbit/s each"
            add_row(told, f"{many * 100:.1f} % of a core", f"{many / one:.1f} × one viewer")


def child(whole: WholeHall, name: str) -> int:
    return next(number for number, words in children(whole.launcher.pid) if name in words)


@contextmanager
def filming(whole: WholeHall, data: Path) -> Iterator[None]:
    """Our film in place of the recorder, which stands still meanwhile."""
    recorder = child(whole, "monitor.recorder")
    os.kill(recorder, signal.SIGSTOP)
    feed, is_over = Feed(data / "monitor-1"), threading.Event()
    feed.start()
    camera = threading.Thread(target=film, args=(feed, is_over))
    camera.start()
    try:
        yield
    finally:
        is_over.set()
        camera.join()
        feed.stop()
        os.kill(recorder, signal.SIGCONT)


def film(feed: Feed, is_over: threading.Event) -> None:
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    coder.framerate, coder.gop_size = RATE, RATE  # type: ignore[assignment]
    coder.bit_rate = 2_000_000
    coder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    grain = np.random.default_rng(1).integers(90, 130, (HEIGHT // 2, WIDTH)).astype(np.uint8)
    edges = np.arange(WIDTH) * BITS // WIDTH
    start = StreamStart(
        camera=CAMERA,
        run=RUN,
        quality=Quality.MAIN,
        codec="avc1.42c01f",
        width=WIDTH,
        height=HEIGHT,
        extradata=b"",
        time_base=(1, RATE),
    )
    feed.started(start)
    began_s = time.monotonic()
    number = 0
    while not is_over.wait(max(0.0, began_s + number / RATE - time.monotonic())):
        at_ms = time.time_ns() // 1_000_000
        bits = [at_ms % ROUND >> place & 1 for place in reversed(range(BITS))]
        picture[: HEIGHT // 2] = np.where(np.array(bits)[edges], 235, 16)
        picture[HEIGHT // 2 : HEIGHT] = np.roll(grain, number * 7, axis=1)
        frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts = number
        for coded in coder.encode(frame):
            feed.packet(
                Packet(
                    camera=CAMERA,
                    run=RUN,
                    quality=Quality.MAIN,
                    arrived_at_ms=at_ms,
                    monotonic_ms=time.monotonic_ns() // 1_000_000,
                    pts=number,
                    dts=number,
                    is_key=coded.is_keyframe,
                    data=bytes(coded),
                )
            )
        number += 1
    feed.ended(StreamEnd(camera=CAMERA, run=RUN, quality=Quality.MAIN, at_ms=0, cause="stopped"))


def seen_in(program: str, whole: WholeHall, cookie: str) -> list[int]:
    """How late each picture is, once it has begun to run evenly."""
    with sync_playwright() as playwright:
        words = ["--no-sandbox", SOUND_ALLOWED]
        browser = playwright.chromium.launch(executable_path=program, args=words)
        with room(browser, 1366, 768, cookie=cookie, of=whole.hall.url) as context:
            page = watch(context, f"{whole.monitor}/?lang=zh", whole.origins).page
            page.click("header .cameras")
            page.click(".why .reasons button >> nth=0")
            page.click(f'.tile[data-camera="{CAMERA}"]')
            page.wait_for_selector(".tile .live")
            late = page.evaluate(READ_BACK, [PICTURES, BITS])
        browser.close()
    return list(late[PICTURES // 4 :])


def cost(whole: WholeHall, word: str, viewers: int) -> tuple[float, float]:
    """What the door takes of a core while so many look, and Mbit/s of whom is given least."""
    given = [0] * viewers
    door = child(whole, "monitor.live")
    with ExitStack() as looks:
        for number in range(viewers):
            address = ("127.0.0.1", whole.hall.port + LIVE_OFFSET)
            line = looks.enter_context(closing(http.client.HTTPConnection(*address, timeout=10)))
            line.request("GET", f"/live/{CAMERA}", headers={"Authorization": f"Bearer {word}"})
            answer = line.getresponse()
            assert answer.status == 200, answer.status
            threading.Thread(target=swallow, args=(answer, given, number), daemon=True).start()
        time.sleep(1.0)
        before_s, before = processor_s(door), [*given]
        time.sleep(SPELL_S)
        spent_s = processor_s(door) - before_s
        least = min(now - then for now, then in zip(given, before, strict=True))
    return spent_s / SPELL_S, least * 8 / SPELL_S / 1e6


def swallow(answer: http.client.HTTPResponse, given: list[int], number: int) -> None:
    try:
        while data := answer.read1(65536):
            given[number] += len(data)
    except (OSError, AttributeError, ValueError):
        return  # closed beneath it: the spell is over


def processor_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    measure(lambda *row: print(*row, file=sys.stdout))
