"""From ``./hall run`` to its pages: warm, with everything set up and a day's data there.

The floor is what the largest program cannot do without: an interpreter that has loaded the server's
libraries. Five programs start at once, so on two cores they wait for one another.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from running_hall import ROOT
from whole_hall import free_ports

LIBRARIES = """
from config.loading import left_out
with left_out("redis"):
    import alembic, cryptography, flask_socketio, msgspec, sqlalchemy
"""
WITHIN_S = 90.0
PAGES = ("/console", "/", "/wall", "/")
"""Of hall, kiosk, display and monitor, whose ports follow one another."""
AddRow = Callable[[str, str, str], None]


def measure(folder: Path, add_row: AddRow) -> None:
    """The first start makes the data; the second one counts."""
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-c", LIBRARIES], cwd=ROOT, check=True)
    floor_s = time.monotonic() - began_s
    came_s = [started(folder / "start") for _ in range(2)][1]
    what = f"first page {min(came_s):.1f} s, all of them {max(came_s):.1f} s"
    add_row("floor: loading the server's libraries", f"{floor_s:.1f} s", "")
    add_row(
        "warm start → pages", what, f"{min(came_s) / floor_s:.1f} / {max(came_s) / floor_s:.1f} ×"
    )


def started(data: Path) -> list[float]:
    """How many seconds after ``./hall run`` each program's page was there."""
    port, began_s = free_ports(), time.monotonic()
    words = [str(ROOT / "hall"), "run", "--port", str(port), "--data", str(data)]
    launcher = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    addresses = {f"http://127.0.0.1:{port + place}{page}" for place, page in enumerate(PAGES)}
    came_s: list[float] = []
    try:
        while addresses:
            for address in sorted(addresses):
                with suppress(OSError), urllib.request.urlopen(address, timeout=1):  # noqa: S310 - http
                    came_s.append(time.monotonic() - began_s)
                    addresses.discard(address)
            if time.monotonic() > began_s + WITHIN_S:
                raise TimeoutError(f"no page at {addresses}")
            time.sleep(0.02)
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(30)
    return came_s
