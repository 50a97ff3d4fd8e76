"""Calls out for ONVIF cameras (WS-Discovery): one question to all, and whoever answers in time.

    Probe ─ multicast 239.255.255.250:3702, time to live 1 ─► ProbeMatches, one from each camera

The question leaves by the interfaces that lead to the networks stated for cameras. Answers are
strangers' datagrams: only those sent from within these networks are read, only addresses that lie
at their sender are kept, and there are bounds to their size, their number and the time.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from select import select
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from msgspec import Struct

from monitor.cameras.reach import may_reach
from monitor.onvif.envelope import ENVELOPE, NotUnderstoodError, tree

GROUP, PORT = "239.255.255.250", 3702
DATAGRAM_BYTES = 65_535
FOUND_MOST, ANSWERS_MOST = 256, 2_000
WAIT_S, REPEAT_S = 3.0, 0.5
WORD_MOST = 80
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_NETWORK = "http://www.onvif.org/ver10/network/wsdl"
SCOPE = "onvif://www.onvif.org/"


class Found(Struct, frozen=True, kw_only=True):
    """A camera that answered: where it may be asked further, and what it calls itself."""

    address: str
    name: str = ""
    model: str = ""


def probe(message_id: str) -> bytes:
    """The question."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{ENVELOPE}"'
        f' xmlns:a="{_ADDRESSING}" xmlns:d="{_DISCOVERY}" xmlns:n="{_NETWORK}"><s:Header>'
        f"<a:Action>{_DISCOVERY}/Probe</a:Action><a:MessageID>{escape(message_id)}</a:MessageID>"
        "<a:ReplyTo><a:Address>"
        "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
        "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body>"
        "<d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"
    ).encode()


def matches(data: bytes, message_id: str, sender: str) -> Iterator[Found]:
    """The cameras in an answer to our question; none in anything else."""
    try:
        told = tree(data)
    except NotUnderstoodError:
        return
    if told.said("Header", "RelatesTo") != message_id:
        return
    for match in told.all("ProbeMatch"):
        for address in match.said("XAddrs").split():
            if _is_at(address, sender):
                scopes = match.said("Scopes").split()
                name, model = (_scope(scopes, one) for one in ("name", "hardware"))
                yield Found(address=address, name=name, model=model)
                break


def _is_at(address: str, sender: str) -> bool:
    try:
        parts = urlsplit(address)
        host = ipaddress.ip_address(parts.hostname or "")
        parts.port  # noqa: B018 - a port that is no number raises here
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and host == ipaddress.ip_address(sender)


def _scope(scopes: Sequence[str], kind: str) -> str:
    begin = f"{SCOPE}{kind}/"
    said = next((one.removeprefix(begin) for one in scopes if one.startswith(begin)), "")
    plain = (c for c in unquote(said).replace("_", " ") if c.isprintable())
    return "".join(plain)[:WORD_MOST]


def discovered(
    networks: Sequence[str], wait_s: float = WAIT_S, *, group: tuple[str, int] = (GROUP, PORT)
) -> list[Found]:
    """Who answers within these networks; sorted by address."""
    message_id = f"urn:uuid:{uuid.uuid4()}"
    question, found = probe(message_id), dict[str, Found]()
    with ExitStack() as stack:
        lines = [stack.enter_context(line) for line in _lines(networks)]
        began_s, due = time.monotonic(), [0.0, REPEAT_S]  # twice, since datagrams get lost
        for _ in range(ANSWERS_MOST if lines else 0):
            passed_s = time.monotonic() - began_s
            if passed_s >= wait_s or len(found) >= FOUND_MOST:
                break
            if due and passed_s >= due[0]:
                due.pop(0)
                for line in lines:
                    with suppress(OSError):
                        line.sendto(question, group)
            until_s = min([wait_s, *due])
            for line in select(lines, [], [], max(0.0, until_s - passed_s))[0]:
                found |= {one.address: one for one in _heard(line, message_id, networks)}
    return sorted(found.values(), key=_place)[:FOUND_MOST]


def _place(found: Found) -> tuple[int, int]:
    host = ipaddress.ip_address(urlsplit(found.address).hostname or "")
    return host.version, int(host)


def _heard(line: socket.socket, message_id: str, networks: Sequence[str]) -> Iterator[Found]:
    try:
        data, (sender, *_) = line.recvfrom(DATAGRAM_BYTES)
    except OSError:
        return
    if may_reach(ipaddress.ip_address(sender), networks):
        yield from matches(data, message_id, sender)


def _lines(networks: Sequence[str]) -> Iterator[socket.socket]:
    """A socket for each interface that leads to one of the networks."""
    for own in sorted({_own_address(one) for one in networks} - {""}):
        if not may_reach(ipaddress.ip_address(own), networks):
            continue
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            line.bind((own, 0))
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            line.settimeout(0)
        except OSError:
            line.close()
            continue
        yield line


def _own_address(network: str) -> str:
    """The address of this machine from which a network is reached; nothing is sent."""
    stated = ipaddress.ip_network(network)
    if stated.version != 4:
        return ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, suppress(OSError):
        line.connect((str(stated[min(1, stated.num_addresses - 1)]), PORT))
        return str(line.getsockname()[0])
    return ""
