"""``python -m display``: run one display station."""

from __future__ import annotations

import argparse
import logging
import sys
import threading
import time
from pathlib import Path

from config.ending import ending
from display.keeping import make_folder
from display.pages import DisplayServer, Premises
from display.station import Settings, Station
from drivers.announcers import open_voice
from drivers.engineer.page import EngineerPage


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m display", description=__doc__)
    parser.add_argument("--hall", default="http://127.0.0.1:8080", help="the hall server's address")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--origin", default="", help="where browsers find this station's pages")
    parser.add_argument("--station", default="display-1")
    parser.add_argument("--data", type=Path, default=Path("data/display-1"))
    parser.add_argument("--code", default="", help="one-time code to enrol with")
    parser.add_argument("--code-file", type=Path, default=None, help="a file that holds it")
    parser.add_argument("--pages", type=Path, default=Path("build/web"))
    return parser.parse_args(arguments)


def steady_ms() -> int:
    """A clock that never jumps."""
    return time.monotonic_ns() // 1_000_000


def wall_ms() -> int:
    """The computer's own clock, which the hall compares with its own."""
    return time.time_ns() // 1_000_000


def main(arguments: list[str]) -> int:
    """Run until asked to stop."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    origin = options.origin or f"http://{options.host}:{options.port}"
    settings = Settings(
        hall_url=options.hall.rstrip("/"),
        station_id=options.station,
        data=make_folder(options.data),
        origin=origin,
        code=options.code,
        code_file=options.code_file,
    )
    station = Station(settings, open_voice(options.data / "voice"), steady_ms, wall_ms)
    engineer = EngineerPage(options.station, settings.data, station.held, wall_ms)
    premises = Premises(station, options.pages, origin, settings.hall_url, engineer)
    server = DisplayServer((options.host, options.port), premises)
    end = ending()
    station.start()
    threading.Thread(target=server.serve_forever, name="pages", daemon=True).start()
    end.wait()
    server.shutdown()
    station.stop()
    server.server_close()
    return end.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
