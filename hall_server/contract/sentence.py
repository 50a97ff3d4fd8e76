"""What a refusal says, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """HTTP status and the sentence in both languages, with ``{placeholders}``."""

    status: int
    zh: str
    en: str
