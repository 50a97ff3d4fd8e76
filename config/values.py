"""What facts are made of: names for machines, texts for people, times and counts."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""Lower-case letters, digits, ``-`` and ``_``; never shown to a citizen, never reused."""
OptionalIdentifier = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$")]
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=20_000)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""``HH:MM`` on the hall's own wall clock."""
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
SeriesPrefix = Annotated[str, Meta(pattern=r"^[A-Z]{1,2}$")]
Minutes = Annotated[int, Meta(ge=0, le=1440)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Count = Annotated[int, Meta(ge=0, le=100_000)]
WindowNumber = Annotated[int, Meta(ge=1, le=999)]


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record of a kind; ``id`` is its name for machines."""

    id: Identifier


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """A text for people: Chinese always, English where it is known."""

    zh: ShortText
    en: ShortText = ""
