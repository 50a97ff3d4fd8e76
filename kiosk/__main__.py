"""``python -m kiosk``: a self-service kiosk (自助取号机) with its page and its printer."""

from __future__ import annotations

import argparse
import logging
import sys
import threading
import time
from pathlib import Path

from config.ending import ending
from drivers.engineer.page import EngineerPage
from hall_server.contract.station_key import StationKeyError
from kiosk.page_server import PageServer
from kiosk.station import Station, StationSettings


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m kiosk", description=__doc__)
    parser.add_argument(
        "--hall", default="http://127.0.0.1:8080", help="address of the hall server"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve the page on")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--station", default="kiosk-1", help="this station's name in the hall")
    parser.add_argument("--data", type=Path, default=Path("data/kiosk-1"))
    parser.add_argument("--code", default="", help="one-time enrolment code")
    parser.add_argument("--code-file", type=Path, help="file with the code; removed when spent")
    parser.add_argument("--pages", type=Path, default=Path("build/web"))
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(arguments)


def now_ms() -> int:
    """Wall clock of the machine."""
    return time.time_ns() // 1_000_000


def main(arguments: list[str]) -> int:
    """Run until asked to stop."""
    options = parse(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    settings = StationSettings(
        station_id=options.station,
        hall_url=options.hall,
        data=options.data,
        code=options.code,
        code_file=options.code_file,
    )
    try:
        station = Station(settings, now_ms)
    except StationKeyError as error:
        sys.exit(f"✗ 终端密钥文件损坏 station key damaged: {error}")
    engineer = EngineerPage(options.station, options.data, station.held, now_ms)
    server = PageServer(options.host, options.port, station, options.pages, engineer)
    end = ending()
    station.start()
    threading.Thread(target=server.serve_forever, args=(0.2,), name="pages", daemon=True).start()
    end.wait()
    server.stopping.set()
    server.shutdown()
    server.server_close()
    station.stop()
    return end.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
