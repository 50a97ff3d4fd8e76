"""The frame that all Onbon BX cards share, whatever is said inside it. Pure.

    PHY0   A5 ×8 | PHY1, escaped | 5A          A5→A6 02  A6→A6 01  5A→5B 02  5B→5B 01
    PHY1   header | data | CRC-16/ARC          the CRC over header and data, before escaping

Eight times A5, so that some may get lost: one is enough to begin a frame. Escaped, A5 and 5A do
not occur inside, so whatever was lost, the next A5 begins anew.
"""

import re

from drivers.codec.checksums import crc16
from drivers.codec.counters import Counters

_START = b"\xa5"
_MARKS = re.compile(rb"[\xa5\x5a]")
# In this order: what escapes another byte must have been escaped before it is brought in.
_ESCAPES = (
    (b"\xa6", b"\xa6\x01"),
    (b"\xa5", b"\xa6\x02"),
    (b"\x5b", b"\x5b\x01"),
    (b"\x5a", b"\x5b\x02"),
)


class FrameReader:
    """Bytes in any portions to PHY1 bodies whose CRC is right; the rest is counted.

    `longest` is the longest body, still escaped, that is waited for.
    """

    def __init__(self, longest: int = 4096) -> None:
        self.counters = Counters()
        self._longest = longest
        self._body: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes]:
        bodies: list[bytes] = []
        at = 0
        for mark in _MARKS.finditer(data):
            self._between(data[at : mark.start()])
            at = mark.end()
            if mark[0] == _START:
                self._begin()
            elif self._body is None:
                self._lose(1)
            else:
                bodies += self._end(bytes(self._body))
        self._between(data[at:])
        return bodies

    def _begin(self) -> None:
        if self._body:
            self._lose(len(self._body), resyncs=1)
        self._body = bytearray()

    def _between(self, run: bytes) -> None:
        """Take what stands between two marks."""
        if self._body is None:
            self._lose(len(run))
            return
        self._body += run
        if len(self._body) > self._longest:
            self._lose(len(self._body), resyncs=1)
            self._body = None

    def _end(self, escaped: bytes) -> list[bytes]:
        self._body = None
        body = _checked(escaped)
        if body is None:
            self._lose(len(escaped) + 1, crc_bad=1)
            return []
        self.counters += Counters(1, 0, 0, 0)
        return [body]

    def _lose(self, noise_bytes: int, *, crc_bad: int = 0, resyncs: int = 0) -> None:
        if noise_bytes:
            self.counters += Counters(0, crc_bad, noise_bytes, resyncs)

    def reset(self) -> None:
        """Forget half a frame: the link is a new one. What was counted stays."""
        self._body = None


def frame(body: bytes) -> bytes:
    """PHY0 round a header with its data."""
    escaped = body + crc16(body, 0).to_bytes(2, "little")
    for plain, code in _ESCAPES:
        escaped = escaped.replace(plain, code)
    return _START * 8 + escaped + b"\x5a"


def _checked(escaped: bytes) -> bytes | None:
    plain = escaped
    for byte, code in reversed(_ESCAPES):
        plain = plain.replace(code, byte)
    body, check = plain[:-2], plain[-2:]
    return body if body and crc16(body, 0).to_bytes(2, "little") == check else None
