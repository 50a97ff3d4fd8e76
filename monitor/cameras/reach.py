"""Where a camera's address may lead: into the networks stated for cameras, and nowhere else.

Whoever may state an address could otherwise make this machine ask its own services, the router or
a cloud's metadata in his name. The name is looked up once and the stream opened at exactly the
address that was judged, so that a second answer of the name server changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.cameras.camera import Address, RecordingRules
from monitor.faults import CameraFault, GapCause

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Sequence[str]]
PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


def looked_up(host: str, port: int) -> list[str]:
    """What the machine's own name service says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def may_reach(ip: Ip, networks: Sequence[str]) -> bool:
    """Whether a camera may be there. This machine itself only where it is stated as a network."""
    plain = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped else ip
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain.is_reserved:
        return False
    stated = [ipaddress.ip_network(network) for network in networks]
    return any(
        plain in network and (network.is_loopback or not plain.is_loopback)
        for network in stated
        if network.version == plain.version
    )


def pinned(address: Address, rules: RecordingRules, lookup: Lookup = looked_up) -> str:
    """The address to open, its name replaced by what was judged; raises ``CameraFault``."""
    parts = address.parts
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in lookup(host, port)]
    except (OSError, ValueError, UnicodeError):
        raise CameraFault(
            GapCause.OFFLINE, f"找不到主机 {host}", f"the host {host} is not known"
        ) from None
    allowed = [ip for ip in found if may_reach(ip, rules.networks)]
    if not found or len(allowed) != len(found):
        raise CameraFault(
            GapCause.REFUSED,
            f"{address.shown} 不在允许的摄像机网段内",
            f"{address.shown} is outside the networks stated for cameras",
        )
    ip = allowed[0]
    account, at, _ = parts.netloc.rpartition("@")
    place = f"[{ip}]" if ip.version == 6 else str(ip)
    return parts._replace(netloc=f"{account}{at}{place}:{port}").geturl()


def file_below(address: Address, rules: RecordingRules) -> Path:
    """The file to open, below the one folder stated for files; raises ``CameraFault``."""
    refused = CameraFault(
        GapCause.REFUSED,
        f"{address.shown} 不在允许的文件夹内",
        f"{address.shown} is outside the folder stated for files",
    )
    if not rules.files or "\0" in address.text:
        raise refused
    root = Path(rules.files).resolve()
    found = (root / f"{address.parts.netloc}{address.parts.path}".lstrip("/")).resolve()
    if not found.is_relative_to(root) or not found.is_file():
        raise refused
    return found
