"""A web server that mounts the device page as a station does, over a bench of played devices."""

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from drivers.engineer.page import EngineerPage, Held
from drivers.errors import DeviceSettingsError
from drivers.orders import DeviceConfig
from drivers.registry import open_bench
from drivers.simulator.bar import BarPlayer
from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.printer import PrinterPlayer


class Mounting(BaseHTTPRequestHandler):
    """What a station's handler does with it, and nothing else."""

    protocol_version = "HTTP/1.1"
    engineer: EngineerPage
    gone: threading.Event

    def do_GET(self) -> None:
        if self.gone.is_set():
            self.connection.close()
            self.close_connection = True
        elif not self.engineer.serve(self):
            self.send_error(404)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 — likewise


@dataclass
class Place:
    """A station with a printer, a bar and the page of both."""

    folder: Path
    printer: PrinterPlayer
    bar: BarPlayer
    held: Held
    port: int = 0
    key: str = ""
    servers: list[ThreadingHTTPServer] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/engineer"

    def ask(
        self, path: str, body: object = None, *, key: str | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """With the station's own key unless another is given; "" for none."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        key = self.key if key is None else key
        told = {"Authorization": f"Bearer {key}"} if key else {}
        kind = {} if body is None else {"Content-Type": "application/json"}
        method = "GET" if body is None else "POST"
        sent = None if body is None else json.dumps(body)
        with closing(link):
            link.request(method, path, sent, {**told, **kind, **headers})
            answer = link.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())

    def get(self, path: str) -> Any:
        status, body, _ = self.ask(path)
        assert status == 200, (status, body)
        return json.loads(body)

    def device(self, name: str) -> dict[str, Any]:
        (found,) = [
            one for one in self.get("/engineer/devices.json")["devices"] if one["id"] == name
        ]
        return dict(found)

    def stop_serving(self) -> None:
        """As if its machine were switched off: open connections end as well."""
        self.gone.set()
        while self.servers:
            server = self.servers.pop()
            server.shutdown()
            server.server_close()


@contextmanager
def running_place(
    folder: Path, *, refused: Sequence[DeviceSettingsError] = (), empty: bool = False
) -> Iterator[Place]:
    changes = Changes()
    with ExitStack() as opened:
        printer = PrinterPlayer(Seat("printer", "tcp:0", changes, utc_ms), speed_mm_s=0)
        bar = BarPlayer(Seat("bar", "tcp:0", changes, utc_ms))
        for player in (printer, bar):
            player.start()
            opened.callback(player.stop)
        options: dict[str, str | int] = {"profile": "simulator-80", "raw_log_mb": 1}
        devices = [
            DeviceConfig("kiosk-1-printer", "escpos", printer.url, options),
            DeviceConfig("bar-3", "bx-k", bar.url),
        ]
        bench = open_bench([] if empty else devices, lambda _: None, folder=folder / "devices")
        opened.callback(bench.close)
        held = Held([bench], refused)
        page = EngineerPage("kiosk-1", folder, lambda: held, utc_ms)
        place = Place(folder, printer, bar, held)
        place.key = (folder / "engineer.key").read_text().strip()
        handler = type("Handler", (Mounting,), {"engineer": page, "gone": place.gone})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        server.block_on_close = False
        place.port = server.server_address[1]
        place.servers.append(server)
        opened.callback(place.stop_serving)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield place
