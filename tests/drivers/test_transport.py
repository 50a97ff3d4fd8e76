"""Ways to a device: what arrives, how long it may take, and how the far end's leaving is told."""

import os
import pty
import re
import socket
import threading
import time
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import serial

from drivers.errors import LinkClosed, LinkFault
from drivers.memory import MemoryExchange, MemoryLink
from drivers.raw_log import RawLog
from drivers.serial_links import SerialLine, SerialTransport, UsbName
from drivers.transport import BadUrl, Direction, Tap, link_speed, open_transport


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(2)
        yield server


def url_of(listener: socket.socket) -> str:
    return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def test_tcp_carries_bytes_both_ways(listener: socket.socket) -> None:
    transport = open_transport(url_of(listener))
    transport.open(1)
    device, _ = listener.accept()
    with device:
        transport.write(b"\x10\x04\x01", 1)
        assert device.recv(10) == b"\x10\x04\x01"
        device.sendall(b"\x12")
        assert transport.read(10, 1) == b"\x12"
        started = time.monotonic()
        assert transport.read(10, 0.05) == b""
        assert 0.04 <= time.monotonic() - started < 2
        assert transport.read(10, 0) == b""
    transport.close()


def test_tcp_tells_when_the_device_hangs_up(listener: socket.socket) -> None:
    transport = open_transport(url_of(listener))
    transport.open(1)
    listener.accept()[0].close()
    with pytest.raises(LinkClosed):
        transport.read(10, 1)
    transport.close()
    with pytest.raises(LinkClosed):
        transport.read(10, 0)
    with pytest.raises(LinkClosed):
        transport.write(b"x", 1)


def test_nobody_there_is_a_fault_within_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = url_of(free)
    started = time.monotonic()
    with pytest.raises(LinkFault, match=r"cannot reach 127\.0\.0\.1"):
        open_transport(url).open(0.5)
    assert time.monotonic() - started < 2


def test_a_device_that_takes_nothing_stops_the_write_within_the_limit(
    listener: socket.socket,
) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    transport = open_transport(url_of(listener))
    transport.open(1)
    with listener.accept()[0]:
        started = time.monotonic()
        with pytest.raises(LinkFault, match="does not take our bytes"):
            transport.write(bytes(20_000_000), 0.3)
        assert time.monotonic() - started < 2
    transport.close()


def test_serial_port_and_pulled_plug() -> None:
    far, near = pty.openpty()
    tty.setraw(near)
    transport = open_transport(f"serial://{os.ttyname(near)}?baud=115200")
    transport.open(1)
    transport.write(b"hello", 1)
    assert os.read(far, 10) == b"hello"
    os.write(far, b"\x12\x16")
    received = b""
    while len(received) < 2:
        received += transport.read(10, 1)
    assert received == b"\x12\x16"
    started = time.monotonic()
    assert transport.read(10, 0.05) == b""
    assert time.monotonic() - started < 2
    os.close(far)
    with pytest.raises(LinkClosed):
        transport.read(10, 1)
    transport.close()
    os.close(near)


def test_a_plug_pulled_while_the_bytes_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    far, near = pty.openpty()
    transport = open_transport(f"serial://{os.ttyname(near)}?baud=115200")
    transport.open(1)
    os.close(near)

    def pull(_port: serial.Serial, data: bytes) -> int:
        os.close(far)
        return len(data)

    monkeypatch.setattr(serial.Serial, "write", pull)
    with pytest.raises(LinkClosed):
        transport.write(b"hello", 1)
    transport.close()


def test_a_short_serial_answer_does_not_wait_out_the_limit() -> None:
    far, near = pty.openpty()
    tty.setraw(near)
    transport = open_transport(f"serial://{os.ttyname(near)}")
    transport.open(1)
    os.write(far, b"\x12")
    started = time.monotonic()
    assert transport.read(256, 5) == b"\x12"
    assert time.monotonic() - started < 2
    transport.close()
    os.close(far)
    os.close(near)


def test_a_missing_port_is_a_fault() -> None:
    with pytest.raises(LinkFault, match="cannot open /dev/no-such-port"):
        open_transport("serial:///dev/no-such-port").open(1)
    with pytest.raises(LinkFault, match="cannot open /no/such/lp0"):
        open_transport("file:///no/such/lp0").open(1)


def test_a_file_collects_and_never_answers(tmp_path: Path) -> None:
    path = tmp_path / "paper.bin"
    for part in (b"one", b"two"):
        transport = open_transport(f"file://{path}")
        transport.open(1)
        transport.write(part, 1)
        assert transport.read(10, 0) == b""
        transport.close()
    assert path.read_bytes() == b"onetwo"


def test_a_character_device_answers() -> None:
    far, near = pty.openpty()
    tty.setraw(near)
    transport = open_transport(f"file://{os.ttyname(near)}")
    transport.open(1)
    transport.write(b"\x10\x04\x01", 1)
    assert os.read(far, 10) == b"\x10\x04\x01"
    os.write(far, b"\x12")
    assert transport.read(10, 1) == b"\x12"
    assert transport.read(10, 0.01) == b""
    transport.close()
    os.close(far)
    os.close(near)


def test_memory_links_two_partners_by_name() -> None:
    exchange = MemoryExchange()
    called: list[MemoryLink] = []
    exchange.listen("printer", called.append)
    transport = open_transport("memory:printer", exchange=exchange)
    transport.open(1)
    transport.write(b"ask", 1)
    assert called[0].incoming.get(10, 1) == b"ask"
    threading.Timer(0.05, lambda: called[0].outgoing.put(b"answer")).start()
    assert transport.read(10, 1) == b"answer"
    called[0].close()
    with pytest.raises(LinkClosed):
        transport.read(10, 1)
    exchange.leave("printer")
    with pytest.raises(LinkFault, match="nobody listens at memory:printer"):
        transport.open(1)


def test_null_swallows_and_is_silent() -> None:
    transport = open_transport("null:")
    transport.open(1)
    transport.write(bytes(1000), 1)
    assert transport.read(10, 0.01) == b""


def test_the_tap_remembers_the_last_transfers_and_not_all_of_a_picture(tmp_path: Path) -> None:
    clock = iter(range(1000, 2000))
    tap = Tap(lambda: next(clock), entries=3)
    exchange = MemoryExchange()
    exchange.listen("device", lambda link: link.outgoing.put(b"\x12"))
    transport = open_transport("memory:device", tap=tap, exchange=exchange)
    transport.open(1)
    for data in (b"a", b"b", bytes(100_000)):
        transport.write(data, 1)
    transport.read(10, 1)
    transport.read(10, 0)
    assert [tap.bytes_passed(way) for way in Direction] == [100_002, 1, len("opened")]
    assert tap.entries()[1].length == 100_000
    seen = [(entry.at_ms, entry.direction, len(entry.data)) for entry in tap.entries()]
    assert seen == [
        (1002, Direction.SENT, 1),
        (1003, Direction.SENT, 4096),
        (1004, Direction.RECEIVED, 1),
    ]


def test_a_redacted_tap_keeps_when_and_how_much(tmp_path: Path) -> None:
    log = RawLog(tmp_path / "reader.log", 1)
    tap = Tap(lambda: 1000, redacted=True, keep=log.add)
    exchange = MemoryExchange()
    exchange.listen("reader", lambda link: link.outgoing.put("张三530927".encode()))
    transport = open_transport("memory:reader", tap=tap, exchange=exchange)
    transport.open(1)
    transport.read(100, 1)
    note, entry = tap.entries()
    assert (note.direction, note.data) == (Direction.NOTE, b"opened")
    assert (entry.direction, entry.data, entry.length) == (Direction.RECEIVED, b"", 12)
    kept = (tmp_path / "reader.log").read_text()
    assert kept.splitlines()[1] == "1970-01-01T00:00:01.000Z < (12 bytes)"
    assert b"530927".hex() not in kept.replace(" ", "")


def test_what_befell_the_link_is_noted(listener: socket.socket) -> None:
    tap = Tap(lambda: 0)
    transport = open_transport(url_of(listener), tap=tap)
    transport.open(1)
    listener.accept()[0].close()
    with pytest.raises(LinkClosed):
        transport.read(10, 1)
    transport.close()
    listener.close()
    with pytest.raises(LinkFault):
        transport.open(1)
    told = [entry.data.decode() for entry in tap.entries() if entry.direction is Direction.NOTE]
    assert told[:2] == ["opened", "the device closed the connection"]
    assert told[2].startswith("cannot reach 127.0.0.1:")


def test_datagrams_and_a_port_nobody_has(listener: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))
        device.settimeout(2)
        transport = open_transport(f"udp://127.0.0.1:{device.getsockname()[1]}")
        transport.open(1)
        transport.write(b"ping", 1)
        data, host = device.recvfrom(100)
        assert data == b"ping"
        device.sendto(b"a whole answer", host)
        assert transport.read(7, 1) == b"a whole"
        assert transport.read(100, 1) == b" answer"
        started = time.monotonic()
        assert transport.read(10, 0.05) == b""
        assert time.monotonic() - started < 2
    transport.write(b"into the void", 1)
    with pytest.raises(LinkClosed, match="refused"):
        transport.read(10, 1)
    transport.close()


@dataclass
class Plugged:
    """A port as the system tells it."""

    device: str
    vid: int | None = 0x067B
    pid: int | None = 0x2303
    serial_number: str | None = "A1"


def test_a_usb_adapter_is_found_wherever_it_is_plugged_in() -> None:
    far, near = pty.openpty()
    other_far, other_near = pty.openpty()
    tty.setraw(near)
    tty.setraw(other_near)
    plugged = [Plugged("/dev/ttyS0", None, None, None), Plugged(os.ttyname(near))]
    name = UsbName(0x067B, 0x2303, comports=lambda: plugged)
    transport = SerialTransport(SerialLine(name))
    transport.open(1)
    transport.write(b"here", 1)
    assert os.read(far, 10) == b"here"
    os.close(far)
    os.close(near)
    with pytest.raises(LinkClosed):
        transport.read(10, 1)
    transport.close()
    plugged[:] = []
    with pytest.raises(LinkFault, match="no port of usb 067b:2303 is plugged in"):
        transport.open(1)
    plugged[:] = [Plugged(os.ttyname(other_near))]
    transport.open(1)
    transport.write(b"there", 1)
    assert os.read(other_far, 10) == b"there"
    transport.close()
    plugged.append(Plugged("/dev/ttyUSB9", serial_number="B2"))
    with pytest.raises(LinkFault, match=r"plugged in 2 times, add a number: A1 at .*, B2 at"):
        transport.open(1)
    numbered = UsbName(0x067B, 0x2303, "B2", lambda: plugged)
    assert numbered.find() == "/dev/ttyUSB9"
    os.close(other_far)
    os.close(other_near)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("usb://printer", "wanted usb://067b:2303"),
        ("usb://067b:2303/A1?baud=fast", "wanted baud as a number"),
        ("udp://10.0.0.8", "wanted udp://host:port"),
        ("socket://10.0.0.8:4001?parity=X", "wanted baud=…, parity=N"),
        ("rfc2217://10.0.0.8:99999", "wanted a port from 1 to 65535"),
        ("gopher://x:1", "wanted tcp://host:port"),
    ],
)
def test_a_wrong_address_is_told_what_was_wanted(url: str, sentence: str) -> None:
    with pytest.raises(BadUrl, match=re.escape(sentence)):
        open_transport(url)


def test_only_a_serial_line_has_a_speed() -> None:
    assert link_speed("serial:COM3?baud=19200") == 19_200
    assert link_speed("usb://067b:2303?baud=115200") == 115_200
    assert link_speed("rfc2217://10.0.0.9:4002") == 9_600
    assert link_speed("socket://10.0.0.9:4001?baud=9600") == 9_600
    assert link_speed("socket://10.0.0.9:4001") is None
    assert link_speed("tcp://10.0.0.9:9100") is None
