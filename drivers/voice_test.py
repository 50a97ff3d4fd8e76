"""The voice's self-test: one sentence that anybody in a hall understands.

Where a station runs, a page sounds it (``display/loudspeaker.py``). Without one, the sound is made
with the voice's own settings and packs and laid down as a file: whether it sounds well, a
person hears.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from drivers.announcers import open_voice
from drivers.errors import DeviceFault
from drivers.self_test import SelfTest, TestReport, Verdict
from drivers.voice_settings import Announcer
from drivers.voice_words import Language

WINDOW = 3
TEXT = f"测试{WINDOW}号窗口"
SPEAK = SelfTest(
    "speak",
    "试播",
    "speak",
    f"该区域听到提示音和“{TEXT}”",
    f"a chime and {TEXT} are heard in its zone",
)
SOUND = "self-test.wav"


@dataclass(frozen=True, slots=True)
class _Sentence:
    language: str
    text: str


def tested_voice(folder: Path) -> TestReport:
    """Have the voice of this folder speak the test into ``self-test.wav`` beside its settings."""
    opened = open_voice(folder)
    if opened.faults:
        told = "；".join(opened.faults)
        return TestReport(SPEAK.name, Verdict.FAILED, told, told)
    if opened.settings.announcer is Announcer.NONE:
        zh, en = "配置为不播报", "it is configured to be silent"
        return TestReport(SPEAK.name, Verdict.FAILED, zh, en)
    try:
        sound = opened.speaker.speak([_Sentence(Language.CHINESE, TEXT)])
    except DeviceFault as fault:
        return TestReport(
            SPEAK.name, Verdict.FAILED, f"语音无法合成：{fault}", f"no sound: {fault}"
        )
    path = folder / SOUND
    path.write_bytes(sound)
    return TestReport(
        SPEAK.name, Verdict.LOOK, f"已合成“{TEXT}”，请播放 {path}", f"made: play {path} and listen"
    )
