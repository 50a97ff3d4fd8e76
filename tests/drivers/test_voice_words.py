"""How a sentence is taken apart for speaking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pinyin import pinyin
from drivers.voice_words import Language, segments_of, vocabulary


@pytest.mark.parametrize(
    ("language", "sentence", "spoken"),
    [
        ("zh", "请A001号到3号窗口办理", "请 A 零 零 一 号到 三 号窗口办理"),
        ("zh", "请0125号到12号窗口办理", "请 零 一 二 五 号到 十 二 号窗口办理"),
        ("zh", "请AB17号到20号窗口", "请 A B 一 七 号到 二 十 号窗口"),
        ("zh", "请A001号到2楼10号窗口办理", "请 A 零 零 一 号到 二 楼 十 号窗口办理"),
        ("zh", "请A001号，到3号窗口。", "请 A 零 零 一 号 到 三 号窗口"),
        ("zh", "请A9号到地下1层99号窗口办理", "请 A 九 号到地下 一 层 九 十 九 号窗口办理"),
        ("zh", "请 张先生 到3号窗口办理", "请 张先生 到 三 号窗口办理"),
        ("en", "Ticket A001, please go to window 12", "ticket A 0 0 1 please go to window 12"),
        ("en", "Ticket B7, please go to window 3", "ticket B 7 please go to window 3"),
        ("en", "window 3 on floor 2", "window 3 on floor 2"),
    ],
)
def test_a_sentence_is_spoken_so(language: str, sentence: str, spoken: str) -> None:
    segments = segments_of(Language(language), sentence)
    assert " ".join(segment.text for segment in segments) == spoken


@pytest.mark.parametrize("sentence", ["请A001号到3号窗口办理", "请B120号到2楼12号窗口办理"])
def test_the_hall_s_usual_sentences_lie_ready(sentence: str) -> None:
    ready = vocabulary(Language.CHINESE)
    assert all(segment.key in ready for segment in segments_of(Language.CHINESE, sentence))


def test_words_without_a_segment_get_a_name_of_their_own() -> None:
    first, second = (segments_of(Language.CHINESE, text)[0].key for text in ("张先生", "李女士"))
    assert first.startswith("phrase_")
    assert first != second
    assert first == segments_of(Language.CHINESE, "张先生！")[0].key


@given(st.sampled_from(Language), st.text(max_size=40))
def test_any_text_becomes_segments_with_file_names(language: Language, text: str) -> None:
    for segment in segments_of(language, text):
        assert segment.text.strip()
        assert segment.key.replace("_", "").isalnum()
        assert segment.key.isascii()


def test_readings_depend_on_the_word_and_on_the_place() -> None:
    assert pinyin("重庆银行会计", {}) == "chong2 qing4 yin2 hang2 kuai4 ji4"
    assert pinyin("到勐勐镇", {"勐勐": "meng3 meng3"}) == "dao4 meng3 meng3 zhen4"
    assert pinyin("A号", {}) == "ei1 hao4"
