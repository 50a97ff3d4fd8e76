"""The hall's signing key: made on the first start, kept in a file only the server may read.

The key's name is drawn once together with it. It names the ledger in every checkpoint, so it must
be unlike any other hall's, and needs to say nothing.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from hall_server.ledger.note import Ed25519Signer, Signer

KEY_FILE = Path("keys") / "ledger.key"


def signer_of(data: Path) -> Signer:
    """Read the key below the data folder, or make it there, durable before it is used."""
    path = data / KEY_FILE
    if path.is_file():
        return Ed25519Signer.from_private_key(path.read_text("utf-8").strip())
    signer = Ed25519Signer(f"hall.local/{secrets.token_hex(4)}", os.urandom(32))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{signer.private_key}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return signer
