"""Readers of identity cards (SAM_V of GA 450, second generation): frames, and what may leave. Pure.

    AA AA AA 96 69 | length (2) | command parameter …          | XOR     to the reader
    AA AA AA 96 69 | length (2) | SW1 SW2 SW3 data …            | XOR     from it
                     the length counts what follows it; the XOR begins with the length

A card is found, selected and read, in this order; once read it is not found again before it has
been lifted. A card's text is 256 bytes of UTF-16; a letter at 248 tells the layout: `I` a
foreigner's permanent residence, `J` a residence permit for Hong Kong, Macau and Taiwan, else a
citizen's card. The photograph that comes along is never looked at.

What leaves this file is a `PersonCard`: name and number with most of both hidden, and a keyed hash.
"""

import hashlib
import hmac
import re
from enum import IntEnum

from drivers.codec.frame import Frame, Layout, Number, Part, Span, Sum, encode
from drivers.orders import CardKind, PersonCard

LAYOUT = Layout(
    parts=(b"\xaa\xaa\xaa\x96\x69", Part.LENGTH, Part.DATA, Part.CHECKSUM),
    numbers={Part.LENGTH: Number(2), Part.CHECKSUM: Number(1)},
    sum=Sum.XOR8,
    sum_covers=Span(1, 2),
    length_covers=Span(2, 3),
    data_most=2400,
)
STATUS = b"\x11\xff"
IDENTITY = b"\x12\xff"
RESET = b"\x10\xff"
FIND = b"\x20\x01"
SELECT = b"\x20\x02"
READ = b"\x30\x01"
READ_WITH_FINGER = b"\x30\x10"
READ_MORE_ADDRESS = b"\x30\x03"
SLEEP = b"\x00"
WAKE = b"\x01"
TEXT_BYTES, PHOTO_BYTES = 256, 1024
_HEAD = 3  # SW1 SW2 SW3
_LENGTHS = 4  # of text and photograph
_KIND_AT = 248
_PURPOSE = b"hall-person\n"
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_DIGITS = "10X98765432"
_CITIZEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FOREIGNER = re.compile(r"[A-Z]{3}[0-9]{12}")


class Status(IntEnum):
    """SW3: how it went."""

    OK = 0x90
    FOUND = 0x9F
    EMPTY = 0x91
    WRONG_SUM = 0x10
    WRONG_LENGTH = 0x11
    WRONG_COMMAND = 0x21
    NOT_PERMITTED = 0x23
    UNKNOWN_COMMAND = 0x24
    CARD_NOT_TRUSTED = 0x31
    READER_NOT_TRUSTED = 0x32
    NOT_VERIFIED = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOT_FOUND = 0x80
    NOT_SELECTED = 0x81


class Unreadable(ValueError):  # noqa: N818 — a card, not a program, is at fault; says no detail of it
    """The card's text does not hold."""


def request(command: bytes) -> bytes:
    """The frame of a command with its parameter."""
    return encode(LAYOUT, Frame(data=command))


def reply(status: int, data: bytes = b"") -> bytes:
    """What a reader answers; for its simulator."""
    return encode(LAYOUT, Frame(data=bytes([0, 0, status]) + data))


def status_of(frame: Frame) -> int:
    """SW3 of a reply; 0 for a frame that is none."""
    return frame.data[2] if len(frame.data) >= _HEAD else 0


def card_text(frame: Frame) -> bytes:
    """The text of a reply to READ, without the photograph behind it."""
    text = frame.data[_HEAD + _LENGTHS :][:TEXT_BYTES]
    told = int.from_bytes(frame.data[_HEAD : _HEAD + 2], "big")
    if told != TEXT_BYTES or len(text) != TEXT_BYTES:
        raise Unreadable
    return text


def person_card(text: bytes, key: bytes) -> PersonCard:
    """What may leave of a card's text. Raises Unreadable."""
    if len(text) != TEXT_BYTES:
        raise Unreadable
    match _field(text, _KIND_AT, 2):
        case "I":
            kind, name, number = CardKind.FOREIGNER, _foreign_name(text), _field(text, 122, 30)
            holds = _FOREIGNER.fullmatch(number) is not None
        case "J":
            kind, name, number = CardKind.RESIDENT, _field(text, 0, 30), _field(text, 122, 36)
            holds = number_holds(number)
        case "":
            kind, name, number = CardKind.CITIZEN, _field(text, 0, 30), _field(text, 122, 36)
            holds = number_holds(number)
        case _:
            raise Unreadable
    if not holds or not name:
        raise Unreadable
    return PersonCard(kind, masked_name(name), masked_number(number), commitment(number, key))


def number_holds(number: str) -> bool:
    """Eighteen places whose last is the check digit of GB 11643 (ISO 7064, mod 11-2)."""
    return _CITIZEN.fullmatch(number) is not None and number[17] == check_digit(number[:17])


def check_digit(first_17: str) -> str:
    weighed = zip(first_17, _WEIGHTS, strict=True)
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in weighed) % 11]


def masked_name(name: str) -> str:
    """张*, 欧***; of a name of one character nothing is said but that."""
    return name[0] + "*" * max(1, len(name) - 1)


def masked_number(number: str) -> str:
    """533***********123X."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def commitment(number: str, key: bytes) -> str:
    """The same for the same number and key; nothing without a key."""
    return hmac.new(key, _PURPOSE + number.encode(), hashlib.sha256).hexdigest() if key else ""


def _foreign_name(text: bytes) -> str:
    return _field(text, 158, 30) or _field(text, 0, 120)


def _field(text: bytes, at: int, size: int) -> str:
    try:
        return text[at : at + size].decode("utf-16-le").strip(" \0")
    except UnicodeDecodeError:
        raise Unreadable from None
