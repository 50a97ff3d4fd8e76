"""The simulators as shipped: real ports, the page's own server, faults from outside."""

import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.codec import bx
from drivers.codec.bx_frame import FrameReader
from drivers.orders import (
    Cut,
    DeviceCode,
    DeviceConfig,
    DeviceHealth,
    JobState,
    PrintJob,
    PrintResult,
    QrCode,
    ShowText,
    TextLine,
)
from drivers.registry import open_bench
from drivers.simulator.play import Places, Simulator, utc_ms

ROOT = Path(__file__).parents[3]
TICKET = (TextLine("请A001号", width=2, height=2), QrCode("https://x.cn/A001", 6), Cut())


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    places = Places(page_port=0, printer_port=0, bar_port=0, bars=2, speed_mm_s=0)
    simulator = Simulator(places)
    simulator.start()
    yield simulator
    simulator.stop()


def ask(
    simulator: Simulator, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.page_port, timeout=5)
    sent = None if body is None else json.dumps(body)
    kind = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, sent, {**kind, **headers})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data


def order(simulator: Simulator, **body: object) -> int:
    return ask(simulator, "POST", "/fault", body)[0]


def printer(simulator: Simulator, **options: str | int) -> DeviceConfig:
    url = f"tcp://127.0.0.1:{simulator.printer.port}"
    return DeviceConfig("p", "escpos", url, {"profile": "simulator-80", **options})


def bar(simulator: Simulator) -> DeviceConfig:
    return DeviceConfig("b", "bx-k", f"tcp://127.0.0.1:{simulator.bars[0].port}")


def test_a_ticket_goes_over_a_real_port_and_is_seen(simulator: Simulator) -> None:
    with contextlib.closing(open_bench([printer(simulator)], lambda _: None)) as bench:
        result = bench.submit(PrintJob("j1", TICKET, utc_ms() + 5000), "p").wait(5)
        assert result == PrintResult(JobState.CONFIRMED)
    paper = json.loads(ask(simulator, "GET", "/paper.json")[1])
    assert paper["printer"]["faults"] == []
    (ticket,) = paper["tickets"]
    assert ticket["lines"] == ["请A001号"]
    assert ticket["is_cut"]
    assert {"kind": "qr", "text": "https://x.cn/A001", "align": "centre"} in ticket["marks"]
    assert ticket["marks"][0]["width"] == 2


def test_a_call_lights_the_bar_and_goes_dark_by_itself(simulator: Simulator) -> None:
    with contextlib.closing(open_bench([bar(simulator)], lambda _: None)) as bench:
        bench.show(ShowText("b", "main", "请A001号到3号窗口", 1500))
        until(lambda: bool(bars(simulator)[0]["areas"]))
        (area,) = bars(simulator)[0]["areas"]
        assert (area["text"], area["colour"]) == ("请A001号到3号窗口", "red")
        assert bars(simulator)[1]["areas"] == []
    until(lambda: not bars(simulator)[0]["areas"])


def test_faults_from_outside_reach_the_job(simulator: Simulator) -> None:
    with contextlib.closing(open_bench([printer(simulator)], lambda _: None)) as bench:
        assert order(simulator, device="printer", fault="paper_out", after_lines=1) == 200
        result = bench.submit(PrintJob("j1", TICKET, utc_ms() + 5000), "p").wait(5)
        assert result == PrintResult(JobState.FAILED, DeviceCode.PAPER_OUT)
        until(lambda: bench.health()["p"].health is DeviceHealth.FAULT)
        assert order(simulator, device="printer", action="load_paper") == 200
        until(lambda: bench.health()["p"].health is DeviceHealth.OK)


def test_garbage_on_the_line_confirms_nothing_and_hangs_nobody(simulator: Simulator) -> None:
    with contextlib.closing(open_bench([printer(simulator)], lambda _: None)) as bench:
        until(lambda: bench.health()["p"].health is DeviceHealth.OK)
        order(simulator, device="printer", fault="noise")
        time.sleep(0.5)
        started = time.monotonic()
        result = bench.submit(PrintJob("j1", TICKET, utc_ms() + 1500), "p").wait(4)
        assert time.monotonic() - started < 3.9
        assert result.state in {JobState.FAILED, JobState.UNCERTAIN}
        until(lambda: bench.health()["p"].health is not DeviceHealth.OK)
        order(simulator, device="printer", action="clear_faults")
        until(lambda: bench.health()["p"].health is DeviceHealth.OK, within_s=10)


def test_a_pulled_plug_in_the_middle_leaves_the_job_uncertain(simulator: Simulator) -> None:
    with contextlib.closing(open_bench([printer(simulator)], lambda _: None)) as bench:
        order(simulator, device="printer", fault="stuck")
        handle = bench.submit(PrintJob("j1", TICKET, utc_ms() + 5000), "p")
        until(lambda: handle.result.state is JobState.SENT)
        order(simulator, device="printer", fault="unplugged")
        assert handle.wait(3) == PrintResult(JobState.UNCERTAIN, DeviceCode.LINK_LOST)
        until(lambda: bench.health()["p"].health is DeviceHealth.OFFLINE)
        order(simulator, device="printer", action="clear_faults")
        until(lambda: bench.health()["p"].health is DeviceHealth.OK, within_s=10)
        paper = json.loads(ask(simulator, "GET", "/paper.json")[1])
        assert paper["tickets"] == []  # and nobody printed a second copy on his own


def test_a_bar_that_refuses_or_is_unplugged(simulator: Simulator) -> None:
    with contextlib.closing(open_bench([bar(simulator)], lambda _: None)) as bench:
        until(lambda: bench.health()["b"].health is DeviceHealth.OK)
        order(simulator, device="bar-1", fault="unplugged")
        until(lambda: bench.health()["b"].health is DeviceHealth.OFFLINE)
        order(simulator, device="bar-1", action="clear_faults")
        until(lambda: bench.health()["b"].health is DeviceHealth.OK, within_s=10)


def test_a_bar_answers_published_bytes(simulator: Simulator) -> None:
    ping = bytes.fromhex("A5" * 8 + "010000800000000000 00FE020500A20001000068F85A")
    with socket.create_connection(("127.0.0.1", simulator.bars[0].port), timeout=3) as link:
        link.sendall(ping)
        assert bx.read_answer(FrameReader().feed(link.recv(200))[0]) == bx.Answer(accepted=True)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"device": "toaster", "fault": "x"}, "device: wanted one of printer, bar-1, bar-2"),
        ({"device": "printer", "fault": "fire"}, "fault: wanted one of paper_near_end"),
        ({"device": "printer", "action": "dance"}, "action: wanted one of load_paper, take"),
        ({"device": "printer", "action": "load_paper", "value": "x"}, "value: load_paper of pri"),
        ({"device": "printer", "fault": "offline", "after_lines": 1}, "after_lines: offline of"),
        ({"device": "bar-1", "fault": "paper_out"}, "fault: wanted one of silent, refusing"),
        ({"fault": "paper_out"}, "missing required field `device`"),
        ({"device": "printer", "fault": "paper_out", "colour": 1}, "unknown field `colour`"),
        ([], "Expected `object`"),
    ],
)
def test_a_wrong_order_is_told_what_was_wanted(
    simulator: Simulator, body: object, sentence: str
) -> None:
    status, answer = ask(simulator, "POST", "/fault", body)
    assert status == 400
    assert sentence in answer.decode()


def test_the_page_keeps_strangers_out(simulator: Simulator) -> None:
    assert ask(simulator, "GET", "/", Host="evil.example:80")[0] == 421
    assert ask(simulator, "POST", "/fault", {}, Host="evil.example:80")[0] == 421
    form = {"Content-Type": "text/plain"}
    assert ask(simulator, "POST", "/fault", {"device": "printer"}, **form)[0] == 415
    assert ask(simulator, "GET", "/../__main__.py")[0] == 404
    assert ask(simulator, "POST", "/nowhere", {})[0] == 404
    assert ask(simulator, "POST", "/fault", "x" * 5000)[0] == 400


def test_the_page_has_all_its_parts(simulator: Simulator) -> None:
    status, page = ask(simulator, "GET", "/")
    assert status == 200
    for name in [*re.findall(r'(?:href|src)="([\w.]+)"', page.decode()), "leds.mjs", "words.mjs"]:
        assert ask(simulator, "GET", f"/{name}")[0] == 200


def test_a_watching_page_is_pushed_only_what_changed(simulator: Simulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.page_port, timeout=5)
    connection.request("GET", "/events")
    stream = connection.getresponse()
    first = {device["name"]: device for device in update(stream)["devices"]}
    assert first.keys() == {"printer", "bar-1", "bar-2"}
    assert first["printer"]["view"]["tickets"] == []
    with socket.create_connection(("127.0.0.1", simulator.printer.port), timeout=3) as link:
        link.sendall("号\n".encode("gb18030") + b"\x1dV\x00")
        (told,) = update(stream)["devices"]
        while not (told["view"]["tickets"] and told["view"]["tickets"][0]["is_cut"]):
            (told,) = update(stream)["devices"]
        assert "<svg" in told["view"]["tickets"][0]["svg"]
        order(simulator, device="printer", fault="cover_open")
        (told,) = update(stream)["devices"]
        while "cover_open" not in told["faults"]:
            (told,) = update(stream)["devices"]
        assert told["view"]["tickets"] == []
    connection.close()


def test_only_so_many_pages_may_watch(simulator: Simulator) -> None:
    watching = []
    for _ in range(16):
        connection = http.client.HTTPConnection("127.0.0.1", simulator.page_port, timeout=5)
        connection.request("GET", "/events")
        assert connection.getresponse().status == 200
        watching.append(connection)
    assert ask(simulator, "GET", "/events")[0] == 503
    assert ask(simulator, "GET", "/bars.json")[0] == 200


def test_the_program_starts_tells_its_addresses_and_stops() -> None:
    command = [sys.executable, "-m", "drivers.simulator", "--port", "0", "--printer-port", "0"]
    command += ["--bar-port", "0", "--bars", "3", "--speed", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(5)]
        program.send_signal(signal.SIGTERM)
        assert program.wait(5) == 0
    assert re.search(r"http://127\.0\.0\.1:\d+/", lines[0])
    assert sum("tcp://" in line for line in lines) == 4


def test_a_taken_port_is_told_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "drivers.simulator", "--printer-port", port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot listen" in done.stderr


def update(stream: http.client.HTTPResponse) -> dict[str, Any]:
    line = stream.readline()
    while not line.startswith(b"data: "):
        line = stream.readline()
    told: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
    return told


def bars(simulator: Simulator) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(ask(simulator, "GET", "/bars.json")[1])["bars"]
    return told


def until(is_so: Callable[[], bool], within_s: float = 6) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
