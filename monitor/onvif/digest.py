"""HTTP's digest authentication (RFC 7616), as cameras ask for it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from urllib.request import parse_http_list, parse_keqv_list

from monitor.onvif.envelope import Account

CHALLENGE_MOST = 4_000
HASHES: dict[str, Callable[[bytes], str]] = {
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}


def authorisation(
    challenges: list[str], account: Account, method: str, path: str, nonce: str
) -> str | None:
    """What to answer to ``WWW-Authenticate``; None where no challenge is one we answer.

    A password is never sent as it is: a camera that knows only Basic gets nothing.
    """
    offered = [one for one in map(_challenge, challenges) if one]
    for name, digest in HASHES.items():
        for told in offered:
            if told.get("algorithm", "MD5").upper() == name and "nonce" in told:
                return _answer(told, digest, account, method, path, nonce)
    return None


def _challenge(header: str) -> dict[str, str]:
    scheme, _, rest = header[:CHALLENGE_MOST].strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    pairs = [one for one in parse_http_list(rest) if "=" in one]
    return {key.lower(): value for key, value in parse_keqv_list(pairs).items()}


def _answer(
    told: dict[str, str],
    digest: Callable[[bytes], str],
    account: Account,
    method: str,
    path: str,
    nonce: str,
) -> str:
    realm, theirs = told.get("realm", ""), told["nonce"]
    whose = digest(f"{account.name}:{realm}:{account.password}".encode())
    what = digest(f"{method}:{path}".encode())
    said = {"username": account.name, "realm": realm, "nonce": theirs, "uri": path}
    qualities = [one.strip() for one in told.get("qop", "").split(",")]
    if "auth" in qualities:
        proof = digest(f"{whose}:{theirs}:00000001:{nonce}:auth:{what}".encode())
        bare = f", qop=auth, nc=00000001, algorithm={told.get('algorithm', 'MD5')}"
        said |= {"cnonce": nonce}
    else:
        proof, bare = digest(f"{whose}:{theirs}:{what}".encode()), ""
    said |= {"response": proof} | {key: told[key] for key in ("opaque",) if key in told}
    quoted = ", ".join(f'{key}="{_quotable(value)}"' for key, value in said.items())
    return f"Digest {quoted}{bare}"


def _quotable(value: str) -> str:
    """Within quotes, and on one line."""
    plain = "".join(c for c in value if c.isprintable())
    return plain.replace("\\", "\\\\").replace('"', '\\"')
