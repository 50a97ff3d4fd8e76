"""Devices that misbehave hold nothing but themselves: the station they hang on keeps its pace.

What is held is the processor that a station uses between two ticks of ten milliseconds: that is its
own work, whoever else runs on this machine. The lateness of a tick is held too, by a limit wide
enough for a busy machine; a driver that waits while it holds the interpreter would break it. The
hall itself has no part in this: it opens no device and imports no driver (tests/test_house.py).
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from socket import socket
from time import sleep
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests" / "support" / "ticking_bench.py"
OWN_WORK_MS = 50
LATE_MS = 1_500
SECONDS, SECONDS_LONG = 8, 60
GARBAGE_BYTES = 11_520 * 60
"""A minute of a line of 115,200 baud …"""
TIMES_AS_FAST = 10
"""… in six seconds, from every device at once."""
SLICE_S = 0.02
A_TICKET_BYTES = 500

Behave = Callable[[socket], None]


def silent(link: socket) -> None:
    """Takes whatever comes and says nothing."""
    while link.recv(4_096):
        pass


def garbage(link: socket) -> None:
    data = random.Random(1).randbytes(GARBAGE_BYTES)
    size = int(11_520 * TIMES_AS_FAST * SLICE_S)
    for start in range(0, len(data), size):
        link.sendall(data[start : start + size])
        sleep(SLICE_S)
    silent(link)


def hang_up(link: socket) -> None:
    """At once, and again at every call."""
    link.close()


def never_prints(link: socket) -> None:
    """A printer that is well by its own word, takes every ticket and confirms none."""
    while data := link.recv(4_096):
        link.sendall(b"\x12" * data.count(b"\x10\x04"))


class BadDevices:
    """Listens on a port for each behaviour."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.calls: Counter[str] = Counter()

    def listen(self, behave: Behave) -> str:
        listener = self._stack.enter_context(socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        accepting = (listener, address, behave)
        threading.Thread(target=self._accept, args=accepting, daemon=True).start()
        return address

    def _accept(self, listener: socket, address: str, behave: Behave) -> None:
        with suppress(OSError):
            while True:
                link, _ = listener.accept()
                self.calls[address] += 1
                threading.Thread(target=self._serve, args=(link, behave), daemon=True).start()

    def _serve(self, link: socket, behave: Behave) -> None:
        with suppress(OSError), link:
            behave(link)


@pytest.fixture
def bad() -> Iterator[BadDevices]:
    with ExitStack() as stack:
        yield BadDevices(stack)


def ticking(seconds: int, *devices: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(seconds), *devices],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("behave", [silent, garbage, hang_up, never_prints])
def test_a_station_keeps_its_pace(bad: BadDevices, behave: Behave, campaign_scale: int) -> None:
    tcp = ["escpos", "bx-k", "bx-e"]
    serial = ["modbus-text", "call-pad", "scanner", "id-card"]
    devices = [f"{kind}=tcp://{bad.listen(behave)}" for kind in tcp]
    devices += [f"{kind}=socket://{bad.listen(behave)}?baud=9600" for kind in serial]
    told = ticking(SECONDS if campaign_scale == 1 else SECONDS_LONG, *devices)
    print(behave.__name__, told)
    assert told["worst_used_ms"] <= OWN_WORK_MS, told
    assert told["worst_late_ms"] <= LATE_MS, told
    assert len(bad.calls) == len(devices)  # nobody was left out
    if behave is garbage:
        assert sum(told["received"].values()) > GARBAGE_BYTES, told
    if behave is never_prints:
        assert told["sent"]["d0"] > A_TICKET_BYTES, told  # the printer, which comes first
    if behave is hang_up:
        assert min(bad.calls[address] for address in bad.calls) > 1, bad.calls


def test_one_that_holds_the_interpreter_is_found_out() -> None:
    told = ticking(3, "planted=")
    assert told["worst_used_ms"] > OWN_WORK_MS, told
