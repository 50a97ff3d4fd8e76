"""The hall's word that somebody may look at cameras for a few minutes: made there, checked here.

    base64url(JSON of Admission) "." base64url(Ed25519 signature of "hall-look/v1" LF JSON)

The monitor's doors let in whoever brings one, also while the hall is away: they need only the key
that ``ledger.checkpoint`` names. Each was recorded in the ledger before it was given, so there is
no look without its line. No clock: the hall's time is handed in.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from hall_server.contract.messages.supervision import Still

ADMITTED_MS = 300_000
"""How long a token is good; whoever looks on asks again, and that is recorded again."""
TOKEN_CHARACTERS_MOST = 8_000
_DOMAIN = b"hall-look/v1\n"
_ED25519 = b"\x01"
"""First byte of a C2SP verifier key."""


class AdmissionError(Exception):
    """Nobody is let in with this; the message says why."""


class Admission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may look at what, and until when."""

    account: str
    camera_ids: list[str]
    expires_at: int
    begins_at: int = 0
    """Of what was recorded; both 0: live."""
    ends_at: int = 0
    look: int = 0
    """The seq of the look at what was recorded, under which each seek in it is written down."""
    export_id: int = 0
    """An export to be fetched, and no camera; 0: none."""
    stills: list[Still] = []
    """Pictures of a finding or a reference, each with what the hall says its content hashes to."""

    @property
    def is_live(self) -> bool:
        """Whether it is for live pictures."""
        return self.ends_at == 0 and self.export_id == 0


def signed_text(admission: Admission) -> bytes:
    """What the hall signs."""
    return _DOMAIN + msgspec.json.encode(admission)


def token_of(admission: Admission, signature: bytes) -> str:
    """The token, from the admission and the hall's signature of ``signed_text``."""
    return written(msgspec.json.encode(admission), signature)


def admission_of(token: str, verifier_key: str, now_ms: int) -> Admission:
    """The admission that this token proves.

    ``verifier_key`` is the hall's, as ``ledger.checkpoint`` gives it; ``now_ms`` is the hall's
    time. Raises AdmissionError for what is forged, spoilt or over, whoever made it.
    """
    text = proved(token, verifier_key, _DOMAIN)
    try:
        admission = msgspec.json.decode(text, type=Admission)
    except msgspec.DecodeError as error:
        raise AdmissionError("signed by a hall of another release") from error
    if not now_ms < admission.expires_at <= now_ms + 2 * ADMITTED_MS:
        raise AdmissionError("over, or not of this time")
    return admission


def proved(token: str, verifier_key: str, domain: bytes) -> bytes:
    """What a token says, if the hall has signed it for this use; raises AdmissionError."""
    if len(token) > TOKEN_CHARACTERS_MOST:
        raise AdmissionError("too long")
    told, _, signature = token.partition(".")
    text = _decode(told)
    try:
        _public_key(verifier_key).verify(_decode(signature), domain + text)
    except InvalidSignature:
        raise AdmissionError("not signed by this hall") from None
    return text


def written(text: bytes, signature: bytes) -> str:
    """A token of a text and the hall's signature of it, its use before it."""
    return f"{_encode(text)}.{_encode(signature)}"


def _public_key(verifier_key: str) -> Ed25519PublicKey:
    """Of ``name+id+base64(type ‖ key)``."""
    try:
        typed = base64.b64decode(verifier_key.strip().split("+", 2)[2], validate=True)
        if typed[:1] != _ED25519:
            raise AdmissionError("the hall's key is of a kind not known here")
        return Ed25519PublicKey.from_public_bytes(typed[1:])
    except (IndexError, ValueError) as error:
        raise AdmissionError("no verifier key") from error


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise AdmissionError("not base64url") from error
