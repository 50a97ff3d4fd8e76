"""Live pictures are given to whom a really running hall has admitted, and to nobody else."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from drawn_recording import packets, start
from running_hall import People, RunningHall, free_port

from hall_server.contract.admission import ADMITTED_MS, Admission, AdmissionError
from hall_server.contract.http_door import LinkDown
from monitor.cameras.camera import read_cameras
from monitor.cameras.stills import HEIGHT, ROWS, WIDTH, KeyFrame
from monitor.feed.frames import FeedFrames
from monitor.feed.latest import LOOKED_AT_FOR_S, LatestPictures
from monitor.feed.packets import Packet, StreamStart
from monitor.feed.server import Feed, connect
from monitor.live.door import LiveServer
from monitor.live.evidence import EvidenceRoom, ZonesRoom
from monitor.live.pictures import Moving, Stills
from monitor.live.room import Room, ShownCameras
from monitor.live.stream import HEADER, Kind, LiveStreams
from monitor.live.word import HallsWord, Looks

PAGE, CONSOLE = "http://127.0.0.1:8083", "http://127.0.0.1:8080"
CAMERAS = read_cameras(
    """
[[cameras]]
id = "camera-1"
name = { zh = "1号窗口", en = "Window 1" }
address = "rtsp://viewer:secret@192.168.1.64/main"
windows = ["window-1"]

[[cameras]]
id = "camera-2"
name = { zh = "等候区" }
address = "rtsp://192.168.1.65/main"
zones = [{ kind = "mask", polygon = [[0, 0], [0.5, 0], [0.5, 0.5]] }]
""",
    "cameras.toml",
).cameras


@dataclass(frozen=True)
class Told:
    """An answer, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Door:
    """A hall, a recorder's socket, and the door between them."""

    hall: RunningHall
    people: People
    feed: Feed
    port: int
    passed_s: list[float]
    late_ms: list[int]
    word_of_hall: HallsWord
    looks: Looks

    def admitted(self, token: str) -> Admission:
        return self.word_of_hall.admission(token)

    def get(self, path: str, token: str = "", origin: str = PAGE, method: str = "GET") -> Told:
        headers = {"Origin": origin}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as line:
            line.request(method, path, headers=headers)
            answer = line.getresponse()
            return Told(answer.status, answer.headers, answer.read())

    def word(self, *cameras: str) -> str:
        asked = {"camera_ids": [*cameras], "note": "日常巡查"}
        told = self.hall.must("camera.admit", asked, cookie=self.people.supervisor)
        return str(told["token"])

    @contextmanager
    def live(self, camera: str, token: str) -> Iterator[http.client.HTTPResponse]:
        headers = {"Origin": PAGE, "Authorization": f"Bearer {token}"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            line.request("GET", f"/live/{camera}", headers=headers)
            yield line.getresponse()

    def show(self, camera: str, at_ms: int) -> None:
        picture = np.full((ROWS, WIDTH), 128, np.uint8)
        self.feed.still(KeyFrame(camera, at_ms, picture).still)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    hall = RunningHall(folder / "hall", free_port()).start()
    feed = Feed(folder)
    feed.start()
    passed_s, late_ms = [0.0], [0]
    pictures = LatestPictures(lambda: FeedFrames(folder), lambda: time.monotonic() + passed_s[0])
    word = HallsWord(hall.url, lambda: time.time_ns() // 1_000_000 + late_ms[0])
    streams = LiveStreams(partial(connect, folder))
    cameras, looks = ShownCameras(CAMERAS), Looks(word.now_ms)
    rooms: list[Room] = [
        Stills(cameras, pictures),
        Moving(cameras, streams, looks),
        EvidenceRoom(folder, (CONSOLE,)),
        ZonesRoom(cameras, (CONSOLE,)),
    ]
    server = LiveServer(("127.0.0.1", 0), cameras, word, PAGE, rooms)
    pictures.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def is_key_known() -> bool:  # it is, with the hall's first checkpoint
        try:
            word.admission("nonsense")
        except LinkDown:
            return False
        except AdmissionError:
            return True
        raise AssertionError

    try:
        until(is_key_known)
        people, port = hall.people([]), server.server_address[1]
        yield Door(hall, people, feed, port, passed_s, late_ms, word, looks)
    finally:
        server.shutdown()
        pictures.stop()
        streams.stop()
        server.server_close()
        feed.stop()
        hall.stop()


def test_what_cameras_there_are_is_told_without_their_addresses(door: Door) -> None:
    body = door.get("/cameras").body
    assert msgspec.json.decode(body) == [
        {
            "id": "camera-1",
            "name": {"zh": "1号窗口", "en": "Window 1"},
            "windows": ["window-1"],
            "moves": True,
        },
        {
            "id": "camera-2",
            "name": {"zh": "等候区", "en": ""},
            "windows": [],
            "moves": False,
        },
    ]


def test_a_picture_for_whom_the_hall_admits(door: Door) -> None:
    word = door.word("camera-1")
    assert door.get("/stills/camera-1", word).status == 204, "none has come yet"
    seen = door.get("/stills/camera-1", word)
    give_up_s = time.monotonic() + 10
    while seen.status == 204:
        assert time.monotonic() < give_up_s
        door.show("camera-1", 1_795_482_725_000)
        time.sleep(0.05)
        seen = door.get("/stills/camera-1", word)
    assert (seen.status, seen.headers["X-Taken-At"]) == (200, "1795482725000")
    assert seen.headers["Access-Control-Allow-Origin"] == PAGE
    picture = cv2.imdecode(np.frombuffer(seen.body, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[:2] == (HEIGHT, WIDTH)


def test_nobody_else_sees_one(door: Door) -> None:
    word = door.word("camera-1", "camera-9")
    last = "A" if word[-1] != "A" else "B"
    assert door.get("/stills/camera-1").status == 401
    assert door.get("/stills/camera-1", word[:-10] + last * 10).status == 401
    assert door.get("/stills/camera-2", word).status == 403, "admitted to another camera"
    assert door.get("/stills/camera-1", word, origin="http://evil.example").status == 403
    assert door.get("/stills/camera-9", word).status == 404
    recorded = door.hall.must(
        "camera.look",
        {"camera_id": "camera-1", "begins_at": 1, "ends_at": 2, "note": "投诉核查"},
        cookie=door.people.supervisor,
    )
    assert door.get("/stills/camera-1", recorded["token"]).status == 403, "that word is for a clip"


def test_the_clerks_page_may_ask_for_evidence_and_for_nothing_else(door: Door) -> None:
    word = door.word("camera-1")
    told = door.get("/zones/camera-2", word, origin=CONSOLE)
    assert (told.status, told.headers["Access-Control-Allow-Origin"]) == (200, CONSOLE)
    assert door.get("/evidence/findings/a/1.jpg", word, origin=CONSOLE).status == 403
    assert door.get("/zones/camera-9", word).status == 404
    assert door.get("/zones/camera-2").status == 401
    for path in ("/cameras", "/stills/camera-1", "/live/camera-1"):
        assert door.get(path, word, origin=CONSOLE).status == 403
    for path in ("/evidence/findings/a/1.jpg", "/zones/camera-2"):
        assert door.get(path, word, origin="http://evil.example").status == 403


def test_who_may_not_look_gets_no_word(door: Door) -> None:
    asked = {"camera_ids": ["camera-1"], "note": "日常巡查"}
    for cookie in (door.people.administrator, door.people.auditor):
        status, told, *_ = door.hall.send("camera.admit", asked, cookie=cookie)
        assert (status, told["code"]) == (403, "forbidden")


def test_when_nobody_looks_the_recorder_is_let_go_and_the_picture_forgotten(door: Door) -> None:
    word = door.word("camera-1")
    door.get("/stills/camera-1", word)
    until(lambda: door.feed.wants("camera-1", None))
    door.passed_s[0] += LOOKED_AT_FOR_S

    def is_let_go() -> bool:
        door.show("camera-1", 1)  # the recorder notices when it next has a picture
        return not door.feed.wants("camera-1", None)

    until(is_let_go)
    assert door.get("/stills/camera-1", word).status == 204


def sent_by(camera: str) -> tuple[StreamStart, list[Packet]]:
    begins = msgspec.structs.replace(start(), camera=camera)
    return begins, [msgspec.structs.replace(one, camera=camera) for one in packets(2)]


def next_kind(film: http.client.HTTPResponse) -> Kind:
    kind, length, *_ = HEADER.unpack(film.read(HEADER.size))
    film.read(length)
    return Kind(kind)


def test_pictures_in_motion_until_the_word_is_over(door: Door) -> None:
    begins, sent = sent_by("camera-1")
    word = door.word("camera-1")
    door.feed.started(begins)
    with door.live("camera-1", word) as film, door.live("camera-1", word) as other:
        assert (film.status, other.status) == (200, 200)
        assert film.headers["Access-Control-Allow-Origin"] == PAGE
        # Whoever reads pictures for the stills is no reader of this stream.
        until(lambda: any(one.wants("camera-1", begins.quality) for one in door.feed._readers))
        for one in sent[:4]:
            door.feed.packet(one)
        assert [next_kind(film) for _ in range(3)] == [Kind.CODEC, Kind.HEAD, Kind.FRAGMENTS]
        door.late_ms[0] = ADMITTED_MS
        try:
            ends = [one.read() for one in (film, other)]  # or the line's time is up
        finally:
            door.late_ms[0] = 0
        assert len(ends) == 2


def test_what_is_masked_is_not_shown_in_motion_where_no_mask_can_be(door: Door) -> None:
    assert door.get("/live/camera-2", door.word("camera-2")).status == 503


def test_a_newer_word_is_noted_without_a_break(door: Door) -> None:
    account = door.admitted(door.word("camera-2")).account
    assert not door.looks.may(account, "camera-2")
    assert door.get("/live/camera-2", door.word("camera-2"), method="HEAD").status == 204
    assert door.looks.may(account, "camera-2")


def test_a_look_goes_on_as_long_as_the_newest_word() -> None:
    now_ms = [0]
    looks = Looks(lambda: now_ms[0])
    for expires_at in (200, 100):
        looks.note(Admission(account="a", camera_ids=["c"], expires_at=expires_at), "c")
    now_ms[0] = 199
    assert looks.may("a", "c")
    assert not looks.may("b", "c")
    assert not looks.may("a", "d")
    now_ms[0] = 200
    assert not looks.may("a", "c")
    looks.note(Admission(account="a", camera_ids=["c"], expires_at=300), "c")
    assert looks.may("a", "c")


def test_motion_is_shown_to_nobody_else(door: Door) -> None:
    word = door.word("camera-1", "camera-9")
    for method in ("GET", "HEAD"):
        assert door.get("/live/camera-1", method=method).status == 401
        assert door.get("/live/camera-2", word, method=method).status == 403
        assert door.get("/live/camera-1", word, "http://evil.example", method).status == 403
        assert door.get("/live/camera-9", word, method=method).status == 404


def test_before_the_hall_was_ever_heard_nobody_is_let_in(tmp_path: Path) -> None:
    word = HallsWord(f"http://127.0.0.1:{free_port()}", lambda: 0)
    cameras, pictures = ShownCameras(CAMERAS), LatestPictures(lambda: FeedFrames(tmp_path))
    rooms = [Stills(cameras, pictures)]
    server = LiveServer(("127.0.0.1", 0), cameras, word, PAGE, rooms)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with closing(
        http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    ) as line:
        line.request("GET", "/stills/camera-1", headers={"Authorization": "Bearer x.y"})
        assert line.getresponse().status == 502
    server.shutdown()
    server.server_close()


def until(holds: Callable[[], bool], within_s: float = 10) -> None:
    give_up_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_s
        time.sleep(0.05)
