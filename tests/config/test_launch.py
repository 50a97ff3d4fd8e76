"""A program that cannot run on this machine is told of once, and the hall goes on without it."""

import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from config.launch import Launch, Program


def has_process(program: Program) -> bool:
    return program.process is not None


def test_what_cannot_run_here_is_not_started_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "faulty.toml").write_text("nonsense", encoding="utf-8")
    faulty = ["monitor.recorder", "--cameras", str(tmp_path / "faulty.toml")]
    program = Program("recorder", faulty, after_hall=True)
    launch = Launch([program], tmp_path / "logs")
    launch.start()
    assert not has_process(program), "it waits for the hall"
    launch.start(after_hall=True)
    watching = threading.Thread(target=launch.watch)
    watching.start()
    end_s = monotonic() + 20
    while has_process(program):
        assert monotonic() < end_s
        sleep(0.05)
    sleep(1.2)  # two looks of the launcher
    launch.stop.set()
    watching.join()
    launch.end()
    assert not has_process(program)
    assert capsys.readouterr().out.count("cannot run on this machine") == 1
