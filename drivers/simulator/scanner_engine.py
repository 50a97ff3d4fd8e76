"""The code reader that is played: a paper is held before it, and its text goes down the line."""

from enum import StrEnum


class ScannerFault(StrEnum):
    REPEATING = "repeating"
    """Reads on while the paper is there: five times."""
    NO_SUFFIX = "no_suffix"
    """Was set to end a code with nothing."""
    OLD_CHINESE = "old_chinese"
    """Turns Chinese into GB 18030."""
    SILENT = "silent"
    NOISE = "noise"
    UNPLUGGED = "unplugged"


class ScannerEngine:
    def __init__(self) -> None:
        self.faults: set[ScannerFault] = set()
        self.version = 0
        self.last = ""

    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...

    def scan(self, text: str) -> bytes:
        self.version += 1
        self.last = text
        encoding = "gb18030" if ScannerFault.OLD_CHINESE in self.faults else "utf-8"
        suffix = b"" if ScannerFault.NO_SUFFIX in self.faults else b"\r\n"
        times = 5 if ScannerFault.REPEATING in self.faults else 1
        return (text.encode(encoding) + suffix) * times

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 — it only tells
        return b""

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> bytes:  # noqa: ARG002 — no lines
        (self.faults.add if on else self.faults.discard)(ScannerFault(fault))
        self.version += 1
        return b""

    def clear_faults(self) -> bytes:
        self.faults.clear()
        self.version += 1
        return b""

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — `scan` is all it can
        return self.scan(value)

    def tick(self, now_ms: int) -> bytes:  # noqa: ARG002 — nothing happens by itself
        return b""
