"""A real hall, a printer that is played, and a kiosk station with its page server, for tests."""

import http.client
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from loose_cable import LooseCable
from running_hall import ROOT, RunningHall, free_port, request_id

from drivers.codec.escpos_paper import TextOnPaper
from drivers.engineer.page import EngineerPage
from drivers.simulator.play import Places, Simulator
from kiosk.page_server import PageServer
from kiosk.station import Station, StationSettings

WITHIN_S = 15.0
ITEM = "land-registration"


def eventually(holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come to pass in time"
        time.sleep(0.03)


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def send(
    port: int, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """One request as a browser would send it: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        content = None if body is None else msgspec.json.encode(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, content, {**kind, **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@dataclass
class Kiosk:
    """The station, reached as its page reaches it."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str) -> Any:
        status, _, body = send(self.port, "GET", path)
        assert status == 200, body
        return msgspec.json.decode(body)

    def post(self, path: str, body: object) -> Any:
        status, _, told = send(self.port, "POST", path, body)
        assert status == 200, told
        return msgspec.json.decode(told)

    def state(self) -> dict[str, Any]:
        return dict(self.get("/api/state"))

    def take(self, press_id: str = "", item: str = ITEM, **more: str) -> dict[str, Any]:
        press = {"press_id": press_id or request_id(), "item_id": item, **more}
        return dict(self.post("/api/take", press))

    def outcome(self, press_id: str) -> dict[str, Any]:
        return next((o for o in self.state()["outcomes"] if o["press_id"] == press_id), {})

    def is_up(self) -> bool:
        state = self.state()
        return state["link"] == "up" and any(one["open"] for one in state["forecasts"])


@dataclass
class KioskHall:
    """Everything together."""

    hall: RunningHall
    devices: Simulator
    cable: LooseCable
    folder: Path

    @property
    def code_file(self) -> Path:
        return self.hall.data / "enrol" / "kiosk-1.code"

    def papers(self) -> list[str]:
        """Text of every ticket the printer has cut, oldest first."""
        return [
            "\n".join(mark.text for mark in ticket.marks if isinstance(mark, TextOnPaper))
            for ticket in self.devices.printer.snapshot().tickets
            if ticket.is_cut
        ]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the ledger holds of one kind."""
        with closing(sqlite3.connect(self.hall.data / "hall.db")) as ledger:
            rows = ledger.execute(
                "SELECT body FROM ledger_entry WHERE type = ? ORDER BY seq", (kind,)
            ).fetchall()
        return [msgspec.json.decode(body) for (body,) in rows]

    @contextmanager
    def station(self) -> Iterator[Kiosk]:
        """A station in this process."""
        settings = StationSettings(
            "kiosk-1", self.cable.url, self.folder / "kiosk-1", code_file=self.code_file
        )
        station = Station(settings, wall_ms)
        engineer = EngineerPage("kiosk-1", settings.data, station.held, wall_ms)
        server = PageServer("127.0.0.1", 0, station, ROOT / "build" / "web", engineer)
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        station.start()
        try:
            yield Kiosk(server.server_address[1])
        finally:
            server.stopping.set()
            server.shutdown()
            server.server_close()
            station.stop()

    def program(self, port: int) -> subprocess.Popen[bytes]:
        """``python -m kiosk`` as it is really started."""
        with (self.folder / "kiosk.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "kiosk", "--hall", self.cable.url),
                    *("--port", str(port), "--station", "kiosk-1"),
                    *("--data", str(self.folder / "kiosk-1")),
                    *("--code-file", str(self.code_file)),
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@contextmanager
def kiosk_hall(folder: Path) -> Iterator[KioskHall]:
    """A hall with one simulated printer, and a cable between it and its kiosk."""
    places = Places(page_port=0, printer_port=0, bar_port=0, bars=1, speed_mm_s=0)
    devices = Simulator(places)
    devices.start()
    arguments = ["--simulated-devices-from", str(devices.printer.port)]
    hall = RunningHall(
        folder / "hall", free_port(), [*arguments, "--invite", "kiosk-1:kiosk"]
    ).start()
    cable = LooseCable(hall.port)
    try:
        yield KioskHall(hall, devices, cable, folder)
    finally:
        cable.close()
        hall.stop()
        devices.stop()
