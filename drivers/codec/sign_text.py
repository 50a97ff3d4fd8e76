"""Texts for signs that hold no more than so many bytes, in the encoding of their font. Pure."""

from enum import StrEnum

from drivers.codec.plain_text import SUBSTITUTE, clean, gb2312_bytes, gbk_code

_MORE = "…"


class Encoding(StrEnum):
    GB2312 = "gb2312"
    GBK = "gbk"
    UNICODE = "unicode"
    """UTF-16 with the high byte first; one unit a character."""


def text_bytes(text: str, encoding: Encoding, substitute: str = SUBSTITUTE) -> bytes:
    """What the font lacks becomes `substitute`; nothing in `text` can act as a command."""
    match encoding:
        case Encoding.GB2312:
            return gb2312_bytes(text, substitute)
        case Encoding.GBK:
            stands_in = gbk_code(substitute) or b"?"
            return b"".join(gbk_code(sign) or stands_in for sign in _harmless(text))
        case Encoding.UNICODE:
            signs = (sign if ord(sign) <= 0xFFFF else substitute for sign in _harmless(text))
            return "".join(signs).encode("utf-16-be")


def shortened(text: str, encoding: Encoding, room: int, substitute: str = SUBSTITUTE) -> bytes:
    """As much as there is room for, and 「…」 for the rest.

    A number is kept whole or left out: 「到1…」 would send the people of window 12 to another one.
    """
    whole = text_bytes(text, encoding, substitute)
    if len(whole) <= room:
        return whole
    signs = clean(text)
    for end in range(len(signs) - 1, -1, -1):
        head = signs[:end]
        is_torn = _is_of_a_number(signs[end]) and _is_of_a_number(head[-1:])
        cut = text_bytes(head + _MORE, encoding, substitute)
        if len(cut) <= room and not is_torn:
            return cut
    return b""


def _harmless(text: str) -> str:
    return clean(text).replace("\\", "＼")


def _is_of_a_number(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
