"""Starts GStreamer's RTSP server, where this machine has it, and stops, freezes and kills it."""

from __future__ import annotations

import json
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest
from running_hall import free_port

SCRIPT = Path(__file__).with_name("gstreamer_server.py")
PYTHON = "/usr/bin/python3"
WANTED = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
LOOK = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
names = "qtdemux h264parse h265parse rtph264pay rtph265pay capssetter".split()
raise SystemExit(not all(map(Gst.ElementFactory.find, names)))
"""


@cache
def is_there() -> bool:
    """Whether Debian's Python finds all that is wanted."""
    try:
        done = subprocess.run([PYTHON, "-c", LOOK], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def needed() -> None:
    """Skip, and say what is missing."""
    if not is_there():
        pytest.skip(f"GStreamer is not installed: apt-get install {WANTED}")


class GStreamerServer:
    """The server as a process; mounts as ``gstreamer_server.py`` has them."""

    def __init__(self, mounts: dict[str, dict[str, object]]) -> None:
        """Its port stays the same over restarts."""
        self.mounts, self.port = mounts, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [PYTHON, str(SCRIPT), str(self.port), json.dumps(self.mounts)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout
        assert self._process.stdout.readline() == b"ready\n"

    def address(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{name}"

    def tell(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
