"""The promise on the ticket: 88 signed bytes that say "this event is number so-and-so in our book".

      0        1        3                8                       24                          88
      ├────────┼────────┼────────────────┼───────────────────────┼───────────────────────────┤
      │ 01     │ key    │ seq            │ leaf                  │ signature                 │
      │version │ tag, 2 │ big-endian, 5  │ first 16 of its hash  │ Ed25519, 64               │
      └────────┴────────┴────────────────┴───────────────────────┴───────────────────────────┘
      signed: "hall-receipt/v1" LF ‖ the key's name LF ‖ bytes 0 to 24

The key tag is the first half of the signing key's id: it tells a receipt of another hall from a
false one; the name itself is bound by the signature. Five bytes of seq last for a million
million events. Nothing on the receipt speaks of a person.

On paper it follows the address at which the ticket's place in the queue can be seen,

    http://hall.example/t/7Q4MZPk2_xYw-3Ab#AQfz…118 characters of base64url…

behind the #, so a browser never sends it unasked. With up to 33 characters before the # this is a
QR code of version 8-M, 49 modules; with up to 61, 9-M and 53: 25 to 27 mm at four dots to a
module on a 203 dpi printer, for 58 as for 80 mm paper. Base64url and not the denser base 45,
because printers with a QR command of their own know one mode, bytes, and 45 has blanks and
percent signs that a link may not have.

No clock, no network, no randomness.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Self

from hall_server.ledger.merkle import HASH_BYTES
from hall_server.ledger.note import SIGNATURE_BYTES, Signer, Verifier

RECEIPT_BYTES = 88
RECEIPT_CHARACTERS = 118
VERSION = 1
LEAF_TAG_BYTES = 16
MAX_SEQ = 2**40 - 1
_SIGNED_BYTES = RECEIPT_BYTES - SIGNATURE_BYTES
_DOMAIN = b"hall-receipt/v1\n"
_LINK = re.compile(r"(https?://[^\s#]+)/t/([0-9A-Za-z_-]{16,32})#([0-9A-Za-z_-]+)")


class ReceiptError(ValueError):
    """These bytes or this text are no receipt; the message says why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A promise taken apart; whether it is genuine, `is_signed_by` tells."""

    key_tag: bytes
    seq: int
    leaf_tag: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        return _promise(self.key_tag, self.seq, self.leaf_tag) + self.signature

    @classmethod
    def from_bytes(cls, frame: bytes) -> Self:
        if len(frame) != RECEIPT_BYTES:
            raise ReceiptError(f"{len(frame)} bytes; a receipt has {RECEIPT_BYTES}")
        if frame[0] != VERSION:
            raise ReceiptError(f"a receipt of version {frame[0]}, which is not known here")
        seq = int.from_bytes(frame[3:8], "big")
        if seq == 0:
            raise ReceiptError("no event has the number 0")
        return cls(frame[1:3], seq, frame[8:_SIGNED_BYTES], frame[_SIGNED_BYTES:])

    def to_text(self) -> str:
        return base64.urlsafe_b64encode(self.to_bytes()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Only the one spelling `to_text` gives; stray bits in the last character are refused."""
        if len(text) != RECEIPT_CHARACTERS:
            raise ReceiptError(f"{len(text)} characters; a receipt has {RECEIPT_CHARACTERS}")
        try:
            frame = base64.b64decode(text + "==", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ReceiptError("not base64url") from error
        receipt = cls.from_bytes(frame)
        if receipt.to_text() != text:
            raise ReceiptError("base64url in another than its one spelling")
        return receipt

    def is_of(self, verifier: Verifier) -> bool:
        """Does it claim to come from this key? If not, another hall's key should judge it."""
        return self.key_tag == verifier.key_id[:2]

    def is_signed_by(self, verifier: Verifier) -> bool:
        promise = _promise(self.key_tag, self.seq, self.leaf_tag)
        signed = _message(verifier.name, promise)
        return self.is_of(verifier) and verifier.verify(signed, self.signature)

    def names(self, leaf: bytes) -> bool:
        """Is this the leaf hash the promise speaks of?"""
        return leaf[:LEAF_TAG_BYTES] == self.leaf_tag


def sign_receipt(seq: int, leaf: bytes, signer: Signer) -> Receipt:
    if not 0 < seq <= MAX_SEQ or len(leaf) != HASH_BYTES:
        raise ReceiptError(f"no receipt for seq {seq} with a leaf of {len(leaf)} bytes")
    key_tag, leaf_tag = signer.key_id[:2], leaf[:LEAF_TAG_BYTES]
    signature = signer.sign(_message(signer.name, _promise(key_tag, seq, leaf_tag)))
    if len(signature) != SIGNATURE_BYTES:
        raise ReceiptError("the frame has room for a signature of 64 bytes")
    return Receipt(key_tag, seq, leaf_tag, signature)


@dataclass(frozen=True, slots=True)
class ReceiptLink:
    """What the ticket's QR code says: where to follow the ticket, and the promise."""

    base_url: str
    follow_code: str
    receipt: Receipt

    def __str__(self) -> str:
        return f"{self.base_url}/t/{self.follow_code}#{self.receipt.to_text()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        parts = _LINK.fullmatch(text)
        if parts is None:
            raise ReceiptError("not the address of a ticket with its receipt")
        return cls(parts[1], parts[2], Receipt.from_text(parts[3]))


def _promise(key_tag: bytes, seq: int, leaf_tag: bytes) -> bytes:
    return bytes([VERSION]) + key_tag + seq.to_bytes(5, "big") + leaf_tag


def _message(name: str, promise: bytes) -> bytes:
    return _DOMAIN + name.encode() + b"\n" + promise
