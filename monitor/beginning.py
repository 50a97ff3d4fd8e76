"""How the programs of cameras begin: they wait for cameras to be stated, and stop when asked.

They give way to the hall, which may be on the same machine: a call is not kept waiting by pictures.
No video library is loaded here: a hall without cameras waits cheaply.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from config.ending import Ending, ending
from config.faults import FaultyFactsError
from monitor.cameras.camera import CameraFile
from monitor.cameras.stated import StatedCameras

NICE = 5
"""Beside one that never rests, a quarter of a core is theirs all the same."""


def give_up(why: str) -> int:
    """Say why starting again would not help."""
    sys.stderr.write(f"✗ {why}\n")
    return os.EX_CONFIG


def begin(path: Path) -> tuple[Ending, StatedCameras, CameraFile]:
    """What ends the program, the file, and what it states.

    Raises SystemExit: with 0 when asked to stop before any camera was stated, with EX_CONFIG for a
    file that cannot be used.
    """
    os.nice(NICE)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    end = ending()
    stated = StatedCameras(path)
    try:
        cameras = stated.first(end)
    except (OSError, FaultyFactsError) as error:
        raise SystemExit(give_up(f"摄像机配置 cameras: {error}")) from None
    if cameras is None:
        raise SystemExit(0)
    return end, stated, cameras
