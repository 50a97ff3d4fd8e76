"""``python -m monitor.recorder``: records the cameras of one file, about sixteen to a process.

Only the command's words stand here, so that a machine on which the video libraries cannot be loaded
is told so plainly. The work is in ``recorder_process.py``.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from config.faults import FaultyFactsError
from monitor.cameras.stated import StatedCameras


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.recorder", description=__doc__)
    parser.add_argument("--cameras", type=Path, required=True, help="TOML file of the cameras")
    parser.add_argument("--data", type=Path, default=Path("data/monitor-1"))
    return parser.parse_args(arguments)


def give_up(why: str) -> int:
    """Say why starting again would not help."""
    sys.stderr.write(f"✗ {why}\n")
    return os.EX_CONFIG


def main(arguments: list[str]) -> int:
    """Record until asked to stop."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    asked_to_stop = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    stated = StatedCameras(options.cameras)
    try:
        cameras = stated.first(asked_to_stop)
    except (OSError, FaultyFactsError) as error:
        return give_up(f"摄像机配置 cameras: {error}")
    if cameras is None:
        return 0
    try:
        from monitor.recording.recorder_process import Recorder, silence_library  # noqa: PLC0415 - see above
    except ImportError as error:
        return give_up(f"缺少视频库，不能录像 video libraries cannot be loaded: {error}")
    silence_library()
    has_fallen = threading.Event()

    def fell(told: threading.ExceptHookArgs) -> None:
        """A thread that dies of a bug takes the process along, which is started again."""
        threading.__excepthook__(told)
        has_fallen.set()
        asked_to_stop.set()

    threading.excepthook = fell
    recorder = Recorder(stated, cameras, options.data)
    recorder.start()
    recorder.work(asked_to_stop)
    recorder.stop()
    return int(has_fallen.is_set())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
