"""Announcers that read whole sentences: the library, and Windows behind a doubled process."""

import base64
import subprocess
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.announcers import open_voice
from drivers.errors import DeviceFault
from drivers.sapi import Sapi
from drivers.sound import duration_ms, peak, samples_of
from drivers.speaker import Speaker
from drivers.voice_words import Language, read_out

CALL = "请A001号到12号窗口办理"
SOUND = array("h", [0, 8_000, -8_000] * 5_000).tobytes()


@dataclass(frozen=True)
class Said:
    language: str
    text: str


def test_the_library_reads_the_call_whole(tmp_path: Path) -> None:
    (tmp_path / "voice.toml").write_text('announcer = "sentence"\n')
    speaker = open_voice(tmp_path).speaker
    speaker.prepare()
    whole = samples_of(speaker.speak([Said("zh", CALL)]))
    assert 3_000 <= duration_ms(whole) <= 6_000
    assert 0.8 <= peak(whole) <= 0.9
    assert not (tmp_path / "zh").exists()  # no bank is made that nobody uses
    assert samples_of(speaker.speak([Said("en", "Ticket A001, please go to window 3")]))


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        (Language.CHINESE, CALL, "请A零零一号到十二号窗口办理"),
        (Language.ENGLISH, "Ticket A01, please go to window 12", "0 1 please go to window 12"),
    ],
)
def test_numbers_are_read_as_the_segments_say_them(
    language: Language, text: str, spoken: str
) -> None:
    assert read_out(language, text).endswith(spoken)


@dataclass
class PlayedProcess:
    """What PowerShell was asked, and what it answers."""

    code: int = 0
    out: bytes = SOUND
    told: bytes = b""
    fails: Exception | None = None
    words: Sequence[str] = ()
    given: bytes = b""

    def __call__(self, words: Sequence[str], given: bytes) -> "subprocess.CompletedProcess[bytes]":
        if self.fails:
            raise self.fails
        self.words, self.given = words, given
        return subprocess.CompletedProcess(words, self.code, self.out, self.told)


def test_windows_is_given_the_text_by_its_input_and_never_in_the_script(tmp_path: Path) -> None:
    played = PlayedProcess()
    speaker = Speaker(tmp_path, whole=Sapi(played))
    sound = samples_of(speaker.speak([Said("zh", CALL)]))
    assert duration_ms(sound) == pytest.approx(15_000 / 22.05, abs=15)
    assert played.given.decode() == "请A零零一号到十二号窗口办理"
    script = base64.b64decode(played.words[-1]).decode("utf-16-le")
    assert "zh-CN" in script
    assert "22050" in script
    assert "A零" not in script
    speaker.speak([Said("en", "Ticket A001")])
    assert "en-US" in base64.b64decode(played.words[-1]).decode("utf-16-le")


@pytest.mark.parametrize(
    ("played", "told"),
    [
        (PlayedProcess(code=3), "Windows has no voice for zh-CN"),
        (PlayedProcess(code=1, told=b"Add-Type: no"), "no Windows voice: Add-Type: no"),
        (PlayedProcess(out=b""), "no Windows voice"),
        (PlayedProcess(fails=FileNotFoundError("powershell.exe")), "powershell.exe"),
        (PlayedProcess(fails=subprocess.TimeoutExpired("powershell.exe", 15)), "timed out"),
    ],
)
def test_what_windows_cannot_is_a_fault_of_the_voice(played: PlayedProcess, told: str) -> None:
    with pytest.raises(DeviceFault, match=told):
        Sapi(played)(Language.CHINESE, "请")


def test_here_is_no_windows_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "voice.toml").write_text('announcer = "sapi"\n')
    with pytest.raises(DeviceFault, match="no Windows voice"):
        open_voice(tmp_path).speaker.speak([Said("zh", CALL)])
