"""Cameras stated through the monitor's door, let by a running hall, tried on a real server."""

from __future__ import annotations

import http.client
import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from socket import create_connection
from time import monotonic, sleep, time_ns
from typing import Any

import pytest
from PIL import Image
from played_camera import RtspServer, clip
from played_onvif import ACCOUNT, PASSWORD, Make, PlayedCamera
from running_hall import People, RunningHall, free_port

from monitor.cameras.camera import load_cameras
from monitor.pages import MonitorServer, Premises
from monitor.setting_up.door import SetUpDoor
from monitor.station import Settings, Station

LOOPBACK = '[recording]\nnetworks = ["127.0.0.1/32"]  # this machine\n'
WITHIN_S = 10.0


def now_ms() -> int:
    return time_ns() // 1_000_000


@dataclass
class Office:
    """A hall, its administrator, and the monitor's door."""

    hall: RunningHall
    people: People
    port: int
    origin: str
    file: Path

    def word(self, act: str, camera_id: str = "", cookie: str = "") -> str:
        asked = {"act": act, "camera_id": camera_id}
        told = self.hall.must("camera.arrange", asked, cookie=cookie or self.people.administrator)
        return str(told["token"])

    def send(self, what: str, body: Any, word: str = "", origin: str = "") -> tuple[int, list[Any]]:
        headers = {"Origin": origin or self.origin, "Authorization": f"Bearer {word}"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request("POST", f"/set-up/{what}", json.dumps(body), headers)
            answer = line.getresponse()
            told = [json.loads(one) for one in answer.read().splitlines() if one]
            return answer.status, told

    def tried(self, task: dict[str, Any]) -> list[Any]:
        status, told = self.send("try", task, self.word("probe"))
        assert status == 200, told
        return told

    def events(self) -> list[dict[str, Any]]:
        read = self.hall.read("events.read", cookie=self.people.auditor, after=0, limit=500)
        return [one for one in read["events"] if one["type"] == "camera.arranged"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    hall = RunningHall(folder / "hall", free_port()).start()
    port, file = free_port(), folder / "cameras.toml"
    file.write_text(LOOPBACK, encoding="utf-8")
    origin = f"http://127.0.0.1:{port}"
    station = Station(Settings(hall.url, "monitor-1", folder / "monitor", origin), now_ms)
    premises = Premises(station, folder, "", SetUpDoor(file, hall.url, now_ms))
    server = MonitorServer(("127.0.0.1", port), premises)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield Office(hall, hall.people([]), port, origin, file)
    finally:
        server.shutdown()
        server.server_close()
        hall.stop()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    folder = tmp_path_factory.mktemp("clips")
    clip(folder / "avc.mp4", "h264")
    clip(folder / "hevc.mp4", "hevc")
    server = RtspServer(folder)
    server.start()
    end_s = monotonic() + WITHIN_S
    while True:
        try:
            create_connection(("127.0.0.1", server.port), 1).close()
            break
        except OSError:
            assert monotonic() < end_s
            sleep(0.05)
    yield server
    server.kill()


def statement(**fields: Any) -> dict[str, Any]:
    name = {"zh": "一号", "en": "One"}
    return {"id": "window-1", "name": name, "windows": ["window-1"], "schedule": "always", **fields}


def test_a_camera_is_tried_added_changed_and_removed(office: Office, clips: RtspServer) -> None:
    whole = statement(
        address=clips.address("avc.mp4"),
        sub_address=clips.address("hevc.mp4"),
        account="admin",
        password="geheim-77",
    )
    *progress, told = office.tried({"type": "statement", "statement": whole})
    assert [one["type"] for one in progress] == ["progress", "progress"], told
    assert told["type"] == "tried", told
    assert (told["main"]["codec"], told["sub"]["codec"]) == ("H.264", "H.265")
    assert (told["main"]["width"], told["main"]["height"]) == (640, 360)
    assert 6.5 < told["main"]["rate"] < 9.5, "eight pictures a second"
    assert 700 < told["main"]["key_every_ms"] < 1600
    assert any("H.265" in one["zh"] for one in told["notes"])

    _, (known,) = office.send("known", {}, office.word("probe"))
    saving = {"version": known["version"], "statement": whole}
    status, (known,) = office.send("save", saving, office.word("add", "window-1"))
    assert status == 200
    assert "geheim-77" not in json.dumps(known)
    (camera,) = load_cameras(office.file).cameras
    assert "admin:geheim-77@127.0.0.1" in camera.address.text
    assert "# this machine" in office.file.read_text(encoding="utf-8")

    (shown,) = known["cameras"]
    assert shown["has_account"]
    again = statement(address=shown["address"], name={"zh": "改名"})
    saving = {"version": known["version"], "statement": again}
    status, (known,) = office.send("save", saving, office.word("change", "window-1"))
    assert status == 200
    (camera,) = load_cameras(office.file).cameras
    assert camera.address.text.endswith("avc.mp4?play_count=0")
    assert "geheim-77" in camera.address.text
    status, (refused,) = office.send(
        "save", {**saving, "version": "old"}, office.word("change", "window-1")
    )
    assert (status, "刚被他人修改" in refused["zh"]) == (409, True)

    removing = {"version": known["version"], "id": "window-1"}
    status, _ = office.send("remove", removing, office.word("remove", "window-1"))
    assert status == 200
    assert load_cameras(office.file).cameras == ()
    acts = [(one["act"], one["camera_id"]) for one in office.events()]
    assert acts[-3:] == [("change", "window-1")] * 2 + [("remove", "window-1")]
    assert "geheim-77" not in json.dumps(office.events())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("rtsp://127.0.0.1:{dead}/x", "没有服务"),
        ("rtsp://192.168.99.1/x", "不在允许的摄像机网段内"),
        ("rtsp://169.254.169.254/latest", "不在允许的摄像机网段内"),
        ("rtsp://127.0.0.1:{live}/nothing.mp4", "无法打开"),
        ("rtsp://nowhere.invalid/x", "找不到主机"),
    ],
)
def test_what_is_wrong_is_said_plainly(
    office: Office, clips: RtspServer, address: str, words: str
) -> None:
    where = address.format(dead=free_port(), live=clips.port)
    asked = statement(address=where, account="a", password="geheim-78")
    *_, told = office.tried({"type": "statement", "statement": asked})
    assert told["type"] == "failed"
    assert words in told["zh"]
    assert "geheim-78" not in json.dumps(told)


def test_a_camera_is_asked_for_its_streams(office: Office) -> None:
    with PlayedCamera(Make(clock_off_s=30)) as camera:
        task = {"type": "ask", "host": camera.address, "account": ACCOUNT, "password": PASSWORD}
        *_, told = office.tried(task)
        assert told["type"] == "told"
        assert told["told"]["channels"][0]["main"]["address"].startswith("rtsp://127.0.0.1")
        assert 28_000 < told["told"]["skew_ms"] < 32_000
        *_, refused = office.tried({**task, "password": "falsch"})
        assert "密码" in refused["zh"]
    *_, found = office.tried({"type": "find"})
    assert (found["type"], found["networks"]) == ("found", ["127.0.0.1/32"])


def test_a_still_is_masked_as_stated_and_needs_a_word_of_its_own(
    office: Office, clips: RtspServer
) -> None:
    _, (known,) = office.send("known", {}, office.word("probe"))
    left = {"kind": "mask", "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
    whole = statement(id="hall-1", address=clips.address("avc.mp4"), zones=[left])
    saving = {"version": known["version"], "statement": whole}
    status, (known,) = office.send("save", saving, office.word("add", "hall-1"))
    assert (status, known["cameras"][0]["zones"]) == (200, [{**left, "window": ""}])
    asked = {"type": "picture", "statement": {**whole, "zones": []}}
    for word in (office.word("probe"), office.word("change", "hall-1"), ""):
        assert office.send("try", asked, word)[0] in (401, 403)
    status, told = office.send("try", asked, office.word("picture", "hall-1"))
    assert (status, [one["type"] for one in told]) == (200, ["progress", "pictured"])
    picture = Image.open(BytesIO(b64decode(told[1]["jpeg"]))).convert("L")
    assert picture.size == (640, 360)
    assert picture.crop((0, 0, 310, 360)).getextrema()[1] < 24  # type: ignore[operator]  # one band
    assert picture.crop((330, 0, 640, 360)).getextrema()[1] > 100  # type: ignore[operator]
    office.send(
        "remove", {"version": known["version"], "id": "hall-1"}, office.word("remove", "hall-1")
    )
    dead = statement(id="hall-1", address=f"rtsp://127.0.0.1:{free_port()}/x")
    _, told = office.send("try", {**asked, "statement": dead}, office.word("picture", "hall-1"))
    assert (told[-1]["type"], "没有服务" in told[-1]["zh"]) == ("failed", True)


def test_nobody_else_states_cameras(office: Office) -> None:
    known = office.send("known", {}, office.word("probe"))[1][0]
    before = office.file.read_bytes()
    whole = statement(address="rtsp://127.0.0.1/x")
    saving = {"version": known["version"], "statement": whole}
    asked = {"camera_ids": ["window-1"], "note": "日常巡查"}
    look = office.hall.must("camera.admit", asked, cookie=office.people.supervisor)["token"]
    for word in ("", "x.y", look):
        assert office.send("save", saving, word)[0] == 401
    for word in (
        office.word("probe"),
        office.word("add", "other"),
        office.word("change", "window-1"),
    ):
        assert office.send("save", saving, word)[0] == 403
    word = office.word("add", "window-1")
    assert office.send("save", saving, word, "http://evil.example")[0] == 403
    assert office.send("nothing", saving, word)[0] == 404
    assert office.send("save", {"version": 1}, word)[0] == 400
    assert office.send("save", "x" * 70_000, word)[0] == 413
    wrong = {**saving, "statement": {**whole, "address": "ftp://127.0.0.1/x"}}
    assert office.send("save", wrong, word)[0] == 422
    assert office.file.read_bytes() == before
    status, *_ = office.hall.send(
        "camera.arrange", {"act": "probe"}, cookie=office.people.supervisor
    )
    assert status == 403


def test_one_trial_at_a_time_and_who_leaves_gives_the_place_back(
    office: Office, clips: RtspServer
) -> None:
    task = {"type": "statement", "statement": statement(address=clips.address("avc.mp4"))}
    headers = {"Origin": office.origin, "Authorization": f"Bearer {office.word('probe')}"}
    with closing(http.client.HTTPConnection("127.0.0.1", office.port, timeout=30)) as line:
        line.request("POST", "/set-up/try", json.dumps(task), headers)
        assert b"progress" in line.getresponse().readline()
        status, (busy,) = office.send("try", {"type": "find"}, office.word("probe"))
        assert (status, "稍候" in busy["zh"]) == (409, True)
    end_s = monotonic() + 30
    while office.send("try", {"type": "find"}, office.word("probe"))[0] != 200:
        assert monotonic() < end_s
        sleep(0.1)
