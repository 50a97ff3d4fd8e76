"""What is there: the serial ports of this machine, and who answers on the networks of the devices.

Only the ports where devices usually listen are called, only in networks that were named or hold a
configured device, and nothing is said to whoever answers.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from serial.tools import list_ports

from drivers.kinds import KINDS
from drivers.orders import DeviceConfig

_BY_ID = Path("/dev/serial/by-id")
_CALL_WITHIN_S = 0.5
_AT_ONCE = 64
_LARGEST_NETWORK = 1024
_NEIGHBOURS = 24  # bits: the machines beside a configured one


@dataclass(frozen=True, slots=True)
class SerialPort:
    """`urls` are the ways to name it, the one that keeps longest first."""

    description: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answering:
    host: str
    port: int
    kinds: tuple[str, ...]
    """What usually listens there."""


class TooLargeError(ValueError):
    """A network that nobody should call through."""


def serial_ports() -> list[SerialPort]:
    ports = []
    for port in sorted(list_ports.comports(), key=lambda each: str(each.device)):
        urls = [f"serial://{link}" for link in _links_to(port.device)]
        if port.vid is not None and port.pid is not None:
            number = f"/{port.serial_number}" if port.serial_number else ""
            urls.append(f"usb://{port.vid:04x}:{port.pid:04x}{number}")
        urls.append(f"serial://{port.device}")
        ports.append(SerialPort(str(port.description), tuple(urls)))
    return ports


def networks_of(devices: Iterable[DeviceConfig]) -> list[str]:
    """The neighbourhoods of the configured devices; those on this machine have none."""
    found: dict[str, None] = {}
    for device in devices:
        try:
            address = ipaddress.ip_address(urlsplit(device.url).hostname or "")
        except ValueError:
            continue
        if address.version == 4 and not address.is_loopback:
            found[str(ipaddress.ip_network(f"{address}/{_NEIGHBOURS}", strict=False))] = None
    return list(found)


def answering(networks: Sequence[str], more_ports: Iterable[int] = ()) -> list[Answering]:
    """Who takes a call, in the order of the addresses; raises for a network that is too large."""
    kinds: dict[int, list[str]] = {port: [] for port in more_ports}
    for name, known in KINDS.items():
        if known.port is not None:
            kinds.setdefault(known.port, []).append(name)
    places = [(host, port) for host in _hosts(networks) for port in sorted(kinds)]
    with ThreadPoolExecutor(_AT_ONCE) as callers:
        answers = callers.map(_takes_a_call, places)
    return [
        Answering(host, port, tuple(kinds[port]))
        for (host, port), is_there in zip(places, answers, strict=True)
        if is_there
    ]


def _hosts(networks: Sequence[str]) -> list[str]:
    hosts: list[str] = []
    for text in networks:
        network = ipaddress.ip_network(text, strict=False)
        if network.num_addresses > _LARGEST_NETWORK:
            raise TooLargeError(f"{text}: 最多 {_LARGEST_NETWORK} 个地址 at most so many addresses")
        hosts += map(str, network.hosts())
    return hosts


def _takes_a_call(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=_CALL_WITHIN_S).close()
    except OSError:
        return False
    return True


def _links_to(device: str) -> list[Path]:
    if not _BY_ID.is_dir():
        return []
    return [link for link in sorted(_BY_ID.iterdir()) if str(link.resolve()) == device]
