"""What time the cameras have, from their ONVIF service to the key frames that are judged."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep, time_ns

import numpy as np
from played_onvif import Make, PlayedCamera
from running_hall import free_port
from scenes import Scene

from monitor.analysis.health import HealthTest
from monitor.cameras.camera import read_cameras
from monitor.cameras.clocks import BELIEVED_MS, CameraClocks, Clocks
from monitor.cameras.stills import HEIGHT, NO_COLOUR, ROWS, WIDTH, KeyFrame
from monitor.feed.frames import FeedFrames
from monitor.feed.server import Feed
from monitor.findings.evidence import Where
from monitor.findings.view import HallNow, View
from monitor.findings.watched import WatchedView

CAMERA = """
[[cameras]]
id = "{id}"
name = {{ zh = "一" }}
address = "rtsp://127.0.0.1/x"
device = "{device}"
"""


def wall_ms() -> int:
    return time_ns() // 1_000_000


def until(holds: Callable[[], bool]) -> None:
    end_s = monotonic() + 20
    while not holds():
        assert monotonic() < end_s
        sleep(0.02)


def test_a_wrong_clock_is_found_on_the_key_frames_until_it_is_right(tmp_path: Path) -> None:
    """Asked without an account; a camera that does not answer hinders no other."""
    with PlayedCamera(Make(clock_off_s=40)) as wrong, PlayedCamera(Make()) as right:
        devices = {
            "dead": f"http://127.0.0.1:{free_port()}/onvif/device_service",
            "wrong": wrong.address,
            "right": right.address,
        }
        text = '[recording]\nnetworks = ["127.0.0.1/32"]\n' + "".join(
            CAMERA.format(id=name, device=device) for name, device in devices.items()
        )
        asking = CameraClocks(tmp_path, read_cameras(text, "x"), wall_ms, 0.1)
        asking.start()
        known = Clocks(tmp_path)
        until(lambda: known.skew_ms("wrong", wall_ms()) != 0)
        assert 38_500 < known.skew_ms("wrong", wall_ms()) < 41_500
        until(lambda: abs(known.skew_ms("right", wall_ms())) < 1_500)
        assert known.skew_ms("dead", wall_ms()) == 0
        assert known.skew_ms("wrong", wall_ms() + BELIEVED_MS + 60_000) == 0, "long ago"
        assert {name for name, _ in wrong.asked} == {"GetSystemDateAndTime"}
        assert b"Security" not in wrong.heard

        feed = Feed(tmp_path)
        feed.start()
        frames = FeedFrames(tmp_path)
        assert frames.take(0.1) is None
        until(lambda: feed.wants("wrong", None))
        view = View(WatchedView("wrong", "一号"), [], tmp_path)
        scene, hall = Scene(3), HallNow(Where("wrong", "", "一号", "", 480))

        def found_at(at_s: int) -> list[str]:
            """Of one key frame that comes over the recorder's socket, judged at this second."""
            picture = np.full((ROWS, WIDTH), NO_COLOUR, np.uint8)
            picture[:HEIGHT] = scene.frame(at_s)
            feed.still(KeyFrame("wrong", wall_ms(), picture).still)
            frame = None
            while frame is None:
                frame = frames.take(5)
            told = view.see(frame.gray, at_s * 1000, hall, skew_ms=frame.skew_ms)
            return [one.evidence.zh for one in told]

        assert found_at(1) == []
        (said,) = found_at(12)
        assert "摄像机 一号：时钟不准" in said
        assert view.health.raised == {HealthTest.CLOCK_SKEW}
        wrong.make.clock_off_s = 0
        until(lambda: abs(known.skew_ms("wrong", wall_ms())) < 1_500)
        assert [found_at(at_s) for at_s in (20, 79)] == [[], []]
        assert view.health.raised == {HealthTest.CLOCK_SKEW}, "not for a minute yet"
        assert found_at(81) == []
        assert view.health.raised == frozenset()
        frames.close()
        feed.stop()

        asking.state(read_cameras(text.replace("wrong", "new"), "x"))
        until(lambda: known.skew_ms("new", wall_ms()) != 0)
        assert known.skew_ms("wrong", wall_ms()) == 0, "it is stated no more"
        asking.stop()


def test_a_file_that_is_none_tells_nothing(tmp_path: Path) -> None:
    assert Clocks(tmp_path).skew_ms("a", 0) == 0
    (tmp_path / "clocks.json").write_text("nonsense")
    assert Clocks(tmp_path).skew_ms("a", 0) == 0
