"""What stands and hangs in a hall: displays, devices, keys at a window; facts like the rest.

Each kind is a frozen struct; see ``facts.py``, whose manual this is a part of.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from config.values import Fact, Identifier, OptionalIdentifier, ShortText, Words


class PadKey(StrEnum):
    """What a key at a window means, on a call pad (呼叫器) or a numeric keypad."""

    CALL_NEXT = "call_next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    MISS = "miss"
    PAUSE = "pause"
    """Pauses with the first of the pause reasons; pressed again, the window goes on."""
    RESUME = "resume"


class KeypadKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One key of a USB numeric keypad (数字小键盘) at a window's console."""

    key: Annotated[str, Meta(pattern=r"^([0-9.+*/-]|Enter)$")]
    means: PadKey


class DisplayKind(StrEnum):
    """What a display is."""

    WALL = "wall"
    WINDOW = "window"
    GUIDE = "guide"
    BAR = "bar"
    VOICE = "voice"


class VoiceLanguage(StrEnum):
    """What a loudspeaker can speak; the last four only where a recorded pack is installed."""

    CHINESE = "zh"
    ENGLISH = "en"
    WA = "prk"
    DAI = "tdd"
    LAHU = "lhu"
    BLANG = "blr"


class DisplayFact(Fact, frozen=True, kw_only=True):
    """A screen, bar or loudspeaker (显示): what it shows, and for which zones or window."""

    kind: DisplayKind
    name: Words = Words("")
    zones: list[Identifier] = []
    """Zones it shows or speaks for; empty: all."""
    window: OptionalIdentifier = ""
    device: OptionalIdentifier = ""
    """Device that carries a bar."""
    width: Annotated[int, Meta(ge=0, le=7680)] = 1920
    height: Annotated[int, Meta(ge=0, le=4320)] = 1080
    repeat: Annotated[int, Meta(ge=1, le=5)] = 2
    """How often an announcement is spoken."""
    languages: list[VoiceLanguage] = field(default_factory=lambda: [VoiceLanguage.CHINESE])
    """Languages of a loudspeaker, spoken in this order; the first is the one that is recorded."""
    station: OptionalIdentifier = ""
    """Display station that owns a loudspeaker; empty: every display station with a page for it."""


class DeviceFact(Fact, frozen=True, kw_only=True):
    """A device (设备) and the station that owns its cable."""

    kind: ShortText
    """Driver, such as ``escpos``, ``bx-k`` or ``call-pad``; see drivers/README.md."""
    station: Identifier
    url: ShortText
    """Where it is: ``tcp://192.168.1.63:5005``, ``serial:///dev/…?baud=9600``, ``null:``."""
    window: OptionalIdentifier = ""
    """Window at which a pad or a ticket printer stands."""
    options: dict[str, str | int] = {}
