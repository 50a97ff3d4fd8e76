"""The devices' pace: 64 on one bench at rest, and a ticket from its lines to the printer's word.

The devices are played by another program, so that only our side is counted. Floor of a ticket: its
very bytes sent on a bare socket to the same printer, and the same word awaited.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from running_hall import free_port

from drivers.codec.escpos_layout import lay_out
from drivers.codec.escpos_profile import Confirmation
from drivers.codec.escpos_text import ask_when_done, encode
from drivers.orders import (
    Cut,
    DeviceConfig,
    DeviceHealth,
    JobState,
    PrintJob,
    QrCode,
    ShowText,
    TextLine,
)
from drivers.profiles import printer_profiles
from drivers.registry import open_bench, utc_ms

ROOT = Path(__file__).resolve().parents[2]
DEVICES, REST_S, TICKETS = 64, 10.0, 100
READY_WITHIN_S = 30.0
TICKET = (
    TextLine("政务服务中心", 2, 2),
    TextLine("A001", 4, 4),
    TextLine("一楼 综合服务区　前面等候 3 人"),
    QrCode("https://example.gov.cn/q/A001#k3Vf8sQ2"),
    Cut(),
)
PROFILE = "simulator-80"
AddRow = Callable[[str, str, str], None]


def measure(add_row: AddRow, percentiles: Callable[[list[float]], str]) -> None:
    page, printer, first = free_port(), free_port(), free_port()
    ports = [first, *(free_port() for _ in range(DEVICES - 1))]
    more = [word for port in ports for word in ("--add", f"bx-k:b{port}@tcp:{port}")]
    places = ["--port", str(page), "--printer-port", str(printer), "--bar-port", str(free_port())]
    command = [sys.executable, "-m", "drivers.simulator", *places, "--speed", "0", *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as players:
        assert players.stdout is not None
        players.stdout.readline()
        try:
            _at_rest(ports, add_row)
            _tickets(printer, add_row, percentiles)
        finally:
            players.terminate()


def _at_rest(ports: list[int], add_row: AddRow) -> None:
    before_kb = _resident_kb()
    devices = [DeviceConfig(f"b{port}", "bx-k", f"tcp://127.0.0.1:{port}") for port in ports]
    bench = open_bench(devices, lambda _: None)
    try:
        _until(lambda: {one.health for one in bench.health().values()} == {DeviceHealth.OK})
        for device in devices:
            bench.show(ShowText(device.id, "main", "请A001号到3号窗口", 600_000))
        time.sleep(REST_S)  # the first rush is over, and the traces fill
        each_kb = (_resident_kb() - before_kb) / DEVICES
        began = _cpu_s(), time.monotonic()
        time.sleep(REST_S)
        used = (_cpu_s() - began[0]) / (time.monotonic() - began[1])
    finally:
        bench.close()
    add_row(f"{DEVICES} bars on one bench, at rest", f"{used:.2%} of a core", "aim: 1 %")
    add_row("memory of each", f"{each_kb:.0f} kB", "")


def _tickets(port: int, add_row: AddRow, percentiles: Callable[[list[float]], str]) -> None:
    floor = _on_a_bare_socket(port)
    device = DeviceConfig("p", "escpos", f"tcp://127.0.0.1:{port}", {"profile": PROFILE})
    bench = open_bench([device], lambda _: None)
    took: list[float] = []
    try:
        _until(lambda: bench.health()["p"].health is DeviceHealth.OK)
        for number in range(TICKETS):
            began = time.perf_counter()
            job = PrintJob(f"j{number}", TICKET, utc_ms() + 9000)
            assert bench.submit(job, "p").wait(9).state is JobState.CONFIRMED
            took.append(time.perf_counter() - began)
    finally:
        bench.close()
    ratio = sorted(took)[len(took) // 2] / sorted(floor)[len(floor) // 2]
    add_row(
        "ticket: lines → the printer's own word", percentiles(took), f"{ratio:.1f} × bare bytes"
    )


def _on_a_bare_socket(port: int) -> list[float]:
    profile = printer_profiles()[PROFILE]
    document = encode(lay_out(TICKET, profile), profile)
    asked = ask_when_done(Confirmation.PROCESS_ID, "HALL")
    took: list[float] = []
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        for _ in range(TICKETS):
            began = time.perf_counter()
            link.sendall(document + asked)
            heard = b""
            while b"HALL\0" not in heard:
                heard += link.recv(100)
            took.append(time.perf_counter() - began)
    return took


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _resident_kb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
