"""The command that finds cameras: what it prints, and what it keeps to itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from played_onvif import ACCOUNT, PASSWORD, Make, PlayedCamera


def find(file: Path, *words: str, password: str = "") -> tuple[int, str]:
    """Its end, and all it said."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor.find", "--cameras", str(file), *words],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text('[recording]\nnetworks = ["127.0.0.1/32"]\n', encoding="utf-8")
    return path


def test_a_camera_tells_its_streams(file: Path) -> None:
    with PlayedCamera(Make(clock_off_s=60), rtsp_port=8554) as camera:
        asked = ("--ask", camera.address, "--account", ACCOUNT)
        code, told = find(file, *asked, password=PASSWORD)
        assert code == 0
        assert 'address = "rtsp://127.0.0.1:8554/main?a=1&b=2"' in told
        assert 'sub_address = "rtsp://127.0.0.1:8554/sub?a=1&b=2"' in told
        assert "H.264 1920×1080 25/s" in told
        assert "时钟 clock: +" in told
        assert PASSWORD not in told
        code, told = find(file, *asked, password="falsch-9")
        assert code == os.EX_UNAVAILABLE
        assert "密码" in told
        assert "falsch-9" not in told


def test_what_may_not_be_asked_is_not(file: Path) -> None:
    code, told = find(file, "--ask", "192.168.7.7")
    assert (code, "不在允许的摄像机网段内" in told) == (os.EX_UNAVAILABLE, True)
    code, told = find(file.with_name("none.toml"))
    assert code == os.EX_UNAVAILABLE


def test_the_network_is_searched_and_named(file: Path) -> None:
    code, told = find(file)
    assert code == 0
    assert "cameras answered (127.0.0.1/32)" in told
