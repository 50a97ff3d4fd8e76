"""How a station speaks: what its file may say, at which hour how loud, and how words are read."""

from pathlib import Path

import pytest

from config.faults import FaultyFactsError
from drivers.announcers import open_voice
from drivers.pinyin import pinyin
from drivers.voice_settings import (
    Announcer,
    Hours,
    VoiceSettings,
    read_voice,
    site_words,
    volume_of,
)

DAY = VoiceSettings(
    volume=80,
    hours=[
        Hours(start="12:00", end="14:00", volume=40),
        Hours(start="18:00", end="08:30", volume=0),
        Hours(start="13:00", end="13:30", volume=20, loudspeakers=["voice-2"]),
    ],
)


def written(folder: Path, text: str) -> Path:
    (folder / "voice.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_segments_speak_at_full_volume(tmp_path: Path) -> None:
    settings = read_voice(tmp_path)
    assert settings.announcer is Announcer.SEGMENTS
    assert volume_of(settings, "voice-1", 0) == 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('announcer = "loud"', "voice.toml: announcer: 应为以下之一：segments"),
        ("volume = 101", "voice.toml: volume: 应不大于 100"),
        ('speed = "fast"', "voice.toml: speed: 没有 speed 这一项"),
        (
            '[[hours]]\nstart = "25:00"\nend = "14:00"\nvolume = 4',
            r"voice.toml: hours\[0\].start: .*09:00",
        ),
        ('[readings]\n"长官" = "zhang3"', "voice.toml: readings.长官: 应为 2 个带声调数字的拼音"),
        ('[surnames]\n"单" = "shan"', "voice.toml: surnames.单: 应为 1 个带声调数字的拼音"),
        ("volume = ", "voice.toml: .*TOML syntax"),
    ],
)
def test_what_is_wrong_is_named_and_the_voice_goes_on(tmp_path: Path, text: str, told: str) -> None:
    folder = written(tmp_path, text)
    with pytest.raises(FaultyFactsError, match=told):
        read_voice(folder)
    opened = open_voice(folder)
    assert opened.settings == VoiceSettings()
    assert len(opened.faults) == 1


@pytest.mark.parametrize(
    ("loudspeaker", "time_of_day", "volume"),
    [
        ("voice-1", "11:59", 80),
        ("voice-1", "12:00", 40),
        ("voice-1", "13:59", 40),
        ("voice-1", "14:00", 80),
        ("voice-1", "18:00", 0),
        ("voice-1", "00:00", 0),
        ("voice-1", "08:29", 0),
        ("voice-1", "08:30", 80),
        ("voice-1", "13:10", 40),
        ("voice-2", "13:10", 20),
    ],
)
def test_the_hour_decides_the_volume(loudspeaker: str, time_of_day: str, volume: int) -> None:
    hours, minutes = map(int, time_of_day.split(":"))
    assert volume_of(DAY, loudspeaker, hours * 60 + minutes) == volume


def test_nobody_speaks_at_any_hour() -> None:
    assert volume_of(VoiceSettings(announcer=Announcer.NONE), "voice-1", 600) == 0
    assert volume_of(VoiceSettings(announcer=Announcer.NONE), "voice-1") == 0


@pytest.mark.parametrize(("word", "reading"), site_words(VoiceSettings()).items())
def test_each_shipped_reading_is_one_that_the_library_gets_wrong(word: str, reading: str) -> None:
    assert pinyin(word, {}) != reading
    assert pinyin(word, {word: reading}) == reading


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("单位", "dan1 wei4"),
        ("请单女士", "qing3 shan4 nv3 shi4"),
        ("长途客运", "chang2 tu2 ke4 yun4"),
        ("曾先生到还款窗口", "zeng1 xian1 sheng1 dao4 huan2 kuan3 chuang1 kou3"),
        ("请到勐勐", "qing3 dao4 meng3 meng2"),
        ("覃女士", "qin2 nv3 shi4"),
    ],
)
def test_the_site_s_words_count_first(tmp_path: Path, text: str, reading: str) -> None:
    folder = written(tmp_path, '[readings]\n"勐勐" = "meng3 meng2"\n[surnames]\n"覃" = "qin2"\n')
    assert pinyin(text, site_words(read_voice(folder))) == reading
