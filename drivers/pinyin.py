"""Chinese text to pinyin with tone numbers, for the voice. Pure.

Readings that depend on the word (重庆, 银行, 会计) come from pypinyin; names of the place come from
the site's own list, which counts first. A voice given characters instead reads most of them wrong.
"""

from collections.abc import Iterator, Mapping

from pypinyin import Style, lazy_pinyin

from drivers.voice_words import CHINESE_LETTERS


def pinyin(text: str, site_words: Mapping[str, str]) -> str:
    return " ".join(_syllables(text, site_words))


def _syllables(text: str, site_words: Mapping[str, str]) -> Iterator[str]:
    longest_first = sorted(site_words, key=len, reverse=True)
    plain = ""
    at = 0
    while at < len(text):
        name = next((word for word in longest_first if text.startswith(word, at)), None)
        if name is None:
            plain += text[at]
            at += 1
            continue
        yield from _read(plain)
        yield site_words[name]
        plain = ""
        at += len(name)
    yield from _read(plain)


def _read(text: str) -> Iterator[str]:
    for syllable in lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True):
        if syllable.isascii() and syllable[-1:].isdecimal() and syllable[:1].isalpha():
            yield syllable
        else:  # letters and whatever else stood between the characters
            yield from (CHINESE_LETTERS.get(letter, "") for letter in syllable.upper())
