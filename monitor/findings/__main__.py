"""``python -m monitor.findings``: looks for findings in the pictures of the recorder's cameras.

Only the command's words stand here, so that a machine on which the video libraries cannot be loaded
is told so plainly. The work is in ``monitor/analyser.py``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from monitor.beginning import begin, give_up


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m monitor.findings", description=__doc__)
    parser.add_argument("--hall", default="http://127.0.0.1:8080", help="the hall server's address")
    parser.add_argument("--station", default="analyser-1", help="this station's name in the hall")
    parser.add_argument("--data", type=Path, default=Path("data/analyser-1"))
    parser.add_argument("--cameras", type=Path, required=True, help="see monitor/cameras/camera.py")
    parser.add_argument("--rules", type=Path, default=None, help="see monitor/findings/watched.py")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--recorder", type=Path, help="data folder of the recorder")
    source.add_argument("--frames", type=Path, help="a folder of key frames instead")
    parser.add_argument("--code", default="", help="one-time code to enrol with")
    parser.add_argument("--code-file", type=Path, default=None, help="a file that holds it")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Look until asked to stop."""
    options = parse(arguments)
    end, stated, cameras = begin(options.cameras)
    try:
        from monitor.analyser import UNFIT, prepare  # noqa: PLC0415 - see above
    except ImportError as error:
        return give_up(f"缺少视频库，不能分析 video libraries cannot be loaded: {error}")
    try:
        run = prepare(options, cameras.cameras, stated, end)
    except UNFIT as error:
        return give_up(f"分析程序无法启动 the analyser cannot start: {error}")
    return run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
