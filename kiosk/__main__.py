"""``python -m kiosk``: a self-service kiosk (自助取号机) with its page and its printer."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from drivers.engineer.page import EngineerPage
from hall_server.contract.station_key import StationKeyError
from kiosk.page_server import PageServer
from kiosk.station import Station, StationSettings

BROKEN = 70
VITAL_THREADS = frozenset({"link", "errands", "forecast"})


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


def end_at_a_bug(told: threading.ExceptHookArgs) -> None:
    """A thread of ours that dies must not leave half a kiosk: end, and be started again."""
    threading.__excepthook__(told)
    if told.thread is not None and told.thread.name in VITAL_THREADS:
        logging.shutdown()
        os._exit(BROKEN)


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
    threading.excepthook = end_at_a_bug

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.stopping.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    station.start()
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    station.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
