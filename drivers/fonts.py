"""Fonts for pictures of tickets: the configured file, then whatever the system has for a character.

No font is taken for granted. A character that no file can draw becomes 「〓」, never the empty box
that would stand for every missing character alike.
"""

import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from drivers.codec.plain_text import SUBSTITUTE

_ASK_WITHIN_S = 3.0
_NOWHERE = "\U0010ffff"  # a character no font has: drawn, it shows the font's "missing" box
_USUAL_FILES = (  # where there is no fontconfig to ask
    Path("C:/Windows/Fonts/msyh.ttc"),
    Path("C:/Windows/Fonts/simsun.ttc"),
    Path("/System/Library/Fonts/PingFang.ttc"),
)


class FontChain:
    def __init__(self, configured: str = "") -> None:
        self._configured = configured

    def font_for(self, character: str, dots: int) -> ImageFont.FreeTypeFont | None:
        """The first font of the chain that really draws this character."""
        for path, index in self._candidates(character):
            font = _load(path, index, dots)
            if font is not None and _draws(font, character):
                return font
        return None

    def drawable(self, character: str, dots: int) -> str:
        return character if self.font_for(character, dots) is not None else SUBSTITUTE

    def _candidates(self, character: str) -> Iterator[tuple[str, int]]:
        if self._configured:
            yield self._configured, 0
        yield from _system_fonts("4e00")  # 一: the usual Chinese font, asked for once
        yield from _system_fonts(f"{ord(character):x}")


@lru_cache(maxsize=256)
def _system_fonts(code_point: str) -> tuple[tuple[str, int], ...]:
    """Files that fontconfig names for one character of Chinese; its usual sans first."""
    pattern = f"sans-serif:lang=zh-cn:charset={code_point}"
    command = ["fc-match", "-f", "%{file}\t%{index}\n", pattern]
    try:
        answer = subprocess.run(  # noqa: S603 — fixed program, and a number we made ourselves
            command, capture_output=True, text=True, timeout=_ASK_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return tuple((str(path), 0) for path in _USUAL_FILES if path.exists())
    found = []
    for line in answer.stdout.splitlines():
        file, _, index = line.partition("\t")
        if file:
            found.append((file, int(index) & 0xFFFF if index.isdecimal() else 0))
    return tuple(found)


@lru_cache(maxsize=64)
def _load(path: str, index: int, dots: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(path, dots, index=index)
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _draws(font: ImageFont.FreeTypeFont, character: str) -> bool:
    if character.isspace():
        return True
    return bytes(font.getmask(character)) != bytes(font.getmask(_NOWHERE))
