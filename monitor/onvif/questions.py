"""What is asked of an ONVIF camera, and what its answers say. Pure.

Device, Media and, where the camera has it, Media2, in which H.265 can be named. Everything here is
what the camera *says*; what it sends is looked at by ``monitor/setting_up/check.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from xml.sax.saxutils import escape

from msgspec import Struct

from monitor.onvif.envelope import Element

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
_SCHEMA = "http://www.onvif.org/ver10/schema"
PROFILES_MOST = 128
WORD_MOST = 80
SUB_HEIGHT_LEAST = 240
CODECS = {"h264": "H.264", "h265": "H.265", "jpeg": "JPEG", "mpeg4": "MPEG-4"}

DATE_AND_TIME = f'<GetSystemDateAndTime xmlns="{DEVICE}"/>'
INFORMATION = f'<GetDeviceInformation xmlns="{DEVICE}"/>'
SERVICES = (
    f'<GetServices xmlns="{DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'
)
CAPABILITIES = f'<GetCapabilities xmlns="{DEVICE}"><Category>All</Category></GetCapabilities>'
PROFILES = f'<GetProfiles xmlns="{MEDIA}"/>'
PROFILES2 = f'<GetProfiles xmlns="{MEDIA2}"><Type>All</Type></GetProfiles>'


def stream_address(service: str, token: str) -> str:
    """Where the pictures of a profile are, over TCP."""
    profile = escape(token)
    if service == MEDIA2:
        return (
            f'<GetStreamUri xmlns="{MEDIA2}"><Protocol>RTSP</Protocol>'
            f"<ProfileToken>{profile}</ProfileToken></GetStreamUri>"
        )
    return (
        f'<GetStreamUri xmlns="{MEDIA}" xmlns:t="{_SCHEMA}"><StreamSetup>'
        "<t:Stream>RTP-Unicast</t:Stream><t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport>"
        f"</StreamSetup><ProfileToken>{profile}</ProfileToken></GetStreamUri>"
    )


def snapshot_address(service: str, token: str) -> str:
    """Where a single picture of a profile is."""
    profile = f"<ProfileToken>{escape(token)}</ProfileToken>"
    return f'<GetSnapshotUri xmlns="{service}">{profile}</GetSnapshotUri>'


class Maker(Struct, frozen=True, kw_only=True):
    """Who made the camera, as it says."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""


class Profile(Struct, frozen=True, kw_only=True):
    """One stream that the camera offers, and how it says it is set."""

    token: str
    name: str = ""
    source: str = ""
    """Whose pictures: a recorder or a camera with several lenses has several sources."""
    codec: str = ""
    width: int = 0
    height: int = 0
    frames_per_s: int = 0
    key_every: int = 0
    """Frames from one key frame to the next; 0: it does not say."""


class Channel(Struct, frozen=True, kw_only=True):
    """One lens: what is to be recorded, and what is to be shown live."""

    main: Profile
    sub: Profile | None = None


def clock_ms(told: Element) -> int | None:
    """The camera's time; None for one that tells none, or none that there is."""
    utc = told.first("UTCDateTime")
    if utc is None:
        return None
    date = [utc.number("Date", one) for one in ("Year", "Month", "Day")]
    time = [utc.number("Time", one) for one in ("Hour", "Minute", "Second")]
    try:
        at = datetime(*date, *time[:2], min(time[2], 59), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    return int(at.timestamp() * 1000)


def maker(told: Element) -> Maker:
    """Who made it."""
    return Maker(
        maker=_word(told.said("Manufacturer")),
        model=_word(told.said("Model")),
        firmware=_word(told.said("FirmwareVersion")),
        serial=_word(told.said("SerialNumber")),
    )


def services(told: Element) -> dict[str, str]:
    """Each service's address, of either answer that names them."""
    found = {one.said("Namespace"): one.said("XAddr") for one in told.all("Service")}
    if media := told.said("Capabilities", "Media", "XAddr"):
        found[MEDIA] = media
    return found


def profiles(told: Element) -> tuple[Profile, ...]:
    """The streams; those without pictures are none."""
    found = [_profile(one) for one in told.all("Profiles")]
    return tuple(one for one in found if one.token and one.codec)[:PROFILES_MOST]


def _profile(told: Element) -> Profile:
    coder = told.first("VideoEncoderConfiguration") or told.first("VideoEncoder")
    source = told.first("VideoSourceConfiguration") or told.first("VideoSource")
    coder = coder or Element("", {})
    name = coder.said("Encoding")
    length = coder.attributes.get("GovLength", "") or coder.said("GovLength")
    return Profile(
        token=told.attributes.get("token", "")[:WORD_MOST],
        name=_word(told.said("Name")),
        source=_word(source.said("SourceToken")) if source else "",
        codec=CODECS.get(name.lower().replace(".", ""), _word(name)),
        width=coder.number("Resolution", "Width"),
        height=coder.number("Resolution", "Height"),
        frames_per_s=coder.number("RateControl", "FrameRateLimit"),
        key_every=int(length) if length.isdecimal() and len(length) < 6 else 0,
    )


def uri(told: Element) -> str:
    """The address in an answer that is one."""
    return told.said("Uri")


def channels(offered: Iterable[Profile]) -> Iterator[Channel]:
    """For each lens the largest stream to record, and a small one in H.264 to look at."""
    by_source = sorted(offered, key=lambda one: one.source)
    for _, group in groupby(by_source, key=lambda one: one.source):
        streams = [one for one in group if one.codec in ("H.264", "H.265", "JPEG")]
        if streams:
            yield _channel(streams)


def _channel(streams: Sequence[Profile]) -> Channel:
    main = max(streams, key=lambda one: (one.width * one.height, one.codec != "JPEG"))
    small = [
        one
        for one in streams
        if one.codec == "H.264"
        and one.height >= SUB_HEIGHT_LEAST
        and one.width * one.height < main.width * main.height
    ]
    return Channel(main=main, sub=min(small, key=lambda one: one.width * one.height, default=None))


def _word(said: str) -> str:
    return " ".join("".join(c for c in said if c.isprintable()).split())[:WORD_MOST]
