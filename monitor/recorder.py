"""``python -m monitor.recorder``: records the cameras of one file, about sixteen to a process.

Only the command's words stand here, so that a machine on which the video libraries cannot be loaded
is told so plainly. The work is in ``recording/recorder_process.py``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from monitor.beginning import begin, give_up


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.recorder", description=__doc__)
    parser.add_argument("--cameras", type=Path, required=True, help="TOML file of the cameras")
    parser.add_argument("--data", type=Path, default=Path("data/monitor-1"))
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Record until asked to stop."""
    options = parse(arguments)
    end, stated, cameras = begin(options.cameras)
    try:
        from monitor.recording.recorder_process import Recorder, silence_library  # noqa: PLC0415 - see above
    except ImportError as error:
        return give_up(f"缺少视频库，不能录像 video libraries cannot be loaded: {error}")
    silence_library()
    recorder = Recorder(stated, cameras, options.data)
    recorder.start()
    recorder.work(end)
    recorder.stop()
    return end.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
