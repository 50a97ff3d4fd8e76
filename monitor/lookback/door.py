"""Recordings, a room behind the live pictures' door: for the hall's word for a time.

    GET /lookback/<camera>/timeline?from=&to=   what there is and what is missing, as JSON
    GET /lookback/<camera>/film?from=&to=       fragmented MP4; X-Origin-At is its time 0, X-Ends-At
                                                where the next begins, X-Codec what it is
    GET /lookback/<camera>/still?at=            the key frame before, as JPEG; X-Taken-At
    GET /lookback/<camera>/recorder?at=         where a recorder of its own plays that moment

Where nothing was recorded there is no content. All times are UTC ms and must lie in the time that
the hall's word is for. A film is a minute at most: going on, and going somewhere else, are asked
for anew, and the latter is noted (``seeks.py``) before anything is given. Recordings are only read;
so few may read at a time that the recorder has its disk to itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec

from hall_server.contract.admission import Admission
from monitor.cameras.camera import Camera, ZoneKind
from monitor.cameras.placed import read, windows_at
from monitor.cameras.recorder_link import filled
from monitor.live.room import Asked, Given, ShownCameras, moves, whole
from monitor.lookback.film import film_of
from monitor.lookback.seeks import Seeks, TooManyUntold
from monitor.lookback.still import still_of
from monitor.lookback.timeline import timeline_of
from monitor.recording.archive import INDEX, RECORDINGS
from monitor.recording.clips import Clip, find
from monitor.recording.index.archive_index import ArchiveIndex, IndexFault

FILM_MOST_MS = 60_000
BEFORE_MS = 120_000
"""Media time 0 lies so long before the admitted time: the key frame that a film begins with may lie
before it, and media time is never negative."""
READERS_MOST = 8
RECORDER_PLAYS_MS = 60_000
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


Moments = dict[str, int]


class Lookback:
    """See the module; from any thread."""

    path = "/lookback/"
    methods = ("GET",)
    origins: tuple[str, ...] = ()

    def __init__(self, cameras: ShownCameras, data: Path, now_ms: Callable[[], int]) -> None:
        """``data`` is the recorder's, which may come later."""
        self._cameras = cameras
        self._data, self._root, self._now_ms = data, data / RECORDINGS, now_ms
        self._index = ArchiveIndex(data / INDEX, to_read=True)
        self._seeks = Seeks(data)
        self._places = threading.BoundedSemaphore(READERS_MOST)

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def windows_at(self, query: str) -> Mapping[str, tuple[str, ...]]:
        """Which windows each camera showed ``at`` a moment, as far as is known."""
        asked = _numbers(query)
        return windows_at(read(self._data), asked["at"]) if asked and "at" in asked else {}

    @contextmanager
    def given(self, asked: Asked) -> Iterator[Given]:
        """The answer, for as long as it is being sent."""
        camera_id, _, what = asked.what.partition("/")
        camera = self._cameras.admitted(camera_id, asked.admission, is_live=False)
        if isinstance(camera, Given):
            yield camera
        elif not self._places.acquire(blocking=False):
            yield Given(TOO_MANY)
        else:
            try:
                yield self._answer(camera, what, asked.query, asked.admission)
            finally:
                self._places.release()

    def _answer(self, camera: Camera, what: str, query: str, admission: Admission) -> Given:
        answers = {
            "timeline": self._timeline,
            "film": self._film,
            "still": self._still,
            "recorder": self._recorder,
        }
        asked = _numbers(query)
        if what not in answers:
            return Given(HTTPStatus.NOT_FOUND)
        if asked is None or not _is_admitted(asked, admission):
            return Given(HTTPStatus.FORBIDDEN)
        try:
            return answers[what](camera, asked, admission)
        except IndexFault:
            return Given(HTTPStatus.SERVICE_UNAVAILABLE)
        except TooManyUntold:
            return Given(TOO_MANY)

    def _found(self, camera: Camera, begins_at: int, ends_at: int) -> Clip:
        return find(self._root, self._index, camera.id, begins_at, ends_at)

    def _timeline(self, camera: Camera, asked: Moments, _admission: Admission) -> Given:
        ends_at = max(asked["from"] + 1, min(asked["to"], self._now_ms()))
        clip = self._found(camera, asked["from"], ends_at)
        told = timeline_of(clip, moves=moves(camera), has_recorder=bool(camera.recorder_link))
        return whole(msgspec.json.encode(told))

    def _film(self, camera: Camera, asked: Moments, admission: Admission) -> Given:
        if not moves(camera):
            return Given(HTTPStatus.CONFLICT)
        begins_at = asked["from"]
        ends_at = min(asked["to"], begins_at + FILM_MOST_MS)
        clip = self._found(camera, begins_at, ends_at)
        film = film_of(self._root, clip, admission.begins_at - BEFORE_MS)
        if not film.parts:
            return Given(HTTPStatus.NO_CONTENT)
        self._seeks.note(admission, camera.id, "film", begins_at, film.ends_at)
        headers: dict[str, int | str] = {
            "X-Origin-At": film.origin_ms,
            "X-Ends-At": film.ends_at,
            "X-Codec": film.codec,
        }
        return Given(HTTPStatus.OK, "video/mp4", headers, film.bytes(), film.length)

    def _still(self, camera: Camera, asked: Moments, admission: Admission) -> Given:
        at = asked["at"]
        clip = self._found(camera, at, at + 1)
        frame = still_of(self._root, clip, camera.polygons(ZoneKind.MASK))
        if frame is None:
            return Given(HTTPStatus.NO_CONTENT)
        self._seeks.note(admission, camera.id, "still", at, at)
        return whole(frame.jpeg, "image/jpeg", X_Taken_At=frame.at_ms)

    def _recorder(self, camera: Camera, asked: Moments, _admission: Admission) -> Given:
        if not camera.recorder_link:
            return Given(HTTPStatus.NOT_FOUND)
        at = asked["at"]
        link = filled(camera.recorder_link, camera.recorder_time, at, at + RECORDER_PLAYS_MS)
        return whole(msgspec.json.encode({"link": link}))


def _numbers(query: str) -> Moments | None:
    """The moments that are asked for; None for what is no such question."""
    try:
        asked = {name: int(value) for name, value in parse_qsl(query, max_num_fields=4)}
    except ValueError:
        return None
    return asked if asked.keys() in ({"from", "to"}, {"at"}) else None


def _is_admitted(asked: Moments, admission: Admission) -> bool:
    begins_at, ends_at = asked.get("from", asked.get("at", 0)), asked.get("to", asked.get("at", 0))
    is_span = "at" in asked or begins_at < ends_at
    return is_span and admission.begins_at <= begins_at and ends_at <= admission.ends_at
