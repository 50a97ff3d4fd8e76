"""A day through real clients against a really running hall; the whole day under --long."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("replay.py")
AGREES = "全部相符"
SLICE_S, DAY_S = 240, 1_500


def replay(folder: Path, limit_s: int, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, "--keep", folder / "replay", *words],
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert AGREES in done.stdout


def test_the_first_hour_of_a_day(tmp_path: Path) -> None:
    replay(tmp_path, SLICE_S, "--speed", "600", "--until", "09:30", "--seed", "2")


@pytest.mark.long
def test_the_first_hour_under_threads(tmp_path: Path) -> None:
    words = ("--speed", "300", "--until", "10:00", "--seed", "3", "--mode", "threading")
    replay(tmp_path, SLICE_S, *words)


@pytest.mark.long
@pytest.mark.postgres
def test_the_first_hour_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    words = ("--speed", "300", "--until", "10:00", "--seed", "4", "--database", postgres_url)
    replay(tmp_path, SLICE_S, *words)


@pytest.mark.long
def test_a_small_hall_all_day(tmp_path: Path) -> None:
    replay(tmp_path, SLICE_S, "--speed", "300", "--profile", "shuangjiang")


@pytest.mark.long
def test_a_whole_day(tmp_path: Path) -> None:
    replay(tmp_path, DAY_S, "--speed", "60")
