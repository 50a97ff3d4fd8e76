"""A device of a new kind in the frame: cables, faults, actions, page and command line."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from drivers.errors import DeviceFault, LinkClosed
from drivers.simulator import play
from drivers.simulator.changes import Changes
from drivers.simulator.kinds import PLAYED
from drivers.simulator.play import Places, Simulator, utc_ms
from drivers.simulator.played import (
    CABLE,
    SILENT,
    BadOrder,
    Choice,
    Control,
    Engine,
    Group,
    KindWords,
    Row,
    Rows,
    Seat,
)
from drivers.simulator.player import Order, PlayedKind, Player
from drivers.transport import Transport, open_transport

ROOT = Path(__file__).parents[3]
ARTIFACTS = ROOT / "tests" / "artifacts"


Exchange = Callable[[bytes, bytes], None]
Hear = Callable[[str], Exchange]


class EchoEngine:
    """A bell that says back what it hears, and rings when its key is pressed."""

    def __init__(self) -> None:
        self.version = 0
        self.faults: set[str] = set()
        self._heard = b""
        self._rings_at_ms: int | None = None

    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002
        self._heard += data
        self.version += 1
        return data.upper()

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> bytes:  # noqa: ARG002
        (self.faults.add if on else self.faults.discard)(fault)
        self.version += 1
        return b""

    def clear_faults(self) -> bytes:
        self.faults.clear()
        self.version += 1
        return b""

    def act(self, action: str, value: str, now_ms: int) -> bytes:
        if action == "press":
            return b"key " + value.encode()
        if action == "scan":
            return value.encode() + b"\r"
        self._rings_at_ms = now_ms
        return b""

    def tick(self, now_ms: int) -> bytes:
        if self._rings_at_ms is None or now_ms < self._rings_at_ms:
            return b""
        self._rings_at_ms = None
        return b"ring"

    def view(self, now_ms: int, since_version: int) -> Rows:  # noqa: ARG002
        return Rows([Row("收到", "Heard", self._heard.decode())])


WORDS = KindWords(
    "bell",
    "叫人铃",
    "Bell",
    (
        Group(
            "按键",
            "Keys",
            actions=(
                Control("press", "", "", (Choice("a", "甲", "A"), Choice("b", "乙", "B"))),
                Control("scan", "扫码", "Scan", asks_text=True),
                Control("ring", "响铃", "Ring"),
            ),
        ),
        CABLE,
    ),
)
BELL = PlayedKind(WORDS, lambda seat: Player(seat, WORDS, EchoEngine()))


@pytest.fixture
def bell(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Player[EchoEngine]]:
    cable = str(request.param).format(folder=tmp_path)
    player = Player(Seat("bell-1", cable, Changes(), utc_ms), WORDS, EchoEngine())
    player.start()
    yield player
    player.stop()


@pytest.fixture
def hear() -> Iterator[Hear]:
    """Open a device as a host would; what it gives sends one thing and waits for another."""
    with ExitStack() as opened:

        def open_one(url: str) -> Exchange:
            transport = open_transport(url)
            opened.callback(transport.close)
            transport.open(2)

            def exchange(sent: bytes, wanted: bytes) -> None:
                if sent:
                    transport.write(sent, 1)
                heard, deadline = b"", time.monotonic() + 3
                while wanted not in heard:
                    assert time.monotonic() < deadline, f"heard only {heard!r}"
                    heard += transport.read(256, 0.1)

            return exchange

        yield open_one


SERIAL_AND_TCP = ["tcp:0", "pty", "pty:{folder}/by-id/bell"]


@pytest.mark.parametrize("bell", SERIAL_AND_TCP, indirect=True)
def test_it_answers_on_every_cable_and_tells_by_itself(
    bell: Player[EchoEngine], hear: Hear
) -> None:
    exchange = hear(bell.url)
    exchange(b"hello", b"HELLO")
    bell.obey(Order("bell-1", action="press", value="b"))
    exchange(b"", b"key b")
    bell.obey(Order("bell-1", action="scan", value="6901"))
    exchange(b"", b"6901\r")
    bell.obey(Order("bell-1", action="ring"))
    bell.tick()
    exchange(b"", b"ring")
    shown = bell.shown(-1)
    assert (shown.links, shown.faults) == (1, [])
    assert shown.view == Rows([Row("收到", "Heard", "hello")])


@pytest.mark.parametrize("bell", SERIAL_AND_TCP, indirect=True)
def test_pulling_the_plug_really_ends_the_link_and_a_new_one_can_be_made(
    bell: Player[EchoEngine],
) -> None:
    transport = open_transport(bell.url)
    transport.open(2)
    transport.write(b"x", 1)
    bell.obey(Order("bell-1", fault="unplugged"))
    until(lambda: is_closed(transport))
    transport.close()
    until(lambda: bell.shown(-1).links == 0)
    bell.obey(Order("bell-1", action="clear_faults"))
    until(lambda: answers(bell))


@pytest.mark.parametrize("bell", SERIAL_AND_TCP, indirect=True)
def test_silence_and_noise_are_made_by_the_cable(bell: Player[EchoEngine]) -> None:
    transport = open_transport(bell.url)
    transport.open(2)
    bell.obey(Order("bell-1", fault=SILENT))
    transport.write(b"hello", 1)
    assert transport.read(10, 0.4) == b""
    bell.obey(Order("bell-1", fault=SILENT, on=False))
    bell.obey(Order("bell-1", fault="noise"))
    until(lambda: len(transport.read(256, 0.1)) >= 24)
    transport.close()


@pytest.mark.parametrize("bell", ["udp:0"], indirect=True)
def test_datagrams_and_a_port_that_is_gone(bell: Player[EchoEngine]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
        host.settimeout(2)
        host.connect(("127.0.0.1", bell.port))
        host.send(b"hello")
        assert host.recv(100) == b"HELLO"
        bell.act("press", "a")
        assert host.recv(100) == b"key a"
        assert bell.shown(-1).links == 1
        bell.set_fault("unplugged", on=True)
        assert bell.shown(-1).links == 0
        until(lambda: is_refused(host))
        bell.clear_faults()
        until(lambda: not is_refused(host) and bell.shown(-1).links == 1)


@pytest.mark.parametrize("bell", ["pty:{folder}/bell"], indirect=True)
def test_a_stable_name_leads_to_the_newest_port(
    bell: Player[EchoEngine], hear: Hear, tmp_path: Path
) -> None:
    before = (tmp_path / "bell").readlink()
    hear(bell.url)(b"x", b"X")
    keeper = os.open(before, os.O_RDWR | os.O_NOCTTY)  # so that the system cannot give it again
    bell.set_fault("unplugged", on=True)
    until(lambda: bell.shown(-1).links == 0)
    bell.clear_faults()
    until(lambda: (tmp_path / "bell").readlink() != before)
    os.close(keeper)
    hear(f"serial://{tmp_path / 'bell'}")(b"y", b"Y")


def test_two_devices_of_one_name_or_an_unknown_cable_are_refused() -> None:
    small = Places(page_port=0, printer_port=0, bar_port=0)
    for more, sentence in [
        ("bx-k:bar-1@pty", "a name of its own"),
        ("toaster:t@pty", "KIND:NAME@CABLE"),
        ("bx-k:x@carrier", "cable: wanted tcp:PORT"),
    ]:
        with pytest.raises(BadOrder, match=sentence):
            Simulator(replace(small, more=(more,)))


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    monkeypatch.setattr(play, "PLAYED", (*PLAYED, BELL))
    more = ("bell:bell-1@tcp:0", "bx-k:desk@pty")
    places = Places(page_port=0, printer_port=0, bar_port=0, speed_mm_s=0, more=more)
    simulator = Simulator(places)
    simulator.start()
    yield simulator
    simulator.stop()


def test_the_command_line_does_what_the_buttons_do(simulator: Simulator, hear: Hear) -> None:
    told = command(simulator, "devices")
    assert told.returncode == 0
    assert re.search(r"bell-1  tcp://127\.0\.0\.1:\d+$", told.stdout, re.MULTILINE)
    assert "do DEVICE press a|b" in told.stdout
    assert re.search(r"desk  serial:///dev/pts/\d+$", told.stdout, re.MULTILINE)
    assert command(simulator, "fault", "bell-1", "silent").returncode == 0
    assert simulator.players[-2].shown(-1).faults == ["silent"]
    assert command(simulator, "fault", "bell-1", "silent", "--off").returncode == 0
    assert simulator.players[-2].shown(-1).faults == []
    done = command(simulator, "fault", "printer", "paper_out", "--after-lines", "3")
    assert (done.returncode, simulator.printer.snapshot().faults) == (0, ())
    hear(simulator.printer.url)(b"1\n2\n3\n", b"")
    until(lambda: simulator.printer.snapshot().faults == ("paper_out",))
    assert command(simulator, "do", "printer", "load_paper").returncode == 0
    assert simulator.printer.snapshot().can_print
    wrong = command(simulator, "do", "bell-1", "press", "c")
    assert (wrong.returncode, "value: wanted one of a, b" in wrong.stderr) == (2, True)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_draws_a_kind_it_has_no_drawing_for(
    simulator: Simulator, hear: Hear, chromium: str, language: str
) -> None:
    exchange = hear(simulator.players[-2].url)
    exchange(b"hello", b"HELLO")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.add_init_script(f"localStorage.setItem('language', '{language}')")
        page.goto(f"http://127.0.0.1:{simulator.page_port}/")
        page.wait_for_selector("#kind-bell .plain")
        assert page.inner_text("#kind-bell dl").split() == (
            ["收到", "hello"] if language == "zh" else ["Heard", "hello"]
        )
        page.click("[data-action='press a']")
        exchange(b"", b"key a")
        page.fill("input[data-action=scan]", "双江 6901")
        page.press("input[data-action=scan]", "Enter")
        exchange(b"", "双江 6901".encode())
        page.click("#kind-bell [data-fault=unplugged]")
        page.wait_for_selector("#kind-bell .state[data-level=red]")
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"simulator-plain-{language}.png", full_page=True)
        browser.close()


def test_every_kind_has_words_in_both_languages() -> None:
    for kind in PLAYED:
        words = kind.words
        controls = [*words.faults().values(), *words.actions().values()]
        choices = [choice for control in controls for choice in control.choices]
        told = [(one.zh, one.en) for one in (words, *controls, *choices)]  # type: ignore[attr-defined]
        assert [pair for pair in told if not all(pair)] == []
        assert set(words.faults()) >= {"silent", "noise", "unplugged"}


def test_orders_to_nobody_are_told_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        at = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = run("do", "printer", "load_paper", "--at", at)
    assert (done.returncode, f"do not answer at {at}" in done.stderr) == (1, True)


def command(simulator: Simulator, *words: str) -> "subprocess.CompletedProcess[str]":
    return run(*words, "--at", f"http://127.0.0.1:{simulator.page_port}")


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    whole = [sys.executable, "-m", "drivers.simulator", *words]
    return subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)


def is_refused(host: socket.socket) -> bool:
    try:
        host.send(b"hello")
    except ConnectionRefusedError:
        return True
    return False


def is_closed(transport: Transport) -> bool:
    try:
        transport.read(10, 0.1)
    except LinkClosed:
        return True
    return False


def answers(bell: Player[EchoEngine]) -> bool:
    transport = open_transport(bell.url)
    try:
        transport.open(1)
        transport.write(b"q", 1)
        return transport.read(10, 0.5) == b"Q"
    except DeviceFault:
        return False
    finally:
        transport.close()


def until(is_so: Callable[[], bool], within_s: float = 6) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def _is_an_engine(engine: EchoEngine) -> Engine:
    return engine
