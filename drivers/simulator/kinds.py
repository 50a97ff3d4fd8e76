"""Every kind of device that can be played; a new one is a line here."""

from drivers.simulator.bar import BAR
from drivers.simulator.inputs import CALL_PAD, FRAME_BAR, ID_CARD, RATING_PAD, SCANNER
from drivers.simulator.player import PlayedKind
from drivers.simulator.printer import PRINTER
from drivers.simulator.signs import BX_E, DDP, MODBUS_TEXT, SACN

PLAYED: tuple[PlayedKind, ...] = (
    *(PRINTER, BAR, BX_E, MODBUS_TEXT, DDP, SACN),
    *(CALL_PAD, RATING_PAD, FRAME_BAR, SCANNER, ID_CARD),
)
