"""The one spelling of an event: the same facts always give the same bytes.

The ledger hashes an event's bytes and keeps those very bytes, so every fact may have only one
spelling. It is JSON (so a person and any language can read it), narrowed until one is left:

- keys sorted by code point, each once; no blank outside a string;
- UTF-8 with nothing escaped but the quote, the backslash and the control characters;
- strings in Unicode NFC, without lone surrogates; keys in printable ASCII;
- numbers are whole and fit in 64 bits with sign; no fraction, no exponent, no minus zero;
- nested at most 16 deep, at most 64 KiB in all.

A raw line feed cannot occur, so canonical bodies may be laid one to a line. The restrictions
keep to RFC 8785, whose readers accept these bytes.

`encode` writes the spelling, `spell` does so for an event of the contract, `decode` accepts no
other. No database, no network, no clock.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

MAX_DEPTH = 16
MAX_BODY_BYTES = 65_536
_SMALLEST = -(2**63)
_LARGEST = 2**63 - 1

CanonicalValue: TypeAlias = (
    "bool | int | str | Sequence[CanonicalValue] | Mapping[str, CanonicalValue] | None"
)


class NotCanonicalError(ValueError):
    """These facts or bytes have no place in the ledger; the message says what is wrong."""


def encode(facts: Mapping[str, CanonicalValue]) -> bytes:
    """Spell out the facts; text not in NFC is brought into it, anything else unfit is refused."""
    try:
        body = _ENCODER.encode(_fit(facts, MAX_DEPTH))
    except UnicodeEncodeError as error:
        raise NotCanonicalError("a lone surrogate is not text") from error
    if len(body) > MAX_BODY_BYTES:
        raise NotCanonicalError(f"{len(body)} bytes; an event has at most {MAX_BODY_BYTES}")
    return body


def spell(event: msgspec.Struct) -> bytes:
    """Spell out an event of the contract: flat, named in ASCII, of texts and whole numbers.

    Nearly always it is spelled as msgspec writes it; only other than ASCII texts can be in another
    form than NFC, and only numbers of 19 digits can be too large, so those go the long way.
    """
    try:
        body = _BY_NAME.encode(event)
    except UnicodeEncodeError as error:
        raise NotCanonicalError("a lone surrogate is not text") from error
    large = _LARGE in body.translate(_DIGITS_ALIKE)
    if body.isascii() and len(body) <= MAX_BODY_BYTES and not large:
        return body
    return encode(msgspec.to_builtins(event))


def decode(body: bytes) -> dict[str, CanonicalValue]:
    """Read a canonical body; refuse any other spelling, even of the same facts."""
    if len(body) > MAX_BODY_BYTES:
        raise NotCanonicalError(f"{len(body)} bytes; an event has at most {MAX_BODY_BYTES}")
    try:
        facts: CanonicalValue = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"not the JSON of an event: {error}") from error
    if not isinstance(facts, dict):
        raise NotCanonicalError("an event is an object of named facts")
    # Doubled keys, blanks, other escapes and other orders are all lost in reading,
    # so writing again shows every one of them.
    if encode(facts) != body:
        raise NotCanonicalError("the facts are spelled in another way than the canonical one")
    return facts


def _fit(value: CanonicalValue, depth: int) -> CanonicalValue:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if _SMALLEST <= value <= _LARGEST:
            return value
        raise NotCanonicalError(f"{value} does not fit in 64 bits")
    if depth == 0:
        raise NotCanonicalError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, Mapping):
        return {_fit_key(key): _fit(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_fit(inner, depth - 1) for inner in value]
    raise NotCanonicalError(f"a {type(value).__name__} has no canonical form")


def _fit_key(key: object) -> str:
    if isinstance(key, str) and key.isascii() and key.isprintable():
        return key
    raise NotCanonicalError(f"{key!r} is no key: printable ASCII is wanted")


_ENCODER = msgspec.json.Encoder(order="deterministic")
_BY_NAME = msgspec.json.Encoder(order="sorted")
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_LARGE = b"0" * 19
