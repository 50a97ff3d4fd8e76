"""Every kind of device that can be played; a new one is a line here."""

from drivers.simulator.bar import BAR
from drivers.simulator.player import PlayedKind
from drivers.simulator.printer import PRINTER

PLAYED: tuple[PlayedKind, ...] = (PRINTER, BAR)
