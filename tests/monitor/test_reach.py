"""Where a camera's address may lead; a second answer of the name server changes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cameras.camera import Address, RecordingRules
from monitor.cameras.reach import file_below, pinned
from monitor.faults import CameraFault, GapCause

RULES = RecordingRules()


def answers(*told: str) -> Callable[[str, int], list[str]]:
    return lambda _host, _port: list(told)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1%eth0"),
        *("8.8.8.8", "224.0.0.1", "::ffff:169.254.169.254", "2001:db8::1", "240.0.0.1", "::"),
    ],
)
def test_nothing_but_the_networks_of_cameras(ip: str) -> None:
    with pytest.raises(CameraFault) as told:
        pinned(Address("rtsp://root:geheim@camera/x"), RULES, answers(ip))
    assert told.value.cause is GapCause.REFUSED
    assert "geheim" not in str(told.value)


def test_a_wide_network_still_means_no_loopback() -> None:
    wide = RecordingRules(networks=("0.0.0.0/0",))
    assert "8.8.8.8" in pinned(Address("rtsp://camera/"), wide, answers("8.8.8.8"))
    for ip in ("127.0.0.1", "169.254.169.254"):
        with pytest.raises(CameraFault):
            pinned(Address("rtsp://camera/"), wide, answers(ip))
    stated = RecordingRules(networks=("127.0.0.1/32",))
    assert pinned(Address("rtsp://camera/"), stated, answers("127.0.0.1"))


def test_the_judged_address_is_opened_and_no_other() -> None:
    given = Address("rtsp://a:b%40c@camera.local:8554/main?x=1")
    opened = pinned(given, RULES, answers("192.168.7.9"))
    assert opened == "rtsp://a:b%40c@192.168.7.9:8554/main?x=1"
    assert pinned(Address("http://c/"), RULES, answers("fd00::7")) == "http://[fd00::7]:80/"


def test_one_bad_answer_among_good_ones_refuses_all() -> None:
    with pytest.raises(CameraFault):
        pinned(Address("rtsp://camera/"), RULES, answers("192.168.7.9", "127.0.0.1"))


def test_a_name_nobody_knows_is_a_camera_that_is_offline() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(CameraFault) as told:
        pinned(Address("rtsp://camera/"), RULES, unknown)
    assert told.value.cause is GapCause.OFFLINE


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/../secret", "//etc/passwd", "/link", "/no\0thing", "/absent.mp4"]
)
def test_files_only_from_their_folder(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder / "clip.mp4").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    rules = RecordingRules(files=str(folder))
    assert file_below(Address("file:///clip.mp4"), rules) == folder / "clip.mp4"
    for refusing in (rules, RULES):
        with pytest.raises(CameraFault):
            file_below(Address(f"file://{path}"), refusing)
