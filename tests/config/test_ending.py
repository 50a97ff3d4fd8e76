"""A thread that dies of a bug takes its program along: with its trace in the log, and code 70."""

import os
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from running_hall import free_port

from config.ending import BROKEN

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 60
PLANTED = """
import sys, threading, time
from importlib import import_module

def bug():
    raise RuntimeError("a planted bug")

def plant():
    while threading.excepthook is hook:
        time.sleep(0.05)
    time.sleep(0.5)  # the program is on its way
    threading.Thread(target=bug, name="Thread-1 (a library's)").start()
    time.sleep(0.5)
    sys.stderr.write("still there\\n")
    threading.Thread(target=bug, name="ours").start()

module, *arguments = sys.argv[1:]
hook = threading.excepthook
threading.Thread(target=plant, daemon=True).start()
sys.argv = [module, *arguments]
main = import_module(f"{module}.__main__" if module != "monitor.recorder" else module).main
sys.exit(main(*([arguments] if module != "drivers.simulator" else [])))
"""
PROGRAMS = (
    *("kiosk", "display", "monitor", "monitor.recorder", "monitor.live", "monitor.findings"),
    *("drivers.simulator", "hall_server"),
)
CAMERAS = """
[[cameras]]
id = "camera-1"
name = { zh = "一号" }
address = "demo://window"
windows = ["window-1"]
"""


def commands(folder: Path) -> dict[str, list[str]]:
    """Every program that has threads; the hall of the stations is not there."""
    hall = ["--hall", f"http://127.0.0.1:{free_port()}"]
    cameras = folder / "cameras.toml"
    cameras.write_text(CAMERAS)
    at = ["--port"]
    recorder = ["--cameras", str(cameras), "--data", str(folder / "recorder")]
    return {
        "kiosk": [*hall, *at, str(free_port()), "--data", str(folder / "kiosk")],
        "display": [*hall, *at, str(free_port()), "--data", str(folder / "display")],
        "monitor": [*hall, *at, str(free_port()), "--data", str(folder / "monitor")],
        "monitor.recorder": recorder,
        "monitor.live": [
            *(*hall, *at, str(free_port()), "--cameras", str(cameras)),
            *("--recorder", str(folder / "recorder")),
        ],
        "monitor.findings": [
            *(*hall, "--cameras", str(cameras), "--recorder", str(folder / "recorder")),
            *("--data", str(folder / "analyser")),
        ],
        "drivers.simulator": [
            *(*at, "0", "--printer-port", "0", "--bar-port", str(free_port()), "--bars", "1"),
        ],
        "hall_server": [*at, str(free_port()), "--data", str(folder / "hall")],
    }


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What each program ended with, and what its log said; they run beside each other."""
    folder = tmp_path_factory.mktemp("programs")
    with ExitStack() as open_programs:
        started = {}
        for name, arguments in commands(folder).items():
            started[name] = subprocess.Popen(
                [sys.executable, "-c", PLANTED, name, *arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                stderr=open_programs.enter_context((folder / f"{name}.log").open("w")),
            )
            open_programs.enter_context(started[name])
            open_programs.callback(started[name].kill)
        for one in started.values():
            with suppress(subprocess.TimeoutExpired):
                one.wait(WITHIN_S)
    return {n: (one.returncode, (folder / f"{n}.log").read_text()) for n, one in started.items()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_bug_in_a_thread_ends_the_program(ended: dict[str, tuple[int, str]], name: str) -> None:
    code, log = ended[name]
    before, _, after = log.partition("still there")
    assert "a planted bug" in before, log  # a library's thread takes nobody along
    assert "in bug\n" in after, log
    assert code == BROKEN, log


def test_a_program_that_cannot_end_is_ended() -> None:
    words = """
import threading, time
from config import ending
ending.END_WITHIN_S = 0.2
end = ending.ending()
threading.Thread(target=lambda: 1 / 0, name="ours").start()
end.wait()
time.sleep(60)
"""
    done = subprocess.run(
        [sys.executable, "-c", words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == BROKEN
    assert "ZeroDivisionError" in done.stderr
