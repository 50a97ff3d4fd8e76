"""How a display station speaks: `voice/voice.toml` in its data folder, read strictly.

    announcer = "segments"                     segments · sentence · browser · sapi · none
    volume = 100                               percent, of every loudspeaker
    packs = ["wa"]                             folders beside this file, see voice_packs.py

    [[hours]]                                  later lines count before earlier ones
    start = "12:00"
    end = "14:00"
    volume = 40                                0 is silence, and the hall is told so

    [readings]                                 words of the place, a syllable with its tone each
    "勐勐" = "meng3 meng3"
    [surnames]                                 counts before 先生, 女士, 同志, 师傅, 老师
    "单" = "shan4"

Without the file everything is as above without packs, hours and words. Readings that the shipped
`readings.toml` has need not be repeated; the site's own count before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from config.faults import Fault, FaultyFactsError
from config.load import read_table
from config.values import Identifier, TimeOfDay

FILE = "voice.toml"
_SHIPPED = Path(__file__).with_name("readings.toml")
_SYLLABLE = re.compile(r"[a-zü]+[1-5]")
_TITLES = {
    "先生": "xian1 sheng1",
    "女士": "nv3 shi4",
    "同志": "tong2 zhi4",
    "师傅": "shi1 fu5",
    "老师": "lao3 shi1",
}
_MINUTES_PER_DAY = 1440

Percent = Annotated[int, Meta(ge=0, le=100)]


class Announcer(StrEnum):
    """Who turns words into sound."""

    SEGMENTS = "segments"
    """Words that lie ready, recorded or made by the speech library, put together."""
    SENTENCE = "sentence"
    """The speech library, the whole sentence at once."""
    BROWSER = "browser"
    """The page, where its browser has a voice of the language; segments elsewhere."""
    SAPI = "sapi"
    """The voices of Windows."""
    NONE = "none"
    """Nobody: calls are shown, not spoken, and the hall is told so."""


class Hours(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the day with another volume; one that ends before it starts ends on the morrow."""

    start: TimeOfDay
    end: TimeOfDay
    volume: Percent
    loudspeakers: list[Identifier] = []
    """Empty: all of this station."""


class Readings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    readings: dict[str, str] = {}
    surnames: dict[str, str] = {}


class VoiceSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    announcer: Announcer = Announcer.SEGMENTS
    one_as_yao: bool = False
    """一 of a number is said 幺, as on the telephone."""
    volume: Percent = 100
    hours: list[Hours] = []
    packs: list[Identifier] = []
    readings: dict[str, str] = field(default_factory=dict)
    surnames: dict[str, str] = field(default_factory=dict)


def read_voice(folder: Path) -> VoiceSettings:
    """What the folder's file states; `FaultyFactsError` names file, key and what is wanted."""
    path = folder / FILE
    if not path.is_file():
        return VoiceSettings()
    settings = read_table(path.read_text(encoding="utf-8"), path.name, VoiceSettings)
    faults = [
        *_unread("readings", settings.readings.items()),
        *_unread("surnames", settings.surnames.items()),
    ]
    if faults:
        raise FaultyFactsError(faults, path.name)
    return settings


def volume_of(settings: VoiceSettings, loudspeaker: str, minute_of_day: int | None = None) -> int:
    """In percent, at this minute of the hall's day; without one, whatever the hour."""
    if settings.announcer is Announcer.NONE:
        return 0
    if minute_of_day is None:
        return settings.volume
    for hours in reversed(settings.hours):
        start, end = _minute(hours.start), _minute(hours.end)
        into = (minute_of_day - start) % _MINUTES_PER_DAY
        is_theirs = not hours.loudspeakers or loudspeaker in hours.loudspeakers
        if is_theirs and into < (end - start) % _MINUTES_PER_DAY:
            return hours.volume
    return settings.volume


def site_words(settings: VoiceSettings) -> dict[str, str]:
    """Word → pinyin, of the shipped list and the site's own."""
    shipped = _shipped()
    surnames = {**shipped.surnames, **settings.surnames}
    titled = {
        surname + title: f"{reading} {spoken}"
        for surname, reading in surnames.items()
        for title, spoken in _TITLES.items()
    }
    return {**shipped.readings, **titled, **settings.readings}


@lru_cache(maxsize=1)
def _shipped() -> Readings:
    return read_table(_SHIPPED.read_text(encoding="utf-8"), _SHIPPED.name, Readings)


def _unread(table: str, words: Iterable[tuple[str, str]]) -> list[Fault]:
    return [
        Fault(
            f"{table}.{word}",
            f"应为 {len(word)} 个带声调数字的拼音，以空格分开，如 chang2，现为 {reading!r}",
            f"must be {len(word)} syllables with their tones, such as chang2, not {reading!r}",
        )
        for word, reading in words
        if not _fits(word, reading)
    ]


def _fits(word: str, reading: str) -> bool:
    syllables = reading.split()
    return len(syllables) == len(word) > 0 and all(map(_SYLLABLE.fullmatch, syllables))


def _minute(time_of_day: str) -> int:
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)
