"""What every message shares: who asks, what an answer is, what an event carries.

Asks change something and are answered *accepted* or *refused*; reads change nothing; events say
what has happened, in the order of ``seq``, and are the only way a screen learns state.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

RequestId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Made by the sender before the first try, kept until answered; a repeat gets the first answer."""
Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
OptionalIdentifier = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$")]
Note = Annotated[str, Meta(max_length=200)]
Whole = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""Whole numbers that a browser can hold exactly."""


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request to change something."""

    request_id: RequestId


class Read(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request to see something; it may be repeated freely."""


class Answer(Struct, frozen=True, kw_only=True):
    """What an accepted ask gives back: only what the sender needs to name what it made."""


class Accepted(Answer, frozen=True, kw_only=True):
    """The ask was carried out as the events up to ``seq`` tell."""

    seq: Whole


class Refused(Struct, frozen=True, kw_only=True):
    """The ask was not carried out and nothing changed."""

    code: str
    """Stable for programs, such as ``window_busy``."""
    zh: str
    en: str
    field: str = ""
    """Where a badly formed message went wrong, such as ``$.item_id``."""


class Event(Struct, frozen=True, kw_only=True):
    """Something that has happened and stands in the ledger."""

    seq: Whole = 0
    """Place in the ledger, the only order there is; given when it is recorded."""
    at: Whole = 0
    """UTC milliseconds on the hall's clock."""
    actor: str = ""
    """Who did it: ``staff:…``, ``station:…``, ``device:…``, ``public``, ``hall``; at the hall's
    own machine ``console:…`` with the name of the system's user.

    ``device:…`` is a pad at a window, pressed for the clerk who has that window open.
    """
