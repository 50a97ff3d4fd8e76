"""Signed notes (C2SP signed-note): text that carries its own signatures, and the keys for them.

    Some text of any number of lines.            ◄ text: ends in a line feed, which is signed too
                                                 ◄ the last empty line parts text and signatures
    — hall.example/double 5v2c…base64…           ◄ name, then 4 bytes key id ‖ signature

    key id      = SHA-256(name ‖ 0A ‖ type ‖ public key)[:4]
    vkey        = name+hex(key id)+base64(type ‖ public key)           for whoever checks
    private key = PRIVATE+KEY+name+hex(key id)+base64(type ‖ seed)     for whoever signs

Signatures of unknown keys are skipped, so a witness may add its own. The type byte names the
algorithm: 01 is Ed25519, the only one built in. Another one (an SM2 key in an approved module,
say) joins by fulfilling `Signer` and `Verifier`.

No files, no network, no clock, no randomness.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
MAX_NOTE_CHARACTERS = 65_536
MAX_SIGNATURES = 64
_ED25519_TYPE = b"\x01"
_KEY_BYTES = 32
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_PRIVATE_MARK = "PRIVATE+KEY+"


class NoteError(ValueError):
    """Neither a note nor a key; the message says where it departs from the form."""


class NotSignedError(NoteError):
    """A well-formed note without a valid signature of the key asked for."""


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        lines = (
            f"— {one.name} {base64.b64encode(one.key_id + one.signature).decode()}\n"
            for one in self.signatures
        )
        return f"{self.text}\n{''.join(lines)}"


class Verifier(Protocol):
    """Checks what one key has signed."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    @property
    def vkey(self) -> str: ...
    def verify(self, message: bytes, signature: bytes) -> bool: ...


class Signer(Protocol):
    """Signs with one key, which may sit in a module of its own."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    @property
    def vkey(self) -> str: ...
    @property
    def verifier(self) -> Verifier: ...
    def sign(self, message: bytes) -> bytes: ...
    def renamed(self, name: str) -> "Signer":
        """The same key signing under another name, which gives it another id."""


class Ed25519Verifier:
    """A public key with the name it signs under."""

    def __init__(self, name: str, public_key: bytes) -> None:
        _check_name(name)
        self.name = name
        self.key_id = key_id(name, _ED25519_TYPE + public_key)
        self.vkey = f"{name}+{self.key_id.hex()}+{encode_base64(_ED25519_TYPE + public_key)}"
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    @classmethod
    def from_vkey(cls, vkey: str) -> Self:
        name, named_id, key = _key_parts(vkey.strip())
        verifier = cls(name, key)
        if verifier.key_id != named_id:
            raise NoteError("the key's id does not belong to the key")
        return verifier

    def verify(self, message: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Ed25519Signer:
    """A private key, made from its 32-byte seed; deterministic, so it needs no randomness."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.verifier: Verifier = Ed25519Verifier(name, self._key.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.verifier.key_id

    @classmethod
    def from_private_key(cls, text: str) -> Self:
        mark, text = text[: len(_PRIVATE_MARK)], text[len(_PRIVATE_MARK) :].strip()
        if mark != _PRIVATE_MARK:
            raise NoteError(f"a private key starts with {_PRIVATE_MARK}")
        name, named_id, seed = _key_parts(text)
        signer = cls(name, seed)
        if signer.key_id != named_id:
            raise NoteError("the key's id does not belong to the key")
        return signer

    @property
    def vkey(self) -> str:
        return self.verifier.vkey

    @property
    def private_key(self) -> str:
        """The text to keep in a file that only the server may read."""
        key = encode_base64(_ED25519_TYPE + self._seed)
        return f"{_PRIVATE_MARK}{self.name}+{self.key_id.hex()}+{key}"

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def renamed(self, name: str) -> "Ed25519Signer":
        return Ed25519Signer(name, self._seed)


def key_id(name: str, typed_key: bytes) -> bytes:
    """`typed_key` is the type byte and the public key."""
    return hashlib.sha256(f"{name}\n".encode() + typed_key).digest()[:KEY_ID_BYTES]


def sign_note(text: str, signers: Sequence[Signer]) -> Note:
    _check_text(text)
    signatures = (Signature(one.name, one.key_id, one.sign(text.encode())) for one in signers)
    return Note(text, tuple(signatures))


def parse_note(note: str) -> Note:
    """Take a note apart without judging its signatures."""
    if len(note) > MAX_NOTE_CHARACTERS:
        raise NoteError(f"a note has at most {MAX_NOTE_CHARACTERS} characters")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteError("no empty line parts the text from its signatures")
    _check_text(text + "\n")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(text + "\n", tuple(_parse_signature(line) for line in lines))


def open_note(note: str, verifier: Verifier) -> str:
    """The text, if this key has signed it; a false signature of the key spoils the whole note."""
    parsed = parse_note(note)
    own = [
        one.signature
        for one in parsed.signatures
        if (one.name, one.key_id) == (verifier.name, verifier.key_id)
    ]
    if not own:
        raise NotSignedError(f"{verifier.name} has not signed this")
    if not all(verifier.verify(parsed.text.encode(), signature) for signature in own):
        raise NotSignedError(f"the signature of {verifier.name} is false")
    return parsed.text


def decode_base64(text: str) -> bytes:
    """Standard base64 in its one spelling; Python's own reader lets unused bits stand."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base64") from error
    if encode_base64(decoded) != text:
        raise NoteError("base64 in another than its one spelling")
    return decoded


def _parse_signature(line: str) -> Signature:
    form = _SIGNATURE_LINE.fullmatch(line)
    if form is None:
        raise NoteError(f"no signature line: {line[:60]!r}")
    signature = decode_base64(form[2])
    if len(signature) <= KEY_ID_BYTES:
        raise NoteError("a signature line without a signature")
    return Signature(form[1], signature[:KEY_ID_BYTES], signature[KEY_ID_BYTES:])


def _key_parts(text: str) -> tuple[str, bytes, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1]):
        raise NoteError("a key is name+id+base64")
    typed_key = decode_base64(parts[2])
    if typed_key[:1] != _ED25519_TYPE or len(typed_key) != 1 + _KEY_BYTES:
        raise NoteError("the key is not an Ed25519 one")
    return parts[0], bytes.fromhex(parts[1]), typed_key[1:]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoteError(f"{name!r} is no key name: no blanks, no plus")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("a note's text ends in a line feed and has no other control character")


def encode_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
