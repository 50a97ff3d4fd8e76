"""Serial ports: of this machine, of a USB adapter wherever it is plugged in, and of a far one.

A USB adapter is looked for anew at every opening, by vendor, product and serial number: it keeps no
name of its own, and the one it had yesterday may be another's today. A far port speaks RFC 2217, so
that speed and parity set here are those of its line.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import serial
from serial.tools import list_ports

from drivers.errors import LinkClosed, LinkFault

_CHUNK_BYTES = 1024
_LOOK_EVERY_S = 0.1
_DRAIN_LOOK_S = 0.002


class PortName(Protocol):
    def find(self) -> str:
        """What the system calls the port now; raises `LinkFault` when it is not there."""


@dataclass(frozen=True, slots=True)
class PortPath:
    """A name that does not change, such as one of /dev/serial/by-id, or a port of a far machine."""

    name: str

    def find(self) -> str:
        return self.name


class UsbPort(Protocol):
    """What the system tells of one of its ports."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None


@dataclass(frozen=True, slots=True)
class UsbName:
    vendor: int
    product: int
    serial_number: str = ""
    comports: Callable[[], Iterable[UsbPort]] = list_ports.comports

    def find(self) -> str:
        same = [p for p in self.comports() if (p.vid, p.pid) == (self.vendor, self.product)]
        found = [p for p in same if self.serial_number in {"", p.serial_number}]
        name = f"usb {self.vendor:04x}:{self.product:04x} {self.serial_number}".rstrip()
        if not found:
            raise LinkFault(f"no port of {name} is plugged in")
        if len(found) > 1:
            others = ", ".join(f"{port.serial_number} at {port.device}" for port in found)
            raise LinkFault(f"{name} is plugged in {len(found)} times, add a number: {others}")
        return found[0].device


@dataclass(frozen=True, slots=True)
class SerialLine:
    """Flow control is off unless cabled: on a 3-wire cable it would block for ever."""

    port: PortName
    baud: int = 9600
    parity: str = "N"
    rtscts: bool = False


class SerialTransport:
    """A port of this machine."""

    def __init__(self, line: SerialLine) -> None:
        self._line = line
        self._port: serial.Serial | None = None

    def open(self, timeout_s: float) -> None:
        self.close()
        line = self._line
        name = line.port.find()
        try:
            self._port = serial.serial_for_url(
                name,
                line.baud,
                parity=line.parity,
                rtscts=line.rtscts,
                dsrdtr=False,
                timeout=self._read_limit_s(timeout_s),
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise LinkFault(f"cannot open {name}: {error}") from error

    def write(self, data: bytes, timeout_s: float) -> None:
        port = self._opened()
        try:
            self._send(port, data, timeout_s)
        except serial.SerialTimeoutException as error:
            raise LinkFault("the device does not take our bytes") from error
        except (serial.SerialException, OSError) as error:
            raise LinkClosed(str(error)) from error

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        port = self._opened()
        try:
            # One byte first: asking for many would wait out the whole limit for each short answer.
            first = self._first(port, timeout_s)
            waiting = min(port.in_waiting, max_bytes - 1) if first else 0
            return first + (port.read(waiting) if waiting else b"")
        except (serial.SerialException, OSError) as error:
            raise LinkClosed(str(error)) from error

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def _read_limit_s(self, timeout_s: float) -> float:
        return timeout_s

    def _send(self, port: serial.Serial, data: bytes, timeout_s: float) -> None:
        """Until the bytes are on the line. The library's own flush would wait without a limit, and
        says in a way of its own that the plug was pulled.
        """
        deadline = time.monotonic() + timeout_s
        port.write_timeout = timeout_s
        port.write(data)
        while port.out_waiting:
            if time.monotonic() > deadline:
                raise LinkFault("the device does not take our bytes")
            time.sleep(_DRAIN_LOOK_S)

    def _first(self, port: serial.Serial, timeout_s: float) -> bytes:
        port.timeout = timeout_s
        return bytes(port.read(1))

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise LinkClosed("not connected")
        return self._port


class FarSerialTransport(SerialTransport):
    """A port of a serial server, by RFC 2217.

    The library negotiates the whole line anew whenever one of its limits is changed, so it is given
    a short one for good and asked as often as needed.
    """

    def close(self) -> None:
        link = getattr(self._port, "_socket", None)
        super().close()
        if link is not None:
            link.close()  # the library leaves it open when the far end has hung up first

    def _read_limit_s(self, timeout_s: float) -> float:  # noqa: ARG002 — see above
        return _LOOK_EVERY_S

    def _send(self, port: serial.Serial, data: bytes, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        for at in range(0, len(data), _CHUNK_BYTES):
            if time.monotonic() > deadline:
                raise LinkFault("the device does not take our bytes")
            port.write(data[at : at + _CHUNK_BYTES])

    def _first(self, port: serial.Serial, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        while True:
            first = bytes(port.read(1))
            if first or time.monotonic() >= deadline:
                return first
