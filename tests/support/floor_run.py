"""A real hall, bars that are played, and a display station with its web server, for tests."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from typing import Any

import msgspec
from running_hall import People, RunningHall, free_port

from display.__main__ import steady_ms, wall_ms
from display.pages import DisplayServer, Premises
from display.station import Settings, Station
from drivers.announcers import open_voice
from drivers.engineer.page import EngineerPage
from drivers.simulator.play import Places, Simulator
from hall_server.contract.link import LinkState

WITHIN_S = 10.0
BUILT = Path(__file__).resolve().parents[2] / "build/web"
CLERKS = ["staff-01", "staff-02", "staff-03", "staff-04"]
BARS = 11
"""As many window bars as the profile of these tests has."""


def eventually(holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait until this holds; what is awaited is named by the caller's own line."""
    deadline_s = monotonic() + within_s
    while not holds():
        assert monotonic() < deadline_s, "it did not come to pass in time"
        sleep(0.02)


@dataclass
class DisplayRun:
    """A station that runs in this process, with its web server."""

    station: Station
    server: DisplayServer
    origin: str

    def stop(self) -> None:
        self.server.shutdown()
        self.station.stop()
        self.server.server_close()


def run_station(
    hall_url: str, data: Path, code_file: Path | None = None, built: Path = BUILT
) -> DisplayRun:
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    data.mkdir(parents=True, exist_ok=True)
    settings = Settings(hall_url, "display-1", data, origin, code_file=code_file)
    station = Station(settings, open_voice(data / "voice"), steady_ms, wall_ms)
    engineer = EngineerPage("display-1", data, station.held, wall_ms)
    premises = Premises(station, built, origin, hall_url, engineer)
    server = DisplayServer(("127.0.0.1", port), premises)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    station.start()
    return DisplayRun(station, server, origin)


@dataclass
class Floor:
    """Everything together, with a clerk at a window and a kiosk at the door."""

    hall: RunningHall
    bars: Simulator
    display: DisplayRun
    people: People
    kiosk: str
    item_id: str

    def clerk(self, name: str, body: dict[str, Any], place: int = 0) -> dict[str, Any]:
        """The clerk who sits at the first window, or at another one, does something."""
        return self.hall.must(name, body, cookie=self.people.clerks[CLERKS[place]])

    def call_somebody(self, place: int = 0) -> tuple[str, int]:
        """A citizen takes a ticket and is called; the number and the call's place."""
        self.hall.must("ticket.take", {"item_id": self.item_id}, token=self.kiosk)
        called = self.clerk("ticket.call_next", {"window_id": f"window-{place + 1}"}, place)
        return str(called["label"]), int(called["seq"])

    def serve_and_finish(self, label: str, place: int = 0) -> None:
        leg = next(leg for leg in self.legs() if leg["label"] == label)
        self.clerk("ticket.start", {"leg_id": leg["leg_id"]}, place)
        self.clerk("ticket.finish", {"leg_id": leg["leg_id"]}, place)

    def legs(self) -> list[dict[str, Any]]:
        cookie = self.people.clerks["staff-01"]
        return list(self.hall.read("hall.snapshot", cookie=cookie)["legs"])

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the ledger holds of one kind."""
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as ledger:
            rows = ledger.execute(
                "SELECT body FROM ledger_entry WHERE type = ? ORDER BY seq", (kind,)
            ).fetchall()
        return [msgspec.json.decode(body) for (body,) in rows]


def simulated_bars() -> tuple[Simulator, int]:
    """Bars on ports in a row, as the hall's demonstration expects them."""
    first = next(port for port in (free_port() for _ in range(50)) if row_is_free(port))
    places = Places(page_port=0, printer_port=first, bar_port=first + 1, bars=BARS)
    return Simulator(places), first


def row_is_free(first: int) -> bool:
    """Whether nobody listens on this port and the next ones."""
    with ExitStack() as probes:
        try:
            for port in range(first, first + BARS + 1):
                probes.enter_context(closing(socket())).bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


@contextmanager
def running_floor(folder: Path) -> Iterator[Floor]:
    """Everything started, the station let in, the first window open."""
    bars, first = simulated_bars()
    bars.start()
    arguments = ["--mode", "threading", "--simulated-devices-from", str(first)]
    hall = RunningHall(
        folder / "hall", free_port(), [*arguments, "--invite", "display-1:display"]
    ).start()
    display = run_station(hall.url, folder / "display-1", hall.data / "enrol" / "display-1.code")
    try:
        people = hall.people(CLERKS)
        kiosk, _ = hall.station("kiosk-1", "kiosk", people.administrator, folder)
        facts = hall.read("facts.read", cookie=people.administrator)["facts"]
        item_id = next(item["id"] for item in facts["items"] if item.get("queue") == "general")
        eventually(lambda: display.station.status.state is LinkState.UP)
        whole = Floor(hall, bars, display, people, kiosk, item_id)
        for place in range(len(CLERKS)):
            whole.clerk("window.open", {"window_id": f"window-{place + 1}"}, place)
        yield whole
    finally:
        display.stop()
        hall.stop()
        bars.stop()
