"""From a voice's folder to the voice: settings, packs, and who turns words into sound.

A hall must not fall silent over a slip in a file: what is wrong is told (device page, `control
check`) and the rest speaks. Settings that cannot be read leave the usual ones, a pack that is not
whole is left out.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.faults import FaultyFactsError
from drivers import espeak
from drivers.pinyin import pinyin
from drivers.sapi import Sapi
from drivers.sound import trimmed
from drivers.speaker import Speaker, WholeSentence
from drivers.voice_packs import Pack, lacks_of, read_pack, read_packs
from drivers.voice_settings import Announcer, VoiceSettings, read_voice, site_words
from drivers.voice_words import Language


@dataclass(frozen=True, slots=True)
class OpenedVoice:
    speaker: Speaker
    settings: VoiceSettings
    faults: tuple[str, ...] = ()
    """What is wrong with its files, each in both languages."""
    lacks: tuple[str, ...] = ()
    """What its packs have no recording of."""


def open_voice(folder: Path) -> OpenedVoice:
    faults: list[str] = []
    try:
        settings = read_voice(folder)
    except FaultyFactsError as faulty:
        settings = VoiceSettings()
        faults.append(str(faulty))
    packs: list[Pack] = []
    for name in settings.packs:
        try:
            packs.append(read_pack(folder / name))
        except FaultyFactsError as faulty:
            faults.append(str(faulty))
    words = site_words(settings)
    speaker = Speaker(
        folder,
        words,
        one_as_yao=settings.one_as_yao,
        packs=packs,
        whole=_whole(settings.announcer, words),
    )
    return OpenedVoice(speaker, settings, tuple(faults), tuple(map(" ".join, lacks_of(packs))))


def check_voice(folder: Path) -> list[str]:
    """What the packs lack; raises `FaultyFactsError` with everything that is wrong."""
    return [" ".join(lacking) for lacking in lacks_of(read_packs(folder, read_voice(folder).packs))]


def _whole(announcer: Announcer, words: Mapping[str, str]) -> WholeSentence | None:
    makers: dict[Announcer, Callable[[], WholeSentence]] = {
        Announcer.SENTENCE: lambda: _library(words),
        Announcer.SAPI: Sapi,
    }
    return makers[announcer]() if announcer in makers else None


def _library(words: Mapping[str, str]) -> WholeSentence:
    def say(language: Language, text: str) -> array[int]:
        if language is Language.CHINESE:
            return trimmed(espeak.synthesize(pinyin(text, words), espeak.MANDARIN))
        return trimmed(espeak.synthesize(text, espeak.ENGLISH))

    return say
