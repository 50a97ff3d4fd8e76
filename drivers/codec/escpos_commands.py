"""A host's ESC/POS stream cut into commands, as a printer sees it. Pure.

    text     bytes from 20 up, which no command begins with
    command  ESC, GS, FS or DLE and a letter, then as many bytes as the letter demands; or one
             of LF CR HT FF CAN

The reader knows only lengths; what a command does is the paper's and the printer's concern. It
never raises: unknown letters and stray control bytes are counted and passed over, and a length that
no printer could hold is taken for noise.
"""

from dataclasses import dataclass

_ESC, _GS, _FS, _DLE = 0x1B, 0x1D, 0x1C, 0x10
_LONGEST_COMMAND = 1 << 20
_PLAIN = frozenset(b"\n\r\t\x0c\x18")
# Bytes that follow the letter, for commands of fixed length.
_FIXED: dict[int, dict[int, int]] = {
    _ESC: {
        **dict.fromkeys(b"@2LSim", 0),
        **dict.fromkeys(b'!atEGM-3dJeK {VR=Tru%"9', 1),
        **dict.fromkeys(b"$\\cB", 2),
        **dict.fromkeys(b"p", 3),
        **dict.fromkeys(b"W", 8),
    },
    _GS: {
        **dict.fromkeys(b":", 0),
        **dict.fromkeys(b"!BHarIhwfb/T", 1),
        **dict.fromkeys(b"LWP$\\", 2),
        **dict.fromkeys(b"^", 3),
    },
    _FS: {
        **dict.fromkeys(b"&.", 0),
        **dict.fromkeys(b"!-CW", 1),
        **dict.fromkeys(b"Sp", 2),
    },
    _DLE: {0x04: 1, 0x05: 1},
}
_CUTS_WITH_FEED = frozenset({65, 66, 97, 98, 103, 104})
_PULSES = {1: 3, 2: 3, 3: 6, 7: 2, 8: 8}  # DLE DC4 fn: bytes after DC4


@dataclass(frozen=True, slots=True)
class Text:
    data: bytes


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is the lead byte and its letter, with the function letter of a "(" group."""

    name: bytes
    data: bytes = b""


Order = Text | Command


class CommandReader:
    def __init__(self) -> None:
        self.noise_bytes = 0
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Order]:
        self._pending += data
        pending = bytes(self._pending)
        orders: list[Order] = []
        at = 0
        while at < len(pending):
            taken = self._next(pending, at, orders)
            if taken == 0:
                break
            at += taken
        del self._pending[:at]
        return orders

    def reset(self) -> None:
        """The printer was switched off and on, or the host hung up: half a command is forgotten."""
        self.noise_bytes += len(self._pending)
        self._pending.clear()

    def _next(self, pending: bytes, at: int, orders: list[Order]) -> int:
        """Bytes used from `at`; 0 when more have to come first."""
        lead = pending[at]
        if lead >= 0x20:
            end = at + 1
            while end < len(pending) and pending[end] >= 0x20:
                end += 1
            orders.append(Text(pending[at:end]))
            return end - at
        if lead in _PLAIN:
            orders.append(Command(pending[at : at + 1]))
            return 1
        if lead not in _FIXED:
            self.noise_bytes += 1
            return 1
        if at + 1 >= len(pending):
            return 0
        return self._command(pending, at, orders)

    def _command(self, pending: bytes, at: int, orders: list[Order]) -> int:
        rest = pending[at + 2 : at + 10]
        head = _head(pending[at], pending[at + 1], rest, pending, at)
        if head is None:
            return 0
        name_length, data_length = head
        if data_length < 0 or data_length > _LONGEST_COMMAND:
            self.noise_bytes += 2
            return 2 if pending[at] != _DLE else 1
        whole = name_length + data_length
        if at + whole > len(pending):
            return 0
        name = pending[at : at + name_length]
        orders.append(Command(name, pending[at + name_length : at + whole]))
        return whole


_UNKNOWN = (2, -1)


def _head(lead: int, letter: int, rest: bytes, pending: bytes, at: int) -> tuple[int, int] | None:
    """Length of the name and of what follows; None when that cannot be told yet."""
    fixed = _FIXED[lead].get(letter)
    if fixed is not None:
        return 2, fixed
    match (lead, letter):
        case (_, 0x28) if lead != _DLE:  # ( fn pL pH …
            return None if len(rest) < 3 else (3, 2 + rest[1] + (rest[2] << 8))
        case (0x1D, 0x38):  # GS 8 L p1 p2 p3 p4 …
            return None if len(rest) < 5 else (3, 4 + int.from_bytes(rest[1:5], "little"))
        case (0x1D, 0x56):  # GS V m [n]
            return None if not rest else (2, 2 if rest[0] in _CUTS_WITH_FEED else 1)
        case (0x1D, 0x76):  # GS v 0 m xL xH yL yH …
            if len(rest) < 6:
                return None
            width = rest[2] + (rest[3] << 8)
            return 3, 5 + width * (rest[4] + (rest[5] << 8))
        case (0x1D, 0x6B):  # GS k m … NUL, or GS k m n …
            return _barcode(rest, pending, at)
        case (0x1D, 0x65):  # GS e n [m]: presenter
            return None if not rest else (2, 2 if rest[0] in {3, 4} else 1)
        case (0x1D, 0x2A):  # GS * x y …
            return None if len(rest) < 2 else (2, 2 + rest[0] * rest[1] * 8)
        case (0x1B, 0x2A):  # ESC * m nL nH …
            if len(rest) < 3:
                return None
            columns = rest[1] + (rest[2] << 8)
            return 2, 3 + columns * (3 if rest[0] in {32, 33} else 1)
        case (0x1B, 0x44):  # ESC D … NUL: tab stops, at most 32
            return _until_nul(pending, at + 2, 33)
        case (0x10, 0x14):  # DLE DC4 fn …
            return None if not rest else (2, _PULSES.get(rest[0], -1))
        case _:
            return _UNKNOWN


def _barcode(rest: bytes, pending: bytes, at: int) -> tuple[int, int] | None:
    if not rest:
        return None
    if rest[0] <= 6:
        until = _until_nul(pending, at + 3, 256)
        return until if until is None or until is _UNKNOWN else (2, 1 + until[1])
    return None if len(rest) < 2 else (2, 2 + rest[1])


def _until_nul(pending: bytes, start: int, longest: int) -> tuple[int, int] | None:
    end = pending.find(b"\x00", start, start + longest)
    if end < 0:
        return _UNKNOWN if len(pending) - start >= longest else None
    return 2, end - start + 1
