"""A device played on a pseudo-terminal: to the program that opens it, a serial port."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Engine, KindWords, Seat
from drivers.simulator.player import Player

Played = TypeVar("Played", bound=Engine)


@contextmanager
def played_line(engine: Played) -> Iterator[Player[Played]]:
    """The engine on a port of its own; ``url`` is what goes into a configuration."""
    words = KindWords("played", "模拟", "played", ())
    player = Player(Seat("played", "pty", Changes(), utc_ms), words, engine)
    player.start()
    try:
        yield player
    finally:
        player.stop()
