"""hall-verify's own Ed25519 against the vectors of others, and against the library we sign with."""

import base64
import functools
import hashlib
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_server.ledger.note import Ed25519Signer

WYCHEPROOF = Path(__file__).parent / "vectors" / "ed25519_wycheproof.txt"

# RFC 8032, 7.1: public key, message, signature.
RFC_8032 = """
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
-
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b
d25bf5f0595bbe24655141438e7a100b

3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c
72
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c
387b2eaeb4302aeeb00d291612bb0c00

fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025
af82
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659
4a7c15e9716ed28dc027beceea1ec40a

ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf
sha512 of abc
dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030
3dca179c138ac17ad9bef1177331a704
"""


class VerifyingKey(Protocol):
    """What the tests need of hall-verify's own key."""

    def has_signed(self, message: bytes, signature: bytes) -> bool: ...


def accepts(hall_verify: ModuleType, public: bytes, message: bytes, signature: bytes) -> bool:
    key = key_of(hall_verify, public)
    return key is not None and key.has_signed(message, signature)


@functools.cache
def key_of(hall_verify: ModuleType, public: bytes) -> VerifyingKey | None:
    """The key, unless hall-verify refuses it; its tables take a while, so they are kept."""
    typed = b"\x01" + public
    key_id = hashlib.sha256(b"test\n" + typed).digest()[:4].hex()
    try:
        key: VerifyingKey = hall_verify.Key(f"test+{key_id}+{base64.b64encode(typed).decode()}")
    except ValueError:
        return None
    return key


@pytest.mark.parametrize("vector", RFC_8032.strip().split("\n\n"))
def test_the_rfc_s_vectors(hall_verify: ModuleType, vector: str) -> None:
    public, message, *signature = vector.split("\n")
    message = message.replace("sha512 of abc", hashlib.sha512(b"abc").hexdigest()).strip("-")
    key, text, signed = map(bytes.fromhex, (public, message, "".join(signature)))
    assert accepts(hall_verify, key, text, signed)
    assert not accepts(hall_verify, key, text + b"x", signed)


def test_the_vectors_of_project_wycheproof(hall_verify: ModuleType) -> None:
    judged = {"valid": 0, "invalid": 0}
    for line in WYCHEPROOF.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        verdict, public, message, signature, *comment = line.split(" ")
        parts = (bytes.fromhex(part.strip("-")) for part in (public, message, signature))
        assert accepts(hall_verify, *parts) == (verdict == "valid"), comment
        judged[verdict] += 1
    assert judged == {"valid": 117, "invalid": 64}


@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=60),
    place=st.integers(0, 63),
    bit=st.integers(0, 7),
)
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_it_judges_as_the_library_does(
    hall_verify: ModuleType, seed: bytes, message: bytes, place: int, bit: int
) -> None:
    signer = Ed25519Signer("test", seed)
    key = hall_verify.Key(signer.vkey)
    signature = bytearray(signer.sign(message))
    assert key.has_signed(message, bytes(signature))
    signature[place] ^= 1 << bit
    assert not key.has_signed(message, bytes(signature))
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(key.public).verify(bytes(signature), message)
