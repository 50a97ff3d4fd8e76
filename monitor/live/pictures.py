"""The rooms of what is to be seen now: the newest picture of a camera, and pictures in motion.

GET  /stills/<camera>   as JPEG, and in X-Taken-At when it was taken (UTC ms); nothing (204) until
                        one has come, for the recorder is asked only while somebody looks
GET  /live/<camera>     without an end; see ``stream.py``
HEAD /live/<camera>     a newer word of the hall, with which those go on past the end of the older
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from monitor.cameras.camera import Camera
from monitor.feed.latest import LatestPictures
from monitor.live.room import Asked, Given, ShownCameras, moves, whole
from monitor.live.stream import LiveStreams, Viewer
from monitor.live.word import Looks

TAKE_S = 1.0


@dataclass(frozen=True)
class Stills:
    """Newest pictures."""

    cameras: ShownCameras
    pictures: LatestPictures
    path: str = "/stills/"
    methods: tuple[str, ...] = ("GET",)
    origins: tuple[str, ...] = ()

    @contextmanager
    def given(self, asked: Asked) -> Iterator[Given]:
        """One picture."""
        camera = self.cameras.admitted(asked.what, asked.admission, is_live=True)
        if isinstance(camera, Given):
            yield camera
        elif frame := self.pictures.picture(camera.id):
            yield whole(frame.jpeg, "image/jpeg", X_Taken_At=frame.at_ms)
        else:
            yield Given(HTTPStatus.NO_CONTENT)


@dataclass(frozen=True)
class Moving:
    """Pictures in motion."""

    cameras: ShownCameras
    streams: LiveStreams
    looks: Looks
    path: str = "/live/"
    methods: tuple[str, ...] = ("GET", "HEAD")
    origins: tuple[str, ...] = ()

    @contextmanager
    def given(self, asked: Asked) -> Iterator[Given]:
        """Until the viewer goes, its word is over, or the camera is not what it was."""
        camera = self.cameras.admitted(asked.what, asked.admission, is_live=True)
        if isinstance(camera, Given):
            yield camera
        elif asked.method == "HEAD":
            self.looks.note(asked.admission, camera.id)
            yield Given(HTTPStatus.NO_CONTENT)
        elif moves(camera) and (viewer := self.streams.look(camera)):
            self.looks.note(asked.admission, camera.id)
            try:
                parts = self._parts(viewer, asked.admission.account, camera)
                yield Given(HTTPStatus.OK, "application/octet-stream", parts=parts, length=None)
            finally:
                self.streams.leave(viewer)
        else:
            yield Given(HTTPStatus.SERVICE_UNAVAILABLE)

    def _parts(self, viewer: Viewer, account: str, camera: Camera) -> Iterator[bytes]:
        while self.looks.may(account, camera.id):
            if self.cameras.by_id.get(camera.id) != camera:
                return  # it may be masked now, or be another one
            data = viewer.take(TAKE_S)
            if data is None:
                return
            yield data
