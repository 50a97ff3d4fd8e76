"""A bar on a serial line far away, reached through programs not written here.

    ser2net     a serial server as halls buy them: socket://
    socat       the same with another author's sockets, and a pair of ports: serial://
    PortManager of pyserial, an RFC 2217 server: rfc2217://

The bar is ours and played on a pseudo-terminal; what carries its bytes is theirs.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial
from serial.rfc2217 import PortManager

from drivers.orders import DeviceConfig, DeviceHealth, ShowText
from drivers.registry import open_bench
from drivers.simulator.bar import BarPlayer
from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat

Way = Callable[[str, int, Path], contextlib.AbstractContextManager[str]]
"""Makes a port reachable at a place of the network while it is open; gives the address."""


@pytest.fixture
def bar(tmp_path: Path) -> Iterator[BarPlayer]:
    player = BarPlayer(Seat("bar-1", f"pty:{tmp_path / 'bar'}", Changes(), utc_ms))
    player.start()
    yield player
    player.stop()


@contextlib.contextmanager
def running(*command: str) -> Iterator[None]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} on this machine")
    program = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(program.pid, signal.SIGTERM)  # socat has a child for each host
        program.wait(10)


@contextlib.contextmanager
def ser2net(port: str, place: int, folder: Path) -> Iterator[str]:
    settings = folder / "ser2net.yaml"
    settings.write_text(
        f"connection: &line\n  accepter: tcp,127.0.0.1,{place}\n"
        f"  connector: serialdev,{os.path.realpath(port)},9600n81,local\n"
    )
    with running("ser2net", "-n", "-u", "-c", str(settings)):
        yield f"socket://127.0.0.1:{place}?baud=9600"


@contextlib.contextmanager
def socat_listening(port: str, place: int, folder: Path) -> Iterator[str]:
    listen = f"TCP-LISTEN:{place},bind=127.0.0.1,reuseaddr,fork"
    with running("socat", listen, f"FILE:{port},raw,echo=0"):
        yield f"socket://127.0.0.1:{place}"


@contextlib.contextmanager
def socat_port(port: str, place: int, folder: Path) -> Iterator[str]:
    near = folder / "near"
    with running("socat", f"PTY,link={near},raw,echo=0", f"FILE:{port},raw,echo=0"):
        yield f"serial://{near}?baud=9600"


class LineWithoutModem(serial.Serial):
    """A pseudo-terminal has no modem lines, which the server asks for."""

    cts = dsr = ri = cd = True

    def _update_dtr_state(self) -> None: ...
    def _update_rts_state(self) -> None: ...


@contextlib.contextmanager
def port_manager(port: str, place: int, folder: Path) -> Iterator[str]:
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", place)) as listener:
        listener.settimeout(0.1)

        def serve() -> None:
            while not stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    link, _ = listener.accept()
                    with link, LineWithoutModem(port, timeout=0.02) as line:
                        carry(line, link, stopping)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"rfc2217://127.0.0.1:{place}?baud=19200"
        finally:
            stopping.set()
            thread.join()


class _Writes:
    """What the manager sends by itself, in the midst of its own work."""

    def __init__(self, link: socket.socket) -> None:
        self.write = link.sendall


def carry(line: serial.Serial, link: socket.socket, stopping: threading.Event) -> None:
    """One host on an RFC 2217 line, as pyserial's own example serves it."""
    manager = PortManager(line, _Writes(link))  # type: ignore[arg-type]  # as its example does
    link.settimeout(0.02)
    while not stopping.is_set():
        if data := line.read(256):
            link.sendall(b"".join(manager.escape(data)))
        try:
            data = link.recv(1024)
        except TimeoutError:
            continue
        except OSError:
            return
        if not data:
            return
        line.write(b"".join(manager.filter(data)))
        SPEEDS.append(line.baudrate)


SPEEDS: list[int] = []
WAYS = [ser2net, socat_listening, socat_port, port_manager]


@pytest.mark.parametrize("way", WAYS)
def test_a_bar_behind_it_lights_is_lost_and_comes_back(
    bar: BarPlayer, way: Way, tmp_path: Path
) -> None:
    port, place = bar.url.removeprefix("serial://"), free_port()
    with contextlib.ExitStack() as opened:
        with way(port, place, tmp_path) as url:
            config = DeviceConfig("b", "bx-k", url)
            bench = opened.enter_context(contextlib.closing(open_bench([config], lambda _: None)))

            def health() -> DeviceHealth:
                return bench.health()["b"].health

            until(lambda: health() is DeviceHealth.OK)
            bench.show(ShowText("b", "main", "请A001号到3号窗口", 90_000))
            until(lambda: [lit.text for lit in bar.lit()] == ["请A001号到3号窗口"])
        until(lambda: health() is DeviceHealth.OFFLINE)
        bench.show(ShowText("b", "main", "请A002号到3号窗口", 90_000))
        with way(port, place, tmp_path):
            until(lambda: [lit.text for lit in bar.lit()] == ["请A002号到3号窗口"], within_s=30)
            until(lambda: health() is DeviceHealth.OK)
            bench.close()


def test_the_speed_we_set_reaches_the_far_line(bar: BarPlayer, tmp_path: Path) -> None:
    SPEEDS.clear()
    port, place = bar.url.removeprefix("serial://"), free_port()
    with port_manager(port, place, tmp_path) as url:
        config = DeviceConfig("b", "bx-k", url)
        with contextlib.closing(open_bench([config], lambda _: None)) as bench:
            until(lambda: bench.health()["b"].health is DeviceHealth.OK)
    assert SPEEDS[-1] == 19_200


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def until(is_so: Callable[[], bool], within_s: float = 15) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
