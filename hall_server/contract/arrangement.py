"""The hall's word that somebody may add, change or remove a camera: made there, checked here.

As the word for a look (``admission.py``) but signed for another use, so that neither passes for the
other: whoever states cameras does not look at them by that. It, too, stands in the ledger before it
is given; where a camera is and by which password goes to the monitor alone.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from hall_server.contract.admission import ADMITTED_MS, AdmissionError, proved, written
from hall_server.contract.messages.supervision import CameraAct

_DOMAIN = b"hall-arrange/v1\n"


class Arrangement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may do what with which camera, and until when."""

    account: str
    act: CameraAct
    camera_id: str
    expires_at: int


def signed_text(arrangement: Arrangement) -> bytes:
    """What the hall signs."""
    return _DOMAIN + msgspec.json.encode(arrangement)


def token_of(arrangement: Arrangement, signature: bytes) -> str:
    """The token, from the arrangement and the hall's signature of ``signed_text``."""
    return written(msgspec.json.encode(arrangement), signature)


def arrangement_of(token: str, verifier_key: str, now_ms: int) -> Arrangement:
    """What this token proves; raises AdmissionError."""
    try:
        told = msgspec.json.decode(proved(token, verifier_key, _DOMAIN), type=Arrangement)
    except msgspec.DecodeError as error:
        raise AdmissionError("signed by a hall of another release") from error
    if not now_ms < told.expires_at <= now_ms + 2 * ADMITTED_MS:
        raise AdmissionError("over, or not of this time")
    return told
