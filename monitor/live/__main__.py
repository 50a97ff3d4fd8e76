"""``python -m monitor.live``: live pictures for the supervisor's page, from a port of its own.

A process of its own, without Flask or eventlet, so that however many look, neither the hall nor the
recorder waits. As with the recorder, a machine on which the video libraries cannot be loaded is
told so plainly.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from functools import partial
from pathlib import Path

from monitor.beginning import begin, give_up
from monitor.cameras.stated import WAIT_S


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.live", description=__doc__)
    parser.add_argument("--hall", default="http://127.0.0.1:8080", help="the hall server's address")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8085)
    parser.add_argument("--origin", default="http://127.0.0.1:8083", help="the supervisor's page")
    parser.add_argument("--cameras", type=Path, required=True, help="TOML file of the cameras")
    parser.add_argument("--console", default="", help="the clerks' page: sees its own findings")
    parser.add_argument(
        "--analyser", type=Path, default=None, help="its data: pictures of findings"
    )
    parser.add_argument("--recorder", type=Path, default=Path("data/monitor-1"), help="its data")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Serve until asked to stop."""
    options = parse(arguments)
    end, stated, cameras = begin(options.cameras)
    try:
        from monitor.exporting.door import Exports  # noqa: PLC0415
        from monitor.feed.frames import FeedFrames  # noqa: PLC0415
        from monitor.feed.latest import LatestPictures  # noqa: PLC0415
        from monitor.feed.server import connect  # noqa: PLC0415 - see above
        from monitor.live.door import LiveServer  # noqa: PLC0415
        from monitor.live.evidence import EvidenceRoom, ZonesRoom  # noqa: PLC0415
        from monitor.live.pictures import Moving, Stills  # noqa: PLC0415
        from monitor.live.room import Room, ShownCameras  # noqa: PLC0415
        from monitor.live.stream import LiveStreams  # noqa: PLC0415
        from monitor.live.word import HallsWord, Looks  # noqa: PLC0415
        from monitor.lookback.door import Lookback  # noqa: PLC0415
    except ImportError as error:
        return give_up(f"缺少视频库，没有实时画面 video libraries cannot be loaded: {error}")
    pictures = LatestPictures(lambda: FeedFrames(options.recorder))
    streams = LiveStreams(partial(connect, options.recorder))
    word = HallsWord(options.hall.rstrip("/"), lambda: time.time_ns() // 1_000_000)
    shown = ShownCameras(cameras.cameras)
    lookback = Lookback(shown, options.recorder, word.now_ms)
    rooms: list[Room] = [
        Stills(shown, pictures),
        Moving(shown, streams, Looks(word.now_ms)),
        lookback,
        Exports(options.recorder),
    ]
    if options.analyser:
        console = (options.console.rstrip("/"),) if options.console else ()
        rooms += [EvidenceRoom(options.analyser, console), ZonesRoom(shown, console)]
    address, page = (options.host, options.port), options.origin.rstrip("/")
    server = LiveServer(address, shown, word, page, rooms, lookback.windows_at)
    pictures.start()
    threading.Thread(target=server.serve_forever, name="door", daemon=True).start()
    while not end.wait(WAIT_S):
        if changed := stated.look():
            shown.show(changed.cameras)
    server.shutdown()
    pictures.stop()
    streams.stop()
    server.server_close()
    lookback.close()
    return end.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
