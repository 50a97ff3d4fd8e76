"""`python -m drivers.simulator`: a ticket printer and window bars to look at, without hardware."""

import argparse
import signal
import sys
import threading

from drivers.simulator.play import Places, Simulator


def main() -> int:
    places = _places(sys.argv[1:])
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    try:
        simulator = Simulator(places)
    except OSError as error:
        sys.stderr.write(f"端口被占用，不能启动模拟器 / cannot listen: {error}\n")
        return 1
    simulator.start()
    host = places.host
    sys.stdout.write(
        f"模拟器 / simulators  http://{host}:{simulator.page_port}/\n"
        f"  打印机 / printer   tcp://{host}:{simulator.printer.port}\n"
        + "".join(f"  条屏 / {bar.name}   tcp://{host}:{bar.port}\n" for bar in simulator.bars)
    )
    sys.stdout.flush()
    asked_to_stop.wait()
    simulator.stop()
    return 0


def _places(arguments: list[str]) -> Places:
    known = Places()
    parser = argparse.ArgumentParser(prog="python -m drivers.simulator", description=__doc__)
    parser.add_argument("--host", default=known.host, help="address to listen on")
    parser.add_argument("--port", type=int, default=known.page_port, help="the page")
    parser.add_argument("--printer-port", type=int, default=known.printer_port)
    parser.add_argument("--bar-port", type=int, default=known.bar_port, help="of the first bar")
    parser.add_argument("--bars", type=int, default=known.bars, help="how many bars, 1 to 60")
    parser.add_argument(
        "--speed", type=int, default=known.speed_mm_s, help="mm of paper per second; 0 is at once"
    )
    given = parser.parse_args(arguments)
    if not 1 <= given.bars <= 60:
        parser.error("--bars: wanted 1 to 60")
    return Places(
        host=given.host,
        page_port=given.port,
        printer_port=given.printer_port,
        bar_port=given.bar_port,
        bars=given.bars,
        speed_mm_s=given.speed,
    )


if __name__ == "__main__":
    sys.exit(main())
