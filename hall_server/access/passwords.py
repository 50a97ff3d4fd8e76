"""Passwords: argon2id hashes (RFC 9106), never inside a transaction.

One verification costs some 30 ms of a core; the runtime runs it off the event loop, few at a time.
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Hash for storing."""
    return _HASHER.hash(password)


def password_is(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; as slow for ``None``."""
    try:
        _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    """Verified for unknown accounts, so that they take as long as known ones."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def one_time_password() -> str:
    """Random, readable aloud: four groups of four without look-alikes (about 90 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
