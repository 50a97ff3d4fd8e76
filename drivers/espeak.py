"""The speech library, called in this process; it makes sound from pinyin or English words.

The library keeps one state for the whole process, so one call is made at a time. Its voice `cmn`
reads Chinese characters through English rules and must not be used: Mandarin goes in as pinyin, to
the voice `cmn-latn-pinyin`.
"""

from __future__ import annotations

import ctypes
import threading
from array import array
from functools import lru_cache

import espeakng_loader

from drivers.errors import DeviceFault
from drivers.orders import DeviceCode
from drivers.sound import RATE_HZ, from_bytes

MANDARIN = "cmn-latn-pinyin"
ENGLISH = "en-us"
WORDS_PER_MINUTE = 150

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: sound comes to our callback, no thread, no device
_UTF8 = 1
_PARAMETER_RATE = 1
_POSITION_CHARACTER = 1
_ONE_AT_A_TIME = threading.Lock()
_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def synthesize(text: str, voice: str) -> array[int]:
    """The sound of a text, silence before and after included."""
    pieces: list[bytes] = []

    def collect(samples: object, count: int, events: object) -> int:  # noqa: ARG001 — the library's
        if samples and count > 0:
            pieces.append(ctypes.string_at(samples, 2 * count))  # type: ignore[arg-type]
        return 0

    callback = _Callback(collect)
    data = text.encode()
    with _ONE_AT_A_TIME:
        library = _with_voice(voice)
        library.espeak_SetSynthCallback(callback)
        error = library.espeak_Synth(
            data, len(data) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None
        )
        library.espeak_Synchronize()
    if error or not pieces:
        raise DeviceFault(DeviceCode.VOICE_MISSING, f"no sound for {text!r}")
    return from_bytes(b"".join(pieces))


def phonemes(text: str, voice: str) -> str:
    """How the voice would say it; a text read through another language shows that language."""
    spoken: list[str] = []
    with _ONE_AT_A_TIME:
        library = _with_voice(voice)
        rest = ctypes.c_char_p(text.encode())
        while rest.value is not None:
            piece = library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, 0)
            spoken.append(piece.decode())
    return " ".join(spoken)


def _with_voice(voice: str) -> ctypes.CDLL:
    library = _library()
    if library.espeak_SetVoiceByName(voice.encode()):
        raise DeviceFault(DeviceCode.VOICE_MISSING, f"the speech library has no voice {voice!r}")
    library.espeak_SetParameter(_PARAMETER_RATE, WORDS_PER_MINUTE, 0)
    return library


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
    except (OSError, RuntimeError) as error:
        raise DeviceFault(DeviceCode.VOICE_MISSING, f"no speech library: {error}") from error
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
    if rate_hz != RATE_HZ:
        raise DeviceFault(DeviceCode.VOICE_MISSING, f"the speech library gives {rate_hz} Hz")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library
