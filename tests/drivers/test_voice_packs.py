"""Recorded packs: checked whole without a sound, spoken before what is made, never half a call."""

import hashlib
import shutil
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.announcers import check_voice, open_voice
from drivers.control.__main__ import main
from drivers.errors import DeviceFault
from drivers.sound import RATE_HZ, duration_ms, samples_of, wav_of
from drivers.speaker import Speaker

CALL = "请A012号到2楼12号窗口办理"
WA_WORDS = ("letter_a", "number_0", "number_1", "number_2", "number_12", "please", "window")
WA_CALL = 'call = ["please", "{ticket}", "window", "{window}"]\n'
SECOND_MS = 1_000


@dataclass(frozen=True)
class Said:
    language: str
    text: str = CALL


def tone(ms: int) -> bytes:
    """A recording whose length says which one it is."""
    return wav_of(array("h", [9_000, -9_000] * (RATE_HZ * ms // 2_000)))


def recorded(folder: Path, language: str, words: dict[str, int], call: str = "") -> Path:
    """A whole pack, each word as long as asked; the folder of the voice."""
    pack = folder / language
    pack.mkdir(parents=True)
    lines = [f'language = "{language}"\nvoice = "李某"\nlicence = "CC0"\nrate_hz = 22050\n{call}']
    for word, ms in words.items():
        sound = tone(ms)
        (pack / f"{word}.wav").write_bytes(sound)
        sha256 = hashlib.sha256(sound).hexdigest()
        lines.append(f'[segments.{word}]\nfile = "{word}.wav"\nsha256 = "{sha256}"\n')
    (pack / "pack.toml").write_text("".join(lines), encoding="utf-8")
    (folder / "voice.toml").write_text(f'packs = ["{language}"]\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice")
    Speaker(folder).prepare()
    return folder


@pytest.fixture
def voice(bank: Path, tmp_path: Path) -> Path:
    """A folder whose bank is made already."""
    shutil.copytree(bank, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def wa(voice: Path) -> Path:
    return recorded(voice, "prk", dict.fromkeys(WA_WORDS, 100), WA_CALL)


def length_ms(folder: Path, *said: Said) -> int:
    return duration_ms(samples_of(open_voice(folder).speaker.speak(said)))


def test_a_call_in_wa_is_the_pack_s_own_words_in_its_own_order(wa: Path) -> None:
    # please A 0 1 2 window 12, and the gaps between seven recordings
    assert length_ms(wa, Said("prk")) == pytest.approx(7 * 100 + 6 * 45, abs=10)


def test_chinese_comes_first_and_wa_after_it(wa: Path) -> None:
    alone = [length_ms(wa, Said("zh")), length_ms(wa, Said("prk"))]
    assert length_ms(wa, Said("zh"), Said("prk")) == pytest.approx(sum(alone) + 450, abs=10)


@pytest.mark.parametrize("text", ["请B012号到12号窗口办理", "请A012号到3号窗口办理", "暂停服务"])
def test_a_word_that_is_not_recorded_leaves_the_language_out(wa: Path, text: str) -> None:
    alone_ms = length_ms(wa, Said("zh", text))
    assert length_ms(wa, Said("zh", text), Said("prk", text)) == pytest.approx(alone_ms, abs=50)
    with pytest.raises(DeviceFault, match="not recorded in 'prk'"):
        length_ms(wa, Said("prk", text))


def test_a_chinese_pack_speaks_before_the_made_words_which_fill_its_gaps(voice: Path) -> None:
    made_ms = length_ms(voice, Said("zh"))
    made_one_ms = duration_ms(samples_of((voice / "zh" / "number_1.wav").read_bytes()))
    recorded(voice / "packs", "zh", {"number_1": SECOND_MS})
    (voice / "packs" / "zh").rename(voice / "person")
    (voice / "voice.toml").write_text('packs = ["person"]\n')
    wanted_ms = made_ms - made_one_ms + SECOND_MS
    assert length_ms(voice, Said("zh")) == pytest.approx(wanted_ms, abs=50)
    (lacking,) = check_voice(voice)
    assert "语音包 person 缺" in lacking
    assert "由合成语音代替" in lacking


def rewritten(old: str, new: str) -> Callable[[Path], object]:
    def change(pack: Path) -> None:
        manifest = pack / "pack.toml"
        text = manifest.read_text(encoding="utf-8")
        assert old in text
        manifest.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda pack: (pack / "pack.toml").unlink(), "prk: 缺少 prk/pack.toml"),
        (lambda pack: (pack / "window.wav").unlink(), "segments.window.file: 缺少文件 window.wav"),
        (
            lambda pack: (pack / "window.wav").write_bytes(tone(50)),
            "segments.window.sha256: window.wav 不是清单所指的文件",
        ),
        (rewritten("rate_hz = 22050", "rate_hz = 16000"), "rate_hz: 应为 22050"),
        (rewritten('licence = "CC0"\n', ""), "licence: 缺少必填项 licence"),
        (rewritten('"{window}"]', '"window"]'), "call: 须包含 {ticket} 和 {window}"),
        (rewritten('["please"', '["thanks"'), "call[0]: segments 中没有 thanks"),
        (rewritten('"prk"', '"zh"'), "call: 普通话与英语的语音包不用写 call"),
        (rewritten('file = "window.wav"', 'file = "../w.wav"'), "segments"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_speaks(
    wa: Path,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], object],
    told: str,
) -> None:
    damage(wa / "prk")
    assert main(["check", str(wa / "voice.toml")]) == 2
    assert told in capsys.readouterr().err
    opened = open_voice(wa)
    assert len(opened.faults) == 1
    assert told in opened.faults[0]
    assert opened.speaker.speak([Said("zh", "请"), Said("prk")])


def test_a_file_that_is_no_sound_is_named_even_when_it_is_the_one_meant(wa: Path) -> None:
    other = b"ID3"
    before = hashlib.sha256(tone(100)).hexdigest()
    (wa / "prk" / "window.wav").write_bytes(other)
    rewritten(before, hashlib.sha256(other).hexdigest())(wa / "prk")
    told = open_voice(wa).faults[0]
    assert "segments.window.file: window.wav 应为 22050 Hz、单声道、16 位的 WAV 文件" in told


def test_a_right_voice_is_said_to_be_right(wa: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(wa / "voice.toml")]) == 0
    told = capsys.readouterr().out
    assert "语音配置正确" in told
    assert "语音包 prk 缺" in told
    assert "用到时该语言略过" in told
    assert main(["check", str(wa / "nowhere" / "voice.toml")]) == 1
