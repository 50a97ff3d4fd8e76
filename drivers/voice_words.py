"""From a sentence to the segments it is spoken of, by their file names and texts. Pure.

    请A001号到12号窗口办理   →   请 · A · 0 · 0 · 1 · 号到 · 十 · 2 · 号窗口办理

A ticket's number is spelled digit by digit, also one without a letter if it has three digits or
more; shorter numbers are windows and floors and are said as numbers.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_LABEL = r"(?<![A-Za-z])[A-Za-z]{1,2}\d+|\d{3,}"
_TOKEN = re.compile(
    rf"(?P<label>{_LABEL})|(?P<number>\d{{1,2}})|(?P<words>\D+?)(?={_LABEL}|\d|$)", re.DOTALL
)
_PUNCTUATION = re.compile(r"[^\w\s']+|_")
_SPACES = re.compile(r"\s+")
_PHRASE_PREFIX = "phrase_"


class Language(StrEnum):
    CHINESE = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of speech: the name of its file, and its text as a person would read it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """What every call is about, whatever the language."""

    ticket: str
    window: int


CHINESE_LETTERS: Mapping[str, str] = {
    "A": "ei1",
    "B": "bi4",
    "C": "xi1",
    "D": "di4",
    "E": "yi4",
    "F": "ai2 fu5",
    "G": "ji4",
    "H": "ai2 qi1",
    "I": "ai4",
    "J": "jie4",
    "K": "kei4",
    "L": "ai2 le5",
    "M": "ai2 mu5",
    "N": "en1",
    "O": "ou1",
    "P": "pi4",
    "Q": "kiu4",
    "R": "a4 er5",
    "S": "ai2 si5",
    "T": "ti4",
    "U": "you1",
    "V": "wei1",
    "W": "da2 bu5 liu5",
    "X": "ai4 ke5 si5",
    "Y": "wai4",
    "Z": "zei4",
}
_CHINESE_DIGITS = "零一二三四五六七八九"
_CHINESE_PHRASES: Mapping[str, str] = {
    "qing": "请",
    "hao_dao": "号到",
    "hao_chuangkou_banli": "号窗口办理",
    "hao_chuangkou": "号窗口",
    "hao": "号",
    "dao": "到",
    "lou": "楼",
    "ceng": "层",
    "hao_dao_dixia": "号到地下",
    "hao_dao_diceng": "号到底层",
    "ceshi": "测试",
    "shi": "十",
    "bai": "百",
}
_ENGLISH_PHRASES: Mapping[str, str] = {
    "ticket": "ticket",
    "please_go_to_window": "please go to window",
    "window": "window",
    "on_floor": "on floor",
    "test": "test",
}
_ENGLISH_NUMBERS_TO = 30


def vocabulary(language: Language) -> dict[str, Segment]:
    """The segments every bank holds from the start, by key."""
    if language is Language.CHINESE:
        phrases = _CHINESE_PHRASES
        digits = dict(enumerate(_CHINESE_DIGITS))
    else:
        phrases = _ENGLISH_PHRASES
        digits = {number: str(number) for number in range(_ENGLISH_NUMBERS_TO + 1)}
    letters = {f"letter_{letter.lower()}": letter for letter in CHINESE_LETTERS}
    numbers = {f"number_{number}": text for number, text in digits.items()}
    texts = {**phrases, **numbers, **letters}
    return {key: Segment(key, text) for key, text in texts.items()}


def segments_of(language: Language, sentence: str) -> list[Segment]:
    """What is spoken of a sentence, in order."""
    known = {segment.text.lower(): segment for segment in vocabulary(language).values()}
    return list(_segments(language, sentence, known))


def calls_of(sentence: str) -> Called | None:
    """The ticket, which comes first in a call, and the window, which comes last; or no call."""
    told = [token for token in _TOKEN.finditer(sentence) if token.lastgroup != "words"]
    if len(told) < 2 or told[0].lastgroup != "label" or not told[-1].group().isdecimal():
        return None
    return Called(told[0].group(), int(told[-1].group()))


def read_out(language: Language, sentence: str) -> str:
    """The sentence for a voice that reads whole ones: numbers as they are spoken here."""
    between = "" if language is Language.CHINESE else " "
    return between.join(segment.text for segment in segments_of(language, sentence))


def spoken_digit(segment: Segment, *, one_as_yao: bool) -> str:
    """一 of a number is said 幺 where people are used to it, as on the telephone."""
    return "幺" if one_as_yao and segment.text == "一" else segment.text


def _segments(language: Language, sentence: str, known: Mapping[str, Segment]) -> Iterator[Segment]:
    for token in _TOKEN.finditer(sentence):
        match token.lastgroup:
            case "label":
                for character in token.group():
                    yield _character(language, character)
            case "number":
                yield from _number(language, int(token.group()))
            case _:
                for part in _PUNCTUATION.split(token.group()):
                    words = _SPACES.sub(" ", part).strip()
                    if words:
                        yield known.get(words.lower()) or _phrase(words)


def _character(language: Language, character: str) -> Segment:
    if character.isdecimal():
        return _digit(language, int(character))
    return Segment(f"letter_{character.lower()}", character.upper())


def _digit(language: Language, digit: int) -> Segment:
    text = _CHINESE_DIGITS[digit] if language is Language.CHINESE else str(digit)
    return Segment(f"number_{digit}", text)


def _number(language: Language, number: int) -> Iterator[Segment]:
    if language is Language.ENGLISH or number < 10:
        if number < 10:
            yield _digit(language, number)
        else:
            yield Segment(f"number_{number}", str(number))
        return
    tens, units = divmod(number, 10)
    if tens > 1:
        yield _digit(language, tens)
    yield Segment("shi", "十")
    if units:
        yield _digit(language, units)


def _phrase(words: str) -> Segment:
    """Words no bank was made for; their file is named by what they say."""
    return Segment(_PHRASE_PREFIX + hashlib.sha256(words.encode()).hexdigest()[:12], words)
