"""A whole hall as a person starts it: all five programs with simulated devices, and its pages.

``built_pages`` lets the script ``./hall`` itself build the pages where they are missing or old;
``whole_hall`` runs ``python -m config.launch`` on free ports with a data folder of its own.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from socket import socket
from typing import Any, TypeVar

import msgspec
from running_hall import ROOT, RunningHall, request_id

from config.launch import BAR_OFFSET, BARS, LIVE_OFFSET

READY_WITHIN_S = 60.0
WITHIN_S = 30.0
"""Long on purpose: a test waits patiently; what it waits for is what it asserts."""
FIRST_PORTS = range(20_000, 32_000, 60)
"""Below the ports that systems lend out, so that nobody takes one between our look and our use."""

T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, within_s: float = WITHIN_S) -> T:
    """Look until there is something to be seen; it is returned."""
    deadline_s = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < deadline_s, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.05)
    return seen


def built_pages() -> Path:
    """Where the pages are, built anew by ``./hall``'s own step when they are missing or old."""
    loader = SourceFileLoader("hall_script", str(ROOT / "hall"))
    spec = spec_from_loader("hall_script", loader)
    assert spec is not None
    script = module_from_spec(spec)
    loader.exec_module(script)
    # Whatever environment runs the tests has Node too.
    vars(script)["VENV"] = Path(sys.prefix)
    with script.set_up_alone():
        script.provide_pages()
    return Path(script.PAGES)


@dataclass
class WholeHall:
    """The five programs, and what a test does to them from outside."""

    hall: RunningHall
    launcher: subprocess.Popen[bytes]

    @property
    def console(self) -> str:
        return f"{self.hall.url}/console"

    @property
    def admin(self) -> str:
        return f"{self.hall.url}/admin"

    @property
    def kiosk(self) -> str:
        return self._at(1)

    @property
    def display(self) -> str:
        return self._at(2)

    @property
    def monitor(self) -> str:
        return self._at(3)

    @property
    def simulator(self) -> str:
        return self._at(4)

    @property
    def origins(self) -> tuple[str, ...]:
        """Every place a page may ask."""
        served = [self.hall.url, self.kiosk, self.display, self.monitor, self.simulator]
        served.append(self._at(LIVE_OFFSET))
        sockets = [origin.replace("http:", "ws:") for origin in served]
        return (*served, *sockets, "data:", "blob:")

    def get(self, url: str) -> Any:
        """The JSON that is served there."""
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own programs
            return msgspec.json.decode(answer.read())

    def papers(self) -> list[list[dict[str, Any]]]:
        """What lies in the tray of the simulated printer: marks of each ticket that was cut."""
        tickets = self.get(f"{self.simulator}/paper.json")["tickets"]
        return [ticket["marks"] for ticket in tickets if ticket["is_cut"]]

    def at_printer(self, **press: object) -> None:
        """Press a button of the simulated printer."""
        body = msgspec.json.encode({"device": "printer", **press})
        headers = {"Content-Type": "application/json"}
        ask = urllib.request.Request(f"{self.simulator}/fault", body, headers)  # noqa: S310 - our own program
        urllib.request.urlopen(ask, timeout=10).close()  # noqa: S310 - our own program

    def lit(self) -> list[str]:
        """The texts that the simulated bars show now."""
        bars = self.get(f"{self.simulator}/bars.json")["bars"]
        return [area["text"] for bar in bars for area in bar["areas"]]

    def take(self, item_id: str, priority_id: str = "") -> dict[str, Any]:
        """Touch 取号 as the kiosk's page does; the outcome once the paper is out."""
        press = {"press_id": request_id(), "item_id": item_id, "priority_id": priority_id}
        outcome = self._post_to_kiosk("/api/take", press)
        assert outcome["state"] == "issued", outcome

        def printed() -> dict[str, Any] | None:
            told = self.get(f"{self.kiosk}/api/state")["outcomes"]
            mine = [one for one in told if one["press_id"] == press["press_id"]]
            done = not mine or mine[0]["paper"] != "printing"
            return (mine[0] if mine else outcome) if done else None

        return eventually(printed, "the paper of a ticket")

    def kiosk_is_up(self) -> bool:
        """Whether numbers can be had at the kiosk."""
        try:
            state = self.get(f"{self.kiosk}/api/state")
        except OSError:
            return False
        return state["link"] == "up" and any(item["open"] for item in state["forecasts"])

    def display_is_up(self) -> bool:
        """Whether the display station has a token to give to its pages."""
        try:
            return bool(self.get(f"{self.display}/session.json")["token"])
        except OSError:
            return False

    def monitor_is_up(self) -> bool:
        """Whether live pictures are served, which come last and are asked for by the page."""
        try:
            return bool(self.get(f"{self._at(LIVE_OFFSET)}/cameras"))
        except OSError:
            return False

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the ledger holds of one kind, oldest first."""
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as ledger:
            rows = ledger.execute(
                "SELECT body FROM ledger_entry WHERE type = ? ORDER BY seq", (kind,)
            ).fetchall()
        return [msgspec.json.decode(body) for (body,) in rows]

    def kill_the_hall(self) -> None:
        """End the hall server as a power cut would; nobody starts it again until told so."""
        self.launcher.send_signal(signal.SIGSTOP)
        (number,) = [child for child in children(self.launcher.pid) if "hall_server" in child[1]]
        os.kill(number[0], signal.SIGKILL)

    def let_it_start_again(self) -> None:
        """The launcher notices what ended, and starts it."""
        self.launcher.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End everything."""
        self.let_it_start_again()
        self.launcher.terminate()
        self.launcher.wait(30)

    def _at(self, offset: int) -> str:
        return f"http://127.0.0.1:{self.hall.port + offset}"

    def _post_to_kiosk(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        ask = urllib.request.Request(  # noqa: S310 - our own program
            self.kiosk + path, msgspec.json.encode(body), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(ask, timeout=20) as answer:  # noqa: S310 - our own program
            return dict(msgspec.json.decode(answer.read()))


def children(parent: int) -> list[tuple[int, str]]:
    """Numbers and command lines of a process's children; of none, ``ps`` says so by its status."""
    words = ["ps", "-o", "pid=,args=", "--ppid", str(parent)]
    listed = subprocess.run(words, capture_output=True, text=True, check=False)
    rows = (line.strip().partition(" ") for line in listed.stdout.splitlines())
    return [(int(number), words) for number, _, words in rows]


def free_ports() -> int:
    """The first of a range of ports in which nobody listens."""
    choices = list(FIRST_PORTS)
    random.SystemRandom().shuffle(choices)
    return next(first for first in choices if range_is_free(first))


def range_is_free(first: int) -> bool:
    wanted = [*range(first, first + LIVE_OFFSET + 1), *range(first + 20, first + BAR_OFFSET + BARS)]
    with ExitStack() as probes:
        for port in wanted:
            try:
                probes.enter_context(closing(socket())).bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


@contextmanager
def whole_hall(data: Path, *words: str, port: int = 0) -> Iterator[WholeHall]:
    """All five programs, ready: numbers can be had and the screens know the hall."""
    port = port or free_ports()
    data.mkdir(parents=True, exist_ok=True)
    with (data / "launch.log").open("ab") as log:
        launcher = subprocess.Popen(
            [
                *(sys.executable, "-m", "config.launch"),
                *("--port", str(port), "--data", str(data), *words),
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    whole = WholeHall(RunningHall(data, port), launcher)
    try:
        eventually(whole.kiosk_is_up, f"a kiosk that gives numbers, see {data}", READY_WITHIN_S)
        eventually(whole.display_is_up, f"a display that knows the hall, see {data}")
        eventually(whole.monitor_is_up, f"a monitor that shows its cameras, see {data}")
        yield whole
    finally:
        whole.stop()
