"""The frame that all Onbon BX cards share, whatever is said inside it. Pure.

    PHY0   A5 ×8 | PHY1, escaped | 5A          A5→A6 02  A6→A6 01  5A→5B 02  5B→5B 01
    PHY1   header | data | CRC-16/ARC          the CRC over header and data, before escaping

Eight times A5, so that some may get lost: one is enough to begin a frame. Escaped, A5 and 5A do
not occur inside, so whatever was lost, the next A5 begins anew.
"""

from drivers.codec.checksums import crc16
from drivers.codec.counters import Counters

_START, _END = 0xA5, 0x5A
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
        crc_bad = noise_bytes = resyncs = 0
        for byte in data:
            if byte == _START:
                if self._body:
                    noise_bytes += len(self._body)
                    resyncs += 1
                self._body = bytearray()
            elif self._body is None:
                noise_bytes += 1
            elif byte == _END:
                body = _checked(bytes(self._body))
                if body is None:
                    crc_bad += 1
                    noise_bytes += len(self._body) + 1
                else:
                    bodies.append(body)
                self._body = None
            elif len(self._body) >= self._longest:
                noise_bytes += len(self._body) + 1
                resyncs += 1
                self._body = None
            else:
                self._body.append(byte)
        self.counters += Counters(len(bodies), crc_bad, noise_bytes, resyncs)
        return bodies

    def reset(self) -> None:
        """Forget half a frame: the link is a new one. What was counted stays."""
        self._body = None


def frame(body: bytes) -> bytes:
    """PHY0 round a header with its data."""
    escaped = body + crc16(body, 0).to_bytes(2, "little")
    for plain, code in _ESCAPES:
        escaped = escaped.replace(plain, code)
    return bytes([_START] * 8) + escaped + bytes([_END])


def _checked(escaped: bytes) -> bytes | None:
    plain = escaped
    for byte, code in reversed(_ESCAPES):
        plain = plain.replace(code, byte)
    body, check = plain[:-2], plain[-2:]
    return body if body and crc16(body, 0).to_bytes(2, "little") == check else None
