"""`python -m drivers.simulator`: devices of a hall to look at and to break, without hardware.

python -m drivers.simulator --add bx-k:desk@pty        one more, on a serial port
python -m drivers.simulator devices                    what is played, its faults and actions
python -m drivers.simulator fault printer paper_out --after-lines 3
python -m drivers.simulator fault printer paper_out --off
python -m drivers.simulator do printer load_paper
"""

import argparse
import sys

from config.ending import ending
from drivers.simulator.play import Places, Simulator
from drivers.simulator.played import BadOrder
from drivers.simulator.remote import ORDERS, give


def main() -> int:
    words = sys.argv[1:]
    if words and words[0] in ORDERS:
        return give(words)
    places = _places(words)
    end = ending()
    try:
        simulator = Simulator(places)
    except OSError as error:
        sys.stderr.write(f"端口被占用，不能启动模拟器 / cannot listen: {error}\n")
        return 1
    except BadOrder as error:
        sys.stderr.write(f"--add: {error}\n")
        return 2
    simulator.start()
    sys.stdout.write(
        f"模拟器 / simulators  http://{places.host}:{simulator.page_port}/\n"
        + "".join(
            f"  {player.words.zh} / {player.name}   {player.url}\n" for player in simulator.players
        )
    )
    sys.stdout.flush()
    end.wait()
    simulator.stop()
    return end.code


def _places(arguments: list[str]) -> Places:
    known = Places()
    parser = argparse.ArgumentParser(
        prog="python -m drivers.simulator",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default=known.host, help="address to listen on")
    parser.add_argument("--port", type=int, default=known.page_port, help="the page")
    parser.add_argument("--printer-port", type=int, default=known.printer_port)
    parser.add_argument("--bar-port", type=int, default=known.bar_port, help="of the first bar")
    parser.add_argument("--bars", type=int, default=known.bars, help="how many bars, 1 to 60")
    parser.add_argument(
        "--speed", type=int, default=known.speed_mm_s, help="mm of paper per second; 0 is at once"
    )
    parser.add_argument(
        "--add",
        action="append",
        default=[],
        metavar="KIND:NAME@CABLE",
        help="one more device; the cable is tcp:PORT, udp:PORT, pty or pty:/path",
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
        more=tuple(given.add),
    )


if __name__ == "__main__":
    sys.exit(main())
