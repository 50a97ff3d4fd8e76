"""Opens a camera's stream and gives its coded pictures, without decoding any of them.

Whatever the camera is (RTSP over TCP, HTTP with JPEG pictures, a USB camera, a file, the drawn
scene), its pictures come out alike: H.264 and H.265 in Annex B with the decoder's configuration at
every key frame, JPEG as it is, and times that only grow. Reading blocks; the caller has a thread
for it, and a watchdog beside it, since a library's own time limit cannot be relied upon.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from urllib.parse import parse_qs

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from msgspec import Struct
from msgspec.structs import replace

from monitor.cameras.camera import Address, RecordingRules
from monitor.cameras.codec_names import browser_name, has_picture, parameters
from monitor.cameras.demo_scene import AWAY_MS, FRAME_MS, HEIGHT, ROUND_MS, WIDTH, SceneCoder, Story
from monitor.cameras.reach import file_below, pinned
from monitor.cameras.told_time import ToldTime
from monitor.faults import CameraFault, GapCause

OPEN_S, READ_S = 4.0, 2.5
"""The library keeps one picture back and gives it when a read times out; the next one raises.

Reading is limited by the library's own options: PyAV's limit would ask Python for the time at each
few bytes that come.
"""
BUNDLE_MOST = 64
NETWORK = "rtp,tcp,tls,rtsp,rtsps,http,https"
OPTIONS = {
    "rtsp": {
        "rtsp_transport": "tcp",
        "timeout": "",
        "protocol_whitelist": NETWORK,
        "analyzeduration": "1000000",
        "fpsprobesize": "0",
        "allowed_media_types": "video",
    },
    "http": {"timeout": "", "max_redirects": "0", "protocol_whitelist": NETWORK},
    "v4l2": {"input_format": "mjpeg"},
    "file": {"protocol_whitelist": "file"},
}
FORMATS = {"v4l2": "v4l2", "http": "mpjpeg", "https": "mpjpeg"}
TO_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
TELLS_NO_TIME = ("http", "https")
KNOWN = ("h264", "hevc", "mjpeg")
FRAME_S = Fraction(1, 25)
MS = Fraction(1, 1000)
IsDue = Callable[[int], bool]


def mono_ms() -> int:
    """A clock that nobody can set."""
    return time.monotonic_ns() // 1_000_000


class Coded(Struct, frozen=True, gc=False):
    """One coded picture as the library gave it."""

    pts: int | None
    dts: int | None
    duration: int
    is_key: bool
    data: bytes
    came_ms: int
    """When it came, by the clock that nobody can set."""
    told_ms: int | None = None
    """Of some key frames: when it was filmed, by the camera's clock."""


@dataclass(frozen=True)
class Source:
    """An open stream; ``packets`` is read once, ``close`` from the same thread."""

    codec: str
    """``h264``, ``hevc`` or ``mjpeg``."""
    name: str
    """As browsers write it."""
    width: int
    height: int
    extradata: bytes
    time_base: Fraction
    packets: Iterator[Coded]
    close: Callable[[], None]
    stated_rate: float = 0.0
    """Pictures a second as the stream says of itself, relied upon by nothing; 0: it does not."""
    answered_s: float = 0.0
    """How long it took to answer when it was opened."""


def at_once(_came_ms: int) -> bool:
    """Each picture is given on as it comes."""
    return True


def open_source(
    address: Address, rules: RecordingRules, is_due: IsDue = at_once, *, wait_s: float = READ_S
) -> Source:
    """Open what an address names; raises ``CameraFault``.

    ``wait_s`` is the limit of each wait for a network camera, at most ``OPEN_S``: for its answers,
    and then for its pictures.
    ``is_due`` is told of each picture of a camera as it comes, and says whether that and those kept
    before it are to be given on. A key frame always is.
    """
    match address.scheme:
        case "demo":
            return _scene(address)
        case "file":
            return _opened(address, str(file_below(address, rules)), at_once, in_real_time=True)
        case "v4l2":
            return _opened(address, address.parts.path, is_due)
        case _:
            return _opened(address, pinned(address, rules), is_due, wait_s=wait_s)


def _opened(
    address: Address,
    place: str,
    is_due: IsDue,
    *,
    in_real_time: bool = False,
    wait_s: float = READ_S,
) -> Source:
    scheme, began_s = address.scheme, time.monotonic()
    options = dict(OPTIONS[scheme if scheme in OPTIONS else scheme.removesuffix("s")])
    if "timeout" in options:
        options["timeout"] = str(int(wait_s * 1_000_000))
    try:
        container = av.open(
            place, format=FORMATS.get(scheme), options=options, timeout=(OPEN_S, None)
        )
        answered_s = time.monotonic() - began_s
        if not container.streams.video:
            raise CameraFault(GapCause.OFFLINE, "没有图像", f"{address.shown} has no pictures")
        stream = container.streams.video[0]
    except (av.HTTPUnauthorizedError, av.HTTPForbiddenError, av.PermissionError):
        zh, en = "摄像机拒绝了账号或密码", f"{address.shown} refuses the account or password"
        raise CameraFault(GapCause.REFUSED, zh, en) from None
    except (av.FFmpegError, OSError) as error:
        zh = f"无法打开 {address.shown}"
        en = f"{address.shown} cannot be opened ({type(error).__name__})"
        raise CameraFault(GapCause.OFFLINE, zh, en) from None
    coder = stream.codec_context
    if coder.name not in KNOWN or stream.time_base is None:
        container.close()
        zh = f"不支持的编码 {coder.name}"
        raise CameraFault(GapCause.REFUSED, zh, f"the codec {coder.name} is not supported")
    demuxed, base = _demuxed(container, stream, address, is_due), stream.time_base
    if scheme in TELLS_NO_TIME:
        packets, base = _by_arrival(demuxed), MS
    elif in_real_time:
        packets = _paced(settled(demuxed, base), base)
    else:
        packets = settled(demuxed, base)
    size, extradata = (coder.width, coder.height), bytes(coder.extradata or b"")
    source = _told(coder.name, size, extradata, base, packets, container.close)
    return dataclasses.replace(
        source,
        stated_rate=float(stream.average_rate or coder.framerate or 0),
        answered_s=answered_s,
    )


def bundled(
    packets: Iterable[av.Packet[av.VideoStream]], is_due: IsDue
) -> Iterator[tuple[av.Packet[av.VideoStream], int]]:
    """Packets and when each came, some time's at once.

    Where many cameras take turns, all that Python touches for a picture has left the processor's
    caches before the next: one after another costs a third more.
    """
    waiting: list[tuple[av.Packet[av.VideoStream], int]] = []
    try:
        for packet in packets:
            came_ms = mono_ms()
            waiting.append((packet, came_ms))
            if is_due(came_ms) or packet.is_keyframe or len(waiting) >= BUNDLE_MOST:
                yield from waiting
                waiting.clear()
    except (av.FFmpegError, OSError):
        yield from waiting
        raise
    yield from waiting


def _demuxed(
    container: InputContainer, stream: av.VideoStream, address: Address, is_due: IsDue
) -> Iterator[Coded]:
    """Packets as they come, in Annex B; ends where the stream ends, raises ``CameraFault``."""
    codec = stream.codec_context.name
    extradata = bytes(stream.codec_context.extradata or b"")
    is_annex_b = extradata[:1] != b"\1"
    filtering = (
        BitStreamFilterContext(TO_ANNEX_B[codec], stream)
        if codec in TO_ANNEX_B and not is_annex_b
        else None
    )
    try:
        told_time = ToldTime(stream.time_base or MS)
        for packet, came_ms in bundled(container.demux(stream), is_due):
            if not packet.size:
                return
            for one in filtering.filter(packet) if filtering else [packet]:
                data = bytes(one)
                if not has_picture(codec, data):
                    continue
                if one.is_keyframe and is_annex_b and not parameters(codec, data):
                    data = extradata + data
                told_ms = told_time.at_ms(packet) if one.is_keyframe else None
                yield Coded(
                    one.pts, one.dts, one.duration or 0, one.is_keyframe, data, came_ms, told_ms
                )
    except (av.FFmpegError, OSError) as error:
        zh = f"{address.shown} 没有数据"
        en = f"{address.shown} has fallen silent ({type(error).__name__})"
        raise CameraFault(GapCause.OFFLINE, zh, en) from None


def settled(packets: Iterable[Coded], time_base: Fraction) -> Iterator[Coded]:
    """Give a time to pictures that came without one.

    The first packet of an RTSP stream is a key frame without times: dropping it would lose the
    whole first group of pictures each time a camera comes back. It is one picture before the next.
    """
    waiting: list[Coded] = []
    for packet in packets:
        if not waiting and packet.dts is not None and packet.pts is not None:
            yield packet
            continue
        stated = packet.dts if packet.dts is not None else packet.pts
        if stated is None:
            waiting.append(packet)
            if len(waiting) < 50:
                continue
            stated = 0  # a camera that tells no times at all
        step = packet.duration or max(1, int(FRAME_S / time_base))
        for place, early in enumerate(waiting):
            at = stated - step * (len(waiting) - place)
            yield replace(early, pts=at, dts=at)
        waiting.clear()
        yield replace(packet, dts=stated, pts=stated if packet.pts is None else packet.pts)


def _by_arrival(packets: Iterable[Coded]) -> Iterator[Coded]:
    """Pictures of a camera that tells no times: each is of when it came."""
    for packet in packets:
        yield replace(packet, pts=packet.came_ms, dts=packet.came_ms)


def _paced(packets: Iterable[Coded], time_base: Fraction) -> Iterator[Coded]:
    """A file as if it were filmed now."""
    began_s, first = time.monotonic(), None
    for packet in packets:
        first = packet.dts if first is None else first
        due_s = began_s + float(((packet.dts or 0) - (first or 0)) * time_base)
        time.sleep(max(0.0, due_s - time.monotonic()))
        yield replace(packet, came_ms=mono_ms())


def _told(
    codec: str,
    size: tuple[int, int],
    extradata: bytes,
    time_base: Fraction,
    packets: Iterator[Coded],
    close: Callable[[], None],
) -> Source:
    """The source with its name, which stands in its first key frame."""
    early: list[Coded] = []
    for packet in packets:
        early.append(packet)
        if packet.is_key:
            break
    sps = parameters(codec, early[-1].data) if early else b""
    rest = chain(early[-1:], packets)
    name = browser_name(codec, sps)
    return Source(codec, name, *size, extradata, time_base, rest, close)


def story_of(address: Address) -> Story:
    """What a drawn camera tells; a length that is no number is the usual one."""
    wanted = {key: values[0] for key, values in parse_qs(address.parts.query).items()}

    def length_ms(key: str, usual_ms: int) -> int:
        told = wanted.get(key, "")
        return int(told) * 1000 if told.isdecimal() and int(told) else usual_ms

    return Story(
        name=address.parts.hostname or "window",
        clerk=wanted.get("clerk", ""),
        citizens=wanted.get("citizens", ""),
        round_ms=length_ms("round_s", ROUND_MS),
        away_ms=length_ms("away_s", AWAY_MS),
    )


def _scene(address: Address) -> Source:
    coder = SceneCoder(story_of(address))
    size = (WIDTH, HEIGHT)
    return _told("h264", size, coder.extradata, MS, _drawn(coder), lambda: None)


def _drawn(coder: SceneCoder) -> Iterator[Coded]:
    """A picture at each eighth of a second of this machine's clock."""
    due_ms = 0
    while True:
        now_ms = time.time_ns() // 1_000_000
        if due_ms > now_ms + 1000:
            due_ms = 0  # the clock was put back
        due_ms = max(due_ms + FRAME_MS, now_ms // FRAME_MS * FRAME_MS)
        time.sleep(max(0, due_ms - now_ms) / 1000)
        for packet in coder.coded(due_ms):
            data, came_ms = bytes(packet), mono_ms()
            yield Coded(packet.pts, packet.dts, FRAME_MS, packet.is_keyframe, data, came_ms)
