"""The device page's server: who is let in, what is told, what may be ordered."""

import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engineer_run import Place, running_place
from prometheus_client.parser import text_string_to_metric_families

from drivers.engineer.key import engineer_key
from drivers.engineer.told import frames_of, in_order
from drivers.errors import DeviceSettingsError
from drivers.orders import Cut, PrintJob, ShowText, TextLine
from drivers.raw_log import entries_of
from drivers.simulator.play import utc_ms
from drivers.transport import Direction, TapEntry

WRONG = DeviceSettingsError("bar-9", "options.width", "wanted a number", "应为整数")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with running_place(tmp_path, refused=[WRONG]) as place:
        until(lambda: {place.device("bar-3")["health"]} == {"ok"})
        until(lambda: place.device("kiosk-1-printer")["health"] == "ok")
        yield place


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = engineer_key(tmp_path / "kiosk-1")
    assert len(key) >= 24
    assert engineer_key(tmp_path / "kiosk-1") == key
    assert engineer_key(tmp_path / "kiosk-2") != key
    mode = stat.S_IMODE((tmp_path / "kiosk-1" / "engineer.key").stat().st_mode)
    assert mode == 0o600


@pytest.mark.parametrize(
    "path",
    [
        "/engineer/devices.json",
        "/engineer/frames.json?device=bar-3",
        "/engineer/log?device=bar-3",
        "/engineer/nothing",
        "/metrics",
    ],
)
def test_nothing_is_told_without_the_key(place: Place, path: str) -> None:
    assert place.ask(path, key="")[0] == 401
    assert place.ask(path, key="guess")[0] == 401
    assert place.ask(path, key="", Cookie="hall_engineer=guess")[0] == 401
    assert place.ask(path, key="", Cookie=f"x=1; hall_engineer={place.key}")[0] in {200, 404}


def test_devices_stand_in_the_order_of_their_numbers() -> None:
    names = ["voice-1", "led-10", "led-2", "kiosk-1-printer", "led-1", "12"]
    assert sorted(names, key=in_order) == [
        *("12", "kiosk-1-printer"),
        *("led-1", "led-2", "led-10"),
        "voice-1",
    ]


def test_no_test_is_run_without_the_key(place: Place) -> None:
    order = {"device": "kiosk-1-printer", "test": "cut"}
    assert place.ask("/engineer/self-test", order, key="")[0] == 401
    assert place.printer.snapshot().tickets == ()


def test_a_new_roll_is_counted_anew_and_only_with_the_key(place: Place) -> None:
    name = "kiosk-1-printer"
    lines = (TextLine("A001"), Cut())
    place.held.benches[0].submit(PrintJob("j", lines, utc_ms() + 9_000), name).wait(8)
    until(lambda: place.device(name)["figures"]["roll_mm"] > 0)
    order = {"device": name}
    assert place.ask("/engineer/new-roll", order, key="")[0] == 401
    before = place.device(name)["figures"]
    assert before["left_mm"] == 60_000 - before["roll_mm"]
    assert before["left_tickets"] > 100
    assert place.ask("/engineer/new-roll", order)[0] == 200
    after = place.device(name)["figures"]
    assert (after["roll_mm"], after["left_mm"], after["cuts"]) == (0, 60_000, before["cuts"])
    assert b"hall_device_roll_left_millimetres{" in place.ask("/metrics")[1]
    assert place.ask("/engineer/new-roll", {"device": "bar-3"})[0] == 404


def test_signing_in_gives_a_cookie_that_no_script_reads(place: Place) -> None:
    assert place.ask("/engineer/sign-in", {"key": "guess"}, key="")[0] == 403
    status, _, headers = place.ask("/engineer/sign-in", {"key": f" {place.key}\n"}, key="")
    assert status == 200
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    kept = cookie.partition(";")[0]
    assert place.ask("/engineer/devices.json", key="", Cookie=kept)[0] == 200


def test_the_frame_of_the_page_is_for_everybody_and_tells_nothing(place: Place) -> None:
    status, body, headers = place.ask("/engineer", key="")
    assert (status, b"bar-3" in body) == (200, False)
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert place.ask("/engineer/", key="")[0] == 200
    for name in ("page.mjs", "device.mjs", "frames.mjs", "tools.mjs", "words.mjs", "look.css"):
        assert place.ask(f"/engineer/{name}", key="")[0] == 200
    assert place.ask("/engineer/base.css", key="")[0] == 200
    assert place.ask("/engineer/../key.py", key="")[0] == 401
    assert place.ask("/", key="")[0] == 404  # left to the station


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/engineer/self-test", {"device": "bar-3"}, {}, 400),
        ("/engineer/self-test", {"device": "bar-3", "test": "dance"}, {}, 404),
        ("/engineer/self-test", {"device": "bar-8", "test": "red"}, {}, 404),
        ("/engineer/self-test", {}, {"Content-Type": "text/plain"}, 415),
        ("/engineer/nothing", {}, {}, 404),
        ("/engineer/sign-in", {"key": "x" * 3000}, {}, 413),
    ],
)
def test_a_wrong_order_is_refused(
    place: Place, path: str, body: object, headers: dict[str, str], status: int
) -> None:
    assert place.ask(path, body, **headers)[0] == status


def test_every_device_is_told_with_its_words(place: Place) -> None:
    told = place.get("/engineer/devices.json")
    assert told["station"] == "kiosk-1"
    assert [one["id"] for one in told["devices"]] == ["bar-3", "bar-9", "kiosk-1-printer"]
    bar = place.device("bar-3")
    assert (bar["kind_zh"], bar["health_zh"], bar["matters"]) == ("窗口条屏", "正常", [])
    assert bar["figures"]["frames_ok"] >= 1
    assert bar["figures"]["paper_mm"] is None
    assert {test["name"] for test in bar["tests"]} >= {"red", "identify"}
    place.printer.set_fault("cover_open", on=True)
    until(lambda: place.device("kiosk-1-printer")["health"] == "fault")
    (matter,) = place.device("kiosk-1-printer")["matters"]
    assert (matter["zh"], matter["zh_advice"]) == ("上盖打开", "合上上盖")


def test_a_device_that_could_not_be_opened_says_what_is_wanted(place: Place) -> None:
    wrong = place.device("bar-9")
    (matter,) = wrong["matters"]
    assert (wrong["health"], matter["zh"]) == ("fault", "options.width：应为整数")
    assert place.ask("/engineer/frames.json?device=bar-9")[0] == 404


def test_frames_come_decoded_and_only_once(place: Place) -> None:
    place.held.benches[0].show(ShowText("bar-3", "main", "请A001号", 60_000))
    until(lambda: place.bar.lit() != [])
    told = place.get("/engineer/frames.json?device=bar-3")
    said = [one["zh"] for frame in told["frames"] for one in frame["said"]]
    assert "显示 区域 0「请A001号」red 60 秒" in said
    assert "已接受" in said
    assert told["frames"][0]["way"] == "note"
    again = place.get(f"/engineer/frames.json?device=bar-3&since={told['newest']}")
    assert all(frame["number"] > told["newest"] for frame in again["frames"])
    assert place.ask("/engineer/frames.json?device=bar-3&since=x")[0] == 404
    assert place.ask("/engineer/frames.json?device=nobody")[0] == 404


def test_a_picture_whose_rest_was_not_kept_does_not_confuse_what_follows() -> None:
    picture = TapEntry(0, Direction.SENT, b"\x1dv0\x00\x48\x00\x30\x02" + bytes(4088), 40_334, 1)
    question = TapEntry(0, Direction.SENT, b"\x10\x04\x01", 3, 2)
    last = frames_of([picture, question], "escpos", 0).frames[-1]
    assert [one.en for one in last.said] == ["DLE EOT 1 asks: on line?"]


def test_a_log_is_what_can_be_read_in_again(place: Place) -> None:
    status, body, headers = place.ask("/engineer/log?device=bar-3")
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="bar-3.log"'
    assert len(list(entries_of(body.decode().splitlines()))) > 1
    _, kept, _ = place.ask("/engineer/log?device=kiosk-1-printer")  # raw_log_mb: the whole file
    file = place.folder / "devices" / "kiosk-1-printer.log"
    assert file.read_bytes().startswith(kept[:100])
    assert place.ask("/engineer/log?device=../engineer.key")[0] == 404


def test_a_self_test_is_run_and_reported(place: Place) -> None:
    order = {"device": "kiosk-1-printer", "test": "ruler"}
    status, body, _ = place.ask("/engineer/self-test", order)
    assert status == 200
    assert b'"verdict":"passed"' in body
    assert len(place.printer.snapshot().tickets) == 1


def test_figures_for_prometheus_are_read_by_its_own_reader(place: Place) -> None:
    job = PrintJob("j", (TextLine("A001"), Cut()), utc_ms() + 5000)
    assert place.held.benches[0].submit(job, "kiosk-1-printer").wait(5).reason is None
    status, body, headers = place.ask("/metrics")
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    samples = {
        (sample.name, sample.labels["device"], sample.labels.get("health", "")): sample
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }
    ok = samples["hall_device_health", "bar-3", "ok"]
    assert (ok.value, ok.labels["station"], ok.labels["kind"]) == (1.0, "kiosk-1", "bx-k")
    assert samples["hall_device_health", "bar-3", "fault"].value == 0.0
    assert samples["hall_device_jobs_total", "kiosk-1-printer", ""].value == 1.0
    assert samples["hall_device_cuts_total", "kiosk-1-printer", ""].value == 1.0
    assert samples["hall_device_frames_total", "bar-3", ""].value >= 1.0
    assert ("hall_device_cuts_total", "bar-3", "") not in samples
    assert samples["hall_device_matter", "bar-9", ""].labels["code"] == "bad_settings"


def until(is_so: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
