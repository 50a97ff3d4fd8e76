"""From a touch at the kiosk to paper: the whole way through station, hall, ledger and printer.

The floor is a bare HTTP request to the same kiosk station, which every touch needs anyway.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from running_hall import ROOT, RunningHall, free_port

TOUCHES = 40
READY_WITHIN_S = 60.0
PRINTED_WITHIN_S = 20.0
Add = Callable[[str, str, str], None]


def measure(folder: Path, add: Add, percentiles: Callable[[list[float]], str]) -> None:
    """Touch TOUCHES times, one citizen after the other."""
    printer, page, kiosk = free_port(), free_port(), free_port()
    arguments = ["--simulated-devices-from", str(printer), "--invite", "kiosk-1:kiosk"]
    hall = RunningHall(folder / "touch", free_port(), arguments).start()
    code = hall.data / "enrol" / "kiosk-1.code"
    ports = ["--port", str(page), "--printer-port", str(printer), "--bar-port", str(free_port())]
    programs = [
        ["drivers.simulator", *ports, "--bars", "1", "--speed", "0"],
        [
            *("kiosk", "--hall", hall.url, "--port", str(kiosk), "--station", "kiosk-1"),
            *("--data", str(folder / "kiosk"), "--code-file", str(code)),
        ],
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", *program],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for program in programs
    ]
    try:
        item = _until_ready(kiosk, page)
        floor, shown, printed = _touch(kiosk, page, item)
    finally:
        for process in running:
            process.terminate()
            process.wait()
        hall.stop()
    add("floor: a bare request to the kiosk's station", percentiles(floor), "")
    add("touch → number on the screen", percentiles(shown), "")
    add("touch → paper at the (simulated) printer", percentiles(printed), "")


def _touch(kiosk: int, page: int, item: str) -> tuple[list[float], list[float], list[float]]:
    floor, shown, printed = [], [], []
    for number in range(TOUCHES):
        before = len(_get(page, "/paper.json")["tickets"])
        began_s = time.perf_counter()
        _get(kiosk, "/healthz")
        floor.append(time.perf_counter() - began_s)
        press = {"press_id": f"touch-{number:04d}", "item_id": item}
        began_s = time.perf_counter()
        _post(kiosk, "/api/take", {**press, "priority_id": "", "language": "zh"})
        shown.append(time.perf_counter() - began_s)
        while len(_get(page, "/paper.json")["tickets"]) <= before:
            if time.perf_counter() - began_s > PRINTED_WITHIN_S:
                raise TimeoutError("no paper")
            time.sleep(0.001)
        printed.append(time.perf_counter() - began_s)
    return floor, shown, printed


def _until_ready(kiosk: int, page: int) -> str:
    """Wait for the hall's day, the kiosk's link and its printer; an item that gives tickets."""
    until_s = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until_s:
        try:
            state = _get(kiosk, "/api/state")
            links = _get(page, "/paper.json")["printer"]["links"]
        except OSError:
            time.sleep(0.1)
            continue
        ready = [row["item_id"] for row in state["forecasts"] if row["open"]]
        if ready and links:
            return str(ready[0])
        time.sleep(0.1)
    raise TimeoutError("the kiosk was not ready")


def _get(port: int, path: str) -> dict[str, Any]:
    return _send(port, "GET", path, None)


def _post(port: int, path: str, body: dict[str, str]) -> dict[str, Any]:
    return _send(port, "POST", path, json.dumps(body))


def _send(port: int, method: str, path: str, body: str | None) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {content!r}")
        found: dict[str, Any] = json.loads(content or b"{}")
        return found
    finally:
        connection.close()
