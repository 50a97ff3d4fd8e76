"""The cameras of a hall as its engineer states them: one TOML file, read strictly.

A camera's address may hold an account and a password. It is kept in ``Address``, which shows them
to nobody but the one who opens the stream: they stand in no ``repr``, no message and no log.
Pure: what an address's name resolves to is looked at when it is opened (``reach.py``).

    [[cameras]]
    id = "window-1"
    name = { zh = "1号窗口", en = "Window 1" }
    address = "rtsp://account:password@192.168.1.64/main"
    sub_address = "rtsp://account:password@192.168.1.64/sub"
    windows = ["window-1"]
    purpose = "supervision"
    schedule = "opening"
    zones = [{ kind = "seat", window = "window-1", polygon = [[0.3, 0.2], [0.6, 0.2], [0.6, 0.7]] }]
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Meta, Struct

from config.faults import Fault, FaultyFactsError, explain
from config.values import Fact, Identifier, Minutes, OptionalIdentifier, Words
from monitor.cameras.polygon import Point, Polygon, area, crosses_itself
from monitor.cameras.recorder_link import link_faults

SCHEMES = ("rtsp", "rtsps", "http", "https", "v4l2", "file", "demo")
CAMERAS_MOST = 256
ZONE_SHARE_LEAST = 0.001
"""Of the picture: a smaller zone is a slip of the hand, and nothing can be seen in it."""
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")

Stated = TypeVar("Stated", bound=Struct)


class Purpose(StrEnum):
    """Why a camera is there, which decides who may look and how long pictures are kept."""

    SECURITY = "security"
    """安防: safety of the place."""
    SUPERVISION = "supervision"
    """监察: whether the windows serve."""


class Schedule(StrEnum):
    """When a camera's pictures are recorded; live pictures are there at all times."""

    OPENING = "opening"
    """In the hall's opening hours and some minutes around them."""
    ALWAYS = "always"
    NEVER = "never"


class ZoneKind(StrEnum):
    """What a part of the picture shows."""

    SEAT = "seat"
    """工位: where the clerk sits."""
    CITIZEN = "citizen"
    """办事人位置: where the citizen sits or stands."""
    COUNTER = "counter"
    """台面: the top between the two."""
    WAITING = "waiting"
    """等候区."""
    MASK = "mask"
    """遮挡: shown to nobody and looked at by nothing."""


class RecorderTime(StrEnum):
    """How makers of recorders write times in their addresses."""

    ISO = "iso"
    """2026-11-28T09:00:00+08:00"""
    UTC = "utc"
    """20261128T010000Z, as Hikvision has it."""
    LOCAL = "local"
    """2026_11_28_09_00_00, as Dahua has it."""
    SECONDS = "seconds"
    """1795827600 since 1970, as Uniview has it."""


class PictureZone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A polygon in the picture; ``window`` says whose it is where a camera serves several."""

    kind: ZoneKind
    polygon: Annotated[tuple[Point, ...], Meta(min_length=3, max_length=64)]
    window: OptionalIdentifier = ""


class Address:
    """Where a stream is opened. ``text`` may hold a password; everything else may be shown."""

    def __init__(self, text: str) -> None:
        """As the file states it; whether it is one is looked at by ``read_cameras``."""
        self.text = text

    def __eq__(self, other: object) -> bool:
        """Addresses are values."""
        return isinstance(other, Address) and other.text == self.text

    def __hash__(self) -> int:
        """As equality has it."""
        return hash(self.text)

    @cached_property
    def parts(self) -> SplitResult:
        """The address taken apart; an address that cannot be is empty."""
        try:
            parts = urlsplit(self.text)
            parts.port  # noqa: B018 - a port that is no number raises here
        except ValueError:
            return urlsplit("")
        return parts

    @property
    def scheme(self) -> str:
        """``rtsp``, ``http``, ``demo``…; empty where nothing is stated."""
        return self.parts.scheme

    @property
    def shown(self) -> str:
        """The address without account, password and query, which often hold secrets too."""
        host = f"[{self.parts.hostname}]" if ":" in (self.parts.hostname or "") else None
        place = host or self.parts.hostname or ""
        port = f":{self.parts.port}" if self.parts.port else ""
        return f"{self.scheme}://{place}{port}{self.parts.path}" if self.scheme else ""

    def __bool__(self) -> bool:
        """Whether one is stated."""
        return bool(self.text)

    def __repr__(self) -> str:
        """For logs and tracebacks."""
        return f"Address({self.shown!r})"

    __str__ = __repr__


NO_ADDRESS = Address("")


class Camera(Fact, frozen=True, kw_only=True):
    """One camera (摄像机)."""

    name: Words
    address: Address
    """The main stream, which is recorded."""
    sub_address: Address = NO_ADDRESS
    """A smaller H.264 stream for live pictures; without one the main stream serves."""
    device: Address = NO_ADDRESS
    """Its ONVIF service, which is asked what time the camera has."""
    windows: tuple[Identifier, ...] = ()
    """The windows it shows."""
    zones: Annotated[tuple[PictureZone, ...], Meta(max_length=64)] = ()
    purpose: Purpose = Purpose.SUPERVISION
    schedule: Schedule = Schedule.OPENING
    recorder_link: str = ""
    """Where a recorder of its own (NVR) plays ``{begin}`` to ``{end}``; holds no password."""
    recorder_time: RecorderTime = RecorderTime.ISO
    """How that recorder wants to be told times."""

    def polygons(self, kind: ZoneKind, window: str = "") -> list[Polygon]:
        """The polygons of one kind; of one window, where a zone says whose it is."""
        return [
            zone.polygon
            for zone in self.zones
            if zone.kind is kind and (not window or zone.window in ("", window))
        ]


class RecordingRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How recordings are made and kept, for all cameras of this machine."""

    networks: tuple[str, ...] = PRIVATE_NETWORKS
    """Where cameras may be (CIDR); an address that leads anywhere else is not opened."""
    files: str = ""
    """The only folder that ``file:`` addresses may lead into; empty: none is opened."""
    retention_days: Annotated[int, Meta(ge=1, le=90)] = 30
    megabytes_most: Annotated[int, Meta(ge=0)] = 0
    """What recordings may take on the disk; 0: all but what must stay free."""
    margin_minutes: Minutes = 30
    """Recorded before opening and after closing."""


class CameraFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a recorder is told."""

    recording: RecordingRules = RecordingRules()
    cameras: tuple[Camera, ...] = ()


def load_cameras(path: Path) -> CameraFile:
    """The cameras that a file states."""
    return read_cameras(path.read_text(encoding="utf-8"), path.name)


def read_cameras(text: str, source: str) -> CameraFile:
    """The cameras that this TOML states; every fault is told at once, with its place."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = Fault("TOML", "语法错误", f"syntax: {error}")
        raise FaultyFactsError([fault], source) from error
    faults: list[Fault] = [
        Fault(key, "没有这一类内容", "there is no such table")
        for key in tables
        if key not in CameraFile.__struct_fields__
    ]
    rules = _convert(tables.get("recording", {}), RecordingRules, "recording", faults)
    stated = tables.get("cameras", [])
    if not isinstance(stated, list) or len(stated) > CAMERAS_MOST:
        wanted = f"应写作 [[cameras]]，最多 {CAMERAS_MOST} 个"
        faults.append(
            Fault("cameras", wanted, f"must be written as [[cameras]], {CAMERAS_MOST} at most")
        )
        stated = []
    cameras = [
        _convert(one, Camera, _place(one, number), faults) for number, one in enumerate(stated)
    ]
    found = CameraFile(
        recording=rules or RecordingRules(),
        cameras=tuple(one for one in cameras if one is not None),
    )
    faults += _faults_among(found)
    if faults:
        raise FaultyFactsError(faults, source)
    return found


def _place(stated: object, number: int) -> str:
    named = isinstance(stated, dict) and isinstance(stated.get("id"), str)
    return f"cameras/{stated['id']}" if named else f"cameras[{number}]"  # type: ignore[index]


def _convert(value: object, kind: type[Stated], place: str, faults: list[Fault]) -> Stated | None:
    try:
        return msgspec.convert(value, kind, dec_hook=_address)
    except msgspec.ValidationError as error:
        faults.append(explain(error, kind, place))
        return None


def _address(kind: type, value: Any) -> Address:  # noqa: ANN401 - as the decoder calls it
    if kind is not Address or not isinstance(value, str):
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return Address(value)


def _faults_among(stated: CameraFile) -> Iterator[Fault]:
    """What the forms cannot tell: schemes, networks, names given twice, zones of no window."""
    for number, network in enumerate(stated.recording.networks):
        try:
            ipaddress.ip_network(network)
        except ValueError:
            place = f"recording.networks[{number}]"
            yield Fault(place, "应为网段，如 192.168.1.0/24", "must be like 192.168.1.0/24")
    seen: set[str] = set()
    for camera in stated.cameras:
        place = f"cameras/{camera.id}"
        if camera.id in seen:
            yield Fault(f"{place}.id", "标识重复", "is given twice")
        seen.add(camera.id)
        for key, address in (("address", camera.address), ("sub_address", camera.sub_address)):
            needed = key == "address" or bool(address)
            if needed and address.scheme not in SCHEMES:
                schemes = ", ".join(f"{scheme}://" for scheme in SCHEMES)
                yield Fault(f"{place}.{key}", f"应以 {schemes} 开头", f"must begin with {schemes}")
        yield from link_faults(camera.recorder_link, stated.recording.networks, place)
        if camera.device and camera.device.scheme not in ("http", "https"):
            yield Fault(f"{place}.device", "应以 http:// 开头", "must begin with http://")
        for number, zone in enumerate(camera.zones):
            if zone.window and zone.window not in camera.windows:
                where = f"{place}.zones[{number}].window"
                yield Fault(where, "应为 windows 中的窗口", "must be one of the camera's windows")
            where = f"{place}.zones[{number}].polygon"
            if crosses_itself(zone.polygon):
                yield Fault(where, "边线不能交叉或相接", "must not cross or touch itself")
            elif area(zone.polygon) < ZONE_SHARE_LEAST:
                yield Fault(where, "区域太小", "is too small")
