"""The address at which a recorder of its own (NVR) plays a time, as an engineer states it. Pure.

    rtsp://192.168.1.20:554/Streaming/tracks/101?starttime={begin}&endtime={end}

Pages are given it filled in, so nothing secret may stand in it: whoever opens it signs in there.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, quote, urlsplit

from config.faults import Fault

SCHEMES = ("http", "https", "rtsp")
PLACES = ("{begin}", "{end}")
LENGTH_MOST = 400
ONLY = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
SECRET = re.compile(r"pass|pwd|secret|token|auth|key|sign|user|account|login", re.IGNORECASE)
HALL_TIME = timezone(timedelta(hours=8))


def link_faults(link: str, networks: tuple[str, ...], place: str) -> Iterator[Fault]:
    """What is wrong with a stated address; none may be stated."""
    where = f"{place}.recorder_link"
    if not link:
        return
    if any(link.count(one) != 1 for one in PLACES):
        yield Fault(where, "须各含一个 {begin} 和 {end}", "must hold {begin} and {end}, once each")
    bare = link
    for one in PLACES:
        bare = bare.replace(one, "")
    if len(link) > LENGTH_MOST or not ONLY.fullmatch(bare):
        yield Fault(where, "含有地址中不允许的字符", "holds signs that no address may hold")
        return
    try:
        parts = urlsplit(bare)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - a port that is no number raises here
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in SCHEMES or not host:
        schemes = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        yield Fault(where, f"应以 {schemes} 开头并写明主机", f"must be {schemes} and name a host")
    elif not _is_inside(host, networks):
        yield Fault(where, "主机不在 networks 网段内", "its host is outside networks")
    if any(one in link.partition("?")[0].split("/", 3)[2] for one in PLACES if host):
        yield Fault(where, "时间不能写在主机位置", "no time may stand in the place of the host")
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if "@" in parts.netloc or any(SECRET.search(name) for name in names):
        zh, en = (
            "不能含账号或密码，页面会显示此地址",
            "may hold no account or password: pages show it",
        )
        yield Fault(where, zh, en)


def _is_inside(host: str, networks: tuple[str, ...]) -> bool:
    """A name is a name; an address must be where cameras may be."""
    try:
        at = ipaddress.ip_address(host)
        return any(at in ipaddress.ip_network(one) for one in networks)
    except ValueError:
        return not host.replace(".", "").isdigit()


def filled(link: str, spelling: str, begins_at: int, ends_at: int) -> str:
    """The address for a time; ``spelling`` is a ``RecorderTime``."""
    told = link.replace("{begin}", _spelt(spelling, begins_at))
    return told.replace("{end}", _spelt(spelling, ends_at))


def _spelt(spelling: str, at_ms: int) -> str:
    there = datetime.fromtimestamp(at_ms // 1000, HALL_TIME)
    match spelling:
        case "utc":
            return f"{there.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        case "local":
            return f"{there:%Y_%m_%d_%H_%M_%S}"
        case "seconds":
            return str(at_ms // 1000)
        case _:
            return quote(there.isoformat())
