"""``python -m monitor``: the supervisor's station with its page."""

from __future__ import annotations

import argparse
import logging
import sys
import threading
import time
from pathlib import Path

from config.ending import ending
from hall_server.contract.station_key import StationKeyError
from monitor.pages import MonitorServer, Premises
from monitor.setting_up.door import SetUpDoor
from monitor.station import Settings, Station


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor", description=__doc__)
    parser.add_argument("--hall", default="http://127.0.0.1:8080", help="the hall server's address")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8083)
    parser.add_argument("--origin", default="", help="where browsers find this page")
    parser.add_argument("--live", default="", help="where browsers find live pictures, if any")
    parser.add_argument("--analyser", type=Path, default=None, help="the analyser's data, if any")
    parser.add_argument("--cameras", type=Path, default=None, help="where cameras are stated")
    parser.add_argument("--station", default="monitor-1", help="this station's name in the hall")
    parser.add_argument("--data", type=Path, default=Path("data/monitor-1"))
    parser.add_argument("--code", default="", help="one-time code to enrol with")
    parser.add_argument("--code-file", type=Path, default=None, help="a file that holds it")
    parser.add_argument("--pages", type=Path, default=Path("build/web"))
    return parser.parse_args(arguments)


def now_ms() -> int:
    """Wall clock of the machine."""
    return time.time_ns() // 1_000_000


def main(arguments: list[str]) -> int:
    """Run until asked to stop."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = Settings(
        hall_url=options.hall.rstrip("/"),
        station_id=options.station,
        data=options.data,
        origin=(options.origin or f"http://{options.host}:{options.port}").rstrip("/"),
        code=options.code,
        code_file=options.code_file,
        cameras=options.cameras,
        analyser=options.analyser,
    )
    try:
        station = Station(settings, now_ms)
    except StationKeyError as error:
        sys.exit(f"✗ 终端密钥文件损坏 station key damaged: {error}")
    set_up = SetUpDoor(options.cameras, settings.hall_url, now_ms) if options.cameras else None
    premises = Premises(station, options.pages, options.live.rstrip("/"), set_up)
    server = MonitorServer((options.host, options.port), premises)
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
