"""What goes wrong with cameras and recordings: told in both languages, never with an address.

Whoever catches a library's error raises one of these ``from None``: the library's own words may
hold the whole address, and so a password.
"""

from __future__ import annotations

from enum import StrEnum


class GapCause(StrEnum):
    """Why pictures are missing between two moments."""

    OFFLINE = "offline"
    """The camera was not heard."""
    REFUSED = "refused"
    """The address may not be opened from here, or the camera does not know the account."""
    CLOCK = "clock"
    """This machine's clock was set."""
    DISK = "disk"
    """The disk was full or broken."""
    BROKEN = "broken"
    """What the camera sent cannot be kept."""
    SCHEDULE = "schedule"
    """Nothing is recorded at this hour."""
    STOPPED = "stopped"
    """The recorder was stopped."""
    CRASH = "crash"
    """The recorder ended without a word."""
    UNKNOWN = "unknown"
    """Nothing was recorded and nobody noted why."""


class CameraFault(Exception):  # noqa: N818 - a fault of a device, as the house names them
    """A camera cannot be opened, or has fallen silent."""

    def __init__(self, cause: GapCause, zh: str, en: str) -> None:
        """``zh`` and ``en`` are whole sentences for the supervisor's page."""
        super().__init__(f"{zh} {en}")
        self.cause, self.zh, self.en = cause, zh, en
