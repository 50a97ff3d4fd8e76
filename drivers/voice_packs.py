"""Recorded voices: a folder of WAV files and `pack.toml`, which says what each of them is.

    language = "prk"                           as the loudspeaker's languages name it
    voice = "whose voice it is"
    licence = "under which terms it may be played"
    rate_hz = 22050
    call = ["qing", "{ticket}", "hao_dao", "{window}", "hao_chuangkou_banli"]

    [segments.qing]
    file = "qing.wav"
    sha256 = "…"                               of the whole file

A Chinese or English pack speaks in place of the made segments of the same names (voice_words.py),
and what it lacks the made ones say. Nobody can make the words of another language: its pack says
by `call` how a call is put together, `{ticket}` being letter_a …, number_0 … one by one and
`{window}` one recording, number_12. Without any of them that language is left out of the call.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from config.faults import Fault, FaultyFactsError
from config.load import read_table
from config.values import ShortText
from drivers.sound import RATE_HZ, BadRecording, joined, samples_of
from drivers.voice_words import Language, calls_of, vocabulary

FILE = "pack.toml"
_GAP_MS = 45
_TICKET, _WINDOW = "{ticket}", "{window}"
_HOLES = {_TICKET, _WINDOW}
_MADE_HERE = {language.value for language in Language}

SegmentName = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")]
Required = Annotated[str, Meta(min_length=1, max_length=200)]


class Recording(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    file: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,60}\.wav$")]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    text: ShortText = ""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")]
    voice: Required
    licence: Required
    rate_hz: int
    call: list[str] = []
    segments: dict[SegmentName, Recording]


class Pack:
    """One recorded voice, read and checked whole."""

    def __init__(self, name: str, manifest: Manifest, sounds: dict[str, array[int]]) -> None:
        self.name = name
        self.language = manifest.language
        self.sounds = sounds
        self._call = manifest.call

    def call(self, text: str) -> array[int] | None:
        """A call as this pack puts it together; None where it lacks a word of it."""
        names = [name for name in self._names(text) if name]
        parts = [self.sounds.get(name) for name in names]
        found = [part for part in parts if part is not None]
        return joined(found, _GAP_MS) if found and len(found) == len(parts) else None

    def lacks(self) -> list[str]:
        """Words of the made bank that it does not hold; windows are counted up to 20."""
        if self.language in _MADE_HERE:
            wanted = list(vocabulary(Language(self.language)))
        else:
            wanted = [f"number_{number}" for number in range(21)]
            wanted += [name for name in self._call if name not in _HOLES]
        return [name for name in dict.fromkeys(wanted) if name not in self.sounds]

    def _names(self, text: str) -> Iterator[str]:
        called = calls_of(text)
        if called is None:
            return
        for name in self._call:
            if name == _TICKET:
                for character in called.ticket.lower():
                    yield f"number_{character}" if character.isdecimal() else f"letter_{character}"
            else:
                yield f"number_{called.window}" if name == _WINDOW else name


def read_pack(folder: Path) -> Pack:
    """The pack in this folder; `FaultyFactsError` names file, key and what is wanted."""
    path = folder / FILE
    source = f"{folder.name}/{FILE}"
    if not path.is_file():
        fault = Fault(folder.name, f"缺少 {source}", f"there is no {source}")
        raise FaultyFactsError([fault])
    manifest = read_table(path.read_text(encoding="utf-8"), source, Manifest)
    sounds: dict[str, array[int]] = {}
    faults = list(_faults_of_call(manifest))
    if manifest.rate_hz != RATE_HZ:
        faults.append(Fault("rate_hz", f"应为 {RATE_HZ}", f"must be {RATE_HZ}"))
    for name, recording in manifest.segments.items():
        sound = _sound(folder / recording.file, recording, f"segments.{name}")
        if isinstance(sound, Fault):
            faults.append(sound)
        else:
            sounds[name] = sound
    if faults:
        raise FaultyFactsError(faults, source)
    return Pack(folder.name, manifest, sounds)


def read_packs(folder: Path, names: Sequence[str]) -> list[Pack]:
    """All of them, or every fault of every one."""
    packs: list[Pack] = []
    faults: list[Fault] = []
    for name in names:
        try:
            packs.append(read_pack(folder / name))
        except FaultyFactsError as faulty:
            faults += [
                Fault(f"{faulty.source}: {fault.where}".lstrip(": "), fault.zh, fault.en)
                for fault in faulty.faults
            ]
    if faults:
        raise FaultyFactsError(faults)
    return packs


def lacks_of(packs: Iterable[Pack]) -> list[tuple[str, str]]:
    """What is not recorded and who speaks instead, in both languages, a line for each pack."""
    lines = []
    for pack in packs:
        lacking = pack.lacks()
        if lacking:
            shown = " ".join(lacking[:8]) + (" …" if len(lacking) > 8 else "")
            made = pack.language in _MADE_HERE
            zh = "由合成语音代替" if made else "用到时该语言略过"
            en = "made ones speak instead" if made else "calls that want them leave it out"
            count = len(lacking)
            lines.append(
                (
                    f"语音包 {pack.name} 缺 {count} 段，{zh}：{shown}",
                    f"pack {pack.name} lacks {count} segments, {en}: {shown}",
                )
            )
    return lines


def _faults_of_call(manifest: Manifest) -> Iterator[Fault]:
    if manifest.language in _MADE_HERE:
        if manifest.call:
            zh = "普通话与英语的语音包不用写 call，应删去"
            yield Fault("call", zh, "a Chinese or English pack has none: take it out")
        return
    if not set(manifest.call) >= _HOLES:
        zh = f"须包含 {_TICKET} 和 {_WINDOW}"
        yield Fault("call", zh, f"must hold {_TICKET} and {_WINDOW}")
    for at, name in enumerate(manifest.call):
        if name not in _HOLES and name not in manifest.segments:
            zh, en = f"segments 中没有 {name}", f"there is no {name} among the segments"
            yield Fault(f"call[{at}]", zh, en)


def _sound(path: Path, recording: Recording, where: str) -> array[int] | Fault:
    if not path.is_file():
        where = f"{where}.file"
        return Fault(where, f"缺少文件 {path.name}", f"there is no file {path.name}")
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != recording.sha256:
        zh = f"{path.name} 不是清单所指的文件，其值为 {found}"
        en = f"{path.name} is not the file meant: its own is {found}"
        return Fault(f"{where}.sha256", zh, en)
    try:
        return samples_of(data)
    except BadRecording as error:
        zh = f"{path.name} 应为 {RATE_HZ} Hz、单声道、16 位的 WAV 文件"
        return Fault(f"{where}.file", zh, f"{path.name}: {error}")
