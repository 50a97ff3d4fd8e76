"""The token of a look: short, for what it says, and proved without the hall."""

from __future__ import annotations

import msgspec
import pytest

from hall_server.contract.admission import (
    ADMITTED_MS,
    Admission,
    AdmissionError,
    admission_of,
    signed_text,
    token_of,
)
from hall_server.ledger.note import Ed25519Signer

NINE = 1_795_395_600_000
SIGNER = Ed25519Signer("hall.local/0123abcd", bytes(range(32)))
LIVE = Admission(account="boss", camera_ids=["camera-1", "camera-2"], expires_at=NINE + 300_000)


def token(admission: Admission = LIVE, signer: Ed25519Signer = SIGNER) -> str:
    return token_of(admission, signer.sign(signed_text(admission)))


def test_what_the_hall_signed_is_read_back() -> None:
    assert admission_of(token(), SIGNER.vkey, NINE) == LIVE
    assert LIVE.is_live
    of_clip = msgspec.structs.replace(LIVE, begins_at=NINE - 9, ends_at=NINE)
    assert not admission_of(token(of_clip), SIGNER.vkey, NINE).is_live


def test_a_changed_token_lets_nobody_in() -> None:
    good = token()
    for place in range(0, len(good), 7):
        other = "A" if good[place] != "A" else "B"
        with pytest.raises(AdmissionError):
            admission_of(good[:place] + other + good[place + 1 :], SIGNER.vkey, NINE)


@pytest.mark.parametrize(
    "spoilt", ["", ".", "a.b", "中文.x", token()[:-4], f"{token()}.x", "A" * 9000]
)
def test_what_is_no_token_lets_nobody_in(spoilt: str) -> None:
    with pytest.raises(AdmissionError):
        admission_of(spoilt, SIGNER.vkey, NINE)


def test_it_is_good_for_five_minutes_under_one_key() -> None:
    admission_of(token(), SIGNER.vkey, NINE + ADMITTED_MS - 1)
    for now_ms in (NINE + ADMITTED_MS, NINE - 2 * ADMITTED_MS):
        with pytest.raises(AdmissionError):
            admission_of(token(), SIGNER.vkey, now_ms)
    stranger = Ed25519Signer("hall.local/0123abcd", bytes(32))
    with pytest.raises(AdmissionError):
        admission_of(token(signer=stranger), SIGNER.vkey, NINE)
    for key in ("", "hall+1234", "hall+12345678+AAAA", "hall+12345678+Aw=="):
        with pytest.raises(AdmissionError):
            admission_of(token(), key, NINE)
