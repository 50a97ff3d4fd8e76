"""The voice: every segment is Mandarin, heard and whole; recordings are kept."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers import espeak
from drivers.errors import DeviceFault
from drivers.sound import BadRecording, duration_ms, peak, samples_of, wav_of
from drivers.speaker import Speaker
from drivers.voice_words import Language, segments_of, vocabulary

CALL = "请A001号到3号窗口办理"
VOICES = {Language.CHINESE: espeak.MANDARIN, Language.ENGLISH: espeak.ENGLISH}


@dataclass(frozen=True)
class Said:
    language: str
    text: str


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice")
    Speaker(folder).prepare()
    return folder


@pytest.fixture
def copied(bank: Path, tmp_path: Path) -> Path:
    """A bank of the test's own, to be changed."""
    shutil.copytree(bank, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def speaker(bank: Path) -> Speaker:
    return Speaker(bank)


@pytest.mark.parametrize("language", list(Language))
def test_no_segment_is_read_through_another_language(speaker: Speaker, language: Language) -> None:
    for segment in vocabulary(language).values():
        spoken = espeak.phonemes(speaker.pronunciation(language, segment), VOICES[language])
        assert spoken.strip(), segment
        assert "(" not in spoken, segment


def test_the_check_of_phonemes_finds_the_voice_that_is_broken() -> None:
    assert "(en)" in espeak.phonemes("lü4", espeak.MANDARIN)
    assert "(en)" in espeak.phonemes("A", espeak.MANDARIN)


@pytest.mark.parametrize("language", list(Language))
def test_every_segment_is_heard_and_neither_cut_nor_padded(bank: Path, language: Language) -> None:
    for key in vocabulary(language):
        samples = samples_of((bank / language / f"{key}.wav").read_bytes())
        assert 100 <= duration_ms(samples) <= 2_000, key
        assert 0.8 <= peak(samples) <= 0.9, key


def test_the_call_of_a_hall_takes_four_to_six_seconds(speaker: Speaker) -> None:
    samples = samples_of(speaker.speak([Said("zh", CALL)]))
    assert 4_000 <= duration_ms(samples) <= 6_000
    assert 0.8 <= peak(samples) <= 0.9
    parts = segments_of(Language.CHINESE, CALL)
    assert speaker.announce(Language.CHINESE, parts) == speaker.speak([Said("zh", CALL)])


def test_two_languages_follow_each_other(speaker: Speaker) -> None:
    english = Said("en", "Ticket A001, please go to window 3")
    both = samples_of(speaker.speak([Said("zh", CALL), english]))
    alone = [samples_of(speaker.speak([said])) for said in (Said("zh", CALL), english)]
    assert duration_ms(both) == pytest.approx(sum(map(duration_ms, alone)) + 450, abs=5)


def test_other_words_are_spoken_too(speaker: Speaker) -> None:
    samples = samples_of(speaker.speak([Said("zh", "请张先生到咨询台")]))
    assert 1_000 <= duration_ms(samples) <= 4_000


def test_an_unknown_language_is_a_fault_of_the_voice(speaker: Speaker) -> None:
    with pytest.raises(DeviceFault, match="no voice speaks 'wa'"):
        speaker.speak([Said("wa", "hello")])


def test_a_second_start_makes_nothing(bank: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in bank.rglob("*")}
    Speaker(bank).prepare()
    assert {path: path.stat().st_mtime_ns for path in bank.rglob("*")} == before


def test_what_would_be_said_differently_is_made_anew(copied: Path) -> None:
    one, two = (copied / "zh" / f"number_{number}.wav" for number in (1, 2))
    plain, untouched = one.read_bytes(), two.read_bytes()
    Speaker(copied, one_as_yao=True).prepare()
    assert one.read_bytes() != plain
    assert two.read_bytes() == untouched
    manifest = json.loads((copied / "zh" / "manifest.json").read_bytes())
    assert manifest["segments"]["number_1"]["spoken"] == "yao1"


def changed_half(wav: bytes) -> bytes:
    samples = samples_of(wav)
    return wav_of(samples[: len(samples) // 2])


@pytest.mark.parametrize("manifest_is_lost", [False, True])
def test_a_recording_is_never_overwritten(copied: Path, *, manifest_is_lost: bool) -> None:
    one = copied / "zh" / "number_1.wav"
    recording = changed_half(one.read_bytes())
    one.write_bytes(recording)
    if manifest_is_lost:
        (copied / "zh" / "manifest.json").unlink()
    Speaker(copied, one_as_yao=True).prepare()
    assert one.read_bytes() == recording


@pytest.mark.parametrize(
    ("damage", "wanted"),
    [
        (lambda wav: wav[:30], "wanted a WAV file"),
        (lambda wav: b"ID3" + wav, "wanted a WAV file"),
        (lambda wav: wav[:22] + b"\x02" + wav[23:], "wanted 22050 Hz, 1 channel, 16 bits"),
    ],
)
def test_a_file_of_another_kind_is_named(
    copied: Path, damage: Callable[[bytes], bytes], wanted: str
) -> None:
    one = copied / "zh" / "number_1.wav"
    one.write_bytes(damage(one.read_bytes()))
    with pytest.raises(BadRecording, match=f"number_1.wav: {wanted}"):
        Speaker(copied).prepare()


def test_the_chime_is_a_second_of_two_tones(speaker: Speaker) -> None:
    samples = samples_of(speaker.chime())
    assert 900 <= duration_ms(samples) <= 1_300
    assert 0.5 <= peak(samples) <= 0.7
    assert abs(samples[-1]) < 300  # it ends without a click
