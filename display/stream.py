"""A player's stream: cues as server-sent events, until the page goes.

The way back is watched, since a page that was closed says so there; a comment now and then shows
whether one whose plug was pulled still reads.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Protocol

import msgspec

from display.voices import Voices

LOOK_EVERY_S = 0.5
LOOKS_PER_COMMENT = 10


class Writable(Protocol):
    """The way to the page."""

    def write(self, data: bytes, /) -> object:
        """Send, or raise OSError when the page is gone."""
        ...


def play_stream(
    voices: Voices, loudspeaker: str, page: Writable, is_gone: Callable[[], bool]
) -> None:
    """Serve one player from its coming to its going."""
    player = voices.join(loudspeaker)
    looks = 0
    try:
        while not voices.stopping and not is_gone():
            try:
                cue = player.outbox.get(timeout=LOOK_EVERY_S)
                page.write(b"data: " + msgspec.json.encode(cue) + b"\n\n")
            except queue.Empty:
                looks += 1
                if looks % LOOKS_PER_COMMENT == 0:
                    page.write(b": here\n\n")
    except OSError:
        return
    finally:
        voices.leave(player)
