"""The voices of Windows, asked through PowerShell's System.Speech: a sentence in, samples out.

    text, UTF-8 ──► stdin of powershell.exe ──► stdout: 22,050 Hz, one channel, 16 bits, no header

The text never becomes part of the script. Exit 3 says that Windows has no voice of the language
(设置 → 时间和语言 → 语音 installs one). Written from the documents of System.Speech: it has not
been run on Windows yet, and its tests double the process.
"""

from __future__ import annotations

import base64
import subprocess
from array import array
from collections.abc import Callable, Sequence

from drivers.errors import DeviceFault
from drivers.orders import DeviceCode
from drivers.sound import RATE_HZ, from_bytes, trimmed
from drivers.voice_words import Language

Run = Callable[[Sequence[str], bytes], "subprocess.CompletedProcess[bytes]"]

_WITHIN_S = 15.0
_NO_VOICE = 3
_CULTURES = {Language.CHINESE: "zh-CN", Language.ENGLISH: "en-US"}
_SCRIPT = f"""
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$in = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8)
$text = $in.ReadToEnd()
$speech = New-Object System.Speech.Synthesis.SpeechSynthesizer
$culture = [Globalization.CultureInfo]::GetCultureInfo('CULTURE')
$voice = $speech.GetInstalledVoices($culture) | Where-Object Enabled | Select-Object -First 1
if (-not $voice) {{ exit {_NO_VOICE} }}
$speech.SelectVoice($voice.VoiceInfo.Name)
$sixteen = [System.Speech.AudioFormat.AudioBitsPerSample]::Sixteen
$mono = [System.Speech.AudioFormat.AudioChannel]::Mono
$form = New-Object System.Speech.AudioFormat.SpeechAudioFormatInfo({RATE_HZ}, $sixteen, $mono)
$sound = New-Object IO.MemoryStream
$speech.SetOutputToAudioStream($sound, $form)
$speech.Speak($text)
$bytes = $sound.ToArray()
[Console]::OpenStandardOutput().Write($bytes, 0, $bytes.Length)
"""


def run_powershell(words: Sequence[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 — our own words; the text goes in by stdin
        words, input=given, capture_output=True, timeout=_WITHIN_S, check=False
    )


class Sapi:
    def __init__(self, run: Run = run_powershell) -> None:
        self._run = run

    def __call__(self, language: Language, text: str) -> array[int]:
        script = _SCRIPT.replace("CULTURE", _CULTURES[language])
        encoded = base64.b64encode(script.encode("utf-16-le")).decode()
        words = ["powershell.exe", "-NoProfile", "-NonInteractive", "-EncodedCommand", encoded]
        try:
            done = self._run(words, text.encode())
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DeviceFault(DeviceCode.VOICE_MISSING, f"no Windows voice: {error}") from error
        if done.returncode == _NO_VOICE:
            detail = f"Windows has no voice for {_CULTURES[language]}"
            raise DeviceFault(DeviceCode.VOICE_MISSING, detail)
        samples = trimmed(from_bytes(done.stdout))
        if done.returncode or not samples:
            told = done.stderr.decode(errors="replace").strip()[:200]
            raise DeviceFault(DeviceCode.VOICE_MISSING, f"no Windows voice: {told}")
        return samples
