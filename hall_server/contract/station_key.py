"""A station's own Ed25519 key: made on its first start, never leaving the machine.

The hall knows the public half since the enrolment; with each sign-on the station signs a text that
names itself, the moment and the request, so that what was overheard once is of no use again.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hall_server.contract.messages.access import StationSignOn

_KEY_BYTES = 32


class StationKeyError(Exception):
    """The key file is there but holds no key: a person must look at it."""


def sign_on_text(station_id: str, at: int, request_id: str, origin: str) -> bytes:
    """What a station signs when it signs on; the hall verifies the very same bytes."""
    return f"hall-station\n{station_id}\n{at}\n{request_id}\n{origin}".encode()


class StationKey:
    """The private key and what it is good for."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        """Hold the key; see :meth:`load_or_make` for the file."""
        self._private_key = private_key

    @classmethod
    def load_or_make(cls, path: Path) -> StationKey:
        """Read the key, or make one that only this user may read, durable before it is used."""
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text())))
        except FileNotFoundError:
            pass
        except ValueError as error:
            raise StationKeyError(f"{path} does not hold a station key") from error
        secret = os.urandom(_KEY_BYTES)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret.hex())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        return cls(Ed25519PrivateKey.from_private_bytes(secret))

    @property
    def public_hex(self) -> str:
        """What the hall keeps of it."""
        return self._private_key.public_key().public_bytes_raw().hex()

    def sign_on(
        self, station_id: str, version: str, at: int, request_id: str, origin: str
    ) -> StationSignOn:
        """The signed message that opens a station's session."""
        text = sign_on_text(station_id, at, request_id, origin)
        return StationSignOn(
            request_id=request_id,
            station_id=station_id,
            version=version,
            at=at,
            origin=origin,
            signature=self._private_key.sign(text).hex(),
        )
