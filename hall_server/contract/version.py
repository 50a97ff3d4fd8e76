"""The version that every program of this release speaks, and the oldest the hall lets in."""

from __future__ import annotations

VERSION = "0.1.0"
MINIMUM_VERSION = "0.1.0"


def is_older(version: str, minimum: str = MINIMUM_VERSION) -> bool:
    """Whether ``version`` is older than ``minimum``; what is no version counts as too old."""
    try:
        return _parts(version) < _parts(minimum)
    except ValueError:
        return True


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
