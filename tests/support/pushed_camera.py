"""A network camera of JPEG pictures (HTTP), of which somebody can cover the lens, or push it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

import cv2
from scenes import NOISES, Scene, Script

ALWAYS = ((0, 10**9),)
SCRIPTS = {
    "well": Script(),
    "covered": Script(covered=ALWAYS),
    "dark": Script(dark=ALWAYS),
    "moved": Script(pushes=((0, 44, 16),)),
    "frozen": Script(),
    "defocused": Script(blurred=ALWAYS),
}
EVERY_S = 0.15
SEED = 3


def pictures(trouble: str) -> list[bytes]:
    """What such a camera sends, over and over; a frozen one has but one picture."""
    scene = Scene(SEED, SCRIPTS[trouble])
    moments = 1 if trouble == "frozen" else NOISES
    frames = [scene.frame(moment) for moment in range(moments)]
    return [cv2.imencode(".jpg", frame)[1].tobytes() for frame in frames]


@dataclass
class PushedCameras:
    """Each is named by what will be wrong with it; all show the same window."""

    port: int
    troubled: set[str] = field(default_factory=set)
    """Those with which it is wrong now."""

    def address(self, trouble: str) -> str:
        """Of the camera with this trouble."""
        return f"http://127.0.0.1:{self.port}/{trouble}"


@contextmanager
def pushed_cameras() -> Iterator[PushedCameras]:
    """They send until the end; nothing is wrong with any."""
    films = {trouble: pictures(trouble) for trouble in SCRIPTS}

    class Pictures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
            self.end_headers()
            trouble, number = self.path[1:], 0
            while not over.is_set():
                film = films[trouble if trouble in cameras.troubled else "well"]
                data = film[number % len(film)]
                head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + data + b"\r\n")
                except OSError:
                    return
                number += 1
                sleep(EVERY_S)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    cameras = PushedCameras(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield cameras
    finally:
        over.set()
        server.shutdown()
        server.server_close()
