"""The hall's voice: sentences put together of segments that lie ready as WAV files.

    <directory>/zh/qing.wav, number_1.wav, letter_a.wav …   <directory>/zh/manifest.json

The files are made once, at the first start, by the speech library. Whoever records a person saying
the same words puts the recordings in under the same names (22,050 Hz, one channel, 16 bits): a file
that is not as it was made is never overwritten. Words no segment exists for are spoken by the
library when they are needed. Recorded packs (voice_packs.py) come before the made segments, and
alone speak the languages that no library knows. Nothing here plays a sound: the page does.

An announcer that reads whole sentences (voice_settings.py) is handed in as `WholeSentence`.
"""

from __future__ import annotations

import hashlib
import logging
import os
from array import array
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from drivers import espeak
from drivers.errors import DeviceFault
from drivers.orders import DeviceCode
from drivers.pinyin import pinyin
from drivers.sound import BadRecording, chime, duration_ms, joined, samples_of, trimmed, wav_of
from drivers.voice_packs import Pack
from drivers.voice_words import (
    Language,
    Segment,
    read_out,
    segments_of,
    spoken_digit,
    vocabulary,
)

_GAP_MS = 45
_GAP_BETWEEN_SENTENCES_MS = 450
_REMEMBERED_PHRASES = 200
_MADE_BY = "segments-1"  # changed when segments are made differently, so that old ones are remade

WholeSentence = Callable[[Language, str], "array[int]"]
"""Makes the sound of a sentence as `read_out` writes it; raises `DeviceFault` when it cannot."""

log = logging.getLogger(__name__)


class Sentence(Protocol):
    @property
    def language(self) -> str: ...
    @property
    def text(self) -> str: ...


class MadeSegment(msgspec.Struct, frozen=True):
    """What the manifest says of a file that was made here."""

    text: str
    spoken: str
    sha256: str
    duration_ms: int


class Manifest(msgspec.Struct, frozen=True):
    made_by: str
    segments: dict[str, MadeSegment]


class Speaker:
    def __init__(
        self,
        directory: Path,
        site_words: Mapping[str, str] | None = None,
        *,
        one_as_yao: bool = False,
        packs: Sequence[Pack] = (),
        whole: WholeSentence | None = None,
    ) -> None:
        """`site_words`: names of the place with their pinyin, such as 勐勐 → meng3 meng3."""
        self._packs = tuple(packs)
        self._whole = whole
        self._directory = directory
        self._site_words = dict(site_words or {})
        self._one_as_yao = one_as_yao
        self._segments: dict[Language, dict[str, array[int]]] = {}
        self._phrases: OrderedDict[tuple[Language, str], array[int]] = OrderedDict()

    def prepare(self) -> None:
        """Make what is missing and read everything; half a second once, then a few milliseconds."""
        if self._whole is not None:
            return
        for language in Language:
            self._segments[language] = self._bank(language)

    def chime(self) -> bytes:
        return wav_of(chime())

    def announce(self, language: Language, parts: Sequence[Segment]) -> bytes:
        return wav_of(joined([self._sound(language, part) for part in parts], _GAP_MS))

    def speak(self, sentences: Sequence[Sentence]) -> bytes:
        """Sentences in their languages, one after another, as one WAV file.

        The first has to be spoken, or nothing is; another that cannot be is left out.
        """
        spoken: list[array[int]] = []
        for place, sentence in enumerate(sentences):
            try:
                spoken.append(self._spoken(sentence))
            except DeviceFault:
                if place == 0:
                    raise
                log.warning("left out in %s: %s", sentence.language, sentence.text)
        return wav_of(joined(spoken, _GAP_BETWEEN_SENTENCES_MS))

    def pronunciation(self, language: Language, segment: Segment) -> str:
        """What the speech library is given for a segment."""
        if language is Language.ENGLISH:
            return segment.text
        text = spoken_digit(segment, one_as_yao=self._one_as_yao)
        return pinyin(text, self._site_words)

    def _spoken(self, sentence: Sentence) -> array[int]:
        try:
            language = Language(sentence.language)
        except ValueError:
            return self._recorded_call(sentence)
        if self._whole is not None:
            return self._whole(language, read_out(language, sentence.text))
        parts = segments_of(language, sentence.text)
        return joined([self._sound(language, part) for part in parts], _GAP_MS)

    def _recorded_call(self, sentence: Sentence) -> array[int]:
        packs = [pack for pack in self._packs if pack.language == sentence.language]
        for pack in packs:
            sound = pack.call(sentence.text)
            if sound is not None:
                return sound
        detail = f"no voice speaks {sentence.language!r}"
        if packs:
            detail = f"a word of {sentence.text!r} is not recorded in {sentence.language!r}"
        raise DeviceFault(DeviceCode.VOICE_MISSING, detail)

    def _sound(self, language: Language, segment: Segment) -> array[int]:
        for pack in self._packs:
            if pack.language == language and segment.key in pack.sounds:
                return pack.sounds[segment.key]
        if language not in self._segments:
            self.prepare()
        ready = self._segments[language].get(segment.key)
        return self._phrase(language, segment) if ready is None else ready

    def _phrase(self, language: Language, segment: Segment) -> array[int]:
        recorded = self._directory / language / f"{segment.key}.wav"
        remembered = self._phrases.get((language, segment.key))
        if remembered is None:
            remembered = (
                _read(recorded) if recorded.exists() else self._synthesized(language, segment)
            )
            self._phrases[language, segment.key] = remembered
        while len(self._phrases) > _REMEMBERED_PHRASES:
            self._phrases.popitem(last=False)
        return remembered

    def _synthesized(self, language: Language, segment: Segment) -> array[int]:
        voice = espeak.MANDARIN if language is Language.CHINESE else espeak.ENGLISH
        return trimmed(espeak.synthesize(self.pronunciation(language, segment), voice))

    def _bank(self, language: Language) -> dict[str, array[int]]:
        folder = self._directory / language
        folder.mkdir(parents=True, exist_ok=True)
        before = _manifest(folder)
        made: dict[str, MadeSegment] = {}
        bank: dict[str, array[int]] = {}
        for key, segment in vocabulary(language).items():
            path = folder / f"{key}.wav"
            spoken = self.pronunciation(language, segment)
            known = before.segments.get(key)
            if not path.exists() or _is_outdated(path, known, spoken, before.made_by):
                samples = self._synthesized(language, segment)
                _write(path, wav_of(samples))
                digest = hashlib.sha256(wav_of(samples)).hexdigest()
                known = MadeSegment(segment.text, spoken, digest, duration_ms(samples))
            if known is not None:
                made[key] = known
            bank[key] = _read(path)
        manifest = Manifest(_MADE_BY, made)
        if manifest != before:
            _write(folder / "manifest.json", msgspec.json.format(msgspec.json.encode(manifest)))
        return bank


def _is_outdated(path: Path, known: MadeSegment | None, spoken: str, made_by: str) -> bool:
    """Made here, still as it was made, but would be made differently now."""
    if known is None or (known.spoken == spoken and made_by == _MADE_BY):
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == known.sha256


def _manifest(folder: Path) -> Manifest:
    path = folder / "manifest.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError):
        return Manifest("", {})  # lost or broken: every file there counts as a recording


def _read(path: Path) -> array[int]:
    try:
        return samples_of(path.read_bytes())
    except BadRecording as error:
        raise BadRecording(f"{path}: {error}") from error


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, also when the power goes."""
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_bytes(data)
    os.replace(beside, path)  # noqa: PTH105 — the same call; its atomicity is the point
