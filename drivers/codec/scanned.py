"""What a code reader on a serial port sends: a line for each code, ended as its maker likes. Pure.

CR, LF and CRLF end a line; so does a pause, for readers that were set to send nothing behind the
code (`silence`). Codes are UTF-8; some readers turn Chinese in them into GB 18030. The two look
alike where a pair of bytes is a Chinese character in the one and a foreign letter in the other;
then it is taken for Chinese.
"""

from dataclasses import replace

from drivers.codec.counters import Counters

LONGEST_CODE = 2048  # bytes; a QR code holds 2,953 at most, and nobody prints such a one


class ScanReader:
    """Bytes in any portions to codes."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._line = b""
        self._is_too_long = False

    def feed(self, data: bytes) -> list[str]:
        codes: list[str] = []
        for byte in data:
            if byte in b"\r\n":
                codes += self.silence()
            elif len(self._line) < LONGEST_CODE and not self._is_too_long:
                self._line += bytes([byte])
            else:
                self._is_too_long = True
        return codes

    def silence(self) -> list[str]:
        """Nothing more belongs to the code."""
        line, is_too_long = self._line, self._is_too_long
        self._line, self._is_too_long = b"", False
        text = None if is_too_long else _text(line)
        if text:
            self.counters = replace(self.counters, frames_ok=self.counters.frames_ok + 1)
            return [text]
        lost = self.counters.noise_bytes + len(line)
        self.counters = replace(self.counters, noise_bytes=lost)
        return []


def _text(line: bytes) -> str | None:
    readings = []
    for encoding in ("utf-8", "gb18030"):
        try:
            readings.append(line.decode(encoding).strip(" \t\0"))
        except UnicodeDecodeError:
            continue
    is_foreign = len(readings) > 1 and any("\x7f" < one < "\u0800" for one in readings[0])
    return readings[-1 if is_foreign else 0] if readings else None
