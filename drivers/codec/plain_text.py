"""Text from people, made fit for a device. Pure.

Nothing of a name or a notice may be taken for a command: control, format and bidirectional
characters and lone surrogates are taken out before any encoder sees the text.
"""

import unicodedata
from collections.abc import Iterator

SUBSTITUTE = "〓"  # stands for a character the device cannot show; itself in every Chinese font
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})


def clean(text: str) -> str:
    """What a device may be given of a text: NFC, one line, nothing that could be a command."""
    return "".join(_clean_characters(unicodedata.normalize("NFC", text)))


def gb2312_bytes(text: str, substitute: str = SUBSTITUTE) -> bytes:
    """For devices with a GB2312 font: what it lacks becomes `substitute`.

    A backslash begins a command in the text of several makes, so it is sent as 「＼」.
    """
    stands_in = _gb2312_code(substitute) or b"?"
    return b"".join(_gb2312_code(character) or stands_in for character in clean(text))


def can_stand_in(text: str) -> bool:
    """Whether this is one character that a GB2312 font shows."""
    return len(text) == 1 and clean(text) == text and _gb2312_code(text) is not None


def gbk_code(character: str) -> bytes | None:
    try:
        return character.encode("gbk")
    except UnicodeEncodeError:
        return None


def is_gb2312(code: bytes) -> bool:
    # By its place in the table: the gb2312 codec itself maps 「·」 and 「—」 to other characters.
    if code[0] < 0xA1 or code[1] < 0xA1:
        return False
    try:
        code.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def _gb2312_code(character: str) -> bytes | None:
    if character == "\\":
        character = "＼"
    if character.isascii():
        return character.encode("ascii")
    code = gbk_code(character)
    return code if code is not None and is_gb2312(code) else None


def _clean_characters(text: str) -> Iterator[str]:
    for character in text:
        category = unicodedata.category(character)
        if category in _SPACES:
            yield character if character == "\u3000" else " "
        elif character in "\t\n\r\v\f\x85":
            yield " "
        elif category not in _DROPPED:
            yield character
