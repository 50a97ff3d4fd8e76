"""Recordings are given for the hall's word for their time, whole; each seek is told the hall."""

from __future__ import annotations

import http.client
import io
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import msgspec
import numpy as np
import pytest
from drawn_recording import BEGAN_MS, ended, recorded
from running_hall import free_port

from hall_server.contract.admission import Admission, AdmissionError
from monitor.cameras.camera import RecordingRules, read_cameras
from monitor.cameras.placed import note as note_placed
from monitor.cameras.stills import HEIGHT, WIDTH
from monitor.live.door import LiveServer
from monitor.live.room import Asked, ShownCameras
from monitor.live.word import HallsWord
from monitor.lookback import seeks
from monitor.lookback.door import BEFORE_MS, FILM_MOST_MS, READERS_MOST, Lookback
from monitor.lookback.seeks import FOLDER, tell
from monitor.recording.archive import INDEX, Archive

PAGE = "http://127.0.0.1:8083"
NOW_MS = BEGAN_MS + 200_000
CAMERAS = read_cameras(
    """
[[cameras]]
id = "a"
name = { zh = "一" }
address = "rtsp://viewer:secret@192.168.1.64/main"
recorder_link = "rtsp://192.168.1.20/tracks/101?starttime={begin}&endtime={end}"
recorder_time = "utc"

[[cameras]]
id = "masked"
name = { zh = "二" }
address = "rtsp://192.168.1.65/main"
zones = [{ kind = "mask", polygon = [[0, 0], [1, 0], [1, 1], [0, 1]] }]
""",
    "cameras.toml",
).cameras


class Word(HallsWord):
    """The hall's word without a hall: what a token admits to is given by the test."""

    def __init__(self) -> None:
        super().__init__(f"http://127.0.0.1:{free_port()}", lambda: NOW_MS)
        self.known: dict[str, Admission] = {}

    def admission(self, token: str) -> Admission:
        if token not in self.known:
            raise AdmissionError("not known")
        return self.known[token]


@dataclass(frozen=True)
class Told:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Door:
    """A recorder that goes on, its archive, and the door to it."""

    data: Path
    archive: Archive
    word: Word
    lookback: Lookback
    port: int

    def admit(self, begins: int = 0, ends: int = 150_000, camera: str = "a", look: int = 7) -> str:
        token = f"token-{len(self.word.known)}"
        self.word.known[token] = Admission(
            account="boss",
            camera_ids=[camera],
            expires_at=NOW_MS + 1,
            begins_at=BEGAN_MS + begins,
            ends_at=BEGAN_MS + ends,
            look=look,
        )
        return token

    def get(self, path: str, token: str) -> Told:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            headers = {"Origin": PAGE, "Authorization": f"Bearer {token}"}
            line.request("GET", f"/lookback/{path}", headers=headers)
            answer = line.getresponse()
            return Told(answer.status, answer.headers, answer.read())

    def film(self, begins: int, ends: int, token: str, camera: str = "a") -> Told:
        return self.get(f"{camera}/film?from={BEGAN_MS + begins}&to={BEGAN_MS + ends}", token)

    def still(self, at: int, token: str, camera: str = "a") -> Told:
        return self.get(f"{camera}/still?at={BEGAN_MS + at}", token)

    def noted(self) -> list[tuple[int, int]]:
        found = []
        tell(self.data / FOLDER, lambda ask: found.extend(ask.seeks))
        return [(one.look, one.at - BEGAN_MS) for one in found]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A minute and a half, a gap of ten seconds, and a minute file that is being written now."""
    folder = tmp_path_factory.mktemp("recorded")
    archive = Archive(folder, RecordingRules(), free=lambda _folder: 0.5)
    ended(recorded(archive, folder, 90))
    going_on = recorded(archive, folder, 20, BEGAN_MS + 100_000)
    yield folder
    ended(going_on)
    archive.index.close()


@pytest.fixture
def door(data: Path, tmp_path: Path) -> Iterator[Door]:
    """The recordings as they stand, for this test alone to spoil, and the door to them."""
    shutil.copytree(data, tmp_path, dirs_exist_ok=True)
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: 0.5)
    word, cameras = Word(), ShownCameras(CAMERAS)
    lookback = Lookback(cameras, tmp_path, lambda: NOW_MS)
    address = ("127.0.0.1", 0)
    server = LiveServer(address, cameras, word, PAGE, [lookback], lookback.windows_at)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Door(tmp_path, archive, word, lookback, server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        lookback.close()
        archive.index.close()


def times(film: Told) -> list[int]:
    """When each picture was taken, of those that can be decoded; after the door's beginning."""
    origin = int(film.headers["X-Origin-At"])
    with av.open(io.BytesIO(film.body), "r") as file:
        return [
            origin + round(float(frame.time or 0) * 1000) - BEGAN_MS
            for frame in file.decode(video=0)
        ]


def test_what_there_is_and_what_is_missing(door: Door) -> None:
    told = door.get(f"a/timeline?from={BEGAN_MS}&to={BEGAN_MS + 150_000}", door.admit())
    assert told.status == 200
    line = msgspec.json.decode(told.body)
    spans = [(one["begins_at"] - BEGAN_MS, one["ends_at"] - BEGAN_MS) for one in line["recorded"]]
    assert spans[0] == (0, 90_000)
    assert spans[1][0] == 100_000
    assert 118_000 <= spans[1][1] <= 120_000, "the minute that is being written"
    gaps = [(one["begins_at"] - BEGAN_MS, one["cause"]) for one in line["gaps"]]
    assert gaps == [(90_000, "offline"), (spans[1][1], "unknown")]
    assert (line["moves"], line["has_recorder"]) == (True, True)


def test_a_film_over_two_files_on_one_scale_of_time(door: Door) -> None:
    film = door.film(57_300, 63_000, door.admit())
    assert (film.status, film.headers["Content-Type"]) == (200, "video/mp4")
    assert film.headers["X-Codec"].startswith("avc1.")
    assert film.headers["Access-Control-Expose-Headers"].count("X-Origin-At") == 1
    assert int(film.headers["X-Origin-At"]) == BEGAN_MS - BEFORE_MS
    seen = times(film)
    assert 55_000 <= seen[0] <= 57_300, "from the key frame before"
    assert seen[-1] >= 62_875
    steps = {after - before for before, after in pairwise(seen)}
    assert steps == {125}, "nothing is missing where one file ends and the next begins"
    assert int(film.headers["X-Ends-At"]) == BEGAN_MS + 63_000


def test_a_gap_is_as_long_as_it_was(door: Door) -> None:
    seen = times(door.film(88_000, 102_000, door.admit()))
    assert max(after - before for before, after in pairwise(seen)) >= 10_000
    assert 100_000 in seen


def test_the_minute_that_is_being_written_plays_as_far_as_it_has_come(door: Door) -> None:
    assert times(door.film(110_000, 130_000, door.admit()))[-1] >= 117_000
    assert door.film(125_000, 130_000, door.admit()).status == 204
    assert door.film(92_000, 98_000, door.admit()).status == 204


def test_a_film_is_a_minute_at_most(door: Door) -> None:
    film = door.film(0, 90_000, door.admit())
    assert int(film.headers["X-Ends-At"]) == BEGAN_MS + FILM_MOST_MS
    assert times(film)[-1] < FILM_MOST_MS + 1_000


def test_a_still_is_the_key_frame_before_the_moment(door: Door) -> None:
    token = door.admit()
    for at in (0, 30_500, 59_990, 89_000, 110_200):
        still = door.still(at, token)
        assert (still.status, still.headers["Content-Type"]) == (200, "image/jpeg")
        assert 0 <= at - (int(still.headers["X-Taken-At"]) - BEGAN_MS) <= 1_000
        picture = cv2.imdecode(np.frombuffer(still.body, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape[:2] == (HEIGHT, WIDTH)
    assert door.still(95_000, token).status == 204


def test_a_window_is_shown_by_the_cameras_that_were_there_then(door: Door) -> None:
    (a, _) = CAMERAS
    note_placed(door.data, (msgspec.structs.replace(a, windows=("w1",)),), BEGAN_MS)
    note_placed(door.data, (msgspec.structs.replace(a, windows=("w2",)),), BEGAN_MS + 50_000)
    for at, windows in ((BEGAN_MS + 10, ["w1"]), (BEGAN_MS + 50_000, ["w2"])):
        with closing(http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)) as line:
            line.request("GET", f"/cameras?at={at}", headers={"Origin": PAGE})
            told = msgspec.json.decode(line.getresponse().read())
        assert [one["windows"] for one in told] == [windows, []]


def test_what_is_masked_is_never_given_in_motion(door: Door) -> None:
    with sqlite3.connect(door.data / INDEX) as index:
        index.execute("UPDATE segment SET camera = 'masked'")
    token = door.admit(camera="masked")
    assert door.film(0, 5_000, token, "masked").status == 409
    picture = cv2.imdecode(
        np.frombuffer(door.still(5_000, token, "masked").body, np.uint8), cv2.IMREAD_GRAYSCALE
    )
    assert picture is not None
    assert picture.max() < 24, "all of it is painted over"


def test_nobody_sees_more_than_the_hall_admits(door: Door) -> None:
    token = door.admit(10_000, 20_000)
    assert door.film(10_000, 20_000, token).status == 200
    for begins, ends in ((9_999, 15_000), (15_000, 20_001), (15_000, 15_000), (18_000, 12_000)):
        assert door.film(begins, ends, token).status == 403
    assert door.still(20_001, token).status == 403
    assert door.film(10_000, 20_000, "forged").status == 401
    assert door.film(10_000, 20_000, token, "masked").status == 403, "another camera's word"
    for query in ("", "from=x&to=y", "at=1&at=2&at=3&at=4&at=5", "from=1", "at=1&from=2"):
        assert door.get(f"a/film?{query}", token).status == 403
    assert door.get(f"a/other?at={BEGAN_MS + 10_000}", token).status == 404
    live = Admission(account="boss", camera_ids=["a"], expires_at=NOW_MS + 1)
    door.word.known["live"] = live
    assert door.film(10_000, 20_000, "live").status == 403, "that word is for live pictures"


def test_a_seek_is_noted_and_what_goes_on_is_none(door: Door) -> None:
    token = door.admit()
    for begins in (0, 5_000, 10_000, 60_000, 65_000, 12_000):
        door.film(begins, begins + 5_000, token)
    for at in (30_000, 31_000, 50_000):
        door.still(at, token)
    door.film(0, 5_000, door.admit(look=9))
    door.film(95_000, 96_000, token)  # nothing is there, nothing was given
    places = [(7, 0), (7, 60_000), (7, 12_000), (7, 30_000), (7, 50_000), (9, 0)]
    assert door.noted() == places
    assert door.noted() == [], "told once"


def test_with_too_many_untold_nothing_more_is_shown(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeks, "UNTOLD_MOST", 1)
    token = door.admit()
    assert door.film(0, 5_000, token).status == 200
    assert door.film(40_000, 45_000, token).status == 429


def test_only_so_many_read_at_a_time(door: Door) -> None:
    admission = door.word.known[door.admit()]
    query = f"from={BEGAN_MS}&to={BEGAN_MS + 5_000}"
    asked = Asked("GET", "a/film", query, admission)
    held = [door.lookback.given(asked) for _ in range(READERS_MOST)]
    assert {one.__enter__().status for one in held} == {200}
    assert door.film(0, 5_000, door.admit()).status == 429
    held[0].__exit__(None, None, None)
    assert door.film(0, 5_000, door.admit()).status == 200
    for one in held[1:]:
        one.__exit__(None, None, None)


def test_a_recorder_of_its_own_is_linked_to_at_the_moment(door: Door) -> None:
    told = door.get(f"a/recorder?at={BEGAN_MS}", door.admit())
    expected = "rtsp://192.168.1.20/tracks/101?starttime=20261118T110700Z&endtime=20261118T110800Z"
    assert msgspec.json.decode(told.body) == {"link": expected}
    assert b"secret" not in told.body
    token = door.admit(camera="masked")
    assert door.get(f"masked/recorder?at={BEGAN_MS}", token).status == 404


def cut(path: Path, length: int) -> None:
    with path.open("r+b") as file:
        file.truncate(length)


def spoil_head(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 64)


SPOILT: dict[str, Callable[[Path], Any]] = {
    "gone": Path.unlink,
    "empty": lambda path: cut(path, 0),
    "cut in its head": lambda path: cut(path, 300),
    "cut in a fragment": lambda path: cut(path, path.stat().st_size // 2),
    "spoilt": spoil_head,
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_is_lost_or_cut_takes_nothing_else_with_it(door: Door, name: str) -> None:
    first, *_ = door.archive.index.segments(["a"])
    SPOILT[name](door.archive.root / first.path)
    film = door.film(50_000, 70_000, door.admit())
    seen = times(film)
    assert film.status == 200
    assert seen[-1] >= 69_875
    assert set(range(60_000, 69_000, 1_000)) <= {*seen}
    assert door.still(5_000, door.admit()).status == (200 if name == "cut in a fragment" else 204)


def test_reading_never_keeps_the_recorder_waiting(door: Door) -> None:
    """While many read, the index is written; a reader holds no lock of a writer's."""
    token, stop = door.admit(), threading.Event()
    line = f"a/timeline?from={BEGAN_MS}&to={BEGAN_MS + 150_000}"

    def read() -> None:
        while not stop.is_set():
            door.get(line, token)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for one in readers:
        one.start()
    door.archive.index._engine.dispose()
    try:
        with closing(sqlite3.connect(door.data / INDEX, timeout=0)) as writer:
            for number in count():
                with writer:  # with no patience at all: one lock in its way and this raises
                    writer.execute("UPDATE segment SET chain = ?", (f"{number}",))
                if number > 200:
                    break
    finally:
        stop.set()
        for one in readers:
            one.join()


def test_before_a_recorder_was_ever_there_the_door_says_so(tmp_path: Path) -> None:
    lookback = Lookback(ShownCameras(CAMERAS), tmp_path / "nowhere", lambda: NOW_MS)
    admission = Admission(account="b", camera_ids=["a"], expires_at=1, begins_at=1, ends_at=9)
    with lookback.given(Asked("GET", "a/timeline", "from=1&to=9", admission)) as given:
        assert given.status == 503
    lookback.close()
