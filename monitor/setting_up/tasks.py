"""What a search or trial is asked and what it answers, a line of JSON each. Pure."""

from __future__ import annotations

from msgspec import Struct

from monitor.cameras.polygon import Polygon
from monitor.onvif.device import Told
from monitor.onvif.discovery import Found
from monitor.setting_up.facts import Sentence, StreamFacts


class Find(Struct, frozen=True, tag="find"):
    """Which cameras answer in the networks."""


class AskDevice(Struct, frozen=True, kw_only=True, tag="ask"):
    """What one camera tells of itself."""

    host: str
    account: str = ""
    password: str = ""


class TryStreams(Struct, frozen=True, kw_only=True, tag="try"):
    """Whether its streams can be relied upon; addresses with their account."""

    address: str
    sub_address: str = ""
    device: str = ""


class TakePicture(Struct, frozen=True, kw_only=True, tag="picture"):
    """One still of a stream; the address with its account."""

    address: str
    masks: tuple[Polygon, ...] = ()


Task = Find | AskDevice | TryStreams | TakePicture


class Progress(Struct, frozen=True, tag="progress"):
    """What is being done."""

    zh: str
    en: str


class FoundCameras(Struct, frozen=True, tag="found"):
    """All that answered."""

    cameras: list[Found]
    networks: tuple[str, ...]


class DeviceTold(Struct, frozen=True, tag="told"):
    """What the camera told."""

    told: Told


class Tried(Struct, frozen=True, kw_only=True, tag="tried"):
    """What came."""

    main: StreamFacts
    sub: StreamFacts | None
    skew_ms: int | None
    notes: list[Sentence]


class Pictured(Struct, frozen=True, tag="pictured"):
    """The still as JPEG; what is masked is black in it."""

    jpeg: bytes


class Failed(Struct, frozen=True, tag="failed"):
    """Why not."""

    zh: str
    en: str


Answer = Progress | FoundCameras | DeviceTold | Tried | Pictured | Failed
