"""The engineer's key: made once for a station, kept in its folder, never shown on a page.

Whoever can read the station's data folder may look after its devices; a citizen at the kiosk, whose
browser runs on the same machine, cannot. A scraper of /metrics and the command line send it as
`Authorization: Bearer …`; a browser signs in with it once and keeps it in a cookie no script reads.
It is long enough that nobody guesses it, so guessing costs nothing but its answers.
"""

import os
import secrets
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

FILE = "engineer.key"
COOKIE = "hall_engineer"
_BYTES = 18
_DAY_S = 12 * 3600


def engineer_key(folder: Path) -> str:
    """The key of the station whose folder this is; made when there is none."""
    path = folder / FILE
    if path.is_file():
        return path.read_text(encoding="ascii").strip()
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
    return key


def is_known(key: str, authorization: str, cookies: str) -> bool:
    """Whether a request carries the key, in either way."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and _is_same(token.strip(), key):
        return True
    try:
        kept = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return False
    return kept is not None and _is_same(kept.value, key)


def is_right(key: str, given: str) -> bool:
    return _is_same(given.strip(), key)


def cookie_of(key: str) -> str:
    """For one working day, this station only, and no script."""
    return f"{COOKIE}={key}; Path=/; Max-Age={_DAY_S}; HttpOnly; SameSite=Strict"


def _is_same(given: str, key: str) -> bool:
    return compare_digest(given.encode(), key.encode())
