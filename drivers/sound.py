"""Small works on sound as a hall speaks it: 22,050 Hz, one channel, 16 bits. Pure."""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from collections.abc import Sequence

RATE_HZ = 22_050
_SILENCE_LEVEL = 260  # of 32,767: below this nothing is heard
_MARGIN_MS = 12
_LOUDEST = 0.85
_CHIME = ((784.0, 0.00), (587.3, 0.42))  # G5, then D5, and when each begins
_CHIME_S = 1.1
_CHIME_DECAY_PER_S = 4.2
_OVERTONES = ((1.0, 1.0), (2.0, 0.28), (3.0, 0.08))
_ATTACK_S = 0.006


class BadRecording(ValueError):  # noqa: N818 — a file that a person put there
    """Says what the file is and what is wanted."""


def samples_of(wav: bytes) -> array[int]:
    try:
        with wave.open(io.BytesIO(wav)) as opened:
            form = (opened.getframerate(), opened.getnchannels(), opened.getsampwidth() * 8)
            data = opened.readframes(opened.getnframes())
    except (wave.Error, EOFError) as error:
        raise BadRecording(f"wanted a WAV file: {error}") from error
    if form != (RATE_HZ, 1, 16):
        raise BadRecording(
            f"wanted {RATE_HZ} Hz, 1 channel, 16 bits, found {form[0]} Hz, {form[1]}, {form[2]}"
        )
    return from_bytes(data)


def wav_of(samples: array[int]) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(RATE_HZ)
        opened.writeframes(_little_endian(samples).tobytes())
    return buffer.getvalue()


def from_bytes(data: bytes) -> array[int]:
    samples = array("h")
    samples.frombytes(data[: len(data) // 2 * 2])
    return _little_endian(samples)


def duration_ms(samples: array[int]) -> int:
    return len(samples) * 1000 // RATE_HZ


def peak(samples: array[int]) -> float:
    """The loudest sample, 1.0 being all there is."""
    return max((abs(sample) for sample in samples), default=0) / 32768


def trimmed(samples: array[int]) -> array[int]:
    """Without the silence before and after, as loud as every other segment."""
    heard = [at for at, sample in enumerate(samples) if abs(sample) > _SILENCE_LEVEL]
    if not heard:
        return array("h")
    margin = RATE_HZ * _MARGIN_MS // 1000
    part = samples[max(0, heard[0] - margin) : heard[-1] + margin]
    scale = _LOUDEST / peak(part)
    return array("h", [max(-32767, min(32767, round(sample * scale))) for sample in part])


def joined(parts: Sequence[array[int]], gap_ms: int) -> array[int]:
    gap = array("h", bytes(2 * (RATE_HZ * gap_ms // 1000)))
    whole = array("h")
    for part in parts:
        if whole:
            whole += gap
        whole += part
    return whole


def chime() -> array[int]:
    """Two falling tones, like a soft bell: a voice follows."""
    count = int(RATE_HZ * _CHIME_S)
    mixed = [0.0] * count
    for frequency, begins_s in _CHIME:
        for at in range(int(begins_s * RATE_HZ), count):
            passed_s = at / RATE_HZ - begins_s
            swell = min(1.0, passed_s / _ATTACK_S) * math.exp(-_CHIME_DECAY_PER_S * passed_s)
            angle = 2 * math.pi * frequency * passed_s
            mixed[at] += swell * sum(part * math.sin(angle * times) for times, part in _OVERTONES)
    loudest = max(abs(value) for value in mixed)
    fade = RATE_HZ // 20
    return array(
        "h",
        [
            round(32767 * 0.6 * value / loudest * min(1.0, (count - at) / fade))
            for at, value in enumerate(mixed)
        ],
    )


def _little_endian(samples: array[int]) -> array[int]:
    """WAV's own order; a machine of the other order swaps."""
    if sys.byteorder == "little":
        return samples
    swapped = array("h", samples)
    swapped.byteswap()
    return swapped
