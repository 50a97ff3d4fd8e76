"""A stream tried before it is relied upon: what it is, by what comes.

What a camera says of itself is compared with what it sends; pictures are counted, and none is
decoded but the one still that a person asks for. The first second is left out, since cameras send
what they have in store at once.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from monitor.cameras.camera import Address, RecordingRules
from monitor.cameras.polygon import Polygon
from monitor.cameras.reach import pinned
from monitor.cameras.sources import OPEN_S, Source, open_source
from monitor.cameras.stills import KeyFrame, StillDecoder
from monitor.faults import CameraFault, GapCause
from monitor.setting_up.facts import StreamFacts

LISTEN_S, LISTEN_MOST_S = 5.0, 12.0
SETTLES_S = 1.0
CONNECT_S = 3.0
KEYS_WANTED = 3
CODECS = {"h264": "H.264", "hevc": "H.265", "mjpeg": "JPEG"}


@dataclass(frozen=True)
class Came:
    """One coded picture."""

    at_s: float
    is_key: bool
    size: int


def tried(address: Address, rules: RecordingRules) -> StreamFacts:
    """Listen for some seconds; raises ``CameraFault``."""
    if address.scheme in ("rtsp", "rtsps", "http", "https"):
        _connects(address, rules)
    source = open_source(address, rules, wait_s=OPEN_S)
    try:
        return facts(source, list(listened(source)))
    finally:
        source.close()


def pictured(address: Address, rules: RecordingRules, masks: Sequence[Polygon]) -> bytes:
    """The first whole picture that comes, small and masked, as JPEG; raises ``CameraFault``."""
    if address.scheme in ("rtsp", "rtsps", "http", "https"):
        _connects(address, rules)
    source = open_source(address, rules, wait_s=OPEN_S)
    decoder = StillDecoder(source.name)
    end_s = time.monotonic() + LISTEN_MOST_S
    try:
        for coded in source.packets:
            picture = decoder.picture(coded.data, masks) if coded.is_key else None
            if picture is not None:
                return KeyFrame("", 0, picture).jpeg
            if time.monotonic() > end_s:
                break
    finally:
        source.close()
    zh, en = f"{LISTEN_MOST_S:.0f} 秒内没有完整画面", f"no whole picture in {LISTEN_MOST_S:.0f} s"
    raise CameraFault(GapCause.OFFLINE, zh, en)


def _connects(address: Address, rules: RecordingRules) -> None:
    """Whether anybody is there at all, which the video library does not tell apart."""
    place = urlsplit(pinned(address, rules))
    try:
        socket.create_connection((place.hostname or "", place.port or 0), CONNECT_S).close()
    except ConnectionRefusedError:
        zh = f"{address.shown}：主机在线，但该端口没有服务，请核对端口"
        en = f"{address.shown}: the host is there, but nothing listens at this port"
        raise CameraFault(GapCause.OFFLINE, zh, en) from None
    except OSError:
        zh = f"{address.shown}：连不上，请核对地址、网线和网段"
        en = f"{address.shown}: no answer; check the address, the cable and the network"
        raise CameraFault(GapCause.OFFLINE, zh, en) from None


def listened(source: Source) -> Iterator[Came]:
    """What comes, until enough is known."""
    began_s, keys = time.monotonic(), 0
    for coded in source.packets:
        at_s = time.monotonic()
        keys += coded.is_key and at_s - began_s >= SETTLES_S
        yield Came(at_s, coded.is_key, len(coded.data))
        passed_s = at_s - began_s
        if passed_s >= LISTEN_MOST_S or (passed_s >= LISTEN_S and keys >= KEYS_WANTED):
            return


def facts(source: Source, came: Sequence[Came]) -> StreamFacts:
    """The figures, of all that came after the first second."""
    settled = [one for one in came if one.at_s >= came[0].at_s + SETTLES_S]
    span_s = settled[-1].at_s - settled[0].at_s if len(settled) > 1 else 0.0
    if not span_s:
        zh, en = "摄像机没有持续送来画面", "the camera sends no pictures"
        raise CameraFault(GapCause.OFFLINE, zh, en)
    keys = [one.at_s for one in settled if one.is_key]
    ends = keys if len(keys) > 1 else [settled[0].at_s, *keys, settled[-1].at_s]
    return StreamFacts(
        codec=CODECS[source.codec],
        width=source.width,
        height=source.height,
        stated_rate=round(source.stated_rate, 1),
        rate=round((len(settled) - 1) / span_s, 1),
        key_every_ms=round(max(b - a for a, b in pairwise(ends)) * 1000),
        is_key_seen_again=len(keys) > 1,
        kilobits_per_s=round(sum(one.size for one in settled[1:]) * 8 / span_s / 1000),
    )
